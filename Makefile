# Terraform provider for Runpod: `make help` lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help tools build check demo docs install test bench

# The Terraforms that the acceptance tests run on, older first.
TERRAFORM := $(or $(shell command -v terraform),$(CURDIR)/.tools/bin/terraform-1.15)
export TERRAFORM_CLIS = $(TERRAFORM):$(CURDIR)/.tools/bin/terraform-1.15

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

tools: ## bring what the build lacks into .tools/
	@tools/bootstrap

build: tools ## build the provider and the emulator
	cargo build --workspace

check: tools ## formatting and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

docs: build ## write docs/ from the schema, templates/ and examples/
	UPDATE_DOCS=1 cargo test --quiet --test acceptance docs::

demo: build ## an endpoint's life on the emulator: plan, apply, change, import, destroy
	@tools/demo

install: tools ## build the provider into the local mirror that `terraform init` looks in
	cargo build --release --locked
	@tools/install

test: build ## all tests, the acceptance tests included
	@if command -v cargo-nextest >/dev/null; then cargo nextest run --workspace; else cargo test --workspace; fi

bench: tools ## what the provider costs, against terraform_data as the floor
	cargo build --release --workspace
	tools/bench
