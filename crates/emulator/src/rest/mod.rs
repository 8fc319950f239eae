//! REST v2 in front of the account: the checks in the order of the real API (V2 11.1), and the run.

mod bodies;
mod call;
mod catalog;
mod catalog_filter;
mod endpoint_view;
mod endpoints;
mod limits;
mod page;
mod problem;
mod registries;
pub(crate) mod request;
mod rollout;
pub(crate) mod routes;
mod run;
mod schema;
mod secrets;
mod templates;
mod volumes;
mod write;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    account::{Account, Caller, keys::Accounts, store::new_id, switches::Switches},
    wire::{answer::Answer, log::Envelope},
};
use call::Call;
use limits::Limits;
use problem::Problem;
use request::Request;

/// The REST API: what its requests share beside the accounts.
pub(crate) struct Rest {
    /// The windows of each user.
    limits: Mutex<HashMap<String, Limits>>,
    /// The address of the emulator's own jobs API.
    jobs_url: String,
}

impl Rest {
    /// An API whose endpoints take their jobs at this address, if a switch wants it.
    pub(crate) fn new(jobs_url: String) -> Self {
        Self {
            limits: Mutex::default(),
            jobs_url,
        }
    }

    /// The answer to a request without a fault.
    pub(crate) fn execute(&self, accounts: &Accounts, envelope: &Envelope, request: &Request) -> Answer {
        let (answer, limits) = match authenticated(accounts, envelope) {
            Err(problem) => (problem.answer(), Vec::new()),
            Ok((account, caller)) => {
                let (switches, user) = {
                    let store = account.store();
                    (store.switches.clone(), store.data.user_id.clone())
                };
                let verdict = {
                    let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
                    limits.entry(user).or_default().count(&switches)
                };
                let answer = match verdict.wait {
                    Some(seconds) => too_many(seconds),
                    None => self.permitted(&account, caller, switches, request),
                };
                (answer, verdict.headers)
            }
        };
        with_headers(answer, limits)
    }

    fn permitted(&self, account: &Account, caller: Caller, switches: Switches, request: &Request) -> Answer {
        let Some(route) = request
            .route
            .as_ref()
            .filter(|route| route.is_in(switches.contract))
        else {
            return Problem::new(404, "The requested path was not found.").answer();
        };
        let Some(operation) = route.operation(&request.method) else {
            let text = "The requested method is not allowed for this path.";
            let mut answer = Problem::new(405, text).answer();
            answer.headers.push(("allow".into(), route.allowed()));
            return answer;
        };
        if caller == Caller::Restricted {
            return Problem::new(403, "access denied").answer();
        }
        let call = Call {
            request,
            account,
            switches,
            jobs_url: &self.jobs_url,
        };
        match call.run(operation, route.id.as_deref().unwrap_or_default()) {
            Ok((status, Some(body))) => Answer {
                headers: vec![("content-type".into(), "application/json".into())],
                ..Answer::json(status, &body)
            },
            Ok((status, None)) => Answer {
                headers: Vec::new(),
                ..Answer::text(status, "")
            },
            Err(problem) => problem.answer(),
        }
    }
}

fn authenticated(accounts: &Accounts, envelope: &Envelope) -> Result<(Arc<Account>, Caller), Problem> {
    let key = envelope
        .bearer()
        .ok_or_else(|| Problem::new(401, "missing bearer token"))?;
    accounts
        .caller(Some(&key))
        .ok_or_else(|| Problem::new(401, "invalid bearer token"))
}

fn too_many(seconds: u64) -> Answer {
    let mut answer = Problem::new(429, "rate limit exceeded for the minute window").answer();
    answer.headers.push(("retry-after".into(), seconds.to_string()));
    answer
}

fn with_headers(mut answer: Answer, limits: Vec<(String, String)>) -> Answer {
    answer.headers.extend(limits);
    answer.headers.push(("x-request-id".into(), new_id(20)));
    answer
}
