//! REST v2 in front of the account: the checks in the order of the real API (V2 11.1), and the run.

mod bodies;
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
mod schema;
mod secrets;
mod templates;
mod volumes;
mod write;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;

use crate::{
    account::{
        Account, Caller,
        keys::Accounts,
        store::{Store, new_id},
        switches::{Contract, Switches},
    },
    wire::{answer::Answer, log::Envelope},
};
use limits::Limits;
use problem::Problem;
use request::Request;
use routes::{Noun, Operation};
use schema::Object;

/// What success answers: a body, or none for a deletion.
type Done = Result<(u16, Option<Value>), Problem>;

/// The REST API: what its requests share beside the accounts.
pub(crate) struct Rest {
    /// The windows of each user.
    limits: Mutex<HashMap<String, Limits>>,
    /// The address of the emulator's own jobs API.
    jobs_url: String,
}

/// A request that may run: whose account it is for, and how things are now.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) account: &'a Account,
    pub(crate) switches: Switches,
    /// The address of the emulator's own jobs API.
    pub(crate) jobs_url: &'a str,
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

impl Call<'_> {
    fn run(&self, operation: Operation, id: &str) -> Done {
        match operation {
            Operation::List(noun) => self.list(noun),
            Operation::Read(noun) => self.read(noun, id),
            Operation::Create(noun) => self.create(noun),
            Operation::Update(noun) => self.update(noun, id),
            Operation::Delete(noun) => self.delete(noun, id),
            Operation::Workers => self.workers(id),
            Operation::Releases => self.releases(id),
            Operation::Builds => self.builds(id),
            Operation::Build => {
                self.endpoint_exists(id)?;
                Err(Problem::missing("build"))
            }
            Operation::GpuTypes => self.gpu_types(),
            Operation::GpuType => self.gpu_type(id),
            Operation::CpuTypes => self.cpu_types(),
            Operation::CpuType => self.cpu_type(id),
            Operation::DataCenters => self.data_centers(),
            Operation::DataCenter => self.data_center(id),
            Operation::CatalogTemplates => self.catalog_templates(),
            Operation::SshKeys => self.ssh_keys(),
            Operation::ReplaceSshKeys => self.replace_ssh_keys(),
        }
    }

    fn list(&self, noun: Noun) -> Done {
        match noun {
            Noun::Endpoint => self.list_endpoints(),
            Noun::Template => self.list_templates(),
            Noun::Volume => self.list_volumes(),
            Noun::Registry => self.list_registries(),
            Noun::Delegation => self.list_delegations(),
            Noun::Secret => self.list_secrets(),
        }
    }

    fn read(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.read_endpoint(id),
            Noun::Template => self.read_template(id),
            Noun::Volume => self.read_volume(id),
            Noun::Registry => self.read_registry(id),
            Noun::Secret => self.read_secret(id),
            Noun::Delegation => Err(Problem::missing("delegation")),
        }
    }

    fn create(&self, noun: Noun) -> Done {
        let (_, body) = match noun {
            Noun::Endpoint => self.create_endpoint(),
            Noun::Template => self.create_template(),
            Noun::Volume => self.create_volume(),
            Noun::Registry => self.create_registry(),
            Noun::Delegation => self.create_delegation(),
            Noun::Secret => self.create_secret(),
        }?;
        Ok((self.switches.create_status, body))
    }

    fn update(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.update_endpoint(id),
            Noun::Template => self.update_template(id),
            Noun::Volume => self.update_volume(id),
            Noun::Secret => self.update_secret(id),
            Noun::Registry | Noun::Delegation => Err(Problem::missing("resource")),
        }
    }

    fn delete(&self, noun: Noun, id: &str) -> Done {
        match noun {
            Noun::Endpoint => self.delete_endpoint(id),
            Noun::Template => self.delete_template(id),
            Noun::Volume => self.delete_volume(id),
            Noun::Registry => self.delete_registry(id),
            Noun::Delegation => self.delete_delegation(id),
            Noun::Secret => self.delete_secret(id),
        }
    }

    fn contract(&self) -> Contract {
        self.switches.contract
    }

    /// The body, if it has this shape.
    fn body(&self, shape: impl FnOnce(&Value) -> Object) -> Result<&Value, Problem> {
        let body = self
            .request
            .body
            .as_ref()
            .map_err(|error| Problem::new(400, format!("request body is not valid JSON: {error}")))?;
        let errors = shape(body).check(body);
        if errors.is_empty() {
            Ok(body)
        } else {
            Err(Problem::shape(errors))
        }
    }

    /// Runs a write of the account and keeps it.
    fn written<T>(
        &self,
        write: impl FnOnce(&mut Store) -> Result<T, crate::account::refusal::Refusal>,
    ) -> Result<T, Problem> {
        let written = self.account.write(write);
        written.map_err(|error| Problem::of(error, &self.switches))
    }

    /// The answer to a list that comes in pages where the contract has them.
    fn paged<T>(&self, key: &str, rows: Vec<T>, id: impl Fn(&T) -> &str, view: impl Fn(&T) -> Value) -> Done {
        let mut body = serde_json::Map::new();
        let rows = if self.contract() == Contract::Newest {
            let (rows, pagination) = page::cut(self.request, key, rows, id)?;
            body.insert("pagination".into(), pagination);
            rows
        } else {
            rows
        };
        body.insert(key.into(), rows.iter().map(view).collect());
        Ok((200, Some(Value::Object(body))))
    }
}
