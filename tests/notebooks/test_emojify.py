"""The notebook `emojify`: its reference against slow loops and Keras, its probes, and a run from top to bottom."""

import json
import math

import nbformat
import numpy as np
import pytest
import sources
from drawing import described
from grading import VARIANTS

from autograders.engine.verdict import judge_outcomes
from autograders.release.preprocessors import write_public_checks
from helpers.check.judging import Run, judge_runs
from helpers.check.wire import Unknown
from helpers.words import probes
from helpers.words.answers import Table, answer_rows
from helpers.words.labels import initialise_softmax, softmax

pytestmark = pytest.mark.slow

NAME = "emojify"
EXERCISES = sources.exercises(NAME)
POINTS = {
    "sentence_to_avg": 15, "model": 25, "sentences_to_indices": 15, "pretrained_embedding_layer": 20, "Emojify_V2": 25,
}  # fmt: skip
SAME_NUMBERS = 1e-12
NOTEBOOK_SECONDS = 500
V1_AT_LEAST, V2_AT_LEAST = 0.8, 0.8  # of one seed; benchmarks/emojify_accuracy.py holds the real bars
VECTORS = {"good": np.array([1.0, 2.0]), "not": np.array([-3.0, 0.5]), "day": np.array([0.0, 4.0])}


def changed_outcomes(reference, name, source, cases):
    """Return the outcomes of a solution's source on cases, and those with stand-ins where the exercise has some."""
    exercise, changed = EXERCISES[name], ((name, source),)
    own = reference.outcomes(exercise, cases, changed)
    return own, reference.outcomes(exercise, cases, changed, exercise.stand_ins) if exercise.stand_ins else None


def judged(reference, name, source, cases):
    """Judge a solution's source on cases."""
    return judge_outcomes(EXERCISES[name], reference, cases, *changed_outcomes(reference, name, source, cases))


def mistaken(reference, name, mistake):
    """Return the source of a known mistake."""
    return reference.edited(name, next(one.edits for one in EXERCISES[name].mistakes if one.name == mistake))


def case_of(name, label):
    """Return a public case by its label."""
    return next(case for case in EXERCISES[name].public_cases() if case.label == label)


# --- the reference ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("good", [1, 2]),
        ("Good DAY", [0.5, 3]),
        ("good good day", [2 / 3, 8 / 3]),
        ("good zzz, day", [0.5, 3]),
        ("  not  good ", [-1, 1.25]),
        ("", [0, 0]),
        ("🍕 !?", [0, 0]),
        ("good " * 10_000, [1, 2]),
    ],
)
def test_average(reference, sentence, expected):
    avg = reference.function("sentence_to_avg")(sentence, VECTORS)
    np.testing.assert_allclose(avg, expected, rtol=SAME_NUMBERS, atol=SAME_NUMBERS)
    assert avg.shape == (2,)


def slow_model(sentences, labels, learning_rate, iterations):
    """Softmax regression number by number: W, b and the cost of each iteration."""
    W, b = (array.tolist() for array in initialise_softmax(5, 2, np.random.default_rng(1)))
    costs = []
    for _ in range(iterations):
        losses = []
        for words, label in zip(sentences, labels, strict=True):
            vectors = [VECTORS[word] for word in words.split()]
            e = [sum(float(vector[j]) for vector in vectors) / len(vectors) for j in range(2)]
            scores = [b[k] + sum(W[k][j] * e[j] for j in range(2)) for k in range(5)]
            total = sum(math.exp(score) for score in scores)
            shares = [math.exp(score) / total for score in scores]
            losses.append(-math.log(shares[label]))
            for k in range(5):
                slope = shares[k] - (k == label)
                b[k] -= learning_rate * slope
                for j in range(2):
                    W[k][j] -= learning_rate * slope * e[j]
        costs.append(sum(losses) / len(losses))
    return W, b, costs


def test_model_agrees_with_a_slow_loop(reference, capsys):
    X, Y = np.array(["good day", "not good", "day"]), np.array([2, 3, 0])
    pred, W, b = reference.function("model")(X, Y, VECTORS, learning_rate=0.2, num_iterations=101)
    slow_W, slow_b, costs = slow_model(X, Y, 0.2, 101)
    np.testing.assert_allclose(W, slow_W, rtol=1e-9)
    np.testing.assert_allclose(b, slow_b, rtol=1e-9)
    assert pred.tolist() == Y.tolist()
    assert capsys.readouterr().out.splitlines() == [
        f"iteration 0: cost {costs[0]:.6f}", f"iteration 100: cost {costs[100]:.6f}",
    ]  # fmt: skip


