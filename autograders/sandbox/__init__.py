"""Kernels for learners' code: forked from a warm parent, each in a jail of its own (Linux)."""
