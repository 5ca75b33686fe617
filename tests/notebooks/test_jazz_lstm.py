"""The notebook `jazz_lstm`: its functions against Keras' own loop, its cells, and the whole of it up to a MIDI file."""

import ast

import nbformat
import numpy as np
import pytest
import sources
from drawing import described

from autograders.assignments.jazz_lstm.cases import N_A, N_VALUES
from autograders.engine.verdict import judge_outcomes
from autograders.release.preprocessors import write_public_checks
from helpers.check.judging import Run, judge_runs
from helpers.music import probes

pytestmark = pytest.mark.slow

NAME = "jazz_lstm"
EXERCISES = sources.exercises(NAME)
POINTS = {"djmodel": 40, "music_inference_model": 35, "predict_and_sample": 25}
SHOWN = {"training", "listening", "plotting"}
SIZES = [(1, 1, 4, 3), (3, 2, 7, 5), (6, 4, 5, 8)]  # Tx or Ty, m, n_values, n_a
SAME_NUMBERS = 1e-5
NOTEBOOK_SECONDS = 600
MANY_DRAWS = 20_000


def drawn(m, n_values, n_a, seed=1):
    """Return a cell, a densor and a reshaper with weights, and two states."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    cell = keras.layers.LSTM(n_a, return_state=True, bias_initializer="random_normal")
    densor = keras.layers.Dense(n_values, activation="softmax")
    return cell, densor, keras.layers.Reshape((1, n_values)), *rng.standard_normal((2, m, n_a)).astype(np.float32)


# --- the reference: against Keras' own loop, and against a loop over single tokens -----------------------------------


@pytest.mark.parametrize("sizes", SIZES)
def test_training_model_is_keras_own_loop(reference, sizes):
    import keras

    T_x, m, n_values, n_a = sizes
    cell, densor, reshaper, a0, c0 = drawn(m, n_values, n_a)
    X = np.random.default_rng(2).standard_normal((m, T_x, n_values)).astype(np.float32)
    model = reference.function("djmodel")(T_x, cell, densor, reshaper)
    outputs = keras.tree.flatten(model([X, a0, c0]))
    states = keras.layers.RNN(cell.cell, return_sequences=True)(X, initial_state=[a0, c0])
    assert len(outputs) == T_x
    np.testing.assert_allclose(np.stack(outputs, axis=1), densor(states), atol=SAME_NUMBERS)
    assert model.count_params() == 4 * n_a * (n_values + n_a + 1) + (n_a + 1) * n_values


@pytest.mark.parametrize("sizes", SIZES)
def test_composing_model_reads_what_it_chose(reference, sizes):
    import keras

    T_y, m, n_values, n_a = sizes
    cell, densor, _, a, c = drawn(m, n_values, n_a)
    start = np.eye(n_values, dtype=np.float32)[np.arange(m) % n_values][:, np.newaxis]
    model = reference.function("music_inference_model")(cell, densor, T_y)
    outputs = keras.tree.flatten(model([start, a, c]))
    assert len(outputs) == T_y
    for example in range(m):
        x, state = start[example : example + 1], [a[example : example + 1], c[example : example + 1]]
        for out in outputs:
            _, *state = cell(x, initial_state=state)
            probabilities = np.asarray(densor(state[0]))[0]
            np.testing.assert_allclose(out[example], probabilities, atol=SAME_NUMBERS)
            x = np.zeros((1, 1, n_values), np.float32)
            x[0, 0, probabilities.argmax()] = 1


def test_one_hot_is_ready_to_be_read_on_numbers_and_in_a_model():
    import keras

    from helpers.music.jazz import one_hot

    probabilities = np.random.default_rng(1).random((4, 7)).astype(np.float32)
    expected = np.eye(7)[probabilities.argmax(axis=1)][:, np.newaxis]
    entry = keras.Input((7,))
    model = keras.Model(entry, [one_hot(entry), keras.layers.Lambda(one_hot)(entry)])
    for found in (one_hot(probabilities), *model(probabilities)):
        np.testing.assert_array_equal(found, expected)


def test_number_of_steps_is_100_unless_said(reference):
    cell, densor, *_ = drawn(1, 4, 3)
    assert len(reference.function("music_inference_model")(cell, densor).outputs) == 100


@pytest.mark.parametrize("sizes", SIZES)
def test_sampler_takes_the_most_probable_token_of_each_step(reference, sizes):
    T_y, _, n_values, n_a = sizes
    cell, densor, _, a, c = drawn(1, n_values, n_a)
    x = np.eye(n_values, dtype=np.float32)[:1, np.newaxis]
    model = reference.function("music_inference_model")(cell, densor, T_y)
    results, indices = reference.function("predict_and_sample")(model, x, a, c)
    assert results.shape == (T_y, n_values) and indices.shape == (T_y, 1) and indices.dtype.kind == "i"
    np.testing.assert_array_equal(results.argmax(axis=1), indices[:, 0])
    np.testing.assert_array_equal(results.sum(axis=1), 1)
    predicted = np.reshape(model.predict([x, a, c], verbose=0), (T_y, n_values))
    np.testing.assert_array_equal(predicted.argmax(axis=1), indices[:, 0])


# --- the probes ------------------------------------------------------------------------------------------------------


def public(name, number=0):
    return EXERCISES[name].public_cases()[number].inputs


def test_layers_get_their_weights_only_after_the_model_was_built(reference):
    inputs = public("djmodel")
    seen = {}

    def spy(Tx, LSTM_cell, densor, reshaper):
        seen["before"] = [weights.copy() for weights in LSTM_cell.get_weights()]
        seen["cell"] = LSTM_cell
        return reference.function("djmodel")(Tx, LSTM_cell, densor, reshaper)

    probes.djmodel(spy, inputs)
    after = seen["cell"].get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(after, inputs["LSTM_weights"], strict=True))
    assert not np.array_equal(seen["before"][0], after[0])


def test_copy_of_the_cell_is_found_out(reference):
    import keras

    def with_a_copy(Tx, LSTM_cell, densor, reshaper):
        copy = keras.layers.LSTM.from_config(LSTM_cell.get_config())
        copy.build((None, 1, densor.units))
        copy.set_weights(LSTM_cell.get_weights())
        return reference.function("djmodel")(Tx, copy, densor, reshaper)

    inputs = public("djmodel")
    right = probes.djmodel(reference.function("djmodel"), inputs)
    got = probes.djmodel(with_a_copy, inputs)
    assert right["shared weights"].endswith("5 are those of the given layers")
    assert got["shared weights"].endswith("2 are those of the given layers")
    assert np.abs(right["outputs"][0] - got["outputs"][0]).max() > 0.01


def test_model_that_cannot_be_fed_is_not_run(reference):
    import keras

    def larger(Tx, LSTM_cell, densor, reshaper):
        X, a0, c0 = (keras.Input(shape) for shape in ((Tx + 1, densor.units), (LSTM_cell.units,), (LSTM_cell.units,)))
        return keras.Model([X, a0, c0], [densor(a0)])

    got = probes.djmodel(larger, public("djmodel"))
    assert got["outputs"] is None and got["inputs"][0].startswith("(m, ")


@pytest.mark.parametrize(
    ("name", "case", "function", "words"),
    [
        (
            "djmodel",
            "layers of other sizes",
            lambda Tx, n_a, n_values: None,
            r"reshaper\), yours takes \(Tx",
        ),
        ("djmodel", "a few steps", lambda cell, densor: None, r"reshaper\), yours takes \(cell"),
        ("djmodel", "a few steps", lambda Tx, LSTM_cell, densor, reshaper: [], "expected a keras Model, got list"),
        ("predict_and_sample", "more steps", lambda model: None, "leave the line with `def` as it was"),
    ],
)
def test_what_is_no_model_or_takes_other_parameters_is_told(name, case, function, words):
    (inputs,) = [one.inputs for one in EXERCISES[name].public_cases() if one.label == case]
    with pytest.raises(TypeError, match=words):
        getattr(probes, name)(function, inputs)


@pytest.mark.parametrize("name", ["djmodel", "music_inference_model"])
def test_layers_and_sizes_are_globals_for_the_call_alone(reference, name):
    scope = {"n_a": "the learner's own", "seen": []}
    exec("def builds():\n    seen.append((n_a, n_values, LSTM_cell.units, densor.units, reshaper is reshapor))", scope)
    before = dict(scope)
    with pytest.raises(TypeError, match="got NoneType"):
        getattr(probes, name)(scope["builds"], public(name))
    assert scope["seen"] == [(N_A, N_VALUES, N_A, N_VALUES, True)]
    assert scope == before


def test_refusal_of_keras_is_not_taken_for_an_exercise_that_is_not_written():
    def goes_through(Tx, LSTM_cell, densor, reshaper):
        import keras

        return [one for one in keras.Input((Tx, densor.units))]

    def stub(Tx, LSTM_cell, densor, reshaper):
        raise NotImplementedError()

    with pytest.raises(TypeError, match="symbolic"):
        probes.djmodel(goes_through, public("djmodel"))
    with pytest.raises(NotImplementedError):
        probes.djmodel(stub, public("djmodel"))


def test_reason_of_keras_is_the_first_line_of_the_error():
    def too_long(LSTM_cell, densor, Ty=100):
        import keras

        x0, a0, c0 = (keras.Input(shape) for shape in ((1, densor.units), (LSTM_cell.units,), (LSTM_cell.units,)))
        x = keras.layers.Concatenate()([x0, x0])
        return keras.Model([x0, a0, c0], [densor(LSTM_cell(x, initial_state=[a0, c0])[0])])

    with pytest.raises(ValueError, match=r"^LSTM\S*: .*\S") as caught:
        probes.music_inference_model(too_long, public("music_inference_model"))
    assert "\n" not in str(caught.value)


def test_probes_leave_random_numbers_alone(reference):
    import random

    random.seed(3)
    expected = random.random()
    random.seed(3)
    probes.djmodel(reference.function("djmodel"), public("djmodel"))
    assert random.random() == expected


def test_points_come_from_the_notebooks_own_sizes(reference):
    from helpers.music.jazz import build_vocabulary, load_corpus

    assert len(build_vocabulary(load_corpus())) == N_VALUES
    for name, exercise in EXERCISES.items():
        for case in exercise.public_cases():
            weights = case.inputs.get("densor_weights", [case.inputs.get("x_initializer")])
            own = weights[0].shape[-1] == N_VALUES
            assert own or case.beyond, (name, case.label)


@pytest.mark.parametrize("name", EXERCISES)
def test_beyond_are_a_single_step_and_other_sizes(name):
    beyond = {case.label for case in EXERCISES[name].public_cases() if case.beyond}
    assert any("other sizes" in label for label in beyond) and any(label.endswith("= 1") for label in beyond)


# --- what Keras refuses ----------------------------------------------------------------------------------------------

REFUSED = [  # exercise, a line of the solution, another spelling of a habit, the mistake that is named
    ("djmodel", "x = X[:, t, :]", "x = Lambda(lambda _: X[:, t])(X)", "lambda_reaches_past_its_argument"),
    ("djmodel", "x = X[:, t, :]", "x = tf.gather(X, t, axis=1)", "tensorflow_on_a_symbolic_tensor"),
    ("djmodel", "x = reshaper(x)", "x = tf.expand_dims(x, 1)", "tensorflow_on_a_symbolic_tensor"),
    ("djmodel", "x = reshaper(x)", "x = np.expand_dims(x, 1)", "numpy_on_a_symbolic_tensor"),
    ("djmodel", "x = reshaper(x)", "K = tf.keras.backend; x = K.reshape(x, (1,))", "tensorflow_on_a_symbolic_tensor"),
    (
        "djmodel",
        "x = reshaper(x)",
        "from keras import backend as K; x = K.expand_dims(x, 1)",
        "backend_has_no_expand_dims",
    ),
    ("music_inference_model", "one_hot(out)", "tf.math.argmax(out, axis=-1)", "tensorflow_on_a_symbolic_tensor"),
    ("music_inference_model", "one_hot(out)", "tf.one_hot(ops.argmax(out, -1), 78)", "tensorflow_on_a_symbolic_tensor"),
    ("music_inference_model", "one_hot(out)", "np.eye(n_values)[ops.argmax(out, -1)]", "numpy_on_a_symbolic_tensor"),
    ("music_inference_model", "one_hot(out)", "Lambda(lambda z: np.argmax(z, -1))(out)", "function_in_a_lambda_fails"),
    ("music_inference_model", "one_hot(out)", "keras.backend.argmax(out, axis=-1)", "backend_has_no_argmax"),
    (
        "music_inference_model",
        "one_hot(out)",
        "RepeatVector(1)(ops.one_hot(ops.argmax(out, axis=-1), 90))",
        "one_hot_of_another_length",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "mistake"), REFUSED)
def test_other_spellings_of_what_keras_refuses_are_named(reference, name, old, new, mistake):
    exercise = EXERCISES[name]
    cases = exercise.hidden_cases(3)
    changed = ((name, reference.edited(name, ((old, new),))),)
    outcomes = reference.outcomes(exercise, cases, changed)
    assert all("error" in outcome for outcome, case in zip(outcomes, cases, strict=True) if not case.beyond)
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert report.score == 0 and [hint.mistake for hint in report.hints] == [mistake], report.text()


@pytest.mark.parametrize("rows", ["to_categorical(indices, num_classes=90)", "np.eye(78)[indices[:, 0]]"])
def test_rows_as_long_as_another_vocabulary_are_named(reference, rows):
    exercise = EXERCISES["predict_and_sample"]
    cases = exercise.hidden_cases(3)
    source = reference.edited(exercise.name, (("np.eye(n_values)[indices[:, 0]]", rows),))
    report = judge_outcomes(exercise, reference, cases, reference.outcomes(exercise, cases, ((exercise.name, source),)))
    assert [hint.mistake for hint in report.hints] == ["one_hot_of_another_vocabulary"], report.text()


def test_what_a_refused_keyword_holds_does_not_fill_the_line(reference):
    source = reference.edited("djmodel", (("Model(inputs=", "Model(input="), ("outputs=outputs)", "output=outputs)")))
    with pytest.raises(ValueError, match=r"^Unrecognized keyword arguments passed to Model: \{'input', 'output'\}$"):
        probes.djmodel(reference.function("djmodel", (("djmodel", source),)), public("djmodel"))


# --- forms of earlier editions ---------------------------------------------------------------------------------------

REMARKED = {"djmodel": {"layers of other sizes"}, "music_inference_model": set(), "predict_and_sample": {"T_y = 1"}}
DEFAULTS = """
def predict_and_sample(inference_model, x_initializer=x_initializer, a_initializer=a_initializer,
                       c_initializer=c_initializer):
    n_values = x_initializer.shape[2]
    pred = inference_model.predict([x_initializer, a_initializer, c_initializer])
    indices = np.argmax(np.array(pred), axis=-1)
    results = to_categorical(indices, num_classes=n_values)
    return results, indices
