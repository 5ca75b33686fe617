# make setup | demo | test | test-fast | test-long | lab | wheel | classroom | bench | study; each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAB := .venv-lab
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: setup demo test test-fast test-long lab wheel classroom classroom-stop classroom-remove bench study lock

setup: $(VENV)/.done

$(VENV)/.done: LOCK := requirements.lock
$(LAB)/.done: LOCK := requirements-lab.lock

%/.done: requirements.lock requirements-lab.lock pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, this is {v[0]}.{v[1]}; say: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	test -x $*/bin/python || $(PYTHON) -m venv $*
	$*/bin/python -m pip install --quiet --require-hashes -r $(LOCK)
	$*/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/course demo

# `test` is for every change, two files at a time; `test-fast` before every commit: nothing of it starts a kernel, a browser
# or a training. `test-long` is the rest of what continuous integration runs: every mutant, whole notebooks as they are.
test: setup
	$(BIN)/python -m pytest -n 2 -m "not long"

test-fast: setup
	$(BIN)/python -m pytest -n 2 -m "not slow and not long"

test-long: setup
	$(BIN)/python -m pytest -n 2 -m long

# What learners have: no grading side. Their versions of the notebooks are made where they are missing or out of date.
lab: $(LAB)/.done release
	$(LAB)/bin/course lab

release: $(wildcard notebooks/*/*.ipynb)
	$(MAKE) setup
	$(BIN)/course release
	touch $@

# What learners need beside release/: dist/*.whl, which holds no notebook and no solution.
wheel: setup
	rm -rf build
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# A class with a JupyterHub on this machine, for root: docs/operator.md. SETTINGS says whose, and where everything lies.
SETTINGS ?= deploy/classroom.toml
classroom: wheel
	$(BIN)/python deploy/classroom.py start --settings $(SETTINGS)

classroom-stop:
	$(PYTHON) deploy/classroom.py stop --settings $(SETTINGS)

# Deletes the folder, with all work in it, and the accounts that were made for it.
classroom-remove:
	$(PYTHON) deploy/classroom.py remove --settings $(SETTINGS)

bench: setup
	$(BIN)/python benchmarks/kernel_start.py
	$(BIN)/python benchmarks/grading.py

# The comparison of networks that docs/findings.md reports; goes on where it was interrupted.
study: setup
	$(BIN)/python -m studies.study
	$(BIN)/python -m studies.findings

# For maintainers: renew the locks after changing pyproject.toml. Learners and the hub get the same versions as the whole.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --group small pyproject.toml
lock:
	$(COMPILE) --extra dev -o requirements.lock
	set -e; for part in lab hub; do \
	    grep -v -- --hash requirements.lock | sed 's/ *\\$$//' | $(COMPILE) --extra $$part --constraint - -o requirements-$$part.lock; \
	done
