//! An API whose failures are scripted and which notes what it is asked, for the tests of what is wrapped around one.
//! Each call takes its time, which the tests' paused clock passes over.
#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{
    Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, Lookup, Operation, fake::row,
    retry::current_attempt,
};

/// One call that was made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub operation: Operation,
    pub at: Instant,
    pub attempt: u32,
}

#[derive(Default)]
pub struct Scripted {
    /// How the next calls fail; after them all succeed.
    failures: Mutex<VecDeque<Kind>>,
    made: Mutex<Vec<Made>>,
    written: AtomicUsize,
    list_takes: Duration,
    write_takes: Duration,
}

impl Scripted {
    /// An API whose first calls fail so.
    pub fn failing(failures: impl IntoIterator<Item = Kind>) -> Self {
        Self {
            failures: Mutex::new(failures.into_iter().collect()),
            ..Self::default()
        }
    }

    /// The same, but lists and writes take so long.
    pub fn taking(self, list_takes: Duration, write_takes: Duration) -> Self {
        Self {
            list_takes,
            write_takes,
            ..self
        }
    }

    /// The calls in the order in which they were made.
    pub fn made(&self) -> Vec<Made> {
        self.made.lock().unwrap().clone()
    }

    /// How often the list was asked for.
    pub fn lists(&self) -> usize {
        let made = self.made();
        let lists = made
            .iter()
            .filter(|made| made.operation == Operation::ListEndpoints);
        lists.count()
    }

    /// The outcome that is due, decided when the call begins.
    fn begin(&self, operation: Operation) -> Result<(), Error> {
        self.made.lock().unwrap().push(Made {
            operation,
            at: Instant::now(),
            attempt: current_attempt(),
        });
        match self.failures.lock().unwrap().pop_front() {
            Some(kind) => Err(Error::new(operation, kind, "scripted")),
            None => Ok(()),
        }
    }

    async fn write(&self, operation: Operation) -> Result<(), Error> {
        let outcome = self.begin(operation);
        tokio::time::sleep(self.write_takes).await;
        self.written.fetch_add(1, Ordering::SeqCst);
        outcome
    }
}

/// How many writes the account had seen when this list of it was begun.
pub fn writes_seen(account: &Account) -> usize {
    account.endpoints.len()
}

#[async_trait]
impl EndpointsApi for Scripted {
    async fn account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        let outcome = self.begin(Operation::ListEndpoints);
        let written = self.written.load(Ordering::SeqCst);
        tokio::select! {
            () = tokio::time::sleep(self.list_takes) => {}
            () = call.cancelled.cancelled() => return Err(Error::interrupted(Operation::ListEndpoints)),
        }
        outcome?;
        Ok(Arc::new(Account {
            endpoints: (0..written)
                .map(|number| row(&number.to_string(), "sdxl"))
                .collect(),
            serverless_discount: None,
            owner: None,
        }))
    }

    async fn find(&self, _: &Call, _: &str) -> Result<Lookup, Error> {
        self.begin(Operation::ReadEndpoint)?;
        Ok(Lookup::Absent { said: None })
    }

    async fn create(&self, _: &Call, _: &EndpointInput) -> Result<Endpoint, Error> {
        self.write(Operation::CreateEndpoint).await?;
        Ok(row("made", "sdxl"))
    }

    async fn update(&self, _: &Call, _: &EndpointInput) -> Result<Endpoint, Error> {
        self.write(Operation::UpdateEndpoint).await?;
        Ok(row("made", "sdxl"))
    }

    async fn switch_template(&self, _: &Call, _: &str, _: &str) -> Result<(), Error> {
        self.write(Operation::SwitchTemplate).await
    }

    async fn delete(&self, _: &Call, _: &str) -> Result<(), Error> {
        self.write(Operation::DeleteEndpoint).await
    }
}

/// Every operation, reads first.
pub const OPERATIONS: [Operation; 6] = [
    Operation::ListEndpoints,
    Operation::ReadEndpoint,
    Operation::CreateEndpoint,
    Operation::UpdateEndpoint,
    Operation::SwitchTemplate,
    Operation::DeleteEndpoint,
];

/// Does the operation, whatever it answers.
pub async fn perform(api: &impl EndpointsApi, call: &Call, operation: Operation) -> Result<(), Error> {
    let input = EndpointInput::default();
    match operation {
        Operation::ListEndpoints => api.account(call).await.map(drop),
        Operation::ReadEndpoint => api.find(call, "made").await.map(drop),
        Operation::CreateEndpoint => api.create(call, &input).await.map(drop),
        Operation::UpdateEndpoint => api.update(call, &input).await.map(drop),
        Operation::SwitchTemplate => api.switch_template(call, "made", "xkhgg72fuo").await,
        Operation::DeleteEndpoint => api.delete(call, "made").await,
    }
}
