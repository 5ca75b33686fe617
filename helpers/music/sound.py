"""Hear the music, by a small synthesiser in NumPy: it sounds the same on every machine and needs nothing installed.

Sound is an array (samples, 2) of float32 between -1 and 1: left and right.
"""

import html
import io
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np

from helpers.language import _
from helpers.music.midi import read_parts, read_tempos
from helpers.music.notes import Song

SAMPLE_RATE = 22_050
PEAK = 0.89  # one decibel below full scale
LONGEST_SECONDS = 600
MP3 = {"format": "MP3", "bitrate_mode": "VARIABLE", "compression_level": 0.9}  # 5 kB for a second
CONCERT_PITCH, CONCERT_HERTZ = 69, 440.0


def play(source, tempo=None, rng=None, seconds=None):
    """Make an audio player for a notebook.

    Parameters
    ----------
    source : path, Song or list of Part
        A MIDI file is played as it is; a Song gets a rhythm section and swing; parts are played as given.
    tempo : float, optional
        Quarter notes per minute, by default the source's own, or 120 for parts.
    rng : numpy.random.Generator, optional
        For the rhythm section of a Song; by default always the same one.
    seconds : float, optional
        Play only the beginning.

    Returns
    -------
    IPython.display.Audio
        One channel, as MP3: a ninth of the size, and the notebook that holds it must stay small enough to hand in.
    """
    import soundfile

    sound, rate = render(source, tempo, rng)
    if seconds is not None:
        sound = sound[: max(1, int(seconds * rate))]
    mp3 = io.BytesIO()
    soundfile.write(mp3, sound.mean(axis=1), rate, **MP3)
    text = _("{name}, {seconds:.0f} seconds of music")
    return _player(mp3.getvalue(), text.format(name=_name(source), seconds=len(sound) / rate))


def _player(mp3, name):
    """Make a player that has a name; IPython's own one has none."""
    from IPython.display import Audio

    class Player(Audio):
        def _repr_html_(self):
            return super()._repr_html_().replace("<audio", f'<audio aria-label="{html.escape(name)}"', 1)

    player = Player(data=mp3)
    player.mimetype = "audio/mpeg"
    return player


def _name(source):
    if isinstance(source, (str, Path)):
        return Path(source).name
    return source.name if isinstance(source, Song) else _("parts")


def render(source, tempo=None, rng=None):
    """Make the sound of a source (see `play`).

    Returns
    -------
    sound : ndarray (samples, 2), float32, peak `PEAK`
    rate : int
        Samples per second, `SAMPLE_RATE`.
    """
    return synthesise(*_parts_and_tempos(source, tempo, rng)), SAMPLE_RATE


def _parts_and_tempos(source, tempo, rng):
    if isinstance(source, (str, Path)):
        return read_parts(source), [(Fraction(0), tempo)] if tempo else read_tempos(source)
    if isinstance(source, Song):
        from helpers.music.band import arrange

        parts = arrange(source, rng or np.random.default_rng(0))
        return parts, [(Fraction(0), tempo or source.tempo)]
    parts = list(source)
    if not any(part.notes for part in parts):
        raise ValueError("expected notes to play, got none")
    return parts, [(Fraction(0), tempo or 120.0)]


# ---------------------------------------------------------------- the synthesiser


def seconds_at(time, tempos):
    """Return when a moment in quarter notes sounds, in seconds; `tempos` are (onset, quarter notes per minute)."""
    passed = 0.0
    for index, (start, tempo) in enumerate(tempos):
        stop = tempos[index + 1][0] if index + 1 < len(tempos) else None
        until = time if stop is None else min(time, stop)
        if until > start:
            passed += float(until - start) * 60 / tempo
    return passed


def synthesise(parts, tempos, rate=SAMPLE_RATE):
    """Make stereo sound of parts: electric piano for the melody, piano, plucked bass, noise for cymbals, a small room.

    Parameters
    ----------
    parts : list of Part
    tempos : list of (onset, quarter notes per minute)
    rate : int
        Samples per second.
    """
    length = max((seconds_at(note.end, tempos) for part in parts for note in part.notes), default=0.0)
    if length > LONGEST_SECONDS:
        raise ValueError(f"expected at most {LONGEST_SECONDS} s of music, got {length:.0f}; play a part of it")
    sound = np.zeros((int((length + TAIL) * rate) + 1, 2), dtype=np.float32)
    for number, part in enumerate(parts):
        voice = DRUMS if part.drums else BASS if part.program in range(32, 40) else LEAD if number == 0 else KEYS
        angle = (PAN[voice] + 1) * np.pi / 4
        sides = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32) * LEVEL[voice]
        for note in part.notes:
            tone = _tone(voice, note.pitch, rate)
            start = seconds_at(note.onset, tempos)
            held = seconds_at(note.end, tempos) - start
            if voice != DRUMS:
                tone = _release(tone, held, rate)
            first = int(start * rate)
            tone = tone[: len(sound) - first]
            sound[first : first + len(tone)] += (note.velocity / 127) ** 1.5 * tone[:, None] * sides
    return _normalise(_room(sound, rate))


