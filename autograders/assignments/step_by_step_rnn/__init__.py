"""The exercises of `step_by_step_rnn`: what each function must do, and how learners get it wrong."""

from autograders.assignments.step_by_step_rnn.backward import (
    lstm_backward,
    lstm_cell_backward,
    rnn_backward,
    rnn_cell_backward,
)
from autograders.assignments.step_by_step_rnn.basic import rnn_cell_forward, rnn_forward
from autograders.assignments.step_by_step_rnn.gru import gru_cell_forward, gru_forward
from autograders.assignments.step_by_step_rnn.lstm import lstm_cell_forward, lstm_forward

EXERCISES = (
    rnn_cell_forward,
    rnn_forward,
    lstm_cell_forward,
    lstm_forward,
    rnn_cell_backward,
    rnn_backward,
    lstm_cell_backward,
    lstm_backward,
    gru_cell_forward,
    gru_forward,
)
