//! What a GraphQL answer says: data that can be trusted, or the kind of its error (API facts 2.11).

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::mask;
use crate::{Error, Kind, Operation, Refusal};

/// Texts of refusals that are confirmed, by what they begin with.
const REFUSALS: [(&str, Refusal); 5] = [
    (
        "Max workers across all endpoints must not exceed your workers quota",
        Refusal::WorkerQuota,
    ),
    ("Unable to find template", Refusal::TemplateNotFound),
    (
        "Serverless endpoints cannot use pod templates",
        Refusal::PodTemplate,
    ),
    ("You must have at least", Refusal::Balance),
    ("gpuId(s) is required for a gpu endpoint", Refusal::GpuIdsMissing),
];

/// What the API's own "later" sounds like.
const LATER: [&str; 5] = [
    "try again later",
    "internal server error",
    "service unavailable",
    "too many requests",
    "temporarily unavailable",
];

/// An answer with HTTP 200 that is GraphQL.
pub struct Answer {
    operation: Operation,
    pub status: u16,
    json: Value,
    key: SecretString,
}

impl Answer {
    pub fn new(operation: Operation, status: u16, json: Value, key: SecretString) -> Self {
        Self {
            operation,
            status,
            json,
            key,
        }
    }

    pub fn has_errors(&self) -> bool {
        !self.errors().is_empty()
    }

    pub fn data(&self) -> &Value {
        self.json.get("data").unwrap_or(&Value::Null)
    }

    fn errors(&self) -> &[Value] {
        self.json
            .get("errors")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    /// The answer, if it is whole: data, and no error beside it.
    pub fn whole(self) -> Result<Self, Error> {
        if let Some(error) = self.errors().first() {
            return Err(self.failure(error));
        }
        match self.data() {
            Value::Null => Err(self.incomplete("the answer has no data")),
            _ => Ok(self),
        }
    }

    /// If the field at this path is null while the one above it is there, and every error is the field's own:
    /// what was said about it.
    pub fn lacks_only(&self, path: &[&str]) -> Option<Option<String>> {
        let (field, above) = path.split_last()?;
        let above = above
            .iter()
            .try_fold(self.data(), |value, name| value.get(name))?;
        let is_null = above.is_object() && above.get(field).is_some_and(Value::is_null);
        let is_its_own = |error: &Value| {
            error
                .get("path")
                .and_then(Value::as_array)
                .is_some_and(|at| at == path)
                && !is_credential(error)
        };
        let applies = is_null && self.errors().iter().all(is_its_own);
        applies.then(|| self.errors().first().map(|error| self.line(message(error))))
    }

    /// The data as this type; the error tells the place, and not the value, which may be a secret.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(self.data()).map_err(|failure| {
            self.incomplete(&format!(
                "the answer is not what the schema says at {}",
                failure.path()
            ))
        })
    }

    /// `myself` is null: the key belongs to no user (API facts 1.2).
    pub fn no_user(&self) -> Error {
        self.error(
            Kind::Credential,
            "the API key belongs to no user (myself is null)",
        )
    }

    pub fn incomplete(&self, message: &str) -> Error {
        self.error(Kind::Incomplete, message)
    }

    fn failure(&self, error: &Value) -> Error {
        let text = message(error);
        let code = code(error);
        let lower = text.to_lowercase();
        let kind = if self.operation.is_write() && self.tells_of_a_result() {
            Kind::Incomplete
        } else if is_credential(error) {
            Kind::Credential
        } else if let Some((_, refusal)) = REFUSALS.iter().find(|(begin, _)| text.starts_with(begin)) {
            Kind::Refused(*refusal)
        } else if code == Some("INTERNAL_SERVER_ERROR") || LATER.iter().any(|words| lower.contains(words)) {
            Kind::TryAgainLater
        } else if self.operation.is_write() {
            Kind::Refused(Refusal::Other)
        } else {
            Kind::Incomplete
        };
        let mut failure = self.error(kind, text);
        failure.code = code.map(|code| self.line(code));
        failure
    }

    /// Whether the operation's own field was resolved: it has a value, or an error lies within it. Whatever else is
    /// said, a write has happened then.
    fn tells_of_a_result(&self) -> bool {
        let has_value = self
            .data()
            .as_object()
            .into_iter()
            .flatten()
            .any(|(_, value)| !value.is_null());
        let lies_within = |error: &Value| error.pointer("/path/1").is_some();
        has_value || self.errors().iter().any(lies_within)
    }

    fn error(&self, kind: Kind, message: &str) -> Error {
        let mut failure = Error::new(self.operation, kind, self.line(message));
        failure.status = Some(self.status);
        failure
    }

    fn line(&self, text: &str) -> String {
        mask::line(text, self.key.expose_secret())
    }
}

/// What the first error of an answer says, whatever its HTTP status.
pub fn first_message(json: &Value) -> Option<&str> {
    json.pointer("/errors/0/message")?.as_str()
}

/// The code of the first error of an answer, whatever its HTTP status.
pub fn first_code(json: &Value) -> Option<&str> {
    code(json.pointer("/errors/0")?)
}

fn code(error: &Value) -> Option<&str> {
    error.pointer("/extensions/code")?.as_str()
}

fn message(error: &Value) -> &str {
    error
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or("an error without a message")
}

fn is_credential(error: &Value) -> bool {
    message(error) == "Unauthorized"
}
