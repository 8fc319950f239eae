//! Errors and warnings as sentences: what was being done to what, what Runpod answered, what to do next.

use std::borrow::Cow;

use runpod::{Api, Error, FieldError, Kind, Refusal, operation::Action};
use tf_provider::{AttributePath, Diagnostic, Diagnostics};

use super::{
    messages::capitalised,
    noun::{Concern, Noun},
};

/// A diagnostic at an attribute, or at the whole object when the path is empty.
///
/// Built literally: tf-provider's own constructors append a backtrace when `RUST_BACKTRACE` is set.
pub fn diagnostic(
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) -> Diagnostic {
    Diagnostic {
        summary: summary.into(),
        detail: detail.into(),
        attribute: path,
    }
}

/// Adds an error about the whole object.
pub fn error(
    diags: &mut Diagnostics,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) {
    diags
        .errors
        .push(diagnostic(AttributePath::root(), summary, detail));
}

/// Adds an error at an attribute.
pub fn error_at(
    diags: &mut Diagnostics,
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) {
    diags.errors.push(diagnostic(path, summary, detail));
}

/// Adds a warning at an attribute, or about the whole object when the path is empty.
pub fn warn_at(
    diags: &mut Diagnostics,
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) {
    diags.warnings.push(diagnostic(path, summary, detail));
}

/// Tells a failed call for an object of a noun: `subject` is what it was about, such as ``endpoint "sdxl" (i02xupws21hp6i)``.
pub fn explain<N: Noun>(failure: &Error, subject: &str) -> Diagnostic {
    told(failure, subject, N::concern(failure), attribute_of::<N>)
}

/// The same, told at each attribute that the API complains of; one error where it complains of none, or where what the
/// refusal is about is known.
pub fn explain_each<N: Noun>(failure: &Error, subject: &str) -> Vec<Diagnostic> {
    let mut by_attribute: Vec<(Option<&'static str>, Vec<FieldError>)> = Vec::new();
    for field in &failure.fields {
        let attribute = attribute_of::<N>(field);
        match by_attribute.iter_mut().find(|(known, _)| *known == attribute) {
            Some((_, fields)) => fields.push(field.clone()),
            None => by_attribute.push((attribute, vec![field.clone()])),
        }
    }
    if by_attribute.len() < 2 || N::concern(failure).is_some() {
        return vec![explain::<N>(failure, subject)];
    }
    let part = |(attribute, fields): (Option<&'static str>, Vec<FieldError>)| {
        let messages: Vec<String> = fields.iter().map(ToString::to_string).collect();
        let failure = Error {
            message: messages.join("; "),
            fields: Vec::new(),
            ..failure.clone()
        };
        let diagnostic = told(&failure, subject, None, |_| None);
        Diagnostic {
            attribute: attribute.map_or_else(AttributePath::root, AttributePath::new),
            ..diagnostic
        }
    };
    by_attribute.into_iter().map(part).collect()
}

/// The attribute that holds a field of the API's, where a diagnostic may point at it.
fn attribute_of<N: Noun>(field: &FieldError) -> Option<&'static str> {
    let mut rows = N::table().iter();
    let row = rows.find(|row| row.is_configurable() && row.holds_field(&field.path))?;
    (!row.may_not_be_quoted()).then_some(row.name)
}

/// Tells a failed call that is about no noun's object.
pub fn explain_call(failure: &Error, subject: &str) -> Diagnostic {
    told(failure, subject, None, |_| None)
}

fn told(
    failure: &Error,
    subject: &str,
    concern: Option<Concern>,
    attribute_of: impl Fn(&FieldError) -> Option<&'static str>,
) -> Diagnostic {
    let headline = concern
        .as_ref()
        .map_or_else(|| headline(&failure.kind), |concern| concern.headline);
    let does = failure.operation.does;
    let summary = format!("Could not {does}: {headline}");
    let advice = concern.as_ref().map_or_else(
        || advice(&failure.kind, failure.operation.api, failure.operation.action),
        |concern| concern.advice.to_owned(),
    );
    let detail = format!(
        "{}: while trying to {does}, {}.{}\n\n{advice}",
        capitalised(subject),
        what_happened(failure),
        fields(failure),
    );
    // All that the API complains of, where it is one attribute's.
    let attribute = || {
        let mut attributes = failure.fields.iter().map(attribute_of);
        let first = attributes.next()??;
        attributes.all(|other| other == Some(first)).then_some(first)
    };
    let path = match concern {
        Some(concern) => concern.attribute,
        None => attribute().map_or_else(AttributePath::root, AttributePath::new),
    };
    diagnostic(path, summary, detail)
}

