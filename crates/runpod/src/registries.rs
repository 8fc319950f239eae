//! Registries (V2 5.3): credentials for private images. They can be made and deleted, and never changed.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, Api, KnownRefusal, Object, Operation, Refusal,
    asked::{Asked, without_nulls},
    env::digest,
    rest::collection::{Noun, RestCollection},
};

/// The refusals of writes to registries that are known.
pub const REFUSALS: &[KnownRefusal] = &[KnownRefusal {
    says: &["must be unique"],
    means: Refusal::NAME_TAKEN,
}];

/// The registries of an account.
pub type Registries = RestCollection<RegistryNoun>;

/// A registry as a read shows it: neither user name nor password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Registry {
    /// A cuid.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Object for Registry {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        None
    }
}

/// What a create asks for; an update changes nothing, since the API knows none.
#[derive(Clone, Debug, Default)]
pub struct RegistryWrite {
    /// Required.
    pub name: Option<String>,
    /// Required.
    pub username: Option<String>,
    /// Required.
    pub password: Option<SecretString>,
}

/// Registries as a noun of REST v2.
pub struct RegistryNoun;

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, action, name, does).knowing(REFUSALS)
}

impl Noun for RegistryNoun {
    type Object = Registry;
    type Row = Registry;
    type Write = RegistryWrite;

    const NAME: &'static str = "registry";
    const PATH: &'static [&'static str] = &["registries"];
    const FIELD: &'static str = "registries";
    const HAS_PAGES: bool = false;
    const LIST: Operation = operation(
        Action::List,
        "GET /v2/registries",
        "list the account's registries",
    );
    const READ: Operation = operation(Action::Read, "GET /v2/registries/{id}", "read the registry");
    const CREATE: Operation = operation(Action::Create, "POST /v2/registries", "create the registry");
    const UPDATE: Operation = operation(Action::Update, "PATCH /v2/registries/{id}", "update the registry");
    const DELETE: Operation = operation(
        Action::Delete,
        "DELETE /v2/registries/{id}",
        "delete the registry",
    );

    fn create(write: &RegistryWrite) -> Value {
        let password = write.password.as_ref().map(ExposeSecret::expose_secret);
        without_nulls(json!({"name": write.name, "username": write.username, "password": password}))
    }

    fn update(_: &Registry, _: &RegistryWrite) -> Map<String, Value> {
        Map::new()
    }

    fn hidden(write: &RegistryWrite) -> Vec<String> {
        let password = write.password.iter();
        password
            .map(|password| password.expose_secret().to_owned())
            .collect()
    }

    const ASKED: &'static [Asked<RegistryWrite, Registry>] = &[
        Asked {
            name: "name",
            asked: |write| json!(write.name),
            has: |asked, registry| *asked == json!(registry.name),
        },
        Asked {
            name: "credential",
            // One digest of both: a short user name or password is not to be guessed from its own.
            asked: |write| {
                let password = write.password.as_ref().map(ExposeSecret::expose_secret);
                json!(digest(&json!([write.name, write.username, password]).to_string()))
            },
            // No read tells it.
            has: |_, _| true,
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asked;

    #[test]
    fn the_password_is_sent_and_shown_nowhere() {
        let write = RegistryWrite {
            name: Some("private".to_owned()),
            username: Some("me".to_owned()),
            password: Some("p4ss".into()),
        };
        let body = json!({"name": "private", "username": "me", "password": "p4ss"});
        assert_eq!(RegistryNoun::create(&write), body);
        assert_eq!(RegistryNoun::hidden(&write), ["p4ss"]);
        let asked = asked::asked(RegistryNoun::ASKED, &write);
        assert!(!format!("{write:?} {asked}").contains("p4ss"));
        let made = |name: &str| Registry {
            id: "a".to_owned(),
            name: name.to_owned(),
        };
        assert!(asked::is_as_asked(RegistryNoun::ASKED, &asked, &made("private")));
        assert!(!asked::is_as_asked(RegistryNoun::ASKED, &asked, &made("other")));
        assert!(RegistryNoun::update(&made("private"), &write).is_empty());
    }
}
