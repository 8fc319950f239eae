//! The one gate of the process: where every request waits after the API has said that there are too many.
//!
//! GraphQL and REST v2 may share their quotas (V2 10.14), so there is one gate for both.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rand::RngExt;
use tokio::time::Instant;

/// The longest that it stays closed, a hundred years: no moment lies further ahead that could be computed with.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A gate that is open, or closed until a moment.
pub struct Gate {
    /// Until when every request waits.
    closed_until: Mutex<Option<Instant>>,
    /// Over which time those who waited are spread when it opens.
    spread: Duration,
}

impl Gate {
    /// An open gate.
    pub fn new(spread: Duration) -> Self {
        Self {
            closed_until: Mutex::default(),
            spread,
        }
    }

    /// Closes it for so long at least.
    pub fn close(&self, wait: Duration) {
        let mut until = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Some(Instant::now() + wait.min(LONGEST)));
    }

    /// Until when it is closed; none where it is open.
    pub fn closed_until(&self) -> Option<Instant> {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }

    /// What to wait beyond the opening, so that not all go at once.
    pub fn jitter(&self) -> Duration {
        rand::rng().random_range(Duration::ZERO..=self.spread)
    }
}
