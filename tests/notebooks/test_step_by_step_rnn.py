"""The notebook `step_by_step_rnn`: its reference against slow loops, finite differences and Keras; and its cells."""

import contextlib
import io
import math
import re

import nbformat
import numpy as np
import pytest
import sources
from drawing import described

from autograders.assignments.step_by_step_rnn import basic as declared
from autograders.engine.verdict import judge_outcomes
from autograders.release.preprocessors import write_public_checks
from helpers.rnn.against_keras import (
    AGREEMENT,
    backward_by_cell,
    backward_by_differences,
    compare_cell,
    compare_with_keras,
    keras_weights,
    plot_gradient_fade,
)
from helpers.rnn.cells import initialise_parameters
from helpers.rnn.gradient_check import gradient_check

pytestmark = pytest.mark.slow

NAME = "step_by_step_rnn"
EXERCISES = sources.exercises(NAME)
REQUIRED = {"rnn_cell_forward": 20, "rnn_forward": 20, "lstm_cell_forward": 30, "lstm_forward": 30}
SIZES = [(3, 5, 2, 4, 6), (1, 1, 1, 1, 1), (3, 5, 2, 1, 4), (3, 5, 2, 4, 1), (4, 4, 4, 4, 4), (2, 3, 5, 6, 9)]
RNN_WEIGHTS = ("Wax", "Waa", "ba")
LSTM_WEIGHTS = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")
SAME_NUMBERS = 1e-12


def drawn(cell, sizes, seed=1):
    """Return x, a0 and parameters for sizes (n_x, n_a, n_y, m, T_x)."""
    n_x, n_a, n_y, m, T_x = sizes
    rng = np.random.default_rng([seed, *sizes])
    parameters = initialise_parameters(cell, n_x, n_a, n_y, rng)
    return rng.standard_normal((n_x, m, T_x)), rng.standard_normal((n_a, m)), parameters


# --- forward: against loops over single numbers ----------------------------------------------------------------------


def affine(weights, bias, vector):
    return [bias[i, 0] + sum(weights[i, k] * vector[k] for k in range(len(vector))) for i in range(len(weights))]


def logistic(z):
    return 1 / (1 + math.exp(-z))


def slow_softmax(z):
    total = sum(math.exp(value) for value in z)
    return [math.exp(value) / total for value in z]


def slow_step(cell, x, a, c, P):
    """One step for one sequence, number by number; returns the new hidden state, cell state and prediction."""
    if cell == "rnn":
        from_x, from_a = affine(P["Wax"], P["ba"], x), affine(P["Waa"], 0 * P["ba"], a)
        a = [math.tanh(u + v) for u, v in zip(from_x, from_a, strict=True)]
        return a, c, slow_softmax(affine(P["Wya"], P["by"], a))
    both = [*a, *x]
    if cell == "lstm":
        f, i, o = ([logistic(z) for z in affine(P["W" + gate], P["b" + gate], both)] for gate in "fio")
        g = [math.tanh(z) for z in affine(P["Wc"], P["bc"], both)]
        c = [f[k] * c[k] + i[k] * g[k] for k in range(len(c))]
        a = [o[k] * math.tanh(c[k]) for k in range(len(c))]
    else:
        z, r = ([logistic(v) for v in affine(P["W" + gate], P["b" + gate], both)] for gate in "zr")
        g = [math.tanh(v) for v in affine(P["Wc"], P["bc"], [*(r[k] * a[k] for k in range(len(a))), *x])]
        a = [z[k] * a[k] + (1 - z[k]) * g[k] for k in range(len(a))]
    return a, c, slow_softmax(affine(P["Wy"], P["by"], a))


