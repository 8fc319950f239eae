//! A kind of object and a journal in memory, with scripted faults, for the tests of the create.
#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Clock, Interrupted, Journal, NotNoted, Note, Place, Standing, State};
use crate::{
    Action, Api, Call, Error, Kind, KnownRefusal, Operation, Refusal,
    collection::{Collection, Deletion, Listing, Object},
};

const LIST: Operation = Operation::new(Api::Rest, Action::List, "list", "list the volumes");

const fn create(api: Api) -> Operation {
    Operation::new(api, Action::Create, "create", "create the volume").knowing(&[KnownRefusal {
        says: &["must be unique"],
        means: Refusal::NAME_TAKEN,
    }])
}

/// What becomes of the next create.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It happens, and the answer arrives.
    Done,
    /// It happens after this time, and the answer takes as long.
    Slow(Duration),
    /// It happens after this time, and there is never an answer.
    Lost(Duration),
    /// There is no answer, nor an end. Where there is a time, it happens after that.
    Unanswered(Option<Duration>),
    /// It happens otherwise than asked, and there is never an answer.
    LostOtherwise,
    /// It does not happen, and it fails so.
    Fails(Kind),
    /// It happens, and the answer says so.
    DoneBut(Kind),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub value: String,
    pub created_at: Option<i64>,
    shows: Instant,
}

impl Object for Row {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn created_at(&self) -> Option<i64> {
        self.created_at
    }
}

pub struct Fake {
    pub clock: Clock,
    pub rows: Mutex<Vec<Row>>,
    pub fates: Mutex<VecDeque<Fate>>,
    pub creates: Mutex<usize>,
    pub lists: Mutex<usize>,
    /// Which API refuses.
    pub api: Api,
    /// How often a create is tried.
    pub attempts: u32,
    pub is_capped: bool,
    pub tells_dates: bool,
    pub owner: Option<String>,
    pub is_down: Mutex<bool>,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            clock: Clock::start(),
            rows: Mutex::default(),
            fates: Mutex::default(),
            creates: Mutex::default(),
            lists: Mutex::default(),
            api: Api::Rest,
            attempts: 1,
            is_capped: false,
            tells_dates: true,
            owner: Some("user".to_owned()),
            is_down: Mutex::default(),
        }
    }
}

pub fn call(seconds: u64) -> Call {
    Call::within(Duration::from_secs(seconds), CancellationToken::new())
}

impl Fake {
    pub fn fating(fates: impl IntoIterator<Item = Fate>) -> Self {
        let fake = Self::default();
        fake.fates.lock().unwrap().extend(fates);
        fake
    }

    /// Adds an object as somebody else would, and gives its id.
    pub fn add(&self, name: &str, value: &str) -> String {
        self.add_after(Duration::ZERO, name, value).id
    }

    /// As [`Fake::add`], made so many seconds from now.
    pub fn add_dated(&self, name: &str, value: &str, seconds: i64) -> String {
        let id = self.add(name, value);
        let mut rows = self.rows.lock().unwrap();
        let row = rows.iter_mut().find(|row| row.id == id).unwrap();
        row.created_at = row.created_at.map(|at| at + seconds * 1000);
        id
    }

    fn add_after(&self, pause: Duration, name: &str, value: &str) -> Row {
        let mut rows = self.rows.lock().unwrap();
        let made = self.clock.now() + i64::try_from(pause.as_millis()).unwrap();
        let row = Row {
            id: format!("id{}", rows.len()),
            name: name.to_owned(),
            value: value.to_owned(),
            created_at: self.tells_dates.then_some(made),
            shows: Instant::now() + pause,
        };
        rows.push(row.clone());
        row
    }

    pub fn remove(&self, id: &str) {
        self.rows.lock().unwrap().retain(|row| row.id != id);
    }

    /// The ids of all objects, those that do not show yet included.
    pub fn ids(&self) -> Vec<String> {
        self.rows
            .lock()
            .unwrap()
            .iter()
            .map(|row| row.id.clone())
            .collect()
    }

    pub fn creates(&self) -> usize {
        *self.creates.lock().unwrap()
    }

    pub fn lists(&self) -> usize {
        *self.lists.lock().unwrap()
    }

    fn check(&self) -> Result<(), Error> {
        if *self.is_down.lock().unwrap() {
            let kind = Kind::Unavailable { retry_after: None };
            return Err(Error::new(LIST, kind, "down"));
        }
        Ok(())
    }
}

#[async_trait]
impl Collection for Fake {
    type Object = Row;
    type Write = (String, String);

