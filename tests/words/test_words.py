"""Labels, sentences and training in `helpers.words`: what they promise, and what they refuse."""

import numpy as np
import pytest

from helpers.words import labels, sentences

HEADER = "sentence,label\n"


@pytest.fixture
def read(tmp_path):
    """Write bytes or text to a CSV file and read it."""

    def write_and_read(text):
        path = tmp_path / "some.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return sentences.read_sentences(path)

    return write_and_read


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_read_sentences_reads_what_was_written(read, mark, end):
    text = mark + HEADER + 'I love 🍕,4\n"well, yes",2\n  Spaces , 0 \n'
    X, Y, subset = read(text.replace("\n", end))
    assert X.tolist() == ["I love 🍕", "well, yes", "Spaces"]
    assert Y.tolist() == [4, 2, 0]
    assert subset.tolist() == ["", "", ""]


def test_read_sentences_reads_subsets_in_any_column_order(read):
    X, Y, subset = read("note,label,subset,sentence\nx,3,order,not good\nx,1,,play\n")
    assert (X.tolist(), Y.tolist(), subset.tolist()) == (["not good", "play"], [3, 1], ["order", ""])


BAD_FILES = {
    "nothing": ("", "line 1: expected the columns sentence and label, got nothing"),
    "no column label": ("sentence,emoji\nhi,1\n", "line 1: expected the columns .* got sentence, emoji"),
    "no sentences": (HEADER, "line 2: expected at least one sentence"),
    "a label out of range": (HEADER + "hi,1\nho,5\n", "line 3: expected a label from 0 to 4, got '5'"),
    "a label that is no number": (HEADER + "hi,heart\n", "line 2: expected a label from 0 to 4, got 'heart'"),
    "an empty sentence": (HEADER + "hi,1\n ,2\n", "line 3: expected a sentence, got an empty one"),
    "too few fields": (HEADER + "hi\n", "line 2: expected 2 fields, got 1"),
    "too many fields": (HEADER + "hi, there,1\n", "line 2: expected 2 fields, got 3"),
    "a quote inside": (HEADER + 'hi,1\na "b,1\n', "line 3: expected a sentence without stray quotation marks"),
    "a quote left open": (HEADER + 'hi,1\n"a b,1\nho,2\n', "line 3: expected a sentence without stray quotation marks"),
    "a quote that closes early": (HEADER + '"a" b,1\n', "line 2: expected a sentence without stray quotation marks"),
    "bad UTF-8": (HEADER.encode() + b"hi \xff,1\n", "expected UTF-8, got the byte 0xff"),
}


@pytest.mark.parametrize("text, message", BAD_FILES.values(), ids=BAD_FILES)
def test_read_sentences_names_file_line_and_expectation(read, text, message):
    with pytest.raises(ValueError, match=rf"some\.csv, .*{message}"):
        read(text)


def test_word_count_and_words_of():
    assert sentences.word_count([]) == 0
    assert sentences.word_count(["a b", " A  b c "]) == 3
    assert list(sentences.words_of(["A b", "c"])) == ["a", "b", "c"]


def test_every_label_has_its_emoji():
    assert [labels.label_to_emoji(label) for label in range(5)] == ["❤️", "⚾", "😄", "😞", "🍴"]
    assert labels.label_to_emoji(np.int64(4)) == "🍴"
    for bad in (5, -1, "1", None):
        with pytest.raises(ValueError, match="from 0 to 4"):
            labels.label_to_emoji(bad)


def test_convert_to_one_hot_is_undone_by_argmax():
    Y = np.array([3, 0, 4, 4])
    hot = labels.convert_to_one_hot(Y)
    assert hot.shape == (4, 5)
    assert hot.sum() == 4
    assert hot.argmax(axis=1).tolist() == Y.tolist()
    assert labels.convert_to_one_hot([1], C=2).tolist() == [[0, 1]]
    assert labels.convert_to_one_hot([]).shape == (0, 5)
    for bad in ([5], [-1], [0.5]):
        with pytest.raises(ValueError, match="whole numbers from 0 to 4"):
            labels.convert_to_one_hot(bad)


def test_softmax_is_a_distribution_that_a_shift_does_not_change():
    z = np.random.default_rng(0).normal(size=(3, 5))
    for axis in (0, 1, -1):
        p = labels.softmax(z, axis)
        np.testing.assert_allclose(p.sum(axis=axis), 1)
        np.testing.assert_allclose(p, np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True))
        np.testing.assert_allclose(labels.softmax(z + 1e4, axis), p, rtol=1e-9)


