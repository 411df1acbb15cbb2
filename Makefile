.DEFAULT_GOAL := help
SHELL := /bin/sh
# Found (or installed) once, by the first target that needs it.
BUN = $(eval BUN := $$(shell ./scripts/find-bun.sh))$(or $(BUN),$(error Bun is missing, see above))
RUN = $(BUN) --no-env-file
STAMP := node_modules/.setup-stamp
# The service's share alone: two thirds of it all.
SERVICE_STAMP := node_modules/.service-stamp
MANIFESTS := package.json dashboards/package.json k6/package.json service/package.json stacks/package.json bun.lock
INSTALL = ONNXRUNTIME_NODE_INSTALL=skip $(BUN) install --frozen-lockfile --ignore-scripts

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-24s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(STAMP) ## Install everything that is missing, and nothing else

$(STAMP): $(MANIFESTS)
	@$(INSTALL) >&2
	@touch $@ $(SERVICE_STAMP)

$(SERVICE_STAMP): $(MANIFESTS)
	@$(INSTALL) --filter @stt/service >&2
	@touch $@

.PHONY: start
start: $(SERVICE_STAMP) ## Set up and start the service on 127.0.0.1:8000
	@$(RUN) scripts/start.ts

.PHONY: transcribe
transcribe: $(SERVICE_STAMP) ## Upload FILE=x.flac to the running service and print its text (TARGET=azure)
	@$(RUN) scripts/transcribe.ts "$(FILE)"

# Only what was typed after make: WSL has a NAME and git an EMAIL in the environment.
typed = $(if $(filter command,$(firstword $(origin $(1)))),$(2)="$($(1))")

# What was typed after make is in the environment of what it runs; its names alone go here.
typed-names = $(strip $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name))))

.PHONY: load-test
load-test: setup ## Load BASE_URL= with k6 (MODE=smoke, TARGET=azure, all of .env.k6.example)
	@TYPED="$(typed-names)" $(RUN) scripts/load-test.ts

.PHONY: generate-audio-list
generate-audio-list: setup ## Download LibriSpeech test-clean and list it (LIMIT=… FROM=… ANY=1 MIRRORS=… KEEP_ARCHIVE=1)
	@$(RUN) scripts/generate-audio-list.ts $(call typed,LIMIT,--limit) $(call typed,FROM,--from) \
		$(call typed,ANY,--any) $(call typed,MIRRORS,--mirrors) $(call typed,KEEP_ARCHIVE,--keep_archive)

.PHONY: provision
provision: setup ## Make everything on Azure but the app (YES=1 SUBSCRIPTION=… LOCATION=… NAME=… EMAIL=…)
	@$(RUN) scripts/provision.ts $(if $(YES),--yes) $(call typed,SUBSCRIPTION,--subscription) \
		$(call typed,LOCATION,--location) $(call typed,NAME,--name) $(call typed,EMAIL,--email)

.PHONY: deploy-azure
deploy-azure: setup ## Build the image on Azure, deploy it and wait until it answers
	@$(RUN) scripts/deploy-azure.ts

.PHONY: destroy-azure
destroy-azure: setup ## Take everything on Azure away (YES=1 NAME=<resource group> where nobody is asked)
	@$(RUN) scripts/destroy-azure.ts $(if $(YES),--yes) $(call typed,NAME,--name)

.PHONY: deploy-local
deploy-local: setup ## Build and deploy to Minikube (ENGINE=… REPLICAS=… CPU=… MEMORY=… FAULTS=… MONITORING=…)
	@$(RUN) scripts/deploy-local.ts $(call typed,ENGINE,--engine) $(call typed,REPLICAS,--replicas) \
		$(call typed,CPU,--cpu) $(call typed,MEMORY,--memory) $(call typed,FAULTS,--faults) \
		$(call typed,MONITORING,--monitoring)

.PHONY: local-api
local-api: setup ## Print a URL over all pods of Minikube and hold it open (FORWARD=1 PORT=8000 for one pod)
	@$(RUN) scripts/local-api.ts $(call typed,FORWARD,--forward) $(call typed,PORT,--port)

.PHONY: local-grafana
local-grafana: setup ## Open Minikube's Grafana on http://localhost:3000 (PORT=…), with user and password
	@$(RUN) scripts/local-grafana.ts $(call typed,PORT,--port)

.PHONY: local-status
local-status: setup ## Show cluster, pods, what they use and the last events
	@$(RUN) scripts/local-status.ts

.PHONY: local-logs
local-logs: setup ## Print what the pods say (FOLLOW=1 TAIL=200 PREVIOUS=1)
	@$(RUN) scripts/local-logs.ts $(call typed,FOLLOW,--follow) $(call typed,TAIL,--tail) \
		$(call typed,PREVIOUS,--previous)

.PHONY: local-identity
local-identity: setup ## Lend the login of az to the pods of Minikube, for Speech alone
	@$(RUN) scripts/local-identity.ts

.PHONY: destroy-local
destroy-local: setup ## Take the stack out of Minikube (YES=1, CLUSTER=1 for the cluster as well)
	@$(RUN) scripts/destroy-local.ts $(if $(YES),--yes) $(call typed,CLUSTER,--cluster)

.PHONY: chart-check
chart-check: setup ## Hold CHART=<kube-prometheus-stack, .tgz or directory> against a real Kubernetes API server
	@for tool in helm etcd kube-apiserver kube-controller-manager kube-scheduler kwok; do \
		./scripts/tools/find-tool.sh $$tool >/dev/null || exit 1; done
	@$(RUN) scripts/chart-check.ts $(call typed,CHART,--chart)

