# What can be done here: `make help`. Needs Python 3.11 or newer, make and git; uses uv where it is installed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
# Passed on to pytest or to `clearinghouse up`: make test ARGS="-k oai_pmh"
ARGS ?=
# Records that the benchmarks work on.
RECORDS ?= 100000
# Processes that the tests run in.
JOBS ?= 3
# Python 3.12 and newer must have SQLite 3.42 or newer: DBOS takes milliseconds from it there.
SUITABLE := import sys, sqlite3; \
	sys.exit(not (sys.version_info >= (3, 12) and sqlite3.sqlite_version_info >= (3, 42) \
	or (3, 11) <= sys.version_info < (3, 12)))
NEEDED := Python 3.11, or a newer one with SQLite 3.42 or newer
# The interpreter that .venv is made with, and the uv that fills it: found by themselves; UV= does without.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(SUITABLE)' 2>/dev/null && { command -v $$p; break; }; done)
UV ?= $(shell command -v uv 2>/dev/null)

.PHONY: help setup setup-dev peers run test check format messages bench lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 14

setup: $(VENV)/run.stamp  ## make .venv with everything that the product needs
	@:

setup-dev: $(VENV)/dev.stamp  ## setup, and what the tests and the checks need
	@:

# With uv in seconds, without it in a minute or so; hashes are checked and the packages are the same.
# $(1): the requirement files.
define install
	$(if $(UV),\
	$(UV) pip install -q --python $(PY) --require-hashes $(foreach f,$(1),-r $(f)),\
	$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip -q; \
	$(PY) -m pip install -qq --disable-pip-version-check --require-hashes $(foreach f,$(1),-r $(f)))
endef

$(VENV)/run.stamp: requirements/run.txt requirements/build.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
	    echo "Needed: $(NEEDED). Name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" -c '$(SUITABLE)' 2>/dev/null || { \
	    echo "$(PYTHON) will not do. Needed: $(NEEDED)." >&2; exit 1; }
	@if ! $(PY) -c '$(SUITABLE)' 2>/dev/null; then \
	    echo "Making $(VENV) with $$("$(PYTHON)" --version)$(if $(UV), and uv)"; \
	    rm -rf $(VENV); \
	    $(if $(UV),$(UV) venv -q --python "$(PYTHON)" $(VENV),"$(PYTHON)" -m venv $(VENV) || { \
	        rm -rf $(VENV); \
	        echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }); \
	fi
	@echo "Installing what the product needs$(if $(UV),, (a minute or so))"
	@$(call install,requirements/run.txt requirements/build.txt)
	@$(if $(UV),$(UV) pip install -q --python $(PY),$(PY) -m pip install -qq --disable-pip-version-check) \
	    --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests and the checks need$(if $(UV),, (a minute or so))"
	@$(call install,requirements/dev.txt)
	@touch $@

# Never needed to run or to test: benchmarks/csw_peer.py asks it what it finds.
peers: .peers/stamp  ## make .peers, an environment of its own with pycsw (needs uv)
	@:

.peers/stamp: requirements/peers.txt
	@if [ -z "$(UV)" ]; then echo "make peers needs uv" >&2; exit 1; fi
	@rm -rf .peers && $(UV) venv -q --python "$(PYTHON)" .peers
	@$(UV) pip install -q --python .peers/bin/python --require-hashes -r requirements/peers.txt
	@touch $@

# The sample nodes listen on the loopback interface, which is not harvested unless it is allowed.
run: setup  ## start the catalogue and a sample federation at http://127.0.0.1:8000
	@CLEARINGHOUSE_ALLOWED_NETWORKS="$${CLEARINGHOUSE_ALLOWED_NETWORKS-127.0.0.0/8}" \
	    exec $(VENV)/bin/clearinghouse up --sample $(ARGS)

# Compiled modules are kept whatever the environment says of them: the tests start hundreds of processes.
test: setup-dev  ## all tests, on SQLite and PostgreSQL
	@PYTHONDONTWRITEBYTECODE= $(VENV)/bin/pytest -n $(JOBS) $(ARGS)

check: setup-dev  ## lint, format, types, imports, templates
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/djlint --quiet --lint endpoint/templates
	@echo "All checks passed"

format: setup-dev  ## let ruff put the code in order
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

messages: setup-dev  ## bring endpoint/translations in step with the templates
	@$(VENV)/bin/pybabel -q extract -F babel.cfg --no-location --sort-output --omit-header -o $(VENV)/messages.pot .
	@for po in endpoint/translations/*.po; do \
	    $(VENV)/bin/pybabel -q update -i $(VENV)/messages.pot -o $$po -l $$(basename $$po .po) \
	        --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap; done
	@grep -B1 -n '^msgstr ""$$' endpoint/translations/*.po | grep -v 'msgid ""$$' | grep 'msgid "' || echo "Nothing is missing"

bench: setup-dev  ## the figures of docs/performance.md
	@$(PY) benchmarks/harvest.py --records $(RECORDS)
	@$(PY) benchmarks/oai_provider.py $(RECORDS)
	@$(PY) benchmarks/crosswalks.py

# Every set is compiled under the ones before it, so that all of them go into one environment.
# Pins stay as they are, unless UPGRADE=1.
define compile
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-emit-find-links $(if $(UPGRADE),--upgrade) --custom-compile-command "make lock" \
	    requirements/$(1).in -o requirements/$(1).txt $(foreach c,$(2),-c requirements/$(c).txt)
endef

lock:  ## compile requirements/*.in into pinned, hashed *.txt (needs uv)
	@if [ -z "$(UV)" ]; then echo "make lock needs uv" >&2; exit 1; fi
	$(call compile,run,)
	$(call compile,dev,run)
	$(call compile,build,run dev)
	$(call compile,peers,)

clean:  ## remove what can be made again; the catalogue in var/ stays
	rm -rf $(VENV) .peers dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
