"""Standard MIDI files as events, read and written byte for byte.

Source: Standard MIDI Files 1.0 (RP-001). Only what a note-based course needs is kept: notes, programs, tempo, meter,
track names and texts. A file that breaks the format is refused with the track and the byte where it breaks; what the
course does not need is skipped unread, so an odd key signature is no reason to refuse a tune. Why no library does
this is said in docs/design.md.
"""

from dataclasses import dataclass
from pathlib import Path

HEADER_LENGTH = 14
CHUNK_HEAD = 8
PERCUSSION_CHANNEL = 9  # counted from 0
MAX_BYTES = 4_000_000
SMPTE_BIT = 0x8000
DEFAULT_TEMPO = 500_000  # microseconds per quarter note
LONGEST_NUMBER = 4  # bytes of a number of variable length
SHORTEST_BEAT = 6  # a meter counts at shortest in 64th notes, written as a power of two

# Status bytes. Those of channel messages (the first three here) carry the channel in their lower half.
NOTE_OFF, NOTE_ON, PROGRAM_CHANGE = 0x80, 0x90, 0xC0
SYSTEM, SYSEX, ESCAPE, META = 0xF0, 0xF0, 0xF7, 0xFF
ONE_DATA_BYTE = (0xC0, 0xD0)  # of channel messages; all others have two
#: Data bytes of system messages. They belong on a cable, not in a file, but sequencers that record a clock leave some.
SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0, **dict.fromkeys(range(0xF8, META), 0)}
META_TEXT, META_NAME, META_MARKER, META_END, META_TEMPO, META_METER = 0x01, 0x03, 0x06, 0x2F, 0x51, 0x58

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


