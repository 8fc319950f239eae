//! The log of requests: what a test asks to learn how the provider spoke to the API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{answer::Answer, summary::Summary};
use crate::account::store::now;

/// One request to an emulated API and how it was answered.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub struct RequestRecord {
    /// Counts from 1 in the order of arrival; goes on when the log is cleared.
    pub number: u64,
    /// When it arrived.
    pub at: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query, as they were sent.
    pub uri: String,
    /// The User-Agent header.
    pub user_agent: Option<String>,
    /// The Authorization header.
    pub authorization: Option<String>,
    /// The name of the operation that ran.
    pub operation_name: Option<String>,
    /// The root fields, and those of `myself` as `myself.endpoints`; or one operation, such as
    /// `GET /v2/serverless/{id}`.
    pub root_fields: Vec<String>,
    /// The arguments of each root field, variables filled in; of an operation `id` and the body as `input`.
    pub arguments: Vec<Value>,
    /// The whole body.
    pub body: String,
    /// The `x-request-id` of the answer.
    pub request_id: Option<String>,
    /// The status that was answered; none while it is open and when the connection was closed instead.
    pub status: Option<u16>,
    /// The fault that struck it.
    pub fault: Option<String>,
    /// How many requests were open when this one arrived, itself included.
    pub in_flight: usize,
}

impl RequestRecord {
    /// Whether it asks for this field or operation, such as `saveEndpoint`, `myself.endpoints` or
    /// `POST /v2/serverless`.
    pub fn asks(&self, field: &str) -> bool {
        self.root_fields.iter().any(|asked| asked == field)
    }

    /// The `input` argument of its first root field, or the body of a request to REST v2; null for none.
    pub fn input(&self) -> Value {
        self.arguments
            .first()
            .and_then(|arguments| arguments.get("input"))
            .cloned()
            .unwrap_or_default()
    }

    /// The id in the path of a request to REST v2 or the jobs API.
    pub fn path_id(&self) -> Option<String> {
        let id = self.arguments.first()?.get("id")?;
        self.is_operation().then(|| id.as_str().map(str::to_owned))?
    }

    /// Whether it is a save that creates, or a `POST` to REST v2.
    pub fn is_create(&self) -> bool {
        let is_save = self.asks("saveEndpoint") && self.input().get("id").is_none_or(Value::is_null);
        is_save || (self.is_operation() && self.method == "POST")
    }

    /// Whether it is a save that updates, or a `PATCH` of REST v2.
    pub fn is_update(&self) -> bool {
        let is_save = self.asks("saveEndpoint") && !self.is_create();
        is_save || (self.is_operation() && self.method == "PATCH")
    }

    /// Whether it is to REST v2 or the jobs API.
    fn is_operation(&self) -> bool {
        self.root_fields.first().is_some_and(|field| field.contains(' '))
    }
}

/// How a request presented itself over HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Which of the emulated APIs a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiKind {
    Graphql,
    Rest,
    Jobs,
    None,
}

impl Envelope {
    /// The API that the path belongs to.
    pub(crate) fn api(&self) -> ApiKind {
        let path = self.uri.split('?').next().unwrap_or_default();
        let below =
            |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
        match path {
            "/graphql" => ApiKind::Graphql,
            _ if below("/v2") => ApiKind::Rest,
            _ if below("/jobs") => ApiKind::Jobs,
            _ => ApiKind::None,
        }
    }

    /// Whether the body says that it is JSON.
    pub(crate) fn is_json(&self) -> bool {
        let kind = self.content_type.as_deref();
        kind.is_some_and(|kind| kind.starts_with("application/json"))
    }

    /// The key of the Authorization header.
    pub(crate) fn bearer(&self) -> Option<String> {
        let (scheme, key) = self.authorization.as_deref()?.split_once(' ')?;
        let key = key.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| key.to_owned())
    }

    /// The first value of this name in the query, as it was sent.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.uri.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// Whether the firewall lets the User-Agent pass: any but none and Python's own (API facts 2.1).
    pub(crate) fn has_honest_agent(&self) -> bool {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let agent = agent.trim().to_ascii_lowercase();
        !agent.is_empty() && !agent.starts_with("python-urllib")
    }
}

/// All requests since the last clearing.
#[derive(Debug, Default)]
pub(crate) struct Log {
    records: Vec<RequestRecord>,
    count: u64,
    open: usize,
    peak: usize,
}

impl Log {
    pub(crate) fn arrived(&mut self, envelope: &Envelope, summary: &Summary) -> u64 {
        self.count += 1;
        self.open += 1;
        self.peak = self.peak.max(self.open);
        self.records.push(RequestRecord {
            number: self.count,
            at: now(),
            method: envelope.method.clone(),
            uri: envelope.uri.clone(),
            user_agent: envelope.user_agent.clone(),
            authorization: envelope.authorization.clone(),
            operation_name: summary.operation_name.clone(),
            root_fields: summary.fields(),
            arguments: summary.calls.iter().map(|call| call.arguments.clone()).collect(),
            body: String::from_utf8_lossy(&envelope.body).into_owned(),
            request_id: None,
            status: None,
            fault: None,
            in_flight: self.open,
        });
        self.count
    }

    pub(crate) fn struck(&mut self, number: u64, fault: String) {
        if let Some(record) = self.find(number) {
            record.fault = Some(fault);
        }
    }

    pub(crate) fn answered(&mut self, number: u64, answer: &Answer) {
        self.open = self.open.saturating_sub(1);
        if let Some(record) = self.find(number) {
            record.status = answer.seen_status();
            let id = answer.headers.iter().find(|(name, _)| name == "x-request-id");
            record.request_id = id.map(|(_, value)| value.clone());
        }
    }

    pub(crate) fn records(&self) -> &[RequestRecord] {
        &self.records
    }

    pub(crate) fn peak(&self) -> usize {
        self.peak
    }

    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.peak = self.open;
    }

    fn find(&mut self, number: u64) -> Option<&mut RequestRecord> {
        self.records
            .iter_mut()
            .rev()
            .find(|record| record.number == number)
    }
}
