"""The look inside: gates that are the layer's own, the table of what is cleared on, the pictures."""

from pathlib import Path

import numpy as np
import pytest

from autograders.engine.reference import Reference
from helpers.lab import inside as lab
from helpers.quiet_keras import keras

pytestmark = pytest.mark.slow

LETTERS = ("f", "i", "o", "candidate", "c", "a", "c_before")
WORDS = {1: "not", 2: "happy", 3: "sad"}


def lstm(n_x=4, n_a=3, **options):
    keras.utils.set_random_seed(1)
    layer = keras.layers.LSTM(n_a, **options)
    layer.build((None, None, n_x))
    return layer


def inputs(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def network(mask_zero=False, words=3):
    keras.utils.set_random_seed(2)
    indices = keras.Input((5,), dtype="int32")
    A = keras.layers.Embedding(words + 1, 6, mask_zero=mask_zero)(indices)
    A = keras.layers.LSTM(4, return_sequences=True)(A)
    A = keras.layers.Dropout(0.5)(A)
    A = keras.layers.LSTM(3)(A)
    return keras.Model(indices, keras.layers.Dense(2, activation="softmax")(A))


def one_inside(tokens, f, seed=0):
    """An Inside with given forget gates (T_x, n_a), all else drawn."""
    rng = np.random.default_rng(seed)
    f = np.asarray(f, dtype=float)
    rest = {name: rng.uniform(0.1, 0.9, f.shape) for name in LETTERS[1:]}
    return lab.Inside(tuple(tokens), f=f, **rest)


@pytest.mark.parametrize("T_x", [1, 7])
@pytest.mark.parametrize("options", [{}, {"use_bias": False}, {"return_sequences": True, "return_state": True}])
def test_states_are_those_of_the_layer_and_obey_the_equations(T_x, options):
    layer, x = lstm(**options), inputs(2, T_x, 4)
    start = inputs(2, 2, 3, seed=1)
    found = lab.gates(layer, x, start)
    assert {name: found[name].shape for name in found} == dict.fromkeys(LETTERS, (2, T_x, 3))
    own = layer(x, initial_state=[keras.ops.convert_to_tensor(state) for state in start])
    own = np.asarray(own[0] if isinstance(own, (list, tuple)) else own)
    np.testing.assert_allclose(found["a"] if own.ndim == 3 else found["a"][:, -1], own, atol=1e-5)
    np.testing.assert_allclose(found["c"], found["f"] * found["c_before"] + found["i"] * found["candidate"])
    np.testing.assert_allclose(found["c_before"][:, 0], start[1], rtol=1e-6)
    np.testing.assert_allclose(found["c_before"][:, 1:], found["c"][:, :-1])


def test_gates_are_those_of_the_learners_own_cell():
    notebook = Path(__file__).parents[2] / "notebooks" / "step_by_step_rnn" / "step_by_step_rnn.ipynb"
    cell = Reference(notebook).namespace(())["lstm_cell_forward"]
    layer, x = lstm(), inputs(2, 1, 4)
    kernel, recurrent, bias = (np.asarray(weight, dtype=float) for weight in layer.get_weights())
    parameters = {"Wy": np.zeros((1, 3)), "by": np.zeros((1, 1))}
    for number, gate in enumerate("ifco"):
        part = slice(3 * number, 3 * number + 3)
        parameters[f"W{gate}"] = np.concatenate([recurrent[:, part].T, kernel[:, part].T], axis=1)
        parameters[f"b{gate}"] = bias[part, None]
    a_prev, c_prev = inputs(2, 3, 2, seed=4).astype(float)
    _, _, _, cache = cell(x[:, 0].T.astype(float), a_prev, c_prev, parameters)
    found = lab.gates(layer, x, [a_prev.T, c_prev.T])
    for name, value in zip(("a", "c", None, None, "f", "i", "candidate", "o"), cache, strict=False):
        if name:
            np.testing.assert_allclose(found[name][:, 0].T, value, atol=1e-6)


def test_another_activation_is_noticed():
    with pytest.raises(ValueError, match="expected the activation sigmoid .*, got sigmoid and relu"):
        lab.gates(lstm(activation="relu"), inputs(2, 5, 4))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lab.gates(keras.layers.GRU(3), inputs(1, 2, 4)), "LSTM layer, got GRU"),
        (lambda: lab.gates(keras.layers.LSTM(3), inputs(1, 2, 4)), "expected weights, got none yet"),
        (lambda: lab.gates(lstm(), inputs(2, 4)), r"\(m, T_x, 4\), got \(2, 4\)"),
        (lambda: lab.gates(lstm(), inputs(1, 2, 5)), r"\(m, T_x, 4\), got \(1, 2, 5\)"),
        (
            lambda: lab.gates(lstm(), inputs(2, 2, 4), inputs(2, 1, 3)),
            r"a0 and c0 of shape \(2, 3\), got \(1, 3\) and \(1, 3\)",
        ),
        (
            lambda: lab.inside_sentences(network(), np.ones((1, 5), int), WORDS, layer=3),
            "from 1 to 2, got 3; the layers are .*Embedding",
        ),
        (lambda: lab.inside_sentences(network(), np.ones((1, 5), int), WORDS, layer=0), "from 1 to 2, got 0"),
        (lambda: lab.forgets([one_inside("ab", np.ones((2, 3)))], at_least=2), "occurs 2 times, got at most 1"),
        (lambda: lab.forgets([]), "got at most 0 times"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("layer", [1, 2])
def test_sentences_are_read_as_the_network_reads_them(layer):
    model, X = network(), np.array([[1, 2, 0, 0, 0], [3, 1, 2, 3, 1]])
    insides = lab.inside_sentences(model, X, WORDS, layer)
    assert [one.tokens for one in insides] == [
        ("not", "happy", *[lab.PADDING] * 3),
        ("sad", "not", "happy", "sad", "not"),
    ]
    deepest = keras.Model(model.input, [one for one in model.layers if "lstm" in one.name][layer - 1].output)
    own = np.asarray(deepest(X))
    mine = np.stack([one.a for one in insides])
    np.testing.assert_allclose(mine if layer == 1 else mine[:, -1], own, atol=1e-5)


def test_masked_padding_is_not_read():
    model, X = network(mask_zero=True), np.array([[1, 2, 0, 0, 0], [3, 1, 2, 3, 1]])
    first, second = lab.inside_sentences(model, X, WORDS, layer=2)
    assert first.tokens == ("not", "happy") and first.f.shape == (2, 3) and len(second.tokens) == 5
    own = np.asarray(keras.Model(model.input, model.layers[-2].output)(X))
    np.testing.assert_allclose(np.stack([first.a[-1], second.a[-1]]), own, atol=1e-5)


def test_solo_reads_its_start_and_then_its_own_choices():
    values = {0: "C 1/2", 1: "L 1", 2: "R 2", 3: "A 1"}
    layer, one_hot = lstm(return_state=True), np.eye(4, dtype=np.float32)
    a0, c0 = inputs(2, 1, 3)
    results = one_hot[[1, 3, 0]]
    one = lab.inside_solo(layer, values, one_hot[[2]][None], a0, c0, results)
    assert one.tokens == ("R 2", "L 1", "A 1")
    a, _, c = layer(one_hot[[2, 1, 3]][None], initial_state=[keras.ops.convert_to_tensor(s) for s in (a0, c0)])
    np.testing.assert_allclose(one.a[-1], np.asarray(a)[0], atol=1e-5)
    np.testing.assert_allclose(one.c[-1], np.asarray(c)[0], atol=1e-5)


def test_kept_is_a_share_and_nothing_is_kept_of_nothing():
    f = np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 1.0]])
    c_before = np.array([[0.0, 0.0], [3.0, 4.0], [2.0, 0.0]])
    rest = dict.fromkeys(LETTERS[1:-1], f)
    np.testing.assert_allclose(lab.Inside(("a", "b", "c"), f=f, **rest, c_before=c_before).kept, [np.nan, 0.6, 1.0])


