//! Releases: what an endpoint's versions changed (V2 2.6).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rows::{StoredEndpoint, StoredTemplate};

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
