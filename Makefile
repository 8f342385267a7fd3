# Two commands matter: `make book` and `make test`. The rest is convenience.
# Everything runs in .venv, made from requirements.lock by uv; nothing else on the machine is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LATEST := .venv-latest
UV_VERSION := 0.13.8

.PHONY: book test test-latest lab serve clean lock
.DELETE_ON_ERROR:

book: $(VENV)/.ready
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo
	@echo "The book is in _build/html: open _build/html/index.html, or run 'make serve'."

test: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

# The package alone on the newest JAX, without neural-tangents and the book.
test-latest: $(LATEST)/.ready
	$(LATEST)/bin/pytest -n 2 tests

lab: $(VENV)/.ready
	$(BIN)/jupytext-config --settings-file $(VENV)/share/jupyter/lab/settings/default_setting_overrides.json set-default-viewer
	$(BIN)/jupyter lab notebooks

serve: book
	$(BIN)/python -m http.server --directory _build/html 8000

clean:
	rm -rf _build $(VENV) $(LATEST) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Resolve again, after a change in pyproject.toml.
lock: $(VENV)/.uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--override lock-overrides.txt --extra book --extra test --extra lint \
		pyproject.toml --output-file requirements.lock

$(VENV)/.uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Expected Python 3.11 or newer. Got " + sys.version.split()[0] + ". Try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	touch $@

$(VENV)/.ready: $(VENV)/.uv requirements.lock pyproject.toml
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --require-hashes --quiet requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(LATEST)/.ready: $(VENV)/.uv pyproject.toml
	$(PYTHON) -m venv $(LATEST)
	VIRTUAL_ENV=$(LATEST) $(BIN)/uv pip install --quiet --upgrade --editable '.[test]'
	touch $@
