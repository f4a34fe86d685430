# Fotbot: everything a person types. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests
# Tests wait more than they work: three share two cores well. A part runs in one process.
WORKERS ?= $(if $(filter tests,$(TESTS)),3,0)
PROTOS = $(shell find protos -name '*.proto')
PROTOC_OUT = --python_out=$(1) --mypy_out=$(1) --grpc_python_out=$(1) --mypy_grpc_out=$(1)
# Any Python from 3.11 on will do; the first one that really starts is taken.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

.PHONY: run
run: $(VENV)/run.stamp ## Start the whole system here and print where to open it
	@exec $(BIN)/python -m services.local

# Through the environment: a $ in a password is then neither make's nor the shell's.
.PHONY: move-in
move-in: $(VENV)/run.stamp ## Bring the old bot in: FROM=postgresql://... [DRY=1] [REPORT=file.json]
	@test -n "$$FROM" || { echo 'Say where from: make move-in FROM=postgresql://user:password@host/database' >&2; exit 2; }
	@exec $(BIN)/python -m services.local.move_in --from "$$FROM" $(if $(DRY),--dry-run) $(if $(REPORT),--report "$$REPORT") $(if $(TIMES),--times "$$TIMES")
move-in: override export FROM := $(value FROM)
move-in: override export REPORT := $(value REPORT)
move-in: override export TIMES := $(value TIMES)

.PHONY: move-in-bench
move-in-bench: $(VENV)/dev.stamp ## Move a large synthetic old bot in, twice; time and memory are told
	@$(BIN)/python -m tests.local.move_in_bench

.PHONY: backup
backup: $(VENV)/run.stamp ## All that the system here knows into a new folder: [TO=folder] [DATA=.local]
	@exec $(BIN)/python -m services.local.backup --data "$(or $(DATA),.local)" make --to "$(TO)"

.PHONY: restore
restore: $(VENV)/run.stamp ## Bring a backup back: FROM=folder [DATA=.local]; nothing is overwritten
	@test -n "$$FROM" || { echo 'Say which: make restore FROM=backup-2026-11-24-180000' >&2; exit 2; }
	@exec $(BIN)/python -m services.local.backup --data "$(or $(DATA),.local)" restore "$$FROM"
restore: override export FROM := $(value FROM)

.PHONY: upgrades
upgrades: $(VENV)/dev.stamp ## The release before beside this one, on this one's schema, under a crowd
	@$(BIN)/python -m pytest -m "upgrades or not upgrades" -p no:randomly -s tests/upgrades

# Asked for by name, Kubernetes' tests run with the long ones, and with their tools built.
KUBERNETES = $(strip $(findstring tests/k8s,$(TESTS))$(findstring tests/helm,$(TESTS)))

.PHONY: test
test: $(VENV)/dev.stamp browser prometheus $(if $(KUBERNETES),cluster-tools) ## Run the tests; TESTS="tests/users tests/x/test_y.py::test_z" for a part
	@$(BIN)/python -m pytest -n $(WORKERS) $(if $(KUBERNETES),-m "not node and not compose") $(TESTS)

.PHONY: cluster-tools
cluster-tools: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.k8s.tools >/dev/null

.PHONY: cluster
cluster: cluster-tools ## A Kubernetes control plane here, for kubectl and helm; prints its KUBECONFIG
	@$(BIN)/python -m tests.k8s.cluster up

.PHONY: cluster-down
cluster-down: $(VENV)/dev.stamp ## End it
	@$(BIN)/python -m tests.k8s.cluster down

.PHONY: bench
bench: $(VENV)/dev.stamp $(if $(filter hot spread alone cost,$(OP)),,peers) ## Measure it beside the alternatives; OP=start|list|register|hot|spread|alone for a part
	@$(BIN)/python -m tests.bench $(OP)

.PHONY: observe
observe: $(VENV)/run.stamp prometheus ## A Prometheus beside the running system (or a new one), and what each dashboard shows
	@exec $(BIN)/python -m services.local.observe

