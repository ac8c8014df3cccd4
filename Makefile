# The commands of the README and of CONTRIBUTING.md, one target each. They need python3 (3.11 or
# newer) and make; everything else is installed into .venv, every file checked against its hash: for
# the demo from requirements.lock, for all other targets from requirements-test.lock, which has more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PACKAGES := $(wildcard packages/*/pyproject.toml packages/*/*/data/*)
TEST_STAMP := $(VENV)/.installed-test
GENERATED := ARCHITECTURE.md docs/explanation/an-article.md docs/reference/*.md
# One process more than the cores of a small machine: live tests wait for Kafka most of the time.
TEST_PROCESSES ?= 3
PYTEST := $(BIN)/python -m pytest --dist worksteal --numprocesses
# Otherwise pytest compiles all tests in each process, which is half of the time of collecting them.
unexport PYTHONDONTWRITEBYTECODE
DOCS := $(VENV)/docs/.installed
PEERS := $(VENV)/bench/.installed
FUZZER := $(VENV)/fuzz/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick check bench bench-quick bench-test bench-list chaos fuzz generate docs docs-serve picture lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## start Kafka and every stage, send articles, show the outcome of each, stop
	@$(BIN)/streams demo

test: $(TEST_STAMP) ## run all tests except the long ones; NEWS_REQUIRE_KAFKA=1: fail, not skip, without Kafka
	@$(PYTEST) $(TEST_PROCESSES)

test-quick: $(TEST_STAMP) ## run the fast tests, which need no Kafka, with fewer examples
	@$(PYTEST) 2 -m "not kafka and not slow and not chaos" --ignore tests/kafka --hypothesis-profile quick

check: $(TEST_STAMP) ## check formatting, lint, types, layers, documents, schemas, compose file
	@sh tools/check.sh $(BIN)

bench: $(TEST_STAMP) ## compare with peers, <= 15 min, into bench/RESULTS.md; NAME=x: run bench/x.py (bench-list)
	@if [ -n "$(NAME)" ]; then $(BIN)/python bench/$(NAME).py $(ARGS); \
	else $(MAKE) -s $(PEERS) && $(VENV)/bench/bin/python -m bench.engines $(ARGS); fi

bench-quick: $(PEERS) ## compare with peers in <= 4 min, without writing files
	@$(VENV)/bench/bin/python -m bench.engines --quick $(ARGS)

bench-test: $(TEST_STAMP) ## run the tests of the benchmarks
	@$(BIN)/python -m pytest bench/tests

bench-list: $(TEST_STAMP) ## list the other benchmarks; make bench NAME=x ARGS=--help shows the options of one
	@for file in bench/*.py; do \
	printf '  make bench NAME=%-12s %s\n' "$$(basename $$file .py)" "$$(sed -n '1s/"""//gp' $$file)"; \
	done

chaos: $(TEST_STAMP) ## kill processes repeatedly at random moments, and count lost articles (minutes)
	@NEWS_REQUIRE_KAFKA=1 $(BIN)/python -m pytest -m chaos

fuzz: $(FUZZER) ## fuzz each parser for SECONDS (600); ARGS: names of targets; make test replays the saved inputs
	@$(BIN)/python -m pytest -m growth tests/test_linear_work.py
	@$(VENV)/fuzz/bin/python -m tests.fuzz.run $(or $(SECONDS),600) $(ARGS)

generate: $(TEST_STAMP) ## write the generated tables and JSON Schemas after a change of the code
	@$(BIN)/cog -r -I . $(GENERATED)
	@$(BIN)/streams schemas export

docs: $(DOCS) ## build the documentation site into site/; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/python -m mkdocs build

docs-serve: $(DOCS) ## serve the documentation site at http://127.0.0.1:8000, updated on changes
	@NO_MKDOCS_2_WARNING=1 $(VENV)/docs/bin/python -m mkdocs serve

picture: $(TEST_STAMP) ## run the demonstration and write its picture for the README, docs/demo.svg
	@$(BIN)/python tools/picture.py

lock: $(TEST_STAMP) ## choose new versions for the lock files, within the ranges of pyproject.toml
	@$(BIN)/python tools/lock.py

$(STAMP): requirements.lock pyproject.toml $(PACKAGES)
	@sh tools/install.sh $(PYTHON) $(VENV) requirements.lock
	@touch $@

# The lock of the tests contains the packages of the demo, at the same versions.
$(TEST_STAMP): requirements-test.lock pyproject.toml $(PACKAGES)
	@sh tools/install.sh $(PYTHON) $(VENV) requirements-test.lock
	@touch $(STAMP) $@
# A separate environment: building the site needs nothing of the pipeline, and the reverse.
$(DOCS): requirements-docs.lock
	@$(PYTHON) -m venv $(VENV)/docs
	@$(VENV)/docs/bin/python -m pip --disable-pip-version-check --quiet install \
	--require-hashes -r requirements-docs.lock
	@touch $@

# The peers pin other versions of shared packages: not in the lock, in a separate environment.
$(PEERS): $(TEST_STAMP)
	@sh tools/install.sh $(PYTHON) $(VENV)/bench requirements-test.lock
	@$(VENV)/bench/bin/python -m pip --disable-pip-version-check --quiet install \
	'quixstreams==3.28.1' 'bytewax==0.21.1'
	@touch $@

# atheris has wheels for Linux on x86-64 only: not in the lock, in a separate environment.
$(FUZZER): $(TEST_STAMP)
	@sh tools/install.sh $(PYTHON) $(VENV)/fuzz requirements-test.lock
	@$(VENV)/fuzz/bin/python -m pip --disable-pip-version-check --quiet install 'atheris==3.0.0'
	@touch $@
