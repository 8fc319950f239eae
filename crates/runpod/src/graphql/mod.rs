//! The GraphQL dialect: how an operation is spelled, and what an answer and its errors mean. `schema.graphql` is what the
//! client knows of the API; operations are checked against it at compile time.
//!
//! The API ends early in 2027. All that is GraphQL's stands in this folder, so that its end is a deletion.

mod answer;
pub(crate) mod calls;
pub(crate) mod deletion;
pub(crate) mod endpoints;
pub(crate) mod input;
mod operations;
pub(crate) mod presence;
pub(crate) mod saved;
pub(crate) mod scalar;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;

#[cynic::schema("runpod")]
#[allow(missing_docs)]
pub(crate) mod schema {}

use std::sync::Arc;

use reqwest::Method;
use serde::Serialize;
use url::Url;

use crate::{
    Call, Error, Kind, Operation,
    transport::{Request, Transport},
};
use answer::Answer;

/// Runpod's GraphQL API.
#[derive(Clone)]
pub struct GraphQl {
    transport: Arc<Transport>,
    url: Url,
}

impl GraphQl {
    /// The API at this address.
    pub fn new(transport: Arc<Transport>, url: Url) -> Self {
        Self { transport, url }
    }

    /// Sends a document with its variables; `read` takes from the answer what was asked for.
    async fn ask<R: Send>(
        &self,
        operation: Operation,
        call: &Call,
        document: &(impl Serialize + Sync),
        read: impl Fn(&Answer<'_>) -> Result<R, Error> + Sync,
    ) -> Result<R, Error> {
        self.ask_hiding(Vec::new(), operation, call, document, read).await
    }

    /// As [`GraphQl::ask`], with texts in the document that neither a log nor an error may show.
    async fn ask_hiding<R: Send>(
        &self,
        hidden: Vec<String>,
        operation: Operation,
        call: &Call,
        document: &(impl Serialize + Sync),
        read: impl Fn(&Answer<'_>) -> Result<R, Error> + Sync,
    ) -> Result<R, Error> {
        let body = serde_json::to_value(document)
            .map_err(|failure| Error::unmade(operation, Kind::Schema, &failure.to_string()))?;
        let request = Request {
            method: Method::POST,
            url: self.url.clone(),
            body: Some(body),
            hidden,
        };
        let read = |reply: &_| read(&Answer::of(reply)?);
        self.transport.send(operation, call, &request, read).await
    }
}
