//! The jobs API: the queue of an endpoint (its `purge-queue` and `health`).

use serde::Deserialize;
use url::Url;

use super::{Action, Api, Call, Error, Operation, rest::Rest};

const PURGE: Operation = Operation::new(
    Api::Jobs,
    Action::Update,
    "POST /{id}/purge-queue",
    "purge the endpoint's queue",
);
const HEALTH: Operation = Operation::new(
    Api::Jobs,
    Action::Read,
    "GET /{id}/health",
    "read the health of the endpoint's queue",
);

/// What a purge answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Purged {
    /// How many jobs were dropped, where the API tells.
    pub removed: Option<u64>,
}

/// How an endpoint's queue and workers are doing, as the jobs API rolls them up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Health {
    /// Jobs by their state.
    pub jobs: JobCounts,
    /// Workers by their state.
    pub workers: WorkerCounts,
}

/// Jobs by their state; none where the API does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobCounts {
    /// Waiting for a worker.
    pub in_queue: Option<u64>,
    /// With a worker.
    pub in_progress: Option<u64>,
    /// Done.
    pub completed: Option<u64>,
    /// Failed.
    pub failed: Option<u64>,
}

/// Workers by their state; none where the API does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WorkerCounts {
    /// Ready, without a job.
    pub idle: Option<u64>,
    /// With a job.
    pub running: Option<u64>,
    /// Ready.
    pub ready: Option<u64>,
    /// Starting.
    pub initializing: Option<u64>,
    /// Waiting for a machine.
    pub throttled: Option<u64>,
}

impl WorkerCounts {
    /// Workers that have a job or can take one; `ready` counts both where it is told.
    pub fn able(&self) -> u64 {
        let (idle, running) = (self.idle.unwrap_or_default(), self.running.unwrap_or_default());
        self.ready.unwrap_or_default().max(idle.saturating_add(running))
    }
}

/// The queues of endpoints.
pub struct Jobs {
    rest: Rest,
}

impl Jobs {
    /// The API at the address of `rest`.
    pub(crate) fn new(rest: Rest) -> Self {
        Self { rest }
    }

    /// Drops all jobs that wait in the endpoint's queue. `url` is the address that REST v2 gives for it
    /// ([`Endpoint::purge_queue_url`](super::Endpoint::purge_queue_url)); without one, the one below the jobs API.
    ///
    /// # Errors
    ///
    /// The API refuses or cannot be asked; an endpoint without a queue has no such address.
    pub async fn purge_queue(&self, call: &Call, id: &str, url: Option<Url>) -> Result<Purged, Error> {
        let url = url.unwrap_or_else(|| self.rest.url(&[id, "purge-queue"], &[]));
        self.rest.post(PURGE, call, url).await
    }

    /// How the endpoint's queue and workers are doing.
    ///
    /// # Errors
    ///
    /// The API refuses or cannot be asked.
    pub async fn health(&self, call: &Call, id: &str) -> Result<Health, Error> {
        self.rest.get(HEALTH, call, &[id, "health"], &[]).await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{
        Kind,
        fixture::{Answer, Fixture, call},
    };
    use serde_json::json;

    #[tokio::test]
    async fn a_purge_tells_how_many_jobs_it_dropped() {
        let answers = [
            Answer::json(200, &json!({"removed": 3, "status": "completed"})),
            Answer::json(200, &json!({"status": "completed"})),
        ];
        let fixture = Fixture::answering(answers).await;
        let jobs = Jobs::new(fixture.rest(0));
        assert_eq!(
            jobs.purge_queue(&call(), "abc", None).await.unwrap().removed,
            Some(3)
        );
        let url = format!("{}/elsewhere", fixture.url).parse().unwrap();
        assert_eq!(
            jobs.purge_queue(&call(), "abc", Some(url)).await.unwrap().removed,
            None
        );
        assert_eq!(
            fixture.lines(),
            ["POST /v2/abc/purge-queue", "POST /v2/elsewhere"]
        );
    }

    #[tokio::test]
    async fn health_is_read_as_far_as_it_is_told() {
        let health = json!({"jobs": {"inQueue": 2, "completed": 5}, "workers": {"idle": 1, "unhealthy": 0}});
        let fixture = Fixture::answering([Answer::json(200, &health)]).await;
        let health = Jobs::new(fixture.rest(0)).health(&call(), "abc").await.unwrap();
        assert_eq!(
            (health.jobs.in_queue, health.jobs.failed, health.workers.idle),
            (Some(2), None, Some(1))
        );
        assert_eq!(fixture.lines(), ["GET /v2/abc/health"]);
        assert_eq!(health.workers.able(), 1, "ready is not told");
        let counts = WorkerCounts {
            ready: Some(2),
            ..health.workers
        };
        assert_eq!(counts.able(), 2);
    }

    #[tokio::test]
    async fn what_the_jobs_api_says_is_told() {
        let answer = Answer::json(404, &json!({"error": "endpoint not found"}));
        let fixture = Fixture::answering([answer]).await;
        let failure = Jobs::new(fixture.rest(0))
            .health(&call(), "abc")
            .await
            .unwrap_err();
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (Kind::NotFound, "endpoint not found")
        );
    }
}
