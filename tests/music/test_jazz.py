"""The corpus, the training data made of it, and solos made of what a sampler returns."""

import doctest
import hashlib
import importlib
import importlib.util
import json
import subprocess
import sys
import warnings
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.music import band, grammar, jazz, midi
from helpers.music.harmony import chord_tones, infer_chords, parse_chord
from helpers.music.measuring import chord_tone_rate, copied_within, repetition, scale_consistency
from helpers.music.notes import Note, Song, chords_per_bar, regular_bars


@pytest.fixture(scope="module")
def corpus():
    """The tunes that ship as MIDI; the players' takes are beside them in one file."""
    return jazz.load_corpus(jazz.CORPUS)


@pytest.fixture(scope="module")
def takes():
    return jazz.load_takes()


@pytest.fixture(scope="module")
def compose():
    spec = importlib.util.spec_from_file_location("compose", jazz.CORPUS / "compose.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


# ---------------------------------------------------------------- the corpus


@pytest.mark.slow
def test_the_script_reproduces_the_committed_files_byte_for_byte(compose, tmp_path):
    for tune in compose.TUNES:
        path = compose.compose(tune, tmp_path)
        assert path.read_bytes() == (jazz.CORPUS / path.name).read_bytes(), (
            f"{path.name}: run data/jazz/compose.py again"
        )
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in jazz.CORPUS.glob("*.mid")}


@pytest.mark.slow
def test_the_script_reproduces_the_takes_byte_for_byte(compose, tmp_path, takes):
    some = compose.TAKES[:: len(compose.TUNES) - 1]  # of each player, in turn another tune
    lines = jazz.TAKES.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(compose.TAKES)
    again = compose.compose_takes(tmp_path, some).read_text(encoding="utf-8").splitlines()
    assert again == [lines[compose.TAKES.index(take)] for take in some], "run data/jazz/compose.py again"


def test_takes_follow_the_tunes_and_come_home(compose, takes):
    assert [song.name for song in jazz.load_corpus()[-len(takes) :]] == [song.name for song in takes]
    for take, song in zip(compose.TAKES, takes, strict=True):
        assert len(song.choruses) == take.choruses and song.tempo == take.tempo
        assert {len(c.bars) - 1 for c in song.split_choruses()} == {len(compose.FORMS[take.form])}
        assert song.melody[-1].pitch % 12 == _root(song.chords[-1].name) and song.melody[-1].end == song.bars[-1]
    for player in range(len(compose.PLAYERS)):
        own = takes[player * len(compose.TUNES) : (player + 1) * len(compose.TUNES)]
        respectable(own)


def test_another_seed_gives_other_music(compose, tmp_path):
    tune = compose.TUNES[0]
    assert compose.compose(tune, tmp_path, seed=1).read_bytes() != (jazz.CORPUS / f"{tune.file}.mid").read_bytes()


def test_corpus_covers_the_forms_in_several_keys(compose, corpus):
    assert sum(len(song.choruses) for song in corpus) >= 24
    for form in compose.FORMS:
        assert len({tune.key for tune in compose.TUNES if tune.form == form}) >= 2, form
    for tune, song in zip(sorted(compose.TUNES, key=lambda tune: tune.file), corpus, strict=True):
        assert len(song.choruses) == tune.choruses
        assert {len(c.bars) - 1 for c in song.split_choruses()} == {len(compose.FORMS[tune.form])}
        assert song.tempo == pytest.approx(tune.tempo, rel=1e-4)


def test_what_is_written_is_what_is_read_back(compose, corpus, tmp_path):
    """Swing, articulation and quantising lose nothing of the composed melody."""
    tune = compose.TUNES[0]
    song = next(song for song in corpus if song.name == tune.file)
    rng = np.random.default_rng(0)
    path = band.save_solo(tmp_path / "again.mid", song, rng)
    again = midi.read_midi(path)
    assert [(n.onset, n.duration, n.pitch) for n in again.melody] == [
        (n.onset, n.duration, n.pitch) for n in song.melody
    ]
    assert again.chords == song.chords


