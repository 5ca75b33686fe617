"""The sound: as long as the music, loud but never clipped, at the right pitch and time."""

import io
from fractions import Fraction

import numpy as np
import pytest
import soundfile

from helpers.music import sound
from helpers.music.notes import Note, Part, Song, chords_per_bar, regular_bars


def one_note(pitch=69, duration=2, program=11):
    return [Part("melody", (Note(Fraction(0), Fraction(duration), pitch),), program)]


def loudest_hertz(samples, rate):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 18))
    return np.fft.rfftfreq(1 << 18, 1 / rate)[spectrum.argmax()]


@pytest.mark.parametrize("pitch", [57, 69, 81])
def test_the_melody_sounds_at_its_pitch(pitch):
    made, rate = sound.render(one_note(pitch), 120)
    assert loudest_hertz(made[: rate // 2, 0], rate) == pytest.approx(440 * 2 ** ((pitch - 69) / 12), rel=0.01)


def test_the_bass_sounds_at_its_pitch():
    made, rate = sound.render(one_note(45, program=32), 120)
    assert loudest_hertz(made[: rate // 2, 0], rate) == pytest.approx(110, rel=0.01)


@pytest.fixture(scope="module")
def band():
    melody = tuple(Note(Fraction(i), Fraction(1), 65 + i) for i in range(8))
    return Song("scale", melody, chords_per_bar(["F7", "Bb7"]), regular_bars(Fraction(8)), (Fraction(0),), 120.0)


def test_a_band_is_loud_in_stereo_and_never_clips(band):
    made, rate = sound.render(band)
    assert made.dtype == np.float32 and made.shape[1] == 2 and rate == sound.SAMPLE_RATE
    assert np.isfinite(made).all()
    assert np.abs(made).max() == pytest.approx(sound.PEAK, abs=1e-3)
    assert 0.05 < np.sqrt((made**2).mean()) < 0.4
    assert np.abs(made.mean(axis=0)).max() < 1e-3
    assert np.corrcoef(made.T)[0, 1] < 0.999  # left and right differ
    assert len(made) / rate == pytest.approx(4 + sound.TAIL, abs=0.1)


def test_twice_the_tempo_is_half_the_time(band):
    slow, fast = (sound.render(band, tempo)[0] for tempo in (60, 120))
    tail = sound.TAIL * sound.SAMPLE_RATE
    assert (len(slow) - tail) / (len(fast) - tail) == pytest.approx(2, abs=0.01)


def test_tempo_changes_are_followed():
    tempos = [(Fraction(0), 60.0), (Fraction(2), 120.0)]
    assert [sound.seconds_at(Fraction(t), tempos) for t in (0, 1, 2, 4)] == [0, 1, 2, 3]


def test_silence_comes_before_the_first_note_and_after_the_last():
    parts = [Part("melody", (Note(Fraction(4), Fraction(1), 69),))]
    made, rate = sound.render(parts, 120)
    assert np.abs(made[: int(1.9 * rate)]).max() < 0.01
    assert np.abs(made[-rate // 20 :]).max() < 0.05


def test_player_for_the_notebook(band):
    audio = sound.play(band, seconds=1)
    played, rate = soundfile.read(io.BytesIO(audio.data))
    assert len(played) == rate == sound.SAMPLE_RATE and 0.1 < np.abs(played).max() < 1
    assert 'type="audio/mpeg"' in audio._repr_html_()
    assert len(audio.data) < 12_000  # a second: a notebook full of players must stay small enough to hand in


def test_bad_requests_are_refused():
    with pytest.raises(ValueError, match="expected notes to play, got none"):
        sound.render([Part("melody", ())], 120)
    with pytest.raises(ValueError, match="play a part"):
        sound.render(one_note(duration=100_000), 120)
