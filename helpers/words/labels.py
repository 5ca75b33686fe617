"""Labels as emoji and as one-hot rows, softmax regression, scores, and pictures of them."""

from helpers.language import N_, _
from helpers.plotting import pyplot
from helpers.rnn import cells
from helpers.words.sentences import LABELS, N_Y

EMOJI = {0: "❤️", 1: "⚾", 2: "😄", 3: "😞", 4: "🍴"}
SHOWN_MISTAKES = 20
BAR_GROUP_WIDTH = 0.8


def label_to_emoji(label):
    """The emoji of a label.

    Parameters
    ----------
    label : int
        0 heart, 1 baseball, 2 smile, 3 disappointed, 4 fork and knife; a NumPy integer will do.

    Raises
    ------
    ValueError
        It is none of these.
    """
    if label not in EMOJI:
        raise ValueError(f"expected a label from 0 to {N_Y - 1}, got {label!r}")
    return EMOJI[int(label)]


def convert_to_one_hot(Y, C=N_Y):
    """Turn labels into rows with a single 1.

    Parameters
    ----------
    Y : array of int, shape (m,)
        Labels from 0 to C - 1.
    C : int
        Number of classes, n_y.

    Returns
    -------
    ndarray of float, shape (m, C)

    Raises
    ------
    ValueError
        A label is out of range or no whole number.
    """
    import numpy as np

    Y = np.asarray(Y).reshape(-1)
    if Y.size and not (np.issubdtype(Y.dtype, np.integer) and Y.min() >= 0 and Y.max() < C):
        raise ValueError(f"expected whole numbers from 0 to {C - 1}, got {Y[:SHOWN_MISTAKES]}")
    return np.eye(C)[Y.astype(int)]


def softmax(z, axis=-1):
    """Turn scores into probabilities: `helpers.rnn.softmax`, here along the last axis unless you say another.

    Parameters
    ----------
    z : array, any shape
        Finite scores, however large.
    axis : int
        The axis over which the probabilities add up to 1.

    Returns
    -------
    ndarray of float, shape of z
    """
    import numpy as np

    return cells.softmax(np.asarray(z, dtype=float), axis)


def initialise_softmax(n_y, n_x, rng):
    """Draw the weights that softmax regression starts from.

    Parameters
    ----------
    n_y, n_x : int
        Number of classes, and of numbers in an input.
    rng : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    W : ndarray, shape (n_y, n_x)
        Normal, with standard deviation 1 / sqrt(n_x).
    b : ndarray, shape (n_y,)
        Zeros.
    """
    import numpy as np

    return rng.standard_normal((n_y, n_x)) / np.sqrt(n_x), np.zeros(n_y)


def label_sentences(X, *given, sentence_to_avg=None):
    """Label sentences with softmax regression on averaged word vectors.

    Parameters
    ----------
    X : sequence of str, length m
    *given
        ``W, b, word_to_vec_map``: array (n_y, n_x), array (n_y,), and a mapping from a word to its vector (n_x,). With
        the true labels Y (m,) before them, the accuracy is printed, too.
    sentence_to_avg : callable, optional
        The learner's function: (sentence, word_to_vec_map) -> average vector of shape (n_x,); may also be given last.

    Returns
    -------
    ndarray of int, shape (m,)
        The most probable label of each sentence.

    Raises
    ------
    TypeError
        More or fewer arguments came.
    """
    import numpy as np

    if given and callable(given[-1]):
        *given, sentence_to_avg = given
    if len(given) not in (3, 4) or sentence_to_avg is None:
        raise TypeError(
            "expected predict(X, W, b, word_to_vec_map) or predict(X, Y, W, b, word_to_vec_map), got"
            f" {1 + len(given)} arguments"
        )
    *Y, W, b, word_to_vec_map = given
    bias = np.reshape(b, -1)
    predicted = np.array([int(np.argmax(W @ sentence_to_avg(x, word_to_vec_map) + bias)) for x in X], dtype=int)
    if Y:
        print(_("accuracy: {share:.1%}").format(share=accuracy(np.reshape(Y, -1), predicted)))
    return predicted


