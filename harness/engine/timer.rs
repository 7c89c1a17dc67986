//! Waiting in real time. Arrivals are only as punctual as this.

use tokio::time::Instant;

use crate::time::MonotonicClock;
use crate::transport::Wait;
use crate::units::Nanos;

/// Waits until an instant of the run's clock.
pub trait Timer {
    /// Waits; returns at once where the instant has passed.
    fn until(&self, at: Nanos) -> impl Future<Output = ()>;

    /// The timer's name in reports.
    fn name(&self) -> &'static str;
}

/// tokio's timer wheel: portable, and late by up to a millisecond, which shows as lag.
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

impl Wait for TokioTimer {
    fn until(&self, at: Nanos) -> impl Future<Output = ()> + use<> {
        let timer = *self;
        async move { Timer::until(&timer, at).await }
    }
}
