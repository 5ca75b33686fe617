"""Read any MIDI file to a song, a melody over chords, and write a song as a MIDI file.

Nothing is fixed to one file: tracks are chosen by what is in them, or by the caller; tempo, meter and length are read.
Chords come, in this order, from the caller, from markers of the form ``chord Bb7`` (the corpus of the course has them),
or from the accompaniment, one per bar, by `helpers.music.harmony.infer_chords`.
"""

import re
import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from helpers.music import smf
from helpers.music.harmony import infer_chords, is_chord_name
from helpers.music.notes import GRID, REPEAT, Chord, Note, Part, Song, as_written, chords_per_bar, names_by_bar
from helpers.music.rhythm import one_voice, quantise

MAX_NOTES = 50_000
MAX_QUARTERS = 20_000  # nearly three hours at 120; a longer piece is a damaged time
TICKS_PER_QUARTER = 480
ARTICULATION_TICKS = 10  # each written note is let go this much early, so that repeated notes stay apart
MICROSECONDS_PER_MINUTE = 60_000_000
CHORD_MARK, CHORUS_MARK = "chord ", "chorus "
LONGEST_PLAIN_NAME = 3  # a word of more letters and nothing else, as in "Chord chart", is no misspelt chord name
LITTLE = 1 / 3  # a melody in fewer of the bars covers little of the piece

# How a part earns the melody: see `melody_score`.
MELODY_NAMES = ("melody", "solo", "lead", "vocal", "voice", "tune", "theme", "right hand")
BASS_PROGRAMS = range(32, 40)
COMFORTABLE_PITCH = 72.0
BASS_PITCH = 50.0

# What is a drum although it is not on the drums' channel: a name that says so, with a program that has no pitch of its
# own: none chosen (0), or one of the last sixteen, in which the steel drums alone play tunes.
DRUM_NAMES = re.compile(
    r"\b(drums?|drum ?kit|percussion|perc|cymbals?|hi-?hats?|snare|toms?|congas?|bongos?|timbales|tambourine|shaker"
    r"|maracas|cowbell|claves|hand ?claps?)\b"
)
DRUM_PROGRAMS = {0, *range(112, 128)} - {114}


def read_parts(path):
    """The parts of a MIDI file as played, onsets in quarter notes: one for each track and channel that holds notes.

    Raises
    ------
    ValueError
        What `smf.read_events` refuses, a file without notes, one with more than `MAX_NOTES`, one longer than
        `MAX_QUARTERS`.
    """
    return _parts(path, *smf.read_events(path)[1:])


def read_tempos(path):
    """Read every tempo of a MIDI file as (onset in quarter notes, quarter notes per minute); 120 if none is written."""
    _, division, tracks = smf.read_events(path)
    changes = {Fraction(0): MICROSECONDS_PER_MINUTE / smf.DEFAULT_TEMPO}
    for event in sorted((e for track in tracks for e in track if e.kind == smf.TEMPO), key=lambda e: e.tick):
        changes[Fraction(event.tick, division)] = MICROSECONDS_PER_MINUTE / event.value
    return sorted(changes.items())


def _parts(path, division, tracks):
    count = sum(event.kind == smf.NOTE for track in tracks for event in track)
    if not count:
        raise ValueError(f"{path}: expected notes, got none in its {len(tracks)} tracks; choose a file with a melody")
    if count > MAX_NOTES:
        raise ValueError(f"{path}: expected at most {MAX_NOTES:,} notes, got {count:,}; cut it into pieces")
    parts = []
    for number, track in enumerate(tracks):
        name = next((event.value for event in track if event.kind == smf.NAME and event.value.strip()), "")
        by_channel = {}
        programs = {}
        for event in track:
            if event.kind == smf.PROGRAM:
                programs.setdefault(event.channel, event.value)
            elif event.kind == smf.NOTE:
                duration, pitch, velocity = event.value
                onset, length = Fraction(event.tick, division), Fraction(max(duration, 1), division)
                by_channel.setdefault(event.channel, []).append(Note(onset, length, pitch, velocity))
        for channel, notes in sorted(by_channel.items()):
            label = name or f"track {number}"
            label += f" (channel {channel + 1})" if len(by_channel) > 1 else ""
            program = programs.get(channel, 0)
            # In a track with several channels the name is the tune's, and "Drum Boogie" says nothing of its parts.
            named = len(by_channel) == 1 and DRUM_NAMES.search(name.lower()) and program in DRUM_PROGRAMS
            drums = channel == smf.PERCUSSION_CHANNEL or bool(named)
            parts.append(Part(label, tuple(sorted(notes)), program, drums))
    length = max(note.end for part in parts for note in part.notes)
    if length > MAX_QUARTERS:
        raise ValueError(
            f"{path}: expected at most {MAX_QUARTERS:,} quarter notes of time, got {float(length):,.0f}; is one"
            " damaged?"
        )
    return parts


