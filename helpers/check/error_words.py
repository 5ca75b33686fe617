"""What Python, NumPy and our own probes say in English when a line fails, in the language that is spoken."""

import re
from functools import cache

from helpers.language import N_, _, language

SENTENCES = (  # what stands in braces is taken over as it came; the first that fits is taken
    N_("name '{name}' is not defined"),
    N_("cannot access local variable '{name}' where it is not associated with a value"),
    N_("operands could not be broadcast together with shapes {first} {second}"),
    N_(
        "matmul: Input operand 1 has a mismatch in its core dimension 0, {signature} "
        "(size {second} is different from {first})"
    ),
    N_("matmul: Input operand {which} does not have enough dimensions ({more})"),
    N_("shapes {first} and {second} not aligned: {more}"),
    N_("could not broadcast input array from shape {first} into shape {second}"),
    N_("cannot reshape array of size {size} into shape {shape}"),
    N_("index {index} is out of bounds for axis {axis} with size {size}"),
    N_("axis {axis} is out of bounds for array of dimension {count}"),
    N_("too many indices for array: array is {count}-dimensional, but {more} were indexed"),
    N_("all the input array dimensions except for the concatenation axis must match exactly, {more}"),
    N_("setting an array element with a sequence.{more}"),
    N_(
        "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) "
        "and integer or boolean arrays are valid indices"
    ),
    N_("{kind} indices must be integers or slices, not {other}"),
    N_("{kind} index out of range"),
    N_("division by zero"),
    N_("unsupported operand type(s) for {operator}: '{first}' and '{second}'"),
    N_("'{kind}' object has no attribute '{name}'"),
    N_("module '{module}' has no attribute '{name}'"),
    N_("'{kind}' object is not callable"),
    N_("'{kind}' object is not iterable"),
    N_("'{kind}' object is not subscriptable"),
    N_("'{kind}' object does not support item assignment"),
    N_("'{kind}' object cannot be interpreted as an integer"),
    N_("object of type '{kind}' has no len()"),
    N_("cannot unpack non-iterable {kind} object"),
    N_("not enough values to unpack (expected {wanted}, got {got})"),
    N_("too many values to unpack (expected {wanted})"),
    N_("{function}() missing {count} required positional argument: {names}"),
    N_("{function}() missing {count} required positional arguments: {names}"),
    N_("{function}() takes {wanted} but {got} were given"),
    N_("{function}() got an unexpected keyword argument '{name}'"),
    N_("No module named '{name}'"),
    N_("maximum recursion depth exceeded"),
    N_("expected {count} values ({names}), got {got}"),  # from here on our probes
    N_("expected a Keras Embedding layer, got {kind}"),
    N_("expected a keras Model, got {kind}: end with Model(inputs=..., outputs=...)"),
    N_("expected a keras Model, got {kind}"),
    N_("expected a function of ({wanted}), yours takes ({got}): {more}"),
    N_("two LSTMs and a Dense layer have 8 arrays of weights, not {count}"),
    N_("the model gives symbolic tensors, though it was fed with numbers"),
    N_("{name} is not defined"),
)
BRACE = re.compile(r"\\\{(\w+)\\\}")


@cache
def _patterns():
    return [(re.compile(BRACE.sub(r"(?P<\1>.*?)", re.escape(one))), one) for one in SENTENCES]


def in_words(message):
    """Say what an error's words mean in the language that is spoken, the original in brackets behind it.

    Parameters
    ----------
    message : str
        One line; in English, and where the words are none of `SENTENCES`, it is returned as it is.
    """
    for pattern, sentence in _patterns() if language() else ():
        if found := pattern.fullmatch(message):
            both = {"words": _(sentence).format(**found.groupdict()), "original": message}
            return _("{words} ({original})").format(**both)
    return message
