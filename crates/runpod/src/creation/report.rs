//! What a create has come to, and what is to be told of it: data, which the caller words.

use std::time::Duration;

use super::note::{NotNoted, Place};
use crate::Error;

/// The end of a create.
#[derive(Debug)]
pub struct Created<O> {
    /// The object.
    pub object: O,
    /// How it came about.
    pub how: How,
    /// Whether the run that made it asked for something else than is asked now, as far as the two can be compared.
    pub was_asked_otherwise: bool,
    /// What is to be told beside it.
    pub warnings: Vec<Warning>,
}

/// How an object came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The API answered the create with it.
    Answered,
    /// The answer was lost, and the object was found again.
    FoundAgain,
    /// A create of an earlier run had made it; it has what that run asked for.
    FromAnEarlierRun,
}

/// Why there is no object to name.
#[derive(Debug)]
pub enum Failure {
    /// The API refused, or could not be asked, or did not carry it out: nothing was created.
    Nothing(Error),
    /// The API refused, which may be for the name, since these objects bear it: nothing was created.
    NameBorne(Error, Vec<Bearer>),
    /// The create could not be noted, so nothing was sent.
    NotNoted(NotNoted),
    /// The operation ended while the create waited for its turn: nothing was sent.
    Stopped(Stopped),
    /// The create may have happened or still happen, and no object of its own is seen. A later create of the name
    /// looks for it.
    Unknown(Open, Unseen),
    /// These objects may be the one created, and none can be shown to be. Nothing more is created until that is settled.
    Doubt(Open, Vec<Suspect>),
}

/// An object that bears the name asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Its id.
    pub id: String,
    /// Whether it is in a state, as far as is known here: then it is not to be imported.
    pub is_in_a_state: bool,
}

/// An operation that ended before its create was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Whether it was interrupted; else its time was up.
    pub is_cancelled: bool,
    /// What it waited for.
    pub waiting_for: WaitingFor,
}

/// What a create waits for before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitingFor {
    /// Another create of this process: one of the same name, or the first one's list.
    Sibling,
    /// A create of an earlier run, on which its process still works.
    AnotherProcess,
}

/// A create of which it is not certain what it has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// What kind of object it makes.
    pub noun: String,
    /// The name asked for.
    pub name: String,
    /// When it was sent, in milliseconds since 1970.
    pub sent: i64,
    /// How long it can still make something.
    pub left: Duration,
    /// Where its note is.
    pub place: Place,
    /// Whether an earlier run sent it.
    pub earlier_run: bool,
    /// Whether it was sent to the account that is asked now.
    pub account: Account,
    /// What it failed with, in the run that sent it.
    pub error: Option<Error>,
}

/// Whether a create was sent to the account that is asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// It was.
    Same,
    /// It was sent to another one.
    Other,
    /// It was sent with another key, and the API does not tell whose either is.
    Unknown,
}

/// Why an object that may have been created is not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The whole list lacks it, so far.
    NotListed,
    /// The list is cut, so that a new object cannot show.
    BeyondCap,
    /// The list could not be read.
    NotRead,
}

/// An object that may have come of a create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// Its id.
    pub id: String,
    /// Its name, as the API shows it.
    pub name: String,
    /// Why it cannot be shown to be the create's own.
    pub why: Why,
}

/// Why an object cannot be shown to have come of a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is as asked and was made in time, and nothing speaks against it but that others are, too.
    Equal,
    /// It is otherwise than was asked.
    Differs,
    /// It was made a little before or after the create could have made it: perhaps a clock is wrong.
    Clocks,
    /// The API does not tell when it was made, and it was first seen after the create's time.
    Undated,
    /// The list is cut, so that there may be others.
    ListCut,
    /// The create was sent with another key, perhaps to another account.
    OtherKey,
}

/// What is to be told of a create, whatever else comes of the operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// An object was taken for the one that a create made.
    Adopted {
        /// The create.
        open: Open,
        /// The object.
        id: String,
        /// Whether the API itself said so; else it was judged by name, time and content.
        is_certain: bool,
    },
    /// A create of an earlier run made this object, and it is not known to be in a state.
    Unclaimed {
        /// The create.
        open: Open,
        /// The object.
        id: String,
        /// Whether it exists; none where that could not be asked.
        exists: Option<bool>,
    },
    /// A create of an earlier run may have made one of these objects, or one that does not show.
    Unsettled {
        /// The create.
        open: Open,
        /// What there is that it may have made.
        suspects: Vec<Suspect>,
        /// Whether it can make nothing more.
        is_over: bool,
    },
    /// Another process is still working on a create of an earlier run.
    UnderWay(Open),
}