def test_the_band_is_all_there():
    for path in sorted(jazz.CORPUS.glob("*.mid")):
        parts = {part.name: part for part in midi.read_parts(path)}
        assert list(parts) == ["melody", "piano", "bass", "ride"] and parts["ride"].drums
        low, high = band.BASS_RANGE
        assert all(low <= note.pitch <= high for note in parts["bass"].notes)


def test_bass_walks_and_begins_new_chords_on_the_root(corpus):
    for path, song in zip(sorted(jazz.CORPUS.glob("*.mid")), corpus, strict=True):
        bass = {note.onset: note.pitch for part in midi.read_parts(path) if part.name == "bass" for note in part.notes}
        changes = [c for before, c in pairwise(song.chords) if c.name != before.name]
        assert np.mean([bass[c.onset] % 12 == _root(c.name) for c in changes]) == 1
        steps = [abs(bass[t + 1] - bass[t]) for t in bass if t + 1 in bass]
        assert np.mean([step <= 7 for step in steps]) > 0.8


def _root(name):
    return parse_chord(name)[0]


def test_quavers_swing_two_to_one():
    path = jazz.CORPUS / "blues_f_forget_gate.mid"
    onsets = [n.onset % 1 for part in midi.read_parts(path) if part.name == "melody" for n in part.notes]
    assert onsets.count(Fraction(2, 3)) > 30


def test_chords_inferred_from_the_band_agree_with_the_markers(corpus):
    """With the markers out of sight, the root of three bars in four is heard from piano and bass alone."""
    agree = []
    for path, song in zip(sorted(jazz.CORPUS.glob("*.mid")), corpus, strict=True):
        parts = [part for part in midi.read_parts(path) if part.name in ("piano", "bass")]
        inferred = infer_chords([note for part in parts for note in part.notes], song.bars)
        for chord, start, end in zip(inferred, song.bars, song.bars[1:], strict=False):
            written = [c.name for c in song.chords if start <= c.onset < end]
            if len(written) == 1:
                agree.append(_root(chord.name) == _root(written[0]))
    assert np.mean(agree) > 0.75


def test_the_music_is_respectable(corpus):
    respectable(corpus)


def respectable(corpus):
    assert chord_tone_rate(corpus) > 0.85
    assert scale_consistency(corpus) > 0.8
    assert 0 < repetition(corpus) < 0.1  # riffs come back, bars do not pile up
    assert copied_within(corpus) < 0.05
    for song in corpus:
        steps = np.abs(np.diff([note.pitch for note in song.melody]))
        assert np.mean(steps <= 4) > 0.7 and steps.max() <= 12
        silent = song.bars[-1] - sum(note.duration for note in song.melody)
        assert Fraction(1, 10) < silent / song.bars[-1] < Fraction(6, 10), song.name


def test_phrases_differ_in_length_and_enclosures_and_arpeggios_occur(corpus):
    lengths, enclosures, arpeggios = set(), 0, 0
    for song in corpus:
        for chorus in song.split_choruses():
            count = 1
            for before, note in pairwise(chorus.melody):
                if note.onset > before.end:
                    lengths.add(count)
                    count = 0
                count += 1
            for a, b, c in zip(chorus.melody, chorus.melody[1:], chorus.melody[2:], strict=False):
                name = grammar.sounding_chord(chorus.chords, c.onset, c.duration)
                target = c.pitch % 12 in chord_tones(name)
                enclosures += target and (a.pitch - c.pitch) * (b.pitch - c.pitch) < 0 and max(
                    abs(a.pitch - c.pitch), abs(b.pitch - c.pitch)) <= 2  # fmt: skip
                tones = [n.pitch % 12 in chord_tones(name) for n in (a, b, c)]
                arpeggios += all(tones) and abs(a.pitch - b.pitch) > 2 and (b.pitch - a.pitch) * (c.pitch - b.pitch) > 0
    assert len(lengths) >= 10 and enclosures > 50 and arpeggios > 100


# ---------------------------------------------------------------- training data


