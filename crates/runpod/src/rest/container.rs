//! What endpoints and templates have in common on REST v2: a container (V2 2.4, 5.1).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::Env;

/// A container as a read shows it. The API shows a command as the text that it stores and taken apart; here it is one or
/// the other: `args` where it was written as a text, `entrypoint` and `cmd` where it was written as lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    pub image: Option<String>,
    pub args: Option<String>,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    pub disk: Option<i64>,
    pub ports: Vec<String>,
    pub env: Env,
    pub registry_id: Option<String>,
}

/// The same in the API's JSON; all of it may be missing.
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
        let (args, entrypoint, cmd) = match (args, stored) {
            (_, Some(stored)) => (None, row.entrypoint.or(stored.entrypoint), row.cmd.or(stored.cmd)),
            (Some(args), None) => (Some(args), None, None),
            (None, None) => (None, row.entrypoint, row.cmd),
        };
        Self {
            image: some(row.image),
            args,
            entrypoint: entrypoint.unwrap_or_default(),
            cmd: cmd.unwrap_or_default(),
            disk: row.disk,
            ports: row.ports.unwrap_or_default(),
            env: row.env.unwrap_or_default(),
            registry_id: some(row.registry),
        }
    }
}

/// What a write asks of a container: `None` is left, empty clears.
#[derive(Clone, Copy, Debug, Default)]
pub struct ContainerWrite<'a> {
    pub image: Option<&'a String>,
    pub args: Option<&'a String>,
    pub entrypoint: Option<&'a Vec<String>>,
    pub cmd: Option<&'a Vec<String>>,
    pub disk: Option<i64>,
    pub ports: Option<&'a Vec<String>>,
    pub env: Option<&'a Env>,
    pub registry_id: Option<&'a String>,
}

impl ContainerWrite<'_> {
    /// Puts into the body what differs from `fresh`; at creation that is an empty container.
    pub fn put(&self, fresh: &Container, body: &mut Map<String, Value>) {
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        if let Some(image) = self
            .image
            .filter(|image| Some(*image) != fresh.image.as_ref() && !image.is_empty())
        {
            put("image", json!(image));
        }
        self.put_command(fresh, &mut put);
        if let Some(disk) = self.disk.filter(|disk| Some(*disk) != fresh.disk) {
            put("disk", json!(disk));
        }
        if let Some(ports) = self.ports.filter(|ports| **ports != fresh.ports) {
            put("ports", json!(ports));
        }
        if let Some(env) = self.env.filter(|env| **env != fresh.env) {
            put("env", json!(env));
        }
        let registry = fresh.registry_id.clone().unwrap_or_default();
        if let Some(wanted) = self.registry_id.filter(|wanted| **wanted != registry) {
            // The one key that null clears (V2 3.1).
            let cleared = wanted.is_empty().then_some(Value::Null);
            put("registry", cleared.unwrap_or_else(|| json!(wanted)));
        }
    }

    /// A command is written as a text or as lists, never both: together they would have to mean the same (V2 2.4).
    fn put_command(&self, fresh: &Container, put: &mut impl FnMut(&str, Value)) {
        let some = |list: Option<&Vec<String>>| list.is_some_and(|list| !list.is_empty());
        let args = fresh.args.clone().unwrap_or_default();
        if some(self.entrypoint) || some(self.cmd) {
            let was_text = !args.is_empty();
            for (name, wanted, has) in [
                ("entrypoint", self.entrypoint, &fresh.entrypoint),
                ("cmd", self.cmd, &fresh.cmd),
            ] {
                if let Some(wanted) = wanted.filter(|wanted| *wanted != has || was_text) {
                    put(name, json!(wanted));
                }
            }
            return;
        }
        let has_lists = !fresh.entrypoint.is_empty() || !fresh.cmd.is_empty();
        match self.args {
            Some(wanted) if !wanted.is_empty() => {
                if *wanted != args || has_lists {
                    put("args", json!(wanted));
                }
            }
            wanted => {
                if wanted.is_some() && !args.is_empty() {
                    put("args", json!(""));
                }
                for (name, wanted, has) in [
                    ("entrypoint", self.entrypoint, &fresh.entrypoint),
                    ("cmd", self.cmd, &fresh.cmd),
                ] {
                    if wanted.is_some() && !has.is_empty() {
                        put(name, json!([]));
                    }
                }
            }
        }
    }

    /// Values of variables that are long enough to be told apart from ordinary words.
    pub fn hidden(&self) -> Vec<String> {
        let values = self.env.into_iter().flat_map(|env| env.values());
        values
            .filter(|value| value.chars().count() >= 6)
            .cloned()
            .collect()
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
        assert_eq!((text.args.as_deref(), text.cmd.len()), (Some("python x.py"), 0));
        let stored = json!({"args": "{\"entrypoint\":[\"sh\"],\"cmd\":[\"-c\",\"x\"]}"});
        let lists = read(stored);
        assert_eq!(
            (lists.args, lists.entrypoint, lists.cmd),
            (None, list(&["sh"]), list(&["-c", "x"]))
        );
        let json = read(json!({"args": "{\"a\": 1}"}));
        assert_eq!(json.args.as_deref(), Some("{\"a\": 1}"));
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
        let body = |write: ContainerWrite<'_>, fresh: &Container| {
            let mut body = Map::new();
            write.put(fresh, &mut body);
            Value::Object(body)
        };
        let text = Container {
            args: Some("a".to_owned()),
            ..Container::default()
        };
        let lists = Container {
            cmd: list(&["a"]),
            entrypoint: list(&["sh"]),
            ..Container::default()
        };
        let (none, some, empty) = (String::new(), "b".to_owned(), Vec::new());
        let cmd = list(&["a"]);
        let to_lists = ContainerWrite {
            args: Some(&none),
            cmd: Some(&cmd),
            ..ContainerWrite::default()
        };
        assert_eq!(body(to_lists, &text), json!({"cmd": ["a"]}));
        assert_eq!(body(to_lists, &lists), json!({}));
        let to_text = ContainerWrite {
            args: Some(&some),
            cmd: Some(&empty),
            entrypoint: Some(&empty),
            ..ContainerWrite::default()
        };
        assert_eq!(body(to_text, &lists), json!({"args": "b"}));
        let away = ContainerWrite {
            args: Some(&none),
            cmd: Some(&empty),
            entrypoint: Some(&empty),
            ..ContainerWrite::default()
        };
        assert_eq!(body(away, &text), json!({"args": ""}));
        assert_eq!(body(away, &lists), json!({"cmd": [], "entrypoint": []}));
        assert_eq!(body(away, &Container::default()), json!({}));
        assert_eq!(body(ContainerWrite::default(), &lists), json!({}));
    }

    #[test]
    fn only_the_registry_is_cleared_with_null() {
        let fresh = Container {
            ports: list(&["80/http"]),
            env: Env::from([("A", "1")]),
            registry_id: Some("reg".to_owned()),
            ..Container::default()
        };
        let (none, empty, env) = (String::new(), Vec::new(), Env::default());
        let write = ContainerWrite {
            ports: Some(&empty),
            env: Some(&env),
            registry_id: Some(&none),
            ..ContainerWrite::default()
        };
        let mut body = Map::new();
        write.put(&fresh, &mut body);
        assert_eq!(
            Value::Object(body),
            json!({"ports": [], "env": {}, "registry": null})
        );
    }
}
