//! Any kind of objects over REST v2: create, read, list, change, delete are alike for all of them (V2 4).

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Rest;
use crate::{
    Call, Collection, Deletion, Error, Kind, Listing, Object, Operation, Refusal, SharedList,
    asked::{self, Asked},
    collection::in_order,
};

/// Pauses between attempts to delete what is in use; the last one repeats until the deadline.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// What distinguishes one kind of objects from another.
pub trait Noun: Send + Sync + 'static {
    /// An object as a read shows it.
    type Object: Object;
    /// The same in the API's JSON.
    type Row: DeserializeOwned + Into<Self::Object> + Send;
    /// What a write asks for.
    type Write: Clone + Send + Sync + 'static;

    /// What an object is called in a sentence.
    const NAME: &'static str;
    /// Its path below the API's address.
    const PATH: &'static [&'static str];
    /// Where the objects stand in a list's answer.
    const FIELD: &'static str;
    /// Whether the list comes in pages (V2 1.4).
    const HAS_PAGES: bool;
    /// `GET`
    const LIST: Operation;
    /// `GET` with an id
    const READ: Operation;
    /// `POST`
    const CREATE: Operation;
    /// `PATCH`
    const UPDATE: Operation;
    /// `DELETE`
    const DELETE: Operation;
    /// What an object is recognised by: see [`Collection::asked`].
    const ASKED: &'static [Asked<Self::Write, Self::Object>];

    /// The body that creates an object.
    fn create(write: &Self::Write) -> Value;

    /// The body that changes the object: what differs, and nothing else.
    fn update(fresh: &Self::Object, write: &Self::Write) -> Map<String, Value>;

    /// Values of a write that no log and no error may show.
    fn hidden(write: &Self::Write) -> Vec<String>;
}

/// The objects of one kind in an account, over REST v2.
pub struct RestCollection<N: Noun> {
    pub(super) rest: Rest,
    list: SharedList<Listing<N::Object>>,
}

impl<N: Noun> RestCollection<N> {
    /// The objects behind this API.
    pub fn new(rest: Rest) -> Self {
        Self {
            rest,
            list: SharedList::new(N::LIST),
        }
    }

    async fn fetch(&self, call: &Call) -> Result<Listing<N::Object>, Error> {
        let pages = [("limit", super::PAGE)];
        let query: &[(&str, &str)] = if N::HAS_PAGES { &pages } else { &[] };
        let rows: Vec<N::Row> = self.rest.list(N::LIST, call, N::PATH, query, N::FIELD).await?;
        let mut objects: Vec<N::Object> = rows.into_iter().map(Into::into).collect();
        if objects.iter().any(|object| object.id().is_empty()) {
            let message = "the list has a row without an id";
            return Err(Error::new(N::LIST, Kind::Incomplete, message));
        }
        in_order(&mut objects);
        Ok(Listing {
            objects,
            is_capped: false,
            owner: None,
        })
    }

    fn path(id: &str) -> Vec<&str> {
        let mut path = N::PATH.to_vec();
        path.push(id);
        path
    }
}

/// Whether a 404 says that it is about the object and not about the path (V2 1.2).
fn says_object<N: Noun>(words: &str, id: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("resource not found") || words.contains(N::NAME) || words.contains(&id.to_lowercase())
}

#[async_trait]
impl<N: Noun> Collection for RestCollection<N> {
    type Object = N::Object;
    type Write = N::Write;

