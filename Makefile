# `make demo` and `make test` need Python 3.10+, make and a package index, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo lint test test-all test-oldest coverage docs translations bench fuzz torture release clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# The stamps record what pyproject.toml said when the packages were installed.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: pyproject.toml | $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

$(VENV)/.installed-bench: pyproject.toml | $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	@touch $@

demo: $(VENV)/.installed ## draw leaves, train on them, say how well (about 2 minutes)
	$(BIN)/transferleaf demo

lint: $(VENV)/.installed-dev ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile
test: lint ## style, types, layers, and all tests but the slow ones
	$(PYTEST) -m 'not slow'

test-all: lint ## everything that must hold before a change lands, slow tests too
	$(PYTEST)

# The floors of pyproject.toml, on the oldest Python. What is new beside them may warn that they are
# old. OLDEST_PYTHON names the Python, TESTS the tests.
OLDEST := .venv-oldest
$(OLDEST)/.installed: pyproject.toml | $(VENV)/.installed-dev
	$(BIN)/uv venv --quiet --clear --python '$(or $(OLDEST_PYTHON),3.10)' $(OLDEST)
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python-version 3.10 \
	  pyproject.toml --output-file $(OLDEST)/floors.txt > /dev/null
	$(BIN)/uv pip install --quiet --python $(OLDEST) --requirement $(OLDEST)/floors.txt \
	  --editable . pytest hypothesis scikit-learn
	@touch $@

test-oldest: $(OLDEST)/.installed ## the tests of the core on the oldest packages and Python that it allows
	$(OLDEST)/bin/python -m pytest -W default::DeprecationWarning \
	  $(or $(TESTS),tests/backbones tests/classifier tests/commands tests/model_files tests/runs tests/test_cli.py)

# Apart from `test`: tracing makes it take nearly half as long again.
coverage: $(VENV)/.installed-dev ## which branches the tests run, as a table and in htmlcov
	$(PYTEST) --cov --cov-report=term:skip-covered --cov-report=html

# A reference or link that leads nowhere is an error. DOCS_ONLINE=1 also links to Python and NumPy.
SITE := $(BIN)/python -m sphinx --builder html --fresh-env --nitpicky --fail-on-warning --keep-going --quiet
docs: $(VENV)/.installed-docs ## the site in English and Korean, into docs/_build/html; needs no network
	$(SITE) docs docs/_build/html
	$(SITE) --define language=ko docs docs/_build/html/ko

translations: $(VENV)/.installed-docs ## bring the Korean catalogues to what the pages say now
	$(BIN)/python -m docs.locale.catalogues

# Drawn leaves unless PHOTOS, and LEAVES where known, name real ones. PEER_PYTHON names a Python
# that has the peers already, SPEED takes more options.
bench: $(if $(PEER_PYTHON),$(VENV)/.installed,$(VENV)/.installed-bench) ## speed compared with plain Keras, timm and fastai (about 4 hours)
	$(BIN)/python -m benchmarks.speed --page docs/benchmarks.md \
	  $(if $(PHOTOS),--photos '$(PHOTOS)') $(if $(LEAVES),--leaves '$(LEAVES)') \
	  $(if $(PEER_PYTHON),--peer-python '$(PEER_PYTHON)') $(SPEED)

# SEED repeats a run, SECONDS bounds it.
fuzz: $(VENV)/.installed-dev ## damaged photos, model files and tables, drawn folders and arrays: no crash, hang or leak (a minute)
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) --page docs/fuzzing.md

# SEED repeats the moments, SECONDS bounds the time.
torture: $(VENV)/.installed-dev ## interrupts, kills, a full disk, an emptied cache, hostile photos (10 minutes)
	$(BIN)/python -m tests.torture --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED)) --page docs/reliability.md

# It publishes nothing: a tag does, by .github/workflows/release.yml.
release: $(VENV)/.installed-dev ## check version, changelog, distributions and a clean install
	$(BIN)/python -m tools.release

clean: ## remove what make made
	rm -rf $(VENV) $(OLDEST) demo build dist docs/_build .coverage htmlcov .mypy_cache .pytest_cache .ruff_cache
	find docs/locale -name '*.mo' -delete
