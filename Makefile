# `make` does what CI does; `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules --no-print-directory

GO ?= go
# The generator is pinned in tools.go, the linters in .ci/lint.
OAPI_CODEGEN := $(GO) run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
GOLANGCI_LINT := $(GO) tool -modfile=.ci/lint/go.mod golangci-lint
NODE_MODULES := .ci/lint/node_modules/.package-lock.json
BROWSER_MODULES := docs/browsertest/node_modules/.package-lock.json

# How long `make fuzz` runs each target.
FUZZTIME ?= 10s

.NOTPARALLEL: # verify writes what the other targets read

.PHONY: all
all: test race-ci verify lint conform interop docs arazzo browsertest examples ## Do what CI does (the default).

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## Build the command: bin/lts.
	@$(GO) build -o bin/ ./cmd/lts

.PHONY: test
test: ## Run the tests.
	@$(GO) test ./...

.PHONY: race
race: ## Run the tests with the race detector (needs a C compiler).
	@$(GO) test -race ./...

.PHONY: race-ci
race-ci: ## Run what is about concurrency with the race detector, as CI does.
	@$(GO) test -race ./lts ./store/catalog
	@$(GO) test -race -run '^TestStore$$|^TestTidy|^TestRuns' ./store/records
	@$(GO) test -race -run 'AtTheSameTime|WhileStreamsAreCreated' ./server
	@$(GO) test -race -run '^TestReferenceServerKeepsTheContract$$/^latest$$' ./conformance
	@$(GO) test -race -run '^TestConformance$$|Concurrent|Writer|Tail|Token' ./client

.PHONY: s3test
s3test: ## Run the suite of buckets against a real S3 server (a module of its own).
	@cd store/bucket/s3test && $(GO) test ./...

.PHONY: interop
interop: build ## Let clients that were written elsewhere talk to `lts serve` (a module of its own).
	@cd interop && LTS_PROGRAM=$(CURDIR)/bin/lts $(GO) test -count 1 -timeout 5m ./...

.PHONY: conform
conform: build ## Check the reference server against the document.
	@bin/lts conform --edition all

.PHONY: arazzo
arazzo: $(NODE_MODULES) ## Let the Redocly CLI replay the exported scenarios against the reference server.
	@REDOCLY=$(CURDIR)/.ci/lint/node_modules/.bin/redocly $(GO) test -count 1 -run TestRedocly ./cmd/lts

.PHONY: mutants
mutants: ## Put faults between suite and server, and print which case catches each.
	@$(GO) test -count=1 -run 'TestEveryFault' -v ./conformance | awk -F '\t' ' \
		/caught\t/ { printf "%4d  %-78s %s\n", ++n, $$3, $$2 } \
		/^ *--- FAIL: [^ ]*\// { sub(/^ *--- FAIL: [^\/]*\//, ""); printf "SURVIVED  %s\n", $$0; ++survived } \
		/^FAIL|^ok/ { last = $$0 } \
		END { printf "%d faults, %d caught, %d survived\n%s\n", n + survived, n, survived, last; exit survived > 0 || last !~ /^ok/ }'

# How many runs `make stability` has, and the seed of the first one.
RUNS ?= 60
SEED ?= $(shell date +%s)

.PHONY: stability
stability: ## Run the suite again and again, each time otherwise, up to the first false alarm (RUNS=1000 takes about an hour).
	@STABILITY_RUNS=$(RUNS) STABILITY_SEED=$(SEED) $(GO) test -count 1 -timeout 12h -v -run '^TestSeedsOrderAndParallelismChangeNothing$$' ./conformance

.PHONY: bench
bench: ## Run the benchmarks, then a load on the server (LOAD=-records=10000000 for a long one).
	@$(GO) test -run '^$$' -bench . -benchmem ./...
	@$(GO) run ./server/internal/load $(LOAD)

.PHONY: fuzz
fuzz: ## Run every fuzz target for a short time (FUZZTIME=10s).
	@found=$$(grep -rHo --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z0-9_]*' . | sort); \
	[ -n "$$found" ] || { echo 'fuzz: no target found' >&2; exit 1; }; \
	echo "$$found" | while IFS=': ' read -r file _ target; do \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$${file%/*}" </dev/null || exit 1; \
	done

.PHONY: generate
generate: contradictions changes ## Write everything that follows from the document.
	@for config in gen/*/config.yaml; do $(OAPI_CODEGEN) -config "$$config" openapi/lts.yaml || exit 1; done

.PHONY: contradictions
contradictions: ## Write openapi/CONTRADICTIONS.md.
	@mkdir -p bin
	@$(GO) run ./openapi/internal/contradictions >bin/CONTRADICTIONS.md
	@mv bin/CONTRADICTIONS.md openapi/CONTRADICTIONS.md

.PHONY: changes
changes: ## Write docs/site/changes.json, what changed between editions (a module of its own).
	@mkdir -p bin
	@cd docs/site/changes && $(GO) run . >../../../bin/changes.json
	@mv bin/changes.json docs/site/changes.json

.PHONY: docs
docs: bundles ## Write the site, with figures of a run, to dist/docs, the bundles to dist/bundles; compile the examples.
	@bin/lts docs --conform --out dist/docs
	@timeout 900 examples/run --build

.PHONY: bundles
bundles: build ## Write the bundles for other tools to dist/bundles.
	@bin/lts docs --bundles --out dist/bundles

.PHONY: examples
examples: bundles ## Generate, compile and run the clients in examples/ against the reference server.
	@timeout 900 examples/run

.PHONY: browsertest
browsertest: build $(BROWSER_MODULES) ## Test the documentation site in Chromium (CHROMIUM=/usr/bin/chromium).
	@cd docs/browsertest && timeout 1500 npm test --silent

.PHONY: docs-vendored
docs-vendored: ## Fetch the libraries that the documentation site serves again.
	@docs/site/vendored/refresh

.PHONY: fmt
fmt: ## Format the Go code and its imports.
	@$(GOLANGCI_LINT) fmt

.PHONY: verify
verify: generate ## Regenerate, tidy and format; fail when that, or anything else, is not committed.
	@$(GO) mod tidy
	@$(GO) fmt ./...
	@changed=$$(git status --porcelain --untracked-files=all) || exit 1; \
	if [ -n "$$changed" ]; then \
		git --no-pager diff HEAD; \
		printf 'verify: the tree differs from the last commit:\n%s\n' "$$changed" >&2; \
		exit 1; \
	fi

.PHONY: lint
lint: lint-go lint-openapi ## Lint the Go code and every edition of the document.

.PHONY: lint-go
lint-go:
	@$(GOLANGCI_LINT) run
	@cd interop && $(GO) tool -modfile=../.ci/lint/go.mod golangci-lint run --config ../.golangci.yml

.PHONY: lint-openapi
lint-openapi: bundles $(NODE_MODULES)
	@.ci/lint/openapi openapi/lts.yaml dist/bundles/openapi-3.*/*.yaml

$(NODE_MODULES): .ci/lint/package.json .ci/lint/package-lock.json .ci/lint/.npmrc
	@cd .ci/lint && npm ci --loglevel=error >/dev/null
	@touch $@

$(BROWSER_MODULES): docs/browsertest/package.json docs/browsertest/package-lock.json docs/browsertest/.npmrc
	@cd docs/browsertest && npm ci --loglevel=error >/dev/null
	@touch $@

.PHONY: clean
clean: ## Remove what the other targets built or installed.
	@rm -rf bin dist .ci/lint/node_modules docs/browsertest/node_modules examples/*/node_modules
