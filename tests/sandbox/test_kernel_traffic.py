"""What passes between an interpreter and the grader: by which way, and that malformed messages are passed over."""

import json
import os
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograders.engine import kernel as module
from autograders.engine.kernel import LIMIT_NAMES, MAX_JSON_BYTES, Kernel
from autograders.sandbox.limits import Limits
from autograders.sandbox.messages import LENGTH, packed
from helpers.check.wire import MAX_BYTES, pack

QUICK = 20  # seconds that nothing here should need
AT_ONCE = 0.02  # seconds after which an interpreter that says nothing more is given up
NUMBER = 1  # of the request
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
kinds = st.sampled_from(["stream", "display_data", "execute_result", "error", "clear_output", "Done", "status", "x"])
no_json = st.one_of(st.binary(max_size=8), st.sampled_from([b"[" * 100_000, b'"\\ud800"', b"NaN", b"1" * 5000]))
heads = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.one_of(kinds, json_values.filter(lambda value: value != "done")),
        "number": st.one_of(st.just(NUMBER), json_values),
        "frames": st.one_of(st.just(0), json_values.filter(lambda value: value != 1)),
        "name": json_values, "text": json_values, "ename": json_values, "evalue": json_values,
        "traceback": json_values, "wait": json_values,
        "data": st.one_of(st.dictionaries(st.just("text/plain"), json_values), json_values),
    },
)  # fmt: skip
malformed = st.one_of(no_json, st.one_of(heads, json_values).map(lambda value: json.dumps(value).encode()))


def frame(data):
    return LENGTH.pack(len(data)) + data


def message(kind, number=NUMBER, *frames, **content):
    """Return a well-formed message, as it goes over the channel."""
    head = {"kind": kind, "number": number, "frames": len(frames)} | content
    return b"".join(map(frame, (json.dumps(head).encode(), *frames)))


DONE = message("done")


def line(text):
    return message("stream", name="stdout", text=text)


class Stub:
    """An interpreter that answers a request with given bytes, in place of a process; the reading is the true one."""

    def __init__(self, alive=True):
        self.interrupts, self.restarts = [], []
        self.kernel = Kernel()
        self.kernel.process = SimpleNamespace(  # of our parent's number: it waits, as an interpreter does without work
            pid=os.getppid(), poll=lambda: None if alive else 0, send_signal=self.interrupts.append
        )
        self.kernel.channel, self.there = socket.socketpair()
        self.kernel.messages = self.kernel._read()
        self.kernel.restart = lambda: self.restarts.append(1)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.kernel.channel.close()
        self.there.close()

    def execute(self, *answer, timeout=QUICK, close=False):
        """Run code that is answered so; `close` ends the channel then."""
        writer = threading.Thread(target=self._answer, args=(b"".join(answer), close))
        writer.start()
        try:
            return self.kernel.execute("", timeout)
        finally:
            self.kernel.channel.close()
            writer.join(QUICK)

    def _answer(self, data, close):
        try:
            self.there.sendall(data)
        except OSError:  # the rest is not read any more
            return
        if close:
            self.there.close()


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(malformed, max_size=6))
def test_malformed_messages_are_skipped_and_the_end_is_found(messages):
    with Stub() as stub:
        reply = stub.execute(*map(frame, messages), DONE)
        assert reply.status in ("ok", "error")
        assert all(output.output_type in module.OUTPUT_TYPES for output in reply.outputs)
        assert stub.interrupts == stub.restarts == []


@settings(max_examples=60, deadline=None)
@given(st.lists(no_json, min_size=1, max_size=4))
def test_what_stands_between_malformed_messages_is_read(messages):
    between = [frame(one) for one in messages]
    with Stub() as stub:
        reply = stub.execute(*between, line("a"), *between, line("b"), DONE)
    assert [output.text for output in reply.outputs] == ["ab"]


@pytest.mark.parametrize("alive", [True, False])
@settings(max_examples=30, deadline=None)
@given(messages=st.lists(malformed, max_size=4))
def test_without_an_end_there_is_a_broken_limit(alive, messages):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "INTERRUPT_SECONDS", AT_ONCE)
        patch.setattr(module, "DEATH_SECONDS", AT_ONCE)
        with Stub(alive) as stub:
            reply = stub.execute(*map(frame, messages), timeout=AT_ONCE if alive else QUICK)
            assert reply.status == ("timeout" if alive else "died")
            assert reply.outputs[-1].ename == LIMIT_NAMES[reply.status]
            assert stub.kernel.fresh and stub.kernel.restarts == len(stub.restarts) == 1
            assert len(stub.interrupts) == alive


@pytest.mark.parametrize("rest", [b"", LENGTH.pack(9), LENGTH.pack(9) + b"{", b"\0"])
def test_a_channel_that_closes_is_a_death_whatever_came_last(rest, monkeypatch):
    monkeypatch.setattr(module, "DEATH_SECONDS", AT_ONCE)
    with Stub() as stub:
        assert stub.execute(line("a"), rest, close=True).status == "died"
        assert len(stub.restarts) == 1


