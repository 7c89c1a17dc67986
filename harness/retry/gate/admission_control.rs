//! Envoy's `admission_control` filter, used as a client's own throttle.

use super::tally::Tally;
use super::was_taken;
use crate::retry::Ended;
use crate::units::{Nanos, Rate, Ratio};

/// Drops an attempt with the probability `((n − s / threshold) / (n + 1)) ^ (1 / aggression)`, where `n` attempts were answered
/// within the window and `s` of them well. Source: Envoy, `admission_control_filter.rst` and `admission_control.cc`, whose default
/// takes any status below 500 for a success; throttling is a failure here, since there would be nothing to react to.
#[derive(Clone, Debug)]
pub(super) struct AdmissionControl {
    threshold: f64,
    /// One, divided by the aggression.
    exponent: f64,
    floor: Option<Rate>,
    most: f64,
    /// Answers, and successes. What is dropped here is not counted.
    tally: Tally,
}

impl AdmissionControl {
    pub(super) fn new(threshold: Ratio, aggression: f64, window: Nanos, floor: Option<Rate>, most: Ratio) -> Self {
        let (threshold, most) = (threshold.get(), most.get());
        Self { threshold, exponent: 1.0 / aggression, floor, most, tally: Tally::new(window) }
    }

    /// Whether an attempt goes. `unit` is a uniform draw in [0, 1).
    pub(super) fn lets_pass(&mut self, now: Nanos, unit: f64) -> bool {
        unit >= self.probability(now)
    }

    fn probability(&mut self, now: Nanos) -> f64 {
        let (answers, successes) = self.tally.counts(now);
        if let Some(floor) = self.floor {
            // As Envoy reckons: over what has passed since the oldest answer, and at least a second.
            let seconds = self.tally.age(now).as_secs_f64().max(1.0);
            if answers / seconds < floor.as_per_second() {
                return 0.0;
            }
        }
        let linear = ((answers - successes / self.threshold) / (answers + 1.0)).max(0.0);
        // A linear one needs no logarithm.
        let share = if (self.exponent - 1.0).abs() < f64::EPSILON { linear } else { libm::pow(linear, self.exponent) };
        share.min(self.most)
    }

    pub(super) fn end(&mut self, now: Nanos, ended: Ended) {
        if let Some(taken) = was_taken(ended) {
            self.tally.add(now, 1, i64::from(taken));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::FailureKind;

    const WINDOW: Nanos = Nanos::from_secs(30);

    fn ratio(ratio: f64) -> Ratio {
        Ratio::new(ratio).expect("a part")
    }

    /// The probability after 100 answers within a second.
    fn after(successes: u32, threshold: f64, aggression: f64, most: f64) -> f64 {
        let mut control = AdmissionControl::new(ratio(threshold), aggression, WINDOW, None, ratio(most));
        for number in 0..100 {
            let service = Nanos::ZERO;
            let failure = Ended::Failure { kind: FailureKind::Transient, service };
            control.end(Nanos::ZERO, if number < successes { Ended::Success { service } } else { failure });
        }
        control.probability(Nanos::ZERO)
    }

    #[test]
    fn the_probability_is_that_of_the_formula() {
        // Worked by hand: (100 − s / threshold) / 101, to the power of 1 / aggression.
        let cases = [
            ((100, 0.95, 1.0, 1.0), 0.0),
            ((95, 0.95, 1.0, 1.0), 0.0),
            ((76, 0.95, 1.0, 1.0), 20.0 / 101.0),
            ((0, 0.95, 1.0, 1.0), 100.0 / 101.0),
            ((0, 0.95, 1.0, 0.8), 0.8),
            ((19, 0.95, 2.0, 1.0), 0.889_988_318_979_969_6),
        ];
        for ((successes, threshold, aggression, most), expected) in cases {
            let probability = after(successes, threshold, aggression, most);
            assert!((probability - expected).abs() < 1e-9, "{successes} of 100: {probability}, not {expected}");
        }
    }

    #[test]
    fn below_the_floor_nothing_is_dropped_and_what_is_old_is_forgotten() {
        let floor = Rate::per_second(50.0).expect("a rate");
        let mut control = AdmissionControl::new(ratio(0.95), 1.0, WINDOW, Some(floor), ratio(0.8));
        let failure = Ended::Failure { kind: FailureKind::Timeout, service: Nanos::ZERO };
        (0..49).for_each(|_| control.end(Nanos::ZERO, failure));
        assert!(control.lets_pass(Nanos::ZERO, 0.0), "49 within a second");
        control.end(Nanos::ZERO, failure);
        assert!(!control.lets_pass(Nanos::ZERO, 0.79));
        assert!(control.lets_pass(Nanos::ZERO, 0.8), "never more than four in five are dropped");
        assert!(control.lets_pass(Nanos::from_secs(31), 0.0));
    }

    #[test]
    fn what_nobody_waited_for_is_not_counted() {
        let mut control = AdmissionControl::new(ratio(0.95), 1.0, WINDOW, None, ratio(1.0));
        control.end(Nanos::ZERO, Ended::Cancelled);
        control.end(Nanos::ZERO, Ended::NeverSent);
        assert!(control.lets_pass(Nanos::ZERO, 0.0));
    }
}
