//! What can be asked of any kind of object: the one shape that every noun of the client has.
//!
//! Whoever lists, finds, creates, changes or deletes is written against [`Collection`] once, for all nouns and for both
//! APIs: the exactly-once create here, the resources in the provider.

use std::{cmp::Ordering, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;

use super::{Call, Error};

/// All objects of a kind, as one list tells of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<T> {
    /// The objects: the oldest first where the API says when they were made, else by their ids.
    pub objects: Vec<T>,
    /// Whether the API may have left out some: then absence from the list proves nothing, not even of a name.
    pub is_capped: bool,
    /// The id of the user whose objects these are, where the API tells (GraphQL does, REST v2 does not).
    pub owner: Option<String>,
}

impl<T: Object> Listing<T> {
    /// The object of that id, if the list shows it.
    pub fn by_id(&self, id: &str) -> Option<&T> {
        self.objects.iter().find(|object| object.id() == id)
    }

    /// The objects of that name, which need not be unique.
    pub fn by_name<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a T> {
        self.objects.iter().filter(move |object| object.name() == name)
    }
}

/// Puts objects in an order that stays: the oldest first where the API says when they were made, else by their ids.
pub(crate) fn in_order<T: Object>(objects: &mut [T]) {
    objects.sort_by(|one, other| {
        let ages = (one.created_at(), other.created_at());
        ages.0.cmp(&ages.1).then_with(|| match ages {
            (None, None) => one.id().cmp(other.id()),
            // Made in one millisecond, they are in the API's order, which is that of age as well.
            _ => Ordering::Equal,
        })
    });
}

/// How it came that an object no longer exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It was deleted.
    Done,
    /// There was none when the deletion began: it was deleted before, or it is out of sight of this key, or reads and
    /// writes do not show it yet.
    WasAbsent,
}

/// An object of Runpod's, as far as every kind has it.
pub trait Object: Clone + Send + Sync + 'static {
    /// Its id, never empty.
    fn id(&self) -> &str;

    /// Its name, as the API shows it.
    fn name(&self) -> &str;

    /// When it was made, in milliseconds since 1970; none where the API does not tell.
    fn created_at(&self) -> Option<i64>;
}

/// The objects of one kind in an account.
#[async_trait]
pub trait Collection: Send + Sync {
    /// An object as a read shows it.
    type Object: Object;

    /// What a create asks for, or what an update changes: a field that is `None` is left to the API, or as it is.
    type Write: Clone + Send + Sync + 'static;

    /// What an object is called in a sentence: `endpoint`, `network volume`.
    fn noun(&self) -> &'static str;

    /// Lists the objects. Concurrent readers share one list, which is kept until this process writes.
    async fn list(&self, call: &Call) -> Result<Arc<Listing<Self::Object>>, Error>;

    /// As [`Collection::list`], but begun after the call was made, never from a memory.
    async fn fresh_list(&self, call: &Call) -> Result<Arc<Listing<Self::Object>>, Error>;

    /// Reads one object by id; `None` only where the API says, beyond doubt, that the account has no such object.
    async fn find(&self, call: &Call, id: &str) -> Result<Option<Self::Object>, Error>;

    /// Finds one object in the shared list, or else by its id: the cheap read of a refresh (`None` as for
    /// [`Collection::find`]).
    async fn get(&self, call: &Call, id: &str) -> Result<Option<Self::Object>, Error> {
        let listing = self.list(call).await?;
        match listing.by_id(id) {
            Some(object) => Ok(Some(object.clone())),
            None => self.find(call, id).await,
        }
    }

    /// Creates an object. Never repeated where it may have happened: see [`Error::is_ambiguous`].
    async fn create(&self, call: &Call, write: &Self::Write) -> Result<Self::Object, Error>;

    /// Changes what `write` names and nothing else, on top of `fresh`, a read by id; nothing is sent where nothing
    /// differs. May take several calls: after a failure only a read tells how far it came.
    async fn update(
        &self,
        call: &Call,
        fresh: &Self::Object,
        write: &Self::Write,
    ) -> Result<Self::Object, Error>;

    /// Deletes the object, trying again while it is in use; success means that it no longer exists, and tells whether it
    /// did before.
    async fn delete(&self, call: &Call, id: &str) -> Result<Deletion, Error>;

    /// The id of the user whose key this is, where the API can tell.
    async fn owner(&self, call: &Call) -> Result<Option<String>, Error>;

    /// What was asked for in a form that can be kept in a file and compared again: no secret stands in it, at most a
    /// digest of one.
    fn asked(&self, write: &Self::Write) -> Value;

    /// Whether an object has what was asked for, in whatever order and spelling; what it does not tell is let pass.
    fn is_as_asked(&self, asked: &Value, object: &Self::Object) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::Endpoint;

    #[test]
    fn the_order_of_a_list_is_that_of_age_or_else_of_ids_whatever_the_api_gives() {
        let endpoint = |id: &str, created: Option<&str>| Endpoint {
            id: id.to_owned(),
            created_at: created.map(str::to_owned),
            ..Endpoint::default()
        };
        let mut objects = [
            endpoint("c", Some("2026-01-02T00:00:00Z")),
            endpoint("b", Some("2026-01-01T00:00:00Z")),
            endpoint("a", Some("2026-01-01T00:00:00Z")),
            endpoint("e", None),
            endpoint("d", None),
        ];
        in_order(&mut objects);
        assert_eq!(objects.map(|endpoint| endpoint.id), ["d", "e", "b", "a", "c"]);
    }
}
