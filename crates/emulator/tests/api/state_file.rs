//! The state file: one emulator each, and what happens when it cannot be written.

use std::path::PathBuf;

use runpod_emulator::{Emulator, Options};
use serde_json::{Value, json};

use crate::client::{Client, input, rest_body};

/// A directory of its own for a test, removed afterwards.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn options(&self) -> Options {
        Options {
            state: Some(self.0.join("state.json")),
            ..Options::default()
        }
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn one_emulator_at_a_time() {
    let place = Place::new("locked");
    let first = Emulator::with(place.options()).unwrap();
    let error = Emulator::with(place.options()).err().unwrap().to_string();
    assert!(
        error.contains("state.json") && error.contains("another emulator"),
        "{error}"
    );
    drop(first);
    Emulator::with(place.options()).unwrap();
}

#[test]
fn rest_rows_survive_a_restart() {
    let place = Place::new("kept");
    let client = Client::with(place.options());
    let made = client.made(json!({}));
    client.done(
        201,
        "POST",
        "/account/secrets",
        json!({"name": "s", "value": "v"}),
    );
    drop(client);
    let client = Client::with(place.options());
    let path = format!("/serverless/{}", made["id"].as_str().unwrap());
    assert_eq!(client.done(200, "GET", &path, Value::Null), made);
    assert_eq!(client.secrets()[0].value, "v");
}

#[test]
fn a_write_that_cannot_be_stored_did_not_happen() {
    let place = Place::new("full");
    let client = Client::with(place.options());
    // A directory in the place of the file: writing beside it works, putting it there does not.
    let file = place.0.join("state.json");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir_all(file.join("inside")).unwrap();
    let (status, detail) = client.problem("POST", "/serverless", rest_body(json!({})));
    assert_eq!(
        (status, detail.as_str().unwrap().contains("state.json")),
        (500, true),
        "{detail}"
    );
    let reply = client.try_save(input(json!({})));
    assert_eq!(
        (reply.status, reply.message().contains("state.json")),
        (500, true),
        "{reply:?}"
    );
    assert!(client.endpoints().is_empty());
    assert_eq!(client.templates().len(), 2);
    assert_eq!(
        place.names(),
        ["state.json", "state.json.lock"],
        "no temporary file is left"
    );
    std::fs::remove_dir_all(&file).unwrap();
    client.made(json!({}));
    assert!(file.is_file());
}

#[test]
fn errors_name_the_file_and_the_port() {
    let place = Place::new("named");
    std::fs::write(place.0.join("state.json"), "{").unwrap();
    let error = Emulator::with(place.options()).err().unwrap().to_string();
    assert!(error.contains("state.json"), "{error}");
    let running = Emulator::start();
    let url = running.url();
    let port: u16 = url
        .split(':')
        .nth(2)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let taken = Emulator::with(Options {
        port,
        ..Options::default()
    });
    let error = taken.err().unwrap().to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")), "{error}");
}
