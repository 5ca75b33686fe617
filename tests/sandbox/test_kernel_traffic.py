"""What passes between a kernel and the grader: by which way, and that malformed messages are passed over."""

import json
import stat
import uuid
from pathlib import Path
from queue import Empty
from types import SimpleNamespace

import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyter_client.channels import ZMQSocketChannel
from jupyter_client.session import Session

from autograders import kernel as module
from autograders.kernel import LIMIT_NAMES, MAX_JSON_BYTES, Kernel
from autograders.sandbox import jail
from autograders.sandbox.limits import Limits
from helpers.check.probe import MIME
from helpers.check.wire import pack

QUICK = 20  # seconds that nothing here should need
AT_ONCE = 0.02  # seconds after which a kernel that says nothing more is given up
OURS, OTHERS = "the request", "another request"  # stand for the numbers of messages, which are not known before
DELIMITER = b"<IDS|MSG>"
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
kinds = st.sampled_from(
    ["status", "stream", "display_data", "execute_result", "error", "execute_input", "update_display_data", "comm_open"]
)
numbers = st.one_of(st.sampled_from([OURS, OTHERS]), json_values)
contents = st.fixed_dictionaries(
    {},
    optional={
        "name": json_values, "text": json_values, "ename": json_values, "traceback": json_values,
        "execution_state": st.one_of(st.sampled_from(["busy", "starting"]), json_values),
        "data": st.one_of(st.dictionaries(st.sampled_from([MIME, "text/plain"]), json_values), json_values),
    },
)  # fmt: skip
LIES = {  # of a header
    "msg_type": json_values, "msg_id": json_values, "date": json_values, "session": json_values,
    "version": st.one_of(st.sampled_from(["4.1", "5", "x", ""]), json_values),
}  # fmt: skip
OTHER_LIES = ("lacks", "parent", "count", "before", "signed", *range(4))  # a number is that of a part
no_json = st.one_of(st.binary(max_size=8), st.sampled_from([b"[" * 100_000, b'"\\ud800"', b"NaN", b"1" * 5000]))


@st.composite
def malformed(draw):
    """A message, sound but for some lies: what comes before, its parts, how it is signed, what comes after.

    The parts are bytes, or to be written as JSON.
    """
    told = draw(st.lists(st.sampled_from([*LIES, *OTHER_LIES]), max_size=3))
    header = {"msg_id": "1", "msg_type": draw(kinds), "version": "5.3"}
    header |= {key: draw(values) for key, values in LIES.items() if key in told}
    if "lacks" in told:
        del header[draw(st.sampled_from(sorted(header)))]
    number = {"msg_id": draw(numbers) if "parent" in told else OURS}
    parts = [header, number, {}, draw(contents)]
    for place in range(4):
        if place in told:
            parts[place] = draw(st.one_of(json_values, no_json, st.just([number])))
    count = draw(st.integers(0, 3)) if "count" in told else 4
    before = draw(st.sampled_from([[], [b"topic", DELIMITER], [DELIMITER] * 2])) if "before" in told else [DELIMITER]
    signed = draw(st.sampled_from(["badly", "not", "twice"])) if "signed" in told else "well"
    return before, parts[:count], signed, draw(st.lists(st.binary(max_size=8), max_size=2))


