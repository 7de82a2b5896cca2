# Everything works from a fresh clone with npm and make alone: Node 24 itself is one of the dependencies.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export REDOCLY_TELEMETRY := off
SHELL := /bin/sh
MOCK_PORT ?= 4010
JEST_NODE_OPTIONS := --experimental-vm-modules --disable-warning=ExperimentalWarning

.DEFAULT_GOAL := help
.PHONY: help install dev test check generate lint diff format fuzz schemathesis faults bench mock migrate migration clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

install: node_modules/.package-lock.json ## Install what package-lock.json names, if not done yet

# npm writes this file when an installation is complete.
node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

dev: install ## Run the server on PORT (8000) with a database of its own; restarts on changes
	@node scripts/dev.ts

test: install ## Run the tests; file=test/items.test.ts for one file, args='-t word' for jest's options
	@NODE_OPTIONS="$(JEST_NODE_OPTIONS)" jest $(if $(file),"$(file)") $(args)

check: install ## Verify format, lint, layers, types, contract and generated files
	@node scripts/check.ts

generate: install ## Write generated/ anew from openapi/ and src/migrations/
	@node scripts/generate.ts

lint: install ## Lint the contract, then the code; what=contract for the contract alone
	@node scripts/lint-contract.ts
	@$(if $(filter contract,$(what)),:,eslint --max-warnings=0 .)

diff: install ## Tell what the contract breaks compared with base=<revision> (origin/main, main or HEAD)
	@node scripts/diff.ts "$(base)"

format: install ## Lay out all files with prettier
	@prettier --write --log-level=warn .

fuzz: install ## Send requests made at random from the contract; seconds=60 seed=42
	@node scripts/fuzz.ts $(if $(seconds),seconds=$(seconds)) $(if $(seed),seed=$(seed))

schemathesis: install ## The same by schemathesis, in a venv under .data/, when python3 is there
	@node scripts/schemathesis.ts

faults: install ## Break things on purpose and count what was lost; only=bus for one of test/faults/
	@node scripts/faults.ts $(only)

bench_options := peers only rounds requests warmup connections rows full

bench: install scripts/bench/peers/node_modules/.package-lock.json ## Measure Accord beside its peers; only=read,create full=1 (docs/benchmarks.md)
	@node scripts/bench.ts $(foreach name,$(bench_options),$(if $($(name)),"$(name)=$($(name))"))

# A package of its own: nothing that Accord is compared with is a dependency of it.
scripts/bench/peers/node_modules/.package-lock.json: scripts/bench/peers/package-lock.json | install
	cd scripts/bench/peers && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

mock: install ## Serve the contract's examples on MOCK_PORT (4010)
	@prism mock --port $(MOCK_PORT) generated/openapi.json

migrate: install ## Bring the database of DATABASE_URL up to date
	@node src/main.ts migrate

migration: install ## Start a new migration: make migration name=add-tags
	@node scripts/new-migration.ts "$(name)"

clean: ## Remove what can be made again; the development database in .data/ stays
	rm -rf node_modules coverage .data/test-postgres-*
