//! A refusal of the account: the text of the real API where it is known, and what kind of refusal it is.

/// What kind of refusal it is; each API has its own sign for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A rule across fields, or of the account.
    Rule,
    /// A value that cannot be.
    Value,
    /// What was named does not exist.
    Missing,
    /// It is still used by something else.
    InUse,
    /// The name is taken.
    Taken,
    /// The account cannot pay.
    Balance,
}

/// A write that the account does not do; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) message: String,
    /// GraphQL's `extensions.code`.
    pub(crate) code: String,
}

impl Refusal {
    /// A refusal by a rule, with the usual code `RUNPOD`.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::of(Reason::Rule, message)
    }

    /// A refusal of this kind, with the usual code `RUNPOD`.
    pub(crate) fn of(reason: Reason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            code: "RUNPOD".into(),
        }
    }
}
