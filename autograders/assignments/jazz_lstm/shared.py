"""What the exercises of `jazz_lstm` share: one step of the cell, and how it goes wrong in both models."""

from autograders.engine.exercise import Mistake

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


def step_mistakes(model, first, section):
    """Return the mistakes in one step of the cell, its outputs and the list of inputs, which both models allow.

    Parameters
    ----------
    model : str
        The model's name in the solution.
    first : str
        Its first input.
    section : str
        The section of the notebook that teaches it.
    """
    steps = {"X": "Tx", "x0": "1"}[first]
    inputs = f"{model} = Model(inputs=[{first}, a0, c0], outputs=outputs)"
    return (
        Mistake(
            "states_not_passed_on",
            "A step returns two states. Does your next step ever see them?",
            "every step starts from a0 and c0; only the first one does. Each later step starts from the a and c that "
            "the step before returned.",
            f"{section}, the equation of the cell",
            ((STEP, STEP.replace("[a, c]", "[a0, c0]")),),
        ),
        Mistake(
            "cell_state_not_passed_on",
            "The cell returns three things. Which of them does your next step not see?",
            "every step starts from the cell state c0; the cell returns a new c, and the next step needs it.",
            f"{section}, the equation of the cell",
            ((STEP, "a, _, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "hidden_state_not_passed_on",
            "Look at the two states with which a step begins. Do both of them come from the step before?",
            "every step starts from the hidden state a0; the cell returns a new a, and the next step needs it.",
            f"{section}, the equation of the cell",
            ((STEP, "a, _, c = LSTM_cell(x, initial_state=[a0, c])"),),
        ),
        Mistake(
            "no_initial_state",
            "How does the cell come to know, in your loop, what was there before this step?",
            "the cell is called without initial_state, so that every step starts from zeros; give it the list of a "
            "and c.",
            f"{section}, the equation of the cell",
            ((STEP, "a, _, c = LSTM_cell(x)"),),
        ),
        Mistake(
            "first_step_from_zeros",
            "The model has two states among its inputs. Does your very first step use them?",
            "the first step starts from zeros; it starts from a0 and c0.",
            f"{section}, the equation of the cell",
            ((STEP, "a, _, c = LSTM_cell(x) if t == 0 else LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "cell_state_before_hidden_state",
            "The cell takes two states of the same shape. In which order does Keras expect them?",
            "initial_state is given as [c, a]; Keras takes the hidden state a first, then the cell state c: [a, c].",
            "section 1.2, the list of the three layers, the first one",
            ((STEP, STEP.replace("[a, c]", "[c, a]")),),
        ),
        *(
            Mistake(
                f"{state}_given_twice",
                "The cell starts each step from two states. Are the two that you give it different ones?",
                f"the cell is given {state} twice; it takes the list of the hidden state a and the cell state c.",
                f"{section}, the equation of the cell",
                ((STEP, STEP.replace("[a, c]", f"[{state}, {state}]")),),
            )
            for state in ("a", "c")
        ),
        *(
            Mistake(
                name,
                "Look at the two states with which a step begins. Do both of them come from the step before, and in "
                "which order are they due?",
                f"each step gets {words}; it gets the list of the hidden state a and the cell state c of the step "
                f"before.",
                f"{section}, the equation of the cell",
                ((STEP, STEP.replace("[a, c]", states)),),
            )
            for name, states, words in (
                ("c0_for_the_hidden_state", "[c0, c]", "c0 as its hidden state"),
                ("a0_for_the_cell_state", "[a, a0]", "a0 as its cell state"),
                ("one_state_only", "[a]", "one state only"),
                ("three_states", "[a, c, a]", "three states"),
                ("token_for_the_hidden_state", "[x, c]", "what it reads, x, as its hidden state"),
                ("token_for_the_cell_state", "[a, x]", "what it reads, x, as its cell state"),
            )
        ),
        *(
            Mistake(
                f"starts_{name}",
                "From which two states does your very first step start? Are they a0 and c0, in this order?",
                "the states before the first step are set wrongly: a starts as a0, and c as c0.",
                f"{section}, the equation of the cell",
                (("a0, c0\n    outputs", f"{start}\n    outputs"),),
            )
            for name, start in (("with_a0_twice", "a0, a0"), ("with_c0_twice", "c0, c0"))
        ),
        Mistake(
            "returned_states_swapped",
            "The cell returns three things. In which order, and which names do you give them?",
            "what the cell returns is taken for c and a; it returns its output, then the hidden state a, then the cell "
            "state c.",
            "section 1.2, the list of the three layers, the first one",
            ((STEP, "c, _, a = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "second_value_taken_for_c",
            "The cell returns three things, and two of them are the same. Which two?",
            "the second value that the cell returns is taken for the cell state c; it is the hidden state a once more. "
            "The cell returns its output, then the hidden state a, then the cell state c.",
            "section 1.2, the list of the three layers, the first one",
            ((STEP, "a, c, _ = LSTM_cell(x, initial_state=[a, c])"),),
        ),
        Mistake(
            "prediction_from_cell_state",
            "Which of the two states does the equation of the prediction read?",
            "the prediction is read from the cell state c; it is read from the hidden state a.",
            f"{section}, the equation of the prediction",
            (("out = densor(a)", "out = densor(c)"),),
        ),
        *(
            Mistake(
                f"prediction_from_{start}",
                "Does your prediction change from step to step? From which state is it read, and which line sets that?",
                f"every prediction is read from {start}; it is read from the a that the cell returned in this step. Is "
                "the cell called at all, and is its a used?",
                f"{section}, the equation of the prediction",
                (("out = densor(a)", f"out = densor({start})"),),
            )
            for start in ("a0", "c0")
        ),
        Mistake(
            "prediction_before_the_step",
            "Which state does your very first prediction read: the one before the first step, or the one after it?",
            "the prediction is made before the cell is called, so that it reads the state of the step before.",
            f"{section}, the equations, in their order",
            (("        out = densor(a)\n", ""), (STEP, f"out = densor(a)\n        {STEP}")),
        ),
        Mistake(
            "softmax_twice",
            "The dense layer that you are given ends with something already. With what?",
            "the prediction goes through softmax twice; densor has it already.",
            "section 1.2, the list of the three layers, the second one",
            (("out = densor(a)", "out = ops.softmax(densor(a))"),),
        ),
        Mistake(
            "states_as_outputs",
            "What shape should each output have? What is the shape of what you append?",
            "the outputs are the hidden states a; append the predictions, which the densor makes of them.",
            f"{section}, the equation of the prediction",
            (("outputs.append(out)", "outputs.append(a)"),),
        ),
        *(
            Mistake(
                f"{what}_as_outputs",
                "What shape should each output have? What is the shape of what you append?",
                f"the outputs are {words}; append the predictions, which the densor makes of the hidden states.",
                f"{section}, the equation of the prediction",
                (("outputs.append(out)", f"outputs.append({name})"),),
            )
            for what, name, words in (
                ("cell_states", "c", "the cell states c"),
                ("tokens", "x", "what the cell reads, x"),
                ("first_states", "a0", "the first state, a0, again and again"),
                ("first_cell_states", "c0", "the first cell state, c0, again and again"),
                ("inputs", first, f"the model's own input {first}, again and again"),
            )
        ),
        Mistake(
            "loop_ends_at_once",
            "How many outputs does your model have for a piece of three steps? What ends your loop?",
            "the loop ends in its first step: a break or return stands in it that belongs behind it, or nowhere.",
            f"{section}, the task, which says how many outputs there are",
            (("outputs.append(out)\n", "outputs.append(out)\n        break\n"),),
        ),
        Mistake(
            "nothing_appended",
            "How long is your list of outputs when the model is made? Which line makes it longer?",
            "the list of outputs is empty: the prediction of each step must be appended to it, inside the loop.",
            f"{section}, the task, which says how many outputs there are",
            (("outputs.append(out)", "pass"),),
        ),
        Mistake(
            "three_values_under_one_name",
            "How many values does the cell return? How many names stand on the left of that line?",
            "all three values that the cell returns are kept under one name; take them apart: its output, then the "
            "hidden state a, then the cell state c.",
            "section 1.2, the list of the three layers, the first one",
            ((STEP, STEP.replace("a, _, c", "a")),),
        ),
        Mistake(
            "nothing_to_train",
            "Which weights would training change in your model? Is there any?",
            "nothing would be trained: the model is frozen. Leave trainable as it is.",
            "section 2, the idea",
            ((inputs, f"{inputs}\n    {model}.trainable = False"),),
        ),
        Mistake(
            "new_cell_at_every_step",
            "How many weights does your model have if you take twice as many steps? Should that number change?",
            "a new LSTM is made in every step; call the LSTM_cell that is given. " + SHARING,
            "section 2, the idea",
            ((STEP, f"a, _, c = {MAKE_CELL}"),),
        ),
        Mistake(
            "new_densor_at_every_step",
            "How many weights does your model have if you take twice as many steps? Which layer makes the difference?",
            "a new Dense layer is made in every step; call the densor that is given. " + SHARING,
            "section 2, the idea",
            (("out = densor(a)", f"out = {MAKE_DENSOR}"),),
        ),
        Mistake(
            "new_densor_without_softmax",
            "How many weights does your model have if you take twice as many steps? Which layer makes the difference?",
            "a new Dense layer is made in every step, and without softmax; call the densor that is given. " + SHARING,
            "section 2, the idea",
            (("out = densor(a)", "out = Dense(n_values)(a)"),),
        ),
        Mistake(
            "one_new_cell",
            "The function is given a cell. Is it this cell that your loop calls?",
            "a new LSTM is made before the loop; call the LSTM_cell that is given. " + SHARING,
            "section 2, the idea",
            (
                ("    outputs = []\n", "    own = LSTM(n_a, return_state=True)\n    outputs = []\n"),
                (STEP, "a, _, c = own(x, initial_state=[a, c])"),
            ),
        ),
        Mistake(
            "states_before_" + first,
            "In which order does the task list the model's three inputs? And in which order do you give them?",
            f"the model's inputs are [a0, c0, {first}]; the order is [{first}, a0, c0].",
            f"{section}, the task and the docstring: the model's inputs, in order",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[a0, c0, {first}]")),),
        ),
        Mistake(
            "c0_before_a0",
            "Two of the model's inputs have the same shape. In which order does the task list them?",
            f"the model's inputs are [{first}, c0, a0], or the first step takes each for the other; the order is "
            f"[{first}, a0, c0].",
            f"{section}, the task and the docstring: the model's inputs, in order",
            ((inputs, inputs.replace("a0, c0", "c0, a0")),),
        ),
        Mistake(
            "states_are_no_inputs",
            "How many inputs does the task list, and how many does your model have? Did Input make all of them?",
            "a0 or c0 is missing from the model's inputs, or its name means another tensor by then, since a later line "
            f"sets it anew; the list is [{first}, a0, c0], as Input made them.",
            f"{section}, the task and the docstring: the model's inputs, in order",
            ((inputs, inputs.replace(f"[{first}, a0, c0]", f"[{first}]")),),
        ),
        Mistake(
            "only_the_last_output",
            "How many outputs does your model have for a piece of three steps?",
            "the model has one output, the last step's; it needs the list of all of them.",
            f"{section}, the task, which says how many outputs there are",
            ((inputs, inputs.replace("outputs=outputs", "outputs=out")),),
        ),
        Mistake(
            "cell_called_by_another_keyword",
            "What does this version of Keras call the first parameter of an LSTM when it is called? Is a name needed "
            "there at all?",
            "the cell is given its input under the name inputs; Keras 3 calls that parameter sequences. Write the "
            "input first, without a name.",
            "section 2, the task, its third point",
            ((STEP, STEP.replace("(x,", "(inputs=x,")),),
        ),
        Mistake(
            "model_called_by_other_keywords",
            "What are the two parameters of Model called in this version of Keras? Look at their last letters.",
            "Model is given input and output, as the first versions of Keras called them; the parameters are now "
            "inputs and outputs.",
            "section 2, the task, its fourth point",
            ((inputs, inputs.replace("inputs=", "input=").replace("outputs=", "output=")),),
        ),
        *(
            Mistake(
                f"tokens_written_as_{number}",
                "How many tokens does this corpus have, and where does the function learn that number?",
                "the number of tokens is written as a number that belongs to other music, such as 78 or 90; this "
                "corpus has n_values of them.",
                "section 1.1, the part on tokens",
                ((f"shape=({steps}, n_values)", f"shape=({steps}, {number})"),),
            )
            for number in OTHER_VOCABULARIES
        ),
        Mistake(
            "outputs_stacked",
            "Should the model have one output that holds all steps, or one for each step?",
            "the model has one output, in which all steps are stacked; it needs a list, one output for each step.",
            f"{section}, the task, which says how many outputs there are",
            ((inputs, inputs.replace("outputs=outputs", "outputs=ops.stack(outputs, axis=1)")),),
        ),
    )