def accuracy(Y, predicted):
    """Share of right labels, from 0 to 1; both arrays have shape (m,), m >= 1."""
    import numpy as np

    Y, predicted = np.asarray(Y), np.asarray(predicted)
    if Y.shape != predicted.shape or not Y.size:
        raise ValueError(f"expected one prediction for each of m >= 1 labels, got {predicted.shape} for {Y.shape}")
    return float(np.mean(Y == predicted))


def accuracy_by_subset(Y, predicted, subset):
    """Return the accuracy on all sentences and on each marked subset.

    Parameters
    ----------
    Y, predicted : array of int, shape (m,)
        True and predicted labels.
    subset : array of str, shape (m,)
        The mark of each sentence, or the empty text.

    Returns
    -------
    dict of str to float
        From 0 to 1, under "all" and under each mark.
    """
    import numpy as np

    Y, predicted, subset = map(np.asarray, (Y, predicted, subset))
    marks = sorted(set(subset.tolist()) - {""})
    scores = {mark: accuracy(Y[subset == mark], predicted[subset == mark]) for mark in marks}
    return {N_("all"): accuracy(Y, predicted)} | scores


def confusion_matrix(Y, predicted):
    """Count, for each true label (row) and predicted label (column), the sentences: ints of shape (n_y, n_y)."""
    import numpy as np

    counts = np.zeros((N_Y, N_Y), dtype=int)
    np.add.at(counts, (np.asarray(Y), np.asarray(predicted)), 1)
    return counts


def plot_confusion_matrix(Y, predicted, ax=None):
    """Draw how often each true label (row) got each predicted one (column), on `ax` or a new figure; return the ax."""
    plt = pyplot()
    counts = confusion_matrix(Y, predicted)
    ax = ax or plt.subplots(layout="constrained")[1]
    ax.imshow(counts, cmap="Blues")
    middle = counts.max() / 2
    for (row, column), count in zip(indices(counts), counts.flat, strict=True):
        ax.text(column, row, str(count), ha="center", va="center", color="white" if count > middle else "black")
    names = [_(name) for name in LABELS.values()]
    ax.set_xticks(range(N_Y), names, rotation=30, ha="right")
    ax.set_yticks(range(N_Y), names)
    title = _("{right} of {count} right").format(right=int(counts.trace()), count=int(counts.sum()))
    ax.set(xlabel=_("predicted"), ylabel=_("true"), title=title)
    return ax


def indices(counts):
    """All index pairs of a matrix, in the order of its ``flat``."""
    import numpy as np

    return list(np.ndindex(counts.shape))


def plot_accuracies(scores, ax=None):
    """Draw the accuracies of several models side by side.

    Parameters
    ----------
    scores : mapping of str to mapping of str to float
        Model name -> what ``accuracy_by_subset`` returned for it; the same subsets for each.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None means a new figure.
    """
    import numpy as np

    plt = pyplot()
    ax = ax or plt.subplots(layout="constrained")[1]
    subsets = list(next(iter(scores.values())))
    width = BAR_GROUP_WIDTH / len(scores)
    for at, (name, values) in enumerate(scores.items()):
        places = np.arange(len(subsets)) + (at - (len(scores) - 1) / 2) * width
        bars = ax.bar(places, [values[subset] for subset in subsets], width, label=name)
        ax.bar_label(bars, fmt="{:.0%}")
    ax.set_xticks(range(len(subsets)), [_(one) for one in subsets])
    ax.set(ylabel=_("accuracy"), ylim=(0, 1.1))
    ax.legend(loc="lower right")
    return ax


def mistakes(X, Y, predicted):
    """Return (sentence, true label, predicted label) for each sentence that got a wrong one; m of each argument."""
    return [(x, int(y), int(p)) for x, y, p in zip(X, Y, predicted, strict=True) if y != p]


def print_mistakes(X, Y, predicted, count=SHOWN_MISTAKES):
    """Print the first mistakes, one a line: expected emoji, predicted emoji, sentence."""
    wrong = mistakes(X, Y, predicted)
    text = _("{wrong} of {count} are wrong (expected, predicted, sentence):")
    print(text.format(wrong=len(wrong), count=len(X)))
    for x, y, p in wrong[:count]:
        print(f"{label_to_emoji(y)} {label_to_emoji(p)}  {x}")
