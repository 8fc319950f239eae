//! `runpod_endpoint_wait`: waits until an endpoint serves.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use plugin::{Action, Progress};
use runpod::{Call, Error, Kind, endpoints::Endpoint};
use tf_provider::{
    AttributePath, Diagnostics,
    schema::{AttributeConstraint, Schema},
};
use tokio::time::Instant;

use super::{absent, argument, check_id, endpoint_id, endpoints, is_stopped, run_again, told};
use crate::managed::{
    attribute::{block, invalid},
    connection::{Api, Client, Connection},
    diagnostic::{error, headline},
    private::SETTLING,
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

/// Words of REST v2 for workers that can take a job (V2 2.6).
const READY: [&str; 3] = ["RUNNING", "IDLE", "READY"];

/// Waits until the newest release serves and `workers_min` workers are ready.
pub struct Wait(pub Connection);

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
        check(diags, &config)
    }

    /// What was unknown before may be known now.
    async fn plan<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        check(diags, &config)
    }

    async fn invoke<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        progress: &Progress,
    ) -> Option<()> {
        let done = self.wait(diags, &config, progress).await;
        run_again(diags);
        done
    }
}

/// Checks the arguments; what is unknown passes.
fn check(diags: &mut Diagnostics, config: &Attributes) -> Option<()> {
    check_id(diags, config);
    if let Some(Err(problem)) = config.text("timeout").map(timeouts::duration) {
        let given = format!("{:?}", config.text("timeout").unwrap_or_default());
        invalid(diags, AttributePath::new("timeout"), "timeout", &problem, &given);
    }
    diags.errors.is_empty().then_some(())
}

impl Wait {
    async fn wait(&self, diags: &mut Diagnostics, config: &Attributes, progress: &Progress) -> Option<()> {
        check(diags, config)?;
        let client = self.0.client(diags)?;
        let limit = config.text("timeout").map(timeouts::duration);
        let limit = limit.and_then(Result::ok).unwrap_or(WAIT);
        let call = Call::within(limit, self.0.stop().token());
        let id = config.text("endpoint_id").unwrap_or_default().trim();
        // Reads may lag behind the endpoint's create.
        let settled = Instant::now() + SETTLING;
        let (mut is_seen, mut is_absent) = (false, false);
        let mut said = "it was not seen yet".to_owned();
        for look in 0.. {
            let found = endpoints(&client).find(&call, id).await;
            is_seen |= matches!(found, Ok(Some(_)));
            let standing = match found {
                Ok(Some(endpoint)) => standing(&client, &call, &endpoint).await.map(Some),
                Ok(None) => Ok(None),
                Err(failure) => Err(failure),
            };
            let now = match standing {
                Ok(Some(standing)) if standing.is_reached() => {
                    progress.send(standing.sentence()).await;
                    return Some(());
                }
                Ok(Some(standing)) => standing.sentence(),
                Ok(None) if is_seen || Instant::now() >= settled => {
                    absent(diags, id);
                    return None;
                }
                Ok(None) => {
                    is_absent = true;
                    "Runpod does not show the endpoint yet".to_owned()
                }
                Err(failure) if is_stopped(&failure) => said.clone(),
                Err(failure) if is_passing(&failure, is_seen) => {
                    format!("how far it is could not be read ({})", headline(&failure.kind))
                }
                Err(failure) => {
                    told(diags, &failure, id);
                    return None;
                }
            };
            if now != said {
                said = now;
                progress.send(said.clone()).await;
            }
            let pause = PAUSES.get(look).or(PAUSES.last()).copied().unwrap_or_default();
            if call.pause(pause).await {
                continue;
            }
            let is_interrupted = call.cancelled.is_cancelled();
            if is_absent && !is_seen && !is_interrupted {
                absent(diags, id);
                return None;
            }
            let why = if is_interrupted {
                "The wait was interrupted"
            } else {
                "The time to wait is up"
            };
            let detail = format!("{why}: {said}. Nothing was changed. To wait longer, raise timeout.");
            error(diags, "The endpoint does not serve yet", detail);
            return None;
        }
        Some(())
    }
}

/// Whether the next look may go well: a fault that passes, or a part of a new endpoint that does not show yet.
fn is_passing(failure: &Error, is_seen: bool) -> bool {
    failure.kind.is_passing() || is_seen && failure.kind == Kind::NotFound
}

/// How far the endpoint has got.
struct Standing {
    /// Ready workers that are waited for.
    wanted: usize,
    ready: usize,
    /// Whether the newest release is still rolling out; none where nobody tells.
    is_rolling: Option<bool>,
    /// What `workers_max` is where it is below `workers_min`, which Runpod itself may make it.
    lower_max: Option<i64>,
}

impl Standing {
    fn is_reached(&self) -> bool {
        self.ready >= self.wanted && self.is_rolling != Some(true)
    }

    fn sentence(&self) -> String {
        let release = match self.is_rolling {
            Some(true) => "the newest release is still rolling out",
            Some(false) => "the newest release serves",
            None => "Runpod does not tell here whether the newest release serves",
        };
        let max = self.lower_max.map_or_else(String::new, |max| {
            format!(", workers_max ({max}) is below workers_min")
        });
        format!("{release}, {} of {} workers ready{max}", self.ready, self.wanted)
    }
}

async fn standing(client: &Client, call: &Call, endpoint: &Endpoint) -> Result<Standing, Error> {
    let least = endpoint.workers_min.unwrap_or(0);
    let lower_max = endpoint.workers_max.filter(|most| *most < least);
    let wanted = usize::try_from(lower_max.unwrap_or(least)).unwrap_or(0);
    let is_over_graphql = client.api == Api::GraphQl;
    let (ready, is_rolling) = if !is_over_graphql {
        let endpoints = endpoints(client);
        let workers = endpoints.workers(call, &endpoint.id).await?;
        let ready = workers.iter().filter(|worker| {
            let status = worker.status.to_ascii_uppercase();
            READY.contains(&status.as_str()) && worker.is_stale != Some(true)
        });
        let rollout = endpoints.rollout(call, &endpoint.id).await?;
        (ready.count(), rollout.map(|rollout| rollout.is_in_progress))
    } else if wanted > 0 {
        // GraphQL tells what a worker is meant to be doing, and not whether it does.
        let health = client.runpod.jobs().health(call, &endpoint.id).await?;
        (usize::try_from(health.workers.able()).unwrap_or(usize::MAX), None)
    } else {
        (0, None)
    };
    Ok(Standing {
        wanted,
        ready,
        is_rolling,
        lower_max,
    })
}