.PHONY: alerts-check
alerts-check: $(VENV)/dev.stamp prometheus ## Check the alerts' rules: each fires when it should and is quiet when not
	@$(BIN)/python -m tests.observe.alerts

# The service that the package brings would take the gateway's port.
.PHONY: prometheus
prometheus:
	@command -v prometheus >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Prometheus..."; \
			apt-get -qq update && apt-get -qq install -y --no-install-recommends prometheus >/dev/null && \
			{ systemctl disable -q --now prometheus 2>/dev/null || true; }; \
		else echo "No Prometheus: what needs it is left out (Debian: apt-get install prometheus)."; fi; }

.PHONY: soak
soak: $(VENV)/dev.stamp ## A million updates (UPDATES=50000 for fewer): memory and connections stay flat
	@$(BIN)/python -m tests.bench.soak $(if $(UPDATES),--updates $(UPDATES))

.PHONY: growth
growth: $(VENV)/dev.stamp ## A city of a million with 5 million registrations against a town of a thousand: CPU, query plans
	@$(BIN)/python -m tests.growth $(GROWTH)

.PHONY: faults
faults: $(VENV)/dev.stamp ## Every fault in the midst of a crowd, judged; the table is tests/faults/results.md
	@$(BIN)/python -m tests.faults $(FAULTS)

.PHONY: faults-long
faults-long: $(VENV)/dev.stamp ## Random schedules of faults: SEED=7 plays the same again, SCHEDULES=10
	@$(BIN)/python -m tests.faults --schedules $(or $(SCHEDULES),10) --seed $(or $(SEED),$(shell date +%s))

.PHONY: load
load: $(VENV)/dev.stamp ## Any gateway under a crowd: URL=... SECRET_FILE=... RATE=... PEOPLE=... ADMIN=... [LOAD="--sessions 3"]
	@$(BIN)/python -m tests.load --url "$(URL)" --secret-file "$(SECRET_FILE)" --rate "$(RATE)" --people "$(PEOPLE)" --admin "$(ADMIN)" $(LOAD)

.PHONY: profile
profile: $(VENV)/dev.stamp ## A flame graph under a crowd: PROCESS=gateway|sessions|users|sender [OP=list]
	@$(BIN)/python -m tests.bench.flames $(or $(PROCESS),gateway) $(OP)

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp ## Bad input for longer: FUZZ_TIMES=20 [FUZZ_SEED=7]; a failing seed fails again
	@FUZZ_TIMES=$(or $(FUZZ_TIMES),20) FUZZ_SCORE=tests/badinput/results.json $(BIN)/python -m pytest -n 0 --timeout 3600 tests/badinput

.PHONY: overload
overload: $(VENV)/dev.stamp ## More than it can do: what it holds before, during and after; writes tests/overload/results.md
	@OVERLOAD_SECONDS=$(or $(SECONDS),10) OVERLOAD_RESULTS=tests/overload/results.md $(BIN)/python -m pytest -m overload_long -n 0 -p no:randomly -s --timeout 900 tests/overload

.PHONY: check
check: $(VENV)/dev.stamp ## Lint, types, import contracts, wire compatibility, drift of generated code
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/buf lint
	$(BIN)/buf breaking --against protos/released.binpb
	@$(MAKE) --no-print-directory protos-check

.PHONY: format
format: $(VENV)/dev.stamp ## Put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: protos
protos: $(VENV)/dev.stamp ## Generate the code of protos/ beside it
	@PATH="$(BIN):$$PATH" python -m grpc_tools.protoc -I protos $(call PROTOC_OUT,protos) $(PROTOS) 2>/dev/null

.PHONY: protos-check
protos-check: $(VENV)/dev.stamp
	@generated=$$(mktemp -d) && trap 'rm -rf "$$generated"' EXIT && \
	PATH="$(BIN):$$PATH" python -m grpc_tools.protoc -I protos $(call PROTOC_OUT,"$$generated") $(PROTOS) 2>/dev/null && \
	for file in $$(cd "$$generated" && find . -type f); do \
		cmp -s "$$generated/$$file" "protos/$$file" || { \
			echo "protos/$$file is not what its .proto generates: run make protos" >&2; exit 1; }; \
	done && echo "Generated code is up to date."