def slow_forward(cell, x, a0, parameters):
    """Return a, c and y over sequences, one sequence and one number at a time."""
    m, T_x = x.shape[1:]
    found = {"a": np.zeros((len(a0), m, T_x)), "c": np.zeros((len(a0), m, T_x)), "y": []}
    found["y"] = np.zeros((len(parameters["by"]), m, T_x))
    for j in range(m):
        a, c = list(a0[:, j]), [0.0] * len(a0)
        for t in range(T_x):
            a, c, y = slow_step(cell, list(x[:, j, t]), a, c, parameters)
            found["a"][:, j, t], found["c"][:, j, t], found["y"][:, j, t] = a, c, y
    return found["a"], found["c"], found["y"]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_forward_agrees_with_a_slow_loop(reference, cell, sizes):
    x, a0, parameters = drawn(cell, sizes)
    out = reference.function(f"{cell}_forward")(x, a0, parameters)
    a, y, caches = out[0], out[1], out[-1]
    slow_a, slow_c, slow_y = slow_forward(cell, x, a0, parameters)
    np.testing.assert_allclose(a, slow_a, rtol=SAME_NUMBERS, atol=SAME_NUMBERS)
    np.testing.assert_allclose(y, slow_y, rtol=SAME_NUMBERS, atol=SAME_NUMBERS)
    if cell == "lstm":
        np.testing.assert_allclose(out[2], slow_c, rtol=SAME_NUMBERS, atol=SAME_NUMBERS)
    steps, kept_x = caches
    assert kept_x is x and len(steps) == x.shape[2]
    before = a0
    for t, step in enumerate(steps):
        np.testing.assert_array_equal(step[0], a[:, :, t])
        np.testing.assert_array_equal(step[2 if cell == "lstm" else 1], before)
        np.testing.assert_array_equal(step[-2], x[:, :, t])
        assert step[-1] is parameters
        before = a[:, :, t]


def test_the_first_cell_state_in_the_caches_is_zero(reference):
    x, a0, parameters = drawn("lstm", SIZES[0])
    steps, _ = reference.function("lstm_forward")(x, a0, parameters)[-1]
    assert not steps[0][3].any()


# --- backward: against finite differences in float64, to 1e-7 relative ------------------------------------------------


@pytest.mark.parametrize("sizes", SIZES)
def test_rnn_cell_backward_agrees_with_finite_differences(reference, sizes):
    x, a_prev, parameters = drawn("rnn", sizes)
    forward, backward = reference.function("rnn_cell_forward"), reference.function("rnn_cell_backward")
    da_next = np.random.default_rng(2).standard_normal(a_prev.shape)
    start = {"xt": x[:, :, 0], "a_prev": a_prev} | {name: parameters[name] for name in RNN_WEIGHTS}

    def loss(arrays):
        return np.sum(da_next * forward(arrays["xt"], arrays["a_prev"], parameters | arrays)[0])

    gradients = backward(da_next, forward(x[:, :, 0], a_prev, parameters)[-1])
    report = gradient_check(loss, start, gradients, tolerance=1e-7)
    assert report.ok, str(report)
    assert set(gradients) == {"dxt", "da_prev", "dWax", "dWaa", "dba"}


@pytest.mark.parametrize("sizes", SIZES)
def test_rnn_backward_agrees_with_finite_differences(reference, sizes):
    x, a0, parameters = drawn("rnn", sizes)
    forward, backward = reference.function("rnn_forward"), reference.function("rnn_backward")
    a, _, caches = forward(x, a0, parameters)
    da = np.random.default_rng(3).standard_normal(a.shape)
    start = {"x": x, "a0": a0} | {name: parameters[name] for name in RNN_WEIGHTS}

    def loss(arrays):
        return np.sum(da * forward(arrays["x"], arrays["a0"], parameters | arrays)[0])

    gradients = backward(da, caches)
    report = gradient_check(loss, start, gradients, tolerance=1e-7)
    assert report.ok, str(report)
    assert set(gradients) == {"dx", "da0", "dWax", "dWaa", "dba"}


@pytest.mark.parametrize("sizes", SIZES)
def test_lstm_cell_backward_agrees_with_finite_differences(reference, sizes):
    x, a_prev, parameters = drawn("lstm", sizes)
    forward, backward = reference.function("lstm_cell_forward"), reference.function("lstm_cell_backward")
    c_prev, da_next, dc_next = np.random.default_rng(4).standard_normal((3, *a_prev.shape))
    start = {"xt": x[:, :, 0], "a_prev": a_prev, "c_prev": c_prev} | {name: parameters[name] for name in LSTM_WEIGHTS}

    def loss(arrays):
        out = forward(arrays["xt"], arrays["a_prev"], arrays["c_prev"], parameters | arrays)
        return np.sum(da_next * out[0]) + np.sum(dc_next * out[1])

    gradients = backward(da_next, dc_next, forward(x[:, :, 0], a_prev, c_prev, parameters)[-1])
    report = gradient_check(loss, start, gradients, tolerance=1e-7)
    assert report.ok, str(report)
    assert set(gradients) == {"dxt", "da_prev", "dc_prev"} | {f"d{name}" for name in LSTM_WEIGHTS}


