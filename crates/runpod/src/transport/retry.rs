//! What is tried again, when, and for how long.
//!
//! | outcome of an attempt | reads | create | update | delete |
//! |---|---|---|---|---|
//! | HTTP 429 | again | again | again | again |
//! | no connection could be made | again | again | again | again |
//! | HTTP 5xx, time-out, connection lost, garbled or incomplete answer | again | returned, to be looked up | again | again |
//! | "try again later", `INTERNAL_SERVER_ERROR` | again | returned, to be looked up | again | returned, to be looked up |
//! | refused: key, firewall, certificate, business rule, schema, no such object, other status; the API has ended | returned | returned | returned | returned |
//!
//! A create is repeated only where it provably did not happen; the others leave the same when they are done twice. A
//! delete that fails with a fault of the API may have hit an object that is gone, which is for the caller to see.
//! Attempts are bounded by `max_retries`, their time by [`Call::deadline`]; waits grow exponentially with jitter, and
//! `Retry-After` is honoured. After a 429 every request of the process waits at one [`Gate`], and when it opens they do
//! not all go at once.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::Instant;

use super::gate::Gate;
use crate::{Action, Call, Error, Kind, Operation};

/// The first wait.
pub const BASE: Duration = Duration::from_millis(500);

/// The longest wait that is of our own choosing, jitter aside.
const LONGEST: Duration = Duration::from_secs(15);

/// How often and how fast is tried again, and the gate before every attempt.
pub struct Retry {
    /// Most attempts after the first.
    max_retries: u32,
    /// The first wait; tests shorten it.
    base: Duration,
    /// Where all requests wait after a 429.
    pub gate: Gate,
}

impl Retry {
    /// At most `max_retries` attempts after the first, the second of them about `base` after it.
    pub fn new(max_retries: u32, base: Duration) -> Self {
        Self {
            max_retries,
            base,
            gate: Gate::new(base),
        }
    }

    /// Makes attempts, which are told their number from 1, until one of them counts.
    ///
    /// # Errors
    ///
    /// That of the last attempt, or that no attempt could be made.
    pub async fn run<R, F: Future<Output = Result<R, Error>>>(
        &self,
        operation: Operation,
        call: &Call,
        attempt: impl Fn(u32) -> F,
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
            let mut failure = match attempt(number).await {
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
                self.gate.close(wait);
            }
            if number > self.max_retries || !is_tried_again(&operation, &failure.kind) {
                return Err(failure);
            }
            if wait > call.deadline.saturating_duration_since(Instant::now()) {
                return Err(too_late(failure, wait));
            }
            tracing::debug!(
                operation = operation.name,
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
            let Some(until) = self.gate.closed_until() else {
                return Ok(());
            };
            let wait = until.saturating_duration_since(Instant::now());
            if until > call.deadline {
                let retry_after = Some(wait);
                let message = format!(
                    "Runpod asked to wait {} s, longer than this operation may take",
                    wait.as_secs_f64().ceil()
                );
                let unmade = Error::unmade(operation, Kind::RateLimited { retry_after }, &message);
                return Err(last.cloned().unwrap_or(unmade));
            }
            call.pause(wait + self.gate.jitter()).await;
        }
    }
}

fn is_tried_again(operation: &Operation, kind: &Kind) -> bool {
    match kind {
        Kind::RateLimited { .. } | Kind::Unreachable => true,
        // It may have been deleted already.
        Kind::TryAgainLater if operation.action == Action::Delete => false,
        kind => operation.is_repeatable && kind.is_passing(),
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

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
