"""Plain data on its way between a learner's kernel and the grader: arrays and JSON, never code."""

import io
import json
import math
import zipfile
from dataclasses import dataclass
from itertools import starmap

import numpy as np

from helpers.check.nested import MAX_DEPTH, MAX_NODES, TOO_MANY, flatten, pair_up, unflatten

MAX_BYTES = 64 * 2**20
MAX_TYPE_LETTERS = 1000  # of what stands for no plain data
MAX_ARRAYS = 1000  # one for each dtype; to read the header of a forged one may take milliseconds
MAX_TREE_BYTES = 8 * 2**20  # what JSON holds may take thirty times as much once it is Python objects
SCALARS = {str, bool, int, float, type(None)}
PLAIN_KINDS = "biufcU"  # booleans, integers, reals, complex numbers, text; never objects
TREE = "tree"
FLOAT_BYTES = 8
LEVELS_AROUND = 2  # a value lies in an outcome (a dict), and that in the list of outcomes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile unpacks the others without regard to any limit
LISTED = b"PK\x01\x02"  # stands before each entry in an archive's directory


@dataclass(frozen=True)
class Unknown:
    """Stands for a value that is no plain data: a function, a model, an array of objects."""

    type_name: str


class _Kept:
    """Stands for a value that a Packer has taken in."""

    def __init__(self, tree):
        self.tree = tree


def _leaf(value):
    """Return what stands for a leaf in a tree (see `pack`); for an array the array itself, not copied."""
    if value is None:
        return {"n": None}
    if isinstance(value, str):
        return {"s": str(value)}
    if isinstance(value, Unknown):
        return {"u": value.type_name}
    if isinstance(value, _Kept):
        return value.tree
    if type(value) in (bool, float) or (type(value) is int and abs(value) < 2**63):
        return {"x": value}
    if isinstance(value, (complex, float, int, np.generic)) or hasattr(value, "__array__"):
        try:
            array = np.asarray(value)
        except Exception:  # whatever a symbolic tensor or an odd object raises here, it is no plain data
            return {"u": type(value).__name__}
        return array if array.dtype.kind in PLAIN_KINDS else {"u": f"{type(value).__name__} of {array.dtype}"}
    return {"u": type(value).__name__}


class Packer:
    """Packs values, taken in one by one. All of them keep to the limits together.

    Parameters
    ----------
    max_bytes : int, optional
        Limit on the size of all arrays.
    """

    def __init__(self, max_bytes=math.inf):
        self.max_bytes = max_bytes
        self.nodes = self.bytes = 0
        self.pools = {}  # dtype -> its arrays: many small entries of an archive are slow
        self.sizes = {}  # dtype -> how many numbers they have

    def keep(self, value):
        """Take any value in as it is now, and return what stands for it in what is packed later.

        Raises
        ------
        ValueError
            If it breaks a limit, together with the values so far; then nothing of it is kept.
        """
        return _Kept(self.tree(value, MAX_DEPTH - LEVELS_AROUND))

    def pack(self, value, compressed=False):
        """Return `value` as `pack` does, with all that was kept."""
        tree = json.dumps(self.tree(value)).encode("utf-8")
        buffer = io.BytesIO()
        save = np.savez_compressed if compressed else np.savez
        save(buffer, allow_pickle=False, **{TREE: np.frombuffer(tree, dtype=np.uint8)}, **self.arrays())
        return buffer.getvalue()

    def tree(self, value, max_depth=MAX_DEPTH):
        """Return the tree of a value, as `pack` describes it, and add its arrays to the pools."""
        _, nodes = flatten(value, max_depth)
        leaves = {id(node): _leaf(node) for node in nodes if not isinstance(node, (dict, list, tuple))}
        arrays = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, np.ndarray)}
        count, size = self.nodes + len(nodes), self.bytes + sum(array.nbytes for array in arrays.values())
        if count > MAX_NODES:
            raise ValueError(TOO_MANY)
        if size > self.max_bytes:
            raise ValueError(f"an answer may have {self.max_bytes} bytes at most")
        self.nodes, self.bytes = count, size
        for key, array in arrays.items():
            start = self.sizes.get(array.dtype, 0)
            self.sizes[array.dtype] = start + array.size
            self.pools.setdefault(array.dtype, []).append(array.flatten())
            leaves[key] = {"a": [list(self.pools).index(array.dtype), start, array.shape]}
        return unflatten(nodes, lambda node: leaves[id(node)], lambda kind, items: {kind.__name__[0]: items})

    def arrays(self):
        """Return the pools, each as one flat array under its number."""
        pools = enumerate(self.pools.items())
        return {str(number): np.concatenate(pool, dtype=dtype) for number, (dtype, pool) in pools}


def pack(value, compressed=False):
    """Turn nested dicts, lists, tuples, arrays, numbers and text into bytes.

    Parameters
    ----------
    value : object
        Anything; what is no plain data is sent as its type's name only (see `Unknown`).
    compressed : bool
        For files; on the way between two processes compressing takes longer than sending.

    Returns
    -------
    bytes
        An `.npz` archive without pickles. Many small entries are slow, so the arrays of each dtype stand end to end in
        one entry. The entry `tree` is JSON that says how the value hangs together. Each node is an object with one
        key, which tells its kind: {"l": [nodes]}, {"t": [nodes]}, {"d": [[key, node], ...]}, {"n": null},
        {"s": text}, {"x": number}, {"u": name of a type}, {"a": [number of the entry, first place in it, shape]}.

    Raises
    ------
    ValueError
        If the value has more than MAX_NODES nodes or more than MAX_DEPTH levels.
    """
    return Packer().pack(value, compressed)


