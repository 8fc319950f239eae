//! Endpoints over GraphQL: the compound operations that [`Collection`] asks for.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use serde_json::Value;

use super::{
    GraphQl,
    calls::{self, CREATE, EndpointCalls, UPDATE},
    deletion,
    input::EndpointInput,
    presence,
    saved::Saved,
};
use crate::{
    Call, Collection, Deletion, Error, Kind, Listing, Operation, SharedList, asked,
    endpoints::{ASKED, Discount, Endpoint, EndpointWrite, Endpoints, Rollout, Worker},
};

/// The endpoints of an account over GraphQL.
pub struct GraphQlEndpoints<C = GraphQl> {
    pub(super) calls: C,
    list: SharedList<Listing<Endpoint>>,
    /// The workers of all endpoints, which many data sources show at a time.
    workers: SharedList<BTreeMap<String, Vec<Worker>>>,
    /// The user whose key this is, once any answer has told: it does not change, so that nobody asks twice.
    owner: OnceLock<String>,
}

impl<C: EndpointCalls> GraphQlEndpoints<C> {
    /// The endpoints behind these calls.
    pub fn new(calls: C) -> Self {
        Self {
            calls,
            list: SharedList::new(calls::LIST),
            workers: SharedList::new(calls::ALL_PODS),
            owner: OnceLock::new(),
        }
    }

    /// The list, which tells the owner as well.
    fn heard(&self, listed: Result<Arc<Listing<Endpoint>>, Error>) -> Result<Arc<Listing<Endpoint>>, Error> {
        if let Ok(Some(owner)) = listed.as_ref().map(|listing| listing.owner.clone()) {
            let _ = self.owner.set(owner);
        }
        listed
    }

    /// Writes an endpoint whole.
    pub(super) async fn save(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        let _write = (self.list.write(), self.workers.write());
        let row = self.calls.save(UPDATE, call, input).await?;
        let id = input.id.as_deref().unwrap_or_default();
        if row.id() == id {
            return Ok(row.endpoint());
        }
        // It was saved, and the answer does not tell to what.
        let message = "the change was answered without the endpoint, and no read shows it";
        let found = presence::look_up(self, call, id).await?;
        found
            .map(|saved| saved.endpoint())
            .ok_or_else(|| Error::new(UPDATE, Kind::Incomplete, message))
    }

    /// One attempt to delete.
    pub(super) async fn delete_once(&self, call: &Call, id: &str) -> Result<(), Error> {
        let _write = (self.list.write(), self.workers.write());
        self.calls.delete(call, id).await
    }

    /// What a save must send again: what came along with `fresh`, or else what a read by id gives.
    async fn saved(&self, call: &Call, fresh: &Endpoint) -> Result<Arc<Saved>, Error> {
        if let Some(saved) = &fresh.resave.0 {
            return Ok(saved.clone());
        }
        let found = presence::look_up(self, call, &fresh.id).await?;
        found
            .map(|saved| Arc::new(*saved))
            .ok_or_else(|| Error::new(UPDATE, Kind::NotFound, "the endpoint no longer exists"))
    }
}

#[async_trait]
impl<C: EndpointCalls> Collection for GraphQlEndpoints<C> {
    type Object = Endpoint;
    type Write = EndpointWrite;

    fn noun(&self) -> &'static str {
        "endpoint"
    }

    async fn list(&self, call: &Call) -> Result<Arc<Listing<Endpoint>>, Error> {
        self.heard(self.list.read(call, self.calls.list(call)).await)
    }

    async fn fresh_list(&self, call: &Call) -> Result<Arc<Listing<Endpoint>>, Error> {
        self.heard(self.list.read_anew(call, self.calls.list(call)).await)
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Option<Endpoint>, Error> {
        let found = presence::look_up(self, call, id).await?;
        Ok(found.map(|saved| saved.endpoint()))
    }

    async fn create(&self, call: &Call, write: &EndpointWrite) -> Result<Endpoint, Error> {
        only_what_graphql_holds(CREATE, write)?;
        let _write = (self.list.write(), self.workers.write());
        let input = EndpointInput::create(write);
        Ok(self.calls.save(CREATE, call, &input).await?.endpoint())
    }

    async fn update(&self, call: &Call, fresh: &Endpoint, write: &EndpointWrite) -> Result<Endpoint, Error> {
        only_what_graphql_holds(UPDATE, write)?;
        let saved = self.saved(call, fresh).await?;
        let mut now = fresh.clone();
        let template = write.template_id.as_ref().filter(|id| !id.is_empty());
        if let Some(template) = template.filter(|id| now.template_id.as_ref() != Some(*id)) {
            let _write = (self.list.write(), self.workers.write());
            self.calls.switch_template(call, &fresh.id, template).await?;
            now.template_id = Some(template.clone());
        }
        match EndpointInput::update(&saved, write) {
            Some(input) => self.save(call, &input).await,
            None => Ok(now),
        }
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<Deletion, Error> {
        deletion::delete(self, call, id).await
    }

    async fn owner(&self, call: &Call) -> Result<Option<String>, Error> {
        if let Some(owner) = self.owner.get() {
            return Ok(Some(owner.clone()));
        }
        let owner = self.calls.owner(call).await?;
        if let Some(owner) = &owner {
            let _ = self.owner.set(owner.clone());
        }
        Ok(owner)
    }

    fn asked(&self, write: &EndpointWrite) -> Value {
        asked::asked(ASKED, write)
    }

    fn is_as_asked(&self, asked: &Value, object: &Endpoint) -> bool {
        asked::is_as_asked(ASKED, asked, object)
    }
}

/// Refuses what would get lost: a container belongs to the template here. What asks for none is let pass.
fn only_what_graphql_holds(operation: Operation, write: &EndpointWrite) -> Result<(), Error> {
    let text = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let list = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let container = &write.container;
    let fields = [
        ("image", text(&container.image)),
        ("args", text(&container.args)),
        ("entrypoint", list(&container.entrypoint)),
        ("cmd", list(&container.cmd)),
        ("disk", container.disk.is_some()),
        ("ports", list(&container.ports)),
        ("env", container.env.as_ref().is_some_and(|env| !env.is_empty())),
        ("registry", text(&container.registry_id)),
    ];
    match fields.iter().find(|(_, is_asked)| *is_asked) {
        Some((field, _)) => {
            let message = format!("the GraphQL API cannot write an endpoint's {field}");
            Err(Error::unmade(operation, Kind::Schema, &message))
        }
        None => Ok(()),
    }
}

#[async_trait]
impl<C: EndpointCalls> Endpoints for GraphQlEndpoints<C> {
    async fn workers(&self, call: &Call, id: &str) -> Result<Vec<Worker>, Error> {
        self.calls.pods(call, id).await
    }

    async fn rollout(&self, _: &Call, _: &str) -> Result<Option<Rollout>, Error> {
        Ok(None)
    }

    async fn all_workers(&self, call: &Call) -> Result<Option<BTreeMap<String, Vec<Worker>>>, Error> {
        let workers = self.workers.read(call, self.calls.all_pods(call)).await?;
        Ok(Some((*workers).clone()))
    }

    async fn serverless_discount(&self, call: &Call) -> Result<Option<Discount>, Error> {
        self.calls.discount(call).await
    }
}
