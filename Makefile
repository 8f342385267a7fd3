# Two commands matter: `make book` and `make test`. The rest is convenience, and what takes longer.
# Everything runs in .venv, made from requirements.lock by uv; nothing else on the machine is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LATEST := .venv-latest
OLDEST := .venv-oldest
PEERS  := .venv-peers
FRAMEWORKS := .venv-frameworks
COURSE := .venv-course
UV_VERSION := 0.13.8
PORT   ?= 8000

# Compiled once, not by each of the processes that test and run chapters: of JAX that is 2 s each.
export UV_COMPILE_BYTECODE := 1

# Chapters, tests and the lab run in folders of their own; the path was meant from here. The shell
# makes it absolute: make's own functions split it at spaces, and expand what follows a dollar sign.
WITH_DATA := case "$$SYMTHEORY_DATA" in ''|/*|'~'*) ;; *) export SYMTHEORY_DATA="$$PWD/$$SYMTHEORY_DATA" ;; esac;

.PHONY: help book away course course-check test test-all test-latest test-oldest test-peers test-frameworks mutants benchmarks lab-seeds format lab serve screenshots phone lab-check clean lock
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

help:
	@echo "make book         build the book into _build/html, one chapter at a time for each core"
	@echo "                  (CHAPTERS_AT_ONCE=2 make book runs two, each takes up to 1.5 GB)"
	@echo "make away         the book as one PDF, its summary on one page, an EPUB, slides of each part, all figures and"
	@echo "                  formulas, and the site as an archive, in _build/away (node, Chromium)"
	@echo "make course       notebooks to hand out, and a site without solutions, in _build/handout"
	@echo "                  (VARIANT=student, solutions, instructor or nbgrader; CHAPTER=theory/circulant)"
	@echo "make course-check run the students' notebooks on the package as it is installed (CHAPTER=...; SOME=3 runs"
	@echo "                  those of the three chapters that changed last, and of three others in turn)"
	@echo "make test         lint, types, doctests and quick tests, before each commit (3 minutes)"
	@echo "make test-all     the same with the slow tests, which take more than half of the time"
	@echo "make lab          open the chapters as notebooks in JupyterLab"
	@echo "make serve        build the book and serve it on this machine"
	@echo "make format       write code and chapters the way make test wants them"
	@echo "make test-latest  the package's tests on the newest JAX, without neural-tangents (SOME=8: every eighth file in turn)"
	@echo "make test-oldest  a part of them on the oldest versions that are declared"
	@echo "make mutants      changes of the code that no test notices (MUTANTS='--seed 2 --each 10 groups'; an hour)"
	@echo "make benchmarks   all of benchmarks/ side by side, as the record that a page of the book shows (10 minutes, on an"
	@echo "                  idle machine; with make test-peers before it, other libraries of groups too)"
	@echo "make lab-seeds    what a lab measures from five other seeds, as a record (LAB=linear_connectivity; minutes)"
	@echo "make test-peers   groups and regression against GAP, NetKet, spgrep and scikit-learn"
	@echo "make test-frameworks  kernels of networks of PyTorch and Flax (PyTorch takes 5 GB)"
	@echo "make screenshots  pictures of every page, wide and narrow, light and dark (node, Chromium)"
	@echo "make phone        seconds until pages can be read and moved on a slow phone, at most 3 (node, Chromium; on an idle machine)"
	@echo "make lab-check    open each chapter that has an explorer in JupyterLab, run it and move the explorer (node, Chromium; minutes)"
	@echo "make lock         resolve the dependencies again"
	@echo "make clean        remove everything that was made here"

book: $(VENV)/.ready
	$(WITH_DATA) $(BIN)/jupyter-book build . -W -n --keep-going
	@echo
	@echo "The book is ready. Open $(CURDIR)/_build/html/index.html, or run 'make serve'."

# Most is made from the pages of the site, and put into it, where the page book/away then leads to it.
# Sphinx writes the whole book as one page beside the static files that it names as if it were above.
away: book
	$(WITH_DATA) $(BIN)/jupyter-book build . --builder custom --custom-builder singlehtml -W -n --keep-going
	mv _build/singlehtml/book/index.html _build/singlehtml/book.html
	rm -rf _build/away && mkdir -p _build/away
	cd .ci/site && npm ci --silent && node print_book.mjs ../../_build/singlehtml book.html ../../_build/away/symtheory-book.pdf
	cd .ci/site && node print_book.mjs ../../_build/html book/summary.html ../../_build/away/symtheory-summary.pdf --pages 1
	PYTHONPATH=book/_ext $(BIN)/python -m away _build/html _build/away
	cd _build && $(CURDIR)/$(BIN)/python -m zipfile -c away/symtheory-site.zip html
	@echo
	@echo "All of it is ready in $(CURDIR)/_build/away."

# The build of the book writes the notebooks of all variants; of the site, students get another one.
VARIANT ?= student
CHAPTER ?=
SOME ?=
course: book
	@case "$(VARIANT)" in student|solutions|instructor|nbgrader) ;; *) echo "Expected VARIANT as student, solutions, instructor or nbgrader. Got $(VARIANT). Try VARIANT=student."; exit 1 ;; esac
	@test -e "_build/course/$(VARIANT)/$(or $(CHAPTER),theory/circulant).ipynb" || { echo "Expected CHAPTER as a chapter of the book. Got $(CHAPTER). Try CHAPTER=theory/circulant."; exit 1; }
	rm -rf _build/handout && mkdir -p _build/handout/notebooks
	cd _build/course/$(VARIANT) && tar -cf - $(or $(CHAPTER:=.ipynb),.) | tar -xf - -C ../../handout/notebooks
	$(WITH_DATA) $(if $(filter student nbgrader,$(VARIANT)),SOLUTIONS=hide) $(BIN)/jupyter-book build . --path-output _build/course-site -W -n --keep-going
	cp -R _build/course-site/_build/html _build/handout/site
	@echo
	@echo "Notebooks and site are ready in $(CURDIR)/_build/handout."

# As a student has them: the package installed from its wheel, nothing of the repository at hand.
course-check: book $(COURSE)/.ready
	rm -rf _build/wheel && $(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir _build/wheel
	VIRTUAL_ENV=$(COURSE) $(BIN)/uv pip install --quiet --no-deps --reinstall _build/wheel/*.whl
	$(WITH_DATA) PYTHONPATH="$(CURDIR)/book/_ext" $(COURSE)/bin/python -m course.checking _build/course $(CHAPTER) $(SOME:%=--some %)

# Which tests: before each commit those not marked `slow`, for every change all.
test: WHICH := -m "not slow"
test-all: WHICH :=
test test-all: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(WITH_DATA) $(BIN)/pytest -n 2 --dist worksteal $(WHICH)

# The package alone on the newest JAX, without neural-tangents and the book; of the files with SOME=8
# every eighth, from commit to commit others.
test-latest: $(LATEST)/.ready
	$(WITH_DATA) $(LATEST)/bin/pytest -n 2 --dist worksteal \
		$(if $(SOME),$$(ls tests/test_*.py | awk -v n=$(SOME) -v turn=$$(git rev-list --count HEAD) '(NR + turn) % n == 0'),tests)

# The oldest versions that pyproject.toml declares, where those matter most: files, tables, checks,
# linear algebra, and the command line. What is compiled is the same as in the other lanes.
test-oldest: $(OLDEST)/.ready
	$(WITH_DATA) $(OLDEST)/bin/pytest -n 2 --dist worksteal tests/test_checks.py tests/test_cli.py tests/test_datasets.py \
		tests/test_group_values.py tests/test_groups.py tests/test_kernels.py tests/test_records.py \
		tests/test_regression.py tests/test_representations.py tests/test_running.py

# Mutation testing: its tools stand beside the environment, not in it.
mutants: $(VENV)/.ready
	VIRTUAL_ENV=$(VENV) $(BIN)/uv run --quiet --no-project --active --with cosmic-ray==8.7.0 --with coverage==7.17.5 \
		python benchmarks/mutation.py $(MUTANTS)

# Side by side with what others have computed; what is not installed is skipped.
benchmarks: $(VENV)/.ready
	$(WITH_DATA) $(BIN)/python benchmarks

# What a lab shows of other seeds. Each is run as the chapter is, up to the cell that says what was measured.
LAB ?=
lab-seeds: $(VENV)/.ready
	PYTHONPATH=book/_ext $(BIN)/python -m lab_seeds $(LAB)

# What others have computed. GAP is no Python package: bash peers/install has it from Debian's.
test-peers: $(PEERS)/.ready
	$(WITH_DATA) $(PEERS)/bin/pytest -n 2 --dist loadfile --override-ini pythonpath=peers peers

# Networks of PyTorch and Flax.
test-frameworks: $(FRAMEWORKS)/.ready
	$(WITH_DATA) $(FRAMEWORKS)/bin/pytest -n 2 --dist loadfile --override-ini pythonpath=frameworks frameworks

# Code as ruff writes it; chapters as JupyterLab saves them.
format: $(VENV)/.ready
	$(BIN)/ruff format .
	$(BIN)/jupytext --quiet --to md:myst $$(grep --recursive --files-with-matches --include="*.md" "format_name: myst" book notebooks)

# JupyterLab opens .md as text unless its settings say that a notebook is meant, and refuses to run
# as root, as whom everything runs in a container. Its root is the repository, where jupytext.toml is.
lab: AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
lab: $(VENV)/.ready
	mkdir -p $(VENV)/etc/jupyter/labconfig
	$(BIN)/jupytext-config --settings-file $(VENV)/etc/jupyter/labconfig/default_setting_overrides.json \
		set-default-viewer markdown myst
	$(WITH_DATA) $(BIN)/jupyter lab $(AS_ROOT) --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url=/lab/tree/notebooks

serve: book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

screenshots: book
	cd .ci/site && npm ci --silent && node screenshots.mjs ../../_build/html ../../_build/screenshots

phone: book
	cd .ci/site && npm ci --silent && node slow_phone.mjs ../../_build/html

lab-check: $(VENV)/.ready
	cd .ci/site && npm ci --silent && node check_jupyterlab.mjs ../.. ../../$(BIN)

clean:
	rm -rf _build $(VENV) $(LATEST) $(OLDEST) $(PEERS) $(FRAMEWORKS) $(COURSE) *.egg-info .ci/site/node_modules \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Resolve again, after a change in pyproject.toml.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
lock: $(VENV)/.uv
	$(COMPILE) --override lock-overrides.txt --extra book --extra test --extra lint \
		pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra peers pyproject.toml --output-file requirements-peers.lock
	$(COMPILE) --override lock-overrides.txt --extra frameworks pyproject.toml --output-file requirements-frameworks.lock

$(VENV)/.uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Expected Python 3.11 or newer. Got " + sys.version.split()[0] + ". Try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	touch $@

$(VENV)/.ready: $(VENV)/.uv requirements.lock pyproject.toml
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --require-hashes --quiet requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(OLDEST)/.ready: $(VENV)/.uv pyproject.toml
	$(PYTHON) -m venv $(OLDEST)
	VIRTUAL_ENV=$(OLDEST) $(BIN)/uv pip install --quiet --resolution lowest-direct --editable '.[test]'
	touch $@

$(LATEST)/.ready: $(VENV)/.uv pyproject.toml
	$(PYTHON) -m venv $(LATEST)
	VIRTUAL_ENV=$(LATEST) $(BIN)/uv pip install --quiet --upgrade --editable '.[test]'
	touch $@

$(COURSE)/.ready: $(VENV)/.uv requirements.lock pyproject.toml
	$(PYTHON) -m venv $(COURSE)
	VIRTUAL_ENV=$(COURSE) $(BIN)/uv pip install --quiet --override lock-overrides.txt --constraint requirements.lock '.[book]'
	touch $@

$(PEERS)/.ready: $(VENV)/.uv requirements-peers.lock pyproject.toml
	$(PYTHON) -m venv $(PEERS)
	VIRTUAL_ENV=$(PEERS) $(BIN)/uv pip sync --require-hashes --quiet requirements-peers.lock
	VIRTUAL_ENV=$(PEERS) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(FRAMEWORKS)/.ready: $(VENV)/.uv requirements-frameworks.lock pyproject.toml
	$(PYTHON) -m venv $(FRAMEWORKS)
	VIRTUAL_ENV=$(FRAMEWORKS) $(BIN)/uv pip sync --require-hashes --quiet requirements-frameworks.lock
	VIRTUAL_ENV=$(FRAMEWORKS) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