@pytest.mark.parametrize("sizes", SIZES)
def test_lstm_backward_agrees_with_finite_differences(reference, sizes):
    x, a0, parameters = drawn("lstm", sizes)
    forward, backward = reference.function("lstm_forward"), reference.function("lstm_backward")
    a, _, _, caches = forward(x, a0, parameters)
    da = np.random.default_rng(5).standard_normal(a.shape)
    start = {"x": x, "a0": a0} | {name: parameters[name] for name in LSTM_WEIGHTS}

    def loss(arrays):
        return np.sum(da * forward(arrays["x"], arrays["a0"], parameters | arrays)[0])

    gradients = backward(da, caches)
    report = gradient_check(loss, start, gradients, tolerance=1e-7)
    assert report.ok, str(report)
    assert set(gradients) == {"dx", "da0"} | {f"d{name}" for name in LSTM_WEIGHTS}


# --- the exercises' cases and mistakes --------------------------------------------------------------------------------


def test_caches_given_to_backward_exercises_are_those_of_the_forward_reference(reference):
    for case in EXERCISES["rnn_backward"].hidden_cases(1):
        steps, x = case.inputs["caches"]
        _, _, (own, _) = reference.function("rnn_forward")(x, steps[0][1], steps[0][3])
        for given, right in zip(steps, own, strict=True):
            for one, other in zip(given[:3], right[:3], strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    for case in EXERCISES["lstm_backward"].hidden_cases(1):
        steps, x = case.inputs["caches"]
        _, _, _, (own, _) = reference.function("lstm_forward")(x, steps[0][2], steps[0][-1])
        for given, right in zip(steps, own, strict=True):
            for one, other in zip(given[:9], right[:9], strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", EXERCISES)
def test_cases_hold_the_traps(name):
    labels = {case.label for case in EXERCISES[name].public_cases()}
    cell = "cell" in name
    assert {"m = 1", "n_a = n_x", "n_a = n_y = m" if cell else "n_a = n_y = m = T_x"} <= labels
    assert {"logits of 10,000", "float32"} <= labels
    assert ("T_x = 1" in labels) == any("more steps than units" in label for label in labels) == (not cell)


@pytest.mark.parametrize("name", [name for name in EXERCISES if name.endswith("forward")])
def test_sizes_in_the_name_of_a_case_are_its_own(name):
    said = 0
    for case in EXERCISES[name].hidden_cases(1):
        x, a, *_, parameters = case.inputs.values()
        sizes = dict(zip(("n_x", "m", "T_x"), x.shape, strict=False)) | {"n_a": len(a), "n_y": len(parameters["by"])}
        found = re.findall(r"(\w+) = (\d+)", case.label)
        assert [int(size) for _, size in found] == [sizes[size] for size, _ in found]
        said += len(found)
    assert said == (5 if "cell" in name else 9)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_extreme_cases_reach_logits_of_ten_thousand(cell):
    case = next(c for c in EXERCISES[f"{cell}_cell_forward"].hidden_cases(1) if c.label == "logits of 10,000")
    P, xt, a_prev = case.inputs["parameters"], case.inputs["xt"], case.inputs["a_prev"]
    if cell == "rnn":
        logits = P["Wax"] @ xt + P["Waa"] @ a_prev
    else:
        logits = P["Wc"] @ np.concatenate([a_prev, xt])
    assert np.abs(logits).max() > 1e4
    assert np.abs(P["Wya" if cell == "rnn" else "Wy"]).max() > 1e3


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("rnn_backward", "carry_left_out"),
        ("lstm_backward", "state_carry_left_out"),
        ("lstm_backward", "cell_state_carry_left_out"),
        ("lstm_backward", "both_carries_left_out"),
        ("lstm_cell_backward", "cell_state_slope_wrongly_squared"),
        ("lstm_forward", "cell_state_is_a_view"),
        ("rnn_forward", "a0_at_every_step"),
        ("rnn_forward", "states_sized_n_a"),
    ],
)
def test_faults_of_earlier_courses_are_rejected_and_named(reference, name, mistake):
    exercise = EXERCISES[name]
    edits = next(one.edits for one in exercise.mistakes if one.name == mistake)
    cases = exercise.hidden_cases(11)
    outcomes = reference.outcomes(exercise, cases, ((name, reference.edited(name, edits)),))
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert not report.ok
    assert mistake in [hint.mistake for hint in report.hints]


