//! Releases: what an endpoint's versions changed, and the workers that take them over (V2 2.6).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    rows::{StoredEndpoint, StoredTemplate, StoredWorker},
    store::{Store, new_id, now},
};

/// Columns that tell nothing about what a worker runs.
const NOT_TOLD: [&str; 9] = [
    "version",
    "draining",
    "hiddenReads",
    "queuedJobs",
    "workers",
    "rolloutReads",
    "workersStandby",
    "name",
    "boundEndpointId",
];

/// One changed column.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// Its name as GraphQL has it, a template's after `template.`.
    pub(crate) field: String,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

/// A release of an endpoint.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoredRelease {
    pub(crate) id: String,
    pub(crate) endpoint_id: String,
    pub(crate) version: i32,
    pub(crate) worker_count: i32,
    pub(crate) created_at: String,
    pub(crate) diff: Vec<Change>,
}

/// The changed columns of an endpoint.
pub(crate) fn endpoint_diff(old: &StoredEndpoint, new: &StoredEndpoint) -> Vec<Change> {
    diff("", serde_json::to_value(old), serde_json::to_value(new))
}

/// The changed columns of a template.
pub(crate) fn template_diff(old: &StoredTemplate, new: &StoredTemplate) -> Vec<Change> {
    diff("template.", serde_json::to_value(old), serde_json::to_value(new))
}

fn diff(prefix: &str, old: serde_json::Result<Value>, new: serde_json::Result<Value>) -> Vec<Change> {
    let (Ok(Value::Object(old)), Ok(Value::Object(new))) = (old, new) else {
        return Vec::new();
    };
    let told = new
        .into_iter()
        .filter(|(field, _)| !NOT_TOLD.contains(&field.as_str()));
    told.filter_map(|(field, new)| {
        let before = old.get(&field).cloned().unwrap_or_default();
        (before != new).then(|| Change {
            field: format!("{prefix}{field}"),
            old: before,
            new,
        })
    })
    .collect()
}

impl Store {
    /// Writes down that an endpoint was released, and lets its workers take their time.
    pub(crate) fn released(&mut self, id: &str, diff: Vec<Change>) {
        let reads = self.switches.reads_before_workers_ready;
        let Some(row) = self.data.endpoints.iter_mut().find(|row| row.id == id) else {
            return;
        };
        row.rollout_reads = reads;
        let release = StoredRelease {
            id: new_id(12),
            endpoint_id: id.to_owned(),
            version: row.version,
            worker_count: row.workers_min,
            created_at: now(),
            diff,
        };
        self.data.releases.push(release);
    }

    /// The releases of an endpoint, newest first; one that the console made has its first at least.
    pub(crate) fn releases(&self, row: &StoredEndpoint) -> Vec<StoredRelease> {
        let mut releases: Vec<_> = self
            .data
            .releases
            .iter()
            .filter(|release| release.endpoint_id == row.id)
            .cloned()
            .collect();
        if releases.is_empty() {
            releases.push(StoredRelease {
                id: format!("{}r1", row.id),
                endpoint_id: row.id.clone(),
                version: row.version,
                worker_count: row.workers_min,
                created_at: row.created_at.clone(),
                diff: Vec::new(),
            });
        }
        releases.reverse();
        releases
    }

    /// The workers of an endpoint as a read finds them: those that were put there, or else one that runs for
    /// each of `workersMin`, new after a release for as many reads as the switch says.
    pub(crate) fn workers(&mut self, id: &str, counts: bool) -> Vec<StoredWorker> {
        let Some(row) = self.data.endpoints.iter_mut().find(|row| row.id == id) else {
            return Vec::new();
        };
        if let Some(workers) = &row.workers {
            return workers.clone();
        }
        let is_new = row.rollout_reads > 0;
        if counts {
            row.rollout_reads = row.rollout_reads.saturating_sub(1);
        }
        let count = usize::try_from(row.workers_min).unwrap_or(0);
        let worker = |number: usize| StoredWorker {
            id: format!("{}w{number}", row.id),
            status: if is_new { "INITIALIZING" } else { "RUNNING" }.into(),
            is_stale: is_new && row.version > 1,
            version: Some(if is_new { row.version - 1 } else { row.version }.max(1)),
        };
        (0..count).map(worker).collect()
    }
}
