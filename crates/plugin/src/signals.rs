//! The signals that a provider answers to, and those that it leaves to Terraform.

use std::io;

/// Terraform and its providers share a process group, so that a terminal's Ctrl-C (and its closing) reaches
/// both: it is Terraform's to decide what comes of it, and to call `StopProvider`.
#[cfg(unix)]
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    /// Held for as long as it is to be ignored.
    _hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From here on no signal but SIGKILL and SIGQUIT ends the process by itself.
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Returns on SIGTERM, and on SIGINT if `interruptible`.
    pub(crate) async fn asked_to_end(&mut self, interruptible: bool) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv(), if interruptible => {}
        }
    }
}

/// See the variant for unix; elsewhere there is Ctrl-C alone.
#[cfg(windows)]
pub(crate) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    /// From here on Ctrl-C does not end the process by itself.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Returns on Ctrl-C if `interruptible`.
    pub(crate) async fn asked_to_end(&mut self, interruptible: bool) {
        loop {
            self.interrupt.recv().await;
            if interruptible {
                return;
            }
        }
    }
}
