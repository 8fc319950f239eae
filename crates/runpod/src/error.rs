//! What can go wrong between us and Runpod, as kinds that a caller can act on.

use std::{fmt, time::Duration};

use strum::{EnumIter, IntoEnumIterator};

use super::Operation;

/// A business rule that the API named with a text whose constant part is known. Each noun names its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Refusal(
    /// The rule in a few words, for debugging.
    pub &'static str,
);

impl Refusal {
    /// A refusal whose text no source confirms.
    pub const OTHER: Self = Self("other");
    /// The account's balance is too low.
    pub const BALANCE: Self = Self("balance");
    /// An object cannot be deleted as long as others use it.
    pub const IN_USE: Self = Self("in use");
    /// Reads show the object, and there is none to delete: a public one of another account (V2 5.1).
    pub const NOT_OWN: Self = Self("not own");
    /// Another object of the account has the name, which must be unique.
    pub const NAME_TAKEN: Self = Self("name taken");
}

impl Default for Refusal {
    fn default() -> Self {
        Self::OTHER
    }
}

/// How a refusal is recognised: wordings move, so by the parts that stay, wherever they stand in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KnownRefusal {
    /// Parts of the text in lower case, all of which it has.
    pub says: &'static [&'static str],
    /// What it means.
    pub means: Refusal,
}

impl KnownRefusal {
    /// The first of these whose parts the text has.
    pub fn find(known: &[Self], text: &str) -> Option<Refusal> {
        let text = text.to_lowercase();
        let has = |known: &&Self| known.says.iter().all(|part| text.contains(part));
        known.iter().find(has).map(|known| known.means)
    }
}

/// What kind of failure it was.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter)]
pub enum Kind {
    /// The key was not accepted: HTTP 401, `Unauthorized`, or `myself` null.
    Credential,
    /// The key is accepted, but may not do this: HTTP 403 with a problem body (V2 1.2).
    NotPermitted,
    /// The key may not read a field that was asked for.
    FieldNotPermitted {
        /// The field's path without positions in lists, such as `myself.endpoints.env`.
        field: String,
    },
    /// HTTP 403 of the firewall before the API (`error code: 1010`, API facts 2.1).
    Forbidden,
    /// HTTP 429.
    RateLimited {
        /// How long `Retry-After` or the exhausted windows of `RateLimit` ask to wait.
        retry_after: Option<Duration>,
    },
    /// HTTP 5xx.
    Unavailable {
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
    },
    /// The API's own "try again later", or its code `INTERNAL_SERVER_ERROR`, on HTTP 200.
    TryAgainLater,
    /// One attempt took longer than the request timeout.
    Timeout,
    /// The connection could not be made.
    Unreachable,
    /// The server's certificate is not trusted, or the certificates to trust cannot be read.
    Tls,
    /// The connection broke after the request had begun.
    ConnectionLost,
    /// The answer was not one of the API: HTML, cut off, not JSON.
    Garbled,
    /// The answer lacked data that it must have: `data: null`, errors beside data, a required field.
    Incomplete,
    /// The API understood and said no.
    Refused(Refusal),
    /// The object that was asked for, or one that a write refers to, does not exist (REST v2: 404 with a problem body).
    NotFound,
    /// The API did not accept the request's shape: it changed, or this client is wrong.
    Schema,
    /// The API has ended (HTTP 410), or a GraphQL API is no longer there (404 without a GraphQL answer).
    ApiEnded,
    /// The address is none of the API's: 404 about the path.
    NoSuchRoute,
    /// Another HTTP status, such as a redirect, which is not followed.
    UnexpectedStatus,
    /// The caller asked to stop before the call was made or repeated.
    Cancelled,
    /// The time of the whole operation was used up.
    DeadlineExceeded,
}

