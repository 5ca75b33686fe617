"""See the music: sheet music as SVG (music21 writes the notation, verovio draws it) and a piano roll (matplotlib)."""

import html
import re
from fractions import Fraction

from helpers.language import _
from helpers.music.grammar import APPROACH, KIND_NAMES, KINDS, REST, kind_of, sounding_chord
from helpers.music.harmony import OCTAVE, QUALITIES, ROOT_NAMES, chord_tones, parse_chord, root_name, scale_tones
from helpers.music.notes import NO_CHORD, takes_a_song
from helpers.plotting import pyplot

PAGE_WIDTH = 2400  # verovio units
SCALE_PERCENT = 45
PAGE_MARGIN = 40
PAPER = '<rect width="100%" height="100%" fill="white"/>'  # the notes are black, and a notebook's theme may be dark
LAST_JUSTIFICATION = 0.4  # a last line at least this full is spread over the whole width
BARS_PER_SYSTEM = 4
#: One colour for each kind of tone, told apart also by colour-blind readers (Okabe and Ito's palette).
KIND_COLOURS = dict(zip(KINDS, ("#0072B2", "#56B4E9", "#E69F00", "#009E73", "#D55E00", "#FFFFFF"), strict=True))
#: How each kind of chord is written over the staff.
PRINTED = {
    "m7b5": "m7♭5", "7b9": "7♭9", "7#9": "7♯9", "dim7": "°7", "dim": "°", "mM7": "m(maj7)",
}  # fmt: skip
#: What music21 is given for the kinds of chord whose own figure it would print with an added degree.
PRINTED_AS = {"7b9": "7", "7#9": "7", "7alt": "7", "m7b5": "ø7"}
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
TRIAD = (0, 3, 4, 7)  # root, thirds and perfect fifth, in semitones above the root
FLAT_NAMES = tuple(name.replace("b", "-") for name in ROOT_NAMES)


def song_sheet(song):
    """Engrave a song as one SVG picture: the melody, the chord names over it, its name and tempo.

    Parameters
    ----------
    song : Song
        In written time.

    Returns
    -------
    str
        SVG text; ``IPython.display.SVG(text)`` shows it.

    Raises
    ------
    ValueError
        The song has no notes, or one that lies off the grid.
    """
    import verovio

    if not song.melody:
        raise ValueError(f"{song.name}: expected notes to engrave, got none")
    verovio.enableLog(verovio.LOG_ERROR)
    toolkit = verovio.toolkit()
    options = {
        "pageWidth": PAGE_WIDTH,
        "adjustPageHeight": True,
        "pageHeight": 60000,
        "pageMarginLeft": PAGE_MARGIN,
        "pageMarginRight": PAGE_MARGIN,
        "pageMarginTop": PAGE_MARGIN,
        "pageMarginBottom": PAGE_MARGIN,
        "scale": SCALE_PERCENT,
        "footer": "none",
        "header": "none",
        "breaks": "encoded",
        "minLastJustification": LAST_JUSTIFICATION,
        "svgViewBox": True,
    }
    toolkit.setOptions(options)
    if not toolkit.loadData(_music_xml(song)):
        raise ValueError(f"{song.name}: expected every note on the grid, got one that verovio cannot engrave")
    title = f"<title>{html.escape(_in_words(song))}</title>"
    return re.sub(r"<svg\b[^>]*>", lambda opening: opening[0] + title + PAPER, toolkit.renderToSVG(1), count=1)


def _in_words(song):
    """What the sheet shows, for those who cannot see it."""
    pitches = [note.pitch for note in song.melody]
    low, high = (f"{SHARP_NAMES[one % OCTAVE]}{one // OCTAVE - 1}" for one in (min(pitches), max(pitches)))
    chords = " ".join(chord.name for chord in song.chords) or _("none")
    text = _(
        "Sheet music of {name}: {bars} bars, {notes} notes from {low} to {high}, "
        "{tempo:.0f} quarter notes per minute, over the chords {chords}"
    )
    sizes = {"bars": len(song.bars) - 1, "notes": len(pitches), "low": low, "high": high}
    return text.format(name=song.name, tempo=song.tempo, chords=chords, **sizes)


