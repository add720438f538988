# The doors of the house. `make demo` and `make test` need Python 3.11 or later and nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What is measured beside bilag has an environment of its own.
BENCH_VENV := .venv-bench
MUTATION_VENV := .venv-mutation
ROUNDS ?= 3

.PHONY: demo test test-crash test-mutation programs check fix bench docs lock clean

demo: $(VENV)/.demo-installed ## one realistic Export Job, from Pleo to balanced books
	@$(BIN)/bilag demo

test: check programs ## everything a contributor can check
	@$(BIN)/python -m pytest -n auto -q

test-crash: $(VENV)/.dev-installed ## 100,000 simulated courses of crashes, then real processes killed, and every planted bug
	@$(BIN)/python -m tests.simulation --seeds 0:100000 --jobs 2 --report reliability.json
	@$(BIN)/python -m tests.simulation --planted --jobs 2
	@$(BIN)/python -m tests.crash --all --reports tests/crash/reports
	@$(BIN)/python -m tests.crash --planted

test-mutation: $(MUTATION_VENV)/.installed ## change money, states, batching, retry and mapping in small ways; the tests have to notice
	@$(MUTATION_VENV)/bin/mutmut run
	@$(MUTATION_VENV)/bin/mutmut results

# Tests start a PostgreSQL server of their own, and let hledger judge the books that are written for it.
programs: ## what the tests use besides Python: installed by root, named to everybody else
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="postgresql"; \
	command -v hledger >/dev/null || missing="$$missing hledger"; \
	test -n "$$missing" || exit 0; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "installing $$missing ..."; \
		apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq -y --no-install-recommends $$missing >/dev/null 2>&1 \
			|| echo "can't install $$missing: their tests are skipped"; \
	else echo "their tests are skipped without: apt-get install $$missing"; fi

check: $(VENV)/.dev-installed ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/.dev-installed ## format and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev-installed $(BENCH_VENV)/.installed ## compare with peers and with the limit; writes benchmarks/ (ROUNDS=1 is quicker)
	@$(BIN)/python -m benchmarks.run --rounds $(ROUNDS)
	@$(BENCH_VENV)/bin/python -m benchmarks.plots

docs: $(VENV)/.dev-installed ## write the generated pages again
	@$(BIN)/python -m docs.generate

lock: $(VENV)/.dev-installed ## pin the dependencies again, with hashes
	@$(PIP) install uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra books --extra build -o requirements.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --extra books --extra build --extra dev -o requirements-dev.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header -o requirements-bench.lock requirements-bench.in
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header -c requirements-dev.lock -o requirements-mutation.lock requirements-mutation.in

clean:
	rm -rf $(VENV) $(BENCH_VENV) $(MUTATION_VENV) mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "bilag needs Python 3.11 or later: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "bilag needs Python 3.11 or later, $(PYTHON) is older"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "no venv module: apt-get install python3-venv"; exit 1; }

$(VENV)/.demo-installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo-installed

$(BENCH_VENV)/.installed: requirements-bench.lock | $(BIN)/python
	@echo "installing into $(BENCH_VENV) ..."
	@$(BIN)/python -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements-bench.lock
	@touch $@

$(MUTATION_VENV)/.installed: requirements-mutation.lock requirements-dev.lock | $(BIN)/python
	@echo "installing into $(MUTATION_VENV) ..."
	@$(BIN)/python -m venv $(MUTATION_VENV)
	@$(MUTATION_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes \
		-r requirements-dev.lock -r requirements-mutation.lock
	@$(MUTATION_VENV)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation -e .
	@touch $@
