//! What a GraphQL answer says: data that can be trusted, or the kind of its error (API facts 2.11).

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Error, Kind, KnownRefusal, Operation, Refusal, transport::Reply};

/// What the API's own "later" sounds like.
const LATER: [&str; 5] = [
    "try again later",
    "internal server error",
    "service unavailable",
    "too many requests",
    "temporarily unavailable",
];

/// An answer of success that is GraphQL.
pub struct Answer<'a> {
    reply: &'a Reply,
    json: &'a Value,
}

impl<'a> Answer<'a> {
    /// The answer, if a GraphQL server gave it.
    ///
    /// # Errors
    ///
    /// What the status says, or that something else has answered.
    pub fn of(reply: &'a Reply) -> Result<Self, Error> {
        let json = reply.json();
        let failed = |mut failure: Error| {
            failure.code = json.and_then(first_code).map(|code| reply.line(code));
            failure
        };
        let said = json.and_then(first_message);
        if let Some(failure) = reply.status_failure(said) {
            return Err(failed(failure));
        }
        let answer = json.filter(|json| json.get("data").is_some() || json.get("errors").is_some());
        match (reply.status(), answer) {
            (status, Some(json)) if status.is_success() => Ok(Self { reply, json }),
            (StatusCode::FORBIDDEN, _) => Err(failed(reply.firewall(said))),
            (StatusCode::BAD_REQUEST, _) if said.is_some() => {
                Err(failed(reply.failure(Kind::Schema, said.unwrap_or_default())))
            }
            (StatusCode::NOT_FOUND, None) => {
                let words = "there is no GraphQL API at this address (Not Found)";
                Err(failed(reply.failure(Kind::ApiEnded, words)))
            }
            (status, _) if !status.is_success() => Err(failed(reply.unexpected())),
            _ if json.is_some() => {
                let words = "the answer is JSON, but not a GraphQL answer";
                Err(reply.failure(Kind::Garbled, words))
            }
            _ => Err(reply.failure(Kind::Garbled, "the answer is not JSON, or was cut off")),
        }
    }

    /// What was asked.
    pub fn operation(&self) -> Operation {
        self.reply.operation()
    }

    pub fn data(&self) -> &'a Value {
        self.json.get("data").unwrap_or(&Value::Null)
    }

    fn errors(&self) -> &'a [Value] {
        let errors = self.json.get("errors").and_then(Value::as_array);
        errors.map_or(&[], Vec::as_slice)
    }

    /// The answer, if it is whole: data, and no error beside it.
    pub fn whole(&self) -> Result<&Self, Error> {
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
                && !is_unauthorized(error)
        };
        let applies = is_null && self.errors().iter().all(is_its_own);
        applies.then(|| self.errors().first().map(|error| self.reply.line(message(error))))
    }

    /// The data as this type; the error tells the place, and not the value, which may be a secret.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.reply.parse(self.data())
    }

    /// `myself` is null: the key belongs to no user (API facts 1.2).
    pub fn no_user(&self) -> Error {
        let words = "the API key belongs to no user (myself is null)";
        self.reply.failure(Kind::Credential, words)
    }

    pub fn incomplete(&self, message: &str) -> Error {
        self.reply.incomplete(message)
    }

    fn failure(&self, error: &Value) -> Error {
        let operation = self.operation();
        let text = message(error);
        let code = code(error);
        let lower = text.to_lowercase();
        let kind = if operation.is_write() && self.tells_of_a_result() {
            Kind::Incomplete
        } else if is_unauthorized(error) {
            field(error).map_or(Kind::Credential, |field| Kind::FieldNotPermitted {
                field: self.reply.line(&field),
            })
        } else if let Some(refusal) = KnownRefusal::find(operation.refusals, text) {
            Kind::Refused(refusal)
        } else if code == Some("INTERNAL_SERVER_ERROR") || LATER.iter().any(|words| lower.contains(words)) {
            Kind::TryAgainLater
        } else if operation.is_write() {
            Kind::Refused(Refusal::OTHER)
        } else {
            Kind::Incomplete
        };
        let mut failure = match &kind {
            Kind::FieldNotPermitted { field } => {
                let words = format!("the API key may not read {field} ({text})");
                self.reply.failure(kind, &words)
            }
            _ => self.reply.failure(kind, text),
        };
        failure.code = code.map(|code| self.reply.line(code));
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
}

fn first_message(json: &Value) -> Option<&str> {
    json.pointer("/errors/0/message")?.as_str()
}

fn first_code(json: &Value) -> Option<&str> {
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

fn is_unauthorized(error: &Value) -> bool {
    message(error) == "Unauthorized"
}

/// The path of the field below the root that an error is about, without positions in lists.
fn field(error: &Value) -> Option<String> {
    let path = error.get("path")?.as_array()?;
    let names: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
    (names.len() > 1).then(|| names.join("."))
}
