# make demo · make test · make lint · make setup · make package
# Each step of the set-up leaves a stamp and is skipped while its inputs are unchanged.

PYTHON ?= python3
PORT ?= 8000
SIMULATOR_PORT ?= 8100
BIN := .venv/bin
export RARBOOKING_PROFILE ?= demo

STATIC_SOURCES := $(shell find rarbooking/static -type f)
STYLE_SOURCES := $(shell find rarbooking/styles -type f) rarbooking/static/rarbooking/session.css
MIGRATIONS := $(shell find . -path './*/migrations/*.py' -not -path './.venv/*' -not -path './node_modules/*')
ADMIN_TEMPLATES := $(filter-out simulator/templates,$(wildcard */templates))
SEEDS := $(shell find toolkits/data guidance/content -type f)

.PHONY: setup demo check test soak mutants lint lint-types lint-code lint-imports lint-templates lint-scripts lint-migrations secrets format requirements released-migrations package screenshot screens audit licences sbom bench profile load lighthouse restore-tried clean

setup: .venv/.installed node_modules/.installed var/.static var/.database

.venv/.installed: requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --omit=optional --no-audit --no-fund --loglevel=error
	@touch $@

var/.styles: node_modules/.installed $(STYLE_SOURCES) scripts/build/styles.sh
	@sh scripts/build/styles.sh . var/styles
	@touch $@

var/.static: .venv/.installed node_modules/.installed var/.styles $(STATIC_SOURCES) rarbooking/web/staticfiles.py
	@mkdir -p var
	$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

var/.database: .venv/.installed $(MIGRATIONS) $(SEEDS)
	@mkdir -p var
	$(BIN)/python manage.py migrate --no-input --verbosity 0
	$(BIN)/python manage.py load_toolkits
	$(BIN)/python manage.py load_guidance
	@touch $@

demo: setup
	@$(BIN)/python scripts/demo.py --port $(PORT) --simulator-port $(SIMULATOR_PORT)

# Lint, types, contracts, and the tests that start no process: an answer in a minute or two.
check: setup lint
	$(BIN)/pytest -q -n auto --dist worksteal -m "not server and not browser"

test: setup lint
	@scripts/ensure_chromium.sh
	@scripts/test.sh

# What is exhaustive, some hours of it: every fault at every moment, 2,000 hostile inputs a form, ten minutes of load with
# faults and kills, a million bookings. docs/testing.md says when, and what the last run showed.
soak: setup .venv/.bench
	SOAK=1 $(BIN)/pytest -n auto --dist worksteal tests/faults
	HOSTILE_EXAMPLES=2000 $(BIN)/pytest -n auto --dist worksteal tests/hostile
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.run

# Whether the tests would notice: docs/testing.md says what that means, and what the last run showed.
mutants: setup .venv/.mutants
	$(BIN)/python -m scripts.mutants

.venv/.mutants: .venv/.installed requirements-mutants.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutants.txt
	@touch $@

# Several at a time; each says what it has to say in one piece.
LINTERS := lint-types lint-code lint-imports lint-templates lint-scripts lint-migrations

lint: setup
	@$(MAKE) --no-print-directory --jobs --output-sync=target $(LINTERS)

lint-types:
	$(BIN)/mypy

lint-code:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-imports:
	$(BIN)/lint-imports

lint-templates:
	$(BIN)/djlint --quiet templates
	$(BIN)/djlint --quiet --extension html simulator/templates
	$(BIN)/djlint --quiet --extension html --profile django $(ADMIN_TEMPLATES)

lint-scripts:
	npx --no-install eslint .
	$(BIN)/hadolint Dockerfile

lint-migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run
	RARBOOKING_PROFILE= $(BIN)/python scripts/check_deploy.py

# What looks like a secret, in every file that is tracked; before a commit, pre-commit looks at the files that changed.
secrets: .venv/.installed
	$(BIN)/pre-commit run detect-secrets --all-files

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements: .venv/.installed
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements-dev.txt requirements-dev.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements-simulator.txt requirements-simulator.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements-bench.txt requirements-bench.in
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements-mutants.txt requirements-mutants.in

# Once a release is in production: what the migrations after it are tried against.
released-migrations: .venv/.installed
	$(BIN)/python -m scripts.released_migrations

# The image's build steps without Docker; PACKAGE_DATABASE_URL is an empty PostgreSQL database to try it on (SQLite without).
package: .venv/.installed
	$(BIN)/python scripts/package.py --database-url="$(PACKAGE_DATABASE_URL)"

# Known vulnerabilities of what the product runs with and is built with: fails where there is one, and where the databases
# of PyPI or npm cannot be asked, which a mirror may not pass on. Both are asked before it fails.
audit: .venv/.installed
	@failed=0; \
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements-dev.txt || failed=1; \
	npm audit || failed=1; \
	exit $$failed

licences: .venv/.installed
	$(BIN)/python scripts/licences.py

sbom: .venv/.installed
	@mkdir -p var
	$(BIN)/cyclonedx-py requirements --output-reproducible --of JSON -o var/sbom-python.json requirements.txt
	npm sbom --sbom-format cyclonedx --package-lock-only > var/sbom-front-end.json
	@echo "var/sbom-python.json and var/sbom-front-end.json are written"

# Measuring takes what tests do not need.
.venv/.bench: .venv/.installed requirements-bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

bench: setup .venv/.bench
	$(BIN)/python -m bench.run

# Where a page's processor time goes. Needs nothing beyond what tests need: PROFILE="--against FOLDER" compares two trees.
profile: setup
	$(BIN)/python -m bench.profile $(PROFILE)

load: setup .venv/.bench
	$(BIN)/python -m bench.load

lighthouse: setup
	@scripts/ensure_chromium.sh
	$(BIN)/python -m bench.lighthouse

restore-tried: setup .venv/.bench
	$(BIN)/python -m bench.restore

screenshot: setup
	@scripts/ensure_chromium.sh
	$(BIN)/python -m scripts.screenshot docs/check-your-answers.png

screens: setup
	@scripts/ensure_chromium.sh
	$(BIN)/python -m scripts.screens docs/screens

clean:
	rm -rf var .venv node_modules