def test_step_of_the_model_goes_down_the_gradient(reference, capsys):
    """One iteration on one sentence moves W by the learning rate times the gradient, measured by differences."""
    X, Y, rate, hair = np.array(["not good"]), np.array([3]), 1e-3, 1e-6
    W, b = initialise_softmax(5, 2, np.random.default_rng(1))
    e = (VECTORS["not"] + VECTORS["good"]) / 2
    _, moved, moved_b = reference.function("model")(X, Y, VECTORS, learning_rate=rate, num_iterations=1)

    def loss(W, b):
        return -np.log(softmax(W @ e + b)[3])

    for place in np.ndindex(W.shape):
        step = np.zeros(W.shape)
        step[place] = hair
        slope = (loss(W + step, b) - loss(W - step, b)) / (2 * hair)
        assert (W - moved)[place] / rate == pytest.approx(slope, abs=1e-6)
    slopes = [(loss(W, b + hair * one) - loss(W, b - hair * one)) / (2 * hair) for one in np.eye(5)]
    np.testing.assert_allclose((b - moved_b) / rate, slopes, atol=1e-6)


@pytest.mark.parametrize(
    ("sentences", "max_len", "expected"),
    [
        (["a b"], 3, [[1, 2, 0]]),
        (["B a", "zzz c zzz a"], 2, [[2, 1], [3, 1]]),
        (["", "zzz", "a b c a b c"], 4, [[0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 1]]),
        (["zzz zzz a b"], 2, [[1, 2]]),
        (["c"], 1, [[3]]),
    ],
)
def test_indices(reference, sentences, max_len, expected):
    X_indices = reference.function("sentences_to_indices")(np.array(sentences), {"a": 1, "b": 2, "c": 3}, max_len)
    assert X_indices.tolist() == expected
    assert np.issubdtype(X_indices.dtype, np.integer)


def test_functions_take_the_mappings_of_read_glove_vecs(reference, tmp_path):
    from helpers.words.word_vectors import read_glove_vecs

    file = tmp_path / "small.txt"
    file.write_text("good 1 2\nday 0 4\n", encoding="utf-8")
    word_to_index, _, word_to_vec_map = read_glove_vecs(file, cache=tmp_path / "cache")
    assert reference.function("sentence_to_avg")("Good day", word_to_vec_map).tolist() == [0.5, 3]
    layer = reference.function("pretrained_embedding_layer")(word_to_vec_map, word_to_index)
    assert layer.get_weights()[0].tolist() == [[0, 0], [1, 2], [0, 4]]
    assert not layer.trainable


def test_network_reads_in_order(reference):
    """With trained or with random weights, two orders of the same words are two inputs; for V1 they are one."""
    vectors = {word: vector.astype(np.float32) for word, vector in VECTORS.items()}
    index = {"good": 1, "not": 2, "day": 3}
    network = reference.function("Emojify_V2")((4,), vectors, index)
    one, other = (np.asarray(network(np.array([row]))) for row in ([1, 2, 3, 0], [3, 2, 1, 0]))
    assert np.abs(one - other).max() > 1e-6
    assert one.shape == (1, 5) and one.sum() == pytest.approx(1, abs=1e-5)
    assert [weights.shape for weights in network.non_trainable_weights] == [(4, 2)]


# --- what is judged ---------------------------------------------------------------------------------------------------


def test_points_are_those_of_the_issue():
    assert {name: exercise.points for name, exercise in EXERCISES.items()} == POINTS


