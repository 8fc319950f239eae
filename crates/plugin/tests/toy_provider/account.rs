//! A resource with all that a resource can have. It gives its secrets away wherever it can: keeping them out of states is
//! the server's to do.

use async_trait::async_trait;
use plugin::{
    GenerateConfig, IdentityAttribute, IdentitySchema, MoveSource, MoveState, ResourceIdentity, UpgradeState,
    checkpoint,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tf_provider::{
    AttributePath, Diagnostics, Resource, map,
    schema::{AttributeConstraint, AttributeType, Block, Schema},
    value::{Value, ValueNumber},
};

use crate::attribute;

/// What the account puts into its write-only attributes in every state that it gives.
const LEAK: &str = "hunter2";

pub struct Account;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountState {
    pub id: Value<String>,
    pub name: Value<String>,
    pub zone: Value<String>,
    pub password_wo: Value<String>,
    pub login: Value<Login>,
    pub email: Value<String>,
    pub size: ValueNumber,
    pub seen: Value<String>,
    /// What an operation does beside its work.
    pub on: Value<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Login {
    user: Value<String>,
    key_wo: Value<String>,
}

impl AccountState {
    /// The state that Terraform must not see like this.
    pub fn leaking(mut self) -> Self {
        self.password_wo = text(LEAK);
        if let Value::Value(login) = &mut self.login {
            login.key_wo = text(LEAK);
        }
        self
    }

    /// Notes what the provider's code has been given, if it is told to.
    fn note(&mut self, seen: String) {
        if self.on() == "tell" {
            self.seen = text(seen);
        }
    }

    fn secrets(&self) -> String {
        let key = self.login.as_ref().map(|login| login.key_wo.clone());
        let key = key.unwrap_or_default();
        format!("{} {}", said(&self.password_wo), said(&key))
    }

    pub fn on(&self) -> &str {
        self.on.as_ref().map_or("", String::as_str)
    }
}

pub fn said(value: &Value<String>) -> &str {
    match value {
        Value::Value(text) => text,
        Value::Null => "null",
        Value::Unknown => "unknown",
    }
}

pub fn text(text: impl Into<String>) -> Value<String> {
    Value::Value(text.into())
}

type Private = Value<String>;
type Meta = Value<()>;

#[async_trait]
impl Resource for Account {
    type State<'a> = AccountState;
    type PrivateState<'a> = Private;
    type ProviderMetaState<'a> = Meta;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
        use AttributeType::{Number, String};
        Some(Schema {
            version: 2,
            block: Block {
                attributes: map! {
                    "id" => attribute(String, Computed),
                    "name" => attribute(String, Required),
                    "zone" => attribute(String, OptionalComputed),
                    "password_wo" => attribute(String, Optional),
                    "login" => attribute(AttributeType::AttributeSingle(map! {
                        "user" => attribute(String, Optional),
                        "key_wo" => attribute(String, Optional),
                    }), Optional),
                    "email" => attribute(String, Optional),
                    "size" => attribute(Number, OptionalComputed),
                    "seen" => attribute(String, Computed),
                    "on" => attribute(String, Optional),
                },
                ..Default::default()
            },
        })
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<(AccountState, Private)> {
        state.note(format!("current {}", state.secrets()));
        match state.on() {
            "gone" => return None,
            "moved" => state.zone = text("elsewhere"),
            "lost" => state.id = Value::Null,
            "error" => diags.add_error(crate::plain_error("as told")),
            _ => {}
        }
        Some((state.leaking(), private))
    }

    async fn plan_create<'a>(
        &self,
        _: &mut Diagnostics,
        mut proposed: AccountState,
        config: AccountState,
        _: Meta,
    ) -> Option<(AccountState, Private)> {
        proposed.id = Value::Unknown;
        proposed.note(format!(
            "proposed {} config {}",
            proposed.secrets(),
            config.secrets()
        ));
        Some((proposed.leaking(), Value::Null))
    }

    async fn plan_update<'a>(
        &self,
        _: &mut Diagnostics,
        prior: AccountState,
        mut proposed: AccountState,
        config: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<(AccountState, Private, Vec<AttributePath>)> {
        let (before, after) = (prior.secrets(), proposed.secrets());
        proposed.note(format!(
            "prior {before} proposed {after} config {}",
            config.secrets()
        ));
        if matches!(proposed.on(), "plan-other-identity" | "replace") {
            proposed.zone = text("other");
        }
        let replace = proposed.on() == "replace";
        let replace = replace.then(|| AttributePath::new("password_wo"));
        Some((proposed.leaking(), private, replace.into_iter().collect()))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<Private> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: AccountState,
        config: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<(AccountState, Private)> {
        planned.id = text(format!("id-{}", said(&planned.name)));
        planned.note(format!(
            "planned {} config {}",
            planned.secrets(),
            config.secrets()
        ));
        finish(diags, planned, private)
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: AccountState,
        mut planned: AccountState,
        config: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<(AccountState, Private)> {
        let (before, after) = (prior.secrets(), planned.secrets());
        planned.note(format!(
            "prior {before} planned {after} config {}",
            config.secrets()
        ));
        if planned.on() == "other-identity" {
            planned.zone = text("other");
        }
        finish(diags, planned, private)
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: AccountState,
        private: Private,
        _: Meta,
    ) -> Option<()> {
        if prior.on() == "error" {
            diags.add_error(crate::plain_error("as told"));
            checkpoint::save(&prior.leaking(), &private);
        }
        Some(())
    }

    async fn import<'a>(&self, _: &mut Diagnostics, id: String) -> Option<(AccountState, Private)> {
        let state = AccountState {
            name: text(id.strip_prefix("id-")?),
            id: text(id),
            ..Default::default()
        };
        Some((state.leaking(), Value::Null))
    }
}

/// What tells an account from all others.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccountIdentity {
    id: Value<String>,
    zone: Value<String>,
}

impl AccountIdentity {
    pub fn of(state: &AccountState) -> Self {
        Self {
            id: state.id.clone(),
            zone: state.zone.clone(),
        }
    }
}

impl ResourceIdentity for Account {
    type Identity = AccountIdentity;

    fn identity_schema(&self) -> IdentitySchema {
        IdentitySchema {
            version: 1,
            attributes: vec![
                IdentityAttribute::required("id", "The account's id."),
                IdentityAttribute::optional("zone", "Where it is."),
            ],
        }
    }

    fn identity(&self, state: &AccountState) -> Option<AccountIdentity> {
        Some(AccountIdentity::of(state))
    }

    fn import_id(&self, diags: &mut Diagnostics, identity: AccountIdentity) -> Option<String> {
        if said(&identity.zone) == "nowhere" {
            diags.add_error(crate::plain_error("there is no such zone"));
            return None;
        }
        Some(said(&identity.id).to_owned())
    }

    /// Version 0 called the id a key.
    fn upgrade_identity(&self, version: i64, identity: Json) -> Option<Json> {
        let id = identity.get("key")?;
        (version == 0).then(|| serde_json::json!({ "id": id }))
    }
}

impl GenerateConfig for Account {
    /// Every account has a zone, and there is a default one.
    fn generate_config(&self, _: &mut Diagnostics, state: &mut AccountState) {
        assert!(state.on() != "panic");
        if said(&state.zone) == "default" {
            state.zone = Value::Null;
        }
        *state = state.clone().leaking();
    }
}

/// Ends a create or update as it was told.
fn finish(diags: &mut Diagnostics, state: AccountState, private: Private) -> Option<(AccountState, Private)> {
    let on = state.on().to_owned();
    let state = state.leaking();
    match on.as_str() {
        "saved" => {
            checkpoint::save(&state, &private);
            return None;
        }
        "error" => diags.add_error(crate::plain_error("as told")),
        "nothing" => return None,
        _ => {}
    }
    Some((state, private))
}

impl UpgradeState for Account {
    /// Version 1 stored the secrets.
    fn upgrade_state(&self, _: &mut Diagnostics, _: i64, state: Json) -> Option<Json> {
        Some(state)
    }
}

impl MoveState for Account {
    fn move_state(&self, _: &mut Diagnostics, _: &MoveSource, state: Json) -> Option<Json> {
        Some(state)
    }
}
