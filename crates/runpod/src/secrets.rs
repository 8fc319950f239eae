//! Secrets of the account (V2 5.4): values that `env` refers to by name, and that never come back.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Action, Api, KnownRefusal, Object, Operation, Refusal,
    asked::{Asked, without_nulls},
    rest::collection::{Noun, RestCollection},
};

/// The refusals of writes to secrets that are known; the API answers a name that is taken with 409.
pub const REFUSALS: &[KnownRefusal] = &[KnownRefusal {
    says: &["already exists"],
    means: Refusal::NAME_TAKEN,
}];

/// The secrets of an account.
pub type Secrets = RestCollection<SecretNoun>;

/// A secret as a read shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Secret {
    /// Its id.
    pub id: String,
    /// Unique in the account, 1 to 191 characters.
    pub name: String,
    /// None where empty.
    pub description: Option<String>,
    /// When it was made, as ISO 8601.
    pub created_at: Option<String>,
    /// When its value was last written, as ISO 8601: by this a change outside is noticed.
    pub value_last_updated_at: Option<String>,
}

impl Object for Secret {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        let created: jiff::Timestamp = self.created_at.as_deref()?.parse().ok()?;
        Some(created.as_millisecond())
    }
}

/// What a create asks for, or what an update changes.
#[derive(Clone, Debug, Default)]
pub struct SecretWrite {
    /// Required at creation, and only then.
    pub name: Option<String>,
    /// Required at creation; in an update it is always written, since nobody can tell what the value is.
    pub value: Option<SecretString>,
    /// Empty clears.
    pub description: Option<String>,
}

/// Secrets as a noun of REST v2.
pub struct SecretNoun;

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::Rest, action, name, does).knowing(REFUSALS)
}

fn value(write: &SecretWrite) -> Option<&str> {
    write.value.as_ref().map(ExposeSecret::expose_secret)
}

impl Noun for SecretNoun {
    type Object = Secret;
    type Row = Secret;
    type Write = SecretWrite;

    const NAME: &'static str = "secret";
    const PATH: &'static [&'static str] = &["account", "secrets"];
    const FIELD: &'static str = "secrets";
    const HAS_PAGES: bool = false;
    const LIST: Operation = operation(
        Action::List,
        "GET /v2/account/secrets",
        "list the account's secrets",
    );
    const READ: Operation = operation(Action::Read, "GET /v2/account/secrets/{id}", "read the secret");
    const CREATE: Operation = operation(Action::Create, "POST /v2/account/secrets", "create the secret");
    const UPDATE: Operation = operation(
        Action::Update,
        "PATCH /v2/account/secrets/{id}",
        "update the secret",
    );
    const DELETE: Operation = operation(
        Action::Delete,
        "DELETE /v2/account/secrets/{id}",
        "delete the secret",
    );

    fn create(write: &SecretWrite) -> Value {
        let description = write.description.as_ref().filter(|text| !text.is_empty());
        without_nulls(json!({"name": write.name, "value": value(write), "description": description}))
    }

    fn update(fresh: &Secret, write: &SecretWrite) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(value) = value(write) {
            body.insert("value".to_owned(), json!(value));
        }
        let has = fresh.description.as_deref().unwrap_or_default();
        if let Some(description) = write.description.as_ref().filter(|text| **text != has) {
            body.insert("description".to_owned(), json!(description));
        }
        body
    }

    fn hidden(write: &SecretWrite) -> Vec<String> {
        value(write).map(str::to_owned).into_iter().collect()
    }

    const ASKED: &'static [Asked<SecretWrite, Secret>] = &[
        Asked {
            name: "name",
            asked: |write| json!(write.name),
            has: |asked, secret| *asked == json!(secret.name),
        },
        Asked {
            name: "description",
            asked: |write| json!(write.description.as_deref().unwrap_or_default()),
            has: |asked, secret| *asked == json!(secret.description.as_deref().unwrap_or_default()),
        },
    ];
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{
        Collection, Kind, asked,
        fixture::{Answer, Fixture, call},
    };

    fn write() -> SecretWrite {
        SecretWrite {
            name: Some("HF_TOKEN".to_owned()),
            value: Some("s3cret value".into()),
            description: Some("of the hub".to_owned()),
        }
    }

    #[test]
    fn the_value_is_sent_and_shown_nowhere() {
        let body = json!({"name": "HF_TOKEN", "value": "s3cret value", "description": "of the hub"});
        assert_eq!(SecretNoun::create(&write()), body);
        let asked = asked::asked(SecretNoun::ASKED, &write());
        assert!(!format!("{:?} {asked}", write()).contains("s3cret"));
        let read: Secret = serde_json::from_value(json!({
            "id": "a", "name": "HF_TOKEN", "description": "of the hub", "createdAt": "2026-09-10T00:00:00Z", "x": 1
        }))
        .unwrap();
        assert!(asked::is_as_asked(SecretNoun::ASKED, &asked, &read));
        assert_eq!(Object::created_at(&read), Some(1_788_998_400_000));
        assert!(!asked::is_as_asked(
            SecretNoun::ASKED,
            &asked,
            &Secret {
                description: None,
                ..read
            }
        ));
    }

    #[test]
    fn an_update_writes_the_value_and_a_description_that_differs() {
        let fresh = Secret {
            description: Some("of the hub".to_owned()),
            ..Secret::default()
        };
        let update = |write: &SecretWrite| Value::Object(SecretNoun::update(&fresh, write));
        assert_eq!(update(&write()), json!({"value": "s3cret value"}));
        let cleared = SecretWrite {
            description: Some(String::new()),
            ..SecretWrite::default()
        };
        assert_eq!(update(&cleared), json!({"description": ""}));
        assert_eq!(update(&SecretWrite::default()), json!({}));
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_told_and_the_value_is_not() {
        for (status, words) in [
            (409, "s3cret value: no"),
            (422, "A secret with that name already exists: s3cret value"),
        ] {
            let fixture = Fixture::answering([Answer::problem(status, words)]).await;
            let secrets = Secrets::new(fixture.rest(3));
            let failure = secrets.create(&call(), &write()).await.unwrap_err();
            assert_eq!(failure.kind, Kind::Refused(Refusal::NAME_TAKEN));
            assert!(
                !format!("{failure} {failure:?}").contains("s3cret"),
                "{failure:?}"
            );
            assert_eq!(fixture.lines(), ["POST /v2/account/secrets"]);
        }
    }
}
