"""Attacks on the way that answers take to the grader: forged, doubled, early, malformed, or too large to read."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

PUBLISH = """
import io, json, sys, zipfile
import numpy as np
from helpers.check import probe
from helpers.check import wire
def publish(*buffers, **content):
    get_ipython().outlet.send("answer", list(buffers), **content)
def raw(*frames):
    for frame in frames:
        get_ipython().outlet.stream.sendall(len(frame).to_bytes(8, "big") + frame)
def packed(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name + ".npy", content)
    return out.getvalue()
def npy(array):
    out = io.BytesIO(); np.save(out, array); return out.getvalue()
def tree(value):
    return npy(np.frombuffer(json.dumps(value).encode(), np.uint8))
def outcomes(count, value):
    return tree({"l": [{"d": [["value", value], ["changed", {"l": []}]]}] * count})
def header(kind, *shape):
    out = io.BytesIO(); np.lib.format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": shape})
    return out.getvalue()
"""


def _answering(body):
    """Return code that answers every question itself: `body` uses `name` and `count`, and calls publish."""
    return f"""{PUBLISH}
def answer(name, namespace, question):
    count = len(wire.unpack(question)["cases"])
    if name == "total":
        return honest(name, namespace, question)
{body}
    raise KeyboardInterrupt
honest, probe.answer = probe.answer, answer
"""


@code("the mark is sent in place of an answer")
def mark_as_answer():
    return _answering(
        "    publish(wire.pack([{'value': {'score': 10.0, 'ok': True}, 'changed': [], 'score': 10}] * count))"
    )


@code("an answer before being asked, with the number that the next requests will have", exact=False)
def early_answer():
    return (
        PUBLISH
        + """
import threading, time
number = get_ipython().outlet.number
def early():
    for _ in range(100):
        for step in range(1, 8):
            head = {"kind": "answer", "number": number + step, "frames": 1}
            raw(json.dumps(head).encode(), wire.pack([{"value": 1, "changed": []}] * 3))
        time.sleep(0.02)
threading.Thread(target=early, daemon=True).start()
"""
    )


@code("two answers: a false one before the true one and one after it")
def two_answers():
    return _answering(
        "    publish(wire.pack([{'value': np.zeros(3), 'changed': []}] * count))\n"
        "    publish(honest(name, namespace, question))\n"
        "    publish(wire.pack([{'value': None, 'changed': [], 'error': None}] * count))"
    )


@code("an answer for more cases than were asked about, and for fewer")
def wrong_count():
    return _answering("    publish(wire.pack([]))\n    publish(wire.pack([{'value': 1, 'changed': []}] * 1000))")


@code("a pickle, so that the grader runs code when it reads the answer", reason="array of object is no plain data")
def pickled_answer():
    return _answering(
        "    class Run:\n"
        '        def __reduce__(self): return (exec, (\'open("/tmp/HOSTILE_WAS_HERE", "w").close()\',))\n'
        "    thing = np.empty(1, object); thing[0] = Run()\n"
        "    publish(packed(tree=outcomes(count, {'a': [0, 0, [1]]}), **{'0': npy(thing)}))"
    )


@code("a zip bomb: an array of 200 megabytes of zeros in 200 kilobytes", reason="bytes at most")
def zip_bomb_answer():
    return _answering(
        "    out = io.BytesIO()\n"
        "    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:\n"
        "        archive.writestr('tree.npy', outcomes(count, {'a': [0, 0, [2 * 10**8]]}))\n"
        "        with archive.open('0.npy', 'w') as entry:\n"
        "            entry.write(header('|i1', 2 * 10**8))\n"
        "            for _ in range(200): entry.write(bytes(10**6))\n"
        "    publish(out.getvalue())"
    )


@code("an array that says it has 10^9 x 10^9 elements", reason="does not have 24 bytes")
def giant_header():
    return _answering(
        "    array = header('<f8', 10**9, 10**9) + bytes(24)\n"
        "    publish(packed(tree=outcomes(count, {'a': [0, 0, [3]]}), **{'0': array}))"
    )


@code("a part of an array that says it has 10^9 x 10^9 elements", reason="bytes at most")
def giant_part():
    return _answering(
        "    publish(packed(tree=outcomes(count, {'a': [0, 0, [10**9, 10**9]]}), **{'0': npy(np.zeros(3))}))"
    )


@code("one array in ten thousand places: small on the way, huge for who reads it", reason="bytes at most")
def reference_bomb():
    return _answering(
        "    value = {'l': [{'a': [0, 0, [10**6]]}] * 10000}\n"
        "    publish(packed(tree=outcomes(count, value), **{'0': npy(np.zeros(10**6, np.int8))}))"
    )


@code("one long text in ten thousand places, each of which is a single value", reason="bytes at most")
def text_in_many_places():
    return _answering(
        "    value = {'l': [{'a': [0, 0, [1]]}] * 10000}\n"
        "    publish(packed(tree=outcomes(count, value), **{'0': npy(np.array(['x' * 10**5]))}))"
    )


@code("a thousand complex numbers in a thousand places, which take long when they are written out as text")
def complex_in_many_places():
    return {
        "first": "import numpy as np\nkept = np.full(1000, 1 + 1j / 3)",
        "scale": "def scale(x, factor, name):\n    return [kept] * 1000\n",
    }


@code(
    "a hundred megabytes of zeros in two hundred bytes, packed in a way that is unpacked without a limit",
    reason="stored nor deflated",
)
def bzip2_bomb():
    return _answering(
        "    out = io.BytesIO()\n"
        "    with zipfile.ZipFile(out, 'w', zipfile.ZIP_BZIP2) as archive:\n"
        "        archive.writestr('tree.npy', outcomes(count, {'n': None}))\n"
        "        with archive.open('0.npy', 'w') as entry:\n"
        "            for _ in range(10): entry.write(bytes(10**7))\n"
        "    publish(out.getvalue().replace((10**8).to_bytes(4, 'little'), (1000).to_bytes(4, 'little')))"
    )


@code("sixteen million dicts in seventy kilobytes: the tree is huge when it is read, before anybody counts its nodes")
def tree_bomb():
    return _answering(
        "    nodes = np.tile(np.frombuffer(b'{\"\":{}},', np.uint8), 8 * 10**6)\n"
        '    begin = \'{"l":["\U0001f600",\'.encode()  # one letter for which all others take four bytes, too\n'
        "    ends = (np.frombuffer(one, np.uint8) for one in (begin, b'1]}'))\n"
        "    publish(packed(tree=npy(np.concatenate([next(ends), nodes, next(ends)]))))"
    )


@code("an archive of a million and a half entries without content, which are huge when its index is read")
def index_bomb():
    return _answering(
        "    import struct\n"
        "    entry = struct.pack('<4s42x', b'PK\\1\\2')\n"
        "    count = (64 * 2**20 - 22) // len(entry)\n"
        "    end = struct.pack('<4s4x2H2L2x', b'PK\\5\\6', 65535, 65535, len(entry) * count, 0)\n"
        "    publish(entry * count + end)"
    )


@code("a tree of a hundred thousand levels", reason="RecursionError")
def deep_answer():
    return _answering(
        "    deep = '{\"l\": [' * 100000 + ']}' * 100000\n"
        "    publish(packed(tree=npy(np.frombuffer(deep.encode(), np.uint8))))"
    )


@code("an integer of four thousand digits", reason="an integer of more than 64 bits")
def giant_integer():
    return _answering("    publish(packed(tree=outcomes(count, {'x': 10**4000})))")


@code("an answer that is no archive, that has no buffer or many; strange contents")
def nonsense_answers():
    return _answering(
        "    for buffers in ((), (b'',), (b'!',), (b'PK\\x03\\x04',), (b'PK',) * 1000):\n"
        "        for content in (7, None, [1], {}, 'AAAA'):\n"
        "            try: publish(*buffers, text=content)\n"
        "            except Exception: pass"
    )


@code("a giant answer: two hundred megabytes in one message")
def giant_answer():
    return _answering("    publish(b'A' * 200_000_000)")


@code("a giant answer in the text of a message")
def giant_content():
    return _answering("    publish(text='A' * 200_000_000)")


@code("malformed messages that make the reader stumble")
def malformed_messages():
    return (
        PUBLISH
        + """