def read_midi(path, melody=None, accompaniment=None, lead_sheet=None, chorus_bars=None, bars=None):
    """Read a MIDI file to its melody and the chord of each bar; warn where the melody sounds in few of the bars.

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
        The chords bar by bar, as in ``["Dm7 G7", "Cmaj7"]``, repeated to the end of the piece. ``%`` repeats a bar.
    chorus_bars : int, optional
        The length of one chorus, where the file has no markers ``chorus 1`` and so on; by default it is one chorus.
    bars : (int, int), optional
        Take an excerpt: the first and the last bar of it, counted from 1. All else is read from the whole piece.

    Raises
    ------
    ValueError
        What `read_parts` refuses; only drums; no chords to be found; a part or a bar that is not there; an excerpt in
        which the melody is silent.
    """
    _, division, tracks = smf.read_events(path)
    parts = _parts(path, division, tracks)
    pitched = [part for part in parts if not part.drums]
    if not pitched:
        raise ValueError(f"{path}: expected a melody, got only drums; choose another file")
    end = max(note.end for part in parts for note in part.notes)
    lead = _choose(path, parts, melody) if melody is not None else max(pitched, key=lambda p: melody_score(p, end))
    if lead.drums:
        raise ValueError(f"{path}: expected a melody, got the drums {lead.name!r}; choose another part with melody=")
    line = one_voice(quantise(lead.notes))

    marks = [(Fraction(e.tick, division), e.value.strip()) for t in tracks for e in t if e.kind == smf.TEXT]
    starts = _bars([(Fraction(e.tick, division), e.value) for t in tracks for e in t if e.kind == smf.METER], end)
    chords = _marked_chords(path, marks, starts) if lead_sheet is None else _repeat_lead_sheet(lead_sheet, starts)
    if not chords:
        if accompaniment is not None:
            others = [_choose(path, parts, which) for which in accompaniment]
        else:
            others = [part for part in pitched if part is not lead] or [_under_melody(lead, line)]
        chords = infer_chords([note for part in others for note in part.notes], starts)
    if not chords:
        raise ValueError(
            f"{path}: expected chords beside the melody {lead.name!r}, got none; give them bar by bar:"
            " lead_sheet=['Dm7 G7', 'Cmaj7']"
        )
    choruses = sorted({_nearest_bar(time, starts) for time, text in marks if _after(CHORUS_MARK, text).isdigit()})
    if chorus_bars is not None:
        if chorus_bars < 1:
            raise ValueError(f"chorus_bars: expected at least 1 bar, got {chorus_bars}")
        choruses = list(starts[:-1:chorus_bars])
    if not choruses or choruses[0] > 0:
        choruses = [starts[0], *choruses]
    tempos = sorted((e.tick, e.value) for track in tracks for e in track if e.kind == smf.TEMPO)
    tempo = MICROSECONDS_PER_MINUTE / (tempos[0][1] if tempos else smf.DEFAULT_TEMPO)
    song = Song(Path(path).stem, line, chords, starts, tuple(choruses), tempo)
    if bars is not None:
        song = song.excerpt(*bars)
        if not song.melody:
            raise ValueError(f"{path}: expected notes of {lead.name!r} in bars {bars[0]} to {bars[1]}, got none")
    played, last = set(), 0
    for note in song.melody:  # in order, so that no bar is looked up twice
        if note.end > song.bars[last]:
            first, last = song.bar_number(note.onset), song.bar_number(note.end - Fraction(1, GRID))
            played.update(range(first, last + 1))
    count = len(song.bars) - 1
    if len(played) < LITTLE * count:
        warnings.warn(
            f"{path}: the melody {lead.name!r} sounds in {len(played)} of {count} bars, so a model would learn mostly"
            f" rests; choose another part with melody= ({_listing(parts)}), or bars in which it sounds with"
            " bars=(first, last)",
            stacklevel=2,
        )
    return song


def melody_score(part, length):
    """Score how much a part looks like the melody of a piece that lasts `length` quarter notes.

    A melody plays one note at a time, rather high, all through the piece; its name may say so; it is never a bass.

    >>> from helpers.music.notes import Note
    >>> flute = Part("flute", tuple(Note(Fraction(i), Fraction(1), 74) for i in range(8)))
    >>> bass = Part("bass", tuple(Note(Fraction(i), Fraction(1), 40) for i in range(8)), program=32)
    >>> melody_score(flute, Fraction(8)) > melody_score(bass, Fraction(8))
    True
    """
    voices = len({note.onset for note in part.notes}) / len(part.notes)
    mean_pitch = sum(note.pitch for note in part.notes) / len(part.notes)
    height = -abs(mean_pitch - COMFORTABLE_PITCH) / COMFORTABLE_PITCH
    activity = min(1.0, len(part.notes) / max(1.0, float(length)))
    named = any(word in part.name.lower() for word in MELODY_NAMES)
    bass = part.program in BASS_PROGRAMS or "bass" in part.name.lower() or mean_pitch < BASS_PITCH
    return 2 * voices + 2 * height + activity + 2 * named - 3 * bass


