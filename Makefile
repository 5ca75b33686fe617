# make setup | demo | test | lab | bench | study; each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup demo test lab bench study lock

setup: $(VENV)/.done

$(VENV)/.done: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}; say: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/course demo

test: setup
	$(BIN)/python -m pytest

lab: setup
	$(BIN)/course lab

bench: setup
	$(BIN)/python benchmarks/kernel_start.py
	$(BIN)/python benchmarks/grading.py

# The comparison of networks that docs/findings.md reports; goes on where it was interrupted.
study: setup
	$(BIN)/python -m studies.study
	$(BIN)/python -m studies.findings

# For maintainers: renew the lock after changing pyproject.toml.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements.lock