def _music_xml(song):
    """The song as MusicXML text, which verovio reads."""
    from music21 import harmony, key, layout, metadata, meter, note, stream, tempo
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    melody, chords, bars = song.melody, song.chords, song.bars
    signature = key_signature(melody, chords)
    part = stream.Part()
    part.insert(0, key.KeySignature(signature))
    part.insert(0, tempo.MetronomeMark(number=round(song.tempo)))
    for start, (numerator, denominator) in song.meters():
        part.insert(start, meter.TimeSignature(f"{numerator}/{denominator}"))
    now = Fraction(0)
    names = spell_melody(melody, chords, signature)
    for sound, name in zip(melody, names, strict=True):
        if sound.onset > now:
            part.insert(now, note.Rest(quarterLength=sound.onset - now))
        part.insert(sound.onset, note.Note(name, quarterLength=sound.duration))
        now = sound.end
    if now < bars[-1]:
        part.insert(now, note.Rest(quarterLength=bars[-1] - now))
    measures = part.makeNotation()
    for number, (measure, start, end) in enumerate(
        zip(measures.getElementsByClass(stream.Measure), bars, bars[1:], strict=False)
    ):
        for item in chords:
            if start <= item.onset < end:
                measure.insert(item.onset - start, _symbol(item.name, harmony))
        if number and number % BARS_PER_SYSTEM == 0:
            measure.insert(0, layout.SystemLayout(isNew=True))
    score = stream.Score([measures])
    score.metadata = metadata.Metadata(title=song.name)
    return GeneralObjectExporter(score).parse().decode("utf-8")


def _symbol(name, harmony):
    if name == NO_CHORD:
        return harmony.NoChord()
    _, quality = parse_chord(name)
    symbol = harmony.ChordSymbol(_music21_root(name) + PRINTED_AS.get(quality, QUALITIES[quality].figure))
    symbol.chordKindStr = PRINTED.get(quality, quality)
    return symbol


def _music21_root(name):
    return root_name(name).replace("b", "-")


def key_signature(melody, chords=()):
    """Sharps (positive) or flats (negative) of the key signature that leaves the fewest notes outside the scale.

    The chords' roots, thirds and perfect fifths decide. Sevenths have no say: those of a blues are flat in any key, and
    so are many of the notes over them. Where that leaves a choice, the chords' scales decide, and without chords the
    melody.
    """
    triads, scales, tune = ([Fraction(0)] * OCTAVE for _ in range(3))
    for chord in chords:
        if chord.name != NO_CHORD:
            root, _ = parse_chord(chord.name)
            for tone in chord_tones(chord.name):
                triads[tone] += chord.duration * ((tone - root) % OCTAVE in TRIAD)
            for tone in scale_tones(chord.name):
                scales[tone] += chord.duration
    for note in melody:
        tune[note.pitch % OCTAVE] += note.duration

    def outside(lengths, sharps):
        scale = {(7 * sharps + step) % OCTAVE for step in (0, 2, 4, 5, 7, 9, 11)}
        return sum(length for tone, length in enumerate(lengths) if tone not in scale)

    return min(range(-6, 6), key=lambda k: (*(outside(lengths, k) for lengths in (triads, scales, tune)), abs(k)))


def spell_melody(melody, chords, signature):
    """music21's name of each note (see `spell`).

    An approach tone is spelled from its target, a letter away: C sharp rises to D, E flat falls to D.
    """
    from music21 import pitch

    names = []
    for index in reversed(range(len(melody))):  # so that an approach tone knows how its target is spelled
        note = melody[index]
        chord_name = sounding_chord(chords, note.onset, note.duration) if chords else NO_CHORD
        name = spell(note.pitch, chord_name, signature)
        if _kind(melody, chords, index) == APPROACH:
            line = pitch.Pitch(names[-1]).diatonicNoteNum  # lines and spaces of the staff, counted upwards
            either = (spell(note.pitch, NO_CHORD, sharps) for sharps in (signature, 1, -1))
            name = min(either, key=lambda name: abs(abs(pitch.Pitch(name).diatonicNoteNum - line) - 1))
        names.append(name)
    return names[::-1]


