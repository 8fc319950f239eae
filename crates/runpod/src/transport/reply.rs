//! One answer of HTTP, before a dialect has read it.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{limits, mask::Secrets};
use crate::{Error, Kind, Operation};

/// The floats below this are whole numbers exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The longest body that is looked at for the firewall's words.
const SHORT: usize = 256;

/// The JSON with every number that has no fraction as an integer: JSON knows one kind of number, so that `10.0` is 10.
fn whole(json: Value) -> Value {
    match json {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, whole(value)))
            .collect(),
        other => other,
    }
}

/// An answer: its status, its headers, its body as JSON where it is JSON.
pub struct Reply {
    operation: Operation,
    status: StatusCode,
    headers: HeaderMap,
    text: String,
    json: Option<Value>,
    /// What no message may show.
    secrets: Secrets,
}

impl Reply {
    pub(super) fn new(
        operation: Operation,
        status: StatusCode,
        headers: HeaderMap,
        text: String,
        secrets: Secrets,
    ) -> Self {
        let json = serde_json::from_str(&text).ok().map(whole);
        Self {
            operation,
            status,
            headers,
            text,
            json,
            secrets,
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
        Some(self.secrets.line(id))
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
        self.secrets.line(text)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        let read = whole(json!({"a": [10.0, 0.5, -3.0, 1e300], "b": {"c": 7}}));
        assert_eq!(read, json!({"a": [10, 0.5, -3, 1e300], "b": {"c": 7}}));
    }
}