impl Kind {
    /// Every kind, with a sample of what it holds.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Whether the same call may well go through a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Unreachable
            | Self::Unavailable { .. }
            | Self::Timeout
            | Self::ConnectionLost
            | Self::Garbled
            | Self::Incomplete
            | Self::TryAgainLater => true,
            Self::Credential
            | Self::NotPermitted
            | Self::FieldNotPermitted { .. }
            | Self::Forbidden
            | Self::Tls
            | Self::Refused(_)
            | Self::NotFound
            | Self::Schema
            | Self::ApiEnded
            | Self::NoSuchRoute
            | Self::UnexpectedStatus
            | Self::Cancelled
            | Self::DeadlineExceeded => false,
        }
    }
}

/// What the API said of one field of a request (`errors[]` of a problem body, V2 1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path in the body, such as `["gpu", "pools"]`; empty where the message is about the whole body.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join("."))?;
        }
        f.write_str(&self.message)
    }
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("could not {}: {}", operation.does, self.said())]
pub struct Error {
    /// What was being done.
    pub operation: Operation,
    /// What kind of failure it was.
    pub kind: Kind,
    /// What the API or the network said, in one line, without secrets and without a raw body.
    pub message: String,
    /// What the API said of single fields; a missing field comes first (V2 1.2, the noise rule).
    pub fields: Vec<FieldError>,
    /// `extensions.code` of GraphQL's first error.
    pub code: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// `x-request-id` of the answer, by which Runpod's support finds the call.
    pub request_id: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
}

impl Error {
    /// The message with what was said of single fields, in one line.
    fn said(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(ToString::to_string).collect();
        match fields.is_empty() {
            true => self.message.clone(),
            false => format!("{}: {}", self.message.trim_end_matches('.'), fields.join("; ")),
        }
    }

    /// An error of one attempt, without a status or a code.
    pub fn new(operation: Operation, kind: Kind, message: impl Into<String>) -> Self {
        Self {
            operation,
            kind,
            message: message.into(),
            fields: Vec::new(),
            code: None,
            status: None,
            request_id: None,
            attempts: 1,
        }
    }

    /// The operation was stopped before the call was made, or before a read was answered.
    pub fn interrupted(operation: Operation) -> Self {
        Self::unmade(operation, Kind::Cancelled, "the operation was interrupted")
    }

    /// The operation's time was used up before the call was made.
    pub fn out_of_time(operation: Operation) -> Self {
        Self::unmade(
            operation,
            Kind::DeadlineExceeded,
            "the time was up before an answer came",
        )
    }

    /// An error without any attempt.
    pub fn unmade(operation: Operation, kind: Kind, message: &str) -> Self {
        Self {
            attempts: 0,
            ..Self::new(operation, kind, message)
        }
    }

    /// Whether the write may have happened all the same, so that its effect must be looked up.
    ///
    /// It cannot have happened where the API refused, where it was never reached, or before the call.
    pub fn is_ambiguous(&self) -> bool {
        self.operation.is_write()
            && match self.kind {
                Kind::Unavailable { .. }
                | Kind::TryAgainLater
                | Kind::Timeout
                | Kind::ConnectionLost
                | Kind::Garbled
                | Kind::Incomplete
                | Kind::UnexpectedStatus => true,
                Kind::Credential
                | Kind::NotPermitted
                | Kind::FieldNotPermitted { .. }
                | Kind::Forbidden
                | Kind::RateLimited { .. }
                | Kind::Unreachable
                | Kind::Tls
                | Kind::Refused(_)
                | Kind::NotFound
                | Kind::Schema
                | Kind::ApiEnded
                | Kind::NoSuchRoute
                | Kind::Cancelled
                | Kind::DeadlineExceeded => false,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_known_by_its_constant_part_in_any_case_and_with_any_prefix() {
        const KNOWN: &[KnownRefusal] = &[KnownRefusal {
            says: &["network volume", "not found"],
            means: Refusal::IN_USE,
        }];
        for text in [
            "Network volume \"a1\" not found",
            "create endpoint: graphql: network volume \"a1\" Not Found.",
        ] {
            assert_eq!(KnownRefusal::find(KNOWN, text), Some(Refusal::IN_USE), "{text}");
        }
        for text in ["not found", "Network volume \"a1\" is busy", ""] {
            assert_eq!(KnownRefusal::find(KNOWN, text), None, "{text}");
        }
    }
}
