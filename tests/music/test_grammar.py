"""The abstract jazz grammar: encode and decode are inverse up to the freedom that the grammar leaves."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.music import grammar
from helpers.music.harmony import QUALITIES, ROOT_NAMES
from helpers.music.notes import Note, chords_per_bar

durations = st.integers(1, 48).map(lambda steps: Fraction(steps, 12))
chord_names = st.one_of(
    st.builds(str.__add__, st.sampled_from(ROOT_NAMES), st.sampled_from(sorted(QUALITIES))), st.just("NC")
)
lead_sheets = st.lists(chord_names, min_size=1, max_size=6).map(chords_per_bar)


@st.composite
def melodies(draw, low=grammar.LOWEST_PITCH, high=grammar.HIGHEST_PITCH):
    """One voice with gaps, on the grid, anywhere in the range."""
    notes, now = [], Fraction(0)
    for gap, duration, pitch in draw(
        st.lists(st.tuples(st.sampled_from([0, 0, 0, 6, 12, 60]), durations, st.integers(low, high)), max_size=12)
    ):
        now += Fraction(gap, 12)
        notes.append(Note(now, duration, pitch))
        now += duration
    return notes


tokens = st.one_of(
    st.builds(
        lambda duration, place: grammar.Token(grammar.REST, duration, place=place),
        durations,
        st.sampled_from(["", *grammar.PLACES]),
    ),
    st.builds(
        lambda kind, duration, window, place: grammar.Token(kind, duration, *window, place),
        st.sampled_from(grammar.KINDS[:-1]),
        durations,
        st.sampled_from(grammar.WINDOWS),
        st.sampled_from(["", *grammar.PLACES]),
    ),
)


@settings(max_examples=150, deadline=None)
@given(melodies(), lead_sheets, st.integers(0, 2**32 - 1))
def test_decoding_an_encoded_melody_gives_a_melody_with_the_same_tokens(melody, chords, seed):
    encoded = grammar.encode(melody, chords)
    decoded = grammar.decode(encoded, chords, np.random.default_rng(seed))
    assert grammar.encode(decoded, chords) == encoded
    assert [(n.onset, n.duration) for n in decoded] == [(n.onset, n.duration) for n in melody]


@settings(max_examples=100, deadline=None)
@given(st.lists(tokens, max_size=15), lead_sheets, st.integers(0, 2**32 - 1))
def test_any_tokens_decode_to_exact_time_and_pitches_in_range(sequence, chords, seed):
    notes = grammar.decode(sequence, chords, np.random.default_rng(seed))
    sounding = [token for token in sequence if token.kind != grammar.REST]
    assert [note.duration for note in notes] == [token.duration for token in sounding]
    assert all(grammar.LOWEST_PITCH <= note.pitch <= grammar.HIGHEST_PITCH for note in notes)
    length = sum((token.duration for token in sequence), Fraction(0))
    again = grammar.encode(notes, chords, end=length)
    assert sum((token.duration for token in again), Fraction(0)) == length


@settings(deadline=None)
@given(tokens)
def test_token_text_round_trip(token):
    assert grammar.Token.parse(str(token)) == token


@pytest.mark.parametrize(
    "text",
    ["", "C", "Q 1 +1..+2", "C 1", "C 0 +1..+2", "C 1/0 +1..+2", "R 1 +1..+2", "C 1 +1..+9", "strong", "C 1 strong"],
)
def test_unknown_token_is_refused_by_name(text):
    with pytest.raises(ValueError, match="unknown token"):
        grammar.Token.parse(text)


@settings(deadline=None)
@given(st.lists(tokens, unique=True))
def test_tokens_sort_the_same_from_any_order(sequence):
    assert sorted(sequence) == sorted(reversed(sequence))


def test_place_is_counted_from_the_bar_line_in_any_meter():
    half = Fraction(1, 2)
    notes = [Note(i * half, half, 60) for i in range(12)]
    four = [token.place for token in grammar.encode(notes, chords_per_bar(["C", "C"]))]
    assert four == ["strong", "off", "weak", "off"] * 3
    waltz = grammar.encode(notes, chords_per_bar(["C"], bar=Fraction(6)), bars=(Fraction(0), Fraction(3), Fraction(6)))
    assert [token.place for token in waltz] == ["strong", "off", "weak", "off", "strong", "off"] * 2
    rests = grammar.encode(notes[:1], chords_per_bar(["C"]), end=Fraction(6))
    assert [str(token) for token in rests[1:]] == ["R 4 off", "R 3/2 off"]


def test_windows_cover_every_interval_once():
    for semitones in range(-40, 41):
        low, high = grammar.interval_window(semitones)
        assert low <= max(-24, min(24, semitones)) <= high
    edges = [bound for window in grammar.WINDOWS for bound in window]
    assert edges == sorted(edges)


@pytest.mark.parametrize(
    "pitch, following, kind",
    [(64, None, "C"), (62, None, "L"), (63, 64, "A"), (63, 65, "X"), (63, None, "X"), (65, 64, "A"), (65, 67, "S")],
)
def test_kinds_over_c_seven(pitch, following, kind):
    assert grammar.kind_of(pitch, "C7", following, "C7") == kind


def test_a_note_tied_over_the_bar_line_belongs_to_the_new_chord():
    chords = chords_per_bar(["Dm7", "Dbmaj7"])
    assert grammar.sounding_chord(chords, Fraction(7, 2), Fraction(1)) == "Dbmaj7"
    assert grammar.sounding_chord(chords, Fraction(7, 2), Fraction(1, 2)) == "Dm7"
    assert grammar.sounding_chord(chords, Fraction(3), Fraction(2)) == "Dm7"


def test_decode_keeps_the_kind_where_kind_and_interval_cannot_both_hold():
    chords = chords_per_bar(["Cmaj7"])
    token = grammar.Token("C", Fraction(1), 1, 2)  # no chord tone lies one or two semitones above B flat but B
    notes = grammar.decode([token, token, token], chords, np.random.default_rng(0))
    assert all(grammar.kind_of(note.pitch, "Cmaj7") == "C" for note in notes)


def test_encode_names_what_is_wrong_with_a_melody():
    chords = chords_per_bar(["C7"])
    with pytest.raises(ValueError, match="one voice"):
        grammar.encode([Note(Fraction(0), Fraction(2), 60), Note(Fraction(1), Fraction(1), 62)], chords)
    with pytest.raises(ValueError, match="expected it on the grid"):
        grammar.encode([Note(Fraction(1, 7), Fraction(1), 60)], chords)
    with pytest.raises(ValueError, match="expected chords to .*, got none"):
        grammar.encode([], [])
