//! Actions on an endpoint: `runpod_endpoint_wait` and `runpod_endpoint_purge_queue` (Terraform 1.14).

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use plugin::{Action, Progress, Registration};
use runpod::{
    Api, Call, Error,
    endpoints::{Endpoint, Endpoints},
};
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{Attribute as SchemaAttribute, AttributeConstraint, AttributeType, Schema},
};

use super::EndpointNoun;
use crate::managed::{
    attribute::{block, computed, invalid},
    connection::{self, Client, Connection},
    diagnostic::{error, error_at, explain},
    timeouts,
    value::Attributes,
};

/// Pauses between looks at the workers; the last one repeats.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// How long a wait lasts where no `timeout` is given.
const WAIT: Duration = Duration::from_secs(600);

/// Words for workers that can take a job, of both APIs (V2 2.6; API facts 1.1).
const READY: [&str; 3] = ["RUNNING", "IDLE", "READY"];

/// Registers the actions.
pub fn register(registration: &mut Registration, connection: &Connection) {
    registration.action("runpod_endpoint_wait", Wait(connection.clone()));
    registration.action("runpod_endpoint_purge_queue", PurgeQueue(connection.clone()));
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

fn check_id(diags: &mut Diagnostics, config: &Attributes) {
    if config.get("endpoint_id").is_null()
        || config.text("endpoint_id").is_some_and(|id| id.trim().is_empty())
    {
        let given = if config.get("endpoint_id").is_null() {
            "null"
        } else {
            "\"\""
        };
        let path = AttributePath::new("endpoint_id");
        invalid(diags, path, "endpoint_id", "it must be an endpoint's id", given);
    }
}

/// The endpoints through the API that tells most of their workers.
fn endpoints(client: &Client) -> std::sync::Arc<dyn Endpoints> {
    client.runpod.endpoints(match client.api {
        connection::Api::GraphQl => Api::GraphQl,
        _ => Api::Rest,
    })
}

/// Reads the endpoint; an error where there is none.
async fn find(diags: &mut Diagnostics, client: &Client, call: &Call, id: &str) -> Option<Endpoint> {
    match endpoints(client).find(call, id).await {
        Ok(Some(endpoint)) => Some(endpoint),
        Ok(None) => {
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
            None
        }
        Err(failure) => {
            told(diags, &failure, id);
            None
        }
    }
}

fn told(diags: &mut Diagnostics, failure: &Error, id: &str) {
    diags
        .errors
        .push(explain::<EndpointNoun>(failure, &format!("endpoint {id}")));
}

/// Waits until the newest release serves and `workers_min` workers are ready.
struct Wait(Connection);

#[async_trait]
impl Action for Wait {
    type Config<'a> = Attributes;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let timeout = "Longest time to wait, a duration such as `10m`. Left out: `10m`.";
        let timeout = argument(AttributeConstraint::Optional, timeout);
        Some(block(
            "Waits until an endpoint's newest release serves and as many workers are ready as `workers_min` says; at once where \
             nothing has to be waited for.",
            HashMap::from([endpoint_id(), ("timeout".to_owned(), timeout)]),
        ))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        check_id(diags, &config);
        if let Some(Err(problem)) = config.text("timeout").map(timeouts::duration) {
            let given = format!("{:?}", config.text("timeout").unwrap_or_default());
            invalid(diags, AttributePath::new("timeout"), "timeout", &problem, &given);
        }
        diags.errors.is_empty().then_some(())
    }

    async fn invoke<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        progress: &Progress,
    ) -> Option<()> {
        let client = self.0.client(diags)?;
        let limit = config
            .text("timeout")
            .and_then(|text| timeouts::duration(text).ok())
            .unwrap_or(WAIT);
        let call = Call::within(limit, self.0.stop().token());
        let id = config.text("endpoint_id").unwrap_or_default().trim();
        let mut said = String::new();
        for look in 0.. {
            let endpoint = find(diags, &client, &call, id).await?;
            let standing = match standing(&client, &call, &endpoint).await {
                Ok(standing) => standing,
                Err(failure) => {
                    told(diags, &failure, id);
                    return None;
                }
            };
            if standing.is_reached() {
                progress.send(standing.sentence()).await;
                return Some(());
            }
            if standing.sentence() != said {
                said = standing.sentence();
                progress.send(said.clone()).await;
            }
            let pause = PAUSES.get(look).or(PAUSES.last()).copied().unwrap_or_default();
            if !call.pause(pause).await {
                let why = if call.cancelled.is_cancelled() {
                    "The wait was interrupted"
                } else {
                    "The time to wait is up"
                };
                let detail = format!(
                    "{why}: {}. Nothing was changed. Wait again with terraform apply -invoke=<action address>, or allow more \
                     time with timeout.",
                    standing.sentence()
                );
                error(diags, "The endpoint does not serve yet", detail);
                return None;
            }
        }
        Some(())
    }
}

/// How far the endpoint has got.
struct Standing {
    wanted: usize,
    ready: usize,
    is_rolling: bool,
}

impl Standing {
    fn is_reached(&self) -> bool {
        self.ready >= self.wanted && !self.is_rolling
    }

    fn sentence(&self) -> String {
        let release = if self.is_rolling {
            "the newest release is still rolling out"
        } else {
            "the newest release serves"
        };
        format!("{release}, {} of {} workers ready", self.ready, self.wanted)
    }
}

async fn standing(client: &Client, call: &Call, endpoint: &Endpoint) -> Result<Standing, Error> {
    let endpoints = endpoints(client);
    let workers = endpoints.workers(call, &endpoint.id).await?;
    let rollout = endpoints.rollout(call, &endpoint.id).await?;
    let ready = workers.iter().filter(|worker| {
        let status = worker.status.to_ascii_uppercase();
        READY.contains(&status.as_str()) && worker.is_stale != Some(true)
    });
    Ok(Standing {
        wanted: usize::try_from(endpoint.workers_min.unwrap_or(0)).unwrap_or(0),
        ready: ready.count(),
        is_rolling: rollout.is_some_and(|rollout| rollout.is_in_progress),
    })
}

/// Drops all jobs that wait in an endpoint's queue.
struct PurgeQueue(Connection);

#[async_trait]
impl Action for PurgeQueue {
    type Config<'a> = Attributes;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(block(
            "Drops all jobs that wait in the queue of an endpoint of type `QB`; those that run go on.",
            HashMap::from([endpoint_id()]),
        ))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        check_id(diags, &config);
        diags.errors.is_empty().then_some(())
    }

    async fn invoke<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        progress: &Progress,
    ) -> Option<()> {
        let client = self.0.client(diags)?;
        let call = Call::within(timeouts::READ_LIMIT, self.0.stop().token());
        let id = config.text("endpoint_id").unwrap_or_default().trim();
        let endpoint = find(diags, &client, &call, id).await?;
        if endpoint.kind.as_deref() == Some("LB") {
            let detail = format!(
                "Endpoint {id} is of type \"LB\": it is behind a load balancer and has no queue to purge."
            );
            error_at(
                diags,
                AttributePath::new("endpoint_id"),
                "The endpoint has no queue",
                detail,
            );
            return None;
        }
        let address = client.jobs.address_for(endpoint.purge_queue_url.as_deref());
        match client.runpod.jobs().purge_queue(&call, id, address).await {
            Ok(purged) => {
                let dropped = purged.removed.map_or_else(
                    || "The queue was purged.".to_owned(),
                    |count| format!("The queue was purged: {count} jobs were dropped."),
                );
                progress.send(dropped).await;
                Some(())
            }
            Err(failure) => {
                told(diags, &failure, id);
                None
            }
        }
    }
}