.PHONY: protos-release
protos-release: $(VENV)/dev.stamp ## Make today's wire the one that later changes must not break
	$(BIN)/buf build -o protos/released.binpb

.PHONY: lock
lock: $(VENV)/dev.stamp ## Resolve both lock files anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --all-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --all-extras --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	echo 'pip-audit>=2.10' | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -c requirements-dev.lock - -o tests/audit/pip-audit.lock

.PHONY: audit
audit: $(VENV)/audit.stamp ## Hashes, licences and known vulnerabilities of every locked package; writes .local/sbom.json
	@$(BIN)/python -m tests.audit

.PHONY: screenshots
screenshots: $(VENV)/dev.stamp browser ## Play an evening in the chat page and photograph it for the README
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: browser
browser:
	@command -v chromium >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium for the page tests..."; \
			apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; \
		else echo "No Chromium: the page tests will be skipped (Debian: apt-get install chromium)."; fi; }

.PHONY: peers
peers: $(VENV)/dev.stamp ## Install what the bench compares with: Node.js, if missing, and its packages
	@command -v npm >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Node.js for the bots that the bench compares with..."; \
			apt-get -qq update && apt-get -qq install -y --no-install-recommends nodejs npm >/dev/null; \
		else echo "No Node.js: the bench leaves the Telegraf bots out (Debian: apt-get install nodejs npm)."; fi; }
	@command -v npm >/dev/null && sh tests/bench/peers/telegraf/prepare.sh || true

.PHONY: base-image
base-image: ## A Debian for the images where no registry is reached (root: debootstrap)
	@sh k8s/image/base.sh

.PHONY: image
image: ## Build the image of all roles: ENGINE=podman|docker IMAGE=fotbot:dev BASE=debian:bookworm-slim
	@sh k8s/image/build.sh

.PHONY: compose
compose: ## Run it in containers on this machine: BOT_TOKEN=... the first time, BASE=fotbot-base:bookworm without a registry
	@sh k8s/compose/prepare.sh
	@$$(command -v docker-compose || echo docker compose) up -d --build

NODE = kubelet kube-proxy coredns metrics-server
.PHONY: node
node: $(VENV)/dev.stamp ## The chart on a real kubelet of this machine (root, containerd, podman): evening, upgrade, bad release
	@$(BIN)/python -m tests.k8s.tools helm etcd kube-apiserver kube-controller-manager kube-scheduler kubectl $(NODE)
	@podman image exists fotbot-base:bookworm || sh k8s/image/base.sh
	@ENGINE=podman sh k8s/image/build.sh
	@$(BIN)/python -m pytest -m node -p no:randomly -s tests/k8s/node

.PHONY: clean
clean: ## Remove the environment and the local data
	rm -rf $(VENV) .local

# The environment: made once, made again when a lock changes.
$(VENV)/uv.stamp: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo "Fotbot needs Python 3.11 or newer, and found none." >&2; exit 1; }
	@echo "Making the Python environment ($(PYTHON))..."
	@$(PYTHON) -m venv --help >/dev/null 2>&1 && $(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null; \
		else echo "Python's venv module is missing (Debian: apt-get install python3-venv)." >&2; exit 1; fi; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ *--hash/p}' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@touch $@

define INSTALL
	@echo "Installing $(1)..."
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --compile-bytecode -r $(1)
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
endef

$(VENV)/run.stamp: $(VENV)/uv.stamp requirements.lock pyproject.toml
	$(call INSTALL,requirements.lock)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(call INSTALL,requirements-dev.lock)
	@touch $@

# The auditor has an environment of its own: what it needs is no business of the tests.
$(VENV)/audit.stamp: $(VENV)/dev.stamp tests/audit/pip-audit.lock
	@$(BIN)/uv venv -q --allow-existing --python $(BIN)/python $(VENV)/audit
	@$(BIN)/uv pip install -q --python $(VENV)/audit/bin/python --require-hashes -r tests/audit/pip-audit.lock
	@touch $@
