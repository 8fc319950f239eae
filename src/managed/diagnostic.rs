//! Errors and warnings as sentences: what was being done to what, what Runpod answered, what to do next.

use std::borrow::Cow;

use tf_provider::{AttributePath, Diagnostic, Diagnostics};

use runpod::{Error, Kind, Operation, Refusal};

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

/// Tells a failed call to Runpod: `subject` is what it was about, such as ``endpoint "sdxl" (i02xupws21hp6i)``.
pub fn explain(failure: &Error, subject: &str) -> Diagnostic {
    let summary = format!("Could not {}: {}", failure.operation, headline(&failure.kind));
    let detail = format!(
        "While trying to {}, {}.\n\n{}",
        what_was_done(failure.operation, subject),
        what_happened(failure),
        advice(&failure.kind, failure.operation)
    );
    diagnostic(concerns(failure), summary, detail)
}

/// The attribute that a refusal is about; every thing calls it the same.
fn concerns(failure: &Error) -> AttributePath {
    let Kind::Refused(refusal) = failure.kind else {
        return AttributePath::root();
    };
    match refusal {
        Refusal::WorkerQuota => AttributePath::new("workers_max"),
        Refusal::TemplateNotFound | Refusal::PodTemplate => AttributePath::new("template_id"),
        Refusal::GpuIdsMissing => AttributePath::new("gpu_ids"),
        Refusal::Balance | Refusal::Other => AttributePath::root(),
    }
}

/// A kind of failure in a few words, as the first line of an error has it.
pub fn headline(kind: &Kind) -> &'static str {
    match kind {
        Kind::Credential => "Runpod does not accept the API key",
        Kind::Forbidden => "the request was blocked before it reached Runpod",
        Kind::RateLimited { .. } => "too many requests",
        Kind::Unavailable { .. } => "Runpod is unavailable",
        Kind::TryAgainLater => "Runpod reports a fault of its own",
        Kind::Timeout => "no answer in time",
        Kind::Unreachable => "Runpod cannot be reached",
        Kind::ConnectionLost => "the connection was lost",
        Kind::Garbled => "the answer is not one of the API",
        Kind::Incomplete => "the answer is incomplete",
        Kind::Refused(Refusal::WorkerQuota) => "the account's worker quota is used up",
        Kind::Refused(Refusal::TemplateNotFound) => "the template does not exist",
        Kind::Refused(Refusal::PodTemplate) => "the template is a pod template",
        Kind::Refused(Refusal::Balance) => "the account's balance is too low",
        Kind::Refused(Refusal::GpuIdsMissing) => "a GPU endpoint needs gpu_ids",
        Kind::Refused(Refusal::Other) => "Runpod refused",
        Kind::Schema => "the API did not understand the request",
        Kind::UnexpectedStatus => "an unexpected HTTP status",
        Kind::Cancelled => "stopped",
        Kind::DeadlineExceeded => "the time for the operation is used up",
    }
}

fn what_was_done(operation: Operation, subject: &str) -> String {
    match operation {
        Operation::ListEndpoints => format!("list the account's endpoints for {subject}"),
        Operation::ReadEndpoint => format!("read {subject}"),
        Operation::CreateEndpoint => format!("create {subject}"),
        Operation::UpdateEndpoint => format!("update {subject}"),
        Operation::SwitchTemplate => format!("switch the template of {subject}"),
        Operation::DeleteEndpoint => format!("delete {subject}"),
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
        | Kind::ConnectionLost
        | Kind::Cancelled
        | Kind::DeadlineExceeded
        | Kind::Garbled
        | Kind::Incomplete => format!("{message}{facts}"),
        Kind::Forbidden | Kind::UnexpectedStatus => format!("the answer was: {message}{facts}"),
        _ => format!("Runpod answered: {message}{facts}"),
    }
}

/// What a user can do about a kind of failure of a call.
pub fn advice(kind: &Kind, operation: Operation) -> &'static str {
    match kind {
        Kind::Credential => {
            "Check the key in the provider's api_key argument or in the RUNPOD_API_KEY environment variable: it may \
             be mistyped, revoked, or restricted so that it may not use the GraphQL API. Keys are made and revoked \
             in the Runpod console under Settings, API Keys. Nothing was changed in the state."
        }
        Kind::Forbidden => {
            "HTTP 403 mostly comes from the firewall in front of the API (Cloudflare, \"error code: 1010\"), not \
             from the key. Check whether a proxy rewrites the User-Agent, whether this network or address is \
             blocked, and whether graphql_url is right; then try again."
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
            "Check the network, a proxy (HTTPS_PROXY), the name service, and the provider's graphql_url, then try \
             again."
        }
        Kind::ConnectionLost => "Check the network and any proxy between here and Runpod, then try again.",
        Kind::Garbled => {
            "Something that is not the API answered: a proxy, a captive portal, or an error page. Check \
             graphql_url and the network, then try again."
        }
        Kind::Incomplete => {
            "The answer cannot be trusted, so nothing was concluded from it. Try again in a few minutes; a \
             restricted API key may also be the cause."
        }
        Kind::Refused(Refusal::WorkerQuota) => {
            "The sum of workers_max over all endpoints of the account is limited by its quota. Lower workers_max \
             here or on other endpoints, delete endpoints that are not needed, or ask Runpod for a larger quota."
        }
        Kind::Refused(Refusal::TemplateNotFound) => {
            "Check template_id: the template may have been deleted, belong to another account, or be mistyped. \
             Template ids are shown in the Runpod console under Templates."
        }
        Kind::Refused(Refusal::PodTemplate) => {
            "Endpoints take serverless templates only. Choose one of those, or make a copy of the template with \
             the type Serverless in the Runpod console."
        }
        Kind::Refused(Refusal::Balance) => {
            "Add credit to the account in the Runpod console under Billing, then apply again."
        }
        Kind::Refused(Refusal::GpuIdsMissing) => {
            "Name at least one GPU pool in gpu_ids, such as [\"AMPERE_16\"]; for a CPU endpoint set instance_ids."
        }
        Kind::Refused(Refusal::Other) if operation == Operation::DeleteEndpoint => {
            "Runpod may refuse as long as workers are ending. Destroy again in a few minutes, or allow more time in \
             the resource's timeouts."
        }
        Kind::Refused(Refusal::Other) => "Change the configuration as the message says, then apply again.",
        Kind::Schema => {
            "The API and this version of the provider disagree about a field. Upgrade the provider; if there is no \
             newer one, report it with the message above."
        }
        Kind::UnexpectedStatus => {
            "Redirects are not followed, so that the key is not sent elsewhere. Check the provider's graphql_url."
        }
        Kind::Cancelled => "Nothing was started after the interruption. Apply again to go on.",
        Kind::DeadlineExceeded => {
            "Apply again to go on where this ended, or allow more time in the resource's timeouts."
        }
    }
}
