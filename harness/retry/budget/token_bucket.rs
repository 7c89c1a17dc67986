//! A token bucket that successes fill: retries stay a fixed share of successful work (Brooker, "Fixing retries with token
//! buckets and circuit breakers", 2022).

use super::{Budget, Held};
use crate::retry::FailureKind;
use crate::units::Nanos;

/// A retry costs one token and needs more than one; a success adds a fraction of one.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    tokens: f64,
    size: f64,
    per_success: f64,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(size: f64, per_success: f64) -> Self {
        Self { tokens: size, size, per_success }
    }
}

impl Budget for TokenBucket {
    fn withdraw(&mut self, _now: Nanos, _kind: FailureKind) -> Option<Held> {
        // Strictly more than one, as in the source's own simulator (`mbrooker/simulator_example`).
        if self.tokens <= 1.0 {
            return None;
        }
        self.tokens -= 1.0;
        Some(Held(1.0))
    }

    fn deposit(&mut self, _held: Option<Held>) {
        self.tokens = (self.tokens + self.per_success).min(self.size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_stay_a_share_of_successes() {
        let mut bucket = TokenBucket::new(10.0, 0.1);
        let burst = std::iter::from_fn(|| bucket.withdraw(Nanos::ZERO, FailureKind::Transient)).count();
        assert_eq!(burst, 9);
        let mut retries = 0;
        for _ in 0..1_000 {
            bucket.deposit(None);
            retries += usize::from(bucket.withdraw(Nanos::ZERO, FailureKind::Transient).is_some());
        }
        assert!((98..=100).contains(&retries), "{retries}");
    }
}
