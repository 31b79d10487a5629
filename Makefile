# A bare `make` lists the targets. `.venv` is set up when it is missing or older than the files that say what goes in it.

# Settings that a command line may give, as in `make sample N=16 STEPS=100`; what is not given is left to the commands:
N        =
STEPS    =
SEED     =
OUT      =
NAME     = fashion_unet
NB       =
FLAGS    =
NWORKERS = 2
ARGS     =
PYTHON   =
export OUT  # as it is, whatever letters it has: the shell reads it from its environment

BIN   = .venv/bin
READY = .venv/ready
SITE  = .venv/site-ready
CANDIDATES = $(or $(PYTHON),python3.13 python3.12 python3.11 python3)

.PHONY: help setup sample eval test doors lessons lab train measure bench export readme check dist clean FORCE \
        playground playground-serve playground-test site site-serve site-test

help: ## list the targets
	@echo 'make TARGET [SETTING=value …]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## set up .venv (PYTHON=… chooses the interpreter of a new one)
	@:

sample: $(READY) ## draw a grid of garments into samples.png (N, STEPS, SEED, OUT, ARGS)
	@$(BIN)/slowai_sample $(if $(N),--n $(N)) $(if $(STEPS),--steps $(STEPS)) $(if $(SEED),--seed $(SEED)) $(if $(OUT),--out "$$OUT") $(ARGS)

eval: $(READY) ## score images against Fashion-MNIST (ARGS="FOLDER" or ARGS="--model fashion_unet --n 2000")
	@$(BIN)/slowai_eval $(ARGS)

test: $(READY) ## run the tests in all lessons (NB="00_data …" some, FLAGS, NWORKERS)
	@$(BIN)/python tools/test.py -n $(NWORKERS) $(if $(FLAGS),--flags '$(FLAGS)') $(NB)

doors: $(READY) ## try the slow doors: kills, full disks, other locales (ARGS="NAME …" some)
	@$(BIN)/python tools/doors.py $(ARGS)

lessons: $(READY) ## run the notebooks and store their outputs, export, clean, README (NB="00_data …" some)
	@$(BIN)/python tools/export.py
	@$(BIN)/python tools/lessons.py $(NB)
	@$(BIN)/nbdev_clean
	@$(BIN)/python tools/readme.py

lab: $(READY) ## open lesson 00 in JupyterLab, or the lesson NB, as in NB=05_ddim
	@OMP_WAIT_POLICY=$${OMP_WAIT_POLICY:-PASSIVE} PYTHONWARNINGS='ignore:IProgress not found' $(BIN)/jupyter-lab nbs --LabApp.default_url=/lab/tree/$(or $(NB),00_data).ipynb $(ARGS)

train: $(READY) ## train a model as it was shipped (NAME, ARGS="--minutes 45 …")
	@$(BIN)/slowai_train $(NAME) $(ARGS)

measure: $(READY) ## make the measurement NAME into results/ (NAME, ARGS)
	@$(BIN)/slowai_measure $(NAME) $(ARGS)

bench: $(READY) ## measure speed; run it alone (ARGS)
	@$(BIN)/slowai_bench $(ARGS)

export: $(READY) ## write the library from the notebooks
	@$(BIN)/python tools/export.py

readme: $(READY) ## write README.md from nbs/index.ipynb
	@$(BIN)/python tools/readme.py

check: $(READY) ## is everything in step: export, README, linter, clean and executed notebooks, sizes
	@$(BIN)/python tools/check.py

dist: $(READY) ## build the wheel and the source distribution into dist/
	@rm -rf build dist
	@$(BIN)/python -m build --no-isolation

playground: $(READY) ## build the page on which the networks draw in a browser (needs npm)
	@command -v npm >/dev/null || { echo 'npm is needed, which comes with Node.js 18 or newer: on Debian or Ubuntu apt-get install npm' >&2; exit 1; }
	@cd web/playground && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs
	@$(BIN)/python tools/playground.py models

