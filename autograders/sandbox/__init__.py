"""Kernels for learners' code: forks of a warm parent, each in a jail of its own (Linux only)."""
