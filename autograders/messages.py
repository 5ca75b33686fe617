"""What of a learner's answer a page may show in words: nothing that could carry a hidden input.

The texts of an exception, the names of types and of dict keys come out of the learner's process, which has seen the
hidden inputs. So a text is shown only where it has one of the forms below, in which Python, NumPy and Keras put
shapes, positions and names, and its names stand in the learner's own source or are well known.
"""

import builtins
import re

from helpers.check.nested import flatten, unflatten
from helpers.check.wire import Unknown

WORD = re.compile(r"[A-Za-z_]\w*")
PLACE = re.compile(r"(<?\w+>?), line (\d{1,4})(?:: (.*))?")
KNOWN_NAMES = frozenset(dir(builtins)) | {
    "AxisError", "CheckFailed", "EagerTensor", "Functional", "InvalidArgumentError", "KerasHistory", "KerasTensor",
    "LinAlgError", "Model", "Sequential", "SymbolicTensor", "Tensor", "TensorShape", "Variable", "array", "datetime64",
    "function", "generator", "keras", "ndarray", "numpy", "object", "of", "tensorflow", "float64", "float32", "int64",
    "int32", "complex128", "NoneType", "method", "module", "x", "y", "and", "missing", "end",
    "_ArrayMemoryError", "ResourceExhaustedError", "StdinNotImplementedError", "URLError", "gaierror",
    "DeadKernel", "NoAnswer", "OutputLimit", "UnreadableAnswer",  # the grader's own
}  # fmt: skip
QUOTED = re.compile("'([^']*)'")
TYPE = re.compile(r"[A-Za-z_][\w.]*(?:\[\w+\])?(?: of [A-Za-z]\w*(?:\[\w+\])?)?")
SHAPE = r"\([\d, ]{0,30}\)"
COUNT = r"-?\d{1,4}"
NAME = r"([A-Za-z_]\w{0,40})"
NAMED = re.compile(rf"[A-Za-z_]\w*(?:\[['\"]\w+['\"]\])? (?:{SHAPE}|[A-Za-z_]\w*)")  # "xt (3, 10)", "t int"
GROUP = re.compile(r"(?<!\\)\((?!\?)")  # only a NAME is to be a group that is looked at
FORMS = tuple(
    re.compile(GROUP.sub("(?:", form).replace("SHAPE", SHAPE).replace("COUNT", COUNT).replace("NAME", NAME))
    for form in (
        r"operands could not be broadcast together with (remapped )?shapes( \[original->remapped\]:)?( SHAPE){2,3}",
        r"matmul: Input operand \d has a mismatch in its core dimension \d, with gufunc signature "
        r"\(n\?,k\),\(k,m\?\)->\(n\?,m\?\) \(size COUNT is different from COUNT\)",
        r"matmul: Input operand \d does not have enough dimensions \(has \d, gufunc core with signature "
        r"\(n\?,k\),\(k,m\?\)->\(n\?,m\?\) requires \d\)",
        r"shapes SHAPE and SHAPE not aligned: COUNT \(dim \d\) != COUNT \(dim \d\)",
        r"could not broadcast input array from shape SHAPE into shape SHAPE",
        r"non-broadcastable output operand with shape SHAPE doesn't match the broadcast shape SHAPE",
        r"cannot reshape array of size \d{1,6} into shape SHAPE",
        r"index COUNT is out of bounds for axis \d with size COUNT",
        r"axis COUNT is out of bounds for array of dimension \d",
        r"too many indices for array: array is \d-dimensional, but \d were indexed",
        r"all the input arrays must have same number of dimensions, but the array at index \d has \d dimension\(s\) "
        r"and the array at index \d has \d dimension\(s\)",
        r"all the input array dimensions except for the concatenation axis must match exactly, but along dimension \d, "
        r"the array at index \d has size COUNT and the array at index \d has size COUNT",
        r"only (length-1|0-dimensional) arrays can be converted to Python scalars",
        r"setting an array element with a sequence\.",
        r"axes don't match array",
        r"(list|tuple|string) (assignment )?index out of range",
        r"(list|tuple) indices must be integers or slices, not NAME",
        r"(division by zero|math domain error|math range error|maximum recursion depth exceeded"
        r"( in comparison| while calling a Python object| in __\w{1,20}__)?)",
        r"NAME is not defined",  # what helpers.check.probe says of a function that is not there
        r"name 'NAME' is not defined(\. Did you mean: 'NAME'\?)?",
        r"cannot access local variable 'NAME' where it is not associated with a value",
        r"'NAME' object (is not (subscriptable|callable|iterable|an iterator)|has no attribute 'NAME'"
        r"|does not support item (assignment|deletion)|cannot be interpreted as an integer)",
        r"module '[\w.]{1,40}' has no attribute 'NAME'",
        r"'NAME'",  # what a KeyError says
        r"NAME\(\) missing \d required (positional|keyword-only) arguments?: 'NAME'(,? (and )?'NAME'){0,4}",
        r"NAME\(\) takes (from \d to )?\d positional arguments? but \d (was|were) given",
        r"NAME\(\) got an unexpected keyword argument 'NAME'",
        r"unsupported operand type\(s\) for [^\w\s]{1,3}: 'NAME(\.NAME)?' and 'NAME(\.NAME)?'",
        r"cannot unpack non-iterable NAME object",
        r"not enough values to unpack \(expected \d+, got \d+\)",
        r"too many values to unpack \(expected \d+(, got \d+)?\)",
        r"an answer may have \d+ values in \d+ levels at most",
        r"an answer may have \d+ bytes at most",
        r"No module named 'NAME(\.NAME){0,3}'( is not a package)?",
        r"\[Errno 2\] No such file or directory: 'NAME(\.NAME)?'",
        r"raw_input was called, but this frontend does not support input requests\.",
    )
)  # fmt: skip