@pytest.mark.parametrize("seed", range(3))
def test_core_cases_are_what_the_data_of_the_course_can_contain(seed):
    for name, exercise in EXERCISES.items():
        cases = exercise.hidden_cases(seed)
        for case in [case for case in cases if not case.beyond]:
            known = case.inputs.get("word_to_vec_map") or case.inputs["word_to_index"]
            assert "cucumber" in known and all(word == word.lower() for word in known)
            if "word_to_vec_map" in case.inputs:
                assert {(vector.shape, str(vector.dtype)) for vector in known.values()} == {((50,), "float32")}
            if "word_to_index" in case.inputs:
                assert sorted(case.inputs["word_to_index"].values()) == list(range(1, len(known) + 1))
            sentences = [*case.inputs.get("X", ()), *(x for X in case.inputs.get("sentences", {}).values() for x in X)]
            most = case.inputs.get("max_len", 100)
            for sentence in map(str, sentences):
                assert set(sentence.lower().split()) <= set(known) and 0 < len(sentence.split()) <= most, name


def test_cases_beyond_it_hold_the_traps():
    for name in ("sentence_to_avg", "sentences_to_indices"):
        cases = {case.label: case for case in EXERCISES[name].hidden_cases(1)}
        for label in ("unknown words", "no known word"):
            known = set(cases[label].inputs.get("word_to_vec_map") or cases[label].inputs["word_to_index"])
            sentences = [str(one) for one in cases[label].inputs["sentences"][label]]
            assert all(set(one.split()) - known for one in sentences if one)
            assert all(bool(set(one.split()) & known) == (label == "unknown words") for one in sentences)
    case = cases["long sentences"]
    assert all(len(str(x).split()) > case.inputs["max_len"] for x in case.inputs["sentences"]["long sentences"])
    assert "cucumber" not in case_of("pretrained_embedding_layer", 'a map without "cucumber"').inputs["word_to_index"]


@pytest.mark.parametrize(
    ("name", "mistake", "case", "words"),
    [
        ("sentence_to_avg", "unknown_word_raises", "unknown words", "KeyError"),
        ("sentence_to_avg", "nan_without_known_words", "no known word", "NaN"),
        ("sentence_to_avg", "zeros_of_size_50", "vectors of 61 numbers", "ValueError"),
        ("model", "cost_of_the_last_sentence", "what is printed", "costs"),
        ("model", "cost_not_printed", "what is printed", "costs"),
        ("sentences_to_indices", "long_sentence_raises", "long sentences", "IndexError"),
        ("pretrained_embedding_layer", "size_50_fixed", "vectors of 61 numbers", "ValueError"),
    ],
)
def test_what_goes_beyond_the_data_is_remarked_and_costs_nothing(reference, name, mistake, case, words):
    exercise = EXERCISES[name]
    report = judged(reference, name, mistaken(reference, name, mistake), exercise.hidden_cases(5))
    assert report.ok and report.score == exercise.points
    remark = next(one for one in report.remarks if one.case == case)
    assert words in remark.text and remark.hint.mistake == mistake and remark.section.startswith("section")


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_an_error_on_one_kind_of_sentence_costs_that_kind_only(reference):
    source = (
        "def sentence_to_avg(sentence, map):\n    return np.mean([map[word] for word in sentence.split()], axis=0)\n"
    )
    report = judged(reference, "sentence_to_avg", source, EXERCISES["sentence_to_avg"].hidden_cases(5))
    assert [part.part for part in report.parts if not part.ok] == ["capital letters"]
    assert "KeyError" in report.text()


def test_a_mistake_is_named_where_it_ends_in_an_error(reference):
    exercise = EXERCISES["sentences_to_indices"]
    cases = exercise.hidden_cases(9)
    source = mistaken(reference, exercise.name, "unknown_word_raises")
    outcomes = reference.outcomes(exercise, cases, ((exercise.name, source),))
    report = judge_outcomes(exercise, reference, cases, outcomes)
    assert {remark.hint.mistake for remark in report.remarks} == {"unknown_word_raises"}
    assert "got KeyError" in report.text()


@pytest.mark.parametrize("earlier", ["sum_not_divided", "no_lower_casing", "letters_in_place_of_words"])
def test_mistake_of_the_average_costs_its_points_once(reference, earlier):
    exercise = EXERCISES["model"]
    cases = exercise.hidden_cases(6)
    changed = (("sentence_to_avg", mistaken(reference, "sentence_to_avg", earlier)),)
    runs = [reference.outcomes(exercise, cases, changed, stand_ins) for stand_ins in ({}, exercise.stand_ins)]
    assert judge_outcomes(exercise, reference, cases, *runs).score == exercise.points


# --- the probe of the model -------------------------------------------------------------------------------------------

GIVEN_START = "W, b = initialise_softmax(n_y, n_x, np.random.default_rng(1))"


