# `make run` and `make test` set everything up by themselves; `make help` lists the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Each stamp is touched last, so an interrupted installation is done again.
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
INSTALLED_CLUSTER := .venv/installed-cluster
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help run gallery stars test test-cluster cluster-node chaos check bench bench-large soak format clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */make \1\t/'

run: gallery  ## set up, build the gallery, start the bot (without TELEGRAM_TOKEN: in the sandbox)
	@if [ -n "$$TELEGRAM_TOKEN" ] || grep -qsiE '^[[:space:]]*(export[[:space:]]+)?TELEGRAM_TOKEN[[:space:]]*=[[:space:]]*[^[:space:]]' .env; \
	then exec $(BIN)/python bot.py; \
	else DATA_DIR=$${DATA_DIR:-data/sandbox} exec $(BIN)/python -m startwin.sandbox -- $(BIN)/python bot.py; fi

gallery: $(INSTALLED)  ## refresh the gallery from photos/
	@$(BIN)/python build_embeddings.py

stars: $(INSTALLED)  ## fetch photos of well-known people from Wikimedia and build (CONTACT=you@example.org)
	@catalog=photos/catalog.json; [ -e $$catalog ] || catalog=photos/starter.json; \
	$(if $(CONTACT),FETCH_CONTACT='$(CONTACT)') $(BIN)/python build_embeddings.py --fetch --catalog $$catalog
	@[ -e photos/catalog.json ] || cp photos/starter.json photos/catalog.json

test: $(INSTALLED_DEV)  ## run the tests
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-cluster: $(INSTALLED_DEV) $(INSTALLED_CLUSTER)  ## run the tests that need a Ray cluster, which they start
	@$(BIN)/python -m pytest tests/cluster

cluster-node: $(INSTALLED_CLUSTER)  ## start a cluster here, or join one (JOIN=host:port)
	@$(BIN)/python -m startwin.face.cluster.node $(if $(JOIN),--join '$(JOIN)',--head)

chaos: $(INSTALLED_DEV)  ## kill bot and workers at random while photos come in (PHOTOS=2000 SEED=n)
	@$(BIN)/python -m tests.chaos $(if $(PHOTOS),--photos $(PHOTOS)) $(if $(SEED),--seed $(SEED))

check: $(INSTALLED_DEV)  ## lint, formatting, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

BENCH = $(BIN)/python -m bench $(if $(PHOTOS),--photos '$(PHOTOS)') $(if $(PROBES),--probes '$(PROBES)') \
	$(if $(DLIB_BLAS),--dlib-blas '$(DLIB_BLAS)')

bench: .venv/installed-bench gallery  ## measure, write bench/results.md (PHOTOS=dir PROBES=dir DLIB_BLAS=dir)
	@$(BENCH)

bench-large: .venv/installed-bench gallery  ## the same, with a search among a million
	@$(BENCH) --large

soak: .venv/installed-bench gallery  ## 3,000 photos and the bot's memory, into bench/results.md (SOAK=n)
	@$(BENCH) --only soak --renew $(if $(SOAK),--soak $(SOAK))

format: $(INSTALLED_DEV)  ## mend formatting
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:  ## remove what was installed (not the gallery)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo 'StarTwin needs Python 3.11: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.11' >&2; exit 1; }
	@echo 'Creating .venv...'
	@$(PYTHON) -m venv .venv
	@touch $@

$(INSTALLED): requirements.txt | .venv/created
	@echo 'Installing packages into .venv (about a minute, the first time only)...'
	@$(PIP) -r requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo 'Installing the developers'"'"' packages into .venv...'
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(INSTALLED_CLUSTER): requirements-cluster.txt $(INSTALLED)
	@echo 'Installing Ray into .venv...'
	@$(PIP) -r requirements-cluster.txt
	@touch $@

.venv/installed-bench: requirements-bench.txt $(INSTALLED)
	@$(PIP) --no-deps -r requirements-bench.txt
	@touch $@