def spell(pitch, chord_name, signature):
    """music21's name of a pitch: as the chord spells it, else as the key signature does (negative for flats)."""
    from music21 import harmony

    octave = pitch // OCTAVE - 1
    tone = pitch % OCTAVE
    name = (SHARP_NAMES if signature > 0 else FLAT_NAMES)[tone]
    if chord_name != NO_CHORD:
        _, quality = parse_chord(chord_name)
        for spelled in harmony.ChordSymbol(_music21_root(chord_name) + QUALITIES[quality].figure).pitches:
            if spelled.pitchClass == tone and len(spelled.name) <= 2:
                name = spelled.name
    # B sharp and C flat belong to the neighbouring octave
    octave += {"C-": 1, "B#": -1}.get(name, 0)
    return f"{name}{octave}"


# ---------------------------------------------------------------- piano roll


@takes_a_song
def piano_roll(song, ax=None):
    """Draw a melody as a piano roll: time to the right, pitch upwards, coloured by the kind of tone over its chord.

    Parameters
    ----------
    song : Song
        In written time; its name is the title.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        The song has no notes.
    """
    from matplotlib.patches import Patch

    plt = pyplot()
    melody, chords, bars = song.melody, song.chords, song.bars
    if not melody:
        raise ValueError(f"{song.name}: expected notes to draw, got none")
    if ax is None:
        width = min(16.0, max(6.0, 0.9 * (len(bars) - 1)))
        ax = plt.subplots(figsize=(width, 4.0), layout="constrained")[1]
    kinds = [_kind(melody, chords, index) for index in range(len(melody))]
    for note, kind in zip(melody, kinds, strict=True):
        ax.barh(
            note.pitch, float(note.duration), left=float(note.onset), height=0.8, color=KIND_COLOURS[kind],
            edgecolor="white", linewidth=0.5,
        )  # fmt: skip
    top = max(note.pitch for note in melody) + 2.0
    for chord in chords:
        ax.text(float(chord.onset), top, " " + chord.name, fontsize=8, rotation=60, va="bottom", ha="left")
    for bar in bars:
        ax.axvline(float(bar), color="0.8", linewidth=0.8, zorder=0)
    numbered = [bar for i, bar in enumerate(bars[:-1]) if i % max(1, (len(bars) - 1) // 16) == 0]
    ax.set_xticks([float(bar) for bar in numbered], [str(bars.index(bar) + 1) for bar in numbered])
    low = min(note.pitch for note in melody)
    octaves = [pitch for pitch in range(low, int(top) + 1) if pitch % OCTAVE in (0, 5)]
    ax.set_yticks(octaves, [f"{SHARP_NAMES[p % OCTAVE]}{p // OCTAVE - 1}" for p in octaves])
    ax.set_xlim(float(bars[0]), float(bars[-1]))
    ax.set_ylim(low - 1, top)
    ax.set_xlabel(_("bar"))
    ax.set_ylabel(_("pitch"))
    ax.set_title(song.name, pad=36)
    used = [kind for kind in KINDS if kind in kinds and kind != REST]
    entry = _("{part}: {fault}")
    handles = [
        Patch(color=KIND_COLOURS[kind], label=entry.format(part=kind, fault=_(KIND_NAMES[kind]))) for kind in used
    ]
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=len(used), fontsize=8, frameon=False
    )
    return ax


def _kind(melody, chords, index):
    if not chords:
        return KINDS[0]
    note = melody[index]
    name = sounding_chord(chords, note.onset, note.duration)
    after = melody[index + 1] if index + 1 < len(melody) and melody[index + 1].onset == note.end else None
    following = (after.pitch, sounding_chord(chords, after.onset, after.duration)) if after else ()
    return kind_of(note.pitch, name, *following)
