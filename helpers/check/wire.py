"""Plain data on its way between a learner's kernel and the grader: arrays and JSON, never code."""

import io
import json
import math
import zipfile
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 64 * 2**20
MAX_NODES = 100_000
MAX_DEPTH = 16
MAX_ARRAYS = 1000  # one for each dtype; to read the header of a forged one may take milliseconds
MAX_TREE_BYTES = 8 * 2**20  # as Python's objects JSON may take thirty times as much
PLAIN_KINDS = "biufcU"  # booleans, integers, reals, complex numbers, text; never objects
TREE = "tree"
FLOAT_BYTES = 8
KEPT_DEPTH = 2  # of a value in an outcome in the list of outcomes
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without a limit, whatever they swell to
LISTED = b"PK\x01\x02"  # stands before each entry in an archive's directory


@dataclass(frozen=True)
class Unknown:
    """Stands for a value that is no plain data: a function, a model, an array of objects."""

    type_name: str


class _Pool:
    """The arrays of one dtype, end to end."""

    def __init__(self, number):
        self.number, self.size, self.flat = number, 0, []


class _Kept:
    """Stands for a value that a Packer has taken in."""

    def __init__(self, node):
        self.node = node


class Packer:
    """Writes values as a tree, and their arrays end to end, one pool for each dtype: many small entries are slow.

    Parameters
    ----------
    max_bytes : int, optional
        Limit on the size of all arrays together.
    """

    def __init__(self, max_bytes=None):
        self.pools = {}  # dtype -> its _Pool
        self.place_of = {}  # id -> (node, the object itself: kept alive, so that its id stays its own)
        self.nodes = self.bytes = 0
        self.max_bytes = max_bytes

    def keep(self, value):
        """Take a value in as it is now: whatever becomes of it later, this is what is packed.

        Parameters
        ----------
        value : object
            Anything, as for `pack`.

        Returns
        -------
        object
            Stands for the value in what is packed later.

        Raises
        ------
        ValueError
            If it breaks a limit, with the values so far; then nothing of it is kept.
        """
        before = self.nodes, self.bytes, {dtype: (pool.size, len(pool.flat)) for dtype, pool in self.pools.items()}
        self.place_of = {}
        try:
            return _Kept(self.node(value, KEPT_DEPTH))
        except BaseException:
            self.nodes, self.bytes, places = before
            self.pools = {dtype: self.pools[dtype] for dtype in places}
            for dtype, (size, count) in places.items():
                self.pools[dtype].size = size
                del self.pools[dtype].flat[count:]
            raise
        finally:
            self.place_of = {}  # the same array may hold other numbers later

    def pack(self, value, compressed=False):
        """Return `value` as `pack` does, with all that was kept."""
        tree = json.dumps(self.node(value)).encode("utf-8")
        buffer = io.BytesIO()
        save = np.savez_compressed if compressed else np.savez
        save(buffer, allow_pickle=False, **{TREE: np.frombuffer(tree, dtype=np.uint8)}, **self.arrays())
        return buffer.getvalue()

    def node(self, value, depth=0):
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ValueError(f"an answer may have {MAX_NODES} values in {MAX_DEPTH} levels at most")
        if value is None:
            return {"n": None}
        if isinstance(value, str):
            return {"s": str(value)}
        if isinstance(value, Unknown):
            return {"u": value.type_name}
        if isinstance(value, _Kept):
            return value.node
        if isinstance(value, dict):
            return {"d": [[str(key), self.node(item, depth + 1)] for key, item in value.items()]}
        if isinstance(value, (list, tuple)):
            kind = "t" if isinstance(value, tuple) else "l"
            return {kind: [self.node(item, depth + 1) for item in value]}
        if type(value) in (bool, float) or (type(value) is int and abs(value) < 2**63):
            return {"x": value}
        if isinstance(value, (complex, float, int, np.generic)) or hasattr(value, "__array__"):
            return self.array(value, depth)
        return {"u": type(value).__name__}

    def array(self, value, depth):
        if id(value) in self.place_of:
            return self.place_of[id(value)][0]
        try:
            array = np.array(value, subok=False)
        except Exception:  # whatever a symbolic tensor or an odd object raises here, it is no plain data
            return {"u": type(value).__name__}
        if array.dtype.kind == "O" and array.ndim == 1:  # one to keep tuples in, say: as good as a list
            return {"l": [self.node(item, depth + 1) for item in array]}
        if array.dtype.kind not in PLAIN_KINDS:
            return {"u": f"{type(value).__name__} of {array.dtype}"}
        self.bytes += array.nbytes
        if self.max_bytes is not None and self.bytes > self.max_bytes:
            raise ValueError(f"an answer may have {self.max_bytes} bytes at most")
        pool = self.pools.get(array.dtype)
        if pool is None:
            pool = self.pools[array.dtype] = _Pool(len(self.pools))
        node = {"a": [pool.number, pool.size, list(array.shape)]}
        self.place_of[id(value)] = (node, value)
        pool.size += array.size
        pool.flat.append(array.reshape(-1))
        return node

    def arrays(self):
        """Return the pools, each as one flat array under its number."""
        return {str(pool.number): np.concatenate(pool.flat, dtype=dtype) for dtype, pool in self.pools.items()}


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
        An `.npz` archive without pickles: for each dtype the numbers of all arrays end to end, and `tree`, the JSON
        that says how they hang together; there an array is {"a": [which dtype, first number, shape]}.

    Raises
    ------
    ValueError
        If the value has more than MAX_NODES parts or more than MAX_DEPTH levels.
    """
    return Packer().pack(value, compressed)


def plain(value, max_bytes=MAX_BYTES):
    """Return what `unpack(pack(value))` returns, without the archive in between: a copy that is plain data.

    Parameters
    ----------
    value : object
    max_bytes : int
        Limit on the size of all arrays together.

    Returns
    -------
    object
        As `unpack`.

    Raises
    ------
    ValueError
        If the value breaks a limit.
    """
    packer = Packer(max_bytes)
    tree = packer.node(value)
    return _Reader(packer.arrays(), max_bytes).value(tree)


def same(value, other):
    """Whether two values are of the same types and sent as the same bytes; a quick look before a thorough one.

    Parameters
    ----------
    value : object
        Nested no deeper than `pack` allows.
    other : object

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        As `pack`.
    """
    kind = type(value)
    if kind is not type(other):
        return False
    if kind is np.ndarray and value.dtype.kind in PLAIN_KINDS:
        return value.dtype == other.dtype and value.shape == other.shape and value.tobytes() == other.tobytes()
    if kind is dict:
        return list(map(str, value)) == list(map(str, other)) and all(map(same, value.values(), other.values()))
    if kind in (list, tuple):
        return len(value) == len(other) and all(map(same, value, other))
    if kind in (str, int, bool, type(None)):
        return value == other
    return pack(value) == pack(other)


def unpack(data, max_bytes=MAX_BYTES):
    """Read what `pack` wrote, believing nothing in it.

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
    """Puts a tree together again. An array counts in every place where it stands: who reads the tree meets all."""

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
            return Unknown(str(content)[:200])
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
