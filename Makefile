# Nabla: `make` tells what there is.

SHELL := /bin/sh
python := .venv/bin/python
# A virtual display keeps test windows off the desktop; without one Qt draws offscreen.
display := $(shell command -v xvfb-run >/dev/null 2>&1 && command -v xauth >/dev/null 2>&1 \
	&& echo xvfb-run -a -s \"-screen 0 1920x1200x24\")

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format bench soak screenshots clean

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/runtime.stamp  ## install what is needed and open the window
	@.ci/system-libraries run
	@.ci/has-screen
	@$(python) main.py $(SOURCE)

demo: .venv/runtime.stamp  ## train and draw without a screen; the plots are in out/
	@.ci/system-libraries demo
	@.ci/demo

test: .venv/dev.stamp  ## everything that .ci/run asks for
	@.ci/system-libraries test
	@$(MAKE) --no-print-directory check

.PHONY: check
check: .venv/dev.stamp lint
	$(display) $(python) -m pytest -n auto --maxprocesses 4

lint: .venv/dev.stamp  ## format, lint and types, without changing a file
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy

format: .venv/dev.stamp  ## put the code into shape
	$(python) -m ruff format .
	$(python) -m ruff check --fix .

bench: .venv/dev.stamp  ## measure; a table, and bench.json in out/
	$(python) -m tests.benchmarks.run

soak: .venv/dev.stamp  ## the long tests
	$(display) $(python) -m pytest -m soak

screenshots: .venv/dev.stamp  ## draw the pictures of the README anew
	@.ci/system-libraries test
	QT_QPA_PLATFORM=offscreen $(python) -m tests.screenshots

clean:  ## remove the environment, results and caches
	rm -rf .venv out build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/runtime.stamp: pyproject.toml
	@.ci/environment runtime

.venv/dev.stamp: pyproject.toml
	@.ci/environment dev
