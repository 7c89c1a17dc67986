//! Linux's high-resolution timer in an event queue: ten times more punctual than a timeout in milliseconds.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

use crate::units::Nanos;

/// One timer, set for one instant at a time.
#[derive(Debug)]
pub(super) struct KernelTimer {
    fd: OwnedFd,
    /// What it is set for; zero where it is not.
    armed: Nanos,
}

impl KernelTimer {
    /// A timer whose firing is an event with this token.
    ///
    /// It is never read: the queue tells an edge, and setting it anew makes the next one.
    pub(super) fn register(registry: &Registry, token: Token) -> io::Result<Self> {
        let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        registry.register(&mut SourceFd(&fd.as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self { fd, armed: Nanos::ZERO })
    }

    /// Sees to it that it fires at `until` or earlier.
    ///
    /// A timer that is set for an earlier instant is left alone. Timeouts move into the future with every request that ends,
    /// and a system call for each of them would cost more than the one wake-up for nothing.
    pub(super) fn arm(&mut self, now: Nanos, until: Nanos) -> io::Result<()> {
        if now < self.armed && self.armed <= until {
            return Ok(());
        }
        let wait = Duration::from(until - now);
        let value = Timespec { tv_sec: wait.as_secs().min(1 << 40).cast_signed(), tv_nsec: wait.subsec_nanos().into() };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.fd, TimerfdTimerFlags::empty(), &once)?;
        self.armed = until;
        Ok(())
    }

    /// It has fired.
    pub(super) fn fired(&mut self) {
        self.armed = Nanos::ZERO;
    }
}
