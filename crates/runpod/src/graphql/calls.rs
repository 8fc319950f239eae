//! The single calls about endpoints that GraphQL knows; what is compound is made of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cynic::{MutationBuilder, QueryBuilder};
use serde_json::Value;

use super::{
    GraphQl,
    input::EndpointInput,
    operations::{
        AllPods, DeleteEndpoint, DeleteEndpointVariables, EndpointPods, Endpoints, OnePods, Owner,
        ReadEndpoint, ReadEndpointVariables, SaveEndpoint, SaveEndpointVariables, ServerlessDiscount,
        UpdateEndpointTemplate, UpdateEndpointTemplateInput, UpdateEndpointTemplateVariables,
    },
    saved::{Row, Saved},
    scalar::PodStatus,
};
use crate::{
    Action, Api, Call, Error, Listing, Operation,
    collection::in_order,
    endpoints::{Discount, Endpoint, REFUSALS, Worker},
};

/// Most rows that `myself.endpoints` returns, oldest first (API facts 1.4).
pub const LIST_CAP: usize = 400;

const fn operation(action: Action, name: &'static str, does: &'static str) -> Operation {
    Operation::new(Api::GraphQl, action, name, does).knowing(REFUSALS)
}

pub const LIST: Operation = operation(Action::List, "myself.endpoints", "list the account's endpoints");
pub const READ: Operation = operation(Action::Read, "myself.endpoint", "read the endpoint");
pub const CREATE: Operation = operation(Action::Create, "saveEndpoint", "create the endpoint");
pub const UPDATE: Operation = operation(Action::Update, "saveEndpoint", "update the endpoint");
pub const SWITCH_TEMPLATE: Operation = operation(
    Action::Update,
    "updateEndpointTemplate",
    "switch the endpoint's template",
);
pub const DELETE: Operation = operation(Action::Delete, "deleteEndpoint", "delete the endpoint");
pub const OWNER: Operation = operation(Action::Read, "myself", "read whose the API key is");
pub const DISCOUNT: Operation = operation(
    Action::Read,
    "myself.serverlessDiscount",
    "read the account's discount",
);
pub const PODS: Operation = operation(
    Action::Read,
    "myself.endpoint.pods",
    "read the endpoint's workers",
);
pub const ALL_PODS: Operation = operation(
    Action::List,
    "myself.endpoints.pods",
    "list the workers of the account's endpoints",
);

/// What a read by id answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// The endpoint exists.
    Found(Box<Saved>),
    /// The API returned null for this very endpoint, with or without an error of the field.
    ///
    /// An unknown id is answered with an error whose text and code are unknown (API facts 2.11), so this alone
    /// does not tell a missing endpoint from a passing fault of the field: [`presence`](super::presence) weighs it.
    Absent {
        /// What the API said about the field, if anything.
        said: Option<String>,
    },
}

/// The single calls. A trait, so that the compound operations can be tested without a network.
#[async_trait]
pub trait EndpointCalls: Send + Sync + 'static {
    /// Lists the account's endpoints (at most [`LIST_CAP`]).
    async fn list(&self, call: &Call) -> Result<Listing<Endpoint>, Error>;

    /// Reads one endpoint by id, with everything that a later save must send again.
    async fn look_up(&self, call: &Call, id: &str) -> Result<Lookup, Error>;

    /// Creates an endpoint (`input` has no id, `operation` is [`CREATE`]) or writes one whole.
    async fn save(&self, operation: Operation, call: &Call, input: &EndpointInput) -> Result<Row, Error>;

    /// Switches an endpoint to another template in place.
    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error>;

    /// Deletes an endpoint; the API refuses while workers are set.
    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error>;

    /// The id of the user whose key this is.
    async fn owner(&self, call: &Call) -> Result<Option<String>, Error>;

    /// The account's discount on serverless.
    async fn discount(&self, call: &Call) -> Result<Option<Discount>, Error>;

    /// The workers of one endpoint.
    async fn pods(&self, call: &Call, id: &str) -> Result<Vec<Worker>, Error>;

    /// The workers of all endpoints.
    async fn all_pods(&self, call: &Call) -> Result<BTreeMap<String, Vec<Worker>>, Error>;
}

#[async_trait]
impl EndpointCalls for GraphQl {
    async fn list(&self, call: &Call) -> Result<Listing<Endpoint>, Error> {
        self.ask(LIST, call, &Endpoints::build(()), |answer| {
            let answer = answer.whole()?;
            let user = answer
                .parse::<Endpoints>()?
                .myself
                .ok_or_else(|| answer.no_user())?;
            let rows: Option<Vec<Row>> = user.endpoints.into_iter().collect();
            let rows = rows.filter(|rows| rows.iter().all(|row| !row.id().is_empty()));
            let rows = rows.ok_or_else(|| answer.incomplete("the list has a row without an endpoint"))?;
            let mut objects: Vec<Endpoint> = rows.iter().map(Row::endpoint).collect();
            in_order(&mut objects);
            Ok(Listing {
                is_capped: rows.len() >= LIST_CAP,
                objects,
                owner: user.id,
            })
        })
        .await
    }