def test_a_view_spoils_the_first_cache_and_nothing_else(reference):
    exercise = EXERCISES["lstm_forward"]
    edits = next(one.edits for one in exercise.mistakes if one.name == "cell_state_is_a_view")
    cases = exercise.hidden_cases(12)
    outcomes = reference.outcomes(exercise, cases, ((exercise.name, reference.edited(exercise.name, edits)),))
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert [part.part for part in report.parts if not part.ok] == ["caches"]
    assert "c_prev" in report.text()


def test_a_cell_that_ignores_its_output_weights_fails(reference):
    """An old test zeroed Wya, and so let this pass."""
    exercise = EXERCISES["rnn_cell_forward"]
    cases = exercise.public_cases()
    edit = ("yt_pred = softmax(Wya @ a_next + by)", "yt_pred = softmax(0 * (Wya @ a_next) + by)")
    outcomes = reference.outcomes(exercise, cases, ((exercise.name, reference.edited(exercise.name, [edit])),))
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert "yt_pred" in [part.part for part in report.parts if not part.ok]


def judged_over(reference, name, changed, seed=13):
    """Judge an exercise with some cells changed, over the learner's own earlier functions and over stand-ins."""
    exercise = EXERCISES[name]
    cases = exercise.hidden_cases(seed)
    runs = [reference.outcomes(exercise, cases, changed, some) for some in ({}, exercise.stand_ins)]
    return judge_outcomes(exercise, reference, cases, *runs)


CELL_OF = {name: next(iter(exercise.stand_ins)) for name, exercise in EXERCISES.items() if exercise.stand_ins}
SEQUENCES = list(CELL_OF.items())


@pytest.mark.parametrize(("name", "cell"), SEQUENCES)
def test_a_wrong_cell_costs_its_points_once(reference, name, cell):
    """A sequence over a cell that is wrong, raises an error or is not written keeps its points, whatever is wrong."""
    unwritten = f"def {cell}(*arguments):\n    raise NotImplementedError\n"
    unknown = reference.source(cell).replace("return ", "return 1.5, ", 1)
    for source in (unwritten, unknown, reference.edited(cell, EXERCISES[cell].mistakes[0].edits)):
        report = judged_over(reference, name, ((cell, source),))
        assert report.ok and report.score == EXERCISES[name].points
        assert report.given == (cell,)


@pytest.mark.parametrize(("name", "cell"), SEQUENCES)
def test_a_wrong_sequence_over_a_wrong_cell_is_named(reference, name, cell):
    """Beginners' mistakes come in pairs: that of the sequence is told apart from the cell's."""
    mistake = EXERCISES[name].mistakes[0]
    wrong_cell = (cell, reference.edited(cell, EXERCISES[cell].mistakes[0].edits))
    report = judged_over(reference, name, (wrong_cell, (name, reference.edited(name, mistake.edits))))
    assert not report.ok and [hint.mistake for hint in report.hints] == [mistake.name]


def inlined(reference, cell_edits=()):
    """Return rnn_forward with the cell written into it, under another name."""
    body = reference.edited("rnn_cell_forward", cell_edits).replace("rnn_cell_forward", "own_cell")
    loop = reference.source("rnn_forward").replace("rnn_cell_forward(x", "own_cell(x")
    return f"{body}\n\n{loop}"


def test_a_cell_that_is_written_into_the_sequence_is_as_good(reference):
    report = judged_over(reference, "rnn_forward", (("rnn_forward", inlined(reference)),))
    assert report.ok and not report.given


@pytest.mark.parametrize("mistake", EXERCISES["rnn_cell_forward"].mistakes, ids=lambda one: one.name)
def test_a_wrong_cell_that_is_written_into_the_sequence_earns_nothing_by_it(reference, mistake):
    """Beside a right cell there is nothing that the sequence could have inherited its mistake from."""
    report = judged_over(reference, "rnn_forward", (("rnn_forward", inlined(reference, mistake.edits)),))
    assert not report.ok or report.remarks
    assert report.ok or report.score < EXERCISES["rnn_forward"].points


@pytest.mark.parametrize(
    ("name", "mistake", "wrong"),
    [
        ("rnn_cell_forward", "state_with_sigmoid", ["a_next"]),
        ("rnn_cell_forward", "prediction_without_bias", ["yt_pred"]),
        ("lstm_cell_forward", "state_without_tanh", ["a_next"]),
        ("lstm_cell_forward", "nothing_is_forgotten", ["c_next"]),
        ("lstm_cell_forward", "candidate_with_sigmoid", ["c_next", "cache"]),
        ("lstm_cell_forward", "output_gate_with_tanh", ["a_next", "cache"]),
        ("gru_cell_forward", "old_state_kept_whole", ["a_next"]),
    ],
)
def test_what_follows_rightly_from_an_earlier_part_has_its_points(reference, name, mistake, wrong):
    edits = next(one.edits for one in EXERCISES[name].mistakes if one.name == mistake)
    report = judged_over(reference, name, ((name, reference.edited(name, edits)),))
    assert [part.part for part in report.parts if not part.ok] == wrong
    assert mistake in [hint.mistake for hint in report.hints]