@pytest.mark.parametrize("T_x, stride", [(30, 10), (1, 1), (5, 7), (31, 100)])
def test_targets_are_the_inputs_one_token_later(corpus, T_x, stride):
    X, Y, n_values, indices_values, chords = jazz.load_music_utils(corpus, T_x=T_x, stride=stride)
    m = len(X)
    assert X.shape == (m, T_x, n_values) and Y.shape == (T_x, m, n_values) and n_values == len(indices_values)
    for one_hot in (X, Y):
        assert set(np.unique(one_hot)) == {0, 1} and (one_hot.sum(axis=-1) == 1).all()
    assert (X[:, 1:] == Y[:-1].transpose(1, 0, 2)).all()
    assert len(chords) == sum(len(song.choruses) for song in corpus)


def test_every_window_is_a_stretch_of_one_chorus(corpus):
    X, Y, _, values, _ = jazz.load_music_utils(corpus[:2], stride=3)
    sequences = [" ".join(f"[{t}]" for t in tokens) for song in corpus[:2] for tokens in jazz.song_tokens(song)]
    whole = np.concatenate([X, Y[-1][:, None]], axis=1).argmax(axis=-1)
    for window in whole:
        text = " ".join(f"[{values[i]}]" for i in window)
        assert any(text in sequence for sequence in sequences)


def test_vocabulary_is_sorted_and_the_same_whatever_the_order(corpus):
    forward, backward = jazz.build_vocabulary(corpus), jazz.build_vocabulary(corpus[::-1])
    assert forward == backward
    tokens = [grammar.Token.parse(text) for text in forward.values()]
    assert tokens == sorted(tokens) and len(set(tokens)) == len(tokens)


def test_held_out_choruses_are_whole_and_apart(corpus):
    training, held_out = jazz.hold_out(corpus, 0.2, np.random.default_rng(0))
    names = [song.name for song in training + held_out]
    assert len(set(names)) == len(names) == sum(len(song.choruses) for song in corpus)
    assert len(held_out) == round(0.2 * len(names))
    values = jazz.build_vocabulary(training + held_out)
    X, *_ = jazz.load_music_utils(held_out, indices_values=values)
    assert X.shape[-1] == len(values)
    with pytest.raises(ValueError, match="share"):
        jazz.hold_out(corpus, 1.0, np.random.default_rng(0))


def test_bad_requests_are_refused(corpus, tmp_path):
    with pytest.raises(ValueError, match="lower T_x"):
        jazz.load_music_utils(corpus, T_x=10_000)
    with pytest.raises(ValueError, match="at least 1"):
        jazz.load_music_utils(corpus, T_x=0)
    with pytest.raises(ValueError, match="expected MIDI files .*, got none"):
        jazz.load_corpus(tmp_path)
    small = jazz.build_vocabulary(corpus[:1])
    with pytest.raises(ValueError, match=r"chorus \d, bar \d+: expected a token of the vocabulary"):
        jazz.load_music_utils(corpus, indices_values=small)
    with pytest.raises(ValueError, match="step 1: expected the index of a token, .*, got 999"):
        jazz.to_tokens([[0], [999]], small)


