//! The jobs API beside the emulated ones, as far as tests need it: an endpoint's health, and its queue purged.

use serde_json::{Value, json};

use crate::{
    account::Caller,
    account::keys::Accounts,
    wire::{
        answer::Answer,
        log::Envelope,
        summary::{Call, Summary},
    },
};

/// What can be asked of it.
pub(crate) const OPERATIONS: [&str; 2] = [
    "GET /jobs/{endpointId}/health",
    "POST /jobs/{endpointId}/purge-queue",
];

/// A request to the jobs API.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    endpoint: String,
    action: String,
}

impl Request {
    /// Reads a request below `/jobs`.
    pub(crate) fn read(envelope: &Envelope) -> Self {
        let path = envelope.uri.split('?').next().unwrap_or_default();
        let rest = path.trim_start_matches("/jobs").trim_start_matches('/');
        let (endpoint, action) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            method: envelope.method.clone(),
            endpoint: endpoint.to_owned(),
            action: action.to_owned(),
        }
    }

    /// What it asks for, for the log and for faults.
    pub(crate) fn summary(&self) -> Summary {
        let field = format!("{} /jobs/{{endpointId}}/{}", self.method, self.action);
        Summary {
            operation_name: None,
            calls: vec![Call {
                key: field.clone(),
                field,
                arguments: json!({"id": self.endpoint}),
                children: Vec::new(),
            }],
        }
    }

    /// The answer to a request without a fault.
    pub(crate) fn execute(&self, accounts: &Accounts, envelope: &Envelope) -> Answer {
        let caller = envelope.bearer().and_then(|key| accounts.caller(Some(&key)));
        let Some((account, Caller::Owner)) = caller else {
            return Answer::text(401, "");
        };
        let mut store = account.store();
        let Some(row) = store
            .data
            .endpoints
            .iter_mut()
            .find(|row| row.id == self.endpoint)
        else {
            return Answer::json(404, &json!({"error": "endpoint not found"}));
        };
        match (self.method.as_str(), self.action.as_str()) {
            ("POST", "purge-queue") if row.kind == "LB" => {
                Answer::json(400, &json!({"error": "endpoint has no queue"}))
            }
            ("POST", "purge-queue") => {
                let removed = std::mem::take(&mut row.queued_jobs);
                Answer::json(200, &json!({"removed": removed, "status": "completed"}))
            }
            ("GET", "health") => {
                let queued = row.queued_jobs;
                Answer::json(200, &health(queued, &store.workers(&self.endpoint, false)))
            }
            (_, "purge-queue" | "health") => Answer::json(405, &json!({"error": "method not allowed"})),
            _ => Answer::json(404, &json!({"error": "not found"})),
        }
    }
}

fn health(queued: u32, workers: &[crate::account::rows::StoredWorker]) -> Value {
    let count = |status: &str| workers.iter().filter(|worker| worker.status == status).count();
    json!({
        "jobs": {"completed": 0, "failed": 0, "inProgress": 0, "inQueue": queued, "retried": 0},
        "workers": {
            "idle": count("IDLE"), "initializing": count("INITIALIZING"), "ready": count("RUNNING") + count("IDLE"),
            "running": count("RUNNING"), "throttled": count("THROTTLED"), "unhealthy": count("UNHEALTHY"),
        },
    })
}