def _choose(path, parts, which):
    if isinstance(which, int) and 0 <= which < len(parts):
        return parts[which]
    matches = [part for part in parts if isinstance(which, str) and which.lower() in part.name.lower()]
    if len(matches) == 1:
        return matches[0]
    raise ValueError(f"{path}: expected one part, got {len(matches)} for {which!r}; its parts are {_listing(parts)}")


def _listing(parts):
    return ", ".join(f"{i}: {part.name!r}" for i, part in enumerate(parts))


def _under_melody(lead, line):
    heads = {(note.onset, note.pitch) for note in line}
    written = quantise(lead.notes)
    return Part("under the melody", tuple(note for note in written if (note.onset, note.pitch) not in heads))


def _bars(meters, end):
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


def _repeat_lead_sheet(lead_sheet, bars):
    if not lead_sheet:
        raise ValueError("lead_sheet: expected one entry per bar, as in ['Dm7 G7', 'Cmaj7'], got none")
    sheet = names_by_bar(lead_sheet)
    for number, names in enumerate(sheet, 1):
        for name in names:
            if not is_chord_name(name):
                raise ValueError(f"lead_sheet, bar {number}: expected a chord name, got {name!r}")
    return tuple(
        replace(chord, onset=chord.onset + start)
        for index, (start, end) in enumerate(pairwise(bars))
        for chord in chords_per_bar([" ".join(sheet[index % len(sheet)])], end - start)
    )


def _after(mark, text):
    """Return what follows a mark in a text, and the empty text if it does not begin with the mark."""
    return text[len(mark) :].strip() if text.lower().startswith(mark) else ""


def _marked_chords(path, marks, bars):
    """Return the chords that markers such as ``chord Bb7`` name; prose ("Chord chart by ...") is no marker."""
    named = []
    for time, text in sorted(marks):
        name = as_written(_after(CHORD_MARK, text))
        if is_chord_name(name):
            named.append((time, name))
        elif name and name != REPEAT and " " not in name and not (name.isalpha() and len(name) > LONGEST_PLAIN_NAME):
            bar = sum(start <= time for start in bars)
            raise ValueError(f"{path}, bar {bar}: expected a chord name in the marker, got {name!r}")
    ends = [*(time for time, _ in named), bars[-1]][1:]
    return tuple(Chord(time, end - time, name) for (time, name), end in zip(named, ends, strict=True) if end > time)


def _nearest_bar(time, bars):
    return min(bars[:-1], key=lambda bar: abs(bar - time))


# ---------------------------------------------------------------- writing


def write_midi(path, song, parts=None):
    """Write a song as a MIDI file (format 1) that `read_midi` reads back: the markers name its chords and choruses.

    Parameters
    ----------
    path : path
        The file to write.
    song : Song
        Its name becomes the title.
    parts : list of Part, optional
        What sounds: in playing time, melody first, as `helpers.music.band.arrange` makes it. By default the melody
        alone, as it is written.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ValueError
        There are no notes, or the tempo is not above 0.
    """
    parts = [Part("melody", song.melody)] if parts is None else parts
    if not any(part.notes for part in parts):
        raise ValueError(f"{path}: expected notes to write, got none; generate some first")
    if song.tempo <= 0:
        raise ValueError(f"{path}: expected a tempo above 0, in quarter notes per minute, got {song.tempo}")
    conductor = [
        smf.Event(0, smf.NAME, song.name),
        smf.Event(0, smf.TEMPO, round(MICROSECONDS_PER_MINUTE / song.tempo)),
    ]
    conductor += [smf.Event(_ticks(start), smf.METER, meter) for start, meter in song.meters()]
    conductor += [smf.Event(_ticks(t), smf.TEXT, f"{CHORUS_MARK}{i}") for i, t in enumerate(song.choruses, 1)]
    conductor += [smf.Event(_ticks(chord.onset), smf.TEXT, f"{CHORD_MARK}{chord.name}") for chord in song.chords]
    tracks, channels = [conductor], (c for c in range(16) if c != smf.PERCUSSION_CHANNEL)
    for part in parts:
        channel = smf.PERCUSSION_CHANNEL if part.drums else next(channels)
        track = [smf.Event(0, smf.NAME, part.name), smf.Event(0, smf.PROGRAM, part.program, channel)]
        for note in part.notes:
            start = _ticks(note.onset)
            length = max(1, _ticks(note.end) - start - ARTICULATION_TICKS)
            track.append(smf.Event(start, smf.NOTE, (length, note.pitch, note.velocity), channel))
        tracks.append(track)
    return smf.write_events(path, tracks, TICKS_PER_QUARTER)


def _ticks(time):
    return round(time * TICKS_PER_QUARTER)
