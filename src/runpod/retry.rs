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
//! `Retry-After` is honoured. After a 429 every request of the process waits, and then they do not all go at once.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBuilder};
use rand::Rng;
use tokio::time::Instant;

use super::{Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, Lookup, Operation};

/// The first wait.
const BASE: Duration = Duration::from_millis(500);

/// The longest wait that is of our own choosing.
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
        for number in 1..=self.max_retries.saturating_add(1) {
            self.pass_gate(operation, call, last.as_ref()).await?;
            let mut failure = match ATTEMPT.scope(number, attempt()).await {
                Ok(result) => return Ok(result),
                Err(failure) => failure,
            };
            failure.attempts = number;
            let wait = waits.next().unwrap_or(LONGEST);
            let asked = match failure.kind {
                Kind::RateLimited { retry_after } => {
                    let wait = retry_after.unwrap_or(wait);
                    self.close_gate(wait);
                    Some(wait)
                }
                Kind::Unavailable { retry_after } => retry_after,
                _ => None,
            };
            if number > self.max_retries || !is_tried_again(operation, &failure.kind) {
                return Err(failure);
            }
            let wait = asked.map_or(wait, |asked| asked.max(Duration::from_millis(1)));
            if Instant::now() + wait > call.deadline {
                return Err(too_late(failure, wait));
            }
            tracing::debug!(
                ?operation,
                attempt = number,
                wait_ms = wait.as_millis() as u64,
                "will try again"
            );
            if !call.pause(wait).await && call.cancelled.is_cancelled() {
                return Err(stopped(operation, number, Some(&failure)));
            }
            last = Some(failure);
        }
        Err(last.unwrap_or_else(|| stopped(operation, 0, None)))
    }

    /// Waits until requests may go; an error where the call ends before.
    async fn pass_gate(&self, operation: Operation, call: &Call, last: Option<&Error>) -> Result<(), Error> {
        let attempts = last.map_or(0, |failure| failure.attempts);
        loop {
            if call.cancelled.is_cancelled() {
                return Err(stopped(operation, attempts, last));
            }
            if Instant::now() >= call.deadline {
                let mut failure = Error::new(
                    operation,
                    Kind::DeadlineExceeded,
                    "the time was up before an answer came",
                );
                failure.attempts = attempts;
                return Err(last.cloned().unwrap_or(failure));
            }
            let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(until) = until.filter(|until| *until > Instant::now()) else {
                return Ok(());
            };
            if until > call.deadline {
                let mut failure = Error::new(
                    operation,
                    Kind::RateLimited {
                        retry_after: Some(until - Instant::now()),
                    },
                    "Runpod asked to wait longer than this operation may take",
                );
                failure.attempts = attempts;
                return Err(failure);
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

fn stopped(operation: Operation, attempts: u32, last: Option<&Error>) -> Error {
    let before = last.map_or_else(String::new, |failure| {
        format!("; before that: {}", failure.message)
    });
    let mut failure = Error::new(
        operation,
        Kind::Cancelled,
        format!("the operation was interrupted{before}"),
    );
    failure.attempts = attempts;
    failure
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