class Stub:
    """A kernel that answers a request with what it was given, in place of a process; the reading is the true one."""

    def __init__(self, alive=True):
        self.context = zmq.Context.instance()
        self.there, here = (self.context.socket(zmq.PAIR) for _ in range(2))
        place = f"inproc://{uuid.uuid4()}"
        self.there.bind(place)
        here.connect(place)
        self.session, reader = Session(key=b"secret"), Session(key=b"secret")
        self.kernel = Kernel()
        reader.unpack = self.kernel._read_json
        self.channel = ZMQSocketChannel(here, reader)
        self.kernel.client = SimpleNamespace(
            session=self.session, iopub_channel=self.channel, shell_channel=SimpleNamespace(send=self._asked)
        )
        self.kernel.manager = SimpleNamespace(
            is_alive=lambda: alive, interrupt_kernel=lambda: self.interrupts.append(1), provisioner=None
        )
        self.kernel.lost = SimpleNamespace(poll=lambda timeout: 0)
        self.kernel.size = module._own_size()
        self.kernel.restart = lambda: self.restarts.append(1)
        self.interrupts, self.restarts, self.answer = [], [], []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.there.close(linger=0)
        self.channel.close()

    def _asked(self, message):
        self.request = message["header"]["msg_id"]
        for one in self.answer:
            self.send(one)

    def send(self, message):
        """Send a message as `malformed` makes them."""
        before, parts, signed, after = message
        frames = [part if isinstance(part, bytes) else json.dumps(self._named(part)).encode() for part in parts]
        signature = {"well": self.session.sign(frames), "twice": self.session.sign(frames), "badly": b"f" * 64}
        whole = [*before, signature.get(signed, b""), *frames, *after]
        for _ in range(2 if signed == "twice" else 1):
            self.there.send_multipart(whole or [b""])

    def _named(self, value):
        """Put the number of the request where it is meant."""
        if isinstance(value, dict):
            return {key: self._named(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._named(item) for item in value]
        return self.request if value == OURS and isinstance(value, str) else value

    def execute(self, *answer, timeout=QUICK):
        """Run code that is answered so."""
        self.answer = answer
        return self.kernel.execute("", timeout)


def message(kind, content, parent=OURS, *buffers):
    """Return a well-formed message."""
    header = {"msg_id": str(uuid.uuid4()), "msg_type": kind, "version": "5.3"}
    return [DELIMITER], [header, {"msg_id": parent}, {}, content], "well", list(buffers)


def answer(*buffers):
    """Return a message with an answer."""
    return message("display_data", {"data": {MIME: ""}}, OURS, *buffers)


IDLE = message("status", {"execution_state": "idle"})


def one_line(text):
    return message("stream", {"name": "stdout", "text": text})


@settings(max_examples=300, deadline=None)
@given(st.lists(malformed(), max_size=6))
def test_malformed_messages_are_skipped_and_the_end_is_found(messages):
    with Stub() as stub:
        reply = stub.execute(*messages, IDLE)
        assert reply.status in ("ok", "error")
        assert all(output.output_type in module.OUTPUT_TYPES for output in reply.outputs)
        assert stub.interrupts == stub.restarts == []


@settings(max_examples=60, deadline=None)
@given(st.lists(malformed(), min_size=1, max_size=4))
def test_what_stands_between_malformed_messages_is_read(messages):
    """An idle message among them would be the end, so they are about another request."""
    foreign = [(before, parts, "badly", after) for before, parts, _, after in messages]
    with Stub() as stub:
        reply = stub.execute(*foreign, one_line("a"), *foreign, one_line("b"), IDLE)
    assert [output.text for output in reply.outputs] == ["ab"]


@pytest.mark.parametrize("alive", [True, False])
@settings(max_examples=30, deadline=None)
@given(messages=st.lists(malformed(), max_size=4))
def test_without_an_end_there_is_a_broken_limit(alive, messages):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "INTERRUPT_SECONDS", AT_ONCE)
        with Stub(alive) as stub:
            reply = stub.execute(*messages, timeout=AT_ONCE)
            assert reply.status == ("timeout" if alive else "died")
            assert reply.outputs[-1].ename == LIMIT_NAMES[reply.status]
            assert stub.kernel.fresh and stub.kernel.restarts == len(stub.restarts) == 1
            assert len(stub.interrupts) == alive


@pytest.mark.parametrize("kind", [["stream"], {"a": 1}, None, 7, True])
def test_kind_that_is_no_text_is_skipped(kind):
    with Stub() as stub:
        assert stub.execute(message(kind, {}), one_line("a"), IDLE).outputs[0].text == "a"


@pytest.mark.parametrize(
    "early",
    [
        message("status", {"execution_state": "idle"}, OTHERS), message("status", {"execution_state": ["idle"]}),
        message("status", {"execution_state": "busy"}), message("status", {}), message("status", []),
        (*IDLE[:2], "badly", []), (*IDLE[:2], "not", []), ([], *IDLE[1:]), ([DELIMITER], IDLE[1][:3], "well", []),
        message(["status"], {"execution_state": "idle"}), message("idle", {"execution_state": "idle"}),
        ([DELIMITER], [IDLE[1][0], [{"msg_id": OURS}], {}, IDLE[1][3]], "well", []),
        ([DELIMITER], [*IDLE[1][:3], [IDLE[1][3]]], "well", []),
    ],
)  # fmt: skip
def test_what_is_not_the_end_is_not_taken_for_it(early):
    with Stub() as stub:
        assert stub.execute(early, one_line("a"), IDLE).outputs[0].text == "a"


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_text_too_long_to_be_read_is_a_flood(place):
    """As Python's objects it would take gigabytes; nothing that is shown is as long."""
    parts = [*one_line("a")[1]]
    parts[place] = parts[place] | {"more": "x" * MAX_JSON_BYTES}
    with Stub() as stub:
        reply = stub.execute(([DELIMITER], parts, "well", []), IDLE)
        assert reply.status == "flood"
        assert [output.ename for output in reply.outputs] == ["OutputLimit"]
        assert len(stub.restarts) == 1


