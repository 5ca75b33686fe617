"""Reading MIDI files that nobody here made, writing ones that read back, and refusing broken ones by name."""

import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.music import midi, smf
from helpers.music.notes import Note, Part, Song, chords_per_bar, regular_bars

MELODY = tuple(Note(Fraction(i), Fraction(1), 72 + i % 5) for i in range(16))
CHORDAL = tuple(Note(Fraction(4 * i), Fraction(4), pitch) for i, root in enumerate((50, 55, 48, 48))
                for pitch in (root, root + 4 - (i == 0), root + 7, root + 10 + (i > 1)))  # fmt: skip
BASS = tuple(Note(Fraction(i), Fraction(1), (38, 43, 36, 36)[i // 4]) for i in range(16))
DRUMS = tuple(Note(Fraction(i), Fraction(1, 2), 51) for i in range(16))
PARTS = [
    Part("flute", MELODY, 73),
    Part("piano", CHORDAL, 0),
    Part("bass", BASS, 32),
    Part("ride", DRUMS, drums=True),
]
CHORDS = ["Dm7", "G7", "Cmaj7", "Cmaj7"]


def header(file_format=1, tracks=1, division=480):
    return b"MThd" + (6).to_bytes(4, "big") + b"".join(n.to_bytes(2, "big") for n in (file_format, tracks, division))


def track(body):
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def write(path, parts, tempo=120, chords=(), choruses=(Fraction(0),), bar=Fraction(4), name=""):
    """Write parts as they are, over chords where the markers shall name some."""
    end = max((note.end for part in parts for note in part.notes), default=bar)
    return midi.write_midi(path, Song(name, parts[0].notes, chords, regular_bars(end, bar), choruses, tempo), parts)


def put_into_one_track(path):
    """Make a file of format 0 of it: all events but the names of parts in one track."""
    _, division, tracks = smf.read_events(path)
    kept = [event for i, track in enumerate(tracks) for event in track if i == 0 or event.kind != smf.NAME]
    return smf.write_events(path, [kept], division)


END_OF_TRACK = b"\x00\xff\x2f\x00"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1), (1, 0, 3, 2)])
@pytest.mark.parametrize("one_track", [False, True])
@pytest.mark.parametrize("tempo", [47.0, 300.0])
def test_melody_is_found_by_content_in_any_order_format_and_tempo(tmp_path, order, one_track, tempo):
    path = write(tmp_path / "a.mid", [PARTS[i] for i in order], tempo)
    if one_track:
        put_into_one_track(path)
    assert smf.read_events(path)[0] == (0 if one_track else 1)
    song = midi.read_midi(path)
    assert [(n.onset, n.duration, n.pitch) for n in song.melody] == [(n.onset, n.duration, n.pitch) for n in MELODY]
    assert [chord.name for chord in song.chords] == CHORDS
    assert song.tempo == pytest.approx(tempo, rel=1e-4)
    assert len(song.bars) == 5


def test_caller_chooses_parts_by_number_or_name(tmp_path):
    path = write(tmp_path / "a.mid", PARTS, 120)
    assert midi.read_midi(path, melody="bass").melody[0].pitch == 38
    assert midi.read_midi(path, melody=2, accompaniment=["piano"]).melody[0].pitch == 38
    for wrong in ("trombone", 9):
        with pytest.raises(ValueError, match="expected one part, got 0 for .*; its parts are 0: 'flute'"):
            midi.read_midi(path, melody=wrong)
    with pytest.raises(ValueError, match="expected a melody, got the drums 'ride'"):
        midi.read_midi(path, melody="ride")


def test_markers_name_chords_and_choruses(tmp_path):
    chords = chords_per_bar(["Bb7", "Eb7 F#m7b5", "NC", "Bb7"])
    path = write(tmp_path / "a.mid", PARTS, 120, chords, [Fraction(0), Fraction(8)])
    song = midi.read_midi(path)
    assert song.chords == chords
    assert song.choruses == (0, 8)
    first, second = song.split_choruses()
    assert second.melody[0].onset == 0 and second.chords[0].name == "NC" and len(first.bars) == 3


