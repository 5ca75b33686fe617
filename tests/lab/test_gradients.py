"""How the gradient travels back: starts, norms against lag, clipping, the cliff."""

from pathlib import Path

import numpy as np
import pytest

from autograders.engine.reference import Reference
from helpers.lab import gradients as lab
from helpers.rnn.gradient_check import numerical_gradients

pytestmark = pytest.mark.slow

SMALL = {"steps": 6, "draws": 2, "n_a": 5}


@pytest.fixture(scope="module")
def cells():
    """The reference cells: {"rnn_cell_forward": function, ...}."""
    path = Path(__file__).parents[2] / "notebooks" / "step_by_step_rnn" / "step_by_step_rnn.ipynb"
    return Reference(path).namespace(())


def not_written(*_arguments):
    raise NotImplementedError


@pytest.mark.parametrize("start", lab.STARTS)
@pytest.mark.parametrize("radius", [0.3, 1.0, 2.5])
def test_a_start_has_the_spectral_radius_that_was_asked_for(start, radius):
    matrix = lab.recurrent_start(start, 7, radius, np.random.default_rng(0))
    assert lab.spectral_radius(matrix) == pytest.approx(radius)


def test_orthogonal_start_keeps_every_length():
    matrix = lab.recurrent_start("orthogonal", 6, 1.0, np.random.default_rng(1))
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(6), atol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_only_the_recurrent_columns_are_replaced_and_only_the_keeping_bias_is_set(cell):
    parameters = lab.start_parameters(cell, "orthogonal", 1.0, np.random.default_rng(2), keep=3.0, n_a=4)
    keeping = {"lstm": "bf", "gru": "bz"}.get(cell)
    for name, array in parameters.items():
        if name.startswith("b"):
            assert set(np.unique(array)) == {3.0 if name == keeping else 0.0}
        elif name not in ("Wax", "Wya", "Wy"):
            np.testing.assert_allclose(array[:, :4].T @ array[:, :4], np.eye(4), atol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_backward_cell_and_small_changes_agree(cells, cell):
    forward, backward = cells[f"{cell}_cell_forward"], cells[f"{cell}_cell_backward"]
    with_cell = lab.gradient_norms(cell, forward, backward, **SMALL)
    np.testing.assert_allclose(lab.gradient_norms(cell, forward, **SMALL), with_cell, rtol=1e-6)
    np.testing.assert_allclose(lab.gradient_norms(cell, forward, not_written, **SMALL), with_cell, rtol=1e-6)


def test_norm_is_that_of_the_measured_gradient_of_the_whole_network(cells):
    steps, n_a = 4, 3
    norms = lab.gradient_norms(
        "rnn", cells["rnn_cell_forward"], radius=0.8, loudness=0.5, steps=steps, draws=1, n_a=n_a, seed=3
    )
    rng = np.random.default_rng(3)  # the same draws once more
    parameters = lab.start_parameters("rnn", "orthogonal", 0.8, rng, n_a=n_a)
    x = 0.5 * rng.standard_normal((1, steps))[:, None, :]
    for entry in range(n_a):

        def last(arrays, entry=entry):
            a, _, _ = cells["rnn_forward"](x, arrays["a0"], parameters)
            return a[entry, 0, -1]

        measured = numerical_gradients(last, {"a0": np.zeros((n_a, 1))})["a0"]
        assert norms[steps, entry] == pytest.approx(np.linalg.norm(measured), rel=1e-5)


def test_without_inputs_an_orthogonal_start_multiplies_by_its_radius_at_every_step(cells):
    for radius in (0.5, 1.0, 2.0):
        norms = lab.gradient_norms("rnn", cells["rnn_cell_forward"], radius=radius, loudness=0.0, **SMALL)
        np.testing.assert_allclose(norms, radius ** np.arange(7.0)[:, None] * np.ones(10), rtol=1e-6)


def test_small_radius_vanishes_large_radius_explodes_and_an_open_forget_gate_holds(cells):
    def left(cell, **options):
        return np.median(lab.gradient_norms(cell, cells[f"{cell}_cell_forward"], steps=60, draws=1, **options)[-1])

    assert left("rnn", radius=0.5) < 1e-12
    assert left("rnn", radius=3.0) > 1e3
    assert left("lstm", keep=0.0) < 1e-6 < 1e-3 < left("lstm", keep=3.0) < 1e3


def test_clipping_bounds_what_explodes_and_leaves_what_vanishes():
    lags = np.arange(20.0)[:, None]
    growing, shrinking = 2.0**lags, 0.5**lags
    np.testing.assert_allclose(lab.clip_norms(growing, 1.5), np.minimum(growing, 1.5))
    np.testing.assert_allclose(lab.clip_norms(shrinking, 1.5), shrinking)
    there_and_back = np.concatenate([growing, growing[-2::-1]])
    np.testing.assert_allclose(lab.clip_norms(there_and_back, 1.0)[-1], 2.0**-19)  # each step by its own factor
    assert np.isfinite(lab.clip_norms(np.array([[1.0], [0.0], [0.0]]), 1.0)).all()


def test_descent_without_clipping_is_thrown_over_the_cliff_and_clipped_it_arrives(cells):
    cell = cells["rnn_cell_forward"]
    path, losses = lab.descend(cell, 1.7, 0.2, iterations=40)
    clipped_path, clipped_losses = lab.descend(cell, 1.7, 0.2, iterations=40, clip=1.0)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() > 10 and losses[-1] > 0.1
    assert np.linalg.norm(np.diff(clipped_path, axis=0), axis=1).max() <= 0.1 + 1e-12 and clipped_losses[-1] < 1e-6


def test_one_unit_loss_is_that_of_its_formula(cells):
    a, b = 0.5, 0.3
    for _ in range(lab.CLIFF_STEPS):
        a = np.tanh(1.2 * a + b)
    loss = lab.one_unit_loss(cells["rnn_cell_forward"], 1.2, np.array([b, -b]))
    assert loss.shape == (2,) and loss[0] == pytest.approx((a - lab.CLIFF_TARGET) ** 2)


def test_pictures_have_a_panel_for_each_setting_and_a_word_where_a_cell_is_missing(cells):
    figure = lab.plot_gradient_norms(
        cells["rnn_cell_forward"], not_written, cells["rnn_cell_backward"], radii=(0.9, 1.5), steps=5, clip=1.0
    )
    first, second, third = figure.axes
    assert first.get_yscale() == second.get_yscale() == "log"
    assert [text.get_text() for text in first.get_legend().get_texts()] == ["radius 0.9", "radius 1.5"]
    assert "not written" in third.texts[0].get_text() and third.get_legend() is None
    assert len(lab.plot_cliff(cells["rnn_cell_forward"], iterations=3).axes) == 3  # two panels and the scale


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: lab.recurrent_start("uniform", 3, 1.0, np.random.default_rng(0)), "orthogonal, got 'uniform'"),
        (lambda: lab.recurrent_start("Gaussian", 3, 0.0, np.random.default_rng(0)), "above 0, got 0.0"),
        (lambda: lab.gradient_norms("rnn", not_written, steps=0), "at least 1, got 0"),
        (lambda: lab.gradient_norms("elman", not_written), "expected one of rnn, lstm, gru, got 'elman'"),
        (lambda: lab.clip_norms(np.ones((2, 1)), -1), "above 0, got -1"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
