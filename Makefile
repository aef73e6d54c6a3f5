# One word each; CI runs the same words. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Set, it makes setuptools warn at each build that it writes no bytecode; it would write none anyway.
unexport PYTHONDONTWRITEBYTECODE

# The first Python of 3.11 or later on the path; say PYTHON=/path/to/python for another.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
CADENCIA := $(VENV)/bin/cadencia

# A stamp is touched when its step is done, so that a second run does only what changed.
MADE := $(VENV)/.made
LOCKED := $(VENV)/.locked
BENCH_LOCKED := $(VENV)/.bench-locked
INSTALLED := $(VENV)/.installed
COMPILED := build/.compiled
BUILT := $(COMPILED) $(INSTALLED)
BUILT_DEBUG := build/debug/.built
ROOMS := engine rules jurisdictions policy store dialer evidence api cadencia
COMPILED_FROM := setup.py $(wildcard engine/*.pyx engine/*.pxd rules/*.pyx rules/*.pxd store/*.pyx api/*.pyx)
DEBUG_FROM := $(shell find $(ROOMS) -name '*.py' -o -name '*.yaml' -o -name '*.json')
COMPILERS := $(shell nproc 2>/dev/null || echo 2)

AT ?= 2026-05-18T09:00-05:00
FUZZ_SECONDS ?= 300
QUERIES ?= 1000000
SEED ?= 1
OF ?= both

.PHONY: help build debug run test test-release test-debug rules docs bench lint fuzz faults differential lock clean

help: ## these words
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F '\t' '{printf "  %-13s %s\n", $$1, $$2}'

build: $(BUILT) ## set up .venv and compile the extensions

debug: $(BUILT_DEBUG) ## the same with bounds checks, beside the ordinary build in build/debug

run: $(BUILT) ## screen the example list and show what may be called now
	@mkdir -p out
	@$(CADENCIA) screen examples/portfolio.csv --history examples/history.csv -o out/screened.csv --at $(AT) \
		--plot out/unlock.svg || { code=$$?; [ $$code -eq 3 ] || exit $$code; \
		echo "The list has bad lines on purpose (exit code 3): each is named above, the good ones went through."; }

test: lint test-release test-debug ## lint, every test, then those of the engine with bounds checks

test-release: $(BUILT)
	@$(VENV)/bin/pytest

# PYTHONPATH comes before the editable install; tests/conftest.py refuses to run if it did not win.
test-debug: $(BUILT_DEBUG)
	@CADENCIA_DEBUG=1 PYTHONPATH=$(CURDIR)/build/debug $(VENV)/bin/pytest -p no:cacheprovider tests/unit/engine tests/differential

rules: $(BUILT) ## check every jurisdiction file and run the tests inside them
	@$(CADENCIA) rules check
	@$(CADENCIA) rules test

docs: $(BUILT) ## write docs/law anew: the law on file as pages, in English, Spanish and Portuguese
	@$(CADENCIA) rules pages --out docs/law
	@$(CADENCIA) serve --describe-options > docs/config.md

bench: $(BUILT) $(BENCH_LOCKED) ## install the peers and measure against them: bench/results.json
	@$(PY) -m bench

lint: $(BUILT) ## ruff and mypy
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy

fuzz: $(BUILT) ## hostile input for FUZZ_SECONDS (300), after one round of the property tests
	@HYPOTHESIS_PROFILE=fuzz $(VENV)/bin/pytest -p no:cacheprovider -m fuzz
	@$(PY) -m tests.fuzz.long --seconds $(FUZZ_SECONDS)

faults: $(BUILT) ## disks that fail, processes that are killed: all of what `make test` runs a slice of
	@FAULTS=all $(VENV)/bin/pytest -p no:cacheprovider tests/faults

differential: $(BUILT) ## a million random queries: fast engine against the slow one (OF=law: of the shipped law)
	@$(PY) -m tests.differential.agree --queries $(QUERIES) --seed $(SEED) --of $(OF)

lock: $(LOCKED) ## write the lock files anew from what .venv holds
	@$(PIP) freeze --all --exclude-editable --exclude pip | grep -viE '$(BENCH_ONLY)' > requirements-dev.lock
	@$(PIP) freeze --exclude-editable | grep -iE '$(BENCH_ONLY)' > requirements-bench.lock || true
BENCH_ONLY := ^(pytest-benchmark|py-cpuinfo2?|polars|polars-runtime-.*|zen-engine)==

clean: ## remove what was built, but not .venv
	@rm -rf build dist out *.egg-info engine/*.so rules/*.so store/*.so api/*.so .mypy_cache .ruff_cache .pytest_cache

# A .venv that came from elsewhere (copied, moved, half made) is made anew; one that is ours is kept.
$(MADE):
	@[ -n "$(PYTHON)" ] || { echo "make: no Python 3.11 or later found; install one, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@command -v "$${CC:-gcc}" >/dev/null || { echo "make: no C compiler; install gcc (Debian, Ubuntu: apt-get install gcc)" >&2; exit 1; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' \
		|| { echo "make: $(PYTHON) has no header files; install them (Debian, Ubuntu: apt-get install python3-dev)" >&2; exit 1; }
	@grep -qsF "$(CURDIR)/$(VENV)/bin/" $(VENV)/bin/pip && $(PIP) --version >/dev/null 2>&1 \
		|| { echo "make: creating $(VENV)"; $(PYTHON) -m venv --clear $(VENV) && $(PIP) --version >/dev/null; } \
		|| { echo "make: $(PYTHON) cannot make a virtual environment; install its venv and pip" \
			"(Debian, Ubuntu: apt-get install python3-venv python3-dev)" >&2; rm -f $(MADE); exit 1; }
	@touch $@

$(LOCKED): $(MADE) requirements-dev.lock
	@echo "make: installing what requirements-dev.lock names"
	@$(PIP) install --quiet -r requirements-dev.lock
	@touch $@

$(BENCH_LOCKED): $(LOCKED) requirements-bench.lock
	@echo "make: installing the peers that the benchmarks compare with"
	@$(PIP) install --quiet -r requirements-bench.lock
	@touch $@

$(COMPILED): $(LOCKED) pyproject.toml $(COMPILED_FROM)
	@echo "make: compiling"
	@$(PY) setup.py -q build_ext --inplace -j $(COMPILERS)
	@touch $@

# Editable: the folders are the package; only new metadata asks for this again.
$(INSTALLED): $(LOCKED) pyproject.toml setup.py | $(COMPILED)
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BUILT_DEBUG): $(COMPILED) $(DEBUG_FROM)
	@echo "make: compiling with bounds checks"
	@CADENCIA_DEBUG=1 $(PY) setup.py -q build --build-lib build/debug --build-temp build/debug-objects
	@touch $@