LEAD, KEYS, BASS, DRUMS = "lead", "keys", "bass", "drums"
PAN = {LEAD: 0.1, KEYS: -0.45, BASS: 0.0, DRUMS: 0.4}  # -1 left, 1 right
LEVEL = {LEAD: 0.8, KEYS: 0.55, BASS: 0.85, DRUMS: 0.5}
TAIL = 1.5  # seconds that sound on after the last note
TONE_SECONDS = 3.0
ATTACK, RELEASE = 0.004, 0.06  # seconds
ROOM_SECONDS, ROOM_DECAY, ROOM_SHARE = 0.9, 0.22, 0.10
NOISE_SEED = 7
PEDAL_HAT_PITCHES = (42, 44)
RIDE_PARTIALS = (3150.0, 4210.0, 5390.0, 6620.0, 7930.0)  # hertz, inharmonic like a cymbal's


@lru_cache(maxsize=128)  # the next solo has mostly the same ones
def _tone(voice, pitch, rate):
    time = np.arange(int(TONE_SECONDS * rate)) / rate
    if voice == DRUMS:
        return _cymbal(pitch, time, rate)
    hertz = CONCERT_HERTZ * 2 ** ((pitch - CONCERT_PITCH) / 12)
    phase = 2 * np.pi * hertz * time
    if voice == LEAD:  # two operators, as electric pianos are imitated: a bright attack over a round tone
        bell = np.sin(phase * 7) * np.exp(-time * 14) * 0.35 if hertz * 8 < rate / 2 else 0.0
        body = np.sin(phase + (1.1 * np.exp(-time * 3.5) + 0.12) * np.sin(phase) + bell)
        tremolo = 1 + 0.06 * np.sin(2 * np.pi * 5.2 * time)
        tone = body * np.exp(-time * (0.9 + hertz / 1600)) * tremolo
    else:
        brightness, decay = (1.25, 1.6) if voice == KEYS else (1.0, 1.1)
        tone = np.zeros_like(time)
        for harmonic in range(1, 9):
            if hertz * harmonic > rate / 2.2:
                break
            stretched = harmonic * np.sqrt(1 + 0.0004 * harmonic**2)
            fading = np.exp(-time * decay * (1 + 0.7 * (harmonic - 1)))
            tone += harmonic**-brightness * np.sin(phase * stretched) * fading
        if voice == BASS:  # the finger's thump
            tone += 0.4 * np.sin(2 * np.pi * 70 * time) * np.exp(-time * 45)
    tone *= np.minimum(1, time / ATTACK)
    return (tone / np.abs(tone).max()).astype(np.float32)


def _cymbal(pitch, time, rate):
    noise = np.random.default_rng(NOISE_SEED).standard_normal(len(time))
    hiss = np.diff(noise, n=2, prepend=[0.0, 0.0])  # second difference: mostly treble
    if pitch in PEDAL_HAT_PITCHES:
        tone = hiss * np.exp(-time * 55)
    else:
        ring = sum(np.sin(2 * np.pi * hertz * time) for hertz in RIDE_PARTIALS if hertz < rate / 2)
        tone = hiss * (0.5 * np.exp(-time * 30) + 0.12 * np.exp(-time * 5)) + 0.25 * ring * np.exp(-time * 7)
    return (tone / np.abs(tone).max()).astype(np.float32)


def _release(tone, held, rate):
    """Damp a tone after it was held for so many seconds."""
    length = min(len(tone), int((held + RELEASE) * rate) + 1)
    shaped = tone[:length].copy()
    fall = min(length, int(RELEASE * rate))
    shaped[length - fall :] *= np.linspace(1, 0, fall, dtype=np.float32)
    return shaped


def _room(sound, rate):
    """Add a short echo: convolution with decaying noise, another one for each side."""
    from scipy import signal  # here, since nobody waits for it who only reads music

    time = np.arange(int(ROOM_SECONDS * rate)) / rate
    noise = np.random.default_rng(NOISE_SEED).standard_normal((len(time), 2)) * np.exp(-time / ROOM_DECAY)[:, None]
    noise /= np.sqrt((noise**2).sum(axis=0))
    wet = signal.oaconvolve(sound, noise.astype(np.float32), axes=0)[: len(sound)]
    return (1 - ROOM_SHARE) * sound + 2 * ROOM_SHARE * wet


def _normalise(sound):
    sound = sound - sound.mean(axis=0)
    peak = float(np.abs(sound).max())
    if peak == 0:
        raise ValueError("expected sound, got silence; are there notes?")
    return (sound * (PEAK / peak)).astype(np.float32)