@pytest.mark.parametrize(
    "early",
    [
        message("done", 2), message("done", "1"), message("done", None), message(["done"]), message("Done"),
        message("done", frames=[1])[:0] + frame(b'{"kind": "done"}'), frame(b'["done"]'), frame(b'"done"'),
    ],
)  # fmt: skip
def test_what_is_not_the_end_is_not_taken_for_it(early):
    with Stub() as stub:
        assert stub.execute(early, line("a"), DONE).outputs[0].text == "a"


def test_the_end_of_an_earlier_request_is_not_that_of_this_one():
    with Stub() as stub:
        stub.kernel.number = 6
        reply = stub.execute(message("done", 6), message("stream", 7, name="stdout", text="a"), message("done", 7))
    assert [output.text for output in reply.outputs] == ["a"]


@pytest.mark.parametrize("length", [MAX_JSON_BYTES + 1, 2**40, 2**64 - 1])
def test_text_too_long_to_be_read_is_a_flood(length):
    """As Python's objects it would take gigabytes; nothing that is shown is as long. It is not even waited for."""
    with Stub() as stub:
        reply = stub.execute(line("a"), LENGTH.pack(length), b"x" * 1000)
        assert reply.status == "flood"
        assert [output.ename for output in reply.outputs[1:]] == ["OutputLimit"]
        assert len(stub.restarts) == 1


def test_an_answer_may_be_longer():
    with Stub() as stub:
        reply = stub.execute(message("answer", NUMBER, bytes(2 * MAX_JSON_BYTES)), DONE)
    assert reply.status == "ok"
    assert [len(one) for one in reply.answer] == [2 * MAX_JSON_BYTES]


def test_an_answer_may_not_be_as_long_as_it_likes():
    with Stub() as stub:
        reply = stub.execute(frame(b'{"kind": "answer", "number": 1, "frames": 1}'), LENGTH.pack(2 * MAX_BYTES))
    assert reply.status == "flood"


def test_of_several_answers_to_one_question_the_last_counts():
    with Stub() as stub:
        answers = [message("answer", NUMBER, pack([{"value": value, "changed": []}])) for value in (1, 2)]
        threading.Thread(target=stub.there.sendall, args=(b"".join([*answers, DONE]),)).start()
        assert stub.kernel.call("f", b"", 1, QUICK) == [{"value": 2, "changed": []}]


@given(head=st.dictionaries(st.text(max_size=5), json_values, max_size=3), frames=st.lists(st.binary(), max_size=1))
def test_what_is_sent_is_read(head, frames):
    with Stub() as stub:
        stub.kernel.buffer += packed(head, frames)
        found = next(stub.kernel.messages)
    assert found == (head | {"frames": len(frames)}, frames)


WARM = ("numpy", "pandas", "matplotlib.pyplot")
WITH_TENSORFLOW = ("tensorflow", "keras")


@pytest.mark.slow
@pytest.mark.usefixtures("jail")
@pytest.mark.parametrize("tensorflow", [False, True])
class TestJailed:
    """What can be seen of a jailed interpreter that has run nothing yet."""

    @pytest.fixture
    def fresh(self, tmp_path, tensorflow):
        with Kernel(tmp_path, Limits(), tensorflow) as kernel:
            yield kernel

    def test_it_is_a_fork_of_a_parent_that_has_imported_what_notebooks_import(self, fresh, tensorflow):
        """No import statement has run in it; `sys` alone is fetched, which every Python has."""
        names = [*WARM, *WITH_TENSORFLOW]
        (output,) = fresh.execute(f"[name in __import__('sys').modules for name in {names}]", QUICK).outputs
        assert output.data["text/plain"] == str([True] * len(WARM) + [tensorflow] * len(WITH_TENSORFLOW))
        libraries = Path(f"/proc/{parent(parent(fresh.process.pid))}/maps").read_text(encoding="utf-8")
        assert "/numpy/" in libraries and "/pandas/" in libraries
        assert ("/tensorflow/" in libraries) is tensorflow

    def test_it_has_no_socket_of_the_network_and_no_names_of_its_own(self, fresh):
        code = "[len(open(f'/proc/net/{name}').readlines()) for name in ('tcp', 'tcp6', 'udp', 'udp6')]"
        (output,) = fresh.execute(code, QUICK).outputs
        assert output.data["text/plain"] == "[1, 1, 1, 1]"  # the headings
        (output,) = fresh.execute("[name for name in globals() if not name.startswith('_')]", QUICK).outputs
        assert output.data["text/plain"] == "['In', 'Out', 'get_ipython', 'exit', 'quit', 'open']"


def parent(number):
    """Return the number of a process's parent."""
    return int(Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
