# `make help` says what there is. Everything runs in .venv; nothing outside the folder is touched.
PYTHON ?= python3
BIN := .venv/bin
# A file to a worker: what its tests share, a city or a browser, is made once. In the order of
# tests/conftest.py, which begins with the longest, so that no core waits for another at the end.
SUITE := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(MORE)

# Where an image sets it, each of some hundred processes of a run would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## show this
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.installed ## the virtual environment with the locked dependencies

.venv/.installed: requirements.lock setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: install ## the demo city on 127.0.0.1:8000
	@CATALOGUE_ANONYMOUS=open $(BIN)/catalogue demo
	@CATALOGUE_ANONYMOUS=open $(BIN)/catalogue serve

test: install ## the whole suite on SQLite; journeys where Chromium is found
	$(SUITE)

check: install ## format, lint, types, import contract, then the suite
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy registry schemas search connectors anonymization tests/factories.py
	$(BIN)/lint-imports
	$(SUITE)

# Beside .venv, which stays as it is locked; the package is built by the locked setuptools.
build/spark/.installed: requirements-spark.lock .venv/.installed
	@rm -rf build/spark
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --no-build-isolation --target build/spark -r requirements-spark.lock
	@touch $@

spark: build/spark/.installed ## what a plan gives on Spark, beside the local run (needs Java 17)
	PYTHONPATH=build/spark $(BIN)/python -m pytest tests/anonymization/test_spark.py

docs: install ## renew docs/reference from the code
	$(BIN)/python -m docs.generate

LOCKED := $(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate --allow-unsafe --strip-extras
SPARK := import configparser as c; p = c.ConfigParser(); p.read("setup.cfg"); print(p["options.extras_require"]["spark"])

lock: ## renew requirements.lock and requirements-spark.lock from setup.cfg (needs an index)
	$(LOCKED) --extra dev -o requirements.lock setup.cfg
	$(BIN)/python -c '$(SPARK)' | $(LOCKED) -o requirements-spark.lock -

.PHONY: help install run test check spark docs lock
