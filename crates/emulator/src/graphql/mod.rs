//! The GraphQL API in front of the account: the checks in the order of the real API, and the run.

pub(crate) mod faulty;
pub(crate) mod request;
pub(crate) mod schema;
pub(crate) mod validate;

use std::{io, sync::Arc};

use serde_json::{Value, json};

use crate::{
    account::keys::Accounts,
    wire::{answer::Answer, log::Envelope},
};
use request::{Body, without_absent_variables};
use schema::{Api, context::Unstored};
use validate::types::Types;

/// The GraphQL engine: the schema, and the types that documents are checked against.
pub(crate) struct Engine {
    api: Api,
    types: Types,
}

impl Engine {
    /// Builds the engine.
    ///
    /// # Errors
    /// When the schema does not read as its own text.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            api: schema::build(),
            types: Types::read(&schema::sdl()).map_err(io::Error::other)?,
        })
    }

    /// Whether there is such a field: a root field, or `myself.` and a field of the account.
    pub(crate) fn has_field(&self, path: &str) -> bool {
        match path.strip_prefix("myself.") {
            Some(field) => self.types.has_field("User", field),
            None => self.types.has_field("Query", path) || self.types.has_field("Mutation", path),
        }
    }

    /// The answer to a request without a fault.
    pub(crate) async fn execute(
        &self,
        accounts: &Accounts,
        envelope: &Envelope,
        body: Result<Body, String>,
    ) -> Answer {
        if envelope.method != "POST" {
            let mut answer = Answer::text(405, "GraphQL is spoken over POST here.");
            answer.headers.push(("allow".into(), "POST".into()));
            return answer;
        }
        if !envelope.is_json() {
            let text = "POST body missing, invalid Content-Type, or JSON object has no keys.";
            return Answer::error(400, text, "BAD_REQUEST");
        }
        let body = match body {
            Ok(body) => body,
            Err(text) => return Answer::error(400, &text, "BAD_REQUEST"),
        };
        let document = match validate::check(&self.types, &body) {
            Ok(document) => without_absent_variables(document, &body.variables),
            Err(rejection) => return Answer::errors(400, rejection.0),
        };
        let key = envelope.bearer().or_else(|| envelope.query("api_key"));
        let Some((account, caller)) = accounts.caller(key.as_deref()) else {
            return Answer::error(401, "Unauthorized", "UNAUTHENTICATED");
        };
        let unstored = Arc::new(Unstored::default());
        let mut request = async_graphql::Request::new(body.query)
            .variables(async_graphql::Variables::from_json(Value::Object(body.variables)))
            .data(account)
            .data(caller)
            .data(Arc::clone(&unstored));
        request.operation_name = body.operation_name;
        request.set_parsed_query(document);
        let response = self.api.execute(request).await;
        let unrun = !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty());
        if unrun {
            let errors = response
                .errors
                .iter()
                .filter_map(|error| serde_json::to_value(error).ok());
            return Answer::errors(400, errors.map(coded).collect());
        }
        let status = if unstored.happened() { 500 } else { 200 };
        // Written from the response itself, so that fields keep the order of the selection.
        match serde_json::to_vec(&response) {
            Ok(body) => Answer {
                body,
                ..Answer::json(status, &Value::Null)
            },
            Err(error) => Answer::error(500, &error.to_string(), "INTERNAL_SERVER_ERROR"),
        }
    }
}

fn coded(mut error: Value) -> Value {
    if let Some(map) = error.as_object_mut() {
        map.insert("extensions".into(), json!({"code": "GRAPHQL_VALIDATION_FAILED"}));
    }
    error
}