def test_two_names_of_one_array_are_not_told_to_store_what_they_store(reference):
    """c = a makes no copy: what is stored in c stands in a, too."""
    edit = [("    c = np.zeros((n_a, m, T_x))\n", "    c = a\n")]
    report = judged_over(reference, "lstm_forward", (("lstm_forward", reference.edited("lstm_forward", edit)),))
    assert "two names of one array" in report.text(hint=2)


def test_a_mistake_is_named_also_when_another_function_raises_the_error(reference):
    """np.dot and @ word their complaints about shapes differently."""
    exercise = EXERCISES["rnn_cell_forward"]
    edit = (declared.STATE, "a_next = np.tanh(np.dot(Waa, xt) + np.dot(Wax, a_prev) + ba)")
    cases = exercise.hidden_cases(14)
    outcomes = reference.outcomes(exercise, cases, ((exercise.name, reference.edited(exercise.name, [edit])),))
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert [hint.mistake for hint in report.hints] == ["weights_swapped"]


# --- section 5 --------------------------------------------------------------------------------------------------------


def unwritten(*arguments):
    raise NotImplementedError


def test_keras_weights_name_a_missing_key_and_a_wrong_shape():
    parameters = initialise_parameters("lstm", 3, 5, 2, np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"'Wf'.*\(5, 8\).*\(5, 7\)"):
        keras_weights("lstm", parameters | {"Wf": np.zeros((5, 7))})
    with pytest.raises(ValueError, match=r"'Wi'.*\(40,\)"):
        keras_weights("lstm", parameters | {"Wi": np.zeros(40)})
    del parameters["Wi"]
    with pytest.raises(ValueError, match="expected Wi, too"):
        keras_weights("lstm", parameters)


@pytest.mark.parametrize("sizes", SIZES[:4])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_forward_agrees_with_keras(reference, cell, sizes):
    x, a0, parameters = drawn(cell, sizes)
    result = compare_cell(cell, reference.function(f"{cell}_forward"), x, a0, parameters)
    assert result.ok, result.sentence
    assert "the same function" in result.sentence and "NOT" not in result.sentence


@pytest.mark.parametrize(
    ("cell", "name", "mistake"),
    [
        ("rnn", "rnn_cell_forward", "state_with_sigmoid"),
        ("lstm", "lstm_cell_forward", "gates_read_input_first"),
        ("gru", "gru_cell_forward", "reset_after_the_product"),
        ("gru", "gru_cell_forward", "update_gate_replaces"),
    ],
)
def test_keras_disagrees_with_a_wrong_cell(reference, cell, name, mistake):
    edits = next(one.edits for one in EXERCISES[name].mistakes if one.name == mistake)
    forward = reference.function(f"{cell}_forward", ((name, reference.edited(name, edits)),))
    x, a0, parameters = drawn(cell, SIZES[0])
    result = compare_cell(cell, forward, x, a0, parameters)
    assert not result.ok and result.largest > AGREEMENT
    assert "NOT the same function" in result.sentence


def test_comparison_says_what_is_missing_in_one_sentence(reference, capsys):
    def too_short(x, a0, parameters):
        return x[:1], None, None

    def stops(x, a0, parameters):
        return parameters["Wxx"]

    figure = compare_with_keras(too_short, stops, unwritten)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "have shape (1, 5, 24); Keras gives (4, 5, 24)" in lines[0]
    assert "stops with KeyError" in lines[1]
    assert "not written yet" in lines[2]
    assert figure is None


def test_comparison_draws_a_panel_for_each_function(reference, capsys):
    functions = [reference.function(f"{cell}_forward") for cell in ("rnn", "lstm", "gru")]
    figure = compare_with_keras(*functions)
    assert [axis.get_title() for axis in figure.axes] == ["SimpleRNN", "LSTM", "GRU"]
    assert capsys.readouterr().out.count("the same function") == 3


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_fading_is_the_same_by_backward_cell_and_by_differences(reference, cell):
    x, _, parameters = drawn(cell, (3, 5, 2, 1, 8))
    forward, backward = reference.function(f"{cell}_cell_forward"), reference.function(f"{cell}_cell_backward")
    exact = backward_by_cell(cell, forward, backward, x[:, 0], parameters)
    measured = backward_by_differences(cell, forward, x[:, 0], parameters)
    for one, other in zip(exact, measured, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-9)


