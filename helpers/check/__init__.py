"""`check(f)`: is the answer right, and if not, why? The grader judges with the same modules.

| module | holds |
|---|---|
| `checking` | `check(f)` in the notebook |
| `public` | the checks file beside a released notebook |
| `probe` | how a learner's function is called, and what comes back |
| `wire` | what crosses from a learner's process: plain data, never code |
| `comparing`, `judging`, `naming`, `report` | differences in words; the verdict; known mistakes; how it reads |
"""

from helpers.check.checking import CheckFailed, check, check_report

__all__ = ["CheckFailed", "check", "check_report"]
