//! How any operation travels, whichever API it is of: the key, the User-Agent, masking, logs, deadline and
//! cancellation, what is tried again, and the one gate after a 429. Nouns and dialects know none of it.

mod gate;
mod http;
mod limits;
mod mask;
mod reply;
pub mod retry;
mod tls;

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::{Call, Error, Operation};
use http::Http;
pub use http::is_loopback;
pub use reply::Reply;
use retry::{BASE, Retry};

/// What the client needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Address of the GraphQL API.
    pub graphql_url: Url,
    /// Address of REST v2, `/v2` included.
    pub rest_url: Url,
    /// Address of the jobs API, `/v2` included.
    pub jobs_url: Url,
    /// API key; it travels as `Authorization: Bearer`, never in a URL (API facts 2.1).
    pub key: SecretString,
    /// The `User-Agent`, which must not look like a library's default (API facts 2.1).
    pub user_agent: String,
    /// The longest time for one attempt.
    pub request_timeout: Duration,
    /// Most attempts after the first.
    pub max_retries: u32,
}

/// The error of a client that cannot be made is about this.
pub(crate) const SETUP: Operation = Operation::own("setup", "make the client for Runpod");

/// One request, as it is sent by each attempt.
#[derive(Debug)]
pub struct Request {
    /// `POST` or its like.
    pub method: reqwest::Method,
    /// Where to.
    pub url: Url,
    /// What is sent as JSON, if anything.
    pub body: Option<Value>,
    /// Texts that, like the key, neither a log nor an error may show.
    pub hidden: Vec<String>,
}

/// Sends operations.
pub struct Transport {
    http: Http,
    retry: Retry,
}

impl Transport {
    /// A transport with a connection pool of its own.
    ///
    /// # Errors
    ///
    /// The key is none that a header can hold, or the TLS backend or the certificates to trust cannot be used.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        Self::with_base(settings, BASE)
    }

    /// As [`Transport::new`], with another first wait between attempts.
    pub(crate) fn with_base(settings: &Settings, base: Duration) -> Result<Self, Error> {
        Ok(Self {
            http: Http::new(settings)?,
            retry: Retry::new(settings.max_retries, base),
        })
    }

    /// Sends an operation, as often as it takes; `read` says what an answer means, an error of it included.
    ///
    /// # Errors
    ///
    /// That of the last attempt, or that no attempt could be made.
    pub async fn send<R: Send>(
        &self,
        operation: Operation,
        call: &Call,
        request: &Request,
        read: impl Fn(&Reply) -> Result<R, Error> + Sync,
    ) -> Result<R, Error> {
        let read = &read;
        self.retry
            .run(operation, call, |attempt| async move {
                let sending = self
                    .http
                    .send(operation, attempt, request, &self.retry.gate, read);
                // A read that is no longer wanted may be dropped; a write may not, since its answer tells what was
                // done.
                if operation.is_write() {
                    return sending.await;
                }
                tokio::select! {
                    outcome = sending => outcome,
                    () = call.cancelled.cancelled() => Err(Error::interrupted(operation)),
                }
            })
            .await
    }
}
