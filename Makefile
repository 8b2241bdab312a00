# Every task of the project; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench golden lock

help: ## List the tasks
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(BIN)/umbo: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev: requirements-dev.lock $(BIN)/umbo
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(BIN)/umbo ## Make the environment and answer the reference study
	$(BIN)/umbo run reference

test: $(VENV)/dev ## Run every test
	$(BIN)/python -m pytest -n 2

check: $(VENV)/dev ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev ## Time the whole run and its kernels
	$(BIN)/python -m benchmarks

golden: $(VENV)/dev ## Renew the golden files, on purpose
	$(BIN)/python tests/golden/renew.py

lock: ## Pin the versions that were tested
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements-dev.lock
