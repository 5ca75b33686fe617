"""Read any MIDI file to a melody over chords, and write parts as a MIDI file.

Nothing is fixed to one file: tracks are chosen by what is in them, or by the caller; tempo, meter and length are read.
Chords come, in this order, from the caller, from markers of the form ``chord Bb7`` (the corpus of the course has them),
or from the accompaniment, one per bar, by `helpers.harmony.infer_chords`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from helpers import smf
from helpers.harmony import infer_chords, is_chord_name
from helpers.notes import Chord, Note, Part, Song, chords_per_bar
from helpers.rhythm import one_voice, quantise

MAX_NOTES = 50_000
TICKS_PER_QUARTER = 480
ARTICULATION_TICKS = 10  # each written note is let go this much early, so that repeated notes stay apart
MICROSECONDS_PER_MINUTE = 60_000_000
CHORD_MARK, CHORUS_MARK = "chord ", "chorus "

# How a part earns the melody: see `melody_score`.
MELODY_NAMES = ("melody", "solo", "lead", "vocal", "voice", "tune", "theme", "right hand")
BASS_PROGRAMS = range(32, 40)
COMFORTABLE_PITCH = 72.0
BASS_PITCH = 50.0


def read_parts(path: str | Path) -> list[Part]:
    """The parts of a MIDI file as played, onsets in quarter notes: one for each track and channel that holds notes.

    Raises
    ------
    ValueError
        What `helpers.smf.read_events` refuses, a file without notes, one with more than `MAX_NOTES`.
    """
    return _parts(path, *smf.read_events(path)[1:])


def read_tempos(path: str | Path) -> list[tuple[Fraction, float]]:
    """Every tempo of a MIDI file as (onset in quarter notes, quarter notes per minute); 120 where none is written."""
    _, division, tracks = smf.read_events(path)
    changes = {Fraction(0): MICROSECONDS_PER_MINUTE / smf.DEFAULT_TEMPO}
    for event in sorted((e for track in tracks for e in track if e.kind == smf.TEMPO), key=lambda e: e.tick):
        changes[Fraction(event.tick, division)] = MICROSECONDS_PER_MINUTE / event.value
    return sorted(changes.items())


def _parts(path, division, tracks) -> list[Part]:
    parts, count = [], 0
    for number, track in enumerate(tracks):
        name = next((event.value for event in track if event.kind == smf.NAME and event.value.strip()), "")
        by_channel: dict[int, list[Note]] = {}
        programs: dict[int, int] = {}
        for event in track:
            if event.kind == smf.PROGRAM:
                programs.setdefault(event.channel, event.value)
            elif event.kind == smf.NOTE:
                count += 1
                duration, pitch, velocity = event.value
                onset, length = Fraction(event.tick, division), Fraction(max(duration, 1), division)
                by_channel.setdefault(event.channel, []).append(Note(onset, length, pitch, velocity))
        for channel, notes in sorted(by_channel.items()):
            label = name or f"track {number}"
            label += f" (channel {channel + 1})" if len(by_channel) > 1 else ""
            drums = channel == smf.PERCUSSION_CHANNEL
            parts.append(Part(label, tuple(sorted(notes)), programs.get(channel, 0), drums))
    if not parts:
        raise ValueError(f"{path}: no notes in its {len(tracks)} tracks; choose a file with a melody")
    if count > MAX_NOTES:
        raise ValueError(f"{path}: {count:,} notes, more than the {MAX_NOTES:,} the course reads; cut it into pieces")
    return parts


def read_midi(
    path: str | Path,
    melody: int | str | None = None,
    accompaniment: list[int | str] | None = None,
    lead_sheet: list[str] | None = None,
    chorus_bars: int | None = None,
) -> Song:
    """Read a MIDI file to its melody and the chord of each bar.

    Parameters
    ----------
    path : path
        Format 0 or 1, any tempo, any meter, tracks in any order.
    melody : int or str, optional
        Which part is the melody: its place in `read_parts(path)`, or a piece of its name. By default the part that
        looks most like one (`melody_score`). Of several simultaneous notes the highest counts.
    accompaniment : list of int or str, optional
        The parts the chords are inferred from; by default every pitched part but the melody. In a file with one single
        part, the notes under the melody.
    lead_sheet : list of str, optional
        The chords bar by bar, as in ``["Dm7 G7", "Cmaj7"]``, repeated to the end of the piece.
    chorus_bars : int, optional
        The length of one chorus, where the file has no markers ``chorus 1`` and so on; by default it is one chorus.

    Raises
    ------
    ValueError
        What `read_parts` refuses; only drums; no chords to be found; a part that is not there.
    """
    _, division, tracks = smf.read_events(path)
    parts = _parts(path, division, tracks)
    pitched = [part for part in parts if not part.drums]
    if not pitched:
        raise ValueError(f"{path}: only drums; choose a file with a melody")
    lead = _choose(path, parts, melody) if melody is not None else max(pitched, key=melody_score)
    if lead.drums:
        raise ValueError(f"{path}: the part {lead.name!r} is drums; choose another with melody=")
    line = one_voice(quantise(lead.notes))

    end = max(note.end for part in parts for note in part.notes)
    marks = [(Fraction(e.tick, division), e.value.strip()) for t in tracks for e in t if e.kind == smf.TEXT]
    bars = _bars([(Fraction(e.tick, division), e.value) for t in tracks for e in t if e.kind == smf.METER], end)
    if lead_sheet is not None:
        chords = _repeat_lead_sheet(lead_sheet, bars)
    else:
        chords = _marked_chords(path, marks, bars)
    if not chords:
        if accompaniment is not None:
            others = [_choose(path, parts, which) for which in accompaniment]
        else:
            others = [part for part in pitched if part is not lead] or [_under_melody(lead, line)]
        chords = infer_chords([note for part in others for note in part.notes], bars)
    if not chords:
        raise ValueError(
            f"{path}: no chords found beside the melody {lead.name!r}; give them bar by bar:"
            " lead_sheet=['Dm7 G7', 'Cmaj7']"
        )
    choruses = sorted({_nearest_bar(time, bars) for time, text in marks if text.lower().startswith(CHORUS_MARK)})
    if chorus_bars is not None:
        if chorus_bars < 1:
            raise ValueError(f"chorus_bars is {chorus_bars}; a chorus has at least one bar")
        choruses = list(bars[:-1:chorus_bars])
    if not choruses or choruses[0] > 0:
        choruses = [bars[0], *choruses]
    tempos = sorted((e.tick, e.value) for track in tracks for e in track if e.kind == smf.TEMPO)
    tempo = MICROSECONDS_PER_MINUTE / (tempos[0][1] if tempos else smf.DEFAULT_TEMPO)
    return Song(Path(path).stem, line, chords, bars, tuple(choruses), tempo)


def melody_score(part: Part) -> float:
    """How much a part looks like the melody: one note at a time, rather high, busy, perhaps named so; never a bass.

    >>> from helpers.notes import Note
    >>> flute = Part("flute", tuple(Note(Fraction(i), Fraction(1), 74) for i in range(8)))
    >>> bass = Part("bass", tuple(Note(Fraction(i), Fraction(1), 40) for i in range(8)), program=32)
    >>> melody_score(flute) > melody_score(bass)
    True
    """
    voices = len({note.onset for note in part.notes}) / len(part.notes)
    mean_pitch = sum(note.pitch for note in part.notes) / len(part.notes)
    height = -abs(mean_pitch - COMFORTABLE_PITCH) / COMFORTABLE_PITCH
    first, last = part.notes[0].onset, max(note.end for note in part.notes)
    activity = min(1.0, len(part.notes) / max(1.0, float(last - first)))
    named = any(word in part.name.lower() for word in MELODY_NAMES)
    bass = part.program in BASS_PROGRAMS or "bass" in part.name.lower() or mean_pitch < BASS_PITCH
    return 2 * voices + 2 * height + activity + 2 * named - 3 * bass


def _choose(path, parts: list[Part], which: int | str) -> Part:
    if isinstance(which, int) and 0 <= which < len(parts):
        return parts[which]
    matches = [part for part in parts if isinstance(which, str) and which.lower() in part.name.lower()]
    if len(matches) == 1:
        return matches[0]
    listing = ", ".join(f"{i}: {part.name!r}" for i, part in enumerate(parts))
    raise ValueError(f"{path}: {which!r} names {len(matches)} of its parts; they are {listing}")


def _under_melody(lead: Part, line) -> Part:
    heads = {(note.onset, note.pitch) for note in line}
    written = quantise(lead.notes)
    return Part("under the melody", tuple(note for note in written if (note.onset, note.pitch) not in heads))


def _bars(meters: list[tuple[Fraction, tuple[int, int]]], end: Fraction) -> tuple[Fraction, ...]:
    changes = dict(sorted(meters))
    changes.setdefault(Fraction(0), (4, 4))
    starts = sorted(changes)
    bars = []
    for start, stop in zip(starts, [*starts[1:], None], strict=True):
        numerator, denominator = changes[start]
        length, time = Fraction(4 * numerator, denominator), start
        while time < (end if stop is None else min(stop, end)):
            bars.append(time)
            time += length
        last = time if stop is None else min(time, stop)
    return (*bars, max(last, end) if bars and last <= bars[-1] else last)


def _repeat_lead_sheet(lead_sheet, bars) -> tuple[Chord, ...]:
    if not lead_sheet:
        raise ValueError("lead_sheet is empty; give one entry per bar: ['Dm7 G7', 'Cmaj7']")
    chords = []
    for index, (start, end) in enumerate(pairwise(bars)):
        for chord in chords_per_bar([lead_sheet[index % len(lead_sheet)]], end - start):
            if not is_chord_name(chord.name):
                raise ValueError(f"lead_sheet, bar {index % len(lead_sheet) + 1}: {chord.name!r} is not a chord name")
            chords.append(replace(chord, onset=chord.onset + start))
    return tuple(chords)


def _marked_chords(path, marks, bars) -> tuple[Chord, ...]:
    named = sorted((time, text[len(CHORD_MARK) :]) for time, text in marks if text.lower().startswith(CHORD_MARK))
    for time, name in named:
        if not is_chord_name(name):
            bar = sum(start <= time for start in bars)
            raise ValueError(f"{path}: bar {bar}: the marker names the chord {name!r}, which is not a chord name")
    if not named:
        return ()
    ends = [time for time, _ in named[1:]] + [bars[-1]]
    return tuple(Chord(time, end - time, name) for (time, name), end in zip(named, ends, strict=True) if end > time)


def _nearest_bar(time: Fraction, bars) -> Fraction:
    return min(bars[:-1], key=lambda bar: abs(bar - time))


# ---------------------------------------------------------------- writing


def write_midi(
    path: str | Path,
    parts: list[Part],
    tempo: float,
    chords=(),
    choruses=(),
    meter: tuple[int, int] = (4, 4),
    title: str = "",
    one_track: bool = False,
) -> Path:
    """Write parts as they shall sound, with chord and chorus markers that `read_midi` understands.

    Parameters
    ----------
    path : path
        The file to write.
    parts : list of Part
        In playing time (see `helpers.rhythm.swing`).
    tempo : float
        Quarter notes per minute.
    chords, choruses : iterables of Chord and of Fraction, optional
        Written as markers.
    meter, title : optional
    one_track : bool
        Format 0, everything in one track, instead of format 1.

    Returns
    -------
    Path
    """
    if not any(part.notes for part in parts):
        raise ValueError(f"{path}: there are no notes to write; generate some first")
    if tempo <= 0:
        raise ValueError(f"{path}: the tempo is {tempo}; give quarter notes per minute, for instance 120")
    conductor = [
        smf.Event(0, smf.NAME, title),
        smf.Event(0, smf.TEMPO, round(MICROSECONDS_PER_MINUTE / tempo)),
        smf.Event(0, smf.METER, meter),
    ]
    conductor += [smf.Event(_ticks(t), smf.TEXT, f"{CHORUS_MARK}{i}") for i, t in enumerate(choruses, 1)]
    conductor += [smf.Event(_ticks(chord.onset), smf.TEXT, f"{CHORD_MARK}{chord.name}") for chord in chords]
    tracks, channels = [conductor], (c for c in range(16) if c != smf.PERCUSSION_CHANNEL)
    for part in parts:
        channel = smf.PERCUSSION_CHANNEL if part.drums else next(channels)
        track = [smf.Event(0, smf.NAME, part.name), smf.Event(0, smf.PROGRAM, part.program, channel)]
        for note in part.notes:
            start = _ticks(note.onset)
            length = max(1, _ticks(note.end) - start - ARTICULATION_TICKS)
            track.append(smf.Event(start, smf.NOTE, (length, note.pitch, note.velocity), channel))
        tracks.append(track)
    if one_track:
        tracks = [[event for i, track in enumerate(tracks) for event in track if i == 0 or event.kind != smf.NAME]]
    return smf.write_events(path, tracks, TICKS_PER_QUARTER)


def _ticks(time: Fraction) -> int:
    return round(time * TICKS_PER_QUARTER)
