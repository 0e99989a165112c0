# make run    the wall, with the invented county        make check   quick: lint, types, contracts, architecture
# make test   everything, as the pipeline does          make bench   how fast it is

.PHONY: run test check bench lint types contracts scripts packages readme clean
.DEFAULT_GOAL := run
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCRIPT_TESTS = $(shell find tests -name '*.test.mjs')
# libatomic1: the browser driver's own Node.js wants it.
TEST_PACKAGES := chromium fonts-noto-cjk libatomic1 nodejs postgresql

run: .venv/runtime
	@exec $(BIN)/python app.py

# Browsers in processes of their own: they leave a running event loop behind, in which nothing else can begin one.
test: packages .venv/development lint types contracts scripts
	$(BIN)/python -m pytest --ignore tests/browser -m "not alone" --numprocesses 2 --dist worksteal
	$(BIN)/python -m pytest tests/browser -m "not alone" --numprocesses 2 --dist worksteal
	$(BIN)/python -m pytest --ignore tests/browser -m alone
	$(BIN)/python -m pytest tests/browser -m alone

check: .venv/development lint types contracts
	$(BIN)/python -m pytest --quiet tests/test_architecture.py tests/test_readme.py

bench: packages .venv/development
	@for bench in tests/bench/bench_*.py; do PYTHONPATH=.:tests $(BIN)/python "$$bench" || exit 1; done

lint:
	$(BIN)/ruff check --quiet --output-format concise .
	$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check .; exit 1; }

types:
	$(BIN)/mypy --no-error-summary

contracts:
	@$(BIN)/lint-imports --no-cache > .venv/contracts.txt 2>&1 || { cat .venv/contracts.txt; exit 1; }

scripts:
	@if [ -n "$(SCRIPT_TESTS)" ]; then node --test $(SCRIPT_TESTS); fi

readme: .venv/runtime
	$(BIN)/python tests/support/readme.py

packages:
	@sh .ci/packages $(TEST_PACKAGES)

.venv/runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the wall needs (once)"
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt .venv/runtime
	@echo "Installing what the tests need (once)"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# Debian keeps a part of the standard library in a package of its own.
$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || sh .ci/packages python3
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || sh .ci/packages python3-venv
	@$(PYTHON) -m venv .venv

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
