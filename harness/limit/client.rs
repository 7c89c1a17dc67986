//! The client-side limiter: governor, told the time by the lane's turn.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos as GovernorNanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::units::{Nanos, Rate};

thread_local! {
    /// The `now` of the lane that runs on this thread. governor asks a clock; a lane is told the time. This cell joins the two
    /// without a field in the limiter, so that one limiter serves many lanes, in real time and in virtual time.
    static TURN: Cell<Nanos> = const { Cell::new(Nanos::ZERO) };
}

/// A clock of no size that shows the time of the current turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct TurnClock;

impl Clock for TurnClock {
    type Instant = GovernorNanos;

    fn now(&self) -> GovernorNanos {
        TURN.get().as_nanos().into()
    }
}

/// A token bucket (GCRA inside) that all lanes of a run share without a lock.
#[derive(Clone, Debug)]
pub struct ClientLimiter {
    inner: Arc<RateLimiter<NotKeyed, InMemoryState, TurnClock, NoOpMiddleware<GovernorNanos>>>,
}

impl ClientLimiter {
    /// A full bucket of `burst` tokens that refills at `rate`.
    pub fn new(rate: Rate, burst: NonZeroU32) -> Self {
        // The period is at least 100 ns by the bounds of `Rate`, so a quota always exists.
        let period = Duration::from(rate.interval()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MAX)).allow_burst(burst);
        // governor counts from the instant at which a limiter is made; the cell may still show the end of another run.
        TURN.set(Nanos::ZERO);
        Self { inner: Arc::new(RateLimiter::direct_with_clock(quota, TurnClock)) }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// The instant from which one is there, unless another lane is faster: ask again then.
    pub fn try_take(&self, now: Nanos) -> Result<(), Nanos> {
        TURN.set(now);
        self.inner.check().map_err(|not_until| {
            // Never `until_ready`: it sleeps in real time and wakes every waiter at once.
            now + Nanos::from(not_until.wait_time_from(now.as_nanos().into())).max(Nanos::new(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limiter_knows_nothing_of_the_run_before_it() {
        let limiter = || ClientLimiter::new(Rate::per_second(10.0).expect("in range"), NonZeroU32::MIN);
        assert_eq!(limiter().try_take(Nanos::from_secs(1_000)), Ok(()));
        let next = limiter();
        assert_eq!(next.try_take(Nanos::from_secs(1)), Ok(()));
        assert_eq!(next.try_take(Nanos::from_secs(1)), Err(Nanos::from_millis(1_100)));
    }

    #[test]
    fn the_limiter_lives_in_the_time_it_is_told() {
        let limiter = ClientLimiter::new(Rate::per_second(10.0).expect("in range"), NonZeroU32::new(2).expect("two"));
        let mut now = Nanos::ZERO;
        let mut taken = 0;
        while now < Nanos::from_secs(60) {
            match limiter.try_take(now) {
                Ok(()) => taken += 1,
                Err(at) => {
                    assert!(at > now);
                    now = at;
                }
            }
        }
        // The burst and ten a second for a minute of virtual time.
        assert_eq!(taken, 2 + 10 * 60 - 1);
    }
}
