# `make run` starts Plumbline on a machine with Python 3.11, git and make; `make test` is what has to pass before a commit.
.PHONY: help run test check soak bench pack clean environment tools machine mock compiled

HOST := 127.0.0.1
PORT := 8501
LAST_MONTH = $(shell $(PYTHON_IN)/python -c "from datetime import date, timedelta as d; print(f'{date.today().replace(day=1) - d(1):%Y-%m}')")
PERIOD = $(LAST_MONTH)
PYTHON_IN := .venv/bin
# for two processors: browsers and commands that are waited for leave room for a third
TEST_WORKERS := 3

# each process, the many short ones of the tests above all, would else compile the project anew
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make run      Plumbline on http://$(HOST):$(PORT) (PORT=… for another)"
	@echo "make test     every check and every test; sets up what they need"
	@echo "make check    style, types, import rules, migrations"
	@echo "make soak     the laws at full size (long)"
	@echo "make bench    the speed measurements of benchmarks/"
	@echo "make pack     the board pack of the demo company, into packs/ (PERIOD=2026-10 for another month)"
	@echo "make clean    remove the environment and caches; warehouse, settings and packs stay"

run: environment
	@$(PYTHON_IN)/python .ci/port.py $(HOST) $(PORT)
	@$(PYTHON_IN)/python -m pipelines init
	@echo "Plumbline is at http://$(HOST):$(PORT) (Ctrl-C ends it)"
	@$(PYTHON_IN)/python -m pipelines schedule & scheduler=$$!; trap 'kill $$scheduler 2>/dev/null' EXIT INT TERM; \
	  $(PYTHON_IN)/python -m streamlit run app/main.py --server.address $(HOST) --server.port $(PORT) --server.headless true

test: machine
	@$(MAKE) --no-print-directory -j2 mock tools
	@$(MAKE) --no-print-directory -j2 check compiled
	@echo "Tests, $(TEST_WORKERS) at a time …"
	@.ci/in-memory $(PYTHON_IN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal

check: tools
	@echo "Style …"
	@$(PYTHON_IN)/ruff check --quiet --output-format concise
	@$(PYTHON_IN)/ruff format --check --quiet
	@echo "Types …"
	@$(PYTHON_IN)/mypy --no-error-summary
	@echo "Import rules …"
	@$(PYTHON_IN)/lint-imports --no-logo
	@echo "Migrations …"
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	  export PLUMBLINE_SETTINGS=data/settings.toml PLUMBLINE_WAREHOUSE="sqlite:///$$folder/check.db" && \
	  $(PYTHON_IN)/alembic -q upgrade head && $(PYTHON_IN)/alembic check

# what each of several processes would else do for itself; what it has to say the tests say again
compiled: tools
	@$(PYTHON_IN)/python -m pytest --collect-only -qq >/dev/null 2>&1 || true

soak: machine mock tools
	@$(PYTHON_IN)/python -m pytest -n $(TEST_WORKERS) --timeout=0 tests/soak

bench: tools
	@for script in benchmarks/[a-z]*.py; do name=$$(basename "$$script" .py); echo "== $$name"; \
	  $(PYTHON_IN)/python -m "benchmarks.$$name" || exit 1; done

pack: environment
	@$(PYTHON_IN)/python -m pipelines init
	@$(PYTHON_IN)/python -m app board-pack --period $(PERIOD) --out packs

environment:
	@.ci/environment requirements.txt

tools:
	@.ci/environment requirements-dev.txt

machine:
	@.ci/machine

mock:
	@.ci/mock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache tests/conformance/node_modules
	find app data pipelines tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