def test_table_counts_tokens_and_puts_first_what_is_cleared_on():
    insides = [
        one_inside(["happy", "not", "happy"], [[0.1, 0.3], [0.9, 0.9], [0.5, 0.5]]),
        one_inside(["not", "rare"], [[0.7, 0.9], [0.0, 0.0]], seed=1),
    ]
    table = lab.forgets(insides, at_least=2)
    assert list(table.index) == ["happy", "not"] and list(table["times"]) == [2, 2]
    np.testing.assert_allclose(table["forget"], [0.35, 0.85])
    np.testing.assert_allclose(table["place"], [2.0, 1.5])
    assert list(lab.forgets(insides, at_least=1).index) == ["rare", "happy", "not"]
    assert table["kept"].between(0, 1).all() and table["input"].between(0, 1).all()


@pytest.mark.parametrize("T_x", [1, lab.SHORT, lab.SHORT + 1])
def test_picture_has_a_panel_for_every_quantity_and_every_token_on_its_axis(T_x, tmp_path):
    tokens = [f"word{t}" for t in range(T_x - 1)] + [lab.PADDING]
    figure = lab.plot_inside(one_inside(tokens, np.random.default_rng(0).uniform(size=(T_x, 4))))
    titles = {axis.get_title() for axis in figure.axes}
    assert titles >= {*lab.GATES.values(), *lab.VALUES.values()}
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == tokens
    assert lab.PADDING not in figure.get_suptitle()
    figure.savefig(tmp_path / "mine.png", dpi=30)
    assert (tmp_path / "mine.png").stat().st_size > 1000


def test_units_that_keep_most_are_drawn_at_the_top():
    figure = lab.plot_inside(one_inside(["a", "b"], [[0.9, 0.1, 0.5]] * 2))
    image = next(axis for axis in figure.axes if axis.get_title() == lab.GATES["f"]).images[0]
    assert image.origin == "lower"
    np.testing.assert_allclose(image.get_array(), [[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]])


def test_bars_name_the_tokens_of_both_ends():
    insides = [one_inside([f"w{t}" for t in range(6)], np.linspace(0.1, 0.9, 6)[:, None] * np.ones((1, 2)))]
    left, right = lab.plot_forgets(lab.forgets(insides, at_least=1), count=2).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["w0 (1)", "w1 (1)"]
    assert [label.get_text() for label in right.get_yticklabels()] == ["w5 (1)", "w4 (1)"]
