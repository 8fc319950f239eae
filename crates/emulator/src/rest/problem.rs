//! What REST v2 answers when it does not do what was asked (V2 1.2).

use crate::{
    account::{
        Unwritten,
        refusal::{Reason, Refusal},
        switches::Switches,
    },
    wire::{answer::Answer, problem::problem},
};

/// An answer other than success.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) detail: String,
    /// What is wrong with the body, line by line.
    pub(crate) errors: Vec<String>,
}

impl Problem {
    /// A problem of this status.
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// A request whose shape is wrong.
    pub(crate) fn shape(errors: Vec<String>) -> Self {
        Self {
            errors,
            ..Self::new(422, "Request validation failed.")
        }
    }

    /// A thing of this noun that does not exist.
    pub(crate) fn missing(noun: &str) -> Self {
        Self::new(404, format!("{noun} not found"))
    }

    /// What became of a write that did not happen.
    pub(crate) fn of(unwritten: Unwritten<Refusal>, switches: &Switches) -> Self {
        match unwritten {
            Unwritten::Unstored(error) => Self::new(500, error.to_string()),
            Unwritten::Refused(refusal) => {
                let status = match refusal.reason {
                    Reason::Rule | Reason::Taken => 400,
                    Reason::Value => 422,
                    Reason::Missing => 404,
                    Reason::InUse => switches.in_use_status,
                    Reason::Balance => 402,
                };
                Self::new(status, refusal.message)
            }
        }
    }

    /// The answer.
    pub(crate) fn answer(&self) -> Answer {
        problem(self.status, &self.detail, &self.errors)
    }
}
