//! Ctrl-C and SIGTERM: the first ends the run in good order, the second ends the program.

use std::io;
use std::thread;

use super::output::say;
use crate::engine::{Halt, HaltSwitch, kill_servers};
use crate::report::verdict::exit;

/// What becomes of a run that is stopped.
pub(super) const GRACE: &str = "calls in flight have the grace time to end";

/// Listens from here on, on a thread of its own; `what` says what becomes of what is under way.
///
/// # Errors
/// Those of the system, where it gives no thread or no signals.
pub(super) fn listen(halt: HaltSwitch, what: &'static str) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Made once, and before anything else happens: a signal that comes between two listeners would be lost.
    let mut signals = {
        let _context = runtime.enter();
        Signals::new()?
    };
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async move {
            signals.next().await;
            halt.raise(Halt::Everything);
            say(&format!("stopping: {what}; once more ends at once"));
            signals.next().await;
            // Nothing is dropped on this way out.
            kill_servers();
            std::process::exit(exit::INTERRUPTED.into());
        });
    })?;
    Ok(())
}

/// What people and supervisors end a program with.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What people end a program with.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}
