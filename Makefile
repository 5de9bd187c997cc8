# Nightschool. Every target brings what it needs: a fresh machine has git, gcc, python3 and perhaps little else.

SHELL := /bin/bash
NIGHTSCHOOL := .venv/bin/nightschool
PY := .venv/bin/python
# ARGS go to the command behind a target: make run ARGS="--port 8080", make test ARGS="-k replay -x".
ARGS ?=
BENCH ?= servers retrieval database grounding desktop long_answers evidence
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run demo test test-fast prove lint format bench demo-student translations lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: ## Make .venv from constraints.txt, with llama.cpp built for the GPU that is here
	@bash scripts/setup.sh

setup-test:
	@bash scripts/setup.sh test

run: setup ## Start Nightschool: the desktop app, or the server alone where there is no display (or with ARGS)
	@exec bash scripts/run.sh $(ARGS)

demo: setup ## Show one lesson from beginning to end, in a temporary home
	@exec $(PY) -m scripts.demo $(ARGS)

test: setup-test ## Every test, with reduced counts where an issue asks for hundreds
	$(PY) -m pytest -q $(ARGS)

test-fast: setup-test ## What runs in under two minutes, on all cores
	$(PY) -m pytest -q -n auto --dist worksteal -m "not slow and not peers and not prove" $(ARGS)

prove: setup-test ## The full counts that the issues ask for; takes long
	$(PY) -m pytest -q -m prove --timeout 7200 $(ARGS)

lint: ## ruff (rules and format) and mypy --strict on core and desktop
	@bash scripts/setup.sh test,lint
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict core desktop

format: ## Let ruff put the code in order
	@bash scripts/setup.sh test,lint
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: setup-test ## Side-by-side measurements, results in bench/out; make bench BENCH=retrieval runs one
	@mkdir -p bench/out
	@set -o pipefail; for name in $(BENCH); do \
		echo "== $$name"; $(PY) -m bench.$$name $(ARGS) | tee bench/out/$$name.txt || exit 1; done

demo-student: setup ## Train the demo student by its recipe; about two and a half hours on one core
	nice -n 10 $(PY) -m core.simulate.student --out resources/demo-student.gguf $(ARGS)

translations: setup ## Take changed texts of the windows into resources/languages, list what is untranslated, compile
	$(PY) -m scripts.translations update
	$(PY) -m scripts.translations release
	$(PY) -m scripts.translations missing

lock: setup-test ## Lock what pyproject.toml names anew; ARGS=--upgrade brings everything up to date
	$(PY) scripts/lock.py $(ARGS)

clean: ## Remove what was made here (never your home or your models)
	rm -rf .venv .cache build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
