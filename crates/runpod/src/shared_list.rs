//! One list shared by many reads.
//!
//! Terraform refreshes each resource by itself and several at a time; all of them are answered from one list, which
//! is kept until this process writes. A read is never answered from a list that was begun before a write which had
//! ended when the read was asked for. A list that failed is kept for a moment, too: its error is every reader's,
//! and it is not asked for again by each of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use super::{Call, Error, Operation};

/// How long an error stands for the list: long enough for every read of a refresh, short enough for an apply to
/// outlive it.
const FAILURE_KEPT: Duration = Duration::from_secs(10);

/// A list of one kind of objects, and when it has to be fetched anew.
pub struct SharedList<T> {
    /// What fetches it, for the errors of those who wait.
    operation: Operation,
    /// Raised when a write begins and when it ends.
    writes: AtomicU64,
    /// The last list. Held while a list is fetched, so that others wait for it.
    kept: Mutex<Option<Kept<T>>>,
}

/// A list, or why there is none.
struct Kept<T> {
    /// The count of writes when it was begun.
    begun: u64,
    ended: Instant,
    listed: Result<Arc<T>, Error>,
}

impl<T> Kept<T> {
    /// Whether it answers a read that was asked for at this count of writes.
    fn answers(&self, asked: u64) -> bool {
        self.begun >= asked && (self.listed.is_ok() || self.ended.elapsed() < FAILURE_KEPT)
    }
}

/// A write that is under way: raises the count of writes again when it ends, however it ends.
pub struct Write<'a>(&'a AtomicU64);

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<T> SharedList<T> {
    /// Nothing is known yet; `operation` is what fetches the list.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            writes: AtomicU64::new(0),
            kept: Mutex::default(),
        }
    }

    /// Notes that a write of this kind of objects begins; it ends when the answer is dropped.
    pub fn write(&self) -> Write<'_> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Write(&self.writes)
    }

    /// The list that is kept, or one that is fetched now.
    ///
    /// # Errors
    ///
    /// Those of `fetch`; the call was cancelled or its time was up while others were fetching.
    pub async fn read<F>(&self, call: &Call, fetch: F) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let asked = self.writes.load(Ordering::SeqCst);
        let mut kept = self.turn(call).await?;
        match &*kept {
            Some(kept) if kept.answers(asked) => kept.listed.clone(),
            _ => self.fetch(call, &mut kept, fetch).await,
        }
    }

    /// A list that is fetched now, and kept.
    ///
    /// # Errors
    ///
    /// As [`SharedList::read`].
    pub async fn read_anew<F>(&self, call: &Call, fetch: F) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut kept = self.turn(call).await?;
        self.fetch(call, &mut kept, fetch).await
    }

    /// Waits for a list that others are fetching, within the limits of this call.
    async fn turn(&self, call: &Call) -> Result<MutexGuard<'_, Option<Kept<T>>>, Error> {
        tokio::select! {
            kept = self.kept.lock() => Ok(kept),
            () = call.cancelled.cancelled() => Err(Error::interrupted(self.operation)),
            () = tokio::time::sleep_until(call.deadline) => Err(Error::out_of_time(self.operation)),
        }
    }

    /// Fetches a list; one that this reader gave up on is nobody else's.
    async fn fetch<F>(&self, call: &Call, kept: &mut Option<Kept<T>>, fetch: F) -> Result<Arc<T>, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let begun = self.writes.load(Ordering::SeqCst);
        let listed = fetch.await.map(Arc::new);
        let ended = Instant::now();
        if listed.is_ok() || !(call.cancelled.is_cancelled() || ended >= call.deadline) {
            *kept = Some(Kept {
                begun,
                ended,
                listed: listed.clone(),
            });
        }
        listed
    }
}

#[cfg(test)]
#[path = "shared_list_tests.rs"]
mod tests;
