# What the README says, one target each. Needs python3 (3.11 or newer) and make; everything else
# is installed into .venv here, from requirements.lock, every file checked against its hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
GENERATED := README.md ARCHITECTURE.md
PEERS := $(VENV)/bench/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-quick bench-list chaos docs picture lock

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## start Kafka and every stage, send articles, show what becomes of them, stop
	@$(BIN)/streams demo

test: $(STAMP) ## run all tests but the long ones; NEWS_REQUIRE_KAFKA=1: fail without Kafka, not skip
	@$(BIN)/python -m pytest

check: $(STAMP) ## formatting, lint, types, layers, documents, schemas, compose file
	@sh tools/check.sh $(BIN)

bench: $(STAMP) ## measure beside the peers, <= 15 min, into bench/RESULTS.md; NAME=x: run bench/x.py (bench-list)
	@if [ -n "$(NAME)" ]; then $(BIN)/python bench/$(NAME).py $(ARGS); \
	else $(MAKE) -s $(PEERS) && $(VENV)/bench/bin/python -m bench.engines $(ARGS); fi

bench-quick: $(PEERS) ## the same in <= 4 min, shown only
	@$(VENV)/bench/bin/python -m bench.engines --quick $(ARGS)

bench-list: $(STAMP) ## say what else can be measured, by make bench NAME=x ARGS=--help
	@for file in bench/*.py; do \
	printf '  make bench NAME=%-12s %s\n' "$$(basename $$file .py)" "$$(sed -n '1s/"""//gp' $$file)"; \
	done

chaos: $(STAMP) ## kill processes many times at random moments, and count what is lost (minutes)
	@NEWS_REQUIRE_KAFKA=1 $(BIN)/python -m pytest -m chaos

docs: $(STAMP) ## write the generated tables and the JSON Schemas anew
	@$(BIN)/cog -r -I . $(GENERATED)
	@$(BIN)/streams schemas export

picture: $(STAMP) ## run the demonstration and keep its picture for the README, docs/demo.svg
	@$(BIN)/python tools/picture.py

lock: $(STAMP) ## choose the versions in requirements.lock anew, within the ranges of pyproject.toml
	@$(BIN)/python tools/lock.py

$(STAMP): requirements.lock pyproject.toml
	@sh tools/install.sh $(PYTHON) $(VENV)
	@touch $@

# The peers pin other versions of what we use, so they are not in the lock and have their own place.
$(PEERS): $(STAMP)
	@sh tools/install.sh $(PYTHON) $(VENV)/bench
	@$(VENV)/bench/bin/python -m pip --disable-pip-version-check --quiet install \
	'quixstreams==3.28.1' 'bytewax==0.21.1'
	@touch $@
