//! One list query shared by many reads.
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

use async_trait::async_trait;
use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use super::{Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Lookup, Operation};

/// How long an error stands for the list: long enough for every read of a refresh, short enough for an apply to
/// outlive it.
const FAILURE_KEPT: Duration = Duration::from_secs(10);

type Listed = Result<Arc<Account>, Error>;

/// An API whose list is shared.
pub struct Shared<T> {
    inner: T,
    /// Raised when a write begins and when it ends.
    writes: AtomicU64,
    /// The last list. Held while a list is fetched, so that others wait for it.
    kept: Mutex<Option<Kept>>,
}

/// A list, or why there is none.
struct Kept {
    /// The count of writes when it was begun.
    begun: u64,
    ended: Instant,
    listed: Listed,
}

impl Kept {
    /// Whether it answers a read that was asked for at this count of writes.
    fn answers(&self, asked: u64) -> bool {
        self.begun >= asked && (self.listed.is_ok() || self.ended.elapsed() < FAILURE_KEPT)
    }
}

/// Raises the count of writes again when the write ends, however it ends.
struct Write<'a>(&'a AtomicU64);

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl<T: EndpointsApi> Shared<T> {
    /// Nothing is known yet.
    pub fn new(inner: T) -> Self {
        Self {
            inner,
            writes: AtomicU64::new(0),
            kept: Mutex::default(),
        }
    }

    fn write(&self) -> Write<'_> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Write(&self.writes)
    }

    /// Waits for a list that others are fetching, within the limits of this call.
    async fn turn(&self, call: &Call) -> Result<MutexGuard<'_, Option<Kept>>, Error> {
        tokio::select! {
            kept = self.kept.lock() => Ok(kept),
            () = call.cancelled.cancelled() => Err(Error::interrupted(Operation::ListEndpoints)),
            () = tokio::time::sleep_until(call.deadline) => Err(Error::out_of_time(Operation::ListEndpoints)),
        }
    }

    /// Fetches a list; one that this reader gave up on is nobody else's.
    async fn fetch(&self, call: &Call, kept: &mut Option<Kept>) -> Listed {
        let begun = self.writes.load(Ordering::SeqCst);
        let listed = self.inner.account(call).await;
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

#[async_trait]
impl<T: EndpointsApi> EndpointsApi for Shared<T> {
    async fn account(&self, call: &Call) -> Listed {
        let asked = self.writes.load(Ordering::SeqCst);
        let mut kept = self.turn(call).await?;
        match &*kept {
            Some(kept) if kept.answers(asked) => kept.listed.clone(),
            _ => self.fetch(call, &mut kept).await,
        }
    }

    async fn fresh_account(&self, call: &Call) -> Listed {
        let mut kept = self.turn(call).await?;
        self.fetch(call, &mut kept).await
    }

    async fn find(&self, call: &Call, id: &str) -> Result<Lookup, Error> {
        self.inner.find(call, id).await
    }

    async fn create(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        let _write = self.write();
        self.inner.create(call, input).await
    }

    async fn update(&self, call: &Call, input: &EndpointInput) -> Result<Endpoint, Error> {
        let _write = self.write();
        self.inner.update(call, input).await
    }

    async fn switch_template(&self, call: &Call, id: &str, template_id: &str) -> Result<(), Error> {
        let _write = self.write();
        self.inner.switch_template(call, id, template_id).await
    }

    async fn delete(&self, call: &Call, id: &str) -> Result<(), Error> {
        let _write = self.write();
        self.inner.delete(call, id).await
    }
}