@pytest.mark.parametrize(
    "start",
    [
        "np.zeros((n_y, n_x))",
        "np.ones((n_y, n_x))",
        "0.01 * np.random.randn(n_y, n_x)",
        "100 * np.random.default_rng().standard_normal((n_y, n_x))",
        "np.random.default_rng(None).uniform(size=(n_y, n_x))",
        "np.eye(n_y, n_x).astype('float32')",
    ],
)
def test_any_start_gives_the_same_answer(reference, start):
    source = reference.source("model").replace(GIVEN_START, f"W, b = {start}, np.zeros(n_y)")
    assert start in source
    report = judged(reference, "model", source, EXERCISES["model"].hidden_cases(2))
    assert report.ok and not report.remarks, report.text()


def test_a_generator_of_the_notebook_is_left_as_it_was(reference):
    source = "notes = np.random.default_rng(4)\n" + reference.source("model").replace(
        GIVEN_START, "W, b = notes.standard_normal((n_y, n_x)), np.zeros(n_y)"
    )
    function = reference.function("model", (("model", source),))
    inputs = EXERCISES["model"].public_cases()[0].inputs
    np.random.seed(5)
    expected = [np.random.default_rng(4).random(), np.random.RandomState(5).rand()]
    one, other = (probes.model(function, inputs) for _ in range(2))
    assert one["W"].tolist() == other["W"].tolist()
    assert [function.__globals__["notes"].random(), np.random.rand()] == expected


def test_what_training_adds_is_seen_in_every_direction():
    """Also what changes no score of any word, as weights that shrink with each step do."""

    def adds_what_no_word_shows(X, Y, word_to_vec_map, learning_rate, num_iterations):
        unseen = np.linalg.svd(np.array(list(word_to_vec_map.values())))[2][-1]
        return np.zeros(len(X)), num_iterations * np.outer(np.ones(5), unseen), np.zeros(5)

    answer = probes.model(adds_what_no_word_shows, EXERCISES["model"].public_cases()[0].inputs)
    assert np.linalg.norm(answer["W"], axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("returned", "name"), [("pred, W", "values are missing or too many"), ("None", "nothing is returned")]
)
def test_too_few_values_are_told_though_the_probe_needs_all(reference, returned, name):
    source = reference.source("model").replace("return pred, W, b", f"return {returned}")
    report = judged(reference, "model", source, EXERCISES["model"].public_cases())
    assert name in [hint.mistake for hint in report.hints], report.text()


@pytest.mark.parametrize("when", ["if iteration == 0:", "if iteration < 100:"])
def test_predictions_made_too_early_are_told_apart(reference, when):
    predicts = "    pred = predict(X, W, b, word_to_vec_map)\n"
    source = reference.source("model").replace(predicts, "")
    source = source.replace("        cost = 0.0\n", f"        {when}\n        {predicts}        cost = 0.0\n")
    for seed in range(3):
        report = judged(reference, "model", source, EXERCISES["model"].hidden_cases(seed))
        assert "pred" in [part.part for part in report.parts if not part.ok]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([[1.0, 0.0]]), np.array([[1, 0]])),
        (np.array([3], np.uint8), np.array([3])),
        (np.array([0.5, 1.0]), np.array([0.5, 1.0])),
        (np.array([np.nan]), np.array([np.nan])),
        (np.array([True]), np.array([True])),
    ],
)
def test_whole_numbers_of_any_type_are_integers(value, expected):
    found = probes.whole_numbers(value)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype.kind == expected.dtype.kind
    assert probes.whole_numbers([1.0]) == [1.0]


@pytest.mark.parametrize("name", [name for name, exercise in EXERCISES.items() if exercise.stand_ins])
def test_a_stand_in_is_of_the_right_shape_and_no_solution(reference, name):
    from helpers.check.probe import find

    ((earlier, place),) = EXERCISES[name].stand_ins.items()
    stand_in, right = find(place), reference.function(earlier)
    if earlier == "sentence_to_avg":
        one, other = (np.asarray(f("good day", VECTORS)) for f in (stand_in, right))
    else:
        index = {word: number for number, word in enumerate(VECTORS, start=1)}
        layers = [f(VECTORS, index) for f in (stand_in, right)]
        assert not any(layer.trainable for layer in layers)
        one, other = (layer.get_weights()[0] for layer in layers)
    assert one.shape == other.shape and np.abs(one - other).max() > 0.1


