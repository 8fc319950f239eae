//! What `make release` produces, as the registries and Terraform take it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Cli, Ran, World, ran, skip};

const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-runpod");
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn dist(world: &World) -> PathBuf {
    world.path().join("dist")
}

/// A file of the release of this version, by what follows its name and version.
fn asset(world: &World, end: &str) -> PathBuf {
    dist(world).join(format!("terraform-provider-runpod_{VERSION}_{end}"))
}

/// Runs a step of the release on the tests' own build of the provider; `key` signs.
fn release(world: &World, version: &str, step: &str, key: Option<&str>) -> Ran {
    let mut release = Command::new("tools/release");
    release
        .args([version, step])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RELEASE_BINARY", BINARY)
        .env("RELEASE_DIST", dist(world))
        .env("GNUPGHOME", gnupg(world));
    match key {
        Some(key) => release.env("GPG_FINGERPRINT", key),
        None => release.env_remove("GPG_FINGERPRINT"),
    };
    ran(release.output().unwrap())
}

fn gnupg(world: &World) -> PathBuf {
    world.path().join("gnupg")
}

fn gpg(world: &World, arguments: &[&str]) -> Ran {
    let mut gpg = Command::new("gpg");
    gpg.args(["--batch", "--quiet"])
        .args(arguments)
        .env("GNUPGHOME", gnupg(world));
    ran(gpg.output().unwrap())
}

/// The names of the files in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().display().to_string())
        .collect();
    names.sort();
    names
}

on_both! {
    fn a_released_archive_is_installed_by_init_and_works(world) {
        release(world, VERSION, "archive", None).ok();
        let mirror = world.path().join("mirror");
        let provider = mirror.join("registry.terraform.io/terraform-runpod/runpod");
        fs::create_dir_all(&provider).unwrap();
        for name in names(&dist(world)) {
            fs::copy(dist(world).join(&name), provider.join(name)).unwrap();
        }
        let configuration = format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n");
        fs::write(world.path().join("home/terraform.rc"), configuration).unwrap();

        world.write("resource \"runpod_endpoint\" \"released\" {\n  name = \"released\"\n  template_id = \"xkhgg72fuo\"\n  \
                     gpu_ids = [\"ADA_24\"]\n}\n");
        world.terraform(&["init", "-no-color"]).ok().says(&format!("Installed terraform-runpod/runpod v{VERSION}"));
        world.apply();
        assert_eq!(world.emulator.endpoints().len(), 1);
        world.plans_clean();
        world.destroy();
        assert!(world.emulator.endpoints().is_empty());
    }
}

#[test]
fn the_checksums_are_those_of_every_file() {
    let world = World::new(Cli::Newer);
    release(&world, VERSION, "archive", None).ok();
    release(&world, VERSION, "sums", None).ok().says("No signature");

    let listed = fs::read_to_string(asset(&world, "SHA256SUMS")).unwrap();
    let mut summed = Vec::new();
    for line in listed.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let bytes = fs::read(dist(&world).join(name)).unwrap();
        let found: String = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(found, sum, "{name}");
        summed.push(name.to_owned());
    }
    summed.push(format!("terraform-provider-runpod_{VERSION}_SHA256SUMS"));
    summed.sort();
    assert_eq!(summed, names(&dist(&world)), "every file is summed");

    let manifest: Value = serde_json::from_slice(&fs::read(asset(&world, "manifest.json")).unwrap()).unwrap();
    assert_eq!(
        manifest,
        json!({"version": 1, "metadata": {"protocol_versions": ["6.0"]}})
    );
}

