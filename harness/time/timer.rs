//! Waiting in real time. Arrivals are only as punctual as this.

use tokio::time::Instant;

use super::MonotonicClock;
#[cfg(target_os = "linux")]
use super::timer_fd::FdTimer;
use crate::units::Nanos;

/// Waits until an instant of the run's clock.
pub trait Timer {
    /// Waits; returns at once where the instant has passed.
    fn until(&self, at: Nanos) -> impl Future<Output = ()>;

    /// The timer's name in reports.
    fn name(&self) -> &'static str;
}

/// The best timer that the system has.
#[derive(Debug)]
pub enum SystemTimer {
    /// The kernel's high-resolution timer.
    #[cfg(target_os = "linux")]
    Fd(FdTimer),
    /// tokio's wheel.
    Tokio(TokioTimer),
}

impl SystemTimer {
    /// A timer for this thread; needs the thread's runtime.
    pub fn new(clock: MonotonicClock) -> Self {
        #[cfg(target_os = "linux")]
        if let Ok(timer) = FdTimer::new(clock) {
            return Self::Fd(timer);
        }
        Self::Tokio(TokioTimer(clock))
    }
}

/// The name of the timer that threads get on this system, for a report that is begun before they are.
pub fn timer_name() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_or_else(
        |_| String::new(),
        |runtime| {
            let _inside = runtime.enter();
            SystemTimer::new(MonotonicClock::start()).name().to_owned()
        },
    )
}

impl Timer for SystemTimer {
    async fn until(&self, at: Nanos) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Fd(timer) => timer.until(at).await,
            Self::Tokio(timer) => timer.until(at).await,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Self::Fd(timer) => timer.name(),
            Self::Tokio(timer) => timer.name(),
        }
    }
}

/// tokio's timer wheel: portable, and late by up to a millisecond.
#[derive(Clone, Copy, Debug)]
pub struct TokioTimer(pub MonotonicClock);

impl TokioTimer {
    #[expect(clippy::disallowed_methods, reason = "the one owner of waiting in real time")]
    fn sleep(self, at: Nanos) -> tokio::time::Sleep {
        tokio::time::sleep_until(Instant::from_std(self.0.instant(at)))
    }
}

impl Timer for TokioTimer {
    async fn until(&self, at: Nanos) {
        if at > self.0.now() {
            self.sleep(at).await;
        }
    }

    fn name(&self) -> &'static str {
        "tokio"
    }
}
