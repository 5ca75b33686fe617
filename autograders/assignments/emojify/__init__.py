"""The exercises of `emojify`: what each function must do, and how learners get it wrong."""

from autograders.assignments.emojify.averages import model, sentence_to_avg
from autograders.assignments.emojify.indices import pretrained_embedding_layer, sentences_to_indices
from autograders.assignments.emojify.network import Emojify_V2

EXERCISES = (sentence_to_avg, model, sentences_to_indices, pretrained_embedding_layer, Emojify_V2)
