//! What an answer that is no success means: its status, and its problem body (RFC 9457, V2 1.2).

use reqwest::StatusCode;
use serde::Deserialize;

use crate::{Action, Api, Error, FieldError, Kind, KnownRefusal, Refusal, transport::Reply};

/// What the API says of a path that it does not have; an object that it does not have is told otherwise.
const NO_SUCH_PATH: &str = "the requested path was not found";

/// A problem body; all of it is optional.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    title: Option<String>,
    detail: Option<String>,
    errors: Option<Vec<String>>,
    /// What the jobs API has instead; from REST it would mean that its first version has answered.
    error: Option<String>,
}

impl Problem {
    /// The problem of an answer; none where something else than the API has answered.
    fn of(reply: &Reply) -> Option<Self> {
        let json = reply.json()?;
        let fields: &[&str] = match reply.operation().api {
            Some(Api::Jobs) => &["title", "detail", "errors", "error"],
            _ => &["title", "detail", "errors"],
        };
        let is_problem = fields.iter().any(|field| json.get(field).is_some());
        is_problem.then(|| serde_json::from_value(json.clone()).unwrap_or_default())
    }

    fn text(&self) -> Option<&str> {
        let texts = [&self.detail, &self.title, &self.error];
        texts.into_iter().flatten().map(String::as_str).next()
    }

    /// What is said of fields, missing ones first and surplus ones last: where one is missing or wrong, its valid
    /// siblings are reported as not allowed as well.
    fn fields(&self, reply: &Reply) -> Vec<FieldError> {
        let errors = self.errors.iter().flatten();
        let mut fields: Vec<FieldError> = errors.map(|text| field(&reply.line(text))).collect();
        fields.sort_by_key(|field| (!is_missing(field), is_surplus(field)));
        if !fields.iter().any(is_missing) {
            fields.iter_mut().for_each(name_surplus);
        }
        fields
    }
}

/// The error of an answer; none where it is a success.
pub fn failure(reply: &Reply) -> Option<Error> {
    if reply.status().is_success() {
        return None;
    }
    let problem = Problem::of(reply);
    let said = problem.as_ref().and_then(Problem::text);
    if let Some(failure) = reply.status_failure(said) {
        return Some(failure);
    }
    let Some(problem) = &problem else {
        return Some(match reply.status() {
            // The API's own 403 has a problem body, so this is the firewall's (V2 1.1).
            StatusCode::FORBIDDEN => reply.firewall(None),
            StatusCode::NOT_FOUND => reply.failure(
                Kind::NoSuchRoute,
                "there is no REST API at this address (Not Found)",
            ),
            _ => reply.unexpected(),
        });
    };
    let fields = problem.fields(reply);
    let text = said.unwrap_or("an error without a message");
    let kind = kind(reply, text, &fields);
    let mut failure = reply.failure(kind, text);
    failure.fields = fields;
    Some(failure)
}

fn kind(reply: &Reply, text: &str, fields: &[FieldError]) -> Kind {
    let operation = reply.operation();
    let known = || KnownRefusal::find(operation.refusals, text);
    match reply.status() {
        StatusCode::FORBIDDEN => Kind::NotPermitted,
        StatusCode::NOT_FOUND if text.to_lowercase().contains(NO_SUCH_PATH) => Kind::NoSuchRoute,
        StatusCode::NOT_FOUND => match operation.action {
            Action::Create | Action::Update => known().map_or(Kind::NotFound, Kind::Refused),
            _ => Kind::NotFound,
        },
        StatusCode::PAYMENT_REQUIRED => Kind::Refused(Refusal::BALANCE),
        // Nobody knows how it says that an object is in use (V2 10.13).
        StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
            if operation.action == Action::Delete =>
        {
            Kind::Refused(Refusal::IN_USE)
        }
        // Where names are unique, that is what a create or another name conflicts with.
        StatusCode::CONFLICT
            if matches!(operation.action, Action::Create | Action::Update)
                && operation
                    .refusals
                    .iter()
                    .any(|known| known.means == Refusal::NAME_TAKEN) =>
        {
            Kind::Refused(known().unwrap_or(Refusal::NAME_TAKEN))
        }
        StatusCode::BAD_REQUEST
        | StatusCode::CONFLICT
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY => match known() {
            Some(refusal) => Kind::Refused(refusal),
            // What is said first is what is wrong, and what follows may be noise.
            None if fields
                .first()
                .is_some_and(|field| is_missing(field) || is_surplus(field)) =>
            {
                Kind::Schema
            }
            None => Kind::Refused(Refusal::OTHER),
        },
        _ => Kind::UnexpectedStatus,
    }
}

/// Has a message about one surplus field be about that field: where nothing is missing it is no noise.
fn name_surplus(field: &mut FieldError) {
    let names = field.message.strip_prefix("additional properties '");
    let name = names.and_then(|names| names.strip_suffix("' not allowed"));
    if let Some(name) = name.filter(|name| !name.contains('\'')) {
        field.path.push(name.to_owned());
    }
}

fn is_missing(field: &FieldError) -> bool {
    field.message.starts_with("missing propert")
}

fn is_surplus(field: &FieldError) -> bool {
    field.message.starts_with("additional propert")
}

/// A message such as `$.gpu.pools: minItems: got 0, want 1`, or `$: missing property 'name'`, taken apart.
fn field(text: &str) -> FieldError {
    let (at, message) = match text.split_once(": ") {
        Some((at, message)) if at.starts_with('$') || at.starts_with('/') => (at, message),
        _ => ("", text),
    };
    let parts = at.trim_start_matches('$').split(['.', '/', '[']);
    let parts = parts.map(|part| part.trim_end_matches(']'));
    let mut path: Vec<String> = parts.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    // A field that is missing is the one that the message is about.
    if let Some(missing) = message
        .strip_prefix("missing property '")
        .and_then(|rest| rest.split_once('\''))
    {
        path.push(missing.0.to_owned());
    }
    FieldError {
        path,
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surplus_field_is_what_its_message_is_about_if_it_is_the_only_one() {
        let rows: [(&str, &[&str]); 3] = [
            ("$: additional properties 'cmd' not allowed", &["cmd"]),
            ("$.gpu: additional properties 'x' not allowed", &["gpu", "x"]),
            ("$: additional properties 'gpu', 'name' not allowed", &[]),
        ];
        for (text, path) in rows {
            let mut told = field(text);
            name_surplus(&mut told);
            assert_eq!(told.path, path, "{text}");
        }
    }

    #[test]
    fn a_message_about_a_field_is_taken_apart() {
        let rows: [(&str, &[&str], &str); 6] = [
            (
                "$.gpu.pools: minItems: got 0, want 1",
                &["gpu", "pools"],
                "minItems: got 0, want 1",
            ),
            (
                "$: missing property 'dataCenter'",
                &["dataCenter"],
                "missing property 'dataCenter'",
            ),
            (
                "$.gpu: missing property 'pools'",
                &["gpu", "pools"],
                "missing property 'pools'",
            ),
            (
                "$.ports[0]: 'x' does not match pattern '…'",
                &["ports", "0"],
                "'x' does not match pattern '…'",
            ),
            (
                "/gpu/count: minimum: got 0, want 1",
                &["gpu", "count"],
                "minimum: got 0, want 1",
            ),
            ("Something: else", &[], "Something: else"),
        ];
        for (text, path, message) in rows {
            let told = field(text);
            assert_eq!(
                (told.path, told.message.as_str()),
                (path.iter().map(|part| (*part).to_owned()).collect(), message),
                "{text}"
            );
        }
    }
}
