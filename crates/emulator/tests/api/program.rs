//! The program: its one line, its options, its state file and its end.

use std::{
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use runpod_emulator::{Emulator, Options, Scenario, StoredEndpoint};
use serde_json::json;

use crate::client::Client;

/// A directory of its own for a test, removed afterwards.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Program(Child);

impl Program {
    fn start(arguments: &[&str]) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runpod-emulator"));
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        let mut out = BufReader::new(out);
        out.read_line(&mut line).unwrap();
        child.stdout = Some(out.into_inner());
        (Self(child), line)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(url: &str, key: &str, query: &str) -> (u16, serde_json::Value) {
    let client = Client::start();
    let body = json!({ "query": query }).to_string();
    let request = client
        .http
        .post(url)
        .bearer_auth(key)
        .header("content-type", "application/json")
        .body(body);
    let reply = client.send(request);
    (reply.status, reply.json())
}

#[cfg(unix)]
#[test]
fn one_line_and_a_clean_end() {
    let place = Place::new("program");
    let scenario = place.file("scenario.json");
    let text = json!({"quota": 7, "endpoints": [{"id": "i02xupws21hp6i", "name": "My Endpoint"}],
        "switches": {"delete": "lax"},
        "faults": [{"on": "myself", "nth": 2, "then": {"effect": "http", "status": 503}}]});
    std::fs::write(&scenario, text.to_string()).unwrap();
    let (mut program, line) = Program::start(&[
        "--scenario",
        scenario.to_str().unwrap(),
        "--api-key",
        "rpa_a",
        "--api-key",
        "rpa_b",
    ]);
    let url = line
        .strip_prefix("runpod-emulator listening on ")
        .unwrap()
        .trim_end();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.ends_with("/graphql"),
        "{url}"
    );
    let query = "{ myself { maxServerlessConcurrency endpoints { id } } }";
    let (status, body) = ask(url, "rpa_b", query);
    assert_eq!(status, 200);
    let expected = json!({"maxServerlessConcurrency": 7, "endpoints": [{"id": "i02xupws21hp6i"}]});
    assert_eq!(body["data"]["myself"], expected);
    let id = program.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(program.0.wait().unwrap().success());
    let mut rest = String::new();
    program
        .0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "", "nothing but the one line");
}

#[test]
fn a_scenario_that_is_none_is_an_error() {
    let place = Place::new("bad-scenario");
    let scenario = place.file("scenario.json");
    std::fs::write(&scenario, "{\"nope\": 1}").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_runpod-emulator"))
        .arg("--scenario")
        .arg(&scenario)
        .output();
    let output = output.unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("nope"));
}

#[test]
fn the_state_survives_a_restart() {
    let place = Place::new("state");
    let options = || Options {
        state: Some(place.file("state.json")),
        ..Options::default()
    };
    let client = Client::with(Options {
        quota: Some(9),
        ..options()
    });
    let id = client.create(json!({"locations": "US"}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    client.edit(&id, |row| row.request_ttl = Some(5));
    let row = client.endpoint(&id);
    drop(client);
    let client = Client::with(options());
    assert_eq!(client.endpoint(&id), row);
    let quota = client
        .query("{ myself { maxServerlessConcurrency } }")
        .data("/myself/maxServerlessConcurrency");
    assert_eq!(quota, 9);
    let entries = std::fs::read_dir(&place.0).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(
        names,
        ["state.json", "state.json.lock"],
        "no temporary file is left"
    );
    drop(client);
    std::fs::write(place.file("state.json"), "{").unwrap();
    assert!(Emulator::with(options()).is_err());
}

#[test]
fn an_emulator_ends_when_it_is_dropped() {
    let emulator = Emulator::start();
    let address = emulator
        .url()
        .trim_start_matches("http://")
        .trim_end_matches("/graphql")
        .to_owned();
    drop(emulator);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn several_threads_share_an_emulator() {
    let emulator = Emulator::start();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| emulator.add_endpoint(StoredEndpoint::default()));
        }
    });
    assert_eq!(emulator.endpoints().len(), 4);
}

#[test]
fn a_scenario_reads_back_as_it_was_written() {
    let scenario = Scenario {
        endpoints: vec![StoredEndpoint::cpu("cpu")],
        ..Scenario::default()
    };
    let text = serde_json::to_string(&scenario).unwrap();
    let read: Scenario = serde_json::from_str(&text).unwrap();
    assert_eq!(read.endpoints, scenario.endpoints);
}
