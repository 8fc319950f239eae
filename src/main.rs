//! The provider's process: started by hand it explains itself, started by Terraform it serves.

use std::process::ExitCode;

use plugin::{About, run};
use terraform_provider_runpod::{logging, provider::RunpodProvider};

fn main() -> ExitCode {
    logging::start();
    let about = About {
        name: "terraform-provider-runpod",
        version: env!("CARGO_PKG_VERSION"),
        address: "terraform-runpod/runpod",
        summary: "Terraform provider for Runpod: serverless endpoints, templates, volumes, registries and secrets",
        docs: "https://registry.terraform.io/providers/terraform-runpod/runpod/latest/docs",
    };
    run(about, RunpodProvider::new)
}