    async fn look_up(&self, call: &Call, id: &str) -> Result<Lookup, Error> {
        let variables = ReadEndpointVariables { id: id.to_owned() };
        self.ask(READ, call, &ReadEndpoint::build(variables), |answer| {
            if let Some(said) = answer.lacks_only(&["myself", "endpoint"]) {
                return Ok(Lookup::Absent { said });
            }
            let answer = answer.whole()?;
            let user = answer
                .parse::<ReadEndpoint>()?
                .myself
                .ok_or_else(|| answer.no_user())?;
            let saved = user.endpoint.filter(|saved| saved.row.id() == id);
            saved.map_or_else(
                || Err(answer.incomplete("another endpoint was returned than the one asked for")),
                |saved| Ok(Lookup::Found(Box::new(saved))),
            )
        })
        .await
    }

    async fn save(&self, operation: Operation, call: &Call, input: &EndpointInput) -> Result<Row, Error> {
        let variables = SaveEndpointVariables { input: input.clone() };
        let document = SaveEndpoint::build(variables);
        self.ask_hiding(input.hidden(), operation, call, &document, |answer| {
            let row = answer.whole()?.parse::<SaveEndpoint>()?.save_endpoint;
            // What an update was of is known without.
            if row.id().is_empty() && operation.action == Action::Create {
                return Err(answer.incomplete("the endpoint was returned without an id"));
            }
            Ok(row)
        })
        .await
    }

    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        let input = UpdateEndpointTemplateInput {
            endpoint_id: id.to_owned(),
            template_id: template_id.to_owned(),
        };
        let mutation = UpdateEndpointTemplate::build(UpdateEndpointTemplateVariables { input });
        self.ask(SWITCH_TEMPLATE, call, &mutation, |answer| {
            let data = answer.whole()?.parse::<UpdateEndpointTemplate>()?;
            data.update_endpoint_template
                .map(drop)
                .ok_or_else(|| answer.incomplete("the endpoint was not returned"))
        })
        .await
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        let mutation = DeleteEndpoint::build(DeleteEndpointVariables { id: id.to_owned() });
        // Success is null (API facts 2.10), and an older spelling of it may be anything.
        self.ask(DELETE, call, &mutation, |answer| match answer.whole()?.data() {
            Value::Object(_) => Ok(()),
            _ => Err(answer.incomplete("no data was returned")),
        })
        .await
    }

    async fn owner(&self, call: &Call) -> Result<Option<String>, Error> {
        self.ask(OWNER, call, &Owner::build(()), |answer| {
            let user = answer.whole()?.parse::<Owner>()?.myself;
            Ok(user.ok_or_else(|| answer.no_user())?.id)
        })
        .await
    }

    async fn discount(&self, call: &Call) -> Result<Option<Discount>, Error> {
        self.ask(DISCOUNT, call, &ServerlessDiscount::build(()), |answer| {
            let user = answer.whole()?.parse::<ServerlessDiscount>()?.myself;
            let discount = user.ok_or_else(|| answer.no_user())?.serverless_discount;
            Ok(discount.map(|discount| Discount {
                factor: discount.discount_factor,
                kind: discount.kind.map(|kind| kind.name().to_owned()),
                expiration_date: discount.expiration_date.map(|date| date.0),
            }))
        })
        .await
    }

    async fn pods(&self, call: &Call, id: &str) -> Result<Vec<Worker>, Error> {
        let variables = ReadEndpointVariables { id: id.to_owned() };
        self.ask(PODS, call, &OnePods::build(variables), |answer| {
            let user = answer.whole()?.parse::<OnePods>()?.myself;
            let endpoint = user.ok_or_else(|| answer.no_user())?.endpoint;
            Ok(endpoint.map(workers).unwrap_or_default())
        })
        .await
    }

    async fn all_pods(&self, call: &Call) -> Result<BTreeMap<String, Vec<Worker>>, Error> {
        self.ask(ALL_PODS, call, &AllPods::build(()), |answer| {
            let user = answer.whole()?.parse::<AllPods>()?.myself;
            let endpoints = user.ok_or_else(|| answer.no_user())?.endpoints;
            let endpoints = endpoints.into_iter().flatten();
            Ok(endpoints
                .filter_map(|endpoint| Some((endpoint.id.clone()?, workers(endpoint))))
                .collect())
        })
        .await
    }
}

fn workers(endpoint: EndpointPods) -> Vec<Worker> {
    let pods = endpoint.pods.into_iter().flatten().flatten();
    pods.map(|pod| Worker {
        status: pod
            .desired_status
            .as_ref()
            .map(PodStatus::name)
            .unwrap_or_default()
            .to_owned(),
        is_stale: None,
    })
    .collect()
}
