//! Linux's high-resolution timer as a file descriptor: ten times more punctual than a timer wheel.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;

use super::MonotonicClock;
use super::timer::Timer;
use crate::units::Nanos;

/// One timer for a thread that waits for one instant at a time.
#[derive(Debug)]
pub struct FdTimer {
    clock: MonotonicClock,
    fd: AsyncFd<OwnedFd>,
    /// What the timer is set for: most turns of a lane wait for the same instant again, and save the system call.
    armed: Cell<Nanos>,
}

impl FdTimer {
    /// A timer on the runtime of this thread.
    ///
    /// # Errors
    /// Those of the system, where it gives no descriptor.
    pub fn new(clock: MonotonicClock) -> io::Result<Self> {
        let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        #[expect(
            deprecated,
            reason = "the OwnedFd is never replaced while tokio watches it; the new form asks for `unsafe`"
        )]
        let fd = AsyncFd::new(fd)?;
        Ok(Self { clock, fd, armed: Cell::new(Nanos::ZERO) })
    }

    fn arm(&self, wait: Nanos) -> io::Result<()> {
        let wait = Duration::from(wait);
        let value = Timespec { tv_sec: wait.as_secs().min(1 << 40).cast_signed(), tv_nsec: wait.subsec_nanos().into() };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(&self.fd, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    /// Waits for the descriptor once; whether the time has come is for the clock to say.
    async fn fires(&self) -> io::Result<()> {
        let mut ready = self.fd.readable().await?;
        let mut expirations = [0; 8];
        match ready.try_io(|fd| Ok(rustix::io::read(fd, &mut expirations)?)) {
            Ok(read) => {
                self.armed.set(Nanos::ZERO);
                read.map(|_| ())
            }
            Err(_would_block) => Ok(()),
        }
    }
}

impl Timer for FdTimer {
    async fn until(&self, at: Nanos) {
        loop {
            let now = self.clock.now();
            if at <= now {
                return;
            }
            if self.armed.get() != at {
                // A descriptor that was made can be set; should it fail, the lane turns without waiting, and its
                // utilisation says so in the report.
                if self.arm(at - now).is_err() {
                    return;
                }
                self.armed.set(at);
            }
            if self.fires().await.is_err() {
                return;
            }
        }
    }

    fn name(&self) -> &'static str {
        "timerfd"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TokioTimer;

    #[test]
    fn it_waits_until_the_instant_and_not_less() -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let clock = MonotonicClock::start();
            let timer = FdTimer::new(clock)?;
            for step in 1..=20 {
                let at = Nanos::from_millis(step);
                timer.until(at).await;
                assert!(clock.now() >= at);
            }
            // An instant that has passed is no reason to wait.
            timer.until(Nanos::ZERO).await;
            Ok(())
        })
    }

    #[test]
    fn a_wait_that_was_given_up_leaves_nothing_behind() -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let clock = MonotonicClock::start();
            let timer = FdTimer::new(clock)?;
            let soon = clock.now() + Nanos::from_millis(2);
            let other = TokioTimer(clock);
            tokio::select! {
                biased;
                () = timer.until(Nanos::from_secs(3_600)) => panic!("an hour has passed"),
                () = other.until(soon) => {}
            }
            let next = clock.now() + Nanos::from_millis(1);
            timer.until(next).await;
            assert!(clock.now() >= next);
            Ok(())
        })
    }
}
