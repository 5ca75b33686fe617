"""The grading side: what each exercise must do, and how answers are judged. Learners do not need it."""

import sys

# nbformat imports jsonschema, which spends a second on a parser of internationalised addresses if it finds this module.
sys.modules.setdefault("rfc3987_syntax", None)

CONFIG_FILE = "nbgrader_config.py"  # the folder that holds it is a course directory
