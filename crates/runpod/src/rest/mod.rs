//! The REST v2 dialect: how an operation is spelled, what an answer means (V2 1).
//!
//! The service runs ahead of its documents, so it is read leniently (unknown fields, words and missing keys are
//! survived) and written to minimally (its bodies are closed, V2 0.1).

pub(crate) mod collection;
pub(crate) mod container;
mod endpoint_row;
pub(crate) mod endpoints;
mod problem;
pub(crate) mod template_row;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use crate::{
    Call, Deletion, Error, Kind, Operation,
    transport::{Reply, Request, Transport},
};

/// The most objects that one page of a list holds (V2 1.4).
const PAGE: &str = "1000";

/// An API of REST's shape at an address.
#[derive(Clone)]
pub struct Rest {
    transport: Arc<Transport>,
    url: Url,
}

/// The part of a list's answer that says whether there is more (V2 1.4); older servers have none.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Pagination {
    next_cursor: Option<String>,
    has_next_page: Option<bool>,
}

impl Rest {
    /// The API at this address.
    pub fn new(transport: Arc<Transport>, url: Url) -> Self {
        Self { transport, url }
    }

    /// Reads what is at a path.
    pub async fn get<T: DeserializeOwned + Send>(
        &self,
        operation: Operation,
        call: &Call,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let request = self.request(Method::GET, path, query, None);
        let read = |reply: &Reply| reply.parse(body(reply)?);
        self.transport.send(operation, call, &request, read).await
    }

    /// Reads a list to its last page; `field` is where the objects stand.
    pub async fn list<T: DeserializeOwned + Send>(
        &self,
        operation: Operation,
        call: &Call,
        path: &[&str],
        query: &[(&str, &str)],
        field: &str,
    ) -> Result<Vec<T>, Error> {
        let mut objects = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = query.to_vec();
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let request = self.request(Method::GET, path, &query, None);
            let read = |reply: &Reply| {
                let body = body(reply)?;
                let Some(page) = body.get(field) else {
                    return Err(reply.incomplete(&format!("the list has no {field}")));
                };
                let pagination = body.get("pagination").filter(|pages| !pages.is_null());
                let pagination = pagination.map(|pages| reply.parse::<Pagination>(pages));
                Ok((
                    reply.parse::<Vec<T>>(page)?,
                    pagination.transpose()?.unwrap_or_default(),
                ))
            };
            let (page, pagination) = self.transport.send(operation, call, &request, read).await?;
            objects.extend(page);
            let next = pagination
                .next_cursor
                .filter(|_| pagination.has_next_page != Some(false));
            match next {
                None => return Ok(objects),
                // A server that repeats itself would be asked for ever.
                Some(next) if cursor.as_ref() == Some(&next) => {
                    let words = "the list's next page is the page before it";
                    return Err(Error::new(operation, Kind::Incomplete, words));
                }
                Some(next) => cursor = Some(next),
            }
        }
    }

    /// Creates an object; the answer is the object. `hidden` are texts of the body that neither a log nor an error may show.
    pub async fn create<T: DeserializeOwned + Send>(
        &self,
        operation: Operation,
        call: &Call,
        path: &[&str],
        content: Value,
        hidden: Vec<String>,
    ) -> Result<T, Error> {
        let request = Request {
            hidden,
            ..self.request(Method::POST, path, &[], Some(content))
        };
        let read = |reply: &Reply| reply.parse(body(reply)?);
        self.transport.send(operation, call, &request, read).await
    }

    /// Changes an object; `None` where the answer is a success and shows no object. `hidden` as for [`Rest::create`].
    pub async fn change<T: DeserializeOwned + Send>(
        &self,
        operation: Operation,
        call: &Call,
        path: &[&str],
        content: Value,
        hidden: Vec<String>,
    ) -> Result<Option<T>, Error> {
        let request = Request {
            hidden,
            ..self.request(Method::PATCH, path, &[], Some(content))
        };
        let read = |reply: &Reply| match body(reply) {
            Ok(body) => Ok(reply.parse(body).ok()),
            // The API has answered, though without a word.
            Err(_) if reply.status().is_success() && reply.length() == 0 => Ok(None),
            Err(failure) => Err(failure),
        };
        self.transport.send(operation, call, &request, read).await
    }

    /// Posts to an address that makes nothing, such as one of the jobs API.
    pub async fn post<T: DeserializeOwned + Send>(
        &self,
        operation: Operation,
        call: &Call,
        url: Url,
    ) -> Result<T, Error> {
        let request = Request {
            url,
            ..self.request(Method::POST, &[], &[], None)
        };
        let read = |reply: &Reply| reply.parse(body(reply)?);
        self.transport.send(operation, call, &request, read).await
    }

    /// Deletes an object once; one that is not there is deleted.
    pub async fn delete(&self, operation: Operation, call: &Call, path: &[&str]) -> Result<Deletion, Error> {
        let request = self.request(Method::DELETE, path, &[], None);
        // The body of a delete is never looked at (V2 1.1).
        let read = |reply: &Reply| problem::failure(reply).map_or(Ok(()), Err);
        match self.transport.send(operation, call, &request, read).await {
            Err(failure) if failure.kind == Kind::NotFound => Ok(Deletion::WasAbsent),
            outcome => outcome.map(|()| Deletion::Done),
        }
    }

    /// The address of a path below the API's own.
    pub fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)], body: Option<Value>) -> Request {
        Request {
            method,
            url: self.url(path, query),
            body,
            hidden: Vec::new(),
        }
    }
}

/// What an answer of success says.
fn body(reply: &Reply) -> Result<&Value, Error> {
    if let Some(failure) = problem::failure(reply) {
        return Err(failure);
    }
    match reply.json() {
        Some(body) if body.is_object() => Ok(body),
        Some(_) => Err(reply.failure(Kind::Garbled, "the answer is JSON, but not an object")),
        None if reply.status() == StatusCode::NO_CONTENT => {
            Err(reply.incomplete("the answer has no content"))
        }
        None => Err(reply.failure(Kind::Garbled, "the answer is not JSON, or was cut off")),
    }
}
