"""The exercises of `jazz_lstm`: what each function must do, and how learners get it wrong.

Models are judged by what they compute with given weights, by the shapes of their inputs, and by whose weights they
would train (see `helpers.music.probes`).
"""

from autograders.assignments.jazz_lstm.inference import music_inference_model
from autograders.assignments.jazz_lstm.sampler import predict_and_sample
from autograders.assignments.jazz_lstm.training_model import djmodel

EXERCISES = (djmodel, music_inference_model, predict_and_sample)