@pytest.mark.parametrize("alive", [True, False])
def test_kernel_that_sends_such_a_thing_at_its_start_is_not_asked_again(alive):
    """It would be for half a minute, over and over."""
    with Stub(alive) as stub:
        asked = []

        def kernel_info():
            asked.append(1)
            stub.request = "1"
            parts = one_line("a")[1]
            stub.send(([DELIMITER], [*parts[:3], {"text": "x" * MAX_JSON_BYTES}], "well", []))
            return "1"

        stub.kernel.client.kernel_info = kernel_info
        with pytest.raises(TimeoutError):
            stub.kernel._wait_until_ready()
        assert len(asked) == alive


def test_an_answer_may_be_longer():
    with Stub() as stub:
        reply = stub.execute(answer(bytes(2 * MAX_JSON_BYTES)), IDLE)
    assert reply.status == "ok"
    assert [len(one) for one in reply.answer] == [2 * MAX_JSON_BYTES]


def test_of_several_answers_to_one_question_the_last_counts():
    with Stub() as stub:
        stub.answer = [*(answer(pack([{"value": value, "changed": []}])) for value in (1, 2)), IDLE]
        assert stub.kernel.call("f", b"", 1, QUICK) == [{"value": 2, "changed": []}]


def test_a_silent_channel_is_empty():
    """So the stub is as the true one: what is not sent is waited for."""
    with Stub() as stub, pytest.raises(Empty):
        stub.channel.get_msg(timeout=0)


WARM = ("numpy", "pandas", "matplotlib.pyplot")
WITH_TENSORFLOW = ("tensorflow", "keras")


@pytest.mark.slow
@pytest.mark.usefixtures("jail")
@pytest.mark.parametrize("tensorflow", [False, True])
class TestJailed:
    """What can be seen of a jailed kernel that has run nothing yet."""

    @pytest.fixture
    def fresh(self, tmp_path, tensorflow):
        with Kernel(tmp_path, Limits(), tensorflow) as kernel:
            yield kernel

    def test_it_is_a_fork_of_a_parent_that_has_imported_what_notebooks_import(self, fresh, tensorflow):
        """No import statement has run in it; `sys` alone is fetched, which every Python has."""
        names = [*WARM, *WITH_TENSORFLOW]
        (output,) = fresh.execute(f"[name in __import__('sys').modules for name in {names}]", QUICK).outputs
        assert output.data["text/plain"] == str([True] * len(WARM) + [tensorflow] * len(WITH_TENSORFLOW))
        libraries = Path(f"/proc/{parent(parent(fresh.manager.provisioner.pid))}/maps").read_text(encoding="utf-8")
        assert "/numpy/" in libraries and "/pandas/" in libraries
        assert ("/tensorflow/" in libraries) is tensorflow

    def test_it_talks_through_unix_sockets_in_its_jail(self, fresh):
        assert fresh.manager.transport == "ipc"
        place = f"/proc/{fresh.manager.provisioner.pid}/root{jail.SOCKETS}"
        for channel in (fresh.client.shell_channel, fresh.client.iopub_channel):
            address = channel.socket.getsockopt_string(zmq.LAST_ENDPOINT)
            assert address.startswith(f"ipc://{place}/")
            assert stat.S_ISSOCK(Path(address.removeprefix("ipc://")).stat().st_mode)
        code = "[len(open(f'/proc/net/{name}').readlines()) for name in ('tcp', 'tcp6', 'udp', 'udp6')]"
        (output,) = fresh.execute(code, QUICK).outputs
        assert output.data["text/plain"] == "[1, 1, 1, 1]"  # the headings


def parent(number):
    """Return the number of a process's parent."""
    return int(Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
