"""`check(f)`: is the answer right, and if not, why? `ask(f)`: questions about a right one. The grader judges with the
same modules.

| module | holds |
|---|---|
| `checking` | `check(f)` in the notebook |
| `asking` | `ask(f)` in the notebook |
| `questions` | the kinds of questions that `ask` puts |
| `observing` | a learner's function taken apart, run and changed |
| `public` | the checks file beside a released notebook |
| `probe` | how a learner's function is called, and what comes back |
| `nested` | dicts, lists and tuples inside each other: taken apart and put together |
| `wire` | what crosses from a learner's process: plain data, never code |
| `comparing` | how an answer differs from the expected one, in words |
| `naming` | which known mistake explains a wrong answer |
| `explaining`, `calling` | what is true of any wrong answer; what a second call tells |
| `errors`, `lines`, `error_words` | what an error means; what its line tells; its own words in another language |
| `judging`, `report` | the verdict, and how the learner reads it |
"""

import builtins

from helpers.check.asking import ask
from helpers.check.checking import CheckFailed, check, check_report, tell_of_cells_not_run

if "get_ipython" in vars(builtins):  # in a notebook
    tell_of_cells_not_run(builtins.get_ipython())

__all__ = ["CheckFailed", "ask", "check", "check_report"]
