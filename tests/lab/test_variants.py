"""The kinds of network of the comparison lab: sizes, shapes, names."""

import numpy as np
import pytest

from helpers.lab import tasks, variants
from helpers.lab.settings import Settings

pytestmark = pytest.mark.slow

SMALL = Settings(width=3)
M = 2


def trained(model):
    return sum(int(np.prod(weights.shape)) for weights in model.trainable_weights)


@pytest.mark.parametrize("variant", variants.NAMES)
@pytest.mark.parametrize("depth", [1, 3])
def test_parameters_are_counted_as_keras_counts_them(variant, depth):
    task = tasks.adding(6)
    settings = SMALL.changed(depth=depth)
    assert variants.count_parameters(task, variant, settings) == trained(variants.build(task, variant, settings))


@pytest.mark.parametrize("trainable", [False, True])
def test_word_vectors_count_where_they_are_trained(emoji, trainable):
    settings = SMALL.changed(trainable_embedding=trainable)
    count = variants.count_parameters(emoji, "GRU", settings)
    assert count == trained(variants.build(emoji, "GRU", settings))
    assert (count > emoji.vectors.size) == trainable


@pytest.mark.parametrize("variant", variants.NAMES)
@pytest.mark.parametrize("parameters", [40, 1000, 4513])
def test_the_matched_width_is_the_nearest(variant, parameters):
    task = tasks.adding(6)

    def away(width):
        return abs(variants.count_parameters(task, variant, SMALL.changed(width=width)) - parameters)

    chosen = variants.matched_width(task, variant, SMALL, parameters)
    assert away(chosen) == min(away(width) for width in range(1, 100))


@pytest.mark.long
def test_networks_answer_once_or_at_the_steps_that_are_asked(emoji, jazz_task):
    for task, shape in [
        (tasks.adding(6), (M, 1)),
        (tasks.delayed_copy(4, 2), (M, 2, 8)),
        (emoji, (M, 5)),
        (jazz_task, (M, jazz_task.T_x, jazz_task.n_y)),
    ]:
        for variant in variants.NAMES:
            if variant not in task.refused:
                model = variants.build(task, variant, SMALL)
                assert model(task.test.X[:M]).shape == shape, (task.name, variant)


@pytest.mark.parametrize("variant", ["SimpleRNN", "LSTM", "GRU", "LSTM, set to keep", "stacked LSTM"])
def test_the_last_states_are_those_of_the_whole_sequence(variant):
    """Reading in two parts, as the copy task does, against one layer over all steps with the same weights."""
    import keras

    task = tasks.delayed_copy(5, 2)
    model = variants.build(task, variant, SMALL)
    kind, _, depth = variants.parts(variant, 1)
    layers = [getattr(keras.layers, kind)(SMALL.width, return_sequences=True) for _ in range(depth)]
    whole = keras.Sequential([keras.Input((task.T_x, task.n_x)), *layers, keras.layers.Dense(task.n_y)])
    whole.set_weights(model.get_weights())
    X = task.test.X[:M]
    np.testing.assert_allclose(np.array(model(X)), np.array(whole(X))[:, -task.T_y :], atol=1e-5)
    assert variants.count_parameters(task, variant, SMALL) == trained(model)


def test_the_answer_to_a_copy_depends_on_what_stands_before_the_pause():
    task = tasks.delayed_copy(3, 2)
    model = variants.build(task, "LSTM", SMALL)
    X = task.test.X[:M].copy()
    outputs = np.array(model(X))
    X[:, 0] = np.roll(X[:, 0], 1, axis=-1)
    assert np.abs(np.array(model(X)) - outputs).max() > 0


def test_the_average_leaves_padding_out(emoji):
    model = variants.build(emoji, emoji.baselines[0], SMALL)
    weights, bias = model.get_weights()[1:]
    X = emoji.test.X[:20]
    means = np.stack([emoji.vectors[row[row > 0]].mean(axis=0) for row in X])
    np.testing.assert_allclose(np.array(model(X)), means @ weights + bias, atol=1e-5)


def test_options_of_a_variant_reach_its_layer():
    task = tasks.adding(6)

    def forget_bias(variant):
        return variants.build(task, variant, SMALL).get_weights()[2][SMALL.width : 2 * SMALL.width]

    assert forget_bias("LSTM").tolist() == [1, 1, 1] and forget_bias("LSTM, forget bias 0").tolist() == [0, 0, 0]
    bias = variants.build(task, "LSTM, set to keep", SMALL).get_weights()[2].reshape(4, 3)  # i, f, c, o
    assert (bias == np.array([[-variants.KEEP], [variants.KEEP], [0], [0]])).all()
    recurrent = variants.build(task, "SimpleRNN", SMALL).get_weights()[1]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(3), atol=1e-5)
    other = variants.build(task, "SimpleRNN, Glorot start", SMALL).get_weights()[1]
    assert np.abs(other @ other.T - np.eye(3)).max() > 0.1


def test_an_unknown_variant_is_refused_with_those_there_are(jazz_task):
    with pytest.raises(ValueError, match="adding: expected a variant among SimpleRNN, LSTM.*, got 'Transformer'"):
        variants.check("Transformer", tasks.adding(6))
    with pytest.raises(ValueError, match="sees the very token that it is to predict"):
        variants.check("bidirectional LSTM", jazz_task)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"width": 0}, "width: expected at least 1, got 0"),
        ({"epochs": 0}, "epochs: expected at least 1, got 0"),
        ({"learning_rate": 0}, "more than 0, got 0 and"),
        ({"learning_rate": float("nan")}, "more than 0, got nan and"),
        ({"dropout": 1.0}, "below 1, got 1.0"),
        ({"optimiser": "adamax"}, "optimiser: expected one of adam, rmsprop, sgd, got 'adamax'"),
        ({"schedule": "linear"}, "schedule: expected one of constant, cosine, got 'linear'"),
        ({"units": 3}, "expected settings among width"),
    ],
)
def test_impossible_settings_are_refused(changes, words):
    with pytest.raises(ValueError) as caught:
        Settings().changed(**changes)
    assert words in str(caught.value)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop", "sgd"])
def test_every_optimiser_is_made_with_its_rate_and_clipping(optimiser):
    made = Settings(optimiser=optimiser, learning_rate=0.02, clip=0.5).make_optimiser(10)
    assert np.isclose(float(made.learning_rate), 0.02) and made.global_clipnorm == 0.5


def test_the_cosine_schedule_ends_at_zero():
    rate = Settings(schedule="cosine", epochs=3, learning_rate=0.02).make_optimiser(10)._learning_rate
    assert np.isclose(float(rate(0)), 0.02) and np.isclose(float(rate(30)), 0, atol=1e-9)
