//! The token bucket: at most `burst` tokens, refilled continuously or in steps.

use super::Quota;
use super::exact::{span, tokens, units_a_nanosecond, whole};
use crate::units::{Nanos, Rate};

/// A refill in steps, as some services have it: "a number of tokens is added every second".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The time between two refills; above zero.
    pub interval: Nanos,
    /// How many tokens come at a time; at least one.
    pub amount: u32,
}

impl Steps {
    /// Steps of the same size that come to another rate.
    #[must_use]
    pub fn at(self, rate: Rate) -> Self {
        Self { interval: span(tokens(self.amount), units_a_nanosecond(rate)), ..self }
    }
}

/// A bucket of tokens, full at first.
///
/// The arithmetic is exact: a rate is rounded once, to a multiple of 10⁻⁹ tokens a second, and from then on everything
/// is an integer. Whatever a refusal gives as the wait is enough to the nanosecond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenBucket {
    refill: Refill,
    /// Capacity in units of the level.
    capacity: u128,
    /// What the bucket held at `settled`, in units of the level; never above the capacity.
    level: u128,
    /// When `level` was true. With steps: when the last one came, or when the first token left a full bucket.
    settled: Nanos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refill {
    /// Units of the level a nanosecond. Never zero.
    Continuous(u128),
    Steps(Steps),
}

impl Refill {
    fn new(rate: Rate, steps: Option<Steps>) -> Self {
        steps.map_or_else(
            || Self::Continuous(units_a_nanosecond(rate)),
            |steps| Self::Steps(Steps { interval: steps.interval.max(Nanos::new(1)), amount: steps.amount.max(1) }),
        )
    }
}

impl TokenBucket {
    /// A full bucket of `burst` tokens that gains `rate` tokens a second.
    pub fn new(rate: Rate, burst: u32) -> Self {
        Self::full(Refill::new(rate, None), burst)
    }

    /// A full bucket of `burst` tokens that gains some at a time. The clock of the steps starts whenever a full bucket
    /// loses a token: a full bucket has nothing to wait for.
    pub fn stepwise(steps: Steps, burst: u32) -> Self {
        Self::full(Refill::Steps(steps), burst)
    }

    fn full(refill: Refill, burst: u32) -> Self {
        let capacity = tokens(burst);
        Self { refill, capacity, level: capacity, settled: Nanos::ZERO }
    }

    /// Takes `cost` tokens at `now`, or takes none.
    ///
    /// A `now` before that of an earlier call counts as that earlier one: a bucket never loses what it gained.
    ///
    /// # Errors
    /// The shortest wait after which there would be enough; [`Nanos::MAX`] where `cost` is more than the bucket holds.
    pub fn try_take(&mut self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        self.check(now, cost)?;
        self.charge(now, cost);
        Ok(())
    }

    /// As [`try_take`](Self::try_take), but takes nothing.
    ///
    /// # Errors
    /// As [`try_take`](Self::try_take).
    pub fn check(&self, now: Nanos, cost: u32) -> Result<(), Nanos> {
        let cost = tokens(cost);
        let level = self.level_at(now);
        if cost <= level {
            return Ok(());
        }
        if cost > self.capacity {
            return Err(Nanos::MAX);
        }
        Err(match self.refill {
            Refill::Continuous(rate) => span(cost - level, rate),
            Refill::Steps(Steps { interval, amount }) => {
                let steps = (cost - self.level).div_ceil(tokens(amount));
                self.settled + interval * u64::try_from(steps).unwrap_or(u64::MAX) - now
            }
        })
    }

    /// Takes `cost` tokens, or all that there are.
    pub fn charge(&mut self, now: Nanos, cost: u32) {
        self.settle(now);
        if self.level == self.capacity {
            self.settled = self.settled.max(now);
        }
        self.level = self.level.saturating_sub(tokens(cost));
    }

    /// Puts back what was taken and not used; a full bucket stays full.
    pub fn refund(&mut self, now: Nanos, cost: u32) {
        self.settle(now);
        self.level = self.level.saturating_add(tokens(cost)).min(self.capacity);
    }

    /// Changes how it refills; what was gained until `now` was gained the old way. Steps are counted from `now` on.
    pub fn set_rate(&mut self, now: Nanos, rate: Rate, steps: Option<Steps>) {
        self.settle(now);
        self.settled = self.settled.max(now);
        self.refill = Refill::new(rate, steps);
    }

    /// Changes the capacity. A smaller bucket loses what does not fit; a larger one has to gain what is new.
    pub fn set_burst(&mut self, now: Nanos, burst: u32) {
        self.settle(now);
        if self.level == self.capacity {
            self.settled = self.settled.max(now);
        }
        self.capacity = tokens(burst);
        self.level = self.level.min(self.capacity);
    }

    /// Whether it decides like a new one.
    pub(super) fn is_fresh(&self, now: Nanos) -> bool {
        self.level_at(now) == self.capacity
    }

    pub(super) fn quota(&self, now: Nanos) -> Quota {
        let full = match self.refill {
            Refill::Continuous(rate) => span(self.capacity, rate),
            Refill::Steps(Steps { interval, amount }) => {
                interval * u64::try_from(self.capacity.div_ceil(tokens(amount))).unwrap_or(u64::MAX)
            }
        };
        Quota { limit: whole(self.capacity), window: Some(full), remaining: whole(self.level_at(now)) }
    }

    fn level_at(&self, now: Nanos) -> u128 {
        let elapsed = now.saturating_sub(self.settled).as_nanos();
        let gained = match self.refill {
            Refill::Continuous(rate) => u128::from(elapsed) * rate,
            Refill::Steps(Steps { interval, amount }) => {
                u128::from(elapsed / interval.as_nanos()).saturating_mul(tokens(amount))
            }
        };
        self.level.saturating_add(gained).min(self.capacity)
    }