def read_events(path):
    """Read a MIDI file to its format, its ticks per quarter note and the events of each track.

    A file wrapped in RIFF (``.rmi``) is unwrapped.

    Raises
    ------
    ValueError
        Not a MIDI file, truncated, a zero or SMPTE division, format 2, or larger than `MAX_BYTES`.
    """
    path = Path(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(
            f"{path}: expected at most {MAX_BYTES:,} bytes, got {size:,}; cut the piece into shorter files"
        )
    data = path.read_bytes()
    if data[:4] == b"RIFF":
        data = _unwrap_riff(path, data)
    if data[:4] != b"MThd":
        raise ValueError(
            f"{path}: expected a MIDI file, which begins with b'MThd', got one that begins with {data[:4]!r}"
        )
    if len(data) < HEADER_LENGTH:
        raise ValueError(
            f"{path}: truncated: expected a header of {HEADER_LENGTH} bytes, got {len(data)}; fetch the file again"
        )
    head_length = int.from_bytes(data[4:8], "big")
    file_format, announced, division = (int.from_bytes(data[i : i + 2], "big") for i in (8, 10, 12))
    if division == 0:
        raise ValueError(f"{path}: expected 1 or more ticks per quarter note in the header, got 0; export it again")
    if division & SMPTE_BIT:
        raise ValueError(f"{path}: expected times in ticks per quarter note, got film frames (SMPTE); export it again")
    if file_format > 1:
        raise ValueError(f"{path}: expected MIDI format 0 or 1, got format {file_format}; save it again")
    tracks, position = [], CHUNK_HEAD + head_length
    while position < len(data) and len(tracks) < announced:
        head = data[position : position + CHUNK_HEAD]
        length = int.from_bytes(head[4:], "big")
        end = position + CHUNK_HEAD + length
        if len(head) < CHUNK_HEAD or end > len(data):
            raise ValueError(
                f"{path}: truncated in track {len(tracks)}: expected at least {end:,} bytes, got {len(data):,};"
                " fetch the file again"
            )
        if head[:4] == b"MTrk":
            tracks.append(_decode_track(path, len(tracks), data[position + CHUNK_HEAD : end]))
        position = end
    if len(tracks) < announced:
        raise ValueError(f"{path}: truncated: expected {announced} tracks, as the header announces, got {len(tracks)}")
    return file_format, division, tracks


def _unwrap_riff(path, data):
    """The contents of the chunk ``data`` of a RIFF file of type ``RMID``."""
    if data[8:12] != b"RMID":
        raise ValueError(f"{path}: expected a MIDI file, got RIFF of type {data[8:12]!r} in place of b'RMID'")
    position = 12
    while position + CHUNK_HEAD <= len(data):
        name, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        position += CHUNK_HEAD
        if name == b"data":
            return data[position : position + length]
        position += length + length % 2  # chunks of odd length are filled up
    raise ValueError(f"{path}: expected a MIDI file, got RIFF without a chunk 'data'; fetch the file again")


def _decode_track(path, number, body):
    events = []
    open_notes = {}
    tick = 0
    try:
        for tick, status, data in _messages(body):
            kind, channel = (status, 0) if status >= SYSTEM else (status & 0xF0, status & 0x0F)
            if kind == NOTE_ON and data[1]:
                open_notes.setdefault((channel, data[0]), []).append((tick, data[1]))
            elif kind in (NOTE_ON, NOTE_OFF):
                if open_notes.get((channel, data[0])):
                    start, velocity = open_notes[channel, data[0]].pop(0)
                    events.append(Event(start, NOTE, (tick - start, data[0], velocity), channel))
            elif kind == PROGRAM_CHANGE:
                events.append(Event(tick, PROGRAM, data[0], channel))
            elif kind == META:
                events += _meta_event(tick, data[0], data[1:])
    except ValueError as error:
        raise ValueError(f"{path}, track {number}, {error}; export it again") from error
    for (channel, pitch), starts in open_notes.items():  # never switched off: they sound to the end of the track
        events += [Event(start, NOTE, (tick - start, pitch, velocity), channel) for start, velocity in starts]
    return sorted(events, key=lambda event: event.tick)


def _messages(body):
    """Yield the tick, the status byte and the data of each message; a meta event's data begin with its kind.

    Raises
    ------
    ValueError
        At the first byte that belongs to no message; the track's bytes are counted from 0.
    """
    position = tick = 0
    running = None
    while position < len(body):
        start = position
        delta, position = _read_number(body, position)
        tick += delta
        status = body[position] if position < len(body) else META
        if status >= NOTE_OFF:
            position += 1
        elif running is None:
            raise ValueError(f"byte {position}: expected a status byte (128 or more) first, got {status}")
        else:  # "running status": the status byte of the last channel message holds on
            status = running
        kind = b""
        if status == META:
            kind, position = body[position : position + 1], position + 1
        if status in (SYSEX, ESCAPE, META):
            length, position = _read_number(body, position)
        elif status >= SYSTEM:
            if status not in SYSTEM_DATA:
                raise ValueError(f"byte {position - 1}: expected a status byte that MIDI defines, got 0x{status:X}")
            length = SYSTEM_DATA[status]
        else:
            running = status
            length = 1 if status & 0xF0 in ONE_DATA_BYTE else 2
        data = body[position : position + length]
        if len(data) < length:
            raise ValueError(f"byte {start}: expected a whole event, got the end of the track")
        if status < SYSTEM and max(data) >= NOTE_OFF:
            raise ValueError(f"byte {position}: expected data below 128, got {list(data)}")
        position += length
        yield tick, status, kind + data
        if kind == bytes([META_END]):
            return


def _read_number(body, position):
    """Read a number of variable length (seven bits a byte, the last byte below 128) and the position after it."""
    number = 0
    for end, byte in enumerate(body[position : position + LONGEST_NUMBER], position + 1):
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, end
    raise ValueError(f"byte {position}: expected a time or length that ends within {LONGEST_NUMBER} bytes, got none")


def _meta_event(tick, kind, data):
    """Return the event of a meta message in a list; the list is empty if the course does not need it."""
    if kind in (META_NAME, META_TEXT, META_MARKER):
        return [Event(tick, NAME if kind == META_NAME else TEXT, data.decode("utf-8", errors="replace"))]
    if kind == META_TEMPO and any(data[:3]):
        return [Event(tick, TEMPO, int.from_bytes(data[:3], "big"))]
    if kind == META_METER and len(data) >= 2 and data[0]:
        if data[1] > SHORTEST_BEAT:
            raise ValueError(f"tick {tick}: expected a meter of at shortest 64th notes, got {data[0]}/2^{data[1]}")
        return [Event(tick, METER, (data[0], 2 ** data[1]))]
    return []


# ---------------------------------------------------------------- writing


def write_events(path, tracks, ticks_per_quarter):
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


def _encode_track(events):
    timed = []  # tick, order at that tick, running number, message
    for number, event in enumerate(events):
        if event.kind == NOTE:
            duration, pitch, velocity = event.value
            timed.append((event.tick, 2, number, bytes((NOTE_ON | event.channel, pitch, velocity))))
            timed.append((event.tick + duration, 0, number, bytes((NOTE_OFF | event.channel, pitch, 0))))
        else:
            timed.append((event.tick, 1, number, _message(event)))
    body, now = bytearray(), 0
    for tick, _, _, message in sorted(timed):
        body += _variable_length(tick - now) + message
        now = tick
    body += bytes((0, META, META_END, 0))
    return b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def _message(event):
    if event.kind == PROGRAM:
        return bytes((PROGRAM_CHANGE | event.channel, event.value))
    kind, data = {
        NAME: lambda value: (META_NAME, value.encode("utf-8")),
        TEXT: lambda value: (META_MARKER, value.encode("utf-8")),
        TEMPO: lambda value: (META_TEMPO, value.to_bytes(3, "big")),
        METER: lambda value: (META_METER, bytes((value[0], value[1].bit_length() - 1, 24, 8))),
    }[event.kind](event.value)
    return bytes((META, kind)) + _variable_length(len(data)) + data


def _variable_length(number):
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | (number & 0x7F))
    return bytes(reversed(digits))