"""


def variant(root, name):
    """Return the source of a variant, with the name of its exercise."""
    source = (root / "tests" / "variants" / f"{NAME}.py").read_text(encoding="utf-8")
    (node,) = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef) and one.name == name]
    return ast.get_source_segment(source, node).replace(name, name.split("__")[0], 1)


@pytest.fixture(scope="module")
def earlier_forms(root):
    """Return {exercise: source} in the form of earlier editions of this notebook."""
    return {
        "djmodel": variant(root, "djmodel__as_the_report_writes_it"),
        "music_inference_model": variant(root, "music_inference_model__as_the_report_writes_it"),
        "predict_and_sample": DEFAULTS,
    }


def test_earlier_forms_are_right_among_the_notebooks_own_names(notebook, reference, earlier_forms):
    """Defined where the solution cells stand, over what the cells before them define."""
    from helpers.check import probe

    scope = {"__name__": "notebook"}
    for cell in notebook.cells:
        if cell.cell_type != "code" or SHOWN & set(cell.metadata.get("tags", [])):
            continue
        (name,) = [one for one in EXERCISES if f"def {one}(" in cell.source] or [None]
        if name:
            exec(earlier_forms[name], scope)
            exercise = EXERCISES[name]
            cases = exercise.hidden_cases(4)
            outcomes = probe.run(scope[name], [case.inputs for case in cases], exercise.probe)
            report = judge_runs(exercise.spec, cases, Run(reference.outcomes(exercise, cases), outcomes, list))
            assert report.ok and report.score == POINTS[name], report.text()
            assert {remark.case for remark in report.remarks} == REMARKED[name]
        elif not cell.metadata.get("nbgrader", {"grade": True})["grade"]:  # a locked one: not to check, nor to try
            exec(cell.source, scope)
        if name == "predict_and_sample":
            break


# --- the variations --------------------------------------------------------------------------------------------------


def test_tempered_argmax_draws_as_the_densor_says():
    from helpers.music.variations import TemperedDense

    cell, densor, _, a, _ = drawn(1, 6, 5)
    expected = np.asarray(densor(a))[0].astype(float)
    for temperature in (0.5, 1.0, 2.0):
        rows = TemperedDense(densor, temperature, seed=1)(np.repeat(a, MANY_DRAWS, axis=0))
        counted = np.bincount(np.argmax(rows, axis=1), minlength=6) / MANY_DRAWS
        powers = expected ** (1 / temperature)
        np.testing.assert_allclose(counted, powers / powers.sum(), atol=0.02)


def test_tempered_densor_is_new_each_time_and_refuses_zero(reference):
    from helpers.music.variations import TemperedDense

    cell, densor, _, a, c = drawn(1, 6, 5)
    x = np.eye(6, dtype=np.float32)[:1, np.newaxis]
    model = reference.function("music_inference_model")(cell, TemperedDense(densor, 1.0, seed=2), Ty=12)
    pieces = [reference.function("predict_and_sample")(model, x, a, c)[1] for _ in range(2)]
    assert not np.array_equal(*pieces)
    with pytest.raises(ValueError, match="expected a temperature above 0 .*, got "):
        TemperedDense(densor, 0)


def test_gru_in_an_lstms_clothes_trains_in_the_learners_loop(reference):
    import keras

    from helpers.music.training import train_djmodel
    from helpers.music.variations import GRUAsLSTM

    cell, densor, reshaper = GRUAsLSTM(5), keras.layers.Dense(6, activation="softmax"), keras.layers.Reshape((1, 6))
    model = reference.function("djmodel")(4, cell, densor, reshaper)
    tokens = (np.arange(20)[:, np.newaxis] + np.arange(5)) % 6
    one_hot = np.eye(6, dtype=np.float32)[tokens]
    history = train_djmodel(model, one_hot[:, :-1], one_hot[:, 1:].transpose(1, 0, 2), epochs=30, batch_size=5)
    assert history.loss[-1] < history.loss[0] / 2
    a, c = np.zeros((2, 1, 5), np.float32)
    out, state, cell_state = cell(one_hot[:1, :1], initial_state=[a, c + 7])
    np.testing.assert_array_equal(out, state)
    np.testing.assert_array_equal(cell_state, c + 7)


# --- the notebook ----------------------------------------------------------------------------------------------------


def test_points_are_these():
    assert {name: exercise.points for name, exercise in EXERCISES.items()} == POINTS


def test_cells_that_train_play_or_draw_are_locked_and_tagged(notebook):
    costly = (
        "train_djmodel(",
        "play(",
        "display(",
        "improvise(",
        "piano_roll(",
        "save_solo(",
        "compare",
        "plot_",
        "ask(",
        "ready(",
    )
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.id in ("packages", "lab-packages"):
            continue
        nbgrader = cell.metadata.get("nbgrader", {})
        shown = bool(SHOWN & set(cell.metadata.get("tags", [])))
        assert shown == any(name in cell.source for name in costly), cell.id
        if shown:
            assert nbgrader.locked and not nbgrader.grade and not nbgrader.solution


def test_tokens_in_the_figure_are_those_of_the_grammar(path):
    """Read the bar off the drawing: 108 units to a quaver, 20 to a semitone, B flat (70) at 262."""
    from fractions import Fraction
    from xml.etree import ElementTree

    from helpers.music.grammar import encode
    from helpers.music.notes import Note, chords_per_bar

    svg = "{http://www.w3.org/2000/svg}"
    figure = ElementTree.parse(path.parent / "figures" / "token_anatomy.svg").getroot()
    rects = [{key: float(rect.get(key)) for key in ("x", "y", "width", "height")} for rect in figure.iter(svg + "rect")]
    codes = [text for text in figure.iter(svg + "text") if "code" in text.get("class").split()]
    fields = [(float(text.get("x")), text.text) for text in codes[:-1]]  # the last is the example below the bar
    notes, drawn, now = [], [], Fraction(0)
    for card in (rect for rect in rects if rect["height"] == 112):
        left, right = card["x"], card["x"] + card["width"]
        length = Fraction(round((card["width"] + 12) / 108), 2)
        for rect in rects:
            if rect["height"] == 26 and left <= rect["x"] + rect["width"] / 2 <= right:
                notes.append(Note(now, length, 70 + round((262 - rect["y"] - 13) / 20)))
        drawn.append(" ".join(field for x, field in fields if left < x < right))
        now += length
    tokens = encode(notes, chords_per_bar(["Bb7"]), end=now)
    assert len(notes) == 6
    assert [str(token) for token in tokens] == drawn


def test_whoever_wrote_nothing_hears_recorded_music(notebook):
    """The cells that are given, and the lines for the stuck without their number signs."""
    cells, scope = {cell.id: cell.source for cell in notebook.cells}, {}
    for name in ("packages", "data", "examples", "layers", "start"):
        exec(cells[name], scope)
    assert all(line.startswith("# ") for line in cells["stuck"].splitlines())
    exec("\n".join(line.removeprefix("# ") for line in cells["stuck"].splitlines()), scope)
    exec(cells["improvise"].replace("play(solo)", ""), scope)
    assert len(scope["solo"].melody) > 8 and len(scope["LSTM_cell"].get_weights()) == 3


@pytest.mark.long
def test_notebook_runs_from_clean_to_a_midi_file_without_network(notebook, path, tmp_path, monkeypatch):
    """All cells in a kernel of their own, in a folder with nothing but the notebook and its checks."""
    from nbclient import NotebookClient

    from helpers.music.midi import read_midi

    monkeypatch.setenv("PYTHONPATH", str(path.parents[2]))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # whoever asks the network is refused
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    write_public_checks(notebook, copy)
    run = nbformat.read(copy, as_version=4)
    no_network = "import socket\n\n\ndef refuse(*a, **k):\n    raise OSError('no network')\n\n\n"
    no_network += "socket.create_connection = socket.getaddrinfo = refuse"
    run.cells.insert(0, nbformat.v4.new_code_cell(no_network))
    NotebookClient(run, timeout=NOTEBOOK_SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    cells = {cell.id: cell for cell in run.cells}
    printed = "".join(
        output.text for cell in run.cells if cell.cell_type == "code" for output in cell.outputs if "text" in output
    )
    assert [f"{name}: right" in printed for name in EXERCISES] == [True] * len(EXERCISES)
    for cell in run.cells:
        if cell.id.startswith("lab-") and cell.metadata.get("tags"):
            assert "png" in described(cell), cell.id
    assert "held out" in printed
    solo = read_midi(tmp_path / "my_solo.mid")
    assert len(solo.melody) > 8 and solo.chords
    assert described(cells["solo-sheet"]) == ["svg+xml"] and described(cells["solo-roll"]) == ["png"]
    assert '<audio aria-label="my solo, ' in cells["improvise"].outputs[-1].data["text/html"]
    assert len(nbformat.writes(run)) < 4 * 2**20  # with every player in it, it can still be handed in


# --- the whole cycle -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(tmp_path_factory, root, earlier_forms):
    """A few of the demo's class, graded: (course, {student: Result})."""
    from autograders.demo import Desk, hand_in, make_course

    course = make_course(tmp_path_factory.mktemp("jazz") / "demo", root)
    course.release(NAME)
    hand_in(course, NAME)
    desk = Desk(course, NAME)
    work = desk.notebook()
    for name, source in earlier_forms.items():
        desk.solution_cell(work, name).source = source
    folder = course.path("submitted", NAME, "earlier")
    folder.mkdir(parents=True)
    nbformat.write(work, folder / desk.name)
    students = ["ada", "chen", "earlier", "emre", "fatou", "goro"]
    results = {student: course.grade(NAME, student) for student in students}
    for student in students:
        course.feedback(NAME, student)
    return course, results


