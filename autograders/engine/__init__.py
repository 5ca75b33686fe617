"""The judge, a function of bytes: it knows no course directory, no gradebook and no nbgrader."""
