# Requirements: make and Python 3.11+. Everything runs in .venv, which hash-locked files define.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.synced
NODE := tests/node_programs
NODE_STAMP := $(NODE)/node_modules/.synced
AIRFLOW := .venv-airflow
AIRFLOW_VERSIONS := $(patsubst requirements/airflow-%.txt,%,$(wildcard requirements/airflow-*.txt))
AIRFLOW_TARGETS := $(AIRFLOW_VERSIONS:%=airflow-%)

# Tools whose dependencies conflict with ours; each has a lock requirements/NAME.txt and an environment .venv-NAME.
SEPARATE := checkov awscli docs playwright
SEPARATE_STAMPS := $(SEPARATE:%=.venv-%/.synced)
# Packages of an environment that has another name: MkDocs with its plugins, and the checker of the issue templates.
PACKAGES_docs := mkdocs-material,mkdocs-awesome-nav,markdown-it-py,check-jsonschema

# Scripts that the docs site serves itself.
SITE := docs/site
SITE_STAMP := $(SITE)/node_modules/.synced

# LocalStack runs on Python 3.13 only. uv finds it on PATH or downloads it. It does not look into pyenv's folder.
LOCALSTACK := .venv-localstack
LOCALSTACK_PYTHON ?= $(or $(lastword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3)),3.13)

# Folders of tests/ that take minutes. pyproject.toml lists the others as testpaths.
# It runs make test on a copy of the repository, so nothing else runs next to it.
ALONE := tests/packaging/test_scaffolded_type.py
SLOW_TESTS := tests/terraform tests/packaging tests/properties tests/browser tests/docs_site

# Many containers set it. Each of the tests' processes would then compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: $(AIRFLOW_TARGETS) $(SEPARATE) chromium postgres screenshots help demo drill bench test test-all test-aws test-localstack localstack \
	test-airflow cycle check lint format build local lock lock-airflow node airflow clean
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 16

demo: $(STAMP) ## Run five sample events on the in-process AWS engine
	@$(BIN)/orchestrator demo

drill: $(STAMP) airflow-2.11.0 airflow-3.0.6 ## Run the reliability drills and write docs/reliability.md: make drill [SEED=7]
	@$(BIN)/python -m tests.drills --write $(if $(SEED),--seed $(SEED))

cycle: $(STAMP) ## Deploy, use, upgrade, roll back and destroy the Terraform stack on this machine
	@$(BIN)/pytest -s tests/terraform/test_cycle.py

# lint and the second interpreter's installation use one core each. Many tests wait, so four workers keep two cores busy.
test: $(STAMP) ## Run lint, types, generated files and all tests that take seconds
	@$(MAKE) -s -j2 node lint
	@$(BIN)/pytest -n 4 --dist loadgroup -m 'not aws and not slow'

# The tests with Airflow wait for its schedulers most of the time, so four workers keep two cores busy.
test-all: test $(SEPARATE) chromium postgres airflow localstack ## Run every test: also Terraform, checkov, the AWS CLI, Chromium, LocalStack, the installed tool and every Airflow
	@$(BIN)/pytest -n 3 --dist loadgroup -m 'slow and not aws'
	@$(BIN)/pytest -n 3 --dist loadgroup $(SLOW_TESTS) --ignore=$(ALONE)
	@$(BIN)/pytest $(ALONE)
	@$(BIN)/pytest -n 4 --dist worksteal tests/airflow
	@$(BIN)/pytest tests/localstack

test-localstack: $(STAMP) localstack node ## Compare three interpreters: the embedded one, aws-local-stepfunctions, LocalStack
	@$(BIN)/pytest tests/localstack

test-aws: $(STAMP) ## Test each state with AWS's TestState API and measure error names: make test-aws PROFILE=name [ROLE=arn [THROTTLE=yes]] [MACHINE=arn]
	@test -n "$(PROFILE)" || { echo "Which AWS profile? make test-aws PROFILE=name (it needs states:TestState)" >&2; exit 2; }
	@status=0; TEST_AWS_PROFILE="$(PROFILE)" $(BIN)/pytest -m aws tests/teststate || status=$$?; \
		$(BIN)/python -m tests.teststate.first_deployment --profile "$(PROFILE)" --role "$(ROLE)" --machine "$(MACHINE)" \
		$(if $(THROTTLE),--throttle) && exit $$status

