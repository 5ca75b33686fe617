"""What the Emojify notebook needs around the learner's own models: sentences, word vectors, labels, answers.

| module | holds |
|---|---|
| `sentences`, `labels` | the labelled sentences; labels, scores and their pictures |
| `characters` | the Chinese sentences, of which each character is a token |
| `word_vectors`, `vector_files`, `vector_cache` | vectors to use; files of every kind; a copy that opens fast |
| `training`, `answers` | training the learner's network (needs Keras); several models' answers side by side |
| `probes` | how the exercises' functions are called, and stand-ins for them |
"""

from helpers.words.answers import show_answers
from helpers.words.labels import (
    accuracy,
    accuracy_by_subset,
    convert_to_one_hot,
    initialise_softmax,
    label_sentences,
    label_to_emoji,
    plot_accuracies,
    plot_confusion_matrix,
    print_mistakes,
    softmax,
)
from helpers.words.sentences import (
    SECOND_TEST_SENTENCES,
    TEST_SENTENCES,
    TRAIN_SENTENCES,
    read_sentences,
    word_count,
)
from helpers.words.word_vectors import analogy, nearest_words, plot_words, read_glove_vecs

__all__ = [
    "SECOND_TEST_SENTENCES",
    "TEST_SENTENCES",
    "TRAIN_SENTENCES",
    "accuracy",
    "accuracy_by_subset",
    "analogy",
    "convert_to_one_hot",
    "initialise_softmax",
    "label_sentences",
    "label_to_emoji",
    "nearest_words",
    "plot_accuracies",
    "plot_confusion_matrix",
    "plot_words",
    "print_mistakes",
    "read_glove_vecs",
    "read_sentences",
    "show_answers",
    "softmax",
    "word_count",
]
