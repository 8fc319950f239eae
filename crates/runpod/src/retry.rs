//! What is tried again, when, and for how long.
//!
//! | outcome of an attempt | reads | create | update, template switch | delete |
//! |---|---|---|---|---|
//! | HTTP 429 | again | again | again | again |
//! | no connection could be made | again | again | again | again |
//! | HTTP 5xx, time-out, connection lost, garbled or incomplete answer | again | returned, to be looked up | again | again |
//! | "try again later", `INTERNAL_SERVER_ERROR` | again | returned, to be looked up | again | returned, to be looked up |
//! | refused: key, firewall, business rule, schema, other status | returned | returned | returned | returned |
//!
//! A create is repeated only where it provably did not happen; the others leave the same when they are done twice. A
//! delete that fails with a fault of the API may have hit an endpoint that is gone, which is for the caller to see.
//! Attempts are bounded by `max_retries`, their time by [`Call::deadline`]; waits grow exponentially with jitter, and
//! `Retry-After` is honoured. After a 429 every request of the process waits at one gate, and when it opens they do
//! not all go at once.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBuilder};
use rand::RngExt;
use tokio::time::Instant;

use super::{Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, Lookup, Operation};

/// The first wait.
const BASE: Duration = Duration::from_millis(500);

/// The longest wait that is of our own choosing, jitter aside.
const LONGEST: Duration = Duration::from_secs(15);

tokio::task_local! {
    static ATTEMPT: u32;
}

/// Which attempt the current task is making, from 1.
pub fn current_attempt() -> u32 {
    ATTEMPT.try_with(|attempt| *attempt).unwrap_or(1)
}

/// An API whose passing failures are tried again.
pub struct Retrying<T> {
    inner: T,
    max_retries: u32,
    base: Duration,
    /// Until when every request waits.
    closed_until: Mutex<Option<Instant>>,
}

impl<T: EndpointsApi> Retrying<T> {
    /// At most `max_retries` attempts after the first.
    pub fn new(inner: T, max_retries: u32) -> Self {
        Self::with_base(inner, max_retries, BASE)
    }

    /// As [`Retrying::new`], with another first wait.
    pub fn with_base(inner: T, max_retries: u32, base: Duration) -> Self {
        Self {
            inner,
            max_retries,
            base,
            closed_until: Mutex::default(),
        }
    }

    async fn again<R, F: Future<Output = Result<R, Error>>>(
        &self,
        operation: Operation,
        call: &Call,
        attempt: impl Fn() -> F,
    ) -> Result<R, Error> {
        let mut waits = ExponentialBuilder::new()
            .with_min_delay(self.base)
            .with_max_delay(LONGEST)
            .with_jitter()
            .without_max_times()
            .build();
        let mut last: Option<Error> = None;
        loop {
            self.pass_gate(operation, call, last.as_ref()).await?;
            let number = last.map_or(1, |failure| failure.attempts.saturating_add(1));
            let mut failure = match ATTEMPT.scope(number, attempt()).await {
                Ok(result) => return Ok(result),
                Err(failure) => failure,
            };
            failure.attempts = number;
            let own = waits.next().unwrap_or(LONGEST);
            let wait = match failure.kind {
                Kind::RateLimited { retry_after } | Kind::Unavailable { retry_after } => {
                    retry_after.map_or(own, |asked| asked.max(self.base))
                }
                _ => own,
            };
            let is_limited = matches!(failure.kind, Kind::RateLimited { .. });
            if is_limited {
                self.close_gate(wait);
            }
            if number > self.max_retries || !is_tried_again(operation, &failure.kind) {
                return Err(failure);
            }
            if Instant::now() + wait > call.deadline {
                return Err(too_late(failure, wait));
            }
            tracing::debug!(
                ?operation,
                attempt = number,
                wait_ms = wait.as_millis() as u64,
                "will try again"
            );
            if !is_limited {
                call.pause(wait).await;
            }
            last = Some(failure);
        }
    }

    /// Waits until requests may go; an error where the call ends before.
    async fn pass_gate(&self, operation: Operation, call: &Call, last: Option<&Error>) -> Result<(), Error> {
        loop {
            if call.cancelled.is_cancelled() {
                return Err(stopped(operation, last));
            }
            if Instant::now() >= call.deadline {
                return Err(last.cloned().unwrap_or_else(|| Error::out_of_time(operation)));
            }
            let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(until) = until.filter(|until| *until > Instant::now()) else {
                return Ok(());
            };
            if until > call.deadline {
                let retry_after = Some(until - Instant::now());
                let message = "Runpod asked to wait longer than this operation may take";
                let unmade = Error::unmade(operation, Kind::RateLimited { retry_after }, message);
                return Err(last.cloned().unwrap_or(unmade));
            }
            let jitter = rand::rng().random_range(Duration::ZERO..=self.base);
            call.pause(until.saturating_duration_since(Instant::now()) + jitter)
                .await;
        }
    }

    fn close_gate(&self, wait: Duration) {
        let mut until = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Some(Instant::now() + wait));
    }
}

fn is_tried_again(operation: Operation, kind: &Kind) -> bool {
    match kind {
        Kind::RateLimited { .. } | Kind::Unreachable => true,
        Kind::Unavailable { .. }
        | Kind::Timeout
        | Kind::ConnectionLost
        | Kind::Garbled
        | Kind::Incomplete => operation.is_repeatable(),
        Kind::TryAgainLater => operation.is_repeatable() && operation != Operation::DeleteEndpoint,
        Kind::Credential
        | Kind::Forbidden
        | Kind::Refused(_)
        | Kind::Schema
        | Kind::UnexpectedStatus
        | Kind::Cancelled
        | Kind::DeadlineExceeded => false,
    }
}

/// The error of a call that was stopped between two attempts; one that may have done its work stays what it is.
fn stopped(operation: Operation, last: Option<&Error>) -> Error {
    let mut stopped = Error::interrupted(operation);
    let Some(last) = last else {
        return stopped;
    };
    stopped.attempts = last.attempts;
    stopped.message = format!("{}; before that: {}", stopped.message, last.message);
    if last.is_ambiguous() {
        stopped.kind = last.kind.clone();
    }
    stopped
}

fn too_late(mut failure: Error, wait: Duration) -> Error {
    let seconds = wait.as_secs_f64().ceil();
    failure.message = format!(
        "{}; the next attempt would be in {seconds} s, after the time is up",
        failure.message
    );
    failure
}

#[async_trait]
impl<T: EndpointsApi> EndpointsApi for Retrying<T> {
    async fn account(&self, call: &Call) -> Result<Arc<Account>, Error> {
        self.again(Operation::ListEndpoints, call, || self.inner.account(call))
            .await
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Lookup, Error> {
        self.again(Operation::ReadEndpoint, call, || self.inner.find(call, id))
            .await
    }

    async fn create(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.again(Operation::CreateEndpoint, call, || self.inner.create(call, input))
            .await
    }

    async fn update(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        self.again(Operation::UpdateEndpoint, call, || self.inner.update(call, input))
            .await
    }

    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        self.again(Operation::SwitchTemplate, call, || {
            self.inner.switch_template(call, id, template_id)
        })
        .await
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        self.again(Operation::DeleteEndpoint, call, || self.inner.delete(call, id))
            .await
    }
}
