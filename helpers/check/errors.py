"""What the errors mean that Python, NumPy and Keras raise in beginners' lines: a table from their words to hints.

The words of an error say what the machine could not do. A hint says what that means in this line, and what to do. Where
the line proves which name or number is wrong (`helpers.check.lines`), the hint says that.
"""

import re

from helpers.check import lines
from helpers.language import N_, Told

NUMPY = r"\b(?:np(?:\.\w+)+|to_categorical|softmax|int|float)(?=\()"  # what wants numbers
TENSORFLOW = r"\btf(?:\.\w+)+(?=\()"
NEW_WORDS = {  # what earlier versions of Keras, or a slip of the pen, call an argument -> what to do
    "lr": N_("It is called learning_rate now."),
    "inputs": N_("A layer takes its input first, without a name."),
    "return_sequence": N_("It is called return_sequences, with an s."),
    "return_states": N_("It is called return_state, without an s."),
    "initial_states": N_("It is called initial_state, without an s."),
    "output_dim": N_("An LSTM or Dense layer calls it units."),
    "nb_classes": N_("It is called num_classes now."),
    "input_length": N_("Leave it out: Keras finds out by itself."),
    "input_dim": N_("Leave it out: Keras finds out by itself."),
    "init": N_("It is called kernel_initializer now."),
    "p": N_("It is called rate now."),
    "nb_epoch": N_("It is called epochs now."),
}
PLAIN_WORDS = {  # what stands in the words of an error -> what a hint calls it
    "int": N_("number"), "float": N_("number"), "str": N_("text"), "ndarray": N_("array"), "NoneType": "None",
    "Functional": N_("model"), "KerasTensor": N_("symbolic tensor"), "list": N_("list"), "tuple": N_("tuple"),
    "dict": N_("dict"), "function": N_("function"), "builtin_function_or_method": N_("method"),
    "Embedding layer": N_("Embedding layer"), "not enough": N_("not enough"), "too many": N_("too many"),
}  # fmt: skip
PLACEHOLDERS = N_("Do the tensors in that line hold numbers while the model is being built? Which functions need none?")
KINDS = N_(
    "What is each name in that line: a tensor, a layer, an array, a dict, a list, a number? Which one does not fit?"
)
SHAPES = N_(
    "Which shape is due there, and which one came? Print both. From which line does the shape that came follow?"
)
ARGUMENTS = N_("Which arguments does what you call there take, and how are they spelt? Compare yours letter by letter.")
CALLED = N_("A layer is made first, and then called on a tensor. Which layer of yours is made, and called on nothing?")
PLACES = N_("How many axes, and how many entries along each, has what you take an entry of? Print its shape.")
SPELLING = N_("Which library or object does that name come from, and how is it spelt there?")
GIVEN = N_("What does your last line give back? What should it, says the docstring?")

