# run, test, bench: each makes .venv and installs what it needs; a second call starts at once.
.PHONY: run test bench pretrain screenshots lint clean
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501
export PYTHONPATH := $(CURDIR)

run: .venv/run
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# First all that needs no browser, on two processes; then the journeys.
test: .venv/dev browser lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --ignore tests/e2e
	$(BIN)/python -m pytest tests/e2e

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev browser
	$(BIN)/python -m benchmarks

pretrain: .venv/run
	$(BIN)/python -m app pretrain

screenshots: .venv/dev browser
	$(BIN)/python -m assets.make_screenshots

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Entangled needs Python 3.11 or newer; set PYTHON=python3.11." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# The browser tests drive the system's Chromium.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }; } || \
		{ echo "The browser tests need Chromium: install it, for example with: sudo apt-get install chromium" >&2; exit 1; }
