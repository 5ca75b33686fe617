"""The Weimar loader, on a small database of that schema."""

import sqlite3
from fractions import Fraction

import pytest

from helpers.music import jazz, weimar

MELODY = "eventid melid onset pitch duration period division bar beat tatum beatdur".split()
BEATS = "beatid melid onset bar beat signature chord form bass_pitch chorus_id".split()
INFO = "melid performer title instrument style avgtempo key signature chord_changes".split()


@pytest.fixture
def database(tmp_path):
    """Two solos of two choruses of two bars at 120; the chord column is empty where the chord goes on."""
    return make_database(tmp_path / "wjazzd.db")


def make_database(path, reverse_columns=False, chords=("Bb79", "", "C-7 ", "", "F79b13", "", "", "")):
    connection = sqlite3.connect(path)
    melody, beats, event = [], [], 0
    for melid in (3, 1):
        for beat in range(16):
            chord = chords[beat % 8] if beat < 8 else ""
            row = dict(beatid=beat, melid=melid, onset=1 + beat / 2, bar=beat // 4, beat=beat % 4 + 1, signature="4/4",
                       chord=chord, form="A1", bass_pitch=40, chorus_id=1 + beat // 8)  # fmt: skip
            beats.append(row)
            for tatum in (1, 2):
                event += 1
                when = dict(bar=beat // 4, beat=beat % 4 + 1, tatum=tatum, period=4, division=2, beatdur=0.5)
                onset = 1 + beat / 2 + (tatum - 1) / 4
                pitch = 60.0 + (event * 5) % 13
                melody.append(dict(eventid=event, melid=melid, onset=onset, pitch=pitch, duration=0.24, **when))
    same = dict(title="Made Up", instrument="ts", style="BEBOP", avgtempo=120.0, key="Bb-maj", signature="4/4")
    names = ((1, "Ann Alto"), (3, "Tom Tenor"))
    info = [dict(melid=melid, performer=name, chord_changes="", **same) for melid, name in names]
    for table, columns, rows in (("melody", MELODY, melody[::-1]), ("beats", BEATS, beats), ("solo_info", INFO, info)):
        columns = columns[::-1] if reverse_columns else columns
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [[row[c] for c in columns] for row in rows])
    connection.execute("CREATE TABLE sections (melid, type, start, end, value)")
    connection.commit()
    connection.close()
    return path


def test_notes_bars_choruses_and_chords(database):
    first, second = weimar.load_weimar(database)
    assert "Ann Alto" in first.name and "melid 3" in second.name
    assert first.bars == (0, 4, 8, 12, 16) and first.choruses == (0, 8) and first.tempo == 120
    assert [note.onset for note in first.melody[:4]] == [0, Fraction(1, 2), 1, Fraction(3, 2)]
    assert all(note.duration == Fraction(1, 2) for note in first.melody)
    assert [(chord.onset, chord.duration, chord.name) for chord in first.chords] == [
        (0, 2, "Bb7"),
        (2, 2, "Cm7"),
        (4, 12, "F7b9"),
    ]


def test_column_order_does_not_matter(database, tmp_path):
    other = make_database(tmp_path / "other.db", reverse_columns=True)
    assert weimar.load_weimar(other) == weimar.load_weimar(database)


def test_selection(database):
    assert len(weimar.load_weimar(database, performer="tenor")) == 1
    assert len(weimar.load_weimar(database, limit=1)) == 1
    assert "melid 3" in weimar.load_weimar(database, melids=[3])[0].name
    with pytest.raises(ValueError, match="expected a solo that was asked for, got none among its 2"):
        weimar.load_weimar(database, performer="nobody")


def test_the_same_functions_train_on_it(database):
    songs = weimar.load_weimar(database)
    X, Y, n_values, values, _ = jazz.load_music_utils(songs, T_x=10, stride=2)
    assert X.shape[1:] == (10, n_values) and (Y.sum(axis=-1) == 1).all() and len(values) == n_values


SPELLINGS = {"Bb-79": "Bbm7", "Ebj7": "Ebmaj7", "NC": "NC", "F#m7b5": "Gbm7b5", "C7913#": "C7", "Do7": "Ddim7",
             "A-6": "Am6", "Gsus7": "G7sus4", "D7/F#": "D7", "?": "NC"}  # fmt: skip


@pytest.mark.parametrize("text, name", SPELLINGS.items())
def test_spelling_of_the_database(text, name):
    assert weimar.known_chord(text) == name


def test_what_is_no_such_database_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match="missing.db: expected the Weimar Jazz Database, got no file.*course data get weimar"
    ):
        weimar.load_weimar(tmp_path / "missing.db")
    (tmp_path / "text.db").write_text("not a database, only a long line of text\n" * 50, encoding="utf-8")
    with pytest.raises(ValueError, match="text.db: expected an SQLite database, got a file that is none"):
        weimar.load_weimar(tmp_path / "text.db")
    connection = sqlite3.connect(tmp_path / "empty.db")
    connection.execute("CREATE TABLE melody (eventid, melid)")
    connection.commit()
    connection.close()
    without = "empty.db: expected the Weimar Jazz Database, got a file without the column onset.* in the table 'melody'"
    with pytest.raises(ValueError, match=without):
        weimar.load_weimar(tmp_path / "empty.db")
    with pytest.raises(ValueError, match="expected chords, got none in its 16 beats"):
        weimar.load_weimar(make_database(tmp_path / "silent.db", chords=("",) * 8))