playground-serve: ## serve that page to this machine (ARGS="--port 8300")
	@test -f web/playground/site/models/models.json || $(MAKE) playground
	@$(BIN)/python tools/playground.py serve $(ARGS)

playground-test: playground ## try the page in headless Chromium (ARGS="test_same_images …" some)
	@$(BIN)/python tools/playground.py test $(ARGS)

site: playground $(SITE) ## build the site, a page for every lesson, with the playground in it, into _site/html
	@$(BIN)/python web/site/build.py

site-serve: ## serve that site to this machine (ARGS="--port 8300")
	@test -f _site/html/playground/index.html || $(MAKE) site
	@$(BIN)/python web/site/build.py --serve $(ARGS)

site-test: site ## look at every page of the site in headless Chromium (ARGS="--pictures FOLDER")
	@$(BIN)/python web/site/look.py $(ARGS)
	@$(BIN)/python web/site/set_up.py

clean: ## remove what can be made again, except .venv
	rm -rf build dist _site samples.png *.egg-info web/*/node_modules web/playground/site
	find nbs slowai_diffusion tools '(' -name __pycache__ -o -name .ipynb_checkpoints ')' -prune -exec rm -rf {} +

# What pip does, in a line for every large download and for every tenth package; an error of its own stands below.
define PROGRESS
/^Collecting/ && ++n % 10 == 0 { print "  package " n " of about " all; fflush() }
/^ *Downloading .*\(([0-9.]+ GB|[0-9][0-9]+(\.[0-9]+)? MB)\)/ { sub(/^ */, ""); sub(/[^ ]*\//, ""); print "  " $$0; fflush() }
/^Installing collected/ { print "  installing: a minute or two without a word"; fflush() }
/^pip failed/ { failed = 1 }
END { exit failed }
endef
export PROGRESS

# Python compiles what it imports, when it imports it; to compile everything now would take half of the whole set-up.
# The stamp is written last, so an interrupted install leaves none; it holds the folder's name, so a copied or moved .venv is not used.
ifneq ($(shell cat $(READY) 2>/dev/null),$(CURDIR))
$(READY): FORCE
endif
$(READY): settings.ini setup.py pyproject.toml constraints.txt
	@set -e; rm -f $(READY); \
	if ! { grep -qsF "$(CURDIR)/.venv" .venv/pyvenv.cfg && $(BIN)/python -m pip --version >/dev/null 2>&1; }; then \
	  python=; \
	  for p in $(CANDIDATES); do \
	    if "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$p; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo 'Python 3.11 or newer with its venv module is needed; none found among: $(CANDIDATES).' >&2; \
	    echo 'Install one (on Debian or Ubuntu also the package python3-venv), or name it: make PYTHON=/path/to/python3' >&2; exit 1; \
	  fi; \
	  if [ -L .venv ] && [ -n "$$(ls -A .venv/ 2>/dev/null)" ]; then \
	    echo ".venv is a link to $$(readlink .venv), which is of another folder and would be emptied: remove the link" >&2; exit 1; \
	  fi; \
	  echo "Setting up .venv with $$("$$python" --version): once, a few minutes, most of them the download of PyTorch"; \
	  "$$python" -m venv --clear "$(CURDIR)/.venv"; \
	elif $(BIN)/python -c 'import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, ["torch", "diffusers", "nbdev"])))'; then \
	  echo 'Bringing .venv up to date: seconds, unless a pin changed'; \
	else echo 'Going on with a set-up that was stopped: a few minutes, most of them the download of PyTorch'; fi; \
	{ $(BIN)/python -m pip install --no-compile -c constraints.txt -e '.[dev]' || echo 'pip failed'; } | awk -v all="$$(grep -c == constraints.txt)" "$$PROGRESS"; \
	printf '%s\n' "$(CURDIR)" > $(READY)

# What the site is made with, besides: Sphinx and its theme, and MathJax from npm.
$(SITE): $(READY) web/site/package-lock.json
	@$(BIN)/python -m pip install -q --no-compile -c constraints.txt -e '.[site]'
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --prefix web/site
	@touch $(SITE)
