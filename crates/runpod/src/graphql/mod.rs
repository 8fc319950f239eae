//! The GraphQL transport: Runpod's API as `schema.graphql` has it, one attempt a call.

mod answer;
mod http;
mod mask;
mod operations;

#[cfg(test)]
mod tests;

#[cynic::schema("runpod")]
#[allow(missing_docs)]
pub mod schema {}

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use cynic::{MutationBuilder, QueryBuilder};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, Lookup, Operation};
use answer::Answer;
pub use http::is_loopback;
use operations::{
    DeleteEndpoint, DeleteEndpointVariables, Endpoints, ReadEndpoint, ReadEndpointVariables, SaveEndpoint,
    SaveEndpointVariables, UpdateEndpointTemplate, UpdateEndpointTemplateInput,
    UpdateEndpointTemplateVariables,
};

/// What the transport needs to know.
pub struct Settings {
    /// Address of the GraphQL API.
    pub url: Url,
    /// API key; it travels as `Authorization: Bearer`, never in a URL (API facts 2.1).
    pub key: SecretString,
    /// The `User-Agent`, which must not look like a library's default (API facts 2.1).
    pub user_agent: String,
    /// The longest time for one attempt.
    pub request_timeout: Duration,
}

/// Runpod's GraphQL API.
pub struct GraphQl {
    http: http::Http,
}

impl GraphQl {
    /// A transport with a connection pool of its own.
    ///
    /// # Errors
    ///
    /// The TLS backend or the system's certificates cannot be used.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: http::Http::new(settings)?,
        })
    }

    async fn ask(
        &self,
        operation: Operation,
        call: &Call,
        body: &impl serde::Serialize,
    ) -> Result<Answer, Error> {
        let body = serde_json::to_value(body)
            .map_err(|failure| Error::new(operation, Kind::Schema, failure.to_string()))?;
        // A read that is no longer wanted may be dropped; a write may not, since its answer tells what was done.
        if operation.is_write() {
            return self.http.post(operation, &body).await;
        }
        tokio::select! {
            answer = self.http.post(operation, &body) => answer,
            () = call.cancelled.cancelled() => Err(Error::interrupted(operation)),
        }
    }
}

#[async_trait]
impl EndpointsApi for GraphQl {
    async fn account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        let operation = Operation::ListEndpoints;
        let answer = self.ask(operation, call, &Endpoints::build(())).await?.whole()?;
        let user = answer
            .parse::<Endpoints>()?
            .myself
            .ok_or_else(|| answer.no_user())?;
        let endpoints: Option<Vec<Endpoint>> = user.endpoints.into_iter().collect();
        let endpoints = endpoints.filter(|rows| rows.iter().all(|row| !row.id().is_empty()));
        let endpoints =
            endpoints.ok_or_else(|| answer.incomplete("the list has a row without an endpoint"))?;
        Ok(Arc::new(Account {
            endpoints,
            serverless_discount: user.serverless_discount,
            owner: user.id.map(cynic::Id::into_inner),
        }))
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Lookup, Error> {
        let variables = ReadEndpointVariables { id: id.to_owned() };
        let answer = self
            .ask(Operation::ReadEndpoint, call, &ReadEndpoint::build(variables))
            .await?;
        if let Some(said) = answer.lacks_only(&["myself", "endpoint"]) {
            return Ok(Lookup::Absent { said });
        }
        let answer = answer.whole()?;
        let user = answer
            .parse::<ReadEndpoint>()?
            .myself
            .ok_or_else(|| answer.no_user())?;
        let saved = user.endpoint.filter(|saved| saved.endpoint.id() == id);
        saved.map_or_else(
            || Err(answer.incomplete("another endpoint was returned than the one asked for")),
            |saved| Ok(Lookup::Found(Box::new(saved))),
        )
    }

    async fn create(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.save(Operation::CreateEndpoint, call, input).await
    }

    async fn update(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.save(Operation::UpdateEndpoint, call, input).await
    }

    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        let input = UpdateEndpointTemplateInput {
            endpoint_id: id.to_owned(),
            template_id: template_id.to_owned(),
        };
        let mutation = UpdateEndpointTemplate::build(UpdateEndpointTemplateVariables { input });
        let answer = self
            .ask(Operation::SwitchTemplate, call, &mutation)
            .await?
            .whole()?;
        let endpoint = answer.parse::<UpdateEndpointTemplate>()?.update_endpoint_template;
        endpoint
            .map(drop)
            .ok_or_else(|| answer.incomplete("the endpoint was not returned"))
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        let mutation = DeleteEndpoint::build(DeleteEndpointVariables { id: id.to_owned() });
        let answer = self
            .ask(Operation::DeleteEndpoint, call, &mutation)
            .await?
            .whole()?;
        // Success is null (API facts 2.10), and an older spelling of it may be anything.
        match answer.data() {
            Value::Object(_) => Ok(()),
            _ => Err(answer.incomplete("no data was returned")),
        }
    }
}

impl GraphQl {
    async fn save(
        &self,
        operation: Operation,
        call: &Call,
        input: &EndpointInput,
    ) -> Result<Endpoint, Error> {
        let mutation = SaveEndpoint::build(SaveEndpointVariables { input: input.clone() });
        let answer = self.ask(operation, call, &mutation).await?.whole()?;
        let endpoint = answer.parse::<SaveEndpoint>()?.save_endpoint;
        if endpoint.id().is_empty() {
            return Err(answer.incomplete("the endpoint was returned without an id"));
        }
        Ok(endpoint)
    }
}
