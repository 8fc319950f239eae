//! One answer of HTTP, before a dialect has read it.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{limits, mask};
use crate::{Error, Kind, Operation};

/// The longest body that is looked at for the firewall's words.
const SHORT: usize = 256;

/// An answer: its status, its headers, its body as JSON where it is JSON.
pub struct Reply {
    operation: Operation,
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    json: Option<Value>,
    /// What no message may show.
    key: SecretString,
}

impl Reply {
    pub(super) fn new(
        operation: Operation,
        status: StatusCode,
        headers: HeaderMap,
        text: String,
        key: SecretString,
    ) -> Self {
        let json = serde_json::from_str(&text).ok();
        Self {
            operation,
            status,
            headers,
            text,
            json,
            key,
        }
    }

    /// What was asked.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body, where it is JSON.
    pub fn json(&self) -> Option<&Value> {
        self.json.as_ref()
    }

    /// How long the body is, in bytes.
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// `x-request-id`, by which Runpod finds the call (V2 1.1).
    pub fn request_id(&self) -> Option<String> {
        let id = self.headers.get("x-request-id")?.to_str().ok()?;
        Some(mask::line(id, self.key.expose_secret()))
    }

    /// How long the exhausted windows of `RateLimit` ask to wait.
    pub fn exhausted(&self) -> Option<Duration> {
        limits::exhausted(&self.headers)
    }

    /// An error about this answer; the message becomes one line without the key.
    pub fn failure(&self, kind: Kind, message: &str) -> Error {
        let mut failure = Error::new(self.operation, kind, self.line(message));
        failure.status = Some(self.status.as_u16());
        failure.request_id = self.request_id();
        failure
    }

    /// A text in one bounded line without the key.
    pub fn line(&self, text: &str) -> String {
        mask::line(text, self.key.expose_secret())
    }

    /// The error that the status alone decides on, in both dialects alike; `said` is what the dialect found in the body.
    pub fn status_failure(&self, said: Option<&str>) -> Option<Error> {
        let reason = || self.status.canonical_reason().unwrap_or("an unknown status");
        let (kind, words) = match self.status {
            status if status.is_success() => return None,
            StatusCode::UNAUTHORIZED => (Kind::Credential, "the API key is not accepted"),
            StatusCode::GONE => (Kind::ApiEnded, "this API has ended"),
            StatusCode::TOO_MANY_REQUESTS => {
                let windows = limits::exhausted(&self.headers);
                let retry_after = limits::retry_after(&self.headers).max(windows);
                (Kind::RateLimited { retry_after }, "too many requests")
            }
            status if status.is_server_error() => {
                let retry_after = limits::retry_after(&self.headers);
                (Kind::Unavailable { retry_after }, reason())
            }
            status if status.is_redirection() => return Some(self.failure(Kind::UnexpectedStatus, reason())),
            _ => return None,
        };
        Some(self.failure(kind, said.unwrap_or(words)))
    }

    /// HTTP 403 of the firewall before the API (API facts 2.1).
    pub fn firewall(&self, said: Option<&str>) -> Error {
        let is_known = self.text.len() <= SHORT && self.text.contains("error code: 1010");
        let words = if is_known {
            "error code: 1010"
        } else {
            "the request is forbidden"
        };
        self.failure(Kind::Forbidden, said.unwrap_or(words))
    }

    /// A status that the API does not use.
    pub fn unexpected(&self) -> Error {
        let words = self.status.canonical_reason().unwrap_or("an unknown status");
        self.failure(Kind::UnexpectedStatus, words)
    }

    /// The answer lacks what it must have.
    pub fn incomplete(&self, message: &str) -> Error {
        self.failure(Kind::Incomplete, message)
    }

    /// A part of the answer as this type; the error tells the place, and not the value, which may be a secret.
    ///
    /// # Errors
    ///
    /// [`Kind::Incomplete`].
    pub fn parse<T: DeserializeOwned>(&self, part: &Value) -> Result<T, Error> {
        serde_path_to_error::deserialize(part).map_err(|failure| {
            self.incomplete(&format!(
                "the answer is not what the schema says at {}",
                failure.path()
            ))
        })
    }
}
