//! The signal that work should stop, as the provider's code sees it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// Tells whether Terraform wants the work in flight to stop.
///
/// It is fired by `StopProvider` (a user's Ctrl-C), by SIGTERM, and by Terraform's disappearance. Clones share
/// one signal. Work that sees it should leave things in a state it can describe and answer soon; it is not
/// aborted.
///
/// A stop asked of one run of Terraform ends with that run: a process that serves several (started with
/// `--debug`) begins each with a fresh signal, and [`is_cancelled`](Self::is_cancelled) and
/// [`cancelled`](Self::cancelled) always refer to the current one. A stop of the process itself stays.
#[derive(Clone, Debug)]
pub struct Stop {
    process: CancellationToken,
    run: Arc<Mutex<CancellationToken>>,
}

/// A word that nobody has said yet: for code that is tried without a server.
impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl Stop {
    pub(crate) fn new() -> Self {
        let process = CancellationToken::new();
        let run = Arc::new(Mutex::new(process.child_token()));
        Self { process, run }
    }

    /// Whether the work should stop.
    pub fn is_cancelled(&self) -> bool {
        self.current().is_cancelled()
    }

    /// Returns as soon as the work should stop; at once if that was said before.
    pub async fn cancelled(&self) {
        self.current().cancelled().await;
    }

    /// The current run's signal as a token, for code that knows nothing of plugins.
    pub fn token(&self) -> CancellationToken {
        self.current()
    }

    /// Stops the current run of Terraform.
    pub(crate) fn end_run(&self) {
        self.current().cancel();
    }

    /// Stops everything for good.
    pub(crate) fn end_process(&self) {
        self.process.cancel();
    }

    /// Lets the next run of Terraform begin unstopped.
    pub(crate) fn begin_run(&self) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if run.is_cancelled() {
            *run = self.process.child_token();
        }
    }

    fn current(&self) -> CancellationToken {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Stop;

    #[test]
    fn a_stop_ends_with_its_run() {
        let stop = Stop::new();
        let seen = stop.clone();
        stop.end_run();
        assert!(seen.is_cancelled());
        stop.begin_run();
        assert!(!seen.is_cancelled());
    }

    #[test]
    fn a_stop_of_the_process_stays() {
        let stop = Stop::new();
        stop.end_process();
        stop.begin_run();
        assert!(stop.is_cancelled());
    }
}
