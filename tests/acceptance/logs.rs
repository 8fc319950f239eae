//! What `TF_LOG` shows of the provider's calls, and what it never shows.

use std::fs;

use runpod_emulator::{Effect, EnvVar, Fault, Root, StoredEndpoint};

use crate::support::{Cli, Ran, World, ran};

/// An endpoint's variable whose value is a secret, though no one has told the provider so.
const SECRET: &str = "hf_never_to_be_logged";

/// A world with an endpoint in its state, which has a secret in its environment.
fn world(cli: Cli) -> World {
    let world = World::new(cli);
    let id = world.emulator.add_endpoint(StoredEndpoint {
        env: vec![EnvVar::new("HF_TOKEN", SECRET)],
        ..StoredEndpoint::named("sdxl")
    });
    world.write(&format!(
        "import {{\n  to = runpod_endpoint.sdxl\n  id = {id:?}\n}}\n{}",
        endpoint(10)
    ));
    world.apply();
    world
}

fn endpoint(idle_timeout: u32) -> String {
    format!(
        "resource \"runpod_endpoint\" \"sdxl\" {{\n  name = \"sdxl\"\n  template_id = \"xkhgg72fuo\"\n  gpu_ids = \
         [\"AMPERE_16\"]\n  idle_timeout = {idle_timeout}\n}}\n"
    )
}

/// Runs Terraform with this variable set, and gives the lines of its log that the provider has written.
fn logged(world: &World, variable: &str, level: &str, arguments: &[&str]) -> (Ran, Vec<String>) {
    let log = world.path().join("only.log");
    // There is none before the first run.
    let _ = fs::remove_file(&log);
    let mut command = world.command(arguments);
    command
        .env_remove("TF_LOG_PROVIDER")
        .env(variable, level)
        .env("TF_LOG_PATH", &log);
    let ran = ran(command.output().unwrap());
    let text = fs::read_to_string(&log).unwrap_or_default();
    let own = text.lines().filter(|line| line.contains("@module=provider."));
    (ran, own.map(str::to_owned).collect())
}

/// The lines that have all of these parts.
fn with<'a>(lines: &'a [String], parts: &[&str]) -> Vec<&'a String> {
    lines
        .iter()
        .filter(|line| parts.iter().all(|part| line.contains(part)))
        .collect()
}

/// The number that a field of a line has.
fn number(line: &str, field: &str) -> u64 {
    let (_, rest) = line.split_once(&format!(" {field}=")).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

on_both! {
    fn debug_tells_each_call_and_its_attempts_without_bodies(world) {
        world.write(&endpoint(10));
        world.emulator.fault(Fault::on(Root::MyselfEndpoints).then(Effect::html(502)));
        world.emulator.fault(Fault::on(Root::SaveEndpoint).then(Effect::latency_after(std::time::Duration::from_millis(200))));
        let (ran, lines) = logged(world, "TF_LOG", "DEBUG", &["apply", "-auto-approve", "-no-color"]);
        ran.ok();
        let calls = with(&lines, &["[DEBUG]", "Runpod API call"]);
        assert_eq!(calls.len(), 3, "{lines:#?}");
        let told = [
            ["operation=myself.endpoints", "attempt=1", "status=502", "outcome=\"Unavailable"],
            ["operation=myself.endpoints", "attempt=2", "status=200", "outcome=ok"],
            ["operation=saveEndpoint", "attempt=1", "status=200", "outcome=ok"],
        ];
        for (call, parts) in calls.iter().zip(told) {
            assert!(parts.iter().all(|part| call.contains(part)), "{parts:?} is not in {call}");
        }
        assert!(number(calls[2], "duration_ms") >= 200, "{}", calls[2]);
        let waits = with(&lines, &["[DEBUG]", "will try again", "operation=myself.endpoints", "attempt=1"]);
        assert!(matches!(waits.as_slice(), [wait] if number(wait, "wait_ms") > 0), "{lines:#?}");
        assert!(with(&lines, &["[TRACE]"]).is_empty(), "{lines:#?}");
    }
}

#[test]
fn trace_adds_bodies_without_secrets() {
    let world = world(Cli::Older);
    world.write(&endpoint(11));
    let (ran, lines) = logged(
        &world,
        "TF_LOG_PROVIDER",
        "TRACE",
        &["apply", "-auto-approve", "-no-color"],
    );
    ran.ok();
    let sent = world.emulator.requests_for("saveEndpoint").remove(0);
    assert!(sent.body.contains(SECRET), "the update has lost the variable");
    let request = with(
        &lines,
        &[
            "[TRACE]",
            "request",
            "operation=saveEndpoint",
            "idleTimeout",
            "HF_TOKEN",
            "(hidden)",
        ],
    );
    let answer = with(
        &lines,
        &[
            "[TRACE]",
            "answer",
            "operation=myself.endpoint ",
            "HF_TOKEN",
            "(hidden)",
        ],
    );
    assert_eq!((request.len(), answer.len()), (1, 1), "{lines:#?}");
    // What the libraries below log would be about frames and buffers.
    let rooms = [
        "@module=provider.plugin ",
        "@module=provider.runpod ",
        "@module=provider.main ",
    ];
    let foreign = lines
        .iter()
        .find(|line| !rooms.iter().any(|room| line.contains(room)));
    assert_eq!(foreign, None);
    for file in ["only.log", "terraform.log"] {
        let log = fs::read_to_string(world.path().join(file)).unwrap();
        assert!(!log.contains(SECRET), "{file} shows the variable's value");
    }
}

#[test]
fn off_logs_nothing_of_the_provider() {
    let world = world(Cli::Older);
    let (ran, lines) = logged(&world, "TF_LOG_PROVIDER", "OFF", &["plan", "-no-color"]);
    ran.ok();
    assert!(lines.is_empty(), "{lines:#?}");
}
