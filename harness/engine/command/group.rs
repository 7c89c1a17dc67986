//! A process and everything that it starts: one group of processes, which is ended as a whole.

#[cfg(unix)]
pub(super) use unix::{kill, lead, terminate, wait_for_end};

#[cfg(not(unix))]
pub(super) use other::{kill, lead, terminate, wait_for_end};

use std::sync::{Mutex, PoisonError};

/// The groups that run, for an end of the program at which nothing is dropped.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Notes that a group runs.
pub(super) fn register(id: u32) {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(id);
}

/// Notes that it is gone.
pub(super) fn forget(id: u32) {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known != id);
}

/// Ends every server that a command started, at once: for whoever is about to end the program without unwinding.
pub fn kill_servers() {
    for id in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        #[cfg(unix)]
        unix::kill_group(id);
        #[cfg(not(unix))]
        let _ = id;
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// Lets the process lead a group of its own: a Ctrl-C of the terminal does not reach it either.
    pub(in super::super) fn lead(command: &mut Command) {
        command.process_group(0);
    }

    /// Asks the group to end.
    pub(in super::super) fn terminate(child: &mut Child) {
        signal(child.id(), Signal::TERM);
    }

    /// Ends the group.
    pub(in super::super) fn kill(child: &mut Child) {
        kill_group(child.id());
    }

    pub(super) fn kill_group(id: u32) {
        signal(id, Signal::KILL);
    }

    fn signal(id: u32, signal: Signal) {
        if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
            // A group that is gone needs no signal.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Blocks until the process ends, and leaves its status for whoever owns it; whether that can be told.
    pub(in super::super) fn wait_for_end(id: u32) -> bool {
        let Some(process) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return false };
        loop {
            match waitid(WaitId::Pid(process), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                Err(rustix::io::Errno::INTR) => {}
                // Someone else has its status already: so it has ended.
                Ok(_) | Err(_) => return true,
            }
        }
    }
}

#[cfg(not(unix))]
mod other {
    use std::process::{Child, Command};

    /// There are no groups here.
    pub(in super::super) fn lead(_command: &mut Command) {}

    /// There is no polite way here.
    pub(in super::super) fn terminate(child: &mut Child) {
        let _ = child.kill();
    }

    /// Ends the process.
    pub(in super::super) fn kill(child: &mut Child) {
        let _ = child.kill();
    }

    /// The end cannot be watched without owning the process.
    pub(in super::super) fn wait_for_end(_id: u32) -> bool {
        false
    }
}