def test_fading_picture_has_a_line_for_each_cell_and_says_how_it_was_made(reference, capsys):
    names = ("rnn_cell_forward", "lstm_cell_forward", "gru_cell_forward", "rnn_cell_backward", "lstm_cell_backward")
    figure = plot_gradient_fade(*map(reference.function, names), steps=12)
    assert len(figure.axes) == 2
    for axis in figure.axes:
        assert [line.get_label() for line in axis.lines] == [
            "basic RNN, state a", "LSTM, state a", "LSTM, cell state c", "GRU, state a",
        ]  # fmt: skip
        assert axis.get_xlabel()
    out = capsys.readouterr().out
    assert "with rnn_cell_backward" in out and "gru_cell_forward: by small changes" in out


def test_basic_rnn_fades_and_an_open_gate_does_not(reference):
    names = ("rnn_cell_forward", "lstm_cell_forward", "gru_cell_forward", "rnn_cell_backward", "lstm_cell_backward")
    figure = plot_gradient_fade(*map(reference.function, names), show=False)
    last = {line.get_label(): line.get_ydata()[-1] for line in figure.axes[1].lines}
    assert last["basic RNN, state a"] < 1e-6
    assert last["LSTM, cell state c"] > 0.1 and last["GRU, state a"] > 0.1


def test_fading_picture_does_without_what_is_not_written(reference, capsys):
    figure = plot_gradient_fade(
        reference.function("rnn_cell_forward"), unwritten, unwritten, unwritten, unwritten, steps=5
    )
    out = capsys.readouterr().out
    assert [line.get_label() for line in figure.axes[0].lines] == ["basic RNN, state a"]
    assert "rnn_cell_forward: by small changes" in out
    assert out.count("not written yet") == 2
    assert plot_gradient_fade(unwritten, unwritten, unwritten, steps=5) is None


# --- the notebook -----------------------------------------------------------------------------------------------------


def test_points_are_those_of_the_issue():
    assert {name: exercise.points for name, exercise in EXERCISES.items() if exercise.points} == REQUIRED


def test_fields_name_the_caches_as_the_docstrings_do(reference):
    for cell in ("rnn", "lstm", "gru"):
        fields = EXERCISES[f"{cell}_cell_forward"].fields["cache"]
        assert f"({', '.join(fields)})" in reference.source(f"{cell}_cell_forward")


def test_setup_does_not_load_tensorflow(notebook, root):
    import subprocess
    import sys

    (setup,) = [cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]
    code = setup.source + "\nimport sys; sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


@pytest.mark.long
def test_notebook_runs_from_top_to_bottom(notebook, path, tmp_path, monkeypatch):
    """All cells in one process, those that need Keras aside; each check passes, each gradient agrees."""
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    write_public_checks(notebook, copy)
    monkeypatch.chdir(tmp_path)
    namespace, printed = {"__name__": "__main__"}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.id not in ("compare-with-keras", "lab-adding"):
                exec(compile(cell.source, cell.id, "exec"), namespace)
    out = printed.getvalue()
    assert sum(f"{name}: right" in out for name in EXERCISES) == len(EXERCISES)
    assert out.count("every gradient agrees") == 4


@pytest.mark.long
def test_every_cell_that_draws_shows_its_pictures(notebook, path, tmp_path, monkeypatch):
    """All cells in a kernel: there a figure shows by itself only while matplotlib is left as the notebook set it."""
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(path.parents[2]))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    write_public_checks(notebook, copy)
    run = nbformat.read(copy, as_version=4)
    cells = {cell.id: cell for cell in run.cells}
    cells["lab-adding"].source = re.sub(r"epochs=\d+", "epochs=1", cells["lab-adding"].source)
    NotebookClient(run, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    pictures = {
        cell.id: len(described(cell))
        for cell in run.cells
        if cell.metadata.get("tags") and "setup" not in cell.metadata.tags
    }
    # Of those that show something else, one is a table, the other puts questions.
    assert pictures == dict.fromkeys(pictures, 1) | {"lab-lags": 2, "lab-rates": 0, "rnn-cell-ask": 0, "ready": 0}
