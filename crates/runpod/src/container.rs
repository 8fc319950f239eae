//! What endpoints and templates have in common: a container (V2 2.4, 5.1).

use serde_json::{Value, json};

use super::{
    Env,
    asked::{self, Asked, same},
    env::digest,
};

/// A container as a read shows it. The API shows a command twice: as the text that it stores, and taken apart (V2 2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The image; `None` where the API does not tell of the container at all.
    pub image: Option<String>,
    /// The whole command as the text that is stored; none where empty. Written as lists it is JSON, and so may a text be.
    pub args: Option<String>,
    /// The entrypoint, where the API tells it apart from the command; empty is the image's.
    pub entrypoint: Vec<String>,
    /// The command; empty is the image's.
    pub cmd: Vec<String>,
    /// Whether the command was written as lists, or as the JSON that lists are stored as.
    pub is_in_lists: bool,
    /// The disk in GB.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Vec<String>,
    /// The environment; the platform may add variables of its own.
    pub env: Env,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
}

/// What a write asks of a container: `None` is left to the API or as it is; an empty text, list or map clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerWrite {
    /// The image.
    pub image: Option<String>,
    /// The whole command as one text; excludes the two that follow.
    pub args: Option<String>,
    /// The entrypoint.
    pub entrypoint: Option<Vec<String>>,
    /// The command.
    pub cmd: Option<Vec<String>>,
    /// The disk in GB, at least 1.
    pub disk: Option<i64>,
    /// Open ports, such as `8080/http`.
    pub ports: Option<Vec<String>>,
    /// The whole environment.
    pub env: Option<Env>,
    /// The credential for the image's registry.
    pub registry_id: Option<String>,
}

impl ContainerWrite {
    /// Values of variables that are long enough to be told apart from ordinary words: no log and no error may show them.
    pub(crate) fn hidden(&self) -> Vec<String> {
        let values = self.env.iter().flat_map(|env| env.values());
        values
            .filter(|value| value.chars().count() >= 6)
            .cloned()
            .collect()
    }
}

const FIELDS: &[Asked<ContainerWrite, Container>] = &[
    Asked {
        name: "image",
        asked: |write| json!(write.image),
        has: |asked, container| same(asked, &container.image),
    },
    Asked {
        name: "args",
        asked: |write| json!(write.args.as_deref().map(digest)),
        // Lists are stored as a text.
        has: |asked, container| {
            let is_none = *asked == json!(digest("")) && container.is_in_lists;
            is_none || *asked == json!(digest(container.args.as_deref().unwrap_or_default()))
        },
    },
    Asked {
        name: "entrypoint",
        asked: |write| json!(write.entrypoint.as_deref().map(list_digest)),
        has: |asked, container| has_list(asked, &container.entrypoint, container),
    },
    Asked {
        name: "cmd",
        asked: |write| json!(write.cmd.as_deref().map(list_digest)),
        has: |asked, container| has_list(asked, &container.cmd, container),
    },
    Asked {
        name: "disk",
        asked: |write| json!(write.disk),
        has: |asked, container| container.disk.is_none_or(|disk| same(asked, disk)),
    },
    Asked {
        name: "ports",
        asked: |write| json!(write.ports),
        has: |asked, container| same(asked, &container.ports),
    },
    Asked {
        name: "env",
        asked: |write| write.env.as_ref().map(Env::digests).unwrap_or_default(),
        has: |asked, container| has_variables(asked, &container.env),
    },
    Asked {
        name: "registry",
        asked: |write| json!(write.registry_id),
        has: |asked, container| same(asked, container.registry_id.as_deref().unwrap_or_default()),
    },
];

/// What was asked for of a container, as [`asked::asked`] tells it.
pub(crate) fn asked(write: &ContainerWrite) -> Value {
    asked::asked(FIELDS, write)
}

/// Whether the container has what was asked for; more variables may be there, since the platform adds some.
pub(crate) fn is_as_asked(asked: &Value, container: &Container) -> bool {
    asked::is_as_asked(FIELDS, asked, container)
}

/// Whether a part of the command is as asked; a text is told taken apart, too.
fn has_list(asked: &Value, list: &[String], container: &Container) -> bool {
    *asked == json!(list_digest(list)) || *asked == json!(list_digest(&[])) && !container.is_in_lists
}

/// A command may hold a token, so that its digest is kept.
fn list_digest(list: &[String]) -> String {
    digest(&json!(list).to_string())
}

/// Whether all variables are there that were asked for, given as digests.
fn has_variables(asked: &Value, env: &Env) -> bool {
    let found = env.digests();
    let asked = asked.as_object().into_iter().flatten();
    asked
        .into_iter()
        .all(|(name, digest)| found.get(name) == Some(digest))
}