@pytest.mark.parametrize("text", ["Epoch: {i} --- cost = {c}", "{i} {c:.5f}", "cost after {i} iterations: {c:.4f}"])
def test_cost_may_be_printed_in_other_words(reference, text):
    text = text.replace("{i}", "{iteration}").replace("{c", "{cost")
    source = reference.source("model").replace("iteration {iteration}: cost {cost:.6f}", text)
    report = judged(reference, "model", source, EXERCISES["model"].hidden_cases(7))
    assert report.ok and not report.remarks, report.text()


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("A = LSTM(128)(A)", "A = keras.layers.GRU(128)(A)", "trained weights"),
        ("A = LSTM(128)(A)", "A = LSTM(128, go_backwards=True)(A)", "computation"),
        ("A = LSTM(128)(A)", 'A = LSTM(128, activation="relu")(A)', "computation"),
        ("LSTM(128, return_sequences=True)", "Bidirectional(LSTM(64, return_sequences=True))", "computation"),
        ("A = Dropout(0.5)(A)\n    A = Dense(5)(A)", "A = Dropout(0.0)(A)\n    A = Dense(5)(A)", "dropout"),
        ("A = Dense(5)(A)", "A = Dense(5, use_bias=False)(A)", "trained weights"),
    ],
)  # fmt: skip
def test_another_network_is_told_from_the_one_asked_for(reference, old, new, part):
    exercise, source = EXERCISES["Emojify_V2"], reference.source("Emojify_V2")
    assert source.count(old) == 1
    cases = exercise.hidden_cases(8)
    outcomes = reference.outcomes(exercise, cases, (("Emojify_V2", source.replace(old, new)),))
    report = judge_runs(exercise.spec, cases, Run(reference.outcomes(exercise, cases), outcomes, list))
    assert part in [one.part for one in report.parts if not one.ok]


@pytest.mark.parametrize(
    ("name", "mistake", "error"),
    [
        ("pretrained_embedding_layer", "not_built", "ValueError"),
        ("pretrained_embedding_layer", "matrix_without_a_list", "ValueError"),
        ("Emojify_V2", "model_of_input_and_output", "ValueError"),
        ("Emojify_V2", "lr_in_place_of_learning_rate", "ValueError"),
        ("Emojify_V2", "number_as_input_shape", "ValueError"),
        ("Emojify_V2", "return_sequence_without_s", "ValueError"),
        ("Emojify_V2", "embedding_not_called", "ValueError"),
        ("Emojify_V2", "numpy_function", "ValueError"),
        ("Emojify_V2", "softmax_of_section_1", "TypeError"),
        ("Emojify_V2", "tensorflow_function", "ValueError"),
        ("Emojify_V2", "backend_function", "AttributeError"),
    ],
)
def test_the_installed_keras_refuses_the_habit(reference, name, mistake, error):
    exercise = EXERCISES[name]
    case = exercise.public_cases()[:1]
    (outcome,) = reference.outcomes(exercise, case, ((name, mistaken(reference, name, mistake)),))
    assert outcome["error"]["type"] == error


@pytest.mark.parametrize(
    ("name", "function", "words"),
    [
        ("model", lambda *a: (1, 2), r"expected 3 values \(pred, W, b\), got 2 values"),
        ("model", lambda *a: None, "got NoneType"),
        ("pretrained_embedding_layer", lambda *a: np.zeros(3), "expected a Keras Embedding layer, got ndarray"),
        ("Emojify_V2", lambda *a: None, "expected a keras Model, got NoneType"),
    ],
)
def test_answer_of_the_wrong_kind_is_said(name, function, words):
    inputs = EXERCISES[name].public_cases()[0].inputs
    with pytest.raises(TypeError, match=words):
        getattr(probes, name)(function, inputs)


def test_attempt_names_the_error_without_the_numbers_of_keras():
    def fails(message):
        raise ValueError(message)

    assert probes.attempt(fails, "layer 'lstm_115' of 'functional_7'") == Unknown(
        "ValueError: layer 'lstm' of 'functional'"
    )
    with pytest.raises(NotImplementedError):
        probes.attempt(lambda: (_ for _ in ()).throw(NotImplementedError()))


