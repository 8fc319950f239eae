//! One HTTP attempt: POST the document, and tell what came of it.

use std::time::{Duration, Instant, SystemTime};

use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Host, Url};

use super::{
    Settings,
    answer::{self, Answer},
    mask,
};
use crate::{Error, Kind, Operation};

/// The longest body that is looked at for the firewall's words.
const SHORT: usize = 256;

/// The longest `Retry-After` that is told apart: longer than any operation may take.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub struct Http {
    client: reqwest::Client,
    url: Url,
    key: SecretString,
}

impl Http {
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        // It fails only where a backend is installed already, and then that one is ring, too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", settings.key.expose_secret())) {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(settings.user_agent)
            .redirect(redirect::Policy::none())
            .timeout(settings.request_timeout)
            .connect_timeout(settings.request_timeout);
        // A proxy cannot reach this machine's own loopback.
        let builder = if is_loopback(&settings.url) {
            builder.no_proxy()
        } else {
            builder
        };
        Ok(Self {
            client: builder.build()?,
            url: settings.url,
            key: settings.key,
        })
    }

    /// Sends the document once.
    pub async fn post(&self, operation: Operation, body: &Value) -> Result<Answer, Error> {
        tracing::trace!(?operation, body = %mask::body(body, self.key.expose_secret()), "request");
        let begun = Instant::now();
        let outcome = self.attempt(operation, body).await;
        let status = match &outcome {
            Ok(answer) => Some(answer.status),
            Err(failure) => failure.status,
        };
        let told = match &outcome {
            Ok(answer) if answer.has_errors() => "GraphQL errors".to_owned(),
            Ok(_) => "ok".to_owned(),
            Err(failure) => format!("{:?}", failure.kind),
        };
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let attempt = crate::retry::current_attempt();
        tracing::debug!(
            ?operation,
            attempt,
            status,
            duration_ms = milliseconds,
            outcome = told,
            "Runpod API call"
        );
        outcome
    }

    async fn attempt(&self, operation: Operation, body: &Value) -> Result<Answer, Error> {
        let request = self.client.post(self.url.clone()).body(body.to_string());
        let response = request
            .send()
            .await
            .map_err(|failure| broken(operation, &failure))?;
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let text = match response.bytes().await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) if !status.is_success() => String::new(),
            Err(failure) => return Err(broken(operation, &failure)),
        };
        let json: Option<Value> = serde_json::from_str(&text).ok();
        match &json {
            Some(json) => {
                tracing::trace!(?operation, body = %mask::body(json, self.key.expose_secret()), "answer")
            }
            None => tracing::trace!(?operation, length = text.len(), "answer that is not JSON"),
        }
        let key = self.key.expose_secret();
        let failed = |kind, message: &str| {
            let mut failure = Error::new(operation, kind, mask::line(message, key));
            failure.status = Some(status.as_u16());
            failure.code = json
                .as_ref()
                .and_then(answer::first_code)
                .map(|code| mask::line(code, key));
            failure
        };
        let said = json.as_ref().and_then(answer::first_message);
        match status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED => {
                return Err(failed(
                    Kind::Credential,
                    said.unwrap_or("the API key is not accepted"),
                ));
            }
            StatusCode::FORBIDDEN => {
                let firewall = text.len() <= SHORT && text.contains("error code: 1010");
                let words = if firewall {
                    "error code: 1010"
                } else {
                    "the request is forbidden"
                };
                return Err(failed(Kind::Forbidden, said.unwrap_or(words)));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                let kind = Kind::RateLimited { retry_after };
                return Err(failed(kind, said.unwrap_or("too many requests")));
            }
            StatusCode::BAD_REQUEST if said.is_some() => {
                return Err(failed(Kind::Schema, said.unwrap_or_default()));
            }
            status if status.is_server_error() => {
                let kind = Kind::Unavailable { retry_after };
                let words = status.canonical_reason().unwrap_or("a server error");
                return Err(failed(kind, said.unwrap_or(words)));
            }
            status => {
                let words = status.canonical_reason().unwrap_or("an unknown status");
                return Err(failed(Kind::UnexpectedStatus, words));
            }
        }
        match json {
            Some(json) if json.get("data").is_some() || json.get("errors").is_some() => {
                Ok(Answer::new(operation, status.as_u16(), json, self.key.clone()))
            }
            Some(_) => Err(failed(
                Kind::Garbled,
                "the answer is JSON, but not a GraphQL answer",
            )),
            None => Err(failed(Kind::Garbled, "the answer is not JSON, or was cut off")),
        }
    }
}

/// Whether the address is this machine itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A failure below HTTP. Its own words are not passed on: they hold the URL and the libraries' jargon.
fn broken(operation: Operation, failure: &reqwest::Error) -> Error {
    let (kind, words) = if failure.is_connect() {
        (Kind::Unreachable, "no connection could be made")
    } else if failure.is_timeout() {
        (Kind::Timeout, "no answer came within the request timeout")
    } else {
        (
            Kind::ConnectionLost,
            "the connection broke before the answer was complete",
        )
    };
    let causes = std::iter::successors(std::error::Error::source(failure), |cause| cause.source());
    let root = match causes.last() {
        Some(root) if kind != Kind::Timeout => format!(" ({root})"),
        _ => String::new(),
    };
    Error::new(operation, kind, format!("{words}{root}"))
}

/// What `Retry-After` asks for, in seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            date.duration_since(SystemTime::now()).unwrap_or_default()
        }
    };
    Some(wait.min(DAY))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Duration> {
        let value = HeaderValue::from_str(text).unwrap();
        retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]))
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked(" 0 "), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_is_read_as_a_date() {
        let date = |moment| asked(&httpdate::fmt_http_date(moment)).unwrap();
        // A date has whole seconds.
        let wait = date(SystemTime::now() + Duration::from_secs(60));
        assert!((58..=60).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(date(SystemTime::UNIX_EPOCH), Duration::ZERO);
    }

    #[test]
    fn retry_after_has_a_limit() {
        assert_eq!(asked(&u64::MAX.to_string()), Some(DAY));
        assert_eq!(asked("Fri, 31 Dec 9999 23:59:59 GMT"), Some(DAY));
    }

    #[test]
    fn retry_after_that_says_nothing_is_none() {
        assert_eq!(retry_after(&HeaderMap::new()), None);
        for text in ["", "soon", "-1", "1.5", "99999999999999999999999"] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