    fn settle(&mut self, now: Nanos) {
        self.level = self.level_at(now);
        let elapsed = now.saturating_sub(self.settled);
        self.settled += match self.refill {
            Refill::Continuous(_) => elapsed,
            Refill::Steps(Steps { interval, .. }) => {
                Nanos::new(elapsed.as_nanos() - elapsed.as_nanos() % interval.as_nanos())
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::exact::TOKEN;
    use proptest::prelude::*;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).expect("a valid rate")
    }

    #[test]
    fn a_full_bucket_gives_its_burst_and_then_its_rate() {
        let mut bucket = TokenBucket::new(rate(10.0), 20);
        for _ in 0..20 {
            assert_eq!(bucket.try_take(Nanos::ZERO, 1), Ok(()));
        }
        assert_eq!(bucket.try_take(Nanos::ZERO, 1), Err(Nanos::from_millis(100)));
        assert_eq!(bucket.try_take(Nanos::from_millis(99), 1), Err(Nanos::from_millis(1)));
        assert_eq!(bucket.try_take(Nanos::from_millis(100), 1), Ok(()));
        assert_eq!(bucket.try_take(Nanos::from_millis(100), 1), Err(Nanos::from_millis(100)));
    }

    #[test]
    fn under_overload_it_admits_its_rate_to_the_request() {
        // Half a minute of ten times the rate, which is no whole number of nanoseconds a token.
        let (per_second, burst, seconds) = (300.0, 7, 30);
        let mut bucket = TokenBucket::new(rate(per_second), burst);
        let came = (0..seconds * 3_000_u64).map(|number| Nanos::new(number * 1_000_000_000 / 3_000));
        let admitted = came.filter(|&now| bucket.try_take(now, 1).is_ok()).count();
        assert_eq!(admitted, 300 * 30 + 7 - 1, "the burst, and all that came back before the last request");
    }

    #[test]
    fn a_cost_above_the_burst_never_fits() {
        let mut bucket = TokenBucket::new(rate(10.0), 5);
        assert_eq!(bucket.try_take(Nanos::from_secs(1_000), 6), Err(Nanos::MAX));
        assert_eq!(bucket.try_take(Nanos::from_secs(1_000), 5), Ok(()));
    }

    #[test]
    fn a_change_counts_from_its_own_time() {
        let mut bucket = TokenBucket::new(rate(10.0), 10);
        bucket.charge(Nanos::ZERO, 10);
        bucket.set_rate(Nanos::from_millis(500), rate(2.0), None);
        assert_eq!(bucket.check(Nanos::from_millis(500), 5), Ok(()));
        assert_eq!(bucket.check(Nanos::from_millis(500), 6), Err(Nanos::from_millis(500)));
        bucket.set_burst(Nanos::from_millis(500), 3);
        assert_eq!(bucket.check(Nanos::from_millis(500), 4), Err(Nanos::MAX));
        bucket.set_burst(Nanos::from_millis(500), 30);
        assert_eq!(bucket.check(Nanos::from_millis(500), 4), Err(Nanos::from_millis(500)));
    }

    #[test]
    fn the_ends_of_time_and_rate_do_not_overflow() {
        let mut bucket = TokenBucket::new(rate(Rate::MAX_PER_SECOND), u32::MAX);
        bucket.charge(Nanos::ZERO, u32::MAX);
        assert_eq!(bucket.try_take(Nanos::MAX, u32::MAX), Ok(()));
        let slow = TokenBucket::new(rate(1e-12), 1);
        assert_eq!(slow.check(Nanos::ZERO, 1), Ok(()));
    }

    /// The definition, without a level: over every span that ends now, what is accepted is at most burst + rate · span.
    fn reference(accepted: &[(u64, u128)], per_nano: u128, burst: u32, now: u64, cost: u32) -> bool {
        let mut sum = u128::from(cost) * TOKEN;
        let capacity = u128::from(burst) * TOKEN;
        sum <= capacity
            && accepted.iter().rev().all(|&(at, cost)| {
                sum += cost;
                sum <= capacity + per_nano * u128::from(now - at)
            })
    }

    proptest! {
        #[test]
        fn decides_as_the_definition_does(
            per_second in 1_u32..5_000,
            burst in 1_u32..30,
            steps in prop::collection::vec((0_u64..300_000_000, 1_u32..8), 1..120),
        ) {
            let mut bucket = TokenBucket::new(rate(f64::from(per_second)), burst);
            let mut accepted = Vec::new();
            let mut now = 0;
            for (gap, cost) in steps {
                now += gap;
                let expected = reference(&accepted, u128::from(per_second) * 1_000_000_000, burst, now, cost);
                match bucket.try_take(Nanos::new(now), cost) {
                    Ok(()) => {
                        prop_assert!(expected);
                        accepted.push((now, u128::from(cost) * TOKEN));
                    }
                    Err(wait) => {
                        prop_assert!(!expected);
                        prop_assert_eq!(wait == Nanos::MAX, cost > burst);
                        if wait != Nanos::MAX {
                            let later = Nanos::new(now) + wait;
                            prop_assert!(bucket.check(later, cost).is_ok(), "the wait is enough");
                            prop_assert!(bucket.check(later - Nanos::new(1), cost).is_err(), "and not too long");
                        }
                    }
                }
            }
            let total: u128 = accepted.iter().map(|&(_, cost)| cost).sum();
            prop_assert!(total <= u128::from(burst) * TOKEN + u128::from(per_second) * 1_000_000_000 * u128::from(now));
        }
    }
}
