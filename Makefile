# Every target sets up .venv first (scripts/bootstrap.sh), which takes no time when nothing has changed.
# VENV=DIR uses another environment, PYTHON=FILE another interpreter, WORKERS=N that many test processes.

SHELL := bash
VENV ?= .venv
WORKERS ?= 2
export VENV WORKERS

BIN := $(VENV)/bin
GATES := scripts/gates.sh
DEMO := O2C_DATA_DIR=var/demo O2C_COMPANY=demo

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo serve mlflow test check lint types contracts format bench notebooks attack models soak lock clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: ## fill .venv with the locked dependencies and this project
	@scripts/bootstrap.sh dev

demo: ## show the whole thing at work on a made-up company
	@scripts/bootstrap.sh run
	@$(BIN)/o2c demo

serve: ## open the made-up company in a browser (o2c serve opens your own)
	@scripts/bootstrap.sh run
	@test -f $${O2C_DEMO_DIR:-var/demo}/o2c.sqlite || $(BIN)/o2c demo
	@$(BIN)/o2c serve --demo

mlflow: ## show the demo's models, their figures and charts on MLflow's page
	@scripts/bootstrap.sh run
	@test -f var/demo/o2c.sqlite || $(BIN)/o2c demo
	@test -d var/demo/models || for day in 2026-04-30 2026-06-30; do $(DEMO) $(BIN)/o2c train --as-of $$day || exit; done
	@$(DEMO) $(BIN)/o2c models publish --page

test: setup ## lint, types, contracts, the quick tests and their coverage: what every change must pass
	@$(GATES) lint types contracts dependencies quick

check: setup ## test, and the slow tests after it: what CI runs
	@$(GATES) lint types contracts dependencies quick slow

lint: setup ## ruff: style and formatting
	@$(GATES) lint

types: setup ## mypy in strict mode
	@$(GATES) types

contracts: setup ## which module may import which, and which packages are declared
	@$(GATES) contracts dependencies

format: setup ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## measure against baselines and write benchmarks/results.json
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.readme
	@$(BIN)/python -m benchmarks.figures_page
	@$(BIN)/python -m benchmarks.pictures

notebooks: setup ## execute the notebooks on the practice company and keep what they show
	@$(BIN)/python -m tests.notebooks.execute

attack: setup ## ten minutes of requests to the whole served interface, each leading to the next (SECONDS=N)
	@$(BIN)/python -m tests.api.attack --seconds $(or $(SECONDS),600)

models: ## train two versions on the made-up company: the first serves, the second waits for another person's word
	@scripts/bootstrap.sh run
	@test -f var/demo/o2c.sqlite || $(BIN)/o2c demo
	@for day in 2026-04-30 2026-06-30; do $(DEMO) $(BIN)/o2c train payment-timing --as-of $$day || exit; done

soak: setup ## every test at its full count: hours
	@HYPOTHESIS_PROFILE=soak $(BIN)/pytest -n $(WORKERS) -m "" --timeout=0

lock: setup ## pin every dependency anew, with hashes and without addresses
	@scripts/lock.sh

clean: ## remove what tools leave behind; the environment and your data stay
	@rm -rf build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
