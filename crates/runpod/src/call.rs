//! The limits of one call.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Error, Kind};

/// The time for [`Call::last_look`].
const LAST_LOOK: Duration = Duration::from_secs(10);

/// The limits of one call: until when it may go on, and what stops it earlier.
#[derive(Clone, Debug)]
pub struct Call {
    /// No attempt is started after this moment, and no wait goes beyond it.
    pub deadline: Instant,
    /// Ends waits and reads at once; a write that is under way is still awaited, since its answer tells what
    /// the API did.
    pub cancelled: CancellationToken,
}

impl Call {
    /// A call that may take `limit` from now.
    pub fn within(limit: Duration, cancelled: CancellationToken) -> Self {
        Self {
            deadline: Instant::now() + limit,
            cancelled,
        }
    }

    /// A call that still looks what a write has come to, though its own call was stopped or its time is up: there
    /// is no other way to learn it.
    pub fn last_look() -> Self {
        Self::within(LAST_LOOK, CancellationToken::new())
    }

    /// Looks what a write has come to: within this call, since the look may have to wait for its turn as long as the
    /// operation may, and once that is stopped or its time is up, by a [`Call::last_look`].
    ///
    /// # Errors
    ///
    /// Those of the look.
    pub async fn confirm<T, F>(&self, look: impl Fn(Self) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        if self.cancelled.is_cancelled() || self.deadline < Instant::now() + LAST_LOOK {
            return look(Self::last_look()).await;
        }
        match look(self.clone()).await {
            Err(failure) if failure.kind == Kind::Cancelled => look(Self::last_look()).await,
            outcome => outcome,
        }
    }

    /// Waits, but not beyond the deadline and not once cancelled; false where the wait was cut short so.
    pub async fn pause(&self, length: Duration) -> bool {
        let until = Instant::now() + length;
        tokio::select! {
            () = self.cancelled.cancelled() => false,
            () = tokio::time::sleep_until(until.min(self.deadline)) => until <= self.deadline,
        }
    }
}
