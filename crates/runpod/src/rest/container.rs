//! A container in the JSON of REST v2 (V2 2.4, 5.1): endpoints and templates spell it alike.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Container, ContainerWrite, Env};

/// A container as a read shows it; all of it may be missing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ContainerRow {
    image: Option<String>,
    args: Option<String>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    disk: Option<i64>,
    ports: Option<Vec<String>>,
    env: Option<Env>,
    registry: Option<String>,
}

/// A command as it is stored where it was written as lists (V2 2.4).
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Stored {
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
}

impl From<ContainerRow> for Container {
    fn from(row: ContainerRow) -> Self {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let args = some(row.args);
        let stored = args.as_deref().filter(|args| args.trim_start().starts_with('{'));
        let stored = stored.and_then(|args| serde_json::from_str::<Stored>(args).ok());
        let stored = stored.filter(|stored| stored.entrypoint.is_some() || stored.cmd.is_some());
        let is_stored = stored.is_some();
        let stored = stored.unwrap_or_default();
        let entrypoint = row.entrypoint.or(stored.entrypoint).unwrap_or_default();
        let cmd = row.cmd.or(stored.cmd).unwrap_or_default();
        let is_taken_apart = args.is_none() && !(entrypoint.is_empty() && cmd.is_empty());
        Self {
            image: some(row.image),
            args,
            entrypoint,
            cmd,
            is_in_lists: is_stored || is_taken_apart,
            disk: row.disk,
            ports: row.ports.unwrap_or_default(),
            env: row.env.unwrap_or_default(),
            registry_id: some(row.registry),
        }
    }
}

/// Puts into the body what `write` asks for and `fresh` has not; at creation `fresh` is an empty container.
pub fn put(write: &ContainerWrite, fresh: &Container, body: &mut Map<String, Value>) {
    let mut put = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    let image = write.image.as_ref().filter(|image| !image.is_empty());
    if let Some(image) = image.filter(|image| Some(*image) != fresh.image.as_ref()) {
        put("image", json!(image));
    }
    put_command(write, fresh, &mut put);
    if let Some(disk) = write.disk.filter(|disk| Some(*disk) != fresh.disk) {
        put("disk", json!(disk));
    }
    if let Some(ports) = write.ports.as_ref().filter(|ports| **ports != fresh.ports) {
        put("ports", json!(ports));
    }
    if let Some(env) = write.env.as_ref().filter(|env| **env != fresh.env) {
        put("env", json!(env));
    }
    let registry = fresh.registry_id.as_deref().unwrap_or_default();
    if let Some(wanted) = write.registry_id.as_deref().filter(|wanted| *wanted != registry) {
        // The one key that null clears (V2 3.1).
        let cleared = wanted.is_empty().then_some(Value::Null);
        put("registry", cleared.unwrap_or_else(|| json!(wanted)));
    }
}