    fn noun(&self) -> &'static str {
        N::NAME
    }

    async fn list(&self, call: &Call) -> Result<Arc<Listing<N::Object>>, Error> {
        self.list.read(call, self.fetch(call)).await
    }

    async fn fresh_list(&self, call: &Call) -> Result<Arc<Listing<N::Object>>, Error> {
        self.list.read_anew(call, self.fetch(call)).await
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Option<N::Object>, Error> {
        // A path with them would be another one, such as the list's.
        if ["", ".", ".."].contains(&id.trim()) {
            return Ok(None);
        }
        let found: N::Object = match self.rest.get::<N::Row>(N::READ, call, &Self::path(id), &[]).await {
            Ok(row) => row.into(),
            Err(failure) if failure.kind == Kind::NotFound => {
                // In words that are not known it may be about the path: a list shows whether that leads anywhere.
                if !says_object::<N>(&failure.message, id) {
                    self.list(call).await?;
                }
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        let found = Some(found);
        if found.as_ref().is_some_and(|object| object.id() != id) {
            let message = format!("another {} was returned than the one asked for", N::NAME);
            return Err(Error::new(N::READ, Kind::Incomplete, message));
        }
        Ok(found)
    }

    async fn create(&self, call: &Call, write: &N::Write) -> Result<N::Object, Error> {
        let _write = self.list.write();
        let answer: Value = self
            .rest
            .create(N::CREATE, call, N::PATH, N::create(write), N::hidden(write))
            .await?;
        let id = answer.get("id").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() {
            let message = format!("the {} was returned without an id", N::NAME);
            return Err(Error::new(N::CREATE, Kind::Incomplete, message));
        }
        if let Ok(row) = serde_json::from_value::<N::Row>(answer.clone()) {
            return Ok(row.into());
        }
        // It was made, so that another answer may tell what this one does not.
        match self.find(&Call::last_look(), id).await {
            Ok(Some(object)) => Ok(object),
            _ => {
                let message = format!(
                    "the {} {id} was made, but the answer does not say what it is",
                    N::NAME
                );
                Err(Error::new(N::CREATE, Kind::Incomplete, message))
            }
        }
    }

    async fn update(&self, call: &Call, fresh: &N::Object, write: &N::Write) -> Result<N::Object, Error> {
        let body = N::update(fresh, write);
        if body.is_empty() {
            return Ok(fresh.clone());
        }
        let _write = self.list.write();
        let path = Self::path(fresh.id());
        let row: Option<N::Row> = self
            .rest
            .change(N::UPDATE, call, &path, Value::Object(body), N::hidden(write))
            .await?;
        let changed: Option<N::Object> = row.map(Into::into);
        if let Some(object) = changed.filter(|object| object.id() == fresh.id()) {
            return Ok(object);
        }
        // It was changed, as it seems, and the answer does not tell to what.
        let message = "the change was answered without the object, and no read shows it";
        let unread = || Error::new(N::UPDATE, Kind::Incomplete, message);
        let found = self.find(call, fresh.id()).await?.ok_or_else(unread)?;
        let body = N::update(&found, write);
        if body.is_empty() {
            return Ok(found);
        }
        let row: Option<N::Row> = self
            .rest
            .change(N::UPDATE, call, &path, Value::Object(body), N::hidden(write))
            .await?;
        match row.map(Into::into) {
            Some(object) if N::Object::id(&object) == fresh.id() => Ok(object),
            _ => self.find(call, fresh.id()).await?.ok_or_else(unread),
        }
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<Deletion, Error> {
        // Attempts that found nothing to delete and that no earlier one explains, though a read found it.
        let (mut is_deleted, mut unseen) = (false, 0);
        for attempt in 0.. {
            let outcome = {
                let _write = self.list.write();
                self.rest.delete(N::DELETE, call, &Self::path(id)).await
            };
            is_deleted |= matches!(outcome, Ok(Deletion::Done));
            let failure = match outcome {
                Err(failure) if failure.kind == Kind::Refused(Refusal::IN_USE) => failure,
                Err(failure) if !failure.is_ambiguous() => return Err(failure),
                outcome => match call
                    .confirm(|call| async move { self.find(&call, id).await })
                    .await?
                {
                    // A repeated attempt finds what an earlier one has deleted.
                    None if attempt == 0 => return Ok(outcome.unwrap_or(Deletion::Done)),
                    None => return Ok(Deletion::Done),
                    Some(_) => {
                        // What is worth another attempt was tried again already.
                        outcome?;
                        unseen += u32::from(!is_deleted);
                        if unseen > 1 {
                            let message = format!(
                                "there is no {} of this id to delete (404), though a read shows it",
                                N::NAME
                            );
                            return Err(Error::new(N::DELETE, Kind::Refused(Refusal::NOT_OWN), message));
                        }
                        let message = format!("the {} is still there", N::NAME);
                        Error::new(N::DELETE, Kind::TryAgainLater, message)
                    }
                },
            };
            let pause = PAUSES.get(attempt).or(PAUSES.last()).copied().unwrap_or_default();
            if !call.pause(pause).await {
                return Err(failure);
            }
        }
        Ok(Deletion::Done)
    }

    async fn owner(&self, _: &Call) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn asked(&self, write: &N::Write) -> Value {
        asked::asked(N::ASKED, write)
    }

    fn is_as_asked(&self, asked: &Value, object: &N::Object) -> bool {
        asked::is_as_asked(N::ASKED, asked, object)
    }
}
