//! When the provider's process ends: what it listens for, and what it still waits for.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{signals::Signals, stop::Stop};

/// How long the process waits for what. The defaults suit Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the first connection, after the handshake.
    pub connect: Duration,
    /// For Terraform to come back after its last connection closed, when nothing is in flight.
    pub reconnect: Duration,
    /// For what is in flight when Terraform is gone, or when a signal ends the process.
    pub finish: Duration,
    /// For what is in flight when Terraform asks for the end; it kills the process two seconds after that.
    pub shutdown: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(60),
            reconnect: Duration::from_millis(1500),
            finish: Duration::from_secs(60),
            shutdown: Duration::from_millis(1500),
        }
    }
}

/// How the process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shutdown {
    /// Terraform asked for the end when nothing was in flight: it has got the answer to all that it asked for.
    pub delivered: bool,
    /// Why the process ends.
    pub cause: ShutdownCause,
}

/// Why a provider's process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShutdownCause {
    /// Terraform asked for it.
    Requested,
    /// Terraform's last connection closed, and it did not come back.
    Disconnected,
    /// Nobody connected.
    NeverConnected,
    /// SIGTERM, or Ctrl-C in a process that was started with `--debug`.
    Signal,
}

/// What goes on in the process: connections, operations, and requests to end.
pub(crate) struct Lifecycle {
    /// Told to the provider's code when its work should end.
    pub stop: Stop,
    /// How many connections there are: with none, Terraform is gone.
    connections: watch::Sender<usize>,
    /// How many connections there have been: one that closes at once is not overlooked.
    arrivals: watch::Sender<u64>,
    /// How many operations are in flight: they are waited for.
    operations: watch::Sender<usize>,
    /// Cancelled when Terraform asks for the end.
    shutdown: CancellationToken,
    /// Whether the process serves whoever comes, and does not end with one Terraform.
    pub debug: bool,
}

impl Lifecycle {
    pub(crate) fn new(stop: Stop, debug: bool) -> Arc<Self> {
        let (connections, operations) = (watch::Sender::new(0), watch::Sender::new(0));
        Arc::new(Self {
            stop,
            connections,
            arrivals: watch::Sender::new(0),
            operations,
            shutdown: CancellationToken::new(),
            debug,
        })
    }

    /// A connection lives until the result is dropped.
    pub(crate) fn connected(&self) -> Counted {
        let counted = Counted::new(&self.connections);
        self.arrivals
            .send_modify(|count| *count = count.saturating_add(1));
        counted
    }

    /// An operation is in flight until the result is dropped.
    pub(crate) fn operating(&self) -> Counted {
        Counted::new(&self.operations)
    }

    /// Terraform asks for the end.
    pub(crate) fn ask_shutdown(&self) {
        self.shutdown.cancel();
    }

    /// Returns when it is time to leave. What is in flight has ended by then, or has had its time.
    pub(crate) async fn until_over(&self, timeouts: &Timeouts, signals: &mut Signals) -> Shutdown {
        let shutdown = self.cause(timeouts, signals).await;
        tracing::debug!(cause = ?shutdown.cause, delivered = shutdown.delivered, "leaving");
        shutdown
    }

    async fn cause(&self, timeouts: &Timeouts, signals: &mut Signals) -> Shutdown {
        let cause = tokio::select! {
            () = self.shutdown.cancelled(), if !self.debug => ShutdownCause::Requested,
            () = self.until_signalled(timeouts, signals) => ShutdownCause::Signal,
            cause = self.until_gone(timeouts) => cause,
        };
        let delivered = cause == ShutdownCause::Requested && self.idle();
        self.stop.end_process();
        let time = if cause == ShutdownCause::Requested {
            timeouts.shutdown
        } else {
            timeouts.finish
        };
        self.drain(time).await;
        Shutdown { delivered, cause }
    }

    /// Returns when a signal has told the process to end. Terraform may have got the same SIGTERM, and be about to
    /// end by itself: until then it still has questions, so it is given what it needs.
    async fn until_signalled(&self, timeouts: &Timeouts, signals: &mut Signals) {
        signals.asked_to_end(self.debug).await;
        self.stop.end_process();
        if !self.debug {
            self.drain(timeouts.finish).await;
            tokio::time::sleep(timeouts.reconnect).await;
        }
    }

    /// Returns when nobody is there any more, or nobody came; never in a process that serves whoever comes.
    async fn until_gone(&self, timeouts: &Timeouts) -> ShutdownCause {
        let (mut connections, mut arrivals) = (self.connections.subscribe(), self.arrivals.subscribe());
        if !self.debug {
            let came = arrivals.wait_for(|count| *count > 0);
            if tokio::time::timeout(timeouts.connect, came).await.is_err() {
                return ShutdownCause::NeverConnected;
            }
        }
        loop {
            let seen = *self.arrivals.borrow();
            // The sender lives in self, so waiting does not fail.
            let _ = connections.wait_for(|count| *count == 0).await;
            let left_work = !self.idle();
            let back = arrivals.wait_for(|count| *count > seen);
            if self.debug {
                if left_work {
                    self.stop.end_run();
                }
                let _ = back.await;
            } else if left_work || tokio::time::timeout(timeouts.reconnect, back).await.is_err() {
                return ShutdownCause::Disconnected;
            }
        }
    }

    fn idle(&self) -> bool {
        *self.operations.borrow() == 0
    }

    async fn drain(&self, time: Duration) {
        let mut operations = self.operations.subscribe();
        let drained = operations.wait_for(|count| *count == 0);
        if tokio::time::timeout(time, drained).await.is_err() {
            tracing::warn!("leaving with operations in flight");
        }
    }
}

/// Counts for one as long as it lives.
pub(crate) struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(counter: &watch::Sender<usize>) -> Self {
        counter.send_modify(|count| *count = count.saturating_add(1));
        Self(counter.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::{Lifecycle, ShutdownCause, Timeouts};
    use crate::Stop;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_closes_before_anybody_looks_has_come() {
        let lifecycle = Lifecycle::new(Stop::new(), false);
        drop(lifecycle.connected());
        assert_eq!(
            lifecycle.until_gone(&Timeouts::default()).await,
            ShutdownCause::Disconnected
        );
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_may_come() {
        let lifecycle = Lifecycle::new(Stop::new(), false);
        assert_eq!(
            lifecycle.until_gone(&Timeouts::default()).await,
            ShutdownCause::NeverConnected
        );
    }
}
