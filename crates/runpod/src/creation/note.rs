//! What is written down of a create before it is sent, and who keeps it: the seam between a create and a journal.
//!
//! The client knows nothing of where notes are kept, nor of what a run is. Whoever uses [`Creator`](super::Creator)
//! brings a [`Journal`]; the Terraform provider's is a directory of files.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One create, as a journal keeps it. It holds no secret: see [`Collection::asked`](crate::collection::Collection::asked).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What kind of object it makes: no other kind is looked through for it.
    pub noun: String,
    /// The name asked for: an object of another name is not looked at.
    pub name: String,
    /// What was asked for, to be compared with what is found.
    pub asked: Value,
    /// Objects that it did not make: those that bore the name before, and those that others are known to have.
    pub known: BTreeSet<String>,
    /// The user whose account it was sent to, where the API tells: the same one may come back with another key.
    pub owner: Option<String>,
    /// The moment before which it cannot have made anything, in milliseconds since 1970 by this machine's clock.
    pub sent: i64,
    /// The moment after which it can make nothing any more, by the same clock.
    pub until: i64,
    /// When the newest object was made that was there before, by the API's clock: what is older is not this create's.
    pub newest: Option<i64>,
    /// What it has come to, as far as is known.
    pub state: State,
}

/// What a create has come to, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// It may have made an object, or may still make one.
    Open,
    /// The API said that it made this object, or it can be no other one.
    Made {
        /// The object.
        id: String,
    },
    /// This object was taken for the one that it made, while it could still have made another one.
    Taken {
        /// The object.
        id: String,
    },
    /// The object that was taken for its own is in a state. No create waits for what else may come of it, but it is
    /// looked at until its time is over.
    Watched,
}

impl State {
    /// The object that it has come to.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Made { id } | Self::Taken { id } => Some(id),
            Self::Open | Self::Watched => None,
        }
    }
}

/// Where a journal keeps a note: in words that lead a person there, such as the path of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(pub String);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a note could not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotNoted {
    /// Where it was to be.
    pub place: Place,
    /// What the system said.
    pub cause: String,
}

/// A create that an earlier run has left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Interrupted {
    /// Where its note is.
    pub place: Place,
    /// What is noted.
    pub note: Note,
    /// Whether it was sent with the credential that this run has, and to the same address.
    pub same_key: bool,
}

/// How it stands with a create of an earlier run.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Another process still waits for its answer.
    UnderWay,
    /// Nobody works on it any more, and this is known of it.
    Left(Box<Note>),
    /// There is no note of it any more.
    Gone,
}

/// Keeps notes of creates beyond the end of the process. Its methods are quick, and safe to call at the same time.
///
/// A create begins, goes on, and ends in one of three ways: it made an object, it came to nothing, or it was left open.
/// A note stays until its object is certain to be in a state; that is the journal's to know.
pub trait Journal: fmt::Debug + Send + Sync {
    /// Notes a create that is about to be sent, and that this process works on it.
    ///
    /// # Errors
    ///
    /// The note cannot be kept. The create must not be sent then: nobody could find again what it makes.
    fn begin(&self, note: &Note) -> Result<Place, NotNoted>;

    /// Notes that a create may make something until this moment, since its request is still under way.
    fn goes_on(&self, place: &Place, until: i64);

    /// Notes what a create has come to, be it one of this run or of an earlier one: `state` is [`State::Made`] or
    /// [`State::Taken`]. The object is on its way into a state; no other create has made it.
    fn made(&self, place: &Place, state: State);

    /// Notes that this process no longer works on a create and does not know what it came to.
    fn left_open(&self, place: &Place, until: i64);

    /// Drops the note of a create that made nothing, or whose object is gone.
    fn came_to_nothing(&self, place: &Place);

    /// The creates that earlier runs have left behind, in the order that they were begun.
    fn interrupted(&self) -> Vec<Interrupted>;

    /// How it stands with one of them now.
    fn standing(&self, place: &Place) -> Standing;

    /// Notes that an object is in a state: its create is over, and no other create has made it.
    fn seen(&self, id: &str);
}