def plain(value):
    """Return a copy that is plain data, as `unpack(pack(value))` does; a ValueError if the value breaks a limit."""
    packer = Packer(MAX_BYTES)
    tree = packer.tree(value)
    return _Reader(packer.arrays(), MAX_BYTES).value(tree)


def same(value, other):
    """Whether two values have the same structure, types and bytes: quick, but False where that takes a longer look."""
    pairs = pair_up(value, other)
    return pairs is not None and all(starmap(_same_leaf, pairs))


def _same_leaf(one, two):
    if type(one) is np.ndarray and one.dtype.kind in PLAIN_KINDS:
        return one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes()
    return type(one) in SCALARS and repr(one) == repr(two)  # this tells 0.0 from -0.0, and NaN is NaN


def unpack(data, max_bytes=MAX_BYTES):
    """Read what `pack` wrote; nothing in it is trusted.

    Parameters
    ----------
    data : bytes
    max_bytes : int
        Limit on the unpacked size of all arrays together.

    Returns
    -------
    object
        Nested dicts, lists, tuples, numbers, `numpy.ndarray`, text, None and `Unknown`; a NumPy scalar is a 0-d array.

    Raises
    ------
    ValueError
        If the bytes are not such an archive, or break a limit.
    """
    try:
        arrays = _read_arrays(data, max_bytes)
        tree = arrays.pop(TREE).tobytes()
        if len(tree) > MAX_TREE_BYTES:
            raise ValueError(f"what hangs an answer together may have {MAX_TREE_BYTES} bytes at most")
        return _Reader(arrays, max_bytes).value(json.loads(tree.decode("utf-8")))
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"not a readable answer ({type(error).__name__}: {error})") from None


def _read_arrays(data, max_bytes):
    arrays = {}
    if data.count(LISTED) > MAX_ARRAYS:  # each becomes an object, before any can be looked at
        raise ValueError(f"an answer may have {MAX_ARRAYS} arrays at most")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > max_bytes:
            raise ValueError(f"an answer may have {max_bytes} bytes at most")
        for entry in entries:
            if entry.compress_type not in METHODS:
                raise ValueError("an array is neither stored nor deflated")
            with archive.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
            if len(content) != entry.file_size:
                raise ValueError("an array is longer than it says")
            arrays[entry.filename.removesuffix(".npy")] = _read_array(content)
    return arrays


def _read_array(content):
    stream = io.BytesIO(content)
    version = np.lib.format.read_magic(stream)
    header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, fortran_order, dtype = header(stream)
    if dtype.kind not in PLAIN_KINDS or dtype.hasobject:
        raise ValueError(f"an array of {dtype} is no plain data")
    count = math.prod(map(int, shape))  # Python's integers: a shape of 10^9 x 10^9 must not wrap round
    body = content[stream.tell() :]
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(body):
        raise ValueError(f"an array of shape {shape} does not have {len(body)} bytes")
    array = np.frombuffer(body, dtype=dtype).copy() if count else np.empty(0, dtype)
    return array.reshape(shape, order="F" if fortran_order else "C")


class _Reader:
    """Makes a value from a tree, from the outside to the inside, so that a broken limit is met as early as possible.

    An array counts in every place where it stands, since whoever goes over the value meets it in all of them.
    """

    def __init__(self, arrays, max_bytes):
        self.arrays, self.max_bytes = arrays, max_bytes
        self.nodes = self.bytes = 0

    def value(self, node, depth=0):
        self.nodes += 1
        if depth > MAX_DEPTH + 1 or self.nodes > MAX_NODES:
            raise ValueError(f"an answer may have {MAX_NODES} values in {MAX_DEPTH} levels at most")
        ((kind, content),) = node.items()
        if kind == "n":
            return None
        if kind == "s":
            return str(content)
        if kind == "x":
            return self.number(content)
        if kind == "u":
            return Unknown(str(content)[:MAX_TYPE_LETTERS])
        if kind == "a":
            return self.array(*content)
        if kind == "d":
            return {str(key): self.value(item, depth + 1) for key, item in content}
        items = [self.value(item, depth + 1) for item in content]
        return {"t": tuple, "l": list}[kind](items)

    @staticmethod
    def number(content):
        if type(content) is int and abs(content) >= 2**63:
            raise ValueError("an integer of more than 64 bits")
        return content if type(content) in (bool, int, float) else float(content)

    def array(self, pool, start, shape):
        if not all(type(number) is int and number >= 0 for number in (pool, start, *shape)):
            raise ValueError("an array's place and shape are whole numbers")
        numbers = self.arrays[str(pool)]
        count = math.prod(shape)  # Python's integers: a shape of 10^9 x 10^9 must not wrap round
        self.bytes += count * max(numbers.itemsize, FLOAT_BYTES)
        if self.bytes > self.max_bytes:
            raise ValueError(f"an answer may have {self.max_bytes} bytes at most")
        numbers = numbers[start : start + count]
        if numbers.shape != (count,):
            raise ValueError(f"an array of shape {tuple(shape)} does not have {numbers.size} numbers")
        return numbers.reshape(shape)
