//! One list query shared by many reads.
//!
//! Terraform refreshes each resource by itself and several at a time; all of them are answered from one list, which
//! is kept until this process writes. A list that was begun before a write ended is never served after it. A list
//! that failed is kept too: its error is every reader's, and it is not asked for again by each of them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{Account, Call, Endpoint, EndpointInput, EndpointsApi, Error, Kind, Lookup, Operation};

type Listed = Result<Arc<Account>, Error>;

/// An API whose list is shared.
pub struct Shared<T> {
    inner: T,
    /// Raised when a write begins and when it ends.
    writes: AtomicU64,
    /// The last list, and at which count of writes it was begun. Held while a list is fetched, so that others wait.
    list: Mutex<Option<(u64, Listed)>>,
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
            list: Mutex::default(),
        }
    }

    fn write(&self) -> Write<'_> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Write(&self.writes)
    }

    /// Fetches a list; one that a reader gave up on is nobody's and not kept.
    async fn fetch(&self, call: &Call, kept: &mut Option<(u64, Listed)>) -> Listed {
        let begun = self.writes.load(Ordering::SeqCst);
        let listed = self.inner.account(call).await;
        let gave_up = |failure: &Error| matches!(failure.kind, Kind::Cancelled | Kind::DeadlineExceeded);
        if !listed.as_ref().is_err_and(gave_up) {
            *kept = Some((begun, listed.clone()));
        }
        listed
    }
}

#[async_trait]
impl<T: EndpointsApi> EndpointsApi for Shared<T> {
    async fn account(&self, call: &Call) -> Listed {
        let mut kept = tokio::select! {
            kept = self.list.lock() => kept,
            () = call.cancelled.cancelled() => {
                return Err(Error::new(Operation::ListEndpoints, Kind::Cancelled, "the operation was interrupted"));
            }
        };
        match &*kept {
            Some((begun, listed)) if *begun == self.writes.load(Ordering::SeqCst) => listed.clone(),
            _ => self.fetch(call, &mut kept).await,
        }
    }

    async fn fresh_account(&self, call: &Call) -> Listed {
        let mut kept = self.list.lock().await;
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
