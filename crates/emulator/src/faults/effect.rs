//! What can go wrong with a request: every effect a fault may have.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::wire::{
    answer::{Answer, Manner},
    problem::problem,
};

/// What goes wrong. Those with `after_commit` let the request run first, so that a write has happened.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(
    tag = "effect",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Effect {
    /// Another HTTP answer than the API's.
    Http {
        /// Its status.
        status: u16,
        /// Its headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Its body.
        #[serde(default)]
        body: String,
        /// Whether the request runs first.
        #[serde(default)]
        after_commit: bool,
    },
    /// A GraphQL error with HTTP 200; the field it concerns is null.
    GraphqlError {
        /// Its message.
        message: String,
        /// Its code.
        code: String,
        /// Whether the request runs first.
        #[serde(default)]
        after_commit: bool,
    },
    /// `{"data":null}` with HTTP 200.
    DataNull {
        /// Whether the request runs first.
        #[serde(default)]
        after_commit: bool,
    },
    /// The real answer, but the value at this dotted path of `data` is null and has an error.
    Partial {
        /// Such as `myself.serverlessDiscount` or `myself.endpoints.0.env`.
        path: String,
        /// The error's message.
        message: String,
        /// The error's code.
        code: String,
    },
    /// The real answer, cut off halfway through the body that its Content-Length announced.
    CutBody,
    /// The connection closes before anything ran.
    CloseBefore,
    /// The request runs, the headers of the answer arrive, then the connection closes.
    CloseDuring,
    /// The request runs, then the connection closes without an answer.
    CloseAfterCommit,
    /// A pause before the request runs.
    LatencyBefore {
        /// In milliseconds.
        ms: u64,
    },
    /// A pause between the run and the answer.
    LatencyAfter {
        /// In milliseconds.
        ms: u64,
    },
    /// The request is parked before it runs, until it is released.
    HoldBefore,
    /// The request runs, then its answer is parked until it is released.
    HoldAfter,
}

impl Effect {
    /// An HTTP answer of this status with a short HTML body, as a proxy gives it.
    pub fn html(status: u16) -> Self {
        Self::Http {
            status,
            headers: BTreeMap::from([("content-type".into(), "text/html".into())]),
            body: format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"),
            after_commit: false,
        }
    }

    /// An HTTP answer of this status with this body.
    pub fn http(status: u16, body: impl Into<String>) -> Self {
        Self::Http {
            status,
            headers: BTreeMap::new(),
            body: body.into(),
            after_commit: false,
        }
    }

    /// A problem body of REST v2.
    pub fn problem(status: u16, detail: impl Into<String>) -> Self {
        Self::problem_with(status, detail, &[])
    }

    /// A problem body of REST v2 with these lines in `errors`.
    pub fn problem_with(status: u16, detail: impl Into<String>, errors: &[&str]) -> Self {
        let answer = problem(status, &detail.into(), errors);
        Self::Http {
            status,
            headers: answer.headers.into_iter().collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            after_commit: false,
        }
    }

    /// A 429, with `Retry-After` or without.
    pub fn too_many_requests(retry_after: Option<&str>) -> Self {
        let mut headers = BTreeMap::from([("content-type".to_owned(), "text/html".to_owned())]);
        if let Some(value) = retry_after {
            headers.insert("retry-after".into(), value.into());
        }
        Self::Http {
            status: 429,
            headers,
            body: "<html>Too Many Requests</html>".into(),
            after_commit: false,
        }
    }

    /// The 403 of the web application firewall.
    pub fn firewall() -> Self {
        Self::http(403, "error code: 1010")
    }

    /// HTTP 200 with a body that is no JSON.
    pub fn not_json() -> Self {
        Self::http(200, "<!doctype html><html>One moment, please</html>")
    }

    /// A GraphQL error with this message and code.
    pub fn error(message: impl Into<String>, code: impl Into<String>) -> Self {
        Self::GraphqlError {
            message: message.into(),
            code: code.into(),
            after_commit: false,
        }
    }

    /// The API's answer to a fault of its own.
    pub fn internal_error() -> Self {
        Self::error(
            "Something went wrong. Please try again later or contact support.",
            "INTERNAL_SERVER_ERROR",
        )
    }

    /// `{"data":null}`, nothing having run.
    pub fn data_null() -> Self {
        Self::DataNull { after_commit: false }
    }

    /// The real answer with an error at this path of `data`.
    pub fn partial(path: impl Into<String>) -> Self {
        Self::Partial {
            path: path.into(),
            message: "Something went wrong. Please try again later or contact support.".into(),
            code: "INTERNAL_SERVER_ERROR".into(),
        }
    }

    /// The HTTP answer of an effect that is one; an empty one otherwise.
    pub(crate) fn answer(&self) -> Answer {
        let Self::Http {
            status,
            headers,
            body,
            ..
        } = self
        else {
            return Answer::text(200, "");
        };
        let pair = |(name, value): (&String, &String)| (name.clone(), value.clone());
        Answer {
            status: *status,
            headers: headers.iter().map(pair).collect(),
            body: body.clone().into_bytes(),
            manner: Manner::Whole,
        }
    }

    /// The same answer, but the request runs first; for effects where that is a choice.
    #[must_use]
    pub fn after_commit(mut self) -> Self {
        if let Self::Http { after_commit, .. }
        | Self::GraphqlError { after_commit, .. }
        | Self::DataNull { after_commit } = &mut self
        {
            *after_commit = true;
        }
        self
    }

    /// A pause before the request runs.
    pub fn latency_before(span: Duration) -> Self {
        Self::LatencyBefore { ms: millis(span) }
    }

    /// A pause between the run and the answer.
    pub fn latency_after(span: Duration) -> Self {
        Self::LatencyAfter { ms: millis(span) }
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
