"""What the exercises of `jazz_lstm` share: one step of the cell, and how it goes wrong in both models."""

from autograders.exercise import Mistake

MODEL_PARTS = {"inputs": 0.1, "outputs": 0.7, "shared weights": 0.2}
TIMEOUT = 60.0  # seconds: a learner may use `predict`, which compiles
OTHER_VOCABULARIES = (78, 90)  # how many tokens other editions of this notebook have
SLICE = "x = X[:, t, :]\n"
STEP = "a, _, c = LSTM_cell(x, initial_state=[a, c])"
MAKE_CELL = "LSTM(n_a, return_state=True)(x, initial_state=[a, c])"
MAKE_DENSOR = 'Dense(n_values, activation="softmax")(a)'
SHARING = (
    "A layer that is made in the function has weights of its own, which nobody trains, or which no other step shares."
)


def step_mistakes(model, first):
    """Return the mistakes in one step of the cell, its outputs and the list of inputs, which both models allow.

    Parameters
    ----------
    model : str
        The model's name in the solution.
    first : str
        Its first input.
    """
    steps = {"X": "Tx", "x0": "1"}[first]
    inputs = f"{model} = Model(inputs=[{first}, a0, c0], outputs=outputs)"
    return (
        Mistake(
            "states_not_passed_on",
            "every step starts from a0 and c0; only the first one does. Each later step starts from the a and c that "
            "the step before returned.",
            ((STEP, STEP.replace("[a, c]", "[a0, c0]")),),
        ),
        Mistake(
            "cell_state_not_passed_on",
            "every step starts from the cell state c0; the cell returns a new c, and the next step needs it.",
            ((STEP, "a, _, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "hidden_state_not_passed_on",
            "every step starts from the hidden state a0; the cell returns a new a, and the next step needs it.",
            ((STEP, "a, _, c = LSTM_cell(x, initial_state=[a0, c])"),),
        ),
        Mistake(
            "no_initial_state",
            "the cell is called without initial_state, so that every step starts from zeros; give it "
            "initial_state=[a, c].",
            ((STEP, "a, _, c = LSTM_cell(x)"),),
        ),
        Mistake(
            "first_step_from_zeros",
            "the first step starts from zeros; it starts from a0 and c0.",
            ((STEP, "a, _, c = LSTM_cell(x) if t == 0 else LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "cell_state_before_hidden_state",
            "initial_state is given as [c, a]; Keras takes the hidden state a first, then the cell state c: [a, c].",
            ((STEP, STEP.replace("[a, c]", "[c, a]")),),
        ),
        Mistake(
            "returned_states_swapped",
            "what the cell returns is taken for c and a; it returns its output, then the hidden state a, then the cell "
            "state c.",
            ((STEP, "c, _, a = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "second_value_taken_for_c",
            "the second value that the cell returns is taken for the cell state c; it is the hidden state a once more. "
            "The cell returns its output, then the hidden state a, then the cell state c.",
            ((STEP, "a, c, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "prediction_from_cell_state",
            "the prediction is read from the cell state c; it is read from the hidden state a.",
            (("out = densor(a)", "out = densor(c)"),),
        ),
        Mistake(
            "softmax_twice",
            "the prediction goes through softmax twice; densor has it already.",
            (("out = densor(a)", "out = ops.softmax(densor(a))"),),
        ),
        Mistake(
            "states_as_outputs",
            "the outputs are the hidden states a; append the predictions, densor(a).",
            (("outputs.append(out)", "outputs.append(a)"),),
        ),
        Mistake(
            "new_cell_at_every_step",
            "a new LSTM is made in every step; call the LSTM_cell that is given. " + SHARING,
            ((STEP, f"a, _, c = {MAKE_CELL}"),),
        ),
        Mistake(
            "new_densor_at_every_step",
            "a new Dense layer is made in every step; call the densor that is given. " + SHARING,
            (("out = densor(a)", f"out = {MAKE_DENSOR}"),),
        ),
        Mistake(
            "one_new_cell",
            "a new LSTM is made before the loop; call the LSTM_cell that is given. " + SHARING,
            (
                ("    outputs = []\n", "    own = LSTM(n_a, return_state=True)\n    outputs = []\n"),
                (STEP, "a, _, c = own(x, initial_state=[a, c])"),
            ),
        ),
        Mistake(
            "states_before_" + first,
            f"the model's inputs are [a0, c0, {first}]; the order is [{first}, a0, c0].",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[a0, c0, {first}]")),),
        ),
        Mistake(
            "c0_before_a0",
            f"the model's inputs are [{first}, c0, a0]; the order is [{first}, a0, c0].",
            ((inputs, inputs.replace("a0, c0", "c0, a0")),),
        ),
        Mistake(
            "states_are_no_inputs",
            f"a0 and c0 are missing from the model's inputs; the list is [{first}, a0, c0].",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[{first}]")),),
        ),
        Mistake(
            "only_the_last_output",
            "the model has one output, the last step's; it needs the list of all of them.",
            ((inputs, inputs.replace("outputs=outputs", "outputs=out")),),
        ),
        Mistake(
            "cell_called_by_another_keyword",
            "the cell is given its input as inputs=...; Keras 3 calls that parameter sequences. Write the input first, "
            "without a name.",
            ((STEP, STEP.replace("(x,", "(inputs=x,")),),
        ),
        Mistake(
            "model_called_by_other_keywords",
            "Model is given input=... and output=..., as the first versions of Keras called them; the parameters are "
            "now inputs and outputs.",
            ((inputs, inputs.replace("inputs=", "input=").replace("outputs=", "output=")),),
        ),
        *(
            Mistake(
                f"tokens_written_as_{number}",
                "the number of tokens is written as a number that belongs to other music, such as 78 or 90; this "
                "corpus has n_values of them.",
                ((f"shape=({steps}, n_values)", f"shape=({steps}, {number})"),),
            )
            for number in OTHER_VOCABULARIES
        ),
        Mistake(
            "outputs_stacked",
            "the model has one output, in which all steps are stacked; it needs a list, one output for each step.",
            ((inputs, inputs.replace("outputs=outputs", "outputs=ops.stack(outputs, axis=1)")),),
        ),
    )
