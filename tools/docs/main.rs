//! Writes docs/ from templates/, examples/ and the schema of the provider that was built: `make docs`.
//!
//! The schema comes from the newest Terraform at hand (the last of `TERRAFORM_CLIS`, or the one that `make` fetches),
//! which must know list resources and actions; the provider is the one beside this program.

mod tables;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use registry_docs::{Schema, Site, Source};
use serde_json::Value;

/// The Terraform whose JSON has everything that the pages show.
const LEAST: (u64, u64) = (1, 14);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("docs: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the pages are without faults.
fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let site = Site::make(Source {
        templates: &root.join("templates"),
        examples: &root.join("examples"),
        schema: &schema(root)?,
        tables: &tables::tables(),
    })?;
    for difference in site.differences(&root.join("docs"))? {
        println!("docs/{difference}");
    }
    site.write(&root.join("docs"))?;
    for (template, lacks) in &site.waiting {
        println!("templates/{} waits for {}", template.display(), lacks.join(", "));
    }
    for fault in &site.faults {
        eprintln!("docs: {fault}");
    }
    Ok(site.faults.is_empty())
}

/// The schema of the provider that was built.
fn schema(root: &Path) -> Result<Schema, Box<dyn std::error::Error>> {
    let clis = env::var("TERRAFORM_CLIS").unwrap_or_default();
    let last = clis.rsplit(':').find(|path| !path.is_empty()).map(PathBuf::from);
    let terraform = last.unwrap_or_else(|| root.join(".tools/bin/terraform-1.15"));
    let own = env::current_exe()?;
    let built = own
        .ancestors()
        .nth(2)
        .ok_or("this program lies in no target directory")?;

    let directory = tempfile::tempdir()?;
    let configuration = "terraform {\n  required_providers {\n    runpod = {\n      source = \"terraform-runpod/runpod\"\n    }\n  }\n}\n";
    fs::write(directory.path().join("main.tf"), configuration)?;
    let overrides = format!(
        "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n    \"terraform-runpod/runpod\" = {built:?}\n  }}\n}}\n"
    );
    fs::write(directory.path().join("terraform.rc"), overrides)?;
    let ask = |arguments: &[&str]| -> Result<Value, Box<dyn std::error::Error>> {
        let output = Command::new(&terraform)
            .args(arguments)
            .current_dir(directory.path())
            .env("TF_CLI_CONFIG_FILE", directory.path().join("terraform.rc"))
            .output()
            .map_err(|error| format!("{}: {error}", terraform.display()))?;
        serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).into())
    };
    let version = ask(&["version", "-json"])?;
    let version = version
        .get("terraform_version")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut numbers = version.split('.').map_while(|number| number.parse::<u64>().ok());
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < LEAST {
        return Err(
            format!("Terraform {version} is too old: it prints neither list resources nor actions").into(),
        );
    }
    let printed = ask(&["providers", "schema", "-json"])?;
    Schema::of_the_only_provider(&printed).ok_or_else(|| "Terraform printed no schema of the provider".into())
}
