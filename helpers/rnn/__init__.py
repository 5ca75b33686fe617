"""What the Step-by-Step notebook needs around the learner's own cells. No cell is in here.

| module | holds |
|---|---|
| `cells` | activations, parameter shapes and starting values |
| `gradient_check` | gradients derived by hand against gradients that were measured |
| `against_keras` | the learner's cells beside Keras's layers, and how gradients fade |
| `stand_ins` | what takes a cell's place where a loop is judged apart from it |
"""

from helpers.rnn.against_keras import compare_with_keras, plot_gradient_fade
from helpers.rnn.cells import initialise_parameters, sigmoid, softmax
from helpers.rnn.gradient_check import gradient_check

__all__ = [
    "compare_with_keras",
    "gradient_check",
    "initialise_parameters",
    "plot_gradient_fade",
    "sigmoid",
    "softmax",
]