def test_a_folder_is_read_but_for_what_cannot_be_used(tmp_path):
    tune = (jazz.CORPUS / "blues_f_forget_gate.mid").read_bytes()
    (tmp_path / "a.kar").write_bytes(tune)
    (tmp_path / "b.MID").write_bytes(tune)
    (tmp_path / "notes.txt").write_text("no music", encoding="utf-8")
    alone = Song("flute", (Note(Fraction(0), Fraction(4), 72),), (), regular_bars(4), (Fraction(0),), 120.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [song.name for song in jazz.load_corpus(tmp_path)] == ["a", "b"]
    midi.write_midi(tmp_path / "alone.mid", alone)
    (tmp_path / "broken.mid").write_bytes(b"MThd")
    with pytest.warns(UserWarning) as caught:
        assert [song.name for song in jazz.load_corpus(tmp_path)] == ["a", "b"]
    first, second = (str(warning.message) for warning in caught)
    assert "alone.mid: expected chords" in first and "broken.mid: truncated" in second
    for path in (tmp_path / "a.kar", tmp_path / "b.MID"):
        path.unlink()
    with pytest.raises(
        ValueError, match=r"expected a MIDI file that can be used, got 2 that cannot(.|\n)*alone.mid(.|\n)*broken.mid"
    ):
        jazz.load_corpus(tmp_path)


def test_one_midi_file_is_enough():
    X, *_ = jazz.load_music_utils(jazz.CORPUS / "blues_f_forget_gate.mid")
    assert len(X) > 0


# ---------------------------------------------------------------- solos


def fake_sampler(indices_values, Ty=40, seed=5):
    """A model and a sampler that return random tokens: what `improvise` needs to know of the learner's."""
    rng = np.random.default_rng(seed)
    n_values = len(indices_values)
    model = SimpleNamespace(inputs=[SimpleNamespace(shape=(None, 1, n_values)), SimpleNamespace(shape=(None, 8))])
    starts = []

    def predict_and_sample(inference_model, x, a, c):
        assert inference_model is model and x.shape == (1, 1, n_values) and x.sum() == 1
        assert a.shape == c.shape == (1, 8)
        assert a.any() == c.any() == (len(starts) >= jazz.TRIES)  # zeros for the first phrase alone
        starts.append(a.tobytes())
        indices = rng.integers(n_values, size=(Ty, 1))
        return np.eye(n_values)[indices[:, 0]], indices

    return predict_and_sample, model, starts


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(["C7", "Dm7 G7", "Ebmaj7", "NC"]), min_size=1, max_size=9))
def test_a_solo_fits_its_bars_and_is_playable(seed, sheet):
    values = dict(enumerate(["C 1/2 +1..+2", "C 1 -7..-3", "A 1/3 -2..-1", "L 1/2 +0..+0", "R 1", "X 4 +8..+24"]))
    sampler, model, starts = fake_sampler(values)
    chords = chords_per_bar(sheet)
    song = jazz.improvise(sampler, model, values, chords, np.random.default_rng(seed))
    assert song.bars == regular_bars(Fraction(4 * len(sheet)))
    for before, after in pairwise(song.melody):
        assert before.end <= after.onset and abs(after.pitch - before.pitch) <= band.WIDEST_LEAP
    for note in song.melody:
        assert 0 <= note.onset and note.end <= song.bars[-1]
        assert grammar.COMFORT[0] <= note.pitch <= grammar.COMFORT[1]
    assert starts
    sounding = [chord for chord in chords if chord.name != "NC"]
    if sounding:
        last = song.melody[-1]
        assert last.end == song.bars[-1] and last.onset == max(song.bars[-2], sounding[-1].onset)
        assert last.pitch % 12 == parse_chord(sounding[-1].name)[0]


def test_the_freshest_stretch_begins_on_a_bar_line_and_repeats_least():
    def sound(*lengths):
        return [grammar.Token.parse(f"C {length} +1..+2") for length in lengths]

    tokens = sound(2, 2) + sound(2, 2) + sound(1, 3) + sound(3, 1) + sound("7/2")
    (even,) = jazz.bar_rhythms(tokens[:2], 4)
    assert even == ((0, 2), (2, 2)) and jazz.bar_rhythms([grammar.Token("R", Fraction(4)), *tokens[:2]], 4) == [even]
    assert jazz.freshest([tokens], 8, 4, set()) == tokens[2:6]  # the first without a repetition
    assert jazz.freshest([tokens], 8, 4, {even}) == tokens[4:8]
    assert jazz.freshest([tokens], 16, 4, {even}) == tokens[:8]  # as long as this there is no other
    assert sum(token.duration for token in jazz.freshest([tokens], 24, 4, set())) == 24
    assert jazz.freshest([tokens[:4], tokens[4:8]], 8, 4, set()) == tokens[4:8]  # of two tries


def test_the_first_bar_of_a_phrase_comes_back(monkeypatch):
    """Without motifs, bars as unlike each other as these hardly ever repeat a rhythm."""
    values = {index: f"C {Fraction(index + 1, 12)} {'-7..-3' if index % 2 else '+3..+7'}" for index in range(24)}
    sheet, shares = chords_per_bar(["C7"] * 60), []
    for share in (0, 1):
        sampler, model, _ = fake_sampler(values, Ty=60)
        monkeypatch.setattr(jazz, "RECALL", share)
        solo = jazz.improvise(sampler, model, values, sheet, np.random.default_rng(0), [0])
        shares.append(repetition([solo], pitches=False))
    assert shares[0] == 0 and 0.1 < shares[1] < 0.5, shares  # one bar in two to four


