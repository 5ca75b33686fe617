"""Standard MIDI files as events: read with music21's decoder after the structure is checked, written byte for byte.

Source: Standard MIDI Files 1.0 (RP-001). Only what a note-based course needs is kept: notes, programs, tempo, meter,
track names and texts. A file that breaks the format is refused with the track and the byte where it breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEADER_LENGTH = 14
CHUNK_HEAD = 8
PERCUSSION_CHANNEL = 9  # counted from 0
MAX_BYTES = 4_000_000
SMPTE_BIT = 0x8000
DEFAULT_TEMPO = 500_000  # microseconds per quarter note

NOTE, NAME, TEXT, TEMPO, METER, PROGRAM = "note", "name", "text", "tempo", "meter", "program"


@dataclass(frozen=True)
class Event:
    """One event: `tick` from the beginning of the track, `kind`, `channel` (0 to 15) and `value`.

    value is (duration in ticks, pitch, velocity) for a note, a string for a name or text, an integer for tempo (in
    microseconds per quarter note) and program, (numerator, denominator) for a meter.
    """

    tick: int
    kind: str
    value: object
    channel: int = 0


def read_events(path: str | Path) -> tuple[int, int, list[list[Event]]]:
    """Read a MIDI file to its format, its ticks per quarter note and the events of each track.

    Raises
    ------
    ValueError
        Not a MIDI file, truncated, a zero or SMPTE division, format 2, or larger than `MAX_BYTES`.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(
            f"{path}: {size:,} bytes, more than the {MAX_BYTES:,} the course reads; cut the piece into shorter files"
        )
    data = path.read_bytes()
    if data[:4] != b"MThd":
        raise ValueError(f"{path}: not a MIDI file: it begins with {data[:4]!r} where b'MThd' is expected")
    if len(data) < HEADER_LENGTH:
        raise ValueError(
            f"{path}: truncated: the header has {len(data)} of {HEADER_LENGTH} bytes; fetch the file again"
        )
    head_length = int.from_bytes(data[4:8], "big")
    file_format, announced, division = (int.from_bytes(data[i : i + 2], "big") for i in (8, 10, 12))
    if division == 0:
        raise ValueError(f"{path}: the header says 0 ticks per quarter note, so no note has a length; export it again")
    if division & SMPTE_BIT:
        raise ValueError(f"{path}: timed in film frames (SMPTE), without beats; export it with ticks per quarter note")
    if file_format > 1:
        raise ValueError(f"{path}: MIDI format {file_format}; save it as format 0 or 1")
    tracks, position = [], CHUNK_HEAD + head_length
    while position < len(data) and len(tracks) < announced:
        head = data[position : position + CHUNK_HEAD]
        length = int.from_bytes(head[4:], "big")
        end = position + CHUNK_HEAD + length
        if len(head) < CHUNK_HEAD or end > len(data):
            raise ValueError(
                f"{path}: truncated in track {len(tracks)}: {len(data):,} bytes, at least {end:,} expected;"
                " fetch the file again"
            )
        if head[:4] == b"MTrk":
            tracks.append(_decode_track(path, len(tracks), data[position:end]))
        position = end
    if len(tracks) < announced:
        raise ValueError(f"{path}: truncated: the header announces {announced} tracks, {len(tracks)} are there")
    return file_format, division, tracks


def _decode_track(path: Path, number: int, chunk: bytes) -> list[Event]:
    from music21 import midi

    track = midi.MidiTrack(number)
    try:
        track.read(chunk)
        raw = list(_with_ticks(track.events))
    except (midi.MidiException, IndexError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(
            f"{path}: track {number} holds bytes that are no MIDI event ({error}); export it again"
        ) from error
    events: list[Event] = []
    open_notes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    last = 0
    for tick, event in raw:
        last = tick
        kind = event.type
        channel = (event.channel or 1) - 1
        if kind == midi.ChannelVoiceMessages.NOTE_ON and event.velocity:
            open_notes.setdefault((channel, event.pitch), []).append((tick, event.velocity))
        elif kind in (midi.ChannelVoiceMessages.NOTE_ON, midi.ChannelVoiceMessages.NOTE_OFF):
            if open_notes.get((channel, event.pitch)):
                start, velocity = open_notes[channel, event.pitch].pop(0)
                events.append(Event(start, NOTE, (tick - start, event.pitch, velocity), channel))
        elif kind == midi.ChannelVoiceMessages.PROGRAM_CHANGE:
            events.append(Event(tick, PROGRAM, int(event.data), channel))
        elif kind == midi.MetaEvents.SEQUENCE_TRACK_NAME:
            events.append(Event(tick, NAME, _text(event.data)))
        elif kind in (midi.MetaEvents.MARKER, midi.MetaEvents.TEXT_EVENT):
            events.append(Event(tick, TEXT, _text(event.data)))
        elif kind == midi.MetaEvents.SET_TEMPO:
            events.append(Event(tick, TEMPO, int.from_bytes(event.data, "big") or DEFAULT_TEMPO))
        elif kind == midi.MetaEvents.TIME_SIGNATURE and event.data[0]:
            events.append(Event(tick, METER, (event.data[0], 2 ** event.data[1])))
    for (channel, pitch), starts in open_notes.items():  # never switched off: they sound to the end of the track
        events += [Event(start, NOTE, (last - start, pitch, velocity), channel) for start, velocity in starts]
    return sorted(events, key=lambda event: event.tick)


def _with_ticks(events):
    tick = 0
    for event in events:
        if event.isDeltaTime():
            tick += event.time
        else:
            yield tick, event


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


# ---------------------------------------------------------------- writing


def write_events(path: str | Path, tracks: list[list[Event]], ticks_per_quarter: int) -> Path:
    """Write tracks of events as a MIDI file: format 0 for one track, format 1 for several.

    The bytes depend on nothing but the arguments.
    """
    path = Path(path)
    head = b"MThd" + b"".join(
        number.to_bytes(width, "big")
        for number, width in ((6, 4), (int(len(tracks) > 1), 2), (len(tracks), 2), (ticks_per_quarter, 2))
    )
    path.write_bytes(head + b"".join(_encode_track(track) for track in tracks))
    return path


def _encode_track(events: list[Event]) -> bytes:
    timed: list[tuple[int, int, int, bytes]] = []  # tick, order at that tick, running number, message
    for number, event in enumerate(events):
        if event.kind == NOTE:
            duration, pitch, velocity = event.value
            timed.append((event.tick, 2, number, bytes((0x90 | event.channel, pitch, velocity))))
            timed.append((event.tick + duration, 0, number, bytes((0x80 | event.channel, pitch, 0))))
        else:
            timed.append((event.tick, 1, number, _message(event)))
    body, now = bytearray(), 0
    for tick, _, _, message in sorted(timed):
        body += _variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def _message(event: Event) -> bytes:
    if event.kind == PROGRAM:
        return bytes((0xC0 | event.channel, event.value))
    kind, data = {
        NAME: lambda value: (0x03, value.encode("utf-8")),
        TEXT: lambda value: (0x06, value.encode("utf-8")),
        TEMPO: lambda value: (0x51, value.to_bytes(3, "big")),
        METER: lambda value: (0x58, bytes((value[0], value[1].bit_length() - 1, 24, 8))),
    }[event.kind](event.value)
    return bytes((0xFF, kind)) + _variable_length(len(data)) + data


def _variable_length(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | (number & 0x7F))
    return bytes(reversed(digits))
