//! An API in memory with scripted faults, for the tests of the compound operations.
#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{
    Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, LIST_CAP, Lookup, Operation, Saved,
};

/// What becomes of the next write.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It happens, and the answer arrives.
    Done,
    /// It happens, and the answer is lost.
    AnswerLost,
    /// It does not happen, and the answer is lost.
    Lost,
    /// The API refuses.
    Refused,
}

#[derive(Default)]
pub struct Fake {
    pub rows: Mutex<Vec<Endpoint>>,
    pub fates: Mutex<VecDeque<Fate>>,
    pub writes: Mutex<Vec<&'static str>>,
    pub reads: Mutex<Vec<&'static str>>,
    /// Reads by id that fail as if the id were unknown.
    pub blind: Mutex<usize>,
}

pub fn call() -> Call {
    Call::within(Duration::from_secs(120), CancellationToken::new())
}

pub fn row(id: &str, name: &str) -> Endpoint {
    Endpoint {
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        workers_min: Some(0),
        workers_max: Some(3),
        template_id: Some("xkhgg72fuo".to_owned()),
        ..Endpoint::default()
    }
}

impl Fake {
    pub fn with(rows: impl IntoIterator<Item = Endpoint>) -> Self {
        Self {
            rows: Mutex::new(rows.into_iter().collect()),
            ..Self::default()
        }
    }

    pub fn fates(self, fates: impl IntoIterator<Item = Fate>) -> Self {
        self.fates.lock().unwrap().extend(fates);
        self
    }

    pub fn ids(&self) -> Vec<String> {
        self.rows
            .lock()
            .unwrap()
            .iter()
            .map(|row| row.id().to_owned())
            .collect()
    }

    fn write<T>(
        &self,
        operation: Operation,
        name: &'static str,
        act: impl FnOnce(&mut Vec<Endpoint>) -> T,
    ) -> Result<T, Error> {
        self.writes.lock().unwrap().push(name);
        let fate = self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Done);
        let act = |kind| {
            let done = act(&mut self.rows.lock().unwrap());
            match kind {
                None => Ok(done),
                Some(kind) => Err(Error::new(operation, kind, "scripted")),
            }
        };
        match fate {
            Fate::Done => act(None),
            Fate::AnswerLost => act(Some(Kind::ConnectionLost)),
            Fate::Lost => Err(Error::new(operation, Kind::ConnectionLost, "scripted")),
            Fate::Refused => Err(Error::new(
                operation,
                Kind::Refused(super::Refusal::Other),
                "scripted",
            )),
        }
    }
}

#[async_trait]
impl EndpointsApi for Fake {
    async fn account(&self, _: &Call) -> Result<Arc<Account>, Error> {
        self.reads.lock().unwrap().push("list");
        let endpoints = self.rows.lock().unwrap().iter().take(LIST_CAP).cloned().collect();
        Ok(Arc::new(Account {
            endpoints,
            serverless_discount: None,
            owner: None,
        }))
    }

    async fn find(&self, _: &Call, id: &str) -> Result<Lookup, Error> {
        self.reads.lock().unwrap().push("find");
        let mut blind = self.blind.lock().unwrap();
        let row = self
            .rows
            .lock()
            .unwrap()
            .iter()
            .find(|row| row.id() == id)
            .cloned();
        match row {
            Some(endpoint) if *blind == 0 => Ok(Lookup::Found(Box::new(Saved {
                endpoint,
                ..Saved::default()
            }))),
            _ => {
                *blind = blind.saturating_sub(1);
                Ok(Lookup::Absent {
                    said: Some("Something went wrong.".to_owned()),
                })
            }
        }
    }

    async fn create(&self, _: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.write(Operation::CreateEndpoint, "create", |rows| {
            let created = row(&format!("made{}", rows.len()), &input.name);
            rows.push(created.clone());
            created
        })
    }

    async fn update(&self, _: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.write(Operation::UpdateEndpoint, "update", |rows| {
            let row = rows.iter_mut().find(|row| row.id == input.id).unwrap();
            row.workers_min = input.workers_min;
            row.workers_max = input.workers_max;
            row.clone()
        })
    }

    async fn switch_template(&self, _: &Call, _: &str, _: &str) -> Result<(), Error> {
        self.write(Operation::SwitchTemplate, "switch", |_| ())
    }

    async fn delete(&self, _: &Call, id: &str) -> Result<(), Error> {
        let is_set = |row: &&Endpoint| row.id() == id && row.workers_max != Some(0);
        if self.rows.lock().unwrap().iter().find(is_set).is_some() {
            self.writes.lock().unwrap().push("delete while workers are set");
            return Err(Error::new(
                Operation::DeleteEndpoint,
                Kind::Refused(super::Refusal::Other),
                "workers",
            ));
        }
        self.write(Operation::DeleteEndpoint, "delete", |rows| {
            rows.retain(|row| row.id() != id)
        })
    }
}