class Cleaner:
    """Makes outcomes fit to be shown.

    Parameters
    ----------
    source : str
        The learner's code: its words and lines are no secret.
    """

    def __init__(self, source):
        self.words = KNOWN_NAMES | set(WORD.findall(source))
        self.lines = {line.strip() for line in source.splitlines()}

    def outcomes(self, outcomes, inputs):
        """Return outcomes whose every text may be shown.

        Parameters
        ----------
        outcomes : list of dict
            As `autograders.kernel.Kernel.call` returns them.
        inputs : list of dict
            The inputs of each case.

        Returns
        -------
        list of dict
            An error keeps its message, by which a known mistake is told, and gets the key `shown`; an altered input
            has the name of one; a value of unknown type, a type's name that is known.
        """
        return [self._outcome(outcome, given) for outcome, given in zip(outcomes, inputs, strict=True)]

    def _outcome(self, outcome, inputs):
        if "error" in outcome:
            return {"error": self._error(outcome["error"])}
        changed = [name for name in outcome["changed"] if name in inputs]
        return {"value": unflatten(flatten(outcome["value"])[1], self._leaf), "changed": changed}

    def _error(self, error):
        own = error.get("shown")  # the grader's words, where it has some
        return error | {
            "type": error["type"] if error["type"] in self.words else "Error",
            "shown": self.message(error["message"]) if own is None else own,
            "where": self._place(error["where"]),
            "call": self._place(error.get("call", "")),
            "names": self._names(error.get("names", "")),
        }

    def _names(self, text):
        """Return what is said of the names in a line: of those in the learner's own source."""
        items = [match for item in text.split("; ") if (match := NAMED.fullmatch(item))]
        known = [match[0] for match in items if set(WORD.findall(match[0])) <= self.words]
        return "; ".join(known)

    def message(self, text):
        """Return an exception's message if it may be shown, else an empty text."""
        match = next((match for form in FORMS if (match := form.fullmatch(text))), None)
        if match is None:
            return ""
        words = {word for name in (*match.groups(""), *QUOTED.findall(text)) for word in WORD.findall(name)}
        return text if words <= self.words else ""

    def _place(self, text):
        match = PLACE.fullmatch(text)
        if not match or not set(WORD.findall(match[1])) <= self.words | {"module", "lambda"}:
            return ""
        return text if match[3] is None or match[3].strip() in self.lines else f"{match[1]}, line {match[2]}"

    def _leaf(self, value):
        return Unknown(self._type_name(value.type_name)) if isinstance(value, Unknown) else value

    def _type_name(self, text):
        kind, colon, message = text.partition("\n")[0].partition(": ")
        if not TYPE.fullmatch(kind) or not set(WORD.findall(kind)) <= self.words:
            return "unknown"
        if not colon:
            return kind
        return f"{kind}: {self.message(message)}".rstrip(": ")
