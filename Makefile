# Two targets matter to a newcomer: `make conformance` and `make test`. Everything they need is Go, git and make.
SHELL := /bin/sh
GO    ?= go
BIN   := bin/conformance

# Which clients `make clients` puts to the test. `make test` leaves Terraform out: its provider takes minutes to build, and a call of it twelve seconds.
CLIENTS ?= golangsdk huaweicloud-sdk-go-v3 huaweicloud-sdk-java huaweicloud-sdk-nodejs huaweicloud-sdk-python terraform

# Exact versions of what is not Go; each is optional and has its own target.
REDOCLY := @redocly/cli@2.77.0
PRISM   := @stoplight/prism-cli@5.14.2

# Packages that start no goroutine and share nothing, so that the race detector has nothing to look at and would only take its time. (What is said against a test by
# go test's own vet is said before by `go vet`, which looks for more.)
UNRACED := /(spec|harness/(baseline|cases|change|comparison|conduct|coverage|har|infer|jsonpointer|lint|nearest|signature|strictfile|yamltree))$$

.PHONY: help
help: ## Show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/conformance
	@$(GO) build -o $(BIN) ./cmd/conformance

.PHONY: release
release: ## Build a release into dist/: a static program for each platform, manual pages, completions, SHA256SUMS
	@GO=$(GO) .ci/release dist

.PHONY: conformance
conformance: build ## Run the whole pack against the embedded emulator; reports are in reports/
	@./$(BIN) run

.PHONY: test
test: CLIENTS := $(filter-out terraform,$(CLIENTS))
test: vet raced whole unraced plain manifests clients ## Run the tests with the race detector, then without it what it would only slow down, then the real clients (`make -j3 test`: side by side)

.PHONY: vet
vet:
	$(GO) vet ./...

.PHONY: raced
raced:
	$(GO) test -race -vet=off -timeout 30m $$($(GO) list ./... | grep -vE '$(UNRACED)')

# Tests that take minutes under the race detector and show it nothing say so themselves: racedetector.LeaveOut(t). They are made here, the whole runs among them on
# their own, so that `make -j` has two halves.
TESTS    = $(shell find cmd harness suites -name '*_test.go')
LEFT_OUT = ^($(shell awk '/^func Test/ {name = $$2; sub(/[^A-Za-z0-9_].*/, "", name)} /racedetector\.LeaveOut\(t\)/ {print name}' $(TESTS) | sort -u | paste -sd '|' -))$$
packages = $(addprefix ./,$(sort $(dir $(shell grep -l '$(1)' $(TESTS)))))

.PHONY: unraced
unraced:
	$(GO) test -vet=off -timeout 30m -run '$(LEFT_OUT)' -skip '^TestWholeRuns' $(call packages,racedetector\.LeaveOut(t))

.PHONY: whole
whole:
	$(GO) test -vet=off -timeout 30m -run '^TestWholeRuns' $(call packages,^func TestWholeRuns)

.PHONY: plain
plain:
	$(GO) test -vet=off -timeout 30m $$($(GO) list ./... | grep -E '$(UNRACED)')

.PHONY: manifests
manifests: build ## Look whether the manifests for Kubernetes and Sonobuoy are sound, and run their scripts (downloads about 15 MB once)
	cd .ci/manifests && CONFORMANCE_BIN=$(CURDIR)/$(BIN) $(GO) test -count=1 ./...

.PHONY: clients
clients: build ## Put published clients to the test: Go SDKs, and Node.js, Python, Java, Terraform where they are (downloads about 300 MB once)
	for module in interop huaweicloud-sdk-go-v3 golangsdk; do (cd suites/clients/$$module && CONFORMANCE_BIN=$(CURDIR)/$(BIN) $(GO) test -count=1 ./...) || exit 1; done
	@.ci/clients ./$(BIN) $(CLIENTS)

.PHONY: hosts
hosts: build ## Make a run on three hosts, of which one dies and is run again: network namespaces (Linux, root, iproute2)
	@.ci/hosts ./$(BIN)

.PHONY: terraform
terraform: build ## Put the Terraform provider to the test (needs Terraform: https://developer.hashicorp.com/terraform/install; builds the provider once)
	@.ci/clients ./$(BIN) terraform

.PHONY: selftest
selftest: build ## Show that the suite finds every seeded defect and accuses no conforming variant
	@./$(BIN) selftest

.PHONY: bench
bench: ## Measure: the default run, one exchange against the raw one, the layers of judgement
	$(GO) test -timeout 30m -run '^$$' -bench . -benchtime 1s ./harness/... ./cmd/...

.PHONY: lint
lint: ## gofmt and go vet
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'run gofmt -w on these files'; exit 1; }
	$(GO) vet ./...

.PHONY: html-check
html-check: ## Look at report.html in Chromium: filters, links, keys, contrast, speed (needs Chromium: apt-get install chromium, or name one in $CHROMIUM)
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { echo 'html-check needs Chromium (Debian: apt-get install chromium), or the path of one in CHROMIUM'; exit 2; }
	cd harness/report/browser && $(GO) vet ./... && $(GO) test -count=1 ./...

.PHONY: formats-check
formats-check: build ## Give every format of a green and a red run to programs that read it (needs Node 20.19: https://nodejs.org, and Python 3.10; installs about 300 MB aside, once)
	@.ci/formats/run ./$(BIN)

.PHONY: lint-spec
lint-spec: ## Lint spec/openapi.yaml with Redocly (needs Node 20 or newer: https://nodejs.org)
	@command -v npx >/dev/null || { echo 'lint-spec needs Node 20 or newer with npx: https://nodejs.org/en/download'; exit 2; }
	npx --yes $(REDOCLY) lint --config spec/redocly.yaml spec/openapi.yaml

.PHONY: prism
prism: build ## Run the pack against Prism, a mock server that we did not write (needs Node 20 or newer: https://nodejs.org)
	@.ci/prism ./$(BIN) $(PRISM)