def test_a_melody_without_loudness_gets_accents_and_no_other():
    melody = [Note(Fraction(onset, 2), Fraction(1, 2), 60 + onset % 4) for onset in range(64)]
    song = Song("scales", melody, chords_per_bar(["C7"] * 8), regular_bars(Fraction(32)), (Fraction(0),), 120)
    loudness = [[note.velocity for note in band.arrange(song, np.random.default_rng(0))[0].notes]]
    tops = [note.velocity for note in band.with_accents(melody, np.random.default_rng(0)) if note.pitch == 63]
    assert np.mean(tops[:-1]) > np.mean(loudness) + band.SOLO_ACCENT / 2
    louder = replace(song, melody=(replace(melody[0], velocity=99), *melody[1:]))
    assert [note.velocity for note in band.arrange(louder, np.random.default_rng(0))[0].notes] == [99] + [80] * 63


def test_phrases_start_afresh_and_ty_zero_is_refused():
    values = {0: "C 1/2 +1..+2", 1: "R 1"}
    sampler, model, starts = fake_sampler(values)
    jazz.improvise(sampler, model, values, chords_per_bar(["C7"] * 32), np.random.default_rng(0))
    assert len(set(starts)) > len(starts) / 2
    with pytest.raises(ValueError, match="T_y = 0"):
        silent, model, _ = fake_sampler(values, Ty=0)
        jazz.improvise(silent, model, values, chords_per_bar(["C7"]), np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected chords to improvise over, .*, got none"):
        jazz.improvise(sampler, model, values, [], np.random.default_rng(0))


@given(
    st.lists(st.integers(1, 12).map(lambda i: Fraction(i, 4)), max_size=8),
    st.integers(1, 40).map(lambda i: Fraction(i, 4)),
)
def test_fit_to_length_is_exact(durations, length):
    tokens = [grammar.Token("C", duration, 1, 2) for duration in durations]
    fitted = jazz.fit_to_length(tokens, length)
    assert sum(token.duration for token in fitted) == length


def test_prune_holds_what_is_struck_too_often_and_folds_leaps():
    quaver = Fraction(1, 2)
    line = [Note(i * quaver, quaver, 60) for i in range(5)] + [Note(Fraction(5, 2), quaver, 86)]
    pruned = band.prune(line, Fraction(3))
    assert [note.pitch for note in pruned] == [60, 60, 62]
    assert len(pruned) == 3 and pruned[1].duration == 2
    assert max(abs(b.pitch - a.pitch) for a, b in pairwise(pruned)) <= band.WIDEST_LEAP


def test_song_without_chords_says_so():
    song = Song("tune", (Note(Fraction(0), Fraction(1), 60),), (), regular_bars(Fraction(4)), (Fraction(0),), 120.0)
    with pytest.raises(ValueError, match="tune, chorus 1: expected chords to hear the melody over, got none"):
        jazz.song_tokens(song)


def test_manifest_lists_every_file_of_the_corpus():
    manifest = json.loads((jazz.CORPUS.parent / "manifest.json").read_text(encoding="utf-8"))
    recorded = jazz.CORPUS / "recorded.npz"
    for path in (*jazz.CORPUS.glob("*.mid"), jazz.TAKES, recorded):
        entry = manifest["shipped"][f"data/jazz/{path.name}"]
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and entry["size"] == path.stat().st_size
        script = "studies/recorded_jazz.py" if path == recorded else "data/jazz/compose.py"
        assert entry["licence"] == "CC0-1.0" and entry["script"] == script
    assert len(manifest["downloads"]["weimar"]["sha256"]) == 64


@pytest.mark.parametrize("name", ["notes", "grammar", "midi", "weimar"])
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(f"helpers.music.{name}")
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_importing_the_helpers_loads_nothing_heavy():
    names = ("jazz", "sound", "engraving", "training", "measuring", "weimar")
    modules = ", ".join(f"helpers.music.{name}" for name in names)
    heavy = {"tensorflow", "keras", "music21", "verovio", "matplotlib", "pandas", "autograders"}
    code = f"import sys; import {modules}; loaded = {heavy} & set(sys.modules); sys.exit(str(loaded) if loaded else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=jazz.CORPUS.parents[1])
    assert done.returncode == 0, done.stderr
