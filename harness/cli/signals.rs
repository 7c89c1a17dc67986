//! Ctrl-C and SIGTERM: the first ends the run in good order, the second ends the program.

use std::io;
use std::thread;

use tokio::sync::watch;

use super::output::say;
use crate::engine::{Halt, raise};
use crate::report::verdict::exit;

/// Listens from here on, on a thread of its own.
///
/// # Errors
/// Those of the system, where it gives no thread or no signals.
pub(super) fn listen(halt: watch::Sender<Halt>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async move {
            if next_signal().await.is_err() {
                return;
            }
            raise(&halt, Halt::Everything);
            say("stopping: calls in flight have the grace time to end; once more ends at once");
            if next_signal().await.is_ok() {
                std::process::exit(exit::INTERRUPTED.into());
            }
        });
    })?;
    Ok(())
}

#[cfg(unix)]
async fn next_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn next_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
