//! Workers, releases and builds of an endpoint (V2 2.6).

use serde_json::{Value, json};

use super::call::{Call, Done};
use crate::account::{releases::StoredRelease, rows::StoredWorker, store::now};

impl Call<'_> {
    pub(super) fn workers(&self, id: &str) -> Done {
        let row = self.endpoint_exists(id)?;
        let workers = self.account.store().workers(id, true);
        let count = |status: &str| workers.iter().filter(|worker| worker.status == status).count();
        let summary = json!({
            "running": count("RUNNING"), "idle": count("IDLE"), "initializing": count("INITIALIZING"),
            "throttled": count("THROTTLED"), "unhealthy": count("UNHEALTHY"), "total": workers.len(),
        });
        let show = |worker: &StoredWorker| {
            let is_up = worker.status == "RUNNING" || worker.status == "IDLE";
            let status = if self.switches.unknown_enum_words && worker.status == "INITIALIZING" {
                "WARMING"
            } else {
                &worker.status
            };
            json!({
                "id": worker.id, "status": status, "isStale": worker.is_stale, "version": worker.version,
                "gpuCount": row.gpu_count, "image": null, "uptimeSeconds": is_up.then_some(60),
                "gpuTypeId": null, "dataCenterId": null, "startedAt": is_up.then(now),
            })
        };
        let body = json!({
            "endpointVersion": row.version, "summary": summary,
            "workers": workers.iter().map(show).collect::<Vec<Value>>(),
        });
        Ok((200, Some(body)))
    }

    pub(super) fn releases(&self, id: &str) -> Done {
        let row = self.endpoint_exists(id)?;
        let (releases, workers) = {
            let mut store = self.account.store();
            (store.releases(&row), store.workers(id, false))
        };
        let latest = workers.iter().filter(|worker| !worker.is_stale).count();
        let percent = (latest * 100).checked_div(workers.len()).unwrap_or(100);
        let source = if self.switches.unknown_enum_words {
            "PIPELINE"
        } else {
            "MANUAL"
        };
        let user = self.account.store().data.user_id.clone();
        let show = |release: &StoredRelease| {
            json!({
                "id": release.id, "version": release.version, "source": source, "buildId": null,
                "createdByUserId": user, "workerCount": release.worker_count,
                "createdAt": release.created_at, "diff": release.diff,
            })
        };
        let done = self.paged("releases", releases, |release| release.id.as_str(), show)?;
        let (status, Some(mut body)) = done else {
            return Ok(done);
        };
        if let Some(map) = body.as_object_mut() {
            map.insert("endpointVersion".into(), json!(row.version));
            map.insert(
                "rollout".into(),
                json!({
                    "inProgress": latest < workers.len(), "workersOnLatest": latest,
                    "workersTotal": workers.len(), "percentOnLatest": percent,
                }),
            );
        }
        Ok((status, Some(body)))
    }

    pub(super) fn builds(&self, id: &str) -> Done {
        self.endpoint_exists(id)?;
        self.paged(
            "builds",
            Vec::<String>::new(),
            |id| id.as_str(),
            |id| json!({ "id": id }),
        )
    }
}
