//! A resource and a data source with as little as there can be.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugin::Stop;
use serde::{Deserialize, Serialize};
use tf_provider::{
    AttributePath, DataSource, Diagnostics, Resource, map,
    schema::{AttributeConstraint, AttributeType, Block, Schema},
    value::{Value, ValueBool},
};

use crate::{Behaviour, attribute};

/// A resource with nothing of its own, not even an upgrade or an import.
pub struct Plain;

#[async_trait]
impl Resource for Plain {
    type State<'a> = BTreeMap<String, Value<String>>;
    type PrivateState<'a> = Value<()>;
    type ProviderMetaState<'a> = Value<()>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let note = attribute(AttributeType::String, AttributeConstraint::Optional);
        Some(Schema {
            version: 1,
            block: Block {
                attributes: map! { "note" => note },
                ..Default::default()
            },
        })
    }

    async fn read<'a>(
        &self,
        _: &mut Diagnostics,
        state: Self::State<'a>,
        private: Value<()>,
        _: Value<()>,
    ) -> Option<(Self::State<'a>, Value<()>)> {
        Some((state, private))
    }

    async fn plan_create<'a>(
        &self,
        _: &mut Diagnostics,
        proposed: Self::State<'a>,
        _: Self::State<'a>,
        _: Value<()>,
    ) -> Option<(Self::State<'a>, Value<()>)> {
        Some((proposed, Value::Null))
    }

    async fn plan_update<'a>(
        &self,
        _: &mut Diagnostics,
        _: Self::State<'a>,
        proposed: Self::State<'a>,
        _: Self::State<'a>,
        private: Value<()>,
        _: Value<()>,
    ) -> Option<(Self::State<'a>, Value<()>, Vec<AttributePath>)> {
        Some((proposed, private, Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: Self::State<'a>,
        private: Value<()>,
        _: Value<()>,
    ) -> Option<Value<()>> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        _: &mut Diagnostics,
        planned: Self::State<'a>,
        _: Self::State<'a>,
        private: Value<()>,
        _: Value<()>,
    ) -> Option<(Self::State<'a>, Value<()>)> {
        Some((planned, private))
    }

    async fn update<'a>(
        &self,
        _: &mut Diagnostics,
        _: Self::State<'a>,
        planned: Self::State<'a>,
        _: Self::State<'a>,
        private: Value<()>,
        _: Value<()>,
    ) -> Option<(Self::State<'a>, Value<()>)> {
        Some((planned, private))
    }

    async fn destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: Self::State<'a>,
        _: Value<()>,
        _: Value<()>,
    ) -> Option<()> {
        Some(())
    }
}

/// Says whether the work should stop.
pub struct Status {
    pub stop: Stop,
}

#[derive(Serialize, Deserialize)]
pub struct StatusState {
    behaviour: Value<String>,
    stopped: ValueBool,
}

#[async_trait]
impl DataSource for Status {
    type State<'a> = StatusState;
    type ProviderMetaState<'a> = Value<()>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let attributes = map! {
            "behaviour" => attribute(AttributeType::String, AttributeConstraint::Optional),
            "stopped" => attribute(AttributeType::Bool, AttributeConstraint::Computed),
        };
        Some(Schema {
            version: 1,
            block: Block {
                attributes,
                ..Default::default()
            },
        })
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut config: StatusState,
        _: Value<()>,
    ) -> Option<StatusState> {
        let behaviour = Behaviour::of(config.behaviour.as_ref().unwrap_or(&String::new()));
        behaviour.act("status", &self.stop, diags, || {}).await?;
        config.stopped = Value::Value(self.stop.is_cancelled());
        Some(config)
    }
}