#[test]
fn the_bill_of_materials_names_what_the_program_is_made_of_and_is_summed() {
    if !Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(".tools/cargo-cyclonedx.version")
        .exists()
    {
        skip("there is no cargo-cyclonedx: `make cargo-cyclonedx`");
        return;
    }
    let world = World::new(Cli::Newer);
    release(&world, VERSION, "archive", None).ok();
    release(&world, VERSION, "sbom", None).ok();
    release(&world, VERSION, "sums", None).ok();

    let text = fs::read_to_string(asset(&world, "sbom.cdx.json")).unwrap();
    assert!(
        !text.contains(env!("CARGO_MANIFEST_DIR")),
        "it names this machine's directories"
    );
    let bill: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["metadata"]["component"]["name"], "terraform-provider-runpod");
    assert_eq!(bill["metadata"]["component"]["version"], VERSION);
    let components = bill["components"].as_array().unwrap();
    let has = |name: &str| components.iter().any(|component| component["name"] == name);
    for part in ["runpod", "plugin", "tonic", "reqwest", "rustls"] {
        assert!(has(part), "{part} is not in it");
    }
    for other in ["runpod-emulator", "registry-docs", "insta"] {
        assert!(!has(other), "{other} is no part of the program");
    }
    let summed = fs::read_to_string(asset(&world, "SHA256SUMS")).unwrap();
    assert!(summed.contains("_sbom.cdx.json\n"), "{summed}");

    release(&world, VERSION, "sbom", None).ok();
    assert_eq!(
        fs::read_to_string(asset(&world, "sbom.cdx.json")).unwrap(),
        text,
        "the same again"
    );
}

#[test]
fn the_workflows_run_only_actions_of_a_known_commit() {
    let workflows = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let mut uses = 0;
    for name in names(&workflows) {
        let text = fs::read_to_string(workflows.join(&name)).unwrap();
        for line in text.lines().filter(|line| line.contains("uses:")) {
            let pinned = line.split_once('@').and_then(|(_, rest)| rest.split_once(" # v"));
            let commit = pinned.map_or("", |(commit, _)| commit);
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{name}: {line}: wants a commit, and its version in a comment"
            );
            uses += 1;
        }
    }
    assert!(uses > 0);
}

#[test]
fn the_same_build_makes_the_same_archive() {
    let sums = [(); 2].map(|()| {
        let world = World::new(Cli::Newer);
        release(&world, VERSION, "archive", None).ok();
        release(&world, VERSION, "sums", None).ok();
        fs::read_to_string(asset(&world, "SHA256SUMS")).unwrap()
    });
    assert_eq!(sums[0], sums[1]);
}

#[test]
fn the_checksums_are_signed_with_the_configured_key() {
    if Command::new("gpg").arg("--version").output().is_err() {
        skip("there is no gpg");
        return;
    }
    let world = World::new(Cli::Newer);
    fs::create_dir(gnupg(&world)).unwrap();
    // gpg wants its directory to itself.
    #[cfg(unix)]
    fs::set_permissions(gnupg(&world), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let user = "release-test@example.org";
    gpg(
        &world,
        &[
            "--passphrase",
            "",
            "--quick-generate-key",
            user,
            "rsa3072",
            "sign",
            "never",
        ],
    )
    .ok();
    release(&world, VERSION, "archive", None).ok();
    release(&world, VERSION, "sums", Some(user))
        .ok()
        .says("signed by");

    let (sums, signature) = (asset(&world, "SHA256SUMS"), asset(&world, "SHA256SUMS.sig"));
    let verify = ["--verify", signature.to_str().unwrap(), sums.to_str().unwrap()];
    gpg(&world, &verify).ok();
    let tampered = fs::read_to_string(&sums).unwrap().replace('0', "1");
    fs::write(&sums, tampered).unwrap();
    assert_ne!(gpg(&world, &verify).code, Some(0));
    gpg(&world, &["--version"]).ok();
    let mut end = Command::new("gpgconf");
    end.args(["--kill", "all"]).env("GNUPGHOME", gnupg(&world));
    assert!(end.status().unwrap().success());
}

#[test]
fn a_program_of_another_version_is_not_released() {
    let world = World::new(Cli::Newer);
    release(&world, "99.0.0", "archive", None)
        .fails()
        .says(&format!("says that it is {VERSION}, not 99.0.0"));
    release(&world, "v1.2.3", "archive", None)
        .fails()
        .says("is no version such as 1.2.3");
}
