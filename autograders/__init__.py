"""The grading side: what each exercise must do, and how it is judged. Learners do not need it."""

import sys

# jsonschema, which nbformat imports, builds a parser of international addresses with it, for a second; none is here.
sys.modules.setdefault("rfc3987_syntax", None)

CONFIG_FILE = "nbgrader_config.py"  # the folder that holds it is a course directory