def test_lead_sheet_and_chorus_length_from_the_caller(tmp_path):
    path = write(tmp_path / "a.mid", [PARTS[0]], 120)
    song = midi.read_midi(path, lead_sheet=["Dm7 G7", "C6"], chorus_bars=2)
    assert [chord.name for chord in song.chords] == ["Dm7", "G7", "C6"] * 2
    assert song.choruses == (0, 8)
    with pytest.raises(ValueError, match="bar 2: expected a chord name, got 'H7'"):
        midi.read_midi(path, lead_sheet=["Dm7", "H7"])


def test_meter_changes_make_bars_of_different_length(tmp_path):
    path = write(tmp_path / "a.mid", PARTS, bar=Fraction(3))
    song = midi.read_midi(path)
    assert {after - before for before, after in pairwise(song.bars)} == {3}
    events = [
        smf.Event(0, smf.METER, (3, 4)),
        smf.Event(3 * 480, smf.METER, (4, 4)),
        smf.Event(7 * 480, smf.METER, (6, 8)),
    ]
    notes = [smf.Event(i * 480, smf.NOTE, (480, 60 + i, 80)) for i in range(12)]
    smf.write_events(path, [events + notes], 480)
    assert midi.read_midi(path, lead_sheet=["C"]).bars == (0, 3, 7, 10, 13)


@pytest.mark.parametrize("bars", [(0, 4, 8, 12, 16), (0, 3, 7, 10, 13, Fraction(33, 2))])
def test_a_song_that_is_written_is_the_song_that_is_read(tmp_path, bars):
    bars = tuple(map(Fraction, bars))
    line = tuple(Note(Fraction(i), Fraction(1), 72 + i % 5) for i in range(int(bars[-1])))
    song = Song("tune", line, (chords_per_bar(["Dm7", "F#m7b5"])), bars, bars[:1] + bars[2:3], 150.0)
    song = replace(song, chords=(*song.chords[:1], replace(song.chords[1], duration=bars[-1] - 4)))
    assert midi.read_midi(midi.write_midi(tmp_path / "tune.mid", song)) == song


def test_a_bar_that_no_meter_can_name_is_refused(tmp_path):
    bars = tuple(map(Fraction, (0, 4, 8, 11, Fraction(29, 2), Fraction(59, 4))))
    meters = Song("tune", (), (), bars, bars[:1], 120.0).meters()
    assert meters == [(0, (4, 4)), (8, (3, 4)), (11, (7, 8)), (Fraction(29, 2), (1, 16))]
    with pytest.raises(ValueError, match="tune, bar 1: expected whole 64th notes, got 13/12"):
        write(tmp_path / "a.mid", PARTS, bar=Fraction(13, 12), name="tune")


notes = st.builds(
    Note,
    st.integers(0, 200).map(lambda i: Fraction(i, 12)),
    st.integers(1, 48).map(lambda i: Fraction(i, 12)),
    st.integers(0, 127),
    st.integers(1, 127),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(notes, min_size=1, max_size=20, unique_by=lambda n: n.pitch))