.PHONY: image-proof
image-proof: $(SERVICE_STAMP) ## Build the image with Buildah, start it on a read-only root, weigh and time it (root; 20 s)
	@$(RUN) scripts/image/prove.ts

.PHONY: api-key
api-key: $(SERVICE_STAMP) ## Make an API key for NAME=x and print it once (LIMIT=4 requests in flight)
	@$(RUN) scripts/api-key.ts "$(NAME)" "$(LIMIT)"

.PHONY: api-key-revoke
api-key-revoke: $(SERVICE_STAMP) ## Take the API key of NAME=x back
	@$(RUN) scripts/api-key-revoke.ts "$(NAME)"

.PHONY: azure-emulator
azure-emulator: $(SERVICE_STAMP) ## Stand in for Azure on 127.0.0.1:5010 (PORT=… ENGINE=moonshine-tiny)
	@$(RUN) service/emulator/main.ts

.PHONY: test
test: setup ## Set up and run all tests
	@$(RUN) --bun node_modules/.bin/vitest run --pool=threads

.PHONY: test-faults
test-faults: setup ## Kill, hang and starve everything and count what survives: about three minutes
	@$(RUN) --bun node_modules/.bin/vitest run --pool=threads --config vitest.faults.config.ts

.PHONY: test-system
test-system: setup ## Run boards, rules, stacks, verbs and load tests on real tools: seven minutes
	@for tool in k6 helm etcd kube-apiserver kube-controller-manager kube-scheduler kwok; do \
		./scripts/tools/find-tool.sh $$tool >/dev/null || exit 1; done
	@PROMETHEUS=$$(./scripts/tools/find-tool.sh prometheus) && PROMTOOL=$$(./scripts/tools/find-tool.sh promtool) && \
		PULUMI=$$(./scripts/tools/find-tool.sh pulumi) && export PROMETHEUS PROMTOOL PULUMI && \
		$(RUN) --bun node_modules/.bin/vitest run --pool=threads --config vitest.system.config.ts

.PHONY: check
check: setup fmt-check lint types test ## Everything CI checks: format, lint, types, tests

.PHONY: fmt
fmt: setup ## Format all files
	@$(RUN) --bun node_modules/.bin/prettier --write --log-level=warn .

.PHONY: fmt-check
fmt-check: setup ## Check the format
	@$(RUN) --bun node_modules/.bin/prettier --check --log-level=warn .

.PHONY: lint
lint: setup ## Lint, dependency arrows included
	@$(RUN) --bun node_modules/.bin/oxlint

.PHONY: types
types: setup ## Check the types
	@$(RUN) --bun node_modules/.bin/tsc --noEmit
	@$(RUN) --bun node_modules/.bin/tsc --noEmit -p dashboards/preview
	@$(RUN) --bun node_modules/.bin/tsc --noEmit -p k6

.PHONY: bench
bench: setup ## Measure speed and memory (AUDIO_DIR=… for recordings of your own)
	@$(RUN) service/bench/main.ts

.PHONY: bench-engine
bench-engine: setup ## Measure the embedded engine alone: load, decoder step, memory
	@$(RUN) service/bench/engine.ts

.PHONY: bench-pool
bench-pool: setup ## Measure the process pool against its peers, and what isolation costs
	@$(RUN) service/bench/pool/main.ts

.PHONY: bench-azure
bench-azure: setup ## Measure what the way to Azure costs, with the emulator in its place
	@$(RUN) service/bench/azure.ts

.PHONY: bench-keys
bench-keys: setup ## Measure what a flood of wrong keys costs a caller with a good one
	@$(RUN) service/bench/keys.ts

.PHONY: leak-demo
leak-demo: setup ## Draw the memory of server and workers under a leak, real and simulated (PART=… REQUESTS=… OUT=…; 4 min)
	@$(RUN) scripts/leak-demo.ts $(call typed,REQUESTS,--requests) $(call typed,CLIENTS,--clients) \
		$(call typed,ENGINE,--engine) $(call typed,PART,--part) $(call typed,OUT,--out)

.PHONY: measure-results
measure-results: setup ## Measure all of docs/results anew (ONLY=load,workers; 35 minutes on an idle machine)
	@$(RUN) scripts/measure-results.ts $(call typed,ONLY,--only)

.PHONY: results
results: setup ## Write docs/test-results.md and its pictures from docs/results
	@$(RUN) scripts/results.ts

.PHONY: dashboards
dashboards: setup ## Write dashboards/dist anew: boards for Grafana, rules for Prometheus
	@$(RUN) dashboards/build.ts

.PHONY: dashboard-preview
dashboard-preview: setup ## Draw the boards as one HTML page from PROMETHEUS=url (MINUTES=60)
	@PROMETHEUS="$(PROMETHEUS)" MINUTES="$(MINUTES)" $(RUN) dashboards/preview/main.ts

.PHONY: import-grafana-dashboard
import-grafana-dashboard: setup ## Push the boards to GRAFANA_URL= (GRAFANA_TOKEN or GRAFANA_PASSWORD in the environment)
	@GRAFANA_URL="$(GRAFANA_URL)" $(RUN) scripts/import-grafana-dashboard.ts

.PHONY: samples
samples: setup ## Make the clips in samples/ again (needs espeak-ng and ffmpeg)
	@$(RUN) scripts/make-samples.ts