/// What the API said of single fields, a line each.
fn fields(failure: &Error) -> String {
    let lines = failure.fields.iter().map(|field| format!("\n  - {field}"));
    lines.collect()
}

/// A kind of failure in a few words, as the first line of an error has it.
pub fn headline(kind: &Kind) -> &'static str {
    match kind {
        Kind::Credential => "Runpod does not accept the API key",
        Kind::NotPermitted => "the API key may not do this",
        Kind::FieldNotPermitted { .. } => "the API key may not read a field",
        Kind::Forbidden => "the request was blocked before it reached Runpod",
        Kind::RateLimited { .. } => "too many requests",
        Kind::Unavailable { .. } => "Runpod is unavailable",
        Kind::TryAgainLater => "Runpod reports a fault of its own",
        Kind::Timeout => "no answer in time",
        Kind::Unreachable => "Runpod cannot be reached",
        Kind::Tls => "the connection is not trusted",
        Kind::ConnectionLost => "the connection was lost",
        Kind::Garbled => "the answer is not one of the API",
        Kind::Incomplete => "the answer is incomplete",
        Kind::Refused(Refusal::BALANCE) => "the account's balance is too low",
        Kind::Refused(Refusal::IN_USE) => "it is in use",
        Kind::Refused(Refusal::NAME_TAKEN) => "the name is taken",
        Kind::Refused(_) => "Runpod refused",
        Kind::NotFound => "it does not exist",
        Kind::Schema => "the API did not understand the request",
        Kind::ApiEnded => "this API has ended",
        Kind::NoSuchRoute => "the address is none of the API's",
        Kind::UnexpectedStatus => "an unexpected HTTP status",
        Kind::Cancelled => "stopped",
        Kind::DeadlineExceeded => "the time for the operation is used up",
    }
}

fn what_happened(failure: &Error) -> String {
    let mut facts = Vec::new();
    if let Some(status) = failure.status {
        facts.push(format!("HTTP {status}"));
    }
    if let Some(code) = &failure.code {
        facts.push(format!("code {code}"));
    }
    if let Some(id) = &failure.request_id {
        facts.push(format!("request {id}"));
    }
    if failure.attempts > 1 {
        facts.push(format!("{} attempts", failure.attempts));
    }
    let facts = if facts.is_empty() {
        String::new()
    } else {
        format!(" ({})", facts.join(", "))
    };
    let message = failure.message.trim_end_matches('.');
    match failure.kind {
        Kind::Timeout
        | Kind::Unreachable
        | Kind::Tls
        | Kind::ConnectionLost
        | Kind::Cancelled
        | Kind::DeadlineExceeded
        | Kind::Garbled
        | Kind::Incomplete => format!("{message}{facts}"),
        Kind::Forbidden | Kind::UnexpectedStatus | Kind::ApiEnded | Kind::NoSuchRoute => {
            format!("the answer was: {message}{facts}")
        }
        _ => format!("Runpod answered: {message}{facts}"),
    }
}

/// The provider's argument for an API's address.
fn address_of(api: Option<Api>) -> &'static str {
    match api {
        Some(Api::GraphQl) => "graphql_url",
        Some(Api::Rest) => "rest_url",
        Some(Api::Jobs) => "jobs_url",
        None => "graphql_url, rest_url or jobs_url",
    }
}

