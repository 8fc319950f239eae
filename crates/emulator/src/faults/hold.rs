//! Parked requests: how a test stops one at a certain point and goes on when it likes, without sleeping.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

/// The requests that are parked now.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    parked: Mutex<Vec<oneshot::Sender<()>>>,
    arrived: Condvar,
}

impl Holds {
    fn lock(&self) -> MutexGuard<'_, Vec<oneshot::Sender<()>>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parks the caller until the next release.
    pub(crate) async fn park(&self) {
        let (release, released) = oneshot::channel();
        self.lock().push(release);
        self.arrived.notify_all();
        // A dropped sender means that the emulator ends: there is nothing to wait for any more.
        let _ = released.await;
    }

    /// Waits until so many requests are parked; false when that took too long.
    pub(crate) fn wait(&self, count: usize, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut parked = self.lock();
        while parked.len() < count {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            parked = self
                .arrived
                .wait_timeout(parked, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    /// Lets all parked requests go and says how many there were.
    pub(crate) fn release(&self) -> usize {
        let parked = std::mem::take(&mut *self.lock());
        let count = parked.len();
        for waiting in parked {
            let _ = waiting.send(());
        }
        count
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }
}
