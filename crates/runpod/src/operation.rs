//! One call of an API as a value: what the transport must know to send it, to retry it and to tell of it.

use std::fmt;

use super::error::KnownRefusal;

/// Runpod's APIs, each with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// `api.runpod.io/graphql`, which ends early in 2027.
    GraphQl,
    /// `api.runpod.io/v2`.
    Rest,
    /// `api.runpod.ai/v2`: the queues of endpoints.
    Jobs,
}

/// What an operation does to the objects of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Reads many.
    List,
    /// Reads one.
    Read,
    /// Makes one.
    Create,
    /// Changes one.
    Update,
    /// Deletes one.
    Delete,
}

/// An operation of an API; each noun names its own as constants.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Whose it is: which address an error speaks of. None where nothing is sent.
    pub api: Option<Api>,
    /// What it does; retries and cancellation depend on it.
    pub action: Action,
    /// Its name in the API's own words, for logs: `saveEndpoint`, `POST /v2/serverless`.
    pub name: &'static str,
    /// What it does in words, for errors: `create the endpoint`.
    pub does: &'static str,
    /// Whether doing it twice leaves what doing it once leaves: everything but a create.
    pub is_repeatable: bool,
    /// The refusals that the noun knows by their texts.
    pub refusals: &'static [KnownRefusal],
}

impl Operation {
    /// An operation that is repeatable unless it creates, and whose refusals are not told apart.
    pub const fn new(api: Api, action: Action, name: &'static str, does: &'static str) -> Self {
        Self {
            api: Some(api),
            action,
            name,
            does,
            is_repeatable: !matches!(action, Action::Create),
            refusals: &[],
        }
    }

    /// What is done without asking any API, as an error tells of it.
    pub const fn own(name: &'static str, does: &'static str) -> Self {
        Self {
            api: None,
            ..Self::new(Api::Rest, Action::Read, name, does)
        }
    }

    /// The same, with refusals that are known by their texts.
    #[must_use]
    pub const fn knowing(self, refusals: &'static [KnownRefusal]) -> Self {
        Self { refusals, ..self }
    }

    /// Whether the call changes anything at Runpod.
    pub fn is_write(&self) -> bool {
        matches!(self.action, Action::Create | Action::Update | Action::Delete)
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.does)
    }
}
