//! `runpod_endpoint_purge_queue`: drops the jobs that wait in an endpoint's queue.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use plugin::{Action, Progress};
use runpod::{Call, endpoints::Endpoint};
use tf_provider::{AttributePath, Diagnostics, schema::Schema};
use tokio::time::Instant;

use super::{absent, check_id, endpoint_id, endpoints, run_again, told};
use crate::managed::{
    attribute::block,
    connection::{Client, Connection},
    diagnostic::error_at,
    private::SETTLING,
    timeouts::READ_LIMIT,
    value::Attributes,
};

/// How often a read is repeated while it may lag behind the endpoint's create.
const AGAIN: Duration = Duration::from_secs(1);

/// Drops all jobs that wait in an endpoint's queue.
pub struct PurgeQueue(pub Connection);

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

    /// What was unknown before may be known now.
    async fn plan<'a>(&self, diags: &mut Diagnostics, config: Attributes) -> Option<()> {
        self.validate(diags, config).await
    }

    async fn invoke<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Attributes,
        progress: &Progress,
    ) -> Option<()> {
        let done = self.purge(diags, &config, progress).await;
        run_again(diags);
        done
    }
}

impl PurgeQueue {
    async fn purge(&self, diags: &mut Diagnostics, config: &Attributes, progress: &Progress) -> Option<()> {
        check_id(diags, config);
        if !diags.errors.is_empty() {
            return None;
        }
        let client = self.0.client(diags)?;
        let call = Call::within(READ_LIMIT, self.0.stop().token());
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
                let dropped = match purged.removed {
                    None => "The queue was purged.".to_owned(),
                    Some(1) => "The queue was purged: 1 job was dropped.".to_owned(),
                    Some(count) => format!("The queue was purged: {count} jobs were dropped."),
                };
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

/// Reads the endpoint; an error where there is none, also after the time in which reads may lag behind its create.
async fn find(diags: &mut Diagnostics, client: &Client, call: &Call, id: &str) -> Option<Endpoint> {
    let settled = Instant::now() + SETTLING;
    loop {
        match endpoints(client).find(call, id).await {
            Ok(Some(endpoint)) => return Some(endpoint),
            Ok(None) if Instant::now() < settled && call.pause(AGAIN).await => {}
            Ok(None) => {
                absent(diags, id);
                return None;
            }
            Err(failure) => {
                told(diags, &failure, id);
                return None;
            }
        }
    }
}
