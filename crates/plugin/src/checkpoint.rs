//! What a running operation has achieved so far, kept safe from whatever happens to it next.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use super::{erased::ResourceState, value::Raw};

tokio::task_local! {
    static CURRENT: Slot;
}

/// Where the checkpoint of one operation is kept; it outlives the operation.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<ResourceState>>>);

impl Slot {
    /// Runs `operation` so that what it saves ends up here.
    pub(crate) async fn scope<F: Future>(&self, operation: F) -> F::Output {
        CURRENT.scope(self.clone(), operation).await
    }

    pub(crate) fn take(&self) -> Option<ResourceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Records what the running create, update or destroy has achieved so far.
///
/// If the operation then panics, or answers `None`, the state given here goes to Terraform together with the
/// error, so that the id of an object that exists is never lost. The last call counts; an answer of the
/// operation itself counts more. Values that are not known yet must be null here: Terraform takes no unknown
/// value after an apply.
///
/// It works on the task that the operation was called on (tasks that it spawns have no checkpoint of their
/// own) and does nothing elsewhere. A state that cannot be serialised is reported as a `tracing` error.
pub fn save<S: Serialize, P: Serialize>(state: &S, private: &P) {
    let made = match (rmp_serde::to_vec_named(state), rmp_serde::to_vec_named(private)) {
        (Ok(state), Ok(private)) => ResourceState {
            state: Raw::Msgpack(state),
            private,
        },
        // The error's text could quote a value.
        _ => {
            tracing::error!("a checkpoint could not be serialised and is not kept");
            return;
        }
    };
    let kept = CURRENT.try_with(|slot| {
        *slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    });
    if kept.is_err() {
        tracing::debug!("a checkpoint outside of an operation is not kept");
    }
}