def test_written_notes_read_back(tmp_path_factory, melody):
    path = write(tmp_path_factory.mktemp("midi") / "a.mid", [Part("x", tuple(melody))], 120)
    read = midi.read_parts(path)[0].notes
    assert [(n.onset, n.pitch, n.velocity) for n in read] == [(n.onset, n.pitch, n.velocity) for n in sorted(melody)]
    gap = Fraction(midi.ARTICULATION_TICKS, midi.TICKS_PER_QUARTER)
    assert all(a.duration - b.duration == gap for a, b in zip(sorted(melody), read, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "score", ["joplin/maple_leaf_rag", "bach/bwv66.6", "schoenberg/opus19", "corelli/opus3no1/1grave"]
)
def test_scores_that_nobody_here_made(tmp_path, score):
    from music21 import corpus

    path = tmp_path / "score.mid"
    corpus.parse(score).write("midi", path)
    song = midi.read_midi(path)
    assert len(song.melody) > 5 and len(song.chords) >= len(song.bars) - 1 > 5
    assert all(before.end <= after.onset for before, after in pairwise(song.melody))
    pitches = [note.pitch for part in midi.read_parts(path) for note in part.notes]
    middle = sum(pitches) / len(pitches)
    assert sum(note.pitch for note in song.melody) / len(song.melody) > middle  # the upper voice was taken


@pytest.mark.slow
def test_the_rag_reads_as_its_first_bars_are_written(tmp_path):
    from music21 import corpus

    path = tmp_path / "rag.mid"
    corpus.parse("joplin/maple_leaf_rag").write("midi", path)
    song = midi.read_midi(path)
    assert [chord.name for chord in song.chords[:4]] == ["Ab", "Eb7", "Ab", "Eb7"]
    assert [note.pitch for note in song.melody[:6]] == [68, 75, 68, 72, 75, 67]


# ---------------------------------------------------------------- which part is the melody


def melody_of(path, **options):
    """The pitches of the melody that was chosen."""
    return {note.pitch for note in midi.read_midi(path, **options).melody}


def test_a_short_lick_does_not_beat_a_tune_that_goes_all_through(tmp_path):
    lick = Part("sax", tuple(Note(Fraction(4 * i, 3), Fraction(1), 72) for i in range(12)))
    tune = Part("flute", tuple(Note(Fraction(4 * i, 3), Fraction(1), 79) for i in range(192)))
    piano = Part("piano", tuple(Note(Fraction(4 * i), Fraction(4), p) for i in range(64) for p in (48, 52, 55, 58)))
    for parts in ([lick, tune, piano], [piano, tune, lick]):
        path = write(tmp_path / "a.mid", parts, 120)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert melody_of(path) == {79}
        with pytest.warns(UserWarning, match="a.mid: the melody 'sax' sounds in 4 of 64 bars.*0: '.*bars="):
            assert melody_of(path, melody="sax") == {72}


def test_a_note_held_over_bars_covers_them(tmp_path):
    held = Part("voice", (Note(Fraction(0), Fraction(64), 72),))
    path = write(tmp_path / "a.mid", [held], 120)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        midi.read_midi(path, lead_sheet=["C"])


def test_an_excerpt_is_those_bars_of_the_whole(tmp_path):
    chords = chords_per_bar(["Bb7", "Eb7 F7", "Ab7", "Gm7"])
    path = write(tmp_path / "a.mid", PARTS, 120, chords, [Fraction(0), Fraction(8)])
    whole = midi.read_midi(path)
    part = midi.read_midi(path, bars=(2, 3))
    assert part.bars == (0, 4, 8) and part.choruses == (0, 4)
    assert [chord.name for chord in part.chords] == ["Eb7", "F7", "Ab7"]
    assert [(n.onset + 4, n.pitch) for n in part.melody] == [
        (n.onset, n.pitch) for n in whole.melody if 4 <= n.onset < 12
    ]
    assert midi.read_midi(path, bars=(1, 4)).melody == whole.melody
    for wrong in ((0, 2), (3, 2), (2, 5)):
        with pytest.raises(ValueError, match="expected bars between 1 and 4, got "):
            midi.read_midi(path, bars=wrong)
    solo = Part("solo", (Note(Fraction(0), Fraction(1), 72),))
    path = write(tmp_path / "b.mid", [solo, PARTS[1]], 120)
    with pytest.raises(ValueError, match="b.mid: expected notes of 'solo' in bars 3 to 4, got none"):
        midi.read_midi(path, bars=(3, 4))


CLATTER = tuple(Note(Fraction(i, 2), Fraction(1, 2), pitch) for i in range(32) for pitch in (37, 42, 49, 54))


@pytest.mark.parametrize("name", ["Percussion", "Drum kit", "Latin perc.", "Hi-Hat", "CONGAS", "Snare drum"])
def test_drums_on_another_channel_are_no_harmony(tmp_path, name):
    path = write(tmp_path / "a.mid", [PARTS[0], Part(name, CLATTER), *PARTS[1:3]], 120)
    parts = {part.name: part.drums for part in midi.read_parts(path)}
    assert parts == {"flute": False, name: True, "piano": False, "bass": False}
    assert [chord.name for chord in midi.read_midi(path).chords] == CHORDS


@pytest.mark.parametrize(
    "name, program", [("Steel Drums", 114), ("Percussion (vibes)", 11), ("Little Drummer Boy", 0), ("Dream", 0)]
)
def test_a_part_with_a_pitch_is_no_drum_whatever_its_name_suggests(tmp_path, name, program):
    path = write(tmp_path / "a.mid", [Part(name, MELODY, program), PARTS[1]], 120)
    assert not any(part.drums for part in midi.read_parts(path))


def test_the_name_of_a_tune_makes_no_drums_of_its_parts(tmp_path):
    tune = Part("Drum Boogie", MELODY)
    path = put_into_one_track(write(tmp_path / "a.mid", [tune, PARTS[1]], name="Drum Boogie"))
    assert not any(part.drums for part in midi.read_parts(path))


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize("text", ["Chord chart by N. N.", "chord chart", "Chord Book", "Chord", "Chorus by a choir"])
def test_prose_is_no_mark(tmp_path, text):
    events = [smf.Event(480, smf.TEXT, text)]
    events += [smf.Event(i * 480, smf.NOTE, (480, 60 + i, 80)) for i in range(8)]
    path = smf.write_events(tmp_path / "a.mid", [events], 480)
    song = midi.read_midi(path, lead_sheet=["C"])
    assert song.choruses == (0,)
    events.append(smf.Event(0, smf.TEXT, "chord F7"))
    smf.write_events(path, [events], 480)
    assert [chord.name for chord in midi.read_midi(path).chords] == ["F7"]


def test_marks_and_lead_sheets_know_no_chord_and_the_repeat_sign(tmp_path):
    path = write(tmp_path / "a.mid", PARTS, 120, chords_per_bar(["F7", "N.C.", "Cadd9", "C13#11"]))
    assert [chord.name for chord in midi.read_midi(path).chords] == ["F7", "NC", "Cadd9", "C13#11"]
    sheet = midi.read_midi(path, lead_sheet=["Dm7 G7", "%", "N.C."]).chords
    assert [chord.name for chord in sheet] == ["Dm7", "G7", "Dm7", "G7", "NC", "Dm7", "G7"]
    events = [smf.Event(480 * 4 * i, smf.TEXT, f"chord {name}") for i, name in enumerate(("F7", "%", "Bb7"))]
    path = smf.write_events(tmp_path / "b.mid", [events + [smf.Event(0, smf.NOTE, (480 * 16, 60, 80))]], 480)
    assert [(chord.name, chord.duration) for chord in midi.read_midi(path).chords] == [("F7", 8), ("Bb7", 8)]


# ---------------------------------------------------------------- what files hold beside notes

#: A quarter note; the second pair of bytes is a time, and every other pair of data bytes has the status of the first.
QUARTER = b"\x00\x90\x3c\x40\x83\x60\x3c\x00"
BESIDE = {
    "clock": b"\x00\xf8",
    "active sensing": b"\x00\xfe",
    "start and stop": b"\x00\xfa\x00\xfc",
    "song position": b"\x00\xf2\x05\x01",
    "escaped clock": b"\x00\xf7\x01\xf8",
    "system exclusive": b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7",
    "key of nine sharps": b"\x00\xff\x59\x02\x09\x05",
    "half a meter": b"\x00\xff\x58\x01\x03",
    "empty tempo": b"\x00\xff\x51\x00",
    "unknown meta": b"\x00\xff\x6a\x03abc",
    "pressure": b"\x00\xd0\x11",
    "pitch bend": b"\x00\xe0\x00\x40",
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_no_note_moves_no_note(tmp_path, name):
    path = tmp_path / "a.mid"
    back = b"\x00\x90\x30\x00"  # a status byte again, for messages that leave their own
    for body in (BESIDE[name] + QUARTER, QUARTER + BESIDE[name] + back + QUARTER[:1] + QUARTER[2:]):
        path.write_bytes(header() + track(body + END_OF_TRACK))
        notes = midi.read_parts(path)[0].notes
        assert [(n.onset, n.duration, n.pitch) for n in notes] == [(i, 1, 60) for i in range(len(notes))]
        assert len(notes) == body.count(QUARTER[2:])


def test_a_clock_within_a_row_of_notes_leaves_their_status(tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(header() + track(QUARTER[:4] + BESIDE["clock"] + QUARTER[4:] + END_OF_TRACK))
    assert midi.read_parts(path)[0].notes == (Note(Fraction(0), Fraction(1), 60, 64),)


def test_chunks_of_other_kinds_and_bytes_after_the_end_are_passed_over(tmp_path):
    path = tmp_path / "a.mid"
    alien = b"XFIH" + (3).to_bytes(4, "big") + b"abc"
    path.write_bytes(header() + alien + track(QUARTER + END_OF_TRACK + b"\xf4\xf4") + alien)
    assert len(midi.read_parts(path)[0].notes) == 1


@pytest.mark.parametrize("before", [b"", b"LIST" + (3).to_bytes(4, "little") + b"abc\x00"])
def test_midi_wrapped_in_riff_is_unwrapped(tmp_path, before):
    path = write(tmp_path / "plain.mid", PARTS, 120)
    data = path.read_bytes()
    chunks = before + b"data" + len(data).to_bytes(4, "little") + data
    wrapped = tmp_path / "wrapped.rmi"
    wrapped.write_bytes(b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"RMID" + chunks)
    assert midi.read_parts(wrapped) == midi.read_parts(path)
    wrapped.write_bytes(wrapped.read_bytes()[: 12 + len(before)])
    with pytest.raises(ValueError, match="wrapped.rmi: expected a MIDI file, got RIFF without a chunk 'data'"):
        midi.read_parts(wrapped)


# ---------------------------------------------------------------- bad input


BROKEN = {
    "not MIDI": (b"\x89PNG\r\n", "expected a MIDI file, which begins with b'MThd', got"),
    "sound": (b"RIFF....WAVEfmt ", "expected a MIDI file, got RIFF of type b'WAVE'"),
    "empty": (b"", "expected a MIDI file, which begins with b'MThd', got"),
    "half a header": (header()[:11], "truncated"),
    "zero division": (
        header(division=0) + track(END_OF_TRACK),
        "expected 1 or more ticks per quarter note in the header, got 0",
    ),
    "film frames": (header(division=0xE728) + track(END_OF_TRACK), "SMPTE"),
    "expected MIDI format 0 or 1, got format 2": (
        header(file_format=2) + track(END_OF_TRACK),
        "expected MIDI format 0 or 1, got format 2",
    ),
    "missing track": (header(tracks=2) + track(END_OF_TRACK), "expected 2 tracks, as the header announces, got 1"),
    "cut in track": (header() + track(b"\x00\x90\x3c\x40" * 20)[:40], "truncated in track 0"),
    "no notes": (header() + track(END_OF_TRACK), "expected notes, got none"),
    "undefined status": (
        header() + track(b"\x00\xf4\x00\x00" + END_OF_TRACK),
        "track 0, byte 1: expected .*, got 0xF4",
    ),
    "no status": (header() + track(b"\x00\x3c\x40" + END_OF_TRACK), "track 0, byte 1: expected a status byte"),
    "loud data": (
        header() + track(b"\x00\x90\x3c\xf0" + END_OF_TRACK),
        r"byte 2: expected data below 128, got \[60, 240\]",
    ),
    "endless time": (
        header() + track(b"\xff" * 9 + END_OF_TRACK),
        "byte 0: expected a time or length that ends within 4 bytes",
    ),
    "half a note": (header() + track(b"\x00\x90\x3c"), "byte 0: expected a whole event, got the end of the track"),
    "half a name": (
        header() + track(b"\x00\xff\x03\x05ab"),
        "byte 0: expected a whole event, got the end of the track",
    ),
    "time alone": (header() + track(b"\x00"), "track 0, byte 3: expected a time or length that ends within 4 bytes"),
    "tiny beats": (
        header() + track(b"\x00\xff\x58\x02\x01\xc8" + END_OF_TRACK),
        r"tick 0: expected a meter .*, got 1/2\^200",
    ),
    "a year": (header(division=1) + track(b"\x00\x90\x3c\x40\xff\xff\xff\x7f\x3c\x00" + END_OF_TRACK), "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_by_name(tmp_path, name):
    data, message = BROKEN[name]
    path = tmp_path / "broken.mid"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message) as caught:
        midi.read_midi(path)
    assert "broken.mid" in str(caught.value)


def test_drums_alone_and_melody_alone_are_refused(tmp_path):
    path = write(tmp_path / "drums.mid", [PARTS[3]], 120)
    with pytest.raises(ValueError, match="drums.mid: expected a melody, got only drums"):
        midi.read_midi(path)
    path = write(tmp_path / "flute.mid", [PARTS[0]], 120)
    with pytest.raises(ValueError, match="flute.mid: expected chords beside .*, got none.*lead_sheet"):
        midi.read_midi(path)


def test_ten_megabytes_of_notes_are_refused_at_once(tmp_path):
    path = tmp_path / "huge.mid"
    path.write_bytes(header() + track(b"\x10\x90\x3c\x40\x10\x80\x3c\x00" * 1_300_000 + END_OF_TRACK))
    with pytest.raises(ValueError, match="huge.mid: expected at most 4,000,000 bytes, got 10,"):
        midi.read_midi(path)


def test_too_many_notes_are_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "many.mid", PARTS, 120)
    monkeypatch.setattr(midi, "MAX_NOTES", 20)
    with pytest.raises(ValueError, match="many.mid: expected at most 20 notes, got "):
        midi.read_midi(path)


def test_a_marker_that_is_no_chord_is_named_with_its_bar(tmp_path):
    events = [smf.Event(4 * 480, smf.TEXT, "chord H7")] + [smf.Event(0, smf.NOTE, (1920 * 3, 60, 80))]
    path = smf.write_events(tmp_path / "marked.mid", [events], 480)
    with pytest.raises(ValueError, match="marked.mid, bar 2: expected a chord name in the marker, got 'H7'"):
        midi.read_midi(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_breaks_otherwise(tmp_path_factory, data):
    path = write(tmp_path_factory.mktemp("midi") / "a.mid", PARTS, 120, chords_per_bar(CHORDS))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    try:
        midi.read_midi(path)
    except ValueError as error:
        assert "a.mid" in str(error)


def test_nothing_to_write_is_said(tmp_path):
    with pytest.raises(ValueError, match="expected notes to write, got none"):
        write(tmp_path / "a.mid", [Part("x", ())], 120)
    with pytest.raises(ValueError, match="expected a tempo above 0.*got 0"):
        write(tmp_path / "a.mid", PARTS, 0)
