# Every path here is relative, so that a clone works anywhere, also in a folder with spaces in its name.
PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null)
PYTEST_ARGS ?= -n 2
N ?= 500
SEED ?= 0

BIN := .venv/bin
STAMP := .venv/.installed
KERNELS := .venv/.compiled
PEERS_STAMP := .venv/.peers

REQUIREMENTS = import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
extras = project["optional-dependencies"]; \
print(*project["dependencies"], *extras["demo"], *extras["test"], sep="\n")
PEERS = import tomllib; \
print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["bench"], sep="\n")

# pip of the Python that makes .venv installs into it: --python is what lets .venv do without a pip of its own.
PIP_IS_NEW = import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (22, 3))
PIP_INSTALL = { $(PYTHON) -c '$(PIP_IS_NEW)' 2>/dev/null || \
  { echo "$(PYTHON) needs pip 22.3 or newer, for pip --python; got: $$($(PYTHON) -m pip --version 2>&1). Upgrade it, or install uv." >&2; exit 1; }; \
  $(PYTHON) -m pip --python $(BIN)/python install -qq --disable-pip-version-check -r .venv/requirements.txt; }

UV_INSTALL = "$(UV)" pip install --quiet --python $(BIN)/python -r .venv/requirements.txt
INSTALL = $(if $(UV),$(UV_INSTALL) || { echo "uv failed; trying pip" >&2; $(PIP_INSTALL); },$(PIP_INSTALL))

COMPILE = from headrace.runtime.fold.kernels import kernels; kernels(); \
from headrace.runtime.fold.tile_kernels import tile_kernel; tile_kernel(); \
from headrace.runtime.windows.closing_kernels import closing_kernels; closing_kernels(); \
from headrace.runtime.windows.key_kernels import key_kernels; key_kernels(); \
from headrace.runtime.order_kernel import order_kernel; order_kernel(); \
from headrace.models.rehearsal import rehearse; rehearse()

.DEFAULT_GOAL := help
.PHONY: help demo test check campaign mutants bench bench-models clean

help: ## Show this list
	@awk -F ': .*## ' '/^[a-z.]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(KERNELS) ## Run the flights example from nothing: a year of real flights, features, a catalog
	@$(BIN)/headrace demo

test: check $(KERNELS) ## Run every check, then the tests (PYTEST_ARGS="-n 0 tests/catalog" narrows them)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(STAMP) ## Lint, check the formatting and the types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/python -m pyright

campaign: $(KERNELS) ## Compare random projects with the language reference (N=10000 SEED=0)
	@$(BIN)/python -m headrace.tests.campaign.campaign $(N) $(SEED)

mutants: $(KERNELS) ## Plant each fault in a copy of the engine: a campaign must find it (MUTANTS="tiles" narrows them)
	@$(BIN)/python -m headrace.tests.campaign.mutants $(MUTANTS)

bench: $(KERNELS) $(PEERS_STAMP) ## Measure the engine beside DuckDB, polars, a bare loop; writes benchmarks/out/bench.json (PARTS="reads")
	@$(BIN)/python -m headrace.benchmarks.bench $(PARTS)

bench-models: $(KERNELS) ## Measure models beside LightGBM and River; writes benchmarks/out/models.json (PARTS="streams")
	@$(BIN)/python -m headrace.benchmarks.models $(PARTS)

clean: ## Remove whatever make and the tools made here, .venv included
	rm -rf .venv build dist headrace.egg-info flights-demo .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv: $(STAMP)

$(PEERS_STAMP): $(STAMP)
	@$(PYTHON) -c '$(PEERS)' > .venv/requirements.txt
	@echo "Installing what is measured beside headrace ..."
	@$(INSTALL)
	@touch $(PEERS_STAMP)

# Compiled once, before several processes would each compile the same kernels; numba keeps them beside the sources.
$(KERNELS): $(STAMP) $(wildcard runtime/fold/*.py runtime/windows/*_kernels.py runtime/order_kernel.py models/*.py)
	@echo "Compiling the kernels, once (up to a minute) ..."
	@$(BIN)/python -P -c '$(COMPILE)'
	@touch $(KERNELS)

# Installs again only when pyproject.toml changed. A .venv of another Python version is made anew.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13))' || \
	  { echo "headrace needs Python 3.11 to 3.13; got $$($(PYTHON) --version 2>&1). Choose one: make PYTHON=python3.12" >&2; exit 1; }
	@version='import sys; print(sys.version_info[:2])'; \
	if [ "$$($(BIN)/python -c "$$version" 2>/dev/null)" != "$$($(PYTHON) -c "$$version")" ]; then \
	  rm -rf .venv && $(PYTHON) -m venv --without-pip .venv; \
	fi
	@$(PYTHON) -c '$(REQUIREMENTS)' > .venv/requirements.txt
	@echo "Installing into .venv ..."
	@$(INSTALL)
	@ln -sfn ../../../.. "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/headrace"
	@install -m 755 .ci/headrace $(BIN)/headrace
	@touch $(STAMP)
