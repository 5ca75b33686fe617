"""Attacks on the way that answers take to the grader: forged, doubled, early, malformed, or too large to read."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

PUBLISH = """
import io, json, sys, zipfile
import numpy as np
from helpers import probe, wire
def publish(*buffers, content="", parent=None):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, "display_data", {"data": {probe.MIME: content}, "metadata": {}},
        parent=parent or kernel.get_parent(), buffers=list(buffers))
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
"""


def _answering(body):
    """Return code that answers every question itself: `body` uses `name` and `count`, and calls publish."""
    return f"""{PUBLISH}
def answer(name, namespace):
    count = len(wire.unpack(bytes(get_ipython().kernel.get_parent()["buffers"][0]))["cases"])
    if name == "total":
        return honest(name, namespace)
{body}
honest, probe.answer = probe.answer, answer
"""


@code("the mark is sent in place of an answer")
def mark_as_answer():
    return _answering(
        "    publish(wire.pack([{'value': {'score': 10.0, 'ok': True}, 'changed': [], 'score': 10}] * count))"
    )


@code("an answer before being asked, with the message number that will be the next one", exact=False)
def early_answer():
    return (
        PUBLISH
        + """
import threading, time
kernel = get_ipython().kernel
parent = dict(kernel.get_parent())
head, _, number = parent["header"]["msg_id"].rpartition("_")
def early():
    for _ in range(100):
        for step in range(1, 8):
            publish(wire.pack([{"value": 1, "changed": []}] * 3),
                parent={"header": dict(parent["header"], msg_id=f"{head}_{int(number) + step}")})
        time.sleep(0.02)
threading.Thread(target=early, daemon=True).start()
"""
    )


@code("two answers: a false one before the true one and one after it")
def two_answers():
    return _answering(
        "    publish(wire.pack([{'value': np.zeros(3), 'changed': []}] * count))\n"
        "    honest(name, namespace)\n"
        "    publish(wire.pack([{'value': None, 'changed': [], 'error': None}] * count))"
    )


@code("an answer for more cases than were asked about, and for fewer")
def wrong_count():
    return _answering("    publish(wire.pack([]))\n    publish(wire.pack([{'value': 1, 'changed': []}] * 1000))")


@code("a pickle, so that the grader runs code when it reads the answer")
def pickled_answer():
    return _answering(
        "    class Run:\n"
        '        def __reduce__(self): return (exec, (\'open("/tmp/HOSTILE_WAS_HERE", "w").close()\',))\n'
        "    thing = np.empty(1, object); thing[0] = Run()\n"
        "    publish(packed(tree=tree({'l': [{'a': 0}]}), **{'0': npy(thing)}))"
    )


@code("a zip bomb: a gigabyte of zeros in a megabyte")
def zip_bomb_answer():
    return _answering("    publish(packed(tree=tree({'l': [{'a': 0}]}), **{'0': bytes(10**9)}))")


@code("an array that says it has 10^9 x 10^9 elements")
def giant_header():
    return _answering(
        "    head = npy(np.zeros(3)).replace(b\"'shape': (3,), }\", b\"'shape': (1000000000,1000000000), }\")\n"
        "    publish(packed(tree=tree({'l': [{'a': 0}] * count}), **{'0': head}))"
    )


@code("one array in ten thousand places: small on the way, huge for who reads it")
def reference_bomb():
    return _answering(
        "    item = {'d': [['value', {'l': [{'a': 0}] * 10000}], ['changed', {'l': []}]]}\n"
        "    publish(packed(tree=tree({'l': [item] * count}), **{'0': npy(np.zeros(10**6, np.int8))}))"
    )


@code("a tree of a hundred thousand levels")
def deep_answer():
    return _answering(
        "    deep = '{\"l\": [' * 100000 + ']}' * 100000\n"
        "    publish(packed(tree=npy(np.frombuffer(deep.encode(), np.uint8))))"
    )


@code("an answer that is no archive, that has no buffer or many; integers of four thousand digits; strange contents")
def nonsense_answers():
    return _answering(
        "    publish(packed(tree=tree({'l': [{'d': [['value', {'x': 10**4000}], ['changed', {'n': None}]]}] * count})))\n"
        "    for buffers in ((), (b'',), (b'!',), (b'PK\\x03\\x04',), (b'PK',) * 1000):\n"
        "        for content in (7, None, [1], {}, 'AAAA'):\n"
        "            try: publish(*buffers, content=content)\n"
        "            except Exception: pass"
    )


@code("a giant answer: two hundred megabytes in one message")
def giant_answer():
    return _answering("    publish(b'A' * 200_000_000)")


@code("a giant answer in the text of a message")
def giant_content():
    return _answering("    publish(content='A' * 200_000_000)")


@code("malformed messages of the Jupyter protocol, some signed and some not, that make the reader stumble")
def malformed_messages():
    return (
        PUBLISH
        + """
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
kernel, session = app.kernel, app.kernel.session
parent = kernel.get_parent()
for content in ([], "text", None, {"name": ["stdout"], "text": {"a": 1}}, {"data": [1, 2]}, {"data": {"text/plain": 3}},
                {"ename": {}, "evalue": [], "traceback": "x"}, {"execution_state": ["idle"]}):
    for kind in ("stream", "display_data", "execute_result", "error", "status", "update_display_data", "\\ud800"):
        try: session.send(kernel.iopub_socket, kind, content, parent=parent)
        except Exception: pass
socket = app.iopub_thread.socket
for frames in ([b"x"], [b"", b"<IDS|MSG>"], [b"<IDS|MSG>", b"badsignature", b"{}", b"{}", b"{}", b"{}"],
               [b"<IDS|MSG>", session.sign([b"[]", b"[]", b"[]", b"[]"]), b"[]", b"[]", b"[]", b"[]"],
               [b"<IDS|MSG>", session.sign([b"{", b"{", b"{", b"{"]), b"{", b"{", b"{", b"{"]):
    socket.send_multipart(frames)
"""
    )


@code("the cell says that it is done while it goes on, so that its time is not counted")
def false_idle():
    return (
        PUBLISH
        + """
kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=kernel.get_parent())
import time
while True: time.sleep(0.1)
"""
    )


@code("a flood of answers, in a thread that never stops", seconds=40, exact=False)
def answer_flood():
    return (
        PUBLISH
        + """
import threading
data, parent = wire.pack([{"value": np.zeros(1000), "changed": []}] * 3), get_ipython().kernel.get_parent()
def flood():
    while True:
        publish(data, parent=parent)
threading.Thread(target=flood, daemon=True).start()
"""
    )


@code("one message of very many frames, which fill the grader's memory", seconds=40)
def frame_flood():
    return """
import zmq
from ipykernel.kernelapp import IPKernelApp
socket = IPKernelApp.instance().iopub_thread.socket
block = bytes(50 * 2**20)
for _ in range(400):
    socket.send(block, zmq.SNDMORE, copy=False)
"""


@code("the probe's namespace is forged: the name of the graded function leads to another one")
def swapped_names():
    return """
import sys, types
class Namespace(dict):
    def __getitem__(self, key): return dict.__getitem__(self, "total" if key == "scale" else key)
    def __contains__(self, key): return True
from helpers import probe
honest = probe.answer
probe.answer = lambda name, space: honest(name, Namespace(space))
"""
