//! Running a program, and asking the kernel what it cost.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use wait4::Wait4 as _;

use crate::clock;

/// What a program cost, and how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// When it was started, in nanoseconds of the monotonic clock.
    pub(crate) started: u64,
    /// From its start to its end, in seconds.
    pub(crate) wall: f64,
    /// Processor seconds in its own code, its threads and children included.
    pub(crate) user: f64,
    /// Processor seconds in the kernel.
    pub(crate) system: f64,
    /// The most memory it held, in bytes.
    pub(crate) peak: u64,
    /// Its exit code; `None` where a signal ended it.
    pub(crate) exit: Option<i32>,
    /// Whether it was ended because its time was over.
    pub(crate) overdue: bool,
}

/// Runs a program to its end, or ends it after so many seconds. What it prints goes to a file, so that no pipe ever fills up.
pub(crate) fn run(command: &mut Command, output: &Path, limit: f64) -> io::Result<Cost> {
    let file = File::create(output)?;
    command.stdin(Stdio::null()).stderr(file.try_clone()?).stdout(file);
    let started = clock::now();
    let mut child = command.spawn()?;
    let overdue = !ends_within(&child, limit)?;
    if overdue {
        child.kill()?;
    }
    let used = child.wait4()?;
    Ok(Cost {
        started,
        wall: (clock::now() - started) as f64 / 1e9,
        user: used.rusage.utime.as_secs_f64(),
        system: used.rusage.stime.as_secs_f64(),
        peak: used.rusage.maxrss,
        exit: used.status.code(),
        overdue,
    })
}

/// Waits for the end of a child without taking its exit status, which is left for the one who asks for its cost.
#[cfg(target_os = "linux")]
fn ends_within(child: &Child, seconds: f64) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let pid = Pid::from_raw(child.id().cast_signed()).ok_or(io::ErrorKind::NotFound)?;
    let handle = pidfd_open(pid, PidfdFlags::empty())?;
    let end = clock::now() + (seconds * 1e9) as u64;
    loop {
        let left = end.saturating_sub(clock::now());
        let timeout =
            Timespec { tv_sec: (left / 1_000_000_000).cast_signed(), tv_nsec: (left % 1_000_000_000).cast_signed() };
        match poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&timeout)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(rustix::io::Errno::INTR) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
}

/// Only Linux has a handle of a process that can be waited for with a limit; elsewhere a program runs until it ends.
#[cfg(not(target_os = "linux"))]
fn ends_within(_child: &Child, _seconds: f64) -> io::Result<bool> {
    Ok(true)
}
