"""Reading MIDI files that nobody here made, writing ones that read back, and refusing broken ones by name."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import midi, smf
from helpers.notes import Note, Part, chords_per_bar

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


def track(body: bytes) -> bytes:
    return b"MTrk" + len(body).to_bytes(4, "big") + body


END_OF_TRACK = b"\x00\xff\x2f\x00"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1), (1, 0, 3, 2)])
@pytest.mark.parametrize("one_track", [False, True])
@pytest.mark.parametrize("tempo", [47.0, 300.0])
def test_melody_is_found_by_content_in_any_order_format_and_tempo(tmp_path, order, one_track, tempo):
    path = midi.write_midi(tmp_path / "a.mid", [PARTS[i] for i in order], tempo, one_track=one_track)
    assert smf.read_events(path)[0] == (0 if one_track else 1)
    song = midi.read_midi(path)
    assert [(n.onset, n.duration, n.pitch) for n in song.melody] == [(n.onset, n.duration, n.pitch) for n in MELODY]
    assert [chord.name for chord in song.chords] == CHORDS
    assert song.tempo == pytest.approx(tempo, rel=1e-4)
    assert len(song.bars) == 5


def test_caller_chooses_parts_by_number_or_name(tmp_path):
    path = midi.write_midi(tmp_path / "a.mid", PARTS, 120)
    assert midi.read_midi(path, melody="bass").melody[0].pitch == 38
    assert midi.read_midi(path, melody=2, accompaniment=["piano"]).melody[0].pitch == 38
    for wrong in ("trombone", 9):
        with pytest.raises(ValueError, match="its parts; they are 0: 'flute'"):
            midi.read_midi(path, melody=wrong)
    with pytest.raises(ValueError, match="drums"):
        midi.read_midi(path, melody="ride")


def test_markers_name_chords_and_choruses(tmp_path):
    chords = chords_per_bar(["Bb7", "Eb7 F#m7b5", "NC", "Bb7"])
    path = midi.write_midi(tmp_path / "a.mid", PARTS, 120, chords, [Fraction(0), Fraction(8)])
    song = midi.read_midi(path)
    assert song.chords == chords
    assert song.choruses == (0, 8)
    first, second = song.split_choruses()
    assert second.melody[0].onset == 0 and second.chords[0].name == "NC" and len(first.bars) == 3


def test_lead_sheet_and_chorus_length_from_the_caller(tmp_path):
    path = midi.write_midi(tmp_path / "a.mid", [PARTS[0]], 120)
    song = midi.read_midi(path, lead_sheet=["Dm7 G7", "C6"], chorus_bars=2)
    assert [chord.name for chord in song.chords] == ["Dm7", "G7", "C6"] * 2
    assert song.choruses == (0, 8)
    with pytest.raises(ValueError, match="bar 2: 'H7' is not a chord name"):
        midi.read_midi(path, lead_sheet=["Dm7", "H7"])


def test_meter_changes_make_bars_of_different_length(tmp_path):
    path = midi.write_midi(tmp_path / "a.mid", PARTS, 120, meter=(3, 4))
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
    path = midi.write_midi(tmp_path_factory.mktemp("midi") / "a.mid", [Part("x", tuple(melody))], 120)
    read = midi.read_parts(path)[0].notes
    assert [(n.onset, n.pitch, n.velocity) for n in read] == [(n.onset, n.pitch, n.velocity) for n in sorted(melody)]
    gap = Fraction(midi.ARTICULATION_TICKS, midi.TICKS_PER_QUARTER)
    assert all(a.duration - b.duration == gap for a, b in zip(sorted(melody), read, strict=True))


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


def test_the_rag_reads_as_its_first_bars_are_written(tmp_path):
    from music21 import corpus

    path = tmp_path / "rag.mid"
    corpus.parse("joplin/maple_leaf_rag").write("midi", path)
    song = midi.read_midi(path)
    assert [chord.name for chord in song.chords[:4]] == ["Ab", "Eb7", "Ab", "Eb7"]
    assert [note.pitch for note in song.melody[:6]] == [68, 75, 68, 72, 75, 67]


# ---------------------------------------------------------------- bad input


BROKEN = {
    "not MIDI": (b"RIFF....WAVEfmt ", "not a MIDI file"),
    "empty": (b"", "not a MIDI file"),
    "half a header": (header()[:11], "truncated"),
    "zero division": (header(division=0) + track(END_OF_TRACK), "0 ticks per quarter"),
    "film frames": (header(division=0xE728) + track(END_OF_TRACK), "SMPTE"),
    "format 2": (header(file_format=2) + track(END_OF_TRACK), "format 2"),
    "missing track": (header(tracks=2) + track(END_OF_TRACK), "announces 2 tracks"),
    "cut in track": (header() + track(b"\x00\x90\x3c\x40" * 20)[:40], "truncated in track 0"),
    "no notes": (header() + track(END_OF_TRACK), "no notes"),
    "garbage events": (header() + track(b"\x00\xf4\x00\x00" + END_OF_TRACK), "track 0 holds bytes|no notes"),
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
    path = midi.write_midi(tmp_path / "drums.mid", [PARTS[3]], 120)
    with pytest.raises(ValueError, match="drums.mid: only drums"):
        midi.read_midi(path)
    path = midi.write_midi(tmp_path / "flute.mid", [PARTS[0]], 120)
    with pytest.raises(ValueError, match="flute.mid: no chords found.*lead_sheet"):
        midi.read_midi(path)


def test_ten_megabytes_of_notes_are_refused_at_once(tmp_path):
    path = tmp_path / "huge.mid"
    path.write_bytes(header() + track(b"\x10\x90\x3c\x40\x10\x80\x3c\x00" * 1_300_000 + END_OF_TRACK))
    with pytest.raises(ValueError, match="huge.mid: 10,.* bytes, more than"):
        midi.read_midi(path)


def test_too_many_notes_are_refused(tmp_path, monkeypatch):
    path = midi.write_midi(tmp_path / "many.mid", PARTS, 120)
    monkeypatch.setattr(midi, "MAX_NOTES", 20)
    with pytest.raises(ValueError, match="many.mid: .* notes, more than the 20"):
        midi.read_midi(path)


def test_a_marker_that_is_no_chord_is_named_with_its_bar(tmp_path):
    events = [smf.Event(4 * 480, smf.TEXT, "chord H7")] + [smf.Event(0, smf.NOTE, (1920 * 3, 60, 80))]
    path = smf.write_events(tmp_path / "marked.mid", [events], 480)
    with pytest.raises(ValueError, match="marked.mid: bar 2: .*'H7'"):
        midi.read_midi(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_breaks_otherwise(tmp_path_factory, data):
    path = midi.write_midi(tmp_path_factory.mktemp("midi") / "a.mid", PARTS, 120, chords_per_bar(CHORDS))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    try:
        midi.read_midi(path)
    except ValueError as error:
        assert "a.mid" in str(error)


def test_nothing_to_write_is_said(tmp_path):
    with pytest.raises(ValueError, match="no notes to write"):
        midi.write_midi(tmp_path / "a.mid", [Part("x", ())], 120)
    with pytest.raises(ValueError, match="tempo"):
        midi.write_midi(tmp_path / "a.mid", PARTS, 0)
