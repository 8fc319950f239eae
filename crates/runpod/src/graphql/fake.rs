//! GraphQL's calls in memory with scripted faults, for the tests of the compound operations.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::{
    calls::{CREATE, DELETE, EndpointCalls, LIST_CAP, Lookup, SWITCH_TEMPLATE, UPDATE},
    endpoints::GraphQlEndpoints,
    input::EndpointInput,
    saved::{Row, Saved},
};
use crate::{Call, Discount, Endpoint, Error, Kind, Listing, Operation, Refusal, Worker};

/// What becomes of the next write.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It happens, and the answer arrives.
    Done,
    /// It happens, and the answer shows another endpoint, or none that has an id.
    AnsweredWith(&'static str),
    /// It happens, and the answer is lost.
    AnswerLost,
    /// It does not happen, and the answer is lost.
    Lost,
    /// The API refuses.
    Refused,
}

#[derive(Default)]
pub struct Fake {
    pub rows: Mutex<Vec<Row>>,
    pub fates: Mutex<VecDeque<Fate>>,
    pub writes: Mutex<Vec<&'static str>>,
    /// What was saved, in order.
    pub saved: Mutex<Vec<EndpointInput>>,
    /// What the next save stops, as somebody's Ctrl-C would.
    pub stops: Mutex<Option<CancellationToken>>,
    /// Reads by id that fail as if the id were unknown.
    pub blind: Mutex<usize>,
}

pub fn call() -> Call {
    Call::within(Duration::from_secs(120), CancellationToken::new())
}

pub fn row(id: &str, name: &str) -> Row {
    Row {
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        workers_min: Some(0),
        workers_max: Some(3),
        template_id: Some("xkhgg72fuo".to_owned()),
        ..Row::default()
    }
}

impl Fake {
    pub fn with(rows: impl IntoIterator<Item = Row>) -> Self {
        Self {
            rows: Mutex::new(rows.into_iter().collect()),
            ..Self::default()
        }
    }

    pub fn fates(self, fates: impl IntoIterator<Item = Fate>) -> Self {
        self.fates.lock().unwrap().extend(fates);
        self
    }

    /// The fake, and the endpoints that stand on it.
    pub fn endpoints(self) -> (Arc<Self>, GraphQlEndpoints<Arc<Self>>) {
        let fake = Arc::new(self);
        (fake.clone(), GraphQlEndpoints::new(fake))
    }

    pub fn ids(&self) -> Vec<String> {
        let rows = self.rows.lock().unwrap();
        rows.iter().map(|row| row.id().to_owned()).collect()
    }

    fn write<T>(
        &self,
        operation: Operation,
        name: &'static str,
        act: impl FnOnce(&mut Vec<Row>) -> T,
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
            Fate::Done | Fate::AnsweredWith(_) => act(None),
            Fate::AnswerLost => act(Some(Kind::ConnectionLost)),
            Fate::Lost => Err(Error::new(operation, Kind::ConnectionLost, "scripted")),
            Fate::Refused => Err(Error::new(operation, Kind::Refused(Refusal::OTHER), "scripted")),
        }
    }
}

#[async_trait]
impl EndpointCalls for Arc<Fake> {
    async fn list(&self, _: &Call) -> Result<Listing<Endpoint>, Error> {
        let rows = self.rows.lock().unwrap();
        let objects: Vec<Endpoint> = rows.iter().take(LIST_CAP).map(Row::endpoint).collect();
        Ok(Listing {
            is_capped: objects.len() >= LIST_CAP,
            objects,
            owner: Some("user_1".to_owned()),
        })
    }

    async fn look_up(&self, _: &Call, id: &str) -> Result<Lookup, Error> {
        let mut blind = self.blind.lock().unwrap();
        let rows = self.rows.lock().unwrap();
        match rows.iter().find(|row| row.id() == id).cloned() {
            Some(row) if *blind == 0 => Ok(Lookup::Found(Box::new(Saved {
                row,
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

    async fn save(&self, operation: Operation, _: &Call, input: &EndpointInput) -> Result<Row, Error> {
        self.saved.lock().unwrap().push(input.clone());
        if let Some(stopped) = self.stops.lock().unwrap().take() {
            stopped.cancel();
        }
        if operation == CREATE {
            return self.write(CREATE, "create", |rows| {
                let created = row(&format!("made{}", rows.len()), &input.name);
                rows.push(created.clone());
                created
            });
        }
        let fate = self.fates.lock().unwrap().front().copied();
        self.write(UPDATE, "update", |rows| {
            let row = rows.iter_mut().find(|row| row.id == input.id).unwrap();
            row.workers_min = input.workers_min;
            row.workers_max = input.workers_max;
            match fate {
                Some(Fate::AnsweredWith(id)) => self::row(id, "of somebody"),
                _ => row.clone(),
            }
        })
    }

    async fn switch_template(&self, _: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        self.write(SWITCH_TEMPLATE, "switch", |rows| {
            let row = rows.iter_mut().find(|row| row.id() == id).unwrap();
            row.template_id = Some(template_id.to_owned());
        })
    }

    async fn delete(&self, _: &Call, id: &str) -> Result<(), Error> {
        let is_set = |row: &Row| row.id() == id && row.workers_max != Some(0);
        if self.rows.lock().unwrap().iter().any(is_set) {
            self.writes.lock().unwrap().push("delete while workers are set");
            return Err(Error::new(DELETE, Kind::Refused(Refusal::OTHER), "workers"));
        }
        self.write(DELETE, "delete", |rows| rows.retain(|row| row.id() != id))
    }

    async fn owner(&self, _: &Call) -> Result<Option<String>, Error> {
        Ok(Some("user_1".to_owned()))
    }

    async fn discount(&self, _: &Call) -> Result<Option<Discount>, Error> {
        Ok(None)
    }

    async fn pods(&self, _: &Call, _: &str) -> Result<Vec<Worker>, Error> {
        Ok(Vec::new())
    }

    async fn all_pods(&self, _: &Call) -> Result<BTreeMap<String, Vec<Worker>>, Error> {
        Ok(BTreeMap::new())
    }
}
