//! Client-side throttling as Google's book has it ("Site Reliability Engineering", chapter 21).

use super::tally::Tally;
use super::was_taken;
use crate::retry::Ended;
use crate::units::Nanos;

/// Drops an attempt with the probability `max(0, (requests − k · accepts) / (requests + 1))`. What is dropped counts among the
/// requests, so that a client which is refused everything sends less and less, but never nothing.
#[derive(Clone, Debug)]
pub(super) struct Sre {
    k: f64,
    /// Requests and accepts.
    tally: Tally,
}

impl Sre {
    pub(super) fn new(k: f64, window: Nanos) -> Self {
        Self { k, tally: Tally::new(window) }
    }

    /// Whether an attempt goes. `unit` is a uniform draw in [0, 1).
    pub(super) fn lets_pass(&mut self, now: Nanos, unit: f64) -> bool {
        let (requests, accepts) = self.tally.counts(now);
        self.tally.add(now, 1, 0);
        unit >= (requests - self.k * accepts) / (requests + 1.0)
    }

    pub(super) fn end(&mut self, now: Nanos, ended: Ended) {
        match was_taken(ended) {
            Some(taken) => self.tally.add(now, 0, i64::from(taken)),
            // Neither a request that was accepted nor one that was not.
            None => self.tally.add(now, -1, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::FailureKind;
    use crate::rng::{Key, Purpose};

    const SUCCESS: Ended = Ended::Success { service: Nanos::ZERO };
    const THROTTLED: Ended = Ended::Failure { kind: FailureKind::Throttling, service: Nanos::ZERO };

    fn draw(call: u64) -> f64 {
        Key { seed: 42, purpose: Purpose::Throttle, client: 0, call, attempt: 0 }.unit()
    }

    /// The share that is sent of 100 requests a second, of which the service takes at most `capacity` each second.
    fn sent(k: f64, capacity: u32) -> f64 {
        let mut sre = Sre::new(k, Nanos::from_secs(120));
        let mut sent = 0_u32;
        for second in 0..1_200 {
            let mut taken = 0;
            for number in 0..100 {
                let now = Nanos::from_millis(second * 1_000 + number * 10);
                if sre.lets_pass(now, draw(second * 100 + number)) {
                    taken += 1;
                    sre.end(now, if taken <= capacity { SUCCESS } else { THROTTLED });
                    sent += u32::from(second >= 200);
                }
            }
        }
        f64::from(sent) / 100_000.0
    }

    #[test]
    fn what_is_sent_tends_to_k_times_what_is_accepted() {
        // Of 100 a second 20 are accepted, so P = 1 − k · 20/100: 40 are sent for k = 2.
        for (k, capacity, expected) in [(2.0, 20, 0.4), (1.5, 20, 0.3), (2.0, 5, 0.1), (2.0, 60, 1.0), (1.5, 100, 1.0)]
        {
            let share = sent(k, capacity);
            // Three standard errors of 100,000 draws, and a little for the `+ 1` of the formula.
            let tolerance = 3.0 * libm::sqrt(expected * (1.0 - expected) / 1e5) + 0.001;
            assert!((share - expected).abs() <= tolerance, "k = {k}: {share} instead of {expected}");
        }
    }

    #[test]
    fn one_request_in_a_thousand_still_goes_when_nothing_is_accepted() {
        let mut sre = Sre::new(2.0, Nanos::from_secs(120));
        for _ in 0..999 {
            if sre.lets_pass(Nanos::ZERO, 1.0) {
                sre.end(Nanos::ZERO, THROTTLED);
            }
        }
        assert!(!sre.lets_pass(Nanos::ZERO, 0.998), "P = 999/1000");
        assert!(sre.lets_pass(Nanos::ZERO, 0.9991), "P = 1000/1001 = 0.99900");
        assert!(sre.lets_pass(Nanos::from_secs(130), 0.0), "all of it is forgotten");
    }

    #[test]
    fn an_attempt_that_nobody_waited_for_counts_neither_way() {
        let mut sre = Sre::new(2.0, Nanos::from_secs(120));
        for _ in 0..50 {
            assert!(sre.lets_pass(Nanos::ZERO, 0.0));
            sre.end(Nanos::ZERO, Ended::Cancelled);
        }
    }
}
