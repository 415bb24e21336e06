# `make up` shows the product, `make test` checks it; both need only Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: up setup setup-dev test check format bench eval lock clean

up: setup
	@$(BIN)/tinwire up --demo

setup: $(VENV)/.installed

setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tinwire needs Python 3.11 or newer; set PYTHON=…")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what requirements.lock names"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "installing what requirements-dev.lock names"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# Everything that .ci/run checks.
test: setup-dev
	@sh tests/system_packages.sh
	@$(MAKE) --no-print-directory check

# The tests start many processes: all but the first shall find our modules compiled.
check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -p tests.sharing --numprocesses 2

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup-dev
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.pushes
	@$(BIN)/python -m bench.serving
	@$(BIN)/python -m bench.worst

# Quality against others' suites and data, which lie beside the clone in ../shared.
eval: setup-dev
	@$(BIN)/python -m bench.eval parsing
	@$(BIN)/python -m bench.eval addresses
	@$(BIN)/python -m bench.eval extraction
	@$(BIN)/python -m bench.eval polling
	@$(BIN)/python -m bench.eval near-duplicates ../shared/data/neardup_vntc/public_docs.jsonl.gz \
		../shared/data/neardup_vntc/public_pairs.json.gz --related ../shared/data/clusters_vietmds/public.jsonl.gz
	@$(BIN)/python -m bench.eval duplicates-scale 10000 100000 1000000
	@$(BIN)/python -m bench.eval stories ../shared/data/clusters_vietmds/public.jsonl.gz \
		--distractors ../shared/data/neardup_vntc/public_docs.jsonl.gz
	@$(BIN)/python -m bench.eval related ../shared/data/clusters_vietmds/public.jsonl.gz \
		--distractors ../shared/data/neardup_vntc/public_docs.jsonl.gz \
		--distractors ../shared/data/topics_vntc/public_train.jsonl.gz
	@$(BIN)/python -m bench.eval related ../shared/data/clusters_vietmds/public.jsonl.gz --first-words 60 \
		--distractors ../shared/data/neardup_vntc/public_docs.jsonl.gz \
		--distractors ../shared/data/topics_vntc/public_train.jsonl.gz
	@$(BIN)/python -m bench.eval related-scale 10000 100000 1000000
	@$(BIN)/python -m bench.eval neighbours ../shared/data/topics_vntc/public_train.jsonl.gz \
		../shared/data/neardup_vntc/public_docs.jsonl.gz ../shared/data/topics_bbc/bbc.jsonl.gz
	@$(BIN)/python -m bench.eval pairs ../shared/data/pairs_semeval22/public.jsonl.gz
	@for part in "" "--first-chars 300" "--strip-diacritics"; do \
		$(BIN)/python -m bench.eval topics ../shared/data/topics_vntc/public_train.jsonl.gz \
			../shared/data/topics_vntc/public_test.jsonl.gz $$part || exit 1; \
	done
	@$(BIN)/python -m bench.eval topics ../shared/data/topics_bbc/bbc.jsonl.gz
	@$(BIN)/python -m bench.eval learn-scale 50000
	@$(BIN)/python -m bench.eval blocks

# Needs uv; writes versions and hashes, and no index address.
lock:
	@uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements.lock --output-file requirements-dev.lock

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
