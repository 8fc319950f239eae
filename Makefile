# Terraform provider for Runpod: `make help` lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help build check clients demo docs install test bench release protoc terraform cargo-deny cargo-cyclonedx

# The Terraforms that the acceptance tests run on, older first.
TERRAFORM := $(or $(shell command -v terraform),$(CURDIR)/.tools/bin/terraform-1.15)
# What the demo needs: any one.
ANY_TERRAFORM := $(if $(shell command -v terraform || command -v tofu),,terraform)
export TERRAFORM_CLIS = $(TERRAFORM):$(CURDIR)/.tools/bin/terraform-1.15

# The tests that could not run here, each with the reason.
NOT_RUN = $(or $(CARGO_TARGET_DIR),target)/tmp/not-run

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# What is not there yet is brought into .tools/.
protoc terraform cargo-deny cargo-cyclonedx:
	@tools/bootstrap $@

build: protoc ## build the provider and the emulator
	cargo build --workspace

check: protoc cargo-deny ## formatting, lints, doc links, and what may come in as a dependency
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	cargo fetch --locked --quiet
	.tools/bin/cargo-deny --workspace --offline check bans licenses sources \
		--deny unnecessary-skip --deny unmatched-skip

docs: build terraform ## write docs/ from the schema, templates/ and examples/
	cargo run --quiet --example docs

demo: build $(ANY_TERRAFORM) ## an endpoint's life on the emulator: plan, apply, change, import, the switch of APIs, destroy
	@tools/demo

install: protoc ## build the provider into the local mirror that `terraform init` looks in
	cargo build --release --locked
	@tools/install

test: build terraform ## all tests, the acceptance tests included
	@rm -f $(NOT_RUN)
	@if command -v cargo-nextest >/dev/null; \
	then cargo nextest run --workspace --no-fail-fast && cargo test --workspace --doc --quiet; \
	else cargo test --workspace --no-fail-fast; fi; status=$$?; tools/not-run $(NOT_RUN); exit $$status

clients: build ## Runpod's own clients, from PyPI and npm, on the emulator (needs python3 and node)
	@tools/clients

bench: protoc terraform ## what the provider costs, against terraform_data as the floor
	cargo build --release --workspace
	tools/bench

release: protoc cargo-cyclonedx ## VERSION=x.y.z: what the registries ask for, in dist/
	@tools/release "$(VERSION)"
