//! An answer on its way to the client, whole or broken.

use std::{convert::Infallible, fmt};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

/// How an answer arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Whole,
    /// Up to the middle of its body.
    HalfBody,
    /// Up to the end of its headers.
    HeadersOnly,
    /// Not at all.
    Closed,
}

/// An answer: status, headers, body, and how it arrives.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

/// The connection is to close without an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection closed on purpose")
    }
}

impl std::error::Error for Closed {}

impl From<Infallible> for Closed {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Answer {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".into(), "application/json; charset=utf-8".into())];
        Self {
            status,
            headers,
            body: body.to_string().into_bytes(),
            manner: Manner::Whole,
        }
    }

    /// A JSON answer with errors and no data.
    pub(crate) fn errors(status: u16, errors: Vec<Value>) -> Self {
        Self::json(status, &json!({ "errors": errors }))
    }

    /// A JSON answer with one error of this code.
    pub(crate) fn error(status: u16, message: &str, code: &str) -> Self {
        Self::errors(
            status,
            vec![json!({"message": message, "extensions": {"code": code}})],
        )
    }

    /// A plain text answer.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        let headers = vec![("content-type".into(), "text/plain; charset=UTF-8".into())];
        Self {
            status,
            headers,
            body: body.into(),
            manner: Manner::Whole,
        }
    }

    /// No answer.
    pub(crate) fn closed() -> Self {
        Self {
            status: 0,
            headers: Vec::new(),
            body: Vec::new(),
            manner: Manner::Closed,
        }
    }

    pub(crate) fn in_manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// The status the client gets to see.
    pub(crate) fn seen_status(&self) -> Option<u16> {
        (self.manner != Manner::Closed).then_some(self.status)
    }

    /// The answer as the server sends it.
    pub(crate) fn into_response(self) -> Result<Response<Body>, Closed> {
        let length = self.body.len();
        let body = match self.manner {
            Manner::Closed => return Err(Closed),
            Manner::Whole => Body::from(self.body),
            Manner::HalfBody => {
                let half = self.body.get(..length / 2).unwrap_or_default();
                broken_body(Bytes::copy_from_slice(half))
            }
            Manner::HeadersOnly => broken_body(Bytes::new()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        Ok(response)
    }
}

/// A body that stops after some bytes, long enough for them to be on the wire, and then fails.
fn broken_body(start: Bytes) -> Body {
    enum Step {
        Start(Bytes),
        Fail,
    }
    Body::from_stream(stream::unfold(Step::Start(start), |step| async move {
        match step {
            Step::Start(bytes) if !bytes.is_empty() => Some((Ok(bytes), Step::Fail)),
            Step::Start(_) | Step::Fail => {
                tokio::task::yield_now().await;
                Some((Err(Closed), Step::Fail))
            }
        }
    }))
}
