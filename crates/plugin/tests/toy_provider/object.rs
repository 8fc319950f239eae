//! The toy provider's main resource, which does as its attributes tell it.

use async_trait::async_trait;
use plugin::{MoveSource, MoveState, Stop, UpgradeState, checkpoint};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tf_provider::{
    AttributePath, Diagnostics, Resource, map,
    schema::{AttributeConstraint, AttributeType, Block, Schema},
    value::{Value, ValueMap, ValueNumber, ValueString},
};

use crate::{Behaviour, attribute};

pub struct Object {
    pub stop: Stop,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ObjectState<'a> {
    #[serde(borrow)]
    id: ValueString<'a>,
    #[serde(borrow)]
    name: ValueString<'a>,
    size: ValueNumber,
    #[serde(borrow)]
    blob: ValueString<'a>,
    #[serde(borrow)]
    secret: ValueString<'a>,
    #[serde(borrow)]
    disk: Value<Disk<'a>>,
    #[serde(borrow)]
    ports: ValueMap<'a, Port<'a>>,
    #[serde(borrow)]
    on_plan: ValueString<'a>,
    #[serde(borrow)]
    on_create: ValueString<'a>,
    #[serde(borrow)]
    on_read: ValueString<'a>,
    #[serde(borrow)]
    on_update: ValueString<'a>,
    #[serde(borrow)]
    on_destroy: ValueString<'a>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Disk<'a> {
    #[serde(borrow)]
    kind: ValueString<'a>,
    size: ValueNumber,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Port<'a> {
    #[serde(borrow)]
    protocol: ValueString<'a>,
}

/// How many changes there have been.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changes {
    count: u64,
}

impl Object {
    fn id_of(name: &str) -> ValueString<'static> {
        Value::Value(format!("id-{name}").into())
    }
}

#[async_trait]
impl Resource for Object {
    type State<'a> = ObjectState<'a>;
    type PrivateState<'a> = Value<Changes>;
    type ProviderMetaState<'a> = Value<()>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        use AttributeConstraint::{Computed, Optional, Required};
        use AttributeType::{Number, String};
        let mut secret = attribute(String, Optional);
        secret.sensitive = true;
        Some(Schema {
            version: 2,
            block: Block {
                attributes: map! {
                    "id" => attribute(String, Computed),
                    "name" => attribute(String, Required),
                    "size" => attribute(Number, Optional),
                    "blob" => attribute(String, Optional),
                    "secret" => secret,
                    "disk" => attribute(AttributeType::AttributeSingle(map! {
                        "kind" => attribute(String, Required),
                        "size" => attribute(Number, Optional),
                    }), Optional),
                    "ports" => attribute(AttributeType::AttributeMap(map! {
                        "protocol" => attribute(String, Optional),
                    }), Optional),
                    "on_plan" => attribute(String, Optional),
                    "on_create" => attribute(String, Optional),
                    "on_read" => attribute(String, Optional),
                    "on_update" => attribute(String, Optional),
                    "on_destroy" => attribute(String, Optional),
                },
                ..Default::default()
            },
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: ObjectState<'a>) -> Option<()> {
        if config.name.as_str() == "forbidden" {
            let error = crate::plain_error("this name is forbidden");
            diags.add_error(tf_provider::Diagnostic {
                attribute: AttributePath::new("name"),
                ..error
            });
        }
        for (key, port) in config.ports.iter().flatten() {
            if port.protocol.as_str() == "carrier pigeon" {
                let warning = crate::plain_error("pigeons are slow");
                diags.add_warning(tf_provider::Diagnostic {
                    attribute: AttributePath::new("ports")
                        .key(key.to_string())
                        .attribute("protocol"),
                    ..warning
                });
            }
        }
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<(ObjectState<'a>, Value<Changes>)> {
        Behaviour::of(&state.on_read)
            .act("read", &self.stop, diags, || {})
            .await?;
        Some((state, private))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: ObjectState<'a>,
        _: ObjectState<'a>,
        _: Value<()>,
    ) -> Option<(ObjectState<'a>, Value<Changes>)> {
        Behaviour::of(&proposed.on_plan)
            .act("plan", &self.stop, diags, || {})
            .await?;
        proposed.id = Value::Unknown;
        Some((proposed, Value::Value(Changes { count: 0 })))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: ObjectState<'a>,
        mut proposed: ObjectState<'a>,
        _: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<(ObjectState<'a>, Value<Changes>, Vec<AttributePath>)> {
        if proposed.on_plan.as_str() == "other-id" {
            proposed.id = Self::id_of("other");
        }
        Behaviour::of(&proposed.on_plan)
            .act("plan", &self.stop, diags, || {})
            .await?;
        let renamed = prior.name.as_str() != proposed.name.as_str();
        let replace = renamed.then(|| AttributePath::new("name")).into_iter().collect();
        Some((proposed, private, replace))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<Value<Changes>> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: ObjectState<'a>,
        _: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<(ObjectState<'a>, Value<Changes>)> {
        let behaviour = Behaviour::of(&planned.on_create);
        planned.id = Self::id_of(&planned.name);
        let save = || checkpoint::save(&planned, &private);
        behaviour.act("create", &self.stop, diags, save).await?;
        Some((planned, private))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        _: ObjectState<'a>,
        mut planned: ObjectState<'a>,
        _: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<(ObjectState<'a>, Value<Changes>)> {
        if planned.on_update.as_str().ends_with("other-id") {
            planned.id = Self::id_of("other");
        }
        if planned.on_update.as_str() == "saved-other-id" {
            checkpoint::save(&planned, &private);
            return None;
        }
        let save = || checkpoint::save(&planned, &private);
        Behaviour::of(&planned.on_update)
            .act("update", &self.stop, diags, save)
            .await?;
        Some((
            planned,
            private.map(|changes| Changes {
                count: changes.count + 1,
            }),
        ))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: ObjectState<'a>,
        private: Value<Changes>,
        _: Value<()>,
    ) -> Option<()> {
        let save = || checkpoint::save(&prior, &private);
        Behaviour::of(&prior.on_destroy)
            .act("destroy", &self.stop, diags, save)
            .await
    }

    async fn import<'a>(&self, _: &mut Diagnostics, id: String) -> Option<(ObjectState<'a>, Value<Changes>)> {
        let name = id.strip_prefix("id-")?.to_owned();
        let state = ObjectState {
            id: Value::Value(id.into()),
            name: Value::Value(name.into()),
            ..Default::default()
        };
        Some((state, Value::Null))
    }
}

impl UpgradeState for Object {
    /// Version 1 called the name a label.
    fn upgrade_state(&self, _: &mut Diagnostics, version: i64, mut state: Json) -> Option<Json> {
        if version != 1 {
            return None;
        }
        let label = state.get("label").cloned()?;
        state.as_object_mut()?.insert("name".to_owned(), label);
        Some(state)
    }
}

impl MoveState for Object {
    /// A widget of another provider called the name a title.
    fn move_state(&self, _: &mut Diagnostics, source: &MoveSource, mut state: Json) -> Option<Json> {
        if source.type_name != "other_widget" {
            return None;
        }
        let title = state.get("title").cloned()?;
        state.as_object_mut()?.insert("name".to_owned(), title);
        Some(state)
    }
}
