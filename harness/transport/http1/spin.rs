//! How much a lane may spin for the sake of punctuality.

use crate::units::Nanos;

/// How long before an instant a lane begins to spin: about what a kernel takes to wake a thread.
pub(super) const MARGIN: Nanos = Nanos::from_micros(60);

/// The share of a lane's time that may be spun away.
const SHARE: f64 = 0.1;

/// The most that can be saved up: a thousand arrivals' worth of spinning at once would be no small part of a second.
const MOST_SAVED: Nanos = Nanos::from_millis(2);

/// A token bucket of time.
///
/// At a thousand arrivals a second every one of them can be spun for; at ten thousand the gaps are so short that the kernel's
/// delay hardly shows, and spinning would take the processor from the requests themselves.
#[derive(Debug)]
pub(super) struct SpinBudget {
    saved: Nanos,
    at: Nanos,
}

impl SpinBudget {
    pub(super) fn new(now: Nanos) -> Self {
        Self { saved: MOST_SAVED, at: now }
    }

    /// Whether a spin of the full margin can be paid.
    pub(super) fn affords(&mut self, now: Nanos) -> bool {
        self.saved = (self.saved + (now - self.at).scale(SHARE)).min(MOST_SAVED);
        self.at = now;
        self.saved >= MARGIN
    }

    /// Pays for a spin.
    pub(super) fn spent(&mut self, time: Nanos) {
        self.saved = self.saved - time;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of arrivals at an even rate that are spun for, each at the full margin.
    fn share_spun(per_second: u64) -> f64 {
        let gap = Nanos::new(1_000_000_000 / per_second);
        let (mut budget, mut now, mut spun) = (SpinBudget::new(Nanos::ZERO), Nanos::ZERO, 0);
        for _ in 0..per_second * 10 {
            now += gap;
            if budget.affords(now) {
                budget.spent(MARGIN);
                spun += 1;
            }
        }
        f64::from(spun) / (per_second * 10) as f64
    }

    #[test]
    fn few_arrivals_are_all_spun_for_and_many_take_a_tenth_of_the_time_and_no_more() {
        assert!((share_spun(1_000) - 1.0).abs() < 1e-9);
        for per_second in [5_000, 20_000, 100_000] {
            let of_the_time = share_spun(per_second) * per_second as f64 * MARGIN.as_secs_f64();
            assert!((of_the_time - SHARE).abs() < 0.001, "{per_second}: {of_the_time}");
        }
    }
}
