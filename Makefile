# Two commands: `make run` and `make test`. Everything else is for those who change the course.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHANGED := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses=4 --dist=worksteal

.PHONY: run test nightly check format claims confirm benchmark mutants pictures schemas clean

run: $(CHANGED)
	@$(BIN)/minimind-tui

test: $(CHANGED)
	$(PYTEST) -m "not alone"
	$(BIN)/python -m pytest -m alone

nightly: $(CHANGED)
	MINIMIND_TUI_TEST_BUDGET=nightly $(BIN)/python -m pytest tests/faults tests/monkey tests/terminal tests/experiments/test_claims.py

check: $(CHANGED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/minimind-tui check

format: $(CHANGED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

claims: $(CHANGED)
	$(BIN)/python tests/benchmarks/claims.py $(if $(ALL),,--changed)

confirm: $(CHANGED)
	$(BIN)/python tests/benchmarks/claims.py --confirm

benchmark: $(CHANGED)
	$(BIN)/python -m tests.benchmarks

mutants: $(CHANGED)
	$(BIN)/python -m tests.mutants

schemas: $(CHANGED)
	$(BIN)/python -m minimind_tui.content.schemas lessons/schemas

pictures: $(CHANGED)
	$(BIN)/python -m tests.pictures

clean:
	rm -rf $(VENV) build dist

$(CHANGED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "minimind-tui needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make $(MAKECMDGOALS) PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $(CHANGED)
