//! What can go wrong between us and Runpod, as kinds that a caller can act on.

use std::{fmt, time::Duration};

use strum::{EnumIter, IntoEnumIterator};

/// The calls that a client makes, in the API's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `myself { endpoints serverlessDiscount }`
    ListEndpoints,
    /// `myself { endpoint(id) }`
    ReadEndpoint,
    /// `saveEndpoint` without an id
    CreateEndpoint,
    /// `saveEndpoint` with an id
    UpdateEndpoint,
    /// `updateEndpointTemplate`
    SwitchTemplate,
    /// `deleteEndpoint`
    DeleteEndpoint,
}

impl Operation {
    /// Whether the call changes anything at Runpod.
    pub fn is_write(self) -> bool {
        !matches!(self, Self::ListEndpoints | Self::ReadEndpoint)
    }

    /// Whether doing it twice leaves what doing it once leaves: everything but a create.
    pub fn is_repeatable(self) -> bool {
        self != Self::CreateEndpoint
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ListEndpoints => "list the account's endpoints",
            Self::ReadEndpoint => "read the endpoint",
            Self::CreateEndpoint => "create the endpoint",
            Self::UpdateEndpoint => "update the endpoint",
            Self::SwitchTemplate => "switch the endpoint's template",
            Self::DeleteEndpoint => "delete the endpoint",
        })
    }
}

/// A business rule that the API named with a known text (API facts 2.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter)]
pub enum Refusal {
    /// The sum of `workersMax` over the account would exceed its quota.
    WorkerQuota,
    /// `Unable to find template`
    TemplateNotFound,
    /// The template is a pod template.
    PodTemplate,
    /// The balance is too low to create an endpoint.
    Balance,
    /// `gpuId(s) is required for a gpu endpoint`
    GpuIdsMissing,
    /// A refusal whose text no source confirms.
    #[default]
    Other,
}

/// What kind of failure it was.
#[derive(Clone, Debug, PartialEq, Eq, EnumIter)]
pub enum Kind {
    /// The key was not accepted: HTTP 401, `Unauthorized`, or `myself` null.
    Credential,
    /// HTTP 403; mostly the firewall before the API (`error code: 1010`), seldom the key (API facts 2.1).
    Forbidden,
    /// HTTP 429.
    RateLimited {
        /// What `Retry-After` asked for.
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
    /// The connection broke after the request had begun.
    ConnectionLost,
    /// The answer was not what a GraphQL server says: HTML, cut off, not JSON.
    Garbled,
    /// The answer lacked data that it must have: `data: null`, or errors beside data.
    Incomplete,
    /// The API understood and said no.
    Refused(Refusal),
    /// The API did not accept the document or a variable (HTTP 400): it changed, or this client is wrong.
    Schema,
    /// Another HTTP status, such as a redirect, which is not followed.
    UnexpectedStatus,
    /// Terraform asked to stop before the call was made or repeated.
    Cancelled,
    /// The time of the whole operation was used up.
    DeadlineExceeded,
}

impl Kind {
    /// Every kind, each refusal as one of its own.
    pub fn all() -> Vec<Self> {
        let kinds = Self::iter().flat_map(|kind| match kind {
            Self::Refused(_) => Refusal::iter().map(Self::Refused).collect(),
            other => vec![other],
        });
        kinds.collect()
    }
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("could not {operation}: {message}")]
pub struct Error {
    /// What was being done.
    pub operation: Operation,
    /// What kind of failure it was.
    pub kind: Kind,
    /// What the API or the network said, in one line, without secrets and without a raw body.
    pub message: String,
    /// `extensions.code` of the API's first error.
    pub code: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How often it was tried.
    pub attempts: u32,
}

impl Error {
    /// An error of one attempt, without a status or a code.
    pub fn new(operation: Operation, kind: Kind, message: impl Into<String>) -> Self {
        Self {
            operation,
            kind,
            message: message.into(),
            code: None,
            status: None,
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
                | Kind::Forbidden
                | Kind::RateLimited { .. }
                | Kind::Unreachable
                | Kind::Refused(_)
                | Kind::Schema
                | Kind::Cancelled
                | Kind::DeadlineExceeded => false,
            }
    }
}