def test_softmax_bears_extreme_scores():
    with np.errstate(all="raise", under="ignore"):
        assert labels.softmax([1e4, 0, -1e4]).tolist() == [1, 0, 0]
        assert labels.softmax([1e4, 1e4]).tolist() == [0.5, 0.5]
        assert labels.softmax([-1e4]).tolist() == [1]


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_sentences_are_labelled_with_the_function_that_is_given(shape):
    W, b = np.eye(3), np.zeros(shape)
    averages = {"a": np.array([0, 1, 0]), "b": np.array([0, 0, 1])}

    def look_up(sentence, given):
        return given[sentence]

    predicted = labels.label_sentences(["a", "b"], W, b, averages, sentence_to_avg=look_up)
    assert predicted.tolist() == labels.label_sentences(["a", "b"], W, b, averages, look_up).tolist() == [1, 2]
    assert labels.label_sentences([], W, b, averages, look_up).shape == (0,)


def test_with_the_labels_the_accuracy_is_printed(capsys):
    W, b, averages = np.eye(3), np.zeros(3), {"a": np.array([0, 1, 0]), "b": np.array([0, 0, 1])}
    for Y in (np.array([1, 0]), np.array([[1], [0]])):
        predicted = labels.label_sentences(["a", "b"], Y, W, b, averages, sentence_to_avg=lambda x, given: given[x])
        assert predicted.tolist() == [1, 2]
        assert "50.0%" in capsys.readouterr().out


@pytest.mark.parametrize("given", [(), (1, 2), (1, 2, 3, 4, 5)])
def test_other_arguments_are_refused_by_what_is_expected(given):
    with pytest.raises(TypeError, match="expected predict"):
        labels.label_sentences(["a"], *given, sentence_to_avg=len)


def test_scores_and_mistakes(capsys):
    Y, predicted = np.array([0, 1, 1, 4]), np.array([0, 1, 2, 4])
    subset = np.array(["", "order", "order", "unseen"], dtype=object)
    assert labels.accuracy(Y, predicted) == 0.75
    assert labels.accuracy_by_subset(Y, predicted, subset) == {"all": 0.75, "order": 0.5, "unseen": 1.0}
    assert labels.mistakes(list("abcd"), Y, predicted) == [("c", 1, 2)]
    counts = labels.confusion_matrix(Y, predicted)
    assert counts.sum() == 4 and counts.trace() == 3 and counts[1, 2] == 1
    labels.print_mistakes(list("abcd"), Y, predicted)
    assert capsys.readouterr().out.splitlines()[1:] == ["⚾ 😄  c"]
    with pytest.raises(ValueError, match="one prediction for each"):
        labels.accuracy(Y, predicted[:2])
    with pytest.raises(ValueError, match="one prediction for each"):
        labels.accuracy([], [])


def test_the_pictures_show_the_numbers():
    import matplotlib

    matplotlib.use("agg")
    ax = labels.plot_confusion_matrix([0, 1, 1], [0, 1, 2])
    shown = [int(text.get_text()) for text in ax.texts]
    assert shown == labels.confusion_matrix([0, 1, 1], [0, 1, 2]).ravel().tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(sentences.LABELS.values())
    ax = labels.plot_accuracies({"V1": {"all": 0.5, "order": 0.25}, "V2": {"all": 1.0, "order": 0.75}})
    assert [bar.get_height() for bar in ax.patches] == [0.5, 0.25, 1.0, 0.75]


def test_train_classifier_learns_and_reports():
    import keras

    from helpers.words import training

    keras.utils.set_random_seed(0)
    X = np.arange(20)[:, None] % 4 + 1
    Y = labels.convert_to_one_hot(X[:, 0])
    layers = [keras.Input((1,), dtype="int32"), keras.layers.Embedding(5, 8), keras.layers.Flatten()]
    model = keras.Sequential([*layers, keras.layers.Dense(5, activation="softmax")])
    settings = training.TrainingSettings(epochs=20, batch_size=4, learning_rate=0.1)
    curve = training.train_classifier(model, X, Y, settings, live=False)
    assert len(curve.loss) == len(curve.accuracy) == 20
    assert curve.accuracy[-1] == 1 and curve.loss[-1] < curve.loss[0] and curve.seconds > 0
    assert len(training.plot_curve(curve).lines) == 2
    with pytest.raises(ValueError, match="one-hot labels"):
        training.train_classifier(model, X, Y[:, :3])