test-airflow: $(STAMP) postgres airflow ## Test with every Airflow version; prints run times
	@$(BIN)/pytest -n 4 --dist worksteal tests/airflow

check: $(STAMP) node lint ## Run lint, types, format, generated files, prose and definition checks
	@$(BIN)/pytest tests/builder/machine/test_definition_checks.py tests/prose

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy dags
	@$(BIN)/python -m builder --check
	@$(BIN)/python -m cli.commands_page --check
	@$(BIN)/shellcheck --enable=all --exclude=SC2250 deploy.sh .ci/run
	@if command -v terraform >/dev/null; then TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -diff -recursive terraform; \
	elif [ "$(CI)" = true ]; then echo "Terraform 1.9+ is missing" >&2; exit 1; \
	else echo "Terraform is missing. The format of terraform/ is not checked." >&2; fi

format: $(STAMP) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@if command -v terraform >/dev/null; then TF_CLI_CONFIG_FILE=/dev/null terraform fmt -recursive terraform; fi

build: $(STAMP) ## Write the generated files
	@$(BIN)/python -m builder
	@$(BIN)/python -m cli.commands_page
	@$(BIN)/python -m tests.localstack.summary

# The last section runs `make test`, which installs Node's programs.
bench: $(STAMP) node ## Measure everything and write docs/benchmarks.md (about 10 minutes; QUICK=1: 4; ONLY="section …")
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

local: $(STAMP) ## Keep the local stack running until Ctrl-C
	@$(BIN)/orchestrator local

lock: $(STAMP) ## Resolve the dependencies again
	@for tool in bootstrap=uv $(foreach tool,$(SEPARATE),$(tool)=$(or $(PACKAGES_$(tool)),$(tool))); do \
		echo "$${tool#*=}" | tr , '\n' | $(BIN)/uv pip compile -q - --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-header -o requirements/$${tool%=*}.txt || exit 1; \
	done
	@$(BIN)/uv pip compile -q pyproject.toml --extra dev --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header -o requirements/dev.txt
	@# With the versions of dev.txt: the benchmarks compare the router with these packages.
	@printf 'boto3\npydantic\naws-lambda-powertools\n' | $(BIN)/uv pip compile -q - --upgrade -c requirements/dev.txt --universal \
		--python-version 3.13 --generate-hashes --no-annotate --no-header -o requirements/bench.txt
	@$(BIN)/uv pip compile -q requirements/localstack.in --upgrade --universal --python-version 3.13 --generate-hashes \
		--no-annotate --no-header -o requirements/localstack.txt

# MWAA installs with constraints, so the locks follow them; where MWAA has no such version yet, the newest of everything.
lock-airflow: $(STAMP) ## Resolve Airflow's dependencies again: make lock-airflow CONSTRAINTS=folder, with mwaa-constraints-VERSION.txt
	@test -d "$(CONSTRAINTS)" || { echo "Which folder of constraints? make lock-airflow CONSTRAINTS=folder" >&2; exit 2; }
	@for version in $(AIRFLOW_VERSIONS); do \
		constraints="$(CONSTRAINTS)/mwaa-constraints-$$version.txt"; \
		echo "apache-airflow[amazon,postgres]==$$version" | $(BIN)/uv pip compile -q - --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-annotate --no-header $$(test -f "$$constraints" && echo "-c $$constraints") \
			-o requirements/airflow-$$version.txt || exit 1; \
	done

airflow: $(AIRFLOW_TARGETS) ## Install every Airflow version that the tests use (250 MB each)

# A version whose lock does not support this Python is skipped. With CI=true its tests fail.
$(AIRFLOW_TARGETS): airflow-%: $(STAMP)
	@$(MAKE) -s $(AIRFLOW)/$*/.synced || echo "Airflow $* could not be installed. Its tests are skipped." >&2