def test_probes_leave_the_random_numbers_as_they_were(reference):
    import random

    inputs = EXERCISES["pretrained_embedding_layer"].public_cases()[0].inputs
    random.seed(3)
    expected = random.random()
    random.seed(3)
    probes.pretrained_embedding_layer(reference.function("pretrained_embedding_layer"), inputs)
    assert random.random() == expected


# --- the table of answers ---------------------------------------------------------------------------------------------


def test_table_marks_wrong_answers_and_names_unknown_words():
    answers = {"V1": np.array([2, 0]), "V2": np.array([3, 0])}
    header, rows = answer_rows(["not good", "zzz day"], answers, [3, 0], VECTORS)
    assert header == ["sentence", "expected", "V1", "V2"]
    assert [cell.endswith("✗") for cell in rows[0]] == [False, False, True, False]
    assert rows[1][0] == "zzz day (no vector: zzz)"
    assert "<script>" not in Table(["a"], [["<script>"]])._repr_html_()
    with pytest.raises(ValueError, match="V2: expected an answer to each of . sentences, got 1"):
        answer_rows(["a", "b"], {"V2": [0]})


def test_table_shows_an_empty_sentence_and_none():
    assert answer_rows([""], {"V1": [0]}, known=VECTORS)[1][0][0] == ""
    assert answer_rows([], {"V1": []}) == (["sentence", "V1"], [])


# --- the notebook -----------------------------------------------------------------------------------------------------


def test_first_section_does_not_load_tensorflow(notebook, root):
    import subprocess
    import sys

    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))
    code = setup.source + "\nimport sys; sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_cells_that_train_or_draw_are_locked_and_tagged(notebook):
    costly = "train_classifier( plot_ show_answers( print_mistakes( model(X_train predict(X ask( ready(".split()
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        imports = "setup" in cell.metadata.get("tags", []) or cell.id == "lab-packages"
        if cell.cell_type != "code" or imports or nbgrader.get("solution"):
            continue
        shown = bool({"training", "plotting"} & set(cell.metadata.get("tags", [])))
        assert shown == any(name in cell.source for name in costly), cell.id


def test_examples_in_the_text_are_test_sentences_of_that_subset(notebook):
    from helpers.words.sentences import TEST_SENTENCES, read_sentences

    X, _, subset = read_sentences(TEST_SENTENCES)
    marks = dict(zip(X, subset, strict=True))
    text = next(cell.source for cell in notebook.cells if cell.id == "testing-1-text")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert rows and all(marks[row[-1].strip('"')] == row[0].strip("`") for row in rows)