/// A command is written as a text or as lists, never both: together they would have to mean the same (V2 2.4).
fn put_command(write: &ContainerWrite, fresh: &Container, put: &mut impl FnMut(&str, Value)) {
    let lists = [
        ("entrypoint", &write.entrypoint, &fresh.entrypoint),
        ("cmd", &write.cmd, &fresh.cmd),
    ];
    let is_some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let has = fresh.args.as_deref().unwrap_or_default();
    if lists.iter().any(|(_, wanted, _)| is_some(wanted)) {
        // What a text is told taken apart would stay in the list that is left out.
        let was_text = !has.is_empty() && !fresh.is_in_lists;
        let none = Vec::new();
        for (name, wanted, has) in lists {
            let wanted = wanted.as_ref().or(Some(&none).filter(|_| was_text));
            if let Some(wanted) = wanted.filter(|wanted| *wanted != has || was_text && !wanted.is_empty()) {
                put(name, json!(wanted));
            }
        }
        return;
    }
    let is_cleared_in_lists = fresh.is_in_lists && lists.iter().any(|(_, wanted, _)| wanted.is_some());
    match write.args.as_deref() {
        Some(text) if !text.is_empty() || !is_cleared_in_lists => {
            if text != has {
                put("args", json!(text));
            }
        }
        _ => {
            for (name, _, _) in lists
                .iter()
                .filter(|(_, wanted, has)| wanted.is_some() && !has.is_empty())
            {
                put(name, json!([]));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::from_value;

    fn read(json: Value) -> Container {
        from_value::<ContainerRow>(json).unwrap().into()
    }

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn a_command_is_read_as_it_was_written() {
        let text = read(json!({"args": "python x.py", "cmd": ["python", "x.py"], "entrypoint": []}));
        assert_eq!(
            (text.args.as_deref(), text.is_in_lists),
            (Some("python x.py"), false)
        );
        let stored = "{\"entrypoint\":[\"sh\"],\"cmd\":[\"-c\",\"x\"]}";
        let lists = read(json!({"args": stored}));
        assert_eq!((lists.args.as_deref(), lists.is_in_lists), (Some(stored), true));
        assert_eq!((lists.entrypoint, lists.cmd), (list(&["sh"]), list(&["-c", "x"])));
        let json = read(json!({"args": "{\"a\": 1}"}));
        assert_eq!(
            (json.args.as_deref(), json.is_in_lists),
            (Some("{\"a\": 1}"), false)
        );
        for none in [
            json!({}),
            json!({"args": ""}),
            json!({"args": null, "cmd": [], "registry": null}),
        ] {
            assert_eq!(read(none), Container::default());
        }
    }

    #[test]
    fn a_command_goes_from_one_spelling_to_the_other_and_away() {
        let stored = "{\"entrypoint\":[\"sh\"],\"cmd\":[\"a\"]}";
        let none = read(json!({}));
        let text = read(json!({"args": "a", "cmd": ["a"]}));
        let lists = read(json!({"args": stored}));
        let write = |args: Option<&str>, entrypoint: Option<&[&str]>, cmd: Option<&[&str]>| ContainerWrite {
            args: args.map(str::to_owned),
            entrypoint: entrypoint.map(list),
            cmd: cmd.map(list),
            ..ContainerWrite::default()
        };
        let away = write(Some(""), Some(&[]), Some(&[]));
        let rows = [
            (&text, write(Some(""), None, Some(&["a"])), json!({"cmd": ["a"]})),
            (
                &text,
                write(Some(""), Some(&["sh"]), None),
                json!({"entrypoint": ["sh"], "cmd": []}),
            ),
            (&lists, write(Some(""), None, Some(&["a"])), json!({})),
            (&lists, write(None, None, Some(&["b"])), json!({"cmd": ["b"]})),
            (
                &lists,
                write(Some("b"), Some(&[]), Some(&[])),
                json!({"args": "b"}),
            ),
            // The text that the lists are stored as changes nothing.
            (&lists, write(Some(stored), Some(&[]), Some(&[])), json!({})),
            (&lists, write(Some(""), None, None), json!({"args": ""})),
            (&lists, write(None, Some(&[]), None), json!({"entrypoint": []})),
            (&text, write(None, None, Some(&[])), json!({"cmd": []})),
            (&text, away.clone(), json!({"args": ""})),
            (&lists, away.clone(), json!({"cmd": [], "entrypoint": []})),
            (&none, away, json!({})),
            (&lists, ContainerWrite::default(), json!({})),
        ];
        for (fresh, write, expected) in rows {
            let mut body = Map::new();
            put(&write, fresh, &mut body);
            assert_eq!(Value::Object(body), expected, "{write:?} on {fresh:?}");
        }
    }

    #[test]
    fn only_the_registry_is_cleared_with_null() {
        let fresh = Container {
            ports: list(&["80/http"]),
            env: Env::from([("A", "1")]),
            registry_id: Some("reg".to_owned()),
            ..Container::default()
        };
        let write = ContainerWrite {
            ports: Some(vec![]),
            env: Some(Env::default()),
            registry_id: Some(String::new()),
            ..ContainerWrite::default()
        };
        let mut body = Map::new();
        put(&write, &fresh, &mut body);
        assert_eq!(
            Value::Object(body),
            json!({"ports": [], "env": {}, "registry": null})
        );
    }
}
