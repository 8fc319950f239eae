//! Actions on an endpoint: `runpod_endpoint_wait` and `runpod_endpoint_purge_queue` (Terraform 1.14).

mod purge_queue;
mod wait;

use std::sync::Arc;

use plugin::Registration;
use runpod::{Api, Error, Kind, endpoints::Endpoints};
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute as SchemaAttribute, AttributeConstraint, AttributeType},
    value::Value,
};

use super::EndpointNoun;
use crate::managed::{
    attribute::{computed, invalid},
    connection::{self, Client, Connection},
    diagnostic::{error_at, explain},
    value::Attributes,
};

/// What ends every error of an action.
const AGAIN: &str =
    "An apply does not repeat an action: run it again with terraform apply -invoke=<action address>.";

/// Registers the actions.
pub fn register(registration: &mut Registration, connection: &Connection) {
    registration.action("runpod_endpoint_wait", wait::Wait(connection.clone()));
    registration.action(
        "runpod_endpoint_purge_queue",
        purge_queue::PurgeQueue(connection.clone()),
    );
}

fn argument(constraint: AttributeConstraint, description: &str) -> SchemaAttribute {
    SchemaAttribute {
        constraint,
        ..computed(AttributeType::String, description)
    }
}

fn endpoint_id() -> (String, SchemaAttribute) {
    let id = argument(AttributeConstraint::Required, "Id of the endpoint.");
    ("endpoint_id".to_owned(), id)
}

/// Checks the endpoint's id, which may be unknown before the action runs.
fn check_id(diags: &mut Diagnostics, config: &Attributes) {
    let given = match config.get("endpoint_id") {
        Value::Null => "null".to_owned(),
        id => match id.as_ref_option().and_then(|id| id.as_text()) {
            Some(id) if id.trim().is_empty() => format!("{id:?}"),
            _ => return,
        },
    };
    let path = AttributePath::new("endpoint_id");
    invalid(diags, path, "endpoint_id", "it must be an endpoint's id", &given);
}

/// The endpoints through the API that tells most of their workers.
fn endpoints(client: &Client) -> Arc<dyn Endpoints> {
    client.runpod.endpoints(match client.api {
        connection::Api::GraphQl => Api::GraphQl,
        _ => Api::Rest,
    })
}

fn absent(diags: &mut Diagnostics, id: &str) {
    let detail = format!(
        "Runpod has no endpoint with the id {id:?} in this account. It may be mistyped, deleted, or belong to another \
         account than the API key."
    );
    error_at(
        diags,
        AttributePath::new("endpoint_id"),
        "There is no such endpoint",
        detail,
    );
}

fn told(diags: &mut Diagnostics, failure: &Error, id: &str) {
    let mut diagnostic = explain::<EndpointNoun>(failure, &format!("endpoint {id}"));
    if is_stopped(failure) {
        // What is advised for a resource does not go on with an action.
        let happened = diagnostic.detail.split("\n\n").next().unwrap_or_default();
        diagnostic.detail = happened.to_owned().into();
    }
    diags.errors.push(diagnostic);
}

/// Whether the action's time was up, or it was interrupted.
fn is_stopped(failure: &Error) -> bool {
    matches!(failure.kind, Kind::Cancelled | Kind::DeadlineExceeded)
}

/// Ends each error with how the action is run again.
fn run_again(diags: &mut Diagnostics) {
    for told in &mut diags.errors {
        told.detail = format!("{}\n\n{AGAIN}", told.detail).into();
    }
}
