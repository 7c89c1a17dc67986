//! Retries as a part of the calls of late, as Finagle's `RetryBudget` and tower's `TpsBudget` have it.

use super::{Budget, Held};
use crate::retry::{AttemptKind, FailureKind};
use crate::units::{Nanos, Ratio};

/// The time that counts is cut into so many slots (Finagle's `WindowedAdder`, tower's `TpsBudget`).
const SLOTS: usize = 10;
/// What a call deposits; a retry costs that divided by the part.
const DEPOSIT: i64 = 1_000;

/// Every call deposits, every retry withdraws `1 / percent` as much; both are forgotten after `ttl`. A reserve allows a few
/// retries a second whatever happened. Source: twitter/finagle `finagle-core/…/service/RetryBudget.scala`; tower agrees but for
/// rounding `1 / percent` to a whole number, which makes 30 % act as 33 %.
#[derive(Clone, Copy, Debug)]
pub struct RetryRatio {
    /// Deposits less withdrawals of the slots.
    slots: [i64; SLOTS],
    /// The number of the newest slot.
    newest: u64,
    slot_length: Nanos,
    /// What is always there.
    reserve: i64,
    deposit: i64,
    /// What a retry costs.
    cost: i64,
}

impl RetryRatio {
    /// One that has seen no call yet.
    pub fn new(ttl: Nanos, min_per_sec: f64, percent: Ratio) -> Self {
        let percent = percent.get();
        let (deposit, cost) =
            if percent > 0.0 { (DEPOSIT, ((DEPOSIT as f64 / percent) as i64).max(1)) } else { (0, DEPOSIT) };
        let retries = min_per_sec * ttl.as_secs_f64();
        let slot_length = Nanos::new((ttl.as_nanos() / SLOTS as u64).max(1));
        let reserve = (retries * cost as f64) as i64;
        Self { slots: [0; SLOTS], newest: 0, slot_length, reserve, deposit, cost }
    }

    /// The slot of `now`; forgets the slots that are too old.
    fn slot(&mut self, now: Nanos) -> &mut i64 {
        let number = now.as_nanos() / self.slot_length.as_nanos();
        let passed = number.saturating_sub(self.newest);
        for old in 0..passed.min(SLOTS as u64) {
            self.slots[((number - old) % SLOTS as u64) as usize] = 0;
        }
        self.newest = self.newest.max(number);
        &mut self.slots[(self.newest % SLOTS as u64) as usize]
    }
}

impl Budget for RetryRatio {
    fn begin(&mut self, now: Nanos, kind: AttemptKind) {
        if kind == AttemptKind::First {
            let deposit = self.deposit;
            *self.slot(now) += deposit;
        }
    }

    fn withdraw(&mut self, now: Nanos, _kind: FailureKind) -> Option<Held> {
        let cost = self.cost;
        let _ = self.slot(now);
        if self.slots.iter().sum::<i64>() + self.reserve < cost {
            return None;
        }
        *self.slot(now) -= cost;
        Some(Held(cost as f64))
    }

    fn put_back(&mut self, now: Nanos, held: Held) {
        *self.slot(now) += held.0 as i64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Nanos = Nanos::from_secs(10);

    fn budget(min_per_sec: f64, percent: f64) -> RetryRatio {
        RetryRatio::new(TTL, min_per_sec, Ratio::new(percent).expect("a part"))
    }

    fn all(budget: &mut RetryRatio, now: Nanos) -> usize {
        std::iter::from_fn(|| budget.withdraw(now, FailureKind::Transient)).count()
    }

    fn calls(budget: &mut RetryRatio, now: Nanos, count: u32) {
        (0..count).for_each(|_| budget.begin(now, AttemptKind::First));
    }

    #[test]
    fn retries_are_a_part_of_calls_and_a_reserve() {
        let mut plain = budget(0.0, 0.2);
        calls(&mut plain, Nanos::ZERO, 100);
        assert_eq!(all(&mut plain, Nanos::ZERO), 20);
        let mut third = budget(0.0, 0.3);
        calls(&mut third, Nanos::ZERO, 100);
        assert_eq!(all(&mut third, Nanos::ZERO), 30, "not a third");
        assert_eq!(all(&mut budget(10.0, 0.2), Nanos::ZERO), 100, "10/s for 10 s");
        assert_eq!(all(&mut budget(1.0, 0.0), Nanos::ZERO), 10, "no part, but the reserve");
    }

    #[test]
    fn what_was_deposited_and_withdrawn_expires() {
        let mut budget = budget(1.0, 0.5);
        calls(&mut budget, Nanos::from_secs(3), 10);
        assert_eq!(all(&mut budget, Nanos::from_secs(9)), 15);
        assert_eq!(all(&mut budget, Nanos::from_secs(12)), 0);
        // The calls are forgotten before the retries that they paid for.
        assert_eq!(all(&mut budget, Nanos::from_secs(13)), 0);
        assert_eq!(all(&mut budget, Nanos::from_secs(19)), 10, "the reserve is back");
        assert_eq!(all(&mut budget, Nanos::from_secs(1_000)), 10);
    }

    #[test]
    fn under_a_lasting_outage_the_share_is_the_part_and_the_reserve() {
        let mut budget = budget(1.0, 0.2);
        let (per_second, seconds) = (100_u64, 1_000_u64);
        let mut retries = 0_u64;
        for number in 0..per_second * seconds {
            let now = Nanos::from_millis(number * 1_000 / per_second);
            budget.begin(now, AttemptKind::First);
            // As many as may go.
            retries += all(&mut budget, now) as u64;
        }
        let expected = (per_second * seconds) / 5 + seconds;
        assert!(retries.abs_diff(expected) <= 20 + 10, "{retries} beside {expected}");
    }
}