@pytest.mark.long
def test_notebook_runs_from_top_to_bottom_without_network(notebook, path, tmp_path, monkeypatch):
    """All cells in a kernel of their own, in a folder with nothing but the notebook and its checks."""
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(path.parents[2]))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    write_public_checks(notebook, copy)
    run = nbformat.read(copy, as_version=4)
    cells = {cell.id: cell for cell in run.cells}
    no_network = "import socket\n\n\ndef refuse(*a, **k):\n    raise OSError('no network')\n\n\n"
    no_network += "socket.create_connection = socket.getaddrinfo = refuse"
    run.cells.insert(0, nbformat.v4.new_code_cell(no_network))
    measure = "import json\n\nprint(json.dumps(scores))"
    run.cells.append(nbformat.v4.new_code_cell(measure))
    NotebookClient(run, timeout=NOTEBOOK_SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = "".join(
        output.text for cell in run.cells if cell.cell_type == "code" for output in cell.outputs if "text" in output
    )
    assert sum(f"{name}: right" in printed for name in EXERCISES) == len(EXERCISES)
    for cell in run.cells:
        if cell.id.startswith("lab-") and cell.metadata.get("tags"):
            assert "png" in described(cell), cell.id
    scores = json.loads(run.cells[-1].outputs[0].text)
    assert scores["V1"]["all"] > V1_AT_LEAST and scores["V2"]["all"] > V2_AT_LEAST
    v1, short, v2 = (scores[name]["order"] for name in ("V1", "V2, six epochs", "V2"))
    assert 0 < v1 < v2 and short < v2  # what the text says: reading in order helps here, and is learned last
    assert described(cells["testing-2"]) == ["png"]
    table = next(output.data["text/html"] for output in cells["own-answers"].outputs)
    assert "not feeling happy" in table


# --- the whole cycle --------------------------------------------------------------------------------------------------


FORMS = {  # student -> how they wrote each exercise: names of tests/variants/emojify.py
    "report": {
        "sentence_to_avg": "as_the_report_writes_it",
        "model": "as_the_report_writes_it",
        "sentences_to_indices": "zeros_and_a_counter",
        "pretrained_embedding_layer": "as_the_report_writes_it",
        "Emojify_V2": "compiled_with_an_optimiser",
    },
    "tensorflow": {
        "sentence_to_avg": "append_and_stack",
        "model": "generator_without_a_seed",
        "sentences_to_indices": "append_and_stack",
        "pretrained_embedding_layer": "keras_of_tensorflow",
        "Emojify_V2": "keras_of_tensorflow",
    },
    "sequential": {
        "sentence_to_avg": "rows_allocated_first",
        "model": "predictions_are_a_column_of_real_numbers",
        "sentences_to_indices": "single_precision",
        "pretrained_embedding_layer": "weights_and_input_length",
        "Emojify_V2": "sequential_and_add",
    },
}
SHADOWS = "x = a = X = index = words = emoji = 'what a learner calls so'"  # names of a cell of the learner's own


@pytest.fixture(scope="module")
def graded(tmp_path_factory, root):
    """A few of the demo's class and those of FORMS, graded: (course, {student: Result})."""
    from autograders.demo import Desk, hand_in, make_course

    course = make_course(tmp_path_factory.mktemp("emojify") / "demo", root)
    course.release(NAME)
    hand_in(course, NAME)
    desk = Desk(course, NAME)
    for student, forms in FORMS.items():
        notebook = desk.notebook()
        for name, variant in forms.items():
            desk.solution_cell(notebook, name).source = VARIANTS[NAME][name][variant]
        notebook.cells.insert(3, nbformat.v4.new_code_cell(SHADOWS))
        folder = course.path("submitted", NAME, student)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / desk.name)
    students = ["ada", "chen", "emre", "fatou", "goro", *FORMS]
    return course, {student: course.grade(NAME, student) for student in students}


def record(course, student):
    ((_, found),) = course.verdicts(NAME, student)
    return {one["exercise"]: one for one in found["exercises"]}


@pytest.mark.long
class TestGraded:
    def test_reference_gets_full_marks_and_the_release_none(self, graded):
        course, results = graded
        assert results["ada"].score == 100
        assert results["goro"].score == 0 and results["goro"].problem is None

    @pytest.mark.parametrize("student", FORMS)
    def test_right_forms_get_full_marks_in_grading_and_in_check(self, graded, reference, student):
        from helpers.check import check_report

        course, results = graded
        assert results[student].score == 100
        for name, variant in FORMS[student].items():
            function = reference.function(name, ((name, VARIANTS[NAME][name][variant]),))
            report = check_report(function, folder=course.path("release", NAME))
            assert report.ok and report.score == EXERCISES[name].points, report.text()

    def test_graded_notebook_has_no_error_and_no_training(self, graded):
        course, _ = graded
        ((file, _),) = course.verdicts(NAME, "ada")
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "code":
                assert not [output.evalue for output in cell.outputs if output.output_type == "error"], cell.id
                assert not cell.outputs or "training" not in cell.metadata.get("tags", [])

    @pytest.mark.parametrize(
        ("student", "mistakes"), [("chen", [(0, 0)]), ("emre", [(1, 1), (2, 0)]), ("fatou", [(1, 2)])]
    )
    def test_each_mistake_is_named(self, graded, student, mistakes):
        course, _ = graded
        exercises, verdicts = list(EXERCISES.values()), record(course, student)
        for number, mistake in mistakes:
            one = verdicts[exercises[number].name]
            assert exercises[number].mistakes[mistake].name in one["mistakes"]
            assert one["score"] < one["points"]

    def test_release_holds_no_solution(self, graded):
        course, _ = graded
        text = (course.path("release", NAME) / f"{NAME}.ipynb").read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text and text.count("raise NotImplementedError()") >= len(EXERCISES)
        assert "np.outer(dz" not in text and "LSTM(128" not in text and "set_weights([matrix])`" in text
