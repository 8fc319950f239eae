//! One call into the provider's code, on a task of its own, whose panic is nobody else's.

use std::{
    any::Any,
    cell::RefCell,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{Arc, Once},
    task::Poll,
};

use tf_provider::{Diagnostic, Diagnostics};

use super::{checkpoint::Slot, diagnostics::error, erased::ResourceState, lifecycle::Lifecycle};

/// What came of a call.
pub(crate) struct Outcome<T> {
    /// The answer, if there is one.
    pub value: Option<T>,
    /// What the call found wrong, its panic included.
    pub diags: Diagnostics,
    /// What was achieved before there was no answer.
    pub checkpoint: Option<ResourceState>,
}

impl<T> Outcome<T> {
    /// The answer, with or without errors. Its lack is an error even where the provider's code gives no reason.
    pub(crate) fn answered(mut self, diags: &mut Diagnostics) -> Option<T> {
        if self.value.is_none() && self.diags.errors.is_empty() {
            self.diags.add_error(error(
                "The provider gave no answer",
                "An operation ended without a result and without an error. This is a bug of the provider: please \
                 report it. What the operation did is not known.",
            ));
        }
        diags.add_diagnostics(self.diags);
        self.value
    }

    /// The answer, unless there are errors. Its lack is one.
    pub(crate) fn required(self, diags: &mut Diagnostics) -> Option<T> {
        let failed = !self.diags.errors.is_empty();
        self.answered(diags).filter(|_| !failed)
    }

    /// The answer or its lack, unless there are errors.
    pub(crate) fn optional(self, diags: &mut Diagnostics) -> Option<Option<T>> {
        let failed = !self.diags.errors.is_empty();
        diags.add_diagnostics(self.diags);
        (!failed).then_some(self.value)
    }
}

/// A call that borrows where it puts its diagnostics.
pub(crate) type Call<'d, T> = Pin<Box<dyn Future<Output = Option<T>> + Send + 'd>>;

/// Makes a call on a task of its own: it goes on when the one who waits for it is gone.
pub(crate) async fn operate<T, F>(lifecycle: &Arc<Lifecycle>, call: F) -> Outcome<T>
where
    T: Send + 'static,
    F: for<'d> FnOnce(&'d mut Diagnostics) -> Call<'d, T> + Send + 'static,
{
    let counted = lifecycle.operating();
    let task = tokio::spawn(async move {
        let _counted = counted;
        let mut diags = Diagnostics::default();
        let slot = Slot::default();
        let result = slot.scope(caught(async { call(&mut diags).await })).await;
        let value = result.unwrap_or_else(|panicked| {
            diags.add_error(panicked);
            None
        });
        Outcome {
            value,
            diags,
            checkpoint: slot.take(),
        }
    });
    task.await.unwrap_or_else(|_| Outcome {
        value: None,
        diags: super::diagnostics::only(error(
            "The operation was ended",
            "The provider's process is leaving.",
        )),
        checkpoint: None,
    })
}

/// Runs a future to its end, or to its panic.
async fn caught<F: Future>(future: F) -> Result<F::Output, Diagnostic> {
    let mut future = pin!(future);
    poll_fn(|context| match guarded(|| future.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

thread_local! {
    /// Where the code that this thread guards has panicked. None while nothing is guarded.
    static GUARDED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `f`; its panic becomes an error for the user. The panic's message is not shown, for it may quote
/// anything; where it happened is.
pub(crate) fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    hook_panics();
    let outer = GUARDED.replace(Some(String::new()));
    let result = catch_unwind(AssertUnwindSafe(f));
    let location = GUARDED.replace(outer).unwrap_or_default();
    result.map_err(|payload| {
        forget(payload);
        error(
            "The provider has a bug",
            format!(
                "An operation panicked at {location}. Other operations are not affected; of this one, what it did \
                 before may have happened. Please report this to the provider's developers."
            ),
        )
    })
}

/// Drops a panic's payload, whose own drop may panic.
fn forget(payload: Box<dyn Any + Send>) {
    let _ = catch_unwind(AssertUnwindSafe(move || drop(payload)));
}

/// Notes where guarded code panics, instead of printing it; leaves other panics as they are.
fn hook_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let location = info.location().map(ToString::to_string).unwrap_or_default();
            let noted = GUARDED.try_with(|guarded| match guarded.try_borrow_mut() {
                Ok(mut guarded) if guarded.is_some() => {
                    *guarded = Some(location.clone());
                    true
                }
                _ => false,
            });
            if noted == Ok(true) {
                tracing::error!(location, "an operation panicked");
            } else {
                usual(info);
            }
        }));
    });
}