    fn noun(&self) -> &'static str {
        "volume"
    }

    async fn list(&self, call: &Call) -> Result<Arc<Listing<Row>>, Error> {
        self.fresh_list(call).await
    }

    async fn fresh_list(&self, _: &Call) -> Result<Arc<Listing<Row>>, Error> {
        *self.lists.lock().unwrap() += 1;
        self.check()?;
        let rows = self.rows.lock().unwrap();
        let shown = rows.iter().filter(|row| row.shows <= Instant::now());
        Ok(Arc::new(Listing {
            objects: shown.cloned().collect(),
            is_capped: self.is_capped,
            owner: self.owner.clone(),
        }))
    }

    async fn find(&self, _: &Call, id: &str) -> Result<Option<Row>, Error> {
        self.check()?;
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().find(|row| row.id == id).cloned())
    }

    async fn create(&self, _: &Call, (name, value): &(String, String)) -> Result<Row, Error> {
        *self.creates.lock().unwrap() += 1;
        let fate = self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Done);
        let failed = |kind| {
            Err(Error {
                attempts: self.attempts,
                ..Error::new(create(self.api), kind, "scripted")
            })
        };
        match fate {
            Fate::Done => Ok(self.add_after(Duration::ZERO, name, value)),
            Fate::Slow(pause) => {
                tokio::time::sleep(pause).await;
                Ok(self.add_after(Duration::ZERO, name, value))
            }
            Fate::Lost(pause) => {
                self.add_after(pause, name, value);
                failed(Kind::ConnectionLost)
            }
            Fate::Unanswered(made) => {
                if let Some(pause) = made {
                    self.add_after(pause, name, value);
                }
                std::future::pending().await
            }
            Fate::LostOtherwise => {
                self.add_after(Duration::ZERO, name, "other");
                failed(Kind::ConnectionLost)
            }
            Fate::Fails(kind) => failed(kind),
            Fate::DoneBut(kind) => {
                self.add_after(Duration::ZERO, name, value);
                failed(kind)
            }
        }
    }

    async fn update(&self, _: &Call, fresh: &Row, _: &(String, String)) -> Result<Row, Error> {
        Ok(fresh.clone())
    }

    async fn delete(&self, _: &Call, id: &str) -> Result<Deletion, Error> {
        self.remove(id);
        Ok(Deletion::Done)
    }

    async fn owner(&self, _: &Call) -> Result<Option<String>, Error> {
        Ok(self.owner.clone())
    }

    fn asked(&self, (name, value): &(String, String)) -> Value {
        json!({"name": name, "value": value})
    }

    fn is_as_asked(&self, asked: &Value, row: &Row) -> bool {
        *asked == json!({"name": row.name, "value": row.value})
    }
}

/// A refusal in words that no source confirms.
pub const UNKNOWN_REFUSAL: Kind = Kind::Refused(Refusal::OTHER);

#[derive(Clone, Debug)]
struct Kept {
    run: u32,
    key: u32,
    under_way: bool,
    note: Note,
}

/// Notes that outlive the runs of a test.
#[derive(Clone, Debug)]
pub struct Notes {
    kept: Arc<Mutex<BTreeMap<Place, Kept>>>,
    /// One clock for all runs, since the time that a test lets pass is no clock's but its own.
    pub clock: Clock,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            clock: Clock::start(),
        }
    }
}

/// The journal of one run.
#[derive(Debug)]
pub struct Memory {
    notes: Notes,
    run: u32,
    key: u32,
    is_full: bool,
}

impl Notes {
    pub fn run(&self, run: u32) -> Memory {
        self.with_key(run, 1)
    }

    pub fn with_key(&self, run: u32, key: u32) -> Memory {
        let notes = self.clone();
        Memory {
            notes,
            run,
            key,
            is_full: false,
        }
    }

    /// What is noted, in order.
    pub fn all(&self) -> Vec<Note> {
        self.kept
            .lock()
            .unwrap()
            .values()
            .map(|kept| kept.note.clone())
            .collect()
    }

    /// As if the processes that worked on creates were killed.
    pub fn kill(&self) {
        for kept in self.kept.lock().unwrap().values_mut() {
            kept.under_way = false;
        }
    }

    /// As if all creates had been sent so much earlier.
    pub fn age(&self, seconds: i64) {
        for kept in self.kept.lock().unwrap().values_mut() {
            kept.note.sent -= seconds * 1000;
            kept.note.until -= seconds * 1000;
        }
    }
}

impl Memory {
    pub fn full(mut self) -> Self {
        self.is_full = true;
        self
    }

    fn change(&self, place: &Place, change: impl FnOnce(&mut Kept)) {
        if let Some(kept) = self.notes.kept.lock().unwrap().get_mut(place) {
            change(kept);
        }
    }
}

impl Journal for Memory {
    fn begin(&self, note: &Note) -> Result<Place, NotNoted> {
        let mut notes = self.notes.kept.lock().unwrap();
        let place = Place(format!("note{:04}", notes.len()));
        if self.is_full {
            let cause = "full".to_owned();
            return Err(NotNoted { place, cause });
        }
        let kept = Kept {
            run: self.run,
            key: self.key,
            under_way: true,
            note: note.clone(),
        };
        notes.insert(place.clone(), kept);
        Ok(place)
    }

    fn goes_on(&self, place: &Place, until: i64) {
        self.change(place, |kept| kept.note.until = until);
    }

    fn made(&self, place: &Place, state: State) {
        self.change(place, |kept| {
            kept.note.state = state;
            kept.under_way = false;
        });
    }

    fn left_open(&self, place: &Place, until: i64) {
        self.change(place, |kept| {
            kept.note.until = until;
            kept.under_way = false;
        });
    }

    fn came_to_nothing(&self, place: &Place) {
        self.notes.kept.lock().unwrap().remove(place);
    }

    fn interrupted(&self) -> Vec<Interrupted> {
        let notes = self.notes.kept.lock().unwrap();
        let earlier = notes.iter().filter(|(_, kept)| kept.run != self.run);
        let told = |(place, kept): (&Place, &Kept)| Interrupted {
            place: place.clone(),
            note: kept.note.clone(),
            same_key: kept.key == self.key,
        };
        earlier.map(told).collect()
    }

    fn standing(&self, place: &Place) -> Standing {
        match self.notes.kept.lock().unwrap().get(place) {
            Some(kept) if kept.under_way => Standing::UnderWay,
            Some(kept) => Standing::Left(Box::new(kept.note.clone())),
            None => Standing::Gone,
        }
    }

    fn seen(&self, id: &str) {
        self.notes
            .kept
            .lock()
            .unwrap()
            .retain(|_, kept| match &kept.note.state {
                State::Made { id: made } if made == id => false,
                State::Taken { id: taken } if taken == id => {
                    kept.note.known.insert(id.to_owned());
                    kept.note.state = State::Watched;
                    true
                }
                _ => {
                    kept.note.known.insert(id.to_owned());
                    true
                }
            });
    }
}