$(AIRFLOW_VERSIONS:%=$(AIRFLOW)/%/.synced): $(AIRFLOW)/%/.synced: requirements/airflow-%.txt
	@echo "Installing Airflow $* into $(AIRFLOW)/$* ..." >&2
	@rm -rf $(AIRFLOW)/$*
	@$(PYTHON) -m venv --without-pip $(AIRFLOW)/$*
	@$(BIN)/uv pip sync -q --python $(AIRFLOW)/$*/bin/python --require-hashes $<
	@touch $@

localstack: $(LOCALSTACK)/.synced ## Install LocalStack's Step Functions, if Python 3.13 exists

$(LOCALSTACK)/.synced: requirements/localstack.txt | $(STAMP)
	@echo "Installing LocalStack into $(LOCALSTACK) ..." >&2
	@if $(BIN)/uv venv -q --clear --python "$(LOCALSTACK_PYTHON)" $(LOCALSTACK) 2>/dev/null; then \
		$(BIN)/uv pip sync -q --python $(LOCALSTACK)/bin/python --require-hashes $< && touch $@; \
	else echo "Python 3.13 is missing. Without it the tests with LocalStack are skipped: make LOCALSTACK_PYTHON=path localstack" >&2; \
		[ "$(CI)" != true ]; fi

node: ## Install the second interpreter, if Node exists
	@if command -v npm >/dev/null; then $(MAKE) -s $(NODE_STAMP); \
	else echo "Node 20+ is missing. Tests with the second interpreter and asl-validator are skipped." >&2; fi

# Only a CI machine is changed. On others the person installs Chromium.
chromium: ## Install Chromium for the tests of the console, on a CI machine
	@command -v chromium >/dev/null || if [ "$(CI)" = true ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium ..." >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else echo "Chromium is missing (Debian: apt-get install chromium). The tests of the console in it are skipped." >&2; fi

postgres: ## Install PostgreSQL for the tests with Airflow's scheduler, on a CI machine
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	if [ "$(CI)" = true ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing PostgreSQL ..." >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	else echo "PostgreSQL is missing (Debian: apt-get install postgresql). The tests with Airflow's scheduler are skipped." >&2; fi

screenshots: $(STAMP) playwright chromium ## Write the screenshots of docs/console.md
	@$(BIN)/python -m tests.browser.scene docs/images

# Not with --quiet: MkDocs would then count no warning, and --strict would stop at none.
docs: ## Build the docs site into build/site; stops at a link to nowhere
	@if command -v npm >/dev/null; then $(MAKE) -s $(SITE_STAMP); \
	elif [ "$(CI)" = true ]; then echo "Node 20+ is missing. The docs site needs npm." >&2; exit 1; \
	else echo "Node 20+ is missing. The diagrams of the site stay text, and it cannot be searched from a folder." >&2; fi
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs build --strict --clean && echo "build/site/index.html"

$(SEPARATE): %: .venv-%/.synced

$(SEPARATE_STAMPS): .venv-%/.synced: $(STAMP) requirements/%.txt
	@echo "Installing $* into .venv-$* ..." >&2
	@$(BIN)/uv venv -q --clear --python $(BIN)/python .venv-$*
	@$(BIN)/uv pip sync -q --python .venv-$*/bin/python --require-hashes requirements/$*.txt
	@touch $@

$(SITE_STAMP): $(SITE)/package-lock.json
	@cd $(SITE) && npm ci --silent --no-audit --no-fund
	@touch $@

$(NODE_STAMP): $(NODE)/package-lock.json
	@echo "Installing the second interpreter into $(NODE)/node_modules ..." >&2
	@cd $(NODE) && npm ci --silent --no-audit --no-fund
	@touch $@

clean: ## Remove the environment and the caches
	@rm -rf $(VENV) $(SEPARATE:%=.venv-%) $(AIRFLOW) $(LOCALSTACK) $(NODE)/node_modules $(SITE)/node_modules build \
		.mypy_cache .ruff_cache .hypothesis .pytest_cache

$(STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "$(PYTHON) is not Python 3.11+. Choose another: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing. Install it (Debian: apt-get install python3-venv)." >&2; exit 2; }
	@echo "Installing the locked dependencies into $(VENV) ..." >&2
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@# Bytecode: otherwise every process compiles moto again (2.7 s of CPU) if PYTHONDONTWRITEBYTECODE is set, as in many containers.
	@$(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
