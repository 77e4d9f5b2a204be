# Nabla: `make` tells what there is.

SHELL := /bin/sh
python := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format bench soak screenshots clean dev

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run:  ## install what is needed and open the window (SOURCE=lesson, session or CSV file)
	@.ci/has-screen
	@.ci/environment runtime
	@.ci/system-libraries run
	@$(python) main.py $(SOURCE)

demo:  ## train and draw without a screen; the plots are in out/
	@.ci/environment runtime
	@.ci/system-libraries demo
	@.ci/demo

test: dev  ## format, lint, types and tests: everything that .ci/run asks for
	@.ci/system-libraries test
	@$(MAKE) --no-print-directory lint
	.ci/with-display $(python) -m pytest -n auto --maxprocesses 4

lint: dev  ## format, lint and types, without changing a file
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy

format: dev  ## put the code into shape
	$(python) -m ruff format .
	$(python) -m ruff check --fix .

bench: dev  ## measure; a table, and out/bench.json
	$(python) -m tests.benchmarks.run

soak: dev  ## the long tests
	.ci/with-display $(python) -m pytest -m soak

screenshots: dev  ## draw the pictures of the README anew
	@.ci/system-libraries test
	QT_QPA_PLATFORM=offscreen $(python) -m tests.screenshots

clean:  ## remove the environment, results and caches
	rm -rf .venv out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Up to date in a moment when nothing has changed.
dev:
	@.ci/environment dev
