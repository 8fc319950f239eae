//! The time by which creates are noted.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since 1970, also where a test lets time pass.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    started: Instant,
    at: i64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            at: wall(),
        }
    }

    pub(super) fn now(&self) -> i64 {
        // The wall clock goes on while a machine sleeps.
        wall().max(self.at.saturating_add(milliseconds(self.started.elapsed())))
    }
}

fn wall() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    milliseconds(since)
}

/// A length of time in whole milliseconds.
pub(super) fn milliseconds(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}
