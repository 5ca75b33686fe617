"""The kernel that runs learners' code: outputs, limits, and answers that cannot be believed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_data import answers, leaves

from autograders.engine.kernel import ERROR_TEXTS, MAX_OUTPUT_BYTES, MORE, Kernel, payload, read_outcomes
from helpers.check.wire import MAX_BYTES, MAX_NODES, pack

pytestmark = pytest.mark.slow

QUICK = 20  # seconds that nothing here should need
SHORT = 1


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    with Kernel(tmp_path_factory.mktemp("kernel")) as running:
        running.execute("import numpy as np", QUICK)
        yield running


def call(kernel, name, cases):
    """Run a function on cases; return the outcomes."""
    return kernel.call(name, payload("call", cases), len(cases), QUICK)


def test_outputs_and_errors_are_kept(kernel):
    assert kernel.execute("print('hello')", QUICK).outputs[0].text == "hello\n"
    reply = kernel.execute("1 / 0", QUICK)
    assert reply.status == "error"
    assert reply.outputs[0].ename == "ZeroDivisionError"


def test_function_is_called_on_every_case(kernel):
    kernel.execute("def double(x):\n    return 2 * x", QUICK)
    outcomes = call(kernel, "double", [{"x": np.arange(3.0)}, {"x": 4}])
    np.testing.assert_array_equal(outcomes[0]["value"], [0, 2, 4])
    assert outcomes[1]["value"] == 8


def test_change_of_the_inputs_is_seen(kernel):
    kernel.execute("def spoil(x, y):\n    x += 1\n    return y", QUICK)
    (outcome,) = call(kernel, "spoil", [{"x": np.zeros(2), "y": np.ones(2)}])
    assert outcome["changed"] == ["x"]


def test_error_names_the_learners_own_line(kernel):
    kernel.execute("def broken(x):\n    y = x\n    return y['no']", QUICK)
    (outcome,) = call(kernel, "broken", [{"x": np.zeros(2)}])
    assert outcome["error"]["where"] == "broken, line 3: return y['no']"


def test_missing_function_is_said(kernel):
    (outcome,) = call(kernel, "nowhere", [{"x": 1}])
    assert outcome["error"]["message"] == "nowhere is not defined"


def test_endless_loop_is_interrupted_and_the_names_stay(kernel):
    kernel.execute("kept = 1", QUICK)
    reply = kernel.execute("while True: pass", SHORT)
    assert reply.status == "timeout"
    assert "endless loop" in reply.outputs[-1].evalue
    assert not kernel.fresh
    assert kernel.execute("print(kept)", QUICK).status == "ok"


def test_flood_of_output_is_stopped(kernel):
    reply = kernel.execute("while True: print('x' * 10_000)", QUICK)
    assert reply.status == "flood"
    assert sum(len(str(output)) for output in reply.outputs) < 4 * 2**20


def test_one_message_of_output_is_limited_too(kernel):
    reply = kernel.execute("display({'text/plain': '[' * 10**8}, raw=True)", QUICK)
    assert reply.status == "flood"
    kernel.fresh = False


def test_much_output_is_cut_and_the_cell_goes_on(kernel):
    reply = kernel.execute("for _ in range(300): print('x' * 10_000)\nkept = 1\n1 / 0", QUICK)
    assert reply.status == "error"
    assert reply.outputs[-1].ename == "ZeroDivisionError"
    assert [output.text for output in reply.outputs[-2:-1]] == [MORE]
    assert sum(len(str(output)) for output in reply.outputs) < 2 * MAX_OUTPUT_BYTES
    assert kernel.execute("print(kept)", QUICK).outputs[0].text == "1\n"


def test_a_function_that_prints_much_is_judged(kernel):
    kernel.execute("def chatty(x):\n    print('x' * 500_000)\n    return x", QUICK)
    assert [one["value"] for one in call(kernel, "chatty", [{"x": i} for i in range(6)])] == [*range(6)]


def test_output_that_was_cleared_takes_no_room(kernel):
    code = "from IPython.display import clear_output\nfor i in range(60):\n    clear_output(wait={})\n"
    for wait in (True, False):
        reply = kernel.execute(code.format(wait) + "    print(f'{i:_>99999}')", QUICK)
        assert [output.text[-3:] for output in reply.outputs] == ["59\n"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(3)", "died"),
        ("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass", "timeout"),
    ],
)
def test_kernel_that_dies_or_defies_is_replaced(kernel, code, status):
    reply = kernel.execute(code, SHORT)
    assert reply.status == status
    assert kernel.fresh
    kernel.fresh = False
    assert kernel.execute("print('alive')", QUICK).outputs[0].text == "alive\n"


@pytest.mark.parametrize(
    "answer",
    [
        [], [b""], [b"not a zip"], [pack([1, 2]), pack([1, 2])], [pack([])], [pack({"value": 1})], [pack([1, 2])],
        [pack([{"error": 1}, {}])], [bytes(MAX_BYTES + 1)],
    ],
)  # fmt: skip
def test_answer_that_makes_no_sense_is_an_error_for_every_case(answer):
    outcomes = read_outcomes(answer, 2)
    assert [outcome["error"]["type"] for outcome in outcomes] == ["UnreadableAnswer"] * 2


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(0, 3), st.sampled_from([1, 1, 1, 1, 0, 2]))
def test_any_answer_gives_as_many_sound_outcomes_as_were_asked_for(data, count, buffers):
    found = read_outcomes([memoryview(data.draw(answers(count))) for _ in range(buffers)], count)
    assert len(found) == count
    for outcome in found:
        if "error" in outcome:
            assert set(outcome) == {"error"}
            assert {"type", "message", "where"} <= set(outcome["error"]) <= set(ERROR_TEXTS)
            assert all(type(text) is str and len(text) <= 500 for text in outcome["error"].values())
        else:
            assert set(outcome) == {"value", "changed"}
            assert all(type(name) is str and len(name) <= 100 for name in outcome["changed"])
            list(leaves(outcome["value"]))  # which fails on what is no plain data


def test_names_of_changed_inputs_are_texts():
    """Those of a large array would be long, and one array can stand in many places."""
    changed = ["x", np.zeros(1000), 7, ["y"], None, "z" * 1000]
    assert read_outcomes([pack([{"value": 1, "changed": changed}])], 1)[0]["changed"] == ["x", "z" * 100]


def test_error_texts_of_an_answer_are_cut():
    answer = [{"error": {"type": ["x"], "message": "y" * 10_000, "where": None, "names": "z" * 10_000, "more": "w"}}]
    (outcome,) = read_outcomes([pack(answer)], 1)
    texts = {"type": "", "message": "y" * 500, "where": "", "call": "", "names": "z" * 500, "set": ""}
    assert outcome["error"] == texts


def test_answer_is_what_was_returned_and_not_what_became_of_it(kernel):
    kernel.execute("import numpy as np\nkept = np.zeros(2)\ndef count(x):\n    kept[:] += 1\n    return kept", QUICK)
    outcomes = call(kernel, "count", [{"x": 1}, {"x": 2}])
    np.testing.assert_array_equal([outcome["value"] for outcome in outcomes], [[1, 1], [2, 2]])


@pytest.mark.parametrize("order", [(3, 10**7), (10**7, 3), (10**7,)])
def test_too_large_an_answer_is_the_fault_of_its_case_alone(kernel, order):
    kernel.execute("import numpy as np\ndef zeros(n):\n    return np.zeros(n)", QUICK)
    for n, outcome in zip(order, call(kernel, "zeros", [{"n": n} for n in order]), strict=True):
        if n == 3:
            assert outcome["value"].shape == (3,)
        else:
            assert outcome["error"]["message"] == f"an answer may have {MAX_BYTES} bytes at most"


def test_too_many_values_are_the_fault_of_their_case_alone(kernel):
    kernel.execute("def ones(n):\n    return [1.0] * n", QUICK)
    few, many, again = call(kernel, "ones", [{"n": 3}, {"n": MAX_NODES}, {"n": 2}])
    assert (few["value"], again["value"]) == ([1.0] * 3, [1.0] * 2)
    assert "values in" in many["error"]["message"]
