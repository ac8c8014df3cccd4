# What the README says, one target each. Needs python3 (3.11 or newer) and make; everything else
# is installed into .venv here, every file checked against its hash: for the demo from
# requirements.lock, for all other targets from requirements-test.lock, which has more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
GENERATED := ARCHITECTURE.md docs/explanation/an-article.md docs/reference/*.md
# One process more than the cores of a small machine: live tests wait for Kafka most of the time.
TEST_PROCESSES ?= 3
PYTEST := $(BIN)/python -m pytest --dist worksteal --numprocesses
# Else pytest compiles all tests anew in each process, which is half of what collecting them takes.
unexport PYTHONDONTWRITEBYTECODE
DOCS := $(VENV)/docs/.installed
PEERS := $(VENV)/bench/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick check bench bench-quick bench-test bench-list chaos generate docs docs-serve picture lock

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## start Kafka and every stage, send articles, show what becomes of them, stop
	@$(BIN)/streams demo

test: $(TEST_STAMP) ## run all tests but the long ones; NEWS_REQUIRE_KAFKA=1: fail without Kafka, not skip
	@$(PYTEST) $(TEST_PROCESSES)

test-quick: $(TEST_STAMP) ## run the tests that need no Kafka and little time, with fewer examples
	@$(PYTEST) 2 -m "not kafka and not slow and not chaos" --ignore tests/kafka --hypothesis-profile quick

check: $(TEST_STAMP) ## formatting, lint, types, layers, documents, schemas, compose file
	@sh tools/check.sh $(BIN)

bench: $(TEST_STAMP) ## measure beside the peers, <= 15 min, into bench/RESULTS.md; NAME=x: run bench/x.py (bench-list)
	@if [ -n "$(NAME)" ]; then $(BIN)/python bench/$(NAME).py $(ARGS); \
	else $(MAKE) -s $(PEERS) && $(VENV)/bench/bin/python -m bench.engines $(ARGS); fi

bench-quick: $(PEERS) ## the same in <= 4 min, shown only
	@$(VENV)/bench/bin/python -m bench.engines --quick $(ARGS)

bench-test: $(TEST_STAMP) ## run the tests of the measuring itself
	@$(BIN)/python -m pytest bench/tests

bench-list: $(TEST_STAMP) ## say what else can be measured, by make bench NAME=x ARGS=--help
	@for file in bench/*.py; do \
	printf '  make bench NAME=%-12s %s\n' "$$(basename $$file .py)" "$$(sed -n '1s/"""//gp' $$file)"; \
	done

chaos: $(TEST_STAMP) ## kill processes many times at random moments, and count what is lost (minutes)
	@NEWS_REQUIRE_KAFKA=1 $(BIN)/python -m pytest -m chaos

generate: $(TEST_STAMP) ## write the generated tables and the JSON Schemas, after a change of code
	@$(BIN)/cog -r -I . $(GENERATED)
	@$(BIN)/streams schemas export

docs: $(DOCS) ## build the documentation site into site/; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/python -m mkdocs build

docs-serve: $(DOCS) ## show the documentation site at http://127.0.0.1:8000 and follow changes
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/python -m mkdocs serve

picture: $(TEST_STAMP) ## run the demonstration and keep its picture for the README, docs/demo.svg
	@$(BIN)/python tools/picture.py

lock: $(TEST_STAMP) ## choose the versions in the lock files anew, within the ranges of pyproject.toml
	@$(BIN)/python tools/lock.py

$(STAMP): requirements.lock pyproject.toml
	@sh tools/install.sh $(PYTHON) $(VENV) requirements.lock
	@touch $@

# What the tests need contains what the demo needs, at the same versions.
$(TEST_STAMP): requirements-test.lock pyproject.toml
	@sh tools/install.sh $(PYTHON) $(VENV) requirements-test.lock
	@touch $(STAMP) $@
# A place of its own: nothing of the pipeline is needed to build the site, and the reverse.
$(DOCS): requirements-docs.lock
	@$(PYTHON) -m venv $(VENV)/docs
	@$(VENV)/docs/bin/python -m pip --disable-pip-version-check --quiet install \
	--require-hashes -r requirements-docs.lock
	@touch $@

# The peers pin other versions of what we use, so they are not in the lock and have their own place.
$(PEERS): $(TEST_STAMP)
	@sh tools/install.sh $(PYTHON) $(VENV)/bench requirements-test.lock
	@$(VENV)/bench/bin/python -m pip --disable-pip-version-check --quiet install \
	'quixstreams==3.28.1' 'bytewax==0.21.1'
	@touch $@