# The first row that speaks is told. It has the words of an error, and a rule, which speaks where the line proves what
# is wrong; or the name of the mistake, a question, what it means. In these three: {0}, {1} ... what stands in the
# brackets of the words; {line} the line; {numpy}, {tensorflow} the function of these that is called in it; {what} what
# its names are; {new} what the argument is called now.
MEANINGS = (
    ("not callable", lines.no_function),
    (r"'[\w.]+' object has no attribute '(\w+)'", lines.no_attribute),
    ("not iterable|not reversible", lines.no_range),
    (r"(?:not enough|too many) values to unpack \(expected (\d+)(?:, got (\d+))?\)", lines.other_count),
    ("indices|only integer|unhashable", lines.no_index),
    ("does not support item assignment", lines.not_made),
    ("", lines.np_append),
    (
        r"axis (\d+) is out of bounds for array of dimension (\d+)",
        "axis: {0}",
        N_("How many axes does the array have, and from which number are they counted?"),
        N_("there is no axis {0}: the axes of an array that has {1} are counted from 0."),
    ),
    ("concatenation axis", lines.other_axis),
    (r"cannot reshape array of size (\d+) into shape \(([\d, ]+)\)", lines.no_such_shape),
    (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", lines.past_the_end),
    ("", lines.no_numbers),
    ("", lines.does_not_go_in),
    ("", lines.does_not_fit),
    (
        "A KerasTensor cannot be used as input to a TensorFlow function",
        "a function of TensorFlow on a symbolic tensor: {tensorflow}",
        PLACEHOLDERS,
        N_(
            "{tensorflow} is a function of TensorFlow. While a model is being built its tensors are placeholders "
            "without numbers, and TensorFlow refuses them. Use a layer, or the function of keras.ops that does "
            "the same; or call it inside a Lambda layer."
        ),
    ),
    (
        r"A KerasTensor is symbolic|KerasTensor\.__array__",
        "a function of numbers on a symbolic tensor: {numpy}",
        PLACEHOLDERS,
        N_(
            "{numpy} wants numbers. While a model is being built its tensors are placeholders without numbers. Use a "
            "layer, or a function of keras.ops, or leave the step out where no layer is asked for."
        ),
    ),
    (
        r"module 'keras\.backend' has no attribute '(\w+)'",
        "no longer in keras.backend: {0}",
        SPELLING,
        N_(
            "keras.backend, often called K, has no {0} any more. Use the layer that is meant for it, or look for "
            "{0} in keras.ops."
        ),
    ),
    (
        r"(?:module '([\w.]+)' has no attribute|No module named '([\w.]+)\.) ?'?(\w+)'",
        "not in {0}: {1}",
        SPELLING,
        N_(
            "{0} has no {1} in this version. It is spelt in another way, or lies in another place now; what the "
            "notebook's first cells import is there without its path."
        ),
    ),
    (
        r"cannot import name '(\w+)' from '([\w.]+)'",
        "not in {1}: {0}",
        SPELLING,
        N_(
            "{1} has no {0} in this version. It is spelt in another way, or lies in another place now; what the "
            "notebook's first cells import needs no second import."
        ),
    ),
    (
        "We could not automatically infer the shape of the Lambda's output",
        "a function in a Lambda fails: {line}",
        N_("What happens if you call the function inside your Lambda by itself, on an array of numbers?"),
        N_(
            "the function inside the Lambda layer raises an error, and Keras tells only that it cannot find the "
            "shape. Call it by itself on an array, and you see the error. Inside a Lambda use keras.ops or "
            "TensorFlow, not NumPy."
        ),
    ),
    (
        "'KerasTensor' object has no attribute '(\\w+)'",
        "a symbolic tensor has no {0}: {line}",
        PLACEHOLDERS,
        N_(
            "{0} belongs to arrays, or to tensors with numbers. A symbolic tensor is a placeholder: use a layer, or a "
            "function of keras.ops. If it is to become numbers, leave that out: the model runs later."
        ),
    ),
    (
        r"KerasTensor\.(\w+)\(\) takes",
        "a symbolic tensor has no such {0}: {line}",
        PLACEHOLDERS,
        N_(
            "{0} is called as for an array. On a symbolic tensor use the layer or the function of keras.ops of "
            "that name."
        ),
    ),
    (
        "Iterating over a symbolic KerasTensor",
        "one tensor taken for several: {line}",
        N_(
            "How many values stand on the right in that line: one tensor, or several? Can a placeholder be gone "
            "through?"
        ),
        N_(
            "one symbolic tensor is taken apart as if it were a list. A loop counts steps, and takes slices. "
            "Where several names are set at once, the layer must return several: an LSTM does with return_state "
            "set to True."
        ),
    ),
    (
        "A symbolic KerasTensor cannot be used as a boolean",
        "a symbolic tensor asked for its value: {line}",
        PLACEHOLDERS,
        N_(
            "the line asks whether a symbolic tensor is true, or takes it for a number. It has no value until the"
            " model runs. {what}."
        ),
    ),
    (
        r"(?:argument value should be passed as a keyword argument: <|invalid value <)(\w+) name",
        "a layer in place of a tensor: {0}",
        CALLED,
        N_("a layer {0} itself is handed on. Call it on a tensor, and hand on what it gives."),
    ),
    (
        r"argument value should be passed as a keyword argument: .*of type <class '(?:[\w.]+\.)?(\w+)'>",
        "no tensor: {line}",
        KINDS,
        N_("a layer or model is called on something of type {0}; it takes tensors. {what}."),
    ),
    (
        r"Inputs to a layer should be tensors\. Got '?(\w+)'? ",
        "no tensor: {line}",
        KINDS,
        N_("a layer is called on {0}, which is no tensor. {what}."),
    ),
    (
        r"layer '(?i:lstm\w*)' is incompatible with the layer: expected ndim=3, found ndim=2.*received: (\(.*\))",
        "no sequence for the LSTM: {line}",
        N_("An LSTM reads a sequence. How many axes has what you give it, and which one is missing?"),
        N_(
            "the LSTM got a tensor of shape {0}; it wants (m, steps, numbers). The axis of steps is missing: was "
            "it sliced away, or does an LSTM before give its last state only, without return_sequences?"
        ),
    ),
    (
        r"layer '(\w+)' is incompatible with the layer: expected ndim=(\d+), found ndim=(\d+).*received: (\(.*\))",
        "axes do not fit: {line}",
        SHAPES,
        N_("the layer {0} wants a tensor of {1} axes, and got one of {2}, of shape {3}."),
    ),
    (
        r"Input (\d+).*layer '(\w+)' .*: expected axis (-?\d+) of input shape to have value (\d+), .* shape (\(.*\))",
        "shapes do not fit: {line}",
        SHAPES,
        N_(
            "input {0} of {1}, counted from 0, does not fit: its axis {2} must have size {3}, and its shape is {4}. "
            "{what}."
        ),
    ),
    (
        r"Input (\d+).*layer '(\w+)' is incompatible with the layer: expected (?:shape=)?(.*), found shape=(\(.*\))",
        "shapes do not fit: {line}",
        SHAPES,
        N_("input {0} of {1}, counted from 0, does not fit: expected {2}, got {3}. {what}."),
    ),
    (
        r"expects (\d+) (?:named )?input\(s\).*received (\d+) input tensors",
        "number of inputs: {line}",
        N_("How many inputs does the layer or model take, and in which form? How many does your call give it?"),
        N_(
            "expected {0} input(s), got {1}. Several inputs stand together in one list, in the model's order. An "
            "LSTM with return_state returns three values: is one of them meant?"
        ),
    ),
    (
        r"Output with path `\w*` is not connected to `inputs`",
        "outputs not made from the inputs: {line}",
        N_("Follow your outputs back to where they begin. Do they begin at the tensors that you give as inputs?"),
        N_(
            "the model's outputs do not follow from its inputs. The inputs are the tensors that Input made, all "
            "of them; a name that a later line sets anew means another tensor."
        ),
    ),
    (
        "`outputs` argument cannot be empty",
        "no outputs: {line}",
        N_("How long is your list of outputs when the model is made? Which line puts something into it?"),
        N_("the list of outputs is empty: nothing is appended to it, or it is made anew too late."),
    ),
    (
        r"All `(\w+)` values must be KerasTensors.*invalid value (.*?)of type <class '(?:[\w.]+\.)?(\w+)'>",
        "no tensors as {0}: {line}",
        KINDS,
        N_("the model's {0} must be tensors, and something of type {2} is among them. {what}."),
    ),
    (
        r"Unrecognized keyword arguments passed to Model",
        "no such argument: Model",
        ARGUMENTS,
        N_("Model is given an argument that it does not take: it calls them inputs and outputs, both with an s."),
    ),
    (
        r"(?:unexpected keyword argument '|Unrecognized keyword arguments passed to \w+: \{'|Argument\(s\) not "
        r"recognized: \{')(\w+)'",
        "no such argument: {0}",
        ARGUMENTS,
        N_("what is called there takes no argument {0}. {new}"),
    ),
    (
        "missing a required argument: 'sequence(s?)'|too many positional arguments",
        "arguments of a layer: {line}",
        ARGUMENTS,
        N_("a layer takes its input first, without a name; several inputs stand together in one list."),
    ),
    (
        r"(\w+)\.__init__\(\) (missing \d+ required positional arguments?|takes \d+ positional arguments? but \d+ were "
        r"given)(?:: (.*))?",
        "arguments of {0}: {line}",
        ARGUMENTS,
        N_(
            "{0} is made with other arguments than it takes ({1} {2}). A shape is one argument, in brackets of its own."
        ),
    ),
    (
        r"(\w+)\(\) (missing \d+ required positional argument.*|takes .* but \d+ (?:was|were) given)",
        "arguments of {0}",
        N_("Which arguments does the function take that is called there? Count yours."),
        N_(
            "{0} is called with another number of arguments than its line with def has. If it is the exercise's "
            "own: leave that line as it was."
        ),
    ),
    (
        r"Could not interpret (\w+) (?:function )?identifier: (\w*)",
        "no such {0}: {1}",
        SPELLING,
        N_("Keras knows no {0} {1}. Compare the spelling."),
    ),
    (
        r"Invalid value received for argument `rate`",
        "no such rate: {line}",
        N_("Which part of the units does dropout switch off? Between which two numbers does that part lie?"),
        N_("a rate of dropout is the part that is switched off: a number between 0 and 1."),
    ),
    (
        r"invalid value for `units`|Expected an integer value for",
        "no such number of units: {line}",
        KINDS,
        N_(
            "the first thing that this layer takes is a number. The tensor comes in the second pair of brackets. "
            "{what}."
        ),
    ),
    (
        "You must pass a `shape` argument",
        "no shape: {line}",
        N_("What must Input be told about the tensors that will come?"),
        N_("Input is called without a shape. It wants the shape of one example, as a tuple."),
    ),
    (
        r"Input to reshape is a tensor with (\d+) values, but the requested shape has (\d+)",
        "reshaped for one example",
        N_("How many examples go through your model at once? Which number stands for them in your reshaping?"),
        N_(
            "the model is built, but cannot run: {0} numbers are reshaped into {1}. The first axis is that of the "
            "examples, whose number is not fixed: leave it free, or use the layer that you were given, which does."
        ),
    ),
    (
        r"Cannot convert '(.*)' to a shape",
        "no shape: {line}",
        N_("Of what kind is a shape in Keras, even one of a single axis: a number, or a tuple?"),
        N_("{0} is given as a shape. A shape is a tuple, even of one number: with brackets and a comma."),
    ),
    (
        r"weight list of length (\d+), but the layer was expecting (\d+)",
        "weights of a layer: {line}",
        N_("How many arrays of weights has the layer at that moment? In what form does Keras take them?"),
        N_(
            "the layer has {1} arrays of weights and was given {0}. A layer has none before it is built; "
            "set_weights takes a list of arrays, even of one."
        ),
    ),
    (
        r"weight shape (\(.*\)) is not compatible with provided weight shape (\(.*\))\.",
        "weights of a layer: {line}",
        SHAPES,
        N_("the layer has weights of shape {0}, and was given an array of shape {1}: rows and columns must agree."),
    ),
    (
        "You must call `compile",
        "a model trained too early: {line}",
        N_("Is the model to be trained in this function?"),
        N_("a model that is not compiled cannot be trained. This function only calls the model, or only builds it."),
    ),
    (
        r"requires inputs with matching shapes|same shape except on|total size of the tensor must be unchanged",
        "shapes do not fit: {line}",
        SHAPES,
        N_("tensors are put together, or reshaped, whose sizes do not agree. {what}."),
    ),
    (
        "out-of-bounds index",
        "a step that is not there: {line}",
        N_("Which is the last step of your tensor, counted from 0? Which one does that line ask for?"),
        N_(
            "the line asks for a slice past the end, or along an axis that is shorter. Slices are counted from 0,"
            " and time is the axis behind the examples."
        ),
    ),
    (
        r"to+ many indices",
        "too many places: {line}",
        PLACES,
        N_("more axes are asked for than there are. {what}."),
    ),
    (
        "expected a [Kk]eras (?:Embedding layer|Model), got NoneType",
        "nothing is returned",
        N_("What does a function give back that ends without return? Look at its last line."),
        N_(
            "the function returns nothing (None): its return line is missing, prints the result, or hands on what some "
            "other call gives back."
        ),
    ),
    (
        "expected a keras Model, got Model",
        "a model of nothing",
        N_("Which tensors does your Model lie between?"),
        N_("Model is called without its tensors: it wants inputs and outputs."),
    ),
    (
        r"expected a [Kk]eras (Embedding layer|Model), got (\w+)",
        "another kind is returned: {1}",
        GIVEN,
        N_("a {1} is returned; return the {0}, and nothing beside it."),
    ),
    (
        r"^(\w+)\.call: (?:Matrix size-incompatible|Incompatible shapes): (.*)",
        "the model cannot run: {0}",
        SHAPES,
        N_(
            "the model is built, but cannot run: what goes into a step of {0} has another size than is due there "
            "({1}). Compare the shapes of your inputs and states with those in the docstring."
        ),
    ),
    # --- Python and NumPy
    (
        "'NoneType' object has no attribute '(\\w+)'",
        "{0} of nothing: {line}",
        N_("Which name in that line is None? Which line set it, and does what stands there give anything back?"),
        N_(
            "a name in that line is None. What changes a list or a model in place, such as append or compile, gives "
            "nothing back: do not take its result. {what}."
        ),
    ),
    (
        r"'(\w+)' object has no attribute 'predict'",
        "predict of a layer: {line}",
        N_("What has a method predict: a layer, or a model that is finished? What is done with a layer in a model?"),
        N_(
            "something of type {0} has no predict, which only a finished model has. In a model call the layer itself "
            "on its tensor."
        ),
    ),
    (
        r"'(?:\w+\.)*(\w+)' object has no attribute '(\w+)'",
        "no {1} in a {0}: {line}",
        KINDS,
        N_(
            "something of type {0} has no {1}. Is it the wrong name, or must it be made into another kind first? "
            "{what}."
        ),
    ),
    (
        r"'(\w+)' object is not callable",
        "brackets after a {0}: {line}",
        KINDS,
        N_("something of type {0} is called with brackets, as only functions and layers can be. {what}."),
    ),
    (
        r"'(\w+)' object (?:is not iterable|is not an iterator)|cannot unpack non-iterable (\w+) object",
        "taken apart: {line}",
        KINDS,
        N_("something of type {0} is taken apart or gone through, as only a list, a tuple or an array can be. {what}."),
    ),
    (
        r"(not enough|too many) values to unpack \(expected (?:at least )?(\d+)",
        "{0} values: {line}",
        N_("How many names stand on the left in that line, and how many values come from the right?"),
        N_(
            "there are {0} values for the {1} names. A layer returns as many as its options say; a dict gives "
            "keys alone, and pairs only by its items. {what}."
        ),
    ),
    (
        r"'(\w+)' object cannot be interpreted as an integer|only integer scalar arrays can be|Cannot interpret "
        r"'(\w+)' as a data type",
        "no whole number: {line}",
        KINDS,
        N_(
            "a whole number is due where something else stands; a shape of several sizes is one tuple, in "
            "brackets of its own. {what}."
        ),
    ),
    (
        r"arrays used as indices must be of integer|list indices must be integers|only integers, slices|tuple indices "
        r"must be integers",
        "no index: {line}",
        KINDS,
        N_("entries are taken at whole numbers, and something else stands in the square brackets. {what}."),
    ),
    (
        r"index (\d+) is out of bounds for axis (\d+) with size (\d+)",
        "past the end: {line}",
        PLACES,
        N_(
            "place {0} is asked for along axis {1}, which has {2}, counted from 0. Is the array too small, or of sizes "
            "that belong to other data? {what}."
        ),
    ),
    (
        "(?:list|tuple) (?:assignment )?index out of range|invalid index to scalar",
        "no such place: {line}",
        PLACES,
        N_(
            "an entry is asked for that is not there: a list is shorter, an array has fewer axes, or it is a single "
            "number. {what}."
        ),
    ),
    (
        r"could not broadcast input array from shape (\(.*\)) into shape (\(.*\))",
        "sizes do not fit: {line}",
        SHAPES,
        N_(
            "an array of shape {0} is to be stored in a place of shape {1}. Is another array stored than is due, "
            "or was the place made with another size?"
        ),
    ),
    (
        "setting an array element with a sequence",
        "several numbers for one place: {line}",
        SHAPES,
        N_(
            "several numbers are stored in the place of one: the array was made with too few axes, or the place "
            "has one index too many. {what}."
        ),
    ),
    (
        r"cannot reshape array of size (\d+) into shape \((.*)\)",
        "no such shape: {line}",
        SHAPES,
        N_("an array of {0} numbers does not go into rows of {1}. Is that number written for other data? {what}."),
    ),
    (
        r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'",
        "cannot be done: {line}",
        KINDS,
        N_("a {1} and a {2} stand on the two sides of {0}. Which of them is not what you mean? {what}."),
    ),
    (
        r"Invalid dtype: (list|tuple)",
        "a {0} and a tensor: {line}",
        KINDS,
        N_("a {0} and a tensor are added up. To put a tensor at the end of a list, append it. {what}."),
    ),
    (r'can only concatenate (\w+) \(not "(\w+)"\)', "{0} + {1}: {line}", KINDS, N_("{1} is added to {0}. {what}.")),
    (
        r"object of type '(\w+)' has no len\(\)",
        "no length: {line}",
        KINDS,
        N_("something of type {0} is asked for its length, and has none. {what}."),
    ),
    (
        r"'(\w+)' object (?:does not support item assignment|is not subscriptable)",
        "no places: {line}",
        KINDS,
        N_("something of type {0} has no places in square brackets, or none that can be written. {what}."),
    ),
    (
        r"argument must be a string.* or a real number, not '(\w+)'",
        "no number: {line}",
        KINDS,
        N_("something of type {0} stands where a number is due. {what}."),
    ),
)
KEYS = (
    "no such key: {line}",
    N_("Of what kind are the keys of the dict that you read from: words, or numbers? Of what kind is yours?"),
    N_("the dict has no key {0}. Do two names in a loop stand in each other's place, or is it the wrong dict? {what}."),
)
PATTERNS = [(re.compile(words), *hint) for words, *hint in MEANINGS]


def meaning(error, line, what, cases=()):
    """Say what an error means in the line that raised it.

    Parameters
    ----------
    error : dict of str to str
        As `helpers.check.probe.describe` returns it.
    line : str
        The line of the learner's own code; may be empty.
    what : str
        What the names in it are, in words.
    cases : list of dict
        What they are on each case, as `helpers.check.lines.same_size` takes it; without it the words alone are read.

    Returns
    -------
    tuple of str or None
        (name, question, text) of a hint; None for an error that is not in the table.
    """
    for pattern, *hint in PATTERNS:
        found = pattern.search(error["message"])
        if found and len(hint) > 1:
            return tuple(_filled(text, found.groups(), line, what) for text in hint)
        if found and cases and (told := lines.proven(*hint, line, cases, found)):
            return told
    words = (error["message"],)
    return tuple(_filled(text, words, line, what) for text in KEYS) if error["type"] == "KeyError" else None


def _filled(text, groups, line, what):
    """Put words in the place of the braces of a text of the table."""
    groups = [Told(PLAIN_WORDS[one]) if one in PLAIN_WORDS else one for one in groups if one is not None]
    numpy, tensorflow = (re.search(pattern, line) for pattern in (NUMPY, TENSORFLOW))
    function = line or Told("the function")
    if what:
        what = Told("In that line {kinds}", kinds=what)
    elif line:
        what = Told("Look at the values that stand in that line")
    else:
        what = Told("No line of yours is reached: compare the shapes and the inputs")
    words = {
        "line": line or Told("inside the model"),
        "numpy": numpy[0] if numpy else function,
        "tensorflow": tensorflow[0] if tensorflow else function,
        "what": what,
        "new": Told(NEW_WORDS.get(groups[0] if groups else "", N_("Compare the spelling with the notebook's text."))),
    }
    return Told(text, *groups, "", "", "", **words)
