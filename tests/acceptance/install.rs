//! What `make install` leaves behind: a plain `terraform init` that finds the provider.

use std::{env, fs, path::PathBuf, process::Command};

use crate::support::{Ran, World, ran};

const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-runpod");

/// The CLI configuration of the user whose home the world has.
fn cli_configuration(world: &World) -> PathBuf {
    world.path().join("home/.terraformrc")
}

/// Installs the provider for that user.
fn install(world: &World) -> Ran {
    let mut install = Command::new("tools/install");
    install
        .arg(BINARY)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", world.path().join("home"));
    ran(install.output().unwrap())
}

/// Terraform as that user would run it, without the tests' CLI configuration.
fn plain(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    command
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("CHECKPOINT_DISABLE", "1");
    ran(command.output().unwrap())
}

on_both! {
    fn an_installed_provider_is_found_by_a_plain_init(world) {
        world.write("");
        install(world).ok();
        plain(world, &["init", "-no-color"]).ok();
        let version = format!("terraform-runpod/runpod v{}", env!("CARGO_PKG_VERSION"));
        plain(world, &["version"]).ok().says(&version);
        plain(world, &["validate", "-no-color"]).ok();
    }

    fn where_the_cli_configuration_chooses_providers_it_says_what_to_add(world) {
        world.write("");
        let elsewhere = |more: &str, exclude: &str| format!(
            "provider_installation {{\n{more}\n  filesystem_mirror {{\n    path = \"elsewhere\"\n{exclude}\n  }}\n}}\n"
        );
        fs::create_dir(world.path().join("elsewhere")).unwrap();
        fs::write(cli_configuration(world), elsewhere("", "")).unwrap();
        let advice = install(world).ok().text.clone();
        plain(world, &["init", "-no-color"]).fails();

        let from = advice.find("  filesystem_mirror {").unwrap();
        let to = from + advice[from..].find("\n  }\n").unwrap() + "\n  }\n".len();
        let exclude = advice.lines().find_map(|line| Some(&line[line.find("exclude = ")?..])).unwrap();
        fs::write(cli_configuration(world), elsewhere(&advice[from..to], exclude)).unwrap();
        plain(world, &["init", "-no-color"]).ok().does_not_say("problems");
    }
}