outlet = get_ipython().outlet
for content in ({"name": ["stdout"], "text": {"a": 1}}, {"data": [1, 2]}, {"data": {"text/plain": 3}},
                {"ename": {}, "evalue": [], "traceback": "x"}, {"number": [1]}, {"frames": 7}, {"kind": {}}, {}):
    for kind in ("stream", "display_data", "execute_result", "error", "clear_output", "answer", "\\ud800"):
        head = {"kind": kind, "number": outlet.number, "frames": 0} | content
        raw(json.dumps(head).encode())
raw(b"", b"x", b"[]", b"{", b"null", b"7", b"\\xff" * 9, b'"' + b"a" * 1000, b"[" * 100_000, b"{}" * 9)
"""
    )


@code("a message whose kind is a list", exact=False)
def kind_of_message():
    return PUBLISH + "get_ipython().outlet.send(['x'])"


@code("forty million empty lists in one message: a gigabyte and more when they are read", exact=False)
def lists_in_a_message():
    return PUBLISH + """raw(b'{"kind": "stream", "text": [' + b'[],' * 40_000_000 + b'1]}')"""


@code("two and a half million empty lists in each message, as many as are read, over and over", exact=False)
def lists_in_every_message():
    return PUBLISH + """for _ in range(100): raw(b'{"kind": "stream", "text": [' + b'[],' * 2_500_000 + b'1]}')"""


@code("the cell says that it is done while it goes on, so that its time is not counted")
def false_end():
    return (
        PUBLISH
        + """
get_ipython().outlet.send("done")
import time
while True: time.sleep(0.1)
"""
    )


@code("a flood of answers, in a thread that never stops", exact=False)
def answer_flood():
    return (
        PUBLISH
        + """
import threading
data = wire.pack([{"value": np.zeros(1000), "changed": []}] * 3)
def flood():
    while True:
        publish(data)
threading.Thread(target=flood, daemon=True).start()
"""
    )


@code("one message of very many frames, which fill the grader's memory", exact=False)
def frame_flood():
    return (
        PUBLISH
        + """
block = bytes(50 * 2**20)
raw(json.dumps({"kind": "answer", "number": get_ipython().outlet.number, "frames": 400}).encode(), *[block] * 400)
"""
    )


@code("one frame that says it has twenty gigabytes, and brings them")
def giant_frame():
    return (
        PUBLISH
        + """
raw(json.dumps({"kind": "answer", "number": get_ipython().outlet.number, "frames": 1}).encode())
stream = get_ipython().outlet.stream
stream.sendall((20 * 2**30).to_bytes(8, "big"))
for _ in range(400): stream.sendall(bytes(50 * 2**20))
"""
    )


@code("the probe's namespace is forged: the name of the graded function leads to another one")
def swapped_names():
    return """
import sys, types
class Namespace(dict):
    def __getitem__(self, key): return dict.__getitem__(self, "total" if key == "scale" else key)
    def __contains__(self, key): return True
from helpers.check import probe
honest = probe.answer
probe.answer = lambda name, space, question: honest(name, Namespace(space), question)
"""