/// What a user can do about a kind of failure of a call.
pub fn advice(kind: &Kind, api: Option<Api>, action: Action) -> String {
    let url = address_of(api);
    let fixed = match kind {
        Kind::Credential => {
            "Check the key in the provider's api_key argument or in the RUNPOD_API_KEY environment variable: it may \
             be mistyped, revoked, or restricted so that it may not use this API. Keys are made and revoked in the \
             Runpod console under Settings, API Keys. Nothing was changed in the state."
        }
        Kind::NotPermitted => {
            "The key is valid, but restricted. Give it the permission in the Runpod console under Settings, API Keys, or \
             use another key. Nothing was changed in the state."
        }
        Kind::FieldNotPermitted { field } => {
            return format!(
                "The key is valid, but may not read {field}. Give it that permission in the Runpod console under \
                 Settings, API Keys, or use another key. Nothing was changed in the state."
            );
        }
        Kind::Forbidden => {
            return format!(
                "HTTP 403 without an answer of the API mostly comes from the firewall in front of it (Cloudflare, \
                 \"error code: 1010\"), not from the key. Check whether a proxy rewrites the User-Agent, whether this \
                 network or address is blocked, and whether {url} is right; then try again."
            );
        }
        Kind::RateLimited { .. } => {
            "The account sends more requests than Runpod allows. Wait a minute and try again, lower Terraform's \
             -parallelism, or raise the provider's max_retries and the resource's timeouts."
        }
        Kind::Unavailable { .. } | Kind::TryAgainLater => {
            "This is mostly a passing fault at Runpod. Try again in a few minutes; if it lasts, look at Runpod's \
             status page. The provider's max_retries says how often it tries."
        }
        Kind::Timeout => {
            "Check the network, then try again. If Runpod is slow to answer, raise the provider's request_timeout, \
             the seconds that one attempt may take."
        }
        Kind::Unreachable => {
            return format!(
                "Check the network, a proxy (HTTPS_PROXY), the name service, and the provider's {url}, then try again."
            );
        }
        Kind::Tls => {
            return format!(
                "Something between here and Runpod may present a certificate of its own, such as a proxy of a company: \
                 put its authority into a file of PEM certificates and name that file in SSL_CERT_FILE. If SSL_CERT_FILE \
                 or SSL_CERT_DIR is set, check that it can be read and holds certificates. Check the provider's {url}, \
                 and the clock of this machine."
            );
        }
        Kind::ConnectionLost => "Check the network and any proxy between here and Runpod, then try again.",
        Kind::Garbled => {
            return format!(
                "Something that is not the API answered: a proxy, a captive portal, or an error page. Check {url} and \
                 the network, then try again."
            );
        }
        Kind::Incomplete => {
            "The answer cannot be trusted, so nothing was concluded from it. Try again in a few minutes; a \
             restricted API key may also be the cause."
        }
        Kind::Refused(Refusal::BALANCE) => {
            "Add credit to the account in the Runpod console under Billing, then apply again."
        }
        Kind::Refused(Refusal::NAME_TAKEN) => {
            "Another object of the account has this name, and names of this kind are unique. Choose another name, or, if \
             that object is the one meant here, take it over with \"terraform import <address> <id>\"."
        }
        Kind::Refused(Refusal::IN_USE) => {
            "Something still uses it. Delete or change what does, then destroy again; or allow more time in the resource's \
             timeouts."
        }
        Kind::Refused(_) if action == Action::Delete => {
            "Runpod may refuse as long as something uses it or its workers are ending. Destroy again in a few minutes, or allow more time \
             in the resource's timeouts."
        }
        Kind::Refused(_) => "Change the configuration as the message says, then apply again.",
        Kind::NotFound => {
            "What the configuration refers to may have been deleted, belong to another account, or be mistyped. Check \
             the ids in it."
        }
        Kind::Schema => {
            "The API and this version of the provider disagree about a field, or a value is none that the API takes. \
             Check the values that the message names; then upgrade the provider, and if there is no newer one, report it \
             with the message above."
        }
        Kind::ApiEnded if api == Some(Api::GraphQl) => {
            "Runpod ends its GraphQL API early in 2027, and this address no longer serves it. Set api = \"rest\" in the \
             provider block, or RUNPOD_API=rest, and plan again: configurations and states stay as they are. If graphql_url \
             is set, check it. Nothing was changed in the state."
        }
        Kind::ApiEnded => {
            "This address no longer serves the API. Upgrade the provider, and check the addresses in the provider block. \
             Nothing was changed in the state."
        }
        Kind::NoSuchRoute => {
            return format!(
                "The provider's {url} leads to something that is not this API, or to another version of it. Check the \
                 address; left out, it is Runpod's own. Nothing was changed in the state."
            );
        }
        Kind::UnexpectedStatus => {
            return format!(
                "Redirects are not followed, so that the key is not sent elsewhere. Check the provider's {url}."
            );
        }
        Kind::Cancelled => "Nothing was started after the interruption. Apply again to go on.",
        Kind::DeadlineExceeded => {
            "Apply again to go on where this ended, or allow more time in the resource's timeouts."
        }
    };
    fixed.to_owned()
}
