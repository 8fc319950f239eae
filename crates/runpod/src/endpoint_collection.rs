//! Endpoints as a [`Collection`], on top of [`EndpointsApi`].

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    Call, Endpoint, EndpointInput, EndpointsApi, Error,
    collection::{Collection, Listing, Object},
    creation::evidence::plain,
    deletion, presence,
};

impl Object for Endpoint {
    fn id(&self) -> &str {
        Endpoint::id(self)
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    fn created_at(&self) -> Option<i64> {
        let created_at: jiff::Timestamp = self.created_at.as_ref()?.0.parse().ok()?;
        Some(created_at.as_millisecond())
    }
}

/// The endpoints of an account.
pub struct Endpoints<T>(pub T);

#[async_trait]
impl<T: EndpointsApi> Collection for Endpoints<T> {
    type Object = Endpoint;
    type Write = EndpointInput;

    fn noun(&self) -> &'static str {
        "endpoint"
    }

    async fn list(&self, call: &Call) -> Result<Arc<Listing<Endpoint>>, Error> {
        self.0.account(call).await.map(|account| listing(&account))
    }

    async fn fresh_list(&self, call: &Call) -> Result<Arc<Listing<Endpoint>>, Error> {
        self.0.fresh_account(call).await.map(|account| listing(&account))
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Option<Endpoint>, Error> {
        presence::find(&self.0, call, id).await
    }

    async fn create(&self, call: &Call, write: &EndpointInput) -> Result<Endpoint, Error> {
        self.0.create(call, write).await
    }

    async fn update(&self, call: &Call, fresh: &Endpoint, write: &EndpointInput) -> Result<Endpoint, Error> {
        let input = EndpointInput {
            id: fresh.id.clone(),
            ..write.clone()
        };
        self.0.update(call, &input).await
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        deletion::delete(&self.0, call, id).await
    }

    async fn owner(&self, call: &Call) -> Result<Option<String>, Error> {
        self.0.account(call).await.map(|account| account.owner.clone())
    }

    fn asked(&self, write: &EndpointInput) -> Value {
        // Variables are secret, and no endpoint shows them in a list.
        let write = EndpointInput {
            env: None,
            ..write.clone()
        };
        serde_json::to_value(write).unwrap_or_default()
    }

    fn is_as_asked(&self, asked: &Value, endpoint: &Endpoint) -> bool {
        let endpoint = serde_json::to_value(endpoint).unwrap_or_default();
        let asked = asked.as_object().into_iter().flatten();
        asked.into_iter().all(|(field, asked)| {
            let found = endpoint.get(field).unwrap_or(&Value::Null);
            match (field.as_str(), asked, found) {
                (_, _, Value::Null) => true,
                ("name", Value::String(asked), Value::String(found)) => plain(asked) == plain(found),
                _ => unordered(asked) == unordered(found),
            }
        })
    }
}

fn listing(account: &super::Account) -> Arc<Listing<Endpoint>> {
    Arc::new(Listing {
        objects: account.endpoints.clone(),
        is_capped: account.is_capped(),
        owner: account.owner.clone(),
    })
}

/// A value as a sorted list of parts: a comma list, a JSON list, or a single part.
fn unordered(value: &Value) -> Vec<String> {
    let mut parts: Vec<String> = match value {
        Value::String(text) => text
            .split(',')
            .map(|part| json!(part.trim()).to_string())
            .collect(),
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        other => vec![other.to_string()],
    };
    parts.retain(|part| !part.is_empty() && part != "\"\"");
    parts.sort();
    parts.dedup();
    parts
}
