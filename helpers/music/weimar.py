"""Read the Weimar Jazz Database (456 transcribed solos, SQLite) to the same songs that MIDI files give.

Source: M. Pfleiderer et al. (eds), "Inside the Jazzomat", Schott Campus 2017; licence ODbL 1.0 (share-alike), so the
course brings it by ``course data get weimar`` and never ships it. Columns are selected by name, as their order varies.
"""

import sqlite3
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from helpers.music.harmony import NO_CHORD, ROOT_NAMES, is_chord_name, parse_chord
from helpers.music.notes import GRID, Chord, Note, Song, as_written
from helpers.music.rhythm import SHORTEST_NOTE, one_voice

COLUMNS = {
    "melody": ("eventid", "melid", "onset", "pitch", "duration", "division", "bar", "beat", "tatum"),
    "beats": ("beatid", "melid", "onset", "bar", "beat", "chord", "chorus_id"),
    "solo_info": ("melid", "performer", "title", "avgtempo"),
}
DEFAULT_TEMPO = 120.0
SECONDS_PER_MINUTE = 60


def load_weimar(path, performer=None, melids=None, limit=None):
    """Read solos from the database file.

    Parameters
    ----------
    path : path
        ``wjazzd.db``.
    performer : str, optional
        Only solos whose performer's name contains this, case ignored.
    melids : iterable of int, optional
        Only solos with these numbers.
    limit : int, optional
        At most so many.

    Returns
    -------
    list of Song
        In order of melid. One beat is one quarter note; positions come from bar, beat and tatum; a chord holds until
        the next one is written. Chord names are brought to the spelling of `harmony`; a tension that the table
        there does not know is dropped, and what is no chord at all becomes ``NC``.

    Raises
    ------
    ValueError
        Not an SQLite file; a table or column is missing; a solo has no notes, no beats or no chords; none fits.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(
            f"{path}: expected the Weimar Jazz Database, got no file; fetch it with: course data get weimar"
        )
    wanted = None if melids is None else set(melids)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            rows = {table: _select(connection, path, table) for table in COLUMNS}
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{path}: expected an SQLite database, got a file that is none ({error}); fetch it again"
            ) from error
    by_solo = {"melody": {}, "beats": {}}
    for table, groups in by_solo.items():
        for row in rows[table]:
            groups.setdefault(row["melid"], []).append(row)
    songs = []
    for info in sorted(rows["solo_info"], key=lambda row: row["melid"]):
        melid = info["melid"]
        if limit is not None and len(songs) >= limit:
            break
        if wanted is not None and melid not in wanted:
            continue
        if performer is not None and performer.lower() not in (info["performer"] or "").lower():
            continue
        songs.append(_song(path, info, by_solo["melody"].get(melid, []), by_solo["beats"].get(melid, [])))
    if not songs:
        raise ValueError(f"{path}: expected a solo that was asked for, got none among its {len(rows['solo_info'])}")
    return songs


def _select(connection, path, table):
    present = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    missing = [column for column in COLUMNS[table] if column not in present]
    if missing:
        what = f"the table {table!r}" if not present else f"the column {', '.join(missing)} in the table {table!r}"
        raise ValueError(f"{path}: expected the Weimar Jazz Database, got a file without {what}")
    names = COLUMNS[table]
    return [dict(zip(names, row, strict=True)) for row in connection.execute(f"SELECT {', '.join(names)} FROM {table}")]


def _song(path, info, melody, beats):
    name = f"{info['title']} ({info['performer']}), melid {info['melid']}"
    if not melody or not beats:
        raise ValueError(
            f"{path}: {name}: expected notes and beats, got {len(melody)} and {len(beats)}; leave it out (melids=)"
        )
    beats = sorted(beats, key=lambda row: (row["bar"], row["beat"]))
    place = {(row["bar"], row["beat"]): Fraction(index) for index, row in enumerate(beats)}
    bars = [
        place[row["bar"], row["beat"]] for i, row in enumerate(beats) if i == 0 or row["bar"] != beats[i - 1]["bar"]
    ]
    end = Fraction(len(beats))
    chords = _chords(path, name, beats, end)
    seconds = sorted(row["onset"] for row in beats)
    tempo = float(info["avgtempo"] or DEFAULT_TEMPO)
    beat_seconds = (seconds[-1] - seconds[0]) / (len(seconds) - 1) if len(seconds) > 1 else SECONDS_PER_MINUTE / tempo
    notes = []
    for row in sorted(melody, key=lambda row: (row["onset"], row["eventid"])):
        beat = place.get((row["bar"], row["beat"]))
        if beat is None:  # before the first or after the last beat that is annotated
            continue
        part = Fraction(int(row["tatum"]) - 1, max(1, int(row["division"])))
        length = Fraction(round(row["duration"] / beat_seconds * GRID), GRID)
        onset = Fraction(round((beat + part) * GRID), GRID)
        notes.append(Note(onset, max(length, SHORTEST_NOTE), round(row["pitch"])))
    line = tuple(note for note in one_voice(notes) if note.onset < end)
    if not line:
        raise ValueError(f"{path}: {name}: expected notes on annotated beats, got none; leave it out (melids=)")
    choruses = [
        place[row["bar"], row["beat"]]
        for before, row in zip([None, *beats], beats, strict=False)
        if before is None or (row["chorus_id"] or 0) > (before["chorus_id"] or 0)
    ]
    choruses = [max((bar for bar in bars if bar <= start), default=bars[0]) for start in choruses]
    return Song(name, line, chords, (*bars, end), tuple(sorted(set(choruses))), tempo)


def _chords(path, name, beats, end):
    changes = [
        (Fraction(index), row["chord"].strip()) for index, row in enumerate(beats) if (row["chord"] or "").strip()
    ]
    if not changes:
        raise ValueError(f"{path}: {name}: expected chords, got none in its {len(beats)} beats; leave it out (melids=)")
    ends = [start for start, _ in changes[1:]] + [end]
    chords = [Chord(start, stop - start, known_chord(text)) for (start, text), stop in zip(changes, ends, strict=True)]
    if chords[0].onset > 0:
        chords.insert(0, Chord(Fraction(0), chords[0].onset, NO_CHORD))
    return tuple(chords)


def known_chord(text):
    """Spell a chord as the course does: drop tensions from the right until the name is known; ``NC`` if it never is.

    >>> known_chord("Bb-79"), known_chord("Ebj7"), known_chord("NC"), known_chord("F79b13")
    ('Bbm7', 'Ebmaj7', 'NC', 'F7b9')
    """
    text = text.split("/")[0]
    for length in range(len(text), 0, -1):
        if as_written(text[:length]) != NO_CHORD and is_chord_name(text[:length]):
            root, quality = parse_chord(text[:length])
            return ROOT_NAMES[root] + quality
    return NO_CHORD
