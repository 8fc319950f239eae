//! One HTTP attempt: send the request, log it, and tell what came of it.

use std::{iter, time::Instant};

use reqwest::{
    ClientBuilder,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::{Reply, Request, SETUP, Settings, gate::Gate, mask::Secrets, tls};
use crate::{Error, Kind, Operation};

pub struct Http {
    /// For addresses elsewhere, through a proxy where the environment names one; made where there is such an address.
    remote: Option<reqwest::Client>,
    /// For this machine's own loopback, which a proxy cannot reach.
    loopback: Option<reqwest::Client>,
    key: SecretString,
}

impl Http {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        // It fails only where a backend is installed already, and then that one is ring, too.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::from_str(&format!("Bearer {}", settings.key.expose_secret()));
        let mut bearer = bearer.map_err(|_| {
            let message = "the key has a character that no header can hold";
            Error::unmade(SETUP, Kind::Credential, message)
        })?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let builder = || {
            reqwest::Client::builder()
                .default_headers(headers.clone())
                .user_agent(&settings.user_agent)
                .redirect(redirect::Policy::none())
                .timeout(settings.request_timeout)
                .connect_timeout(settings.request_timeout)
        };
        let urls = [&settings.graphql_url, &settings.rest_url, &settings.jobs_url];
        let (is_local, is_remote) = (|url: &&Url| is_loopback(url), |url: &&Url| !is_loopback(url));
        let remote = urls
            .into_iter()
            .any(|url| is_remote(&url))
            .then(|| build(builder()));
        let loopback = urls
            .into_iter()
            .any(|url| is_local(&url))
            .then(|| build(builder().no_proxy()));
        Ok(Self {
            remote: remote.transpose()?,
            loopback: loopback.transpose()?,
            key: settings.key.clone(),
        })
    }

    /// Sends the request once and reads the answer.
    pub async fn send<R>(
        &self,
        operation: Operation,
        attempt: u32,
        request: &Request,
        gate: &Gate,
        read: impl Fn(&Reply) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let secrets = Secrets::new(&self.key, &request.hidden);
        if let Some(body) = &request.body {
            tracing::trace!(operation = operation.name, body = %secrets.body(body), "request");
        }
        let begun = Instant::now();
        let reply = self.attempt(operation, request, &secrets).await;
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, request_id) = match &reply {
            Ok(reply) => (Some(reply.status().as_u16()), reply.request_id()),
            Err(_) => (None, None),
        };
        if let Ok(reply) = &reply {
            log_body(operation, reply, &secrets);
            // What would be refused is not sent: other requests wait until the window opens.
            if let Some(wait) = reply.exhausted() {
                gate.close(wait);
            }
        }
        let outcome = reply.and_then(|reply| read(&reply));
        let told = match &outcome {
            Ok(_) => "ok".to_owned(),
            Err(failure) => format!("{:?}", failure.kind),
        };
        tracing::debug!(
            operation = operation.name,
            attempt,
            status,
            request_id,
            duration_ms,
            outcome = told,
            "Runpod API call"
        );
        outcome
    }

    async fn attempt(
        &self,
        operation: Operation,
        request: &Request,
        secrets: &Secrets,
    ) -> Result<Reply, Error> {
        let client = if is_loopback(&request.url) {
            &self.loopback
        } else {
            &self.remote
        };
        let Some(client) = client else {
            let message = "no client was made for this address";
            return Err(Error::unmade(operation, Kind::Unreachable, message));
        };
        let mut sent = client.request(request.method.clone(), request.url.clone());
        if let Some(body) = &request.body {
            sent = sent.body(body.to_string());
        }
        let response = sent.send().await.map_err(|failure| broken(operation, &failure))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = match response.bytes().await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) if !status.is_success() => String::new(),
            Err(failure) => return Err(broken(operation, &failure)),
        };
        Ok(Reply::new(operation, status, headers, text, secrets.clone()))
    }
}

fn log_body(operation: Operation, reply: &Reply, secrets: &Secrets) {
    let operation = operation.name;
    match reply.json() {
        Some(json) => tracing::trace!(operation, body = %secrets.body(json), "answer"),
        None => tracing::trace!(operation, length = reply.length(), "answer that is not JSON"),
    }
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, Error> {
    if let Some(fault) = tls::broken_variable() {
        return Err(Error::unmade(SETUP, Kind::Tls, &fault));
    }
    builder.build().map_err(|failure| {
        let causes = iter::successors(std::error::Error::source(&failure), |cause| cause.source());
        let root = causes
            .last()
            .map_or_else(|| failure.to_string(), ToString::to_string);
        let words = format!(
            "the certificates to trust, from {}, cannot be used ({root})",
            tls::source()
        );
        Error::unmade(SETUP, Kind::Tls, &words)
    })
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
    if let Some(fault) = tls::certificate_fault(failure) {
        let words = format!(
            "the server's certificate is not trusted: {fault}; the certificates to trust come from {}",
            tls::source()
        );
        return Error::new(operation, Kind::Tls, words);
    }
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
    let causes = iter::successors(std::error::Error::source(failure), |cause| cause.source());
    let root = match causes.last() {
        Some(root) if kind != Kind::Timeout => format!(" ({root})"),
        _ => String::new(),
    };
    Error::new(operation, kind, format!("{words}{root}"))
}