def record(course, student):
    ((_, verdict),) = course.verdicts(NAME, student)
    return {one["exercise"]: one for one in verdict["exercises"]}


@pytest.mark.long
class TestClass:
    def test_reference_gets_full_marks_and_the_release_none(self, graded):
        course, results = graded
        assert results["ada"].score == sum(POINTS.values()) < results["ada"].max_score
        assert results["goro"].score == 0 and results["goro"].problem is None

    def test_forms_of_earlier_editions_get_full_marks_and_a_remark(self, graded):
        course, results = graded
        assert results["earlier"].score == sum(POINTS.values())
        text = (course.path("feedback", NAME, "earlier") / f"{NAME}.html").read_text(encoding="utf-8")
        assert text.count("layers of other sizes") == 1 and "see sections 4.2 and 4.3" in text

    def test_one_mistake_costs_in_its_own_exercise_and_is_named(self, graded):
        course, results = graded
        marks = record(course, "chen")
        assert [name for name, one in marks.items() if one["score"] < one["points"]] == ["djmodel"]
        assert marks["djmodel"]["mistakes"] == ["late_bound_lambda"]
        text = (course.path("feedback", NAME, "chen") / f"{NAME}.html").read_text(encoding="utf-8")
        assert "looks up t when it is called" in text

    def test_mistakes_in_two_exercises_are_named(self, graded):
        marks = record(graded[0], "emre")
        assert marks["djmodel"]["score"] == POINTS["djmodel"]
        for name in ("music_inference_model", "predict_and_sample"):
            number = {"music_inference_model": 1, "predict_and_sample": 0}[name]
            assert EXERCISES[name].mistakes[number].name in marks[name]["mistakes"]

    def test_half_way_stopped_says_what_is_missing(self, graded):
        marks = record(graded[0], "fatou")
        assert marks["djmodel"]["score"] == POINTS["djmodel"] and marks["predict_and_sample"]["score"] == 0
        assert marks["predict_and_sample"]["parts"][0]["message"].startswith("not written yet")

    def test_release_holds_no_solution(self, graded):
        folder = graded[0].path("release", NAME)
        text = (folder / f"{NAME}.ipynb").read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text and text.count("raise NotImplementedError()") > len(EXERCISES) - 1
        assert "LSTM_cell(x" not in text and "np.eye(n_values)" not in text and "x = one_hot(out)" not in text
        assert (folder / f"{NAME}.checks.zip").is_file() and (folder / "figures" / "djmodel.svg").is_file()
