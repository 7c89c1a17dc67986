//! A constant rate.

use crate::limit::TokenBucket;
use crate::units::{Nanos, Rate};

/// A token bucket that nothing changes: each attempt takes a token, and waits for it.
#[derive(Clone, Debug)]
pub(super) struct Fixed {
    bucket: TokenBucket,
}

impl Fixed {
    pub(super) fn new(rate: Rate, burst: u32) -> Self {
        Self { bucket: TokenBucket::new(rate, burst) }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// When to ask again.
    pub(super) fn take(&mut self, now: Nanos) -> Result<(), Nanos> {
        self.bucket.try_take(now, 1).map_err(|wait| now + wait)
    }

    /// Gives a token back that was not used.
    pub(super) fn give_back(&mut self, now: Nanos) {
        self.bucket.refund(now, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_its_burst_and_then_its_rate() {
        let mut fixed = Fixed::new(Rate::per_second(20.0).expect("a rate"), 3);
        let mut now = Nanos::ZERO;
        let sent: Vec<Nanos> = std::iter::from_fn(|| {
            while let Err(at) = fixed.take(now) {
                now = at;
            }
            Some(now)
        })
        .take(6)
        .collect();
        assert_eq!(sent, [0, 0, 0, 50, 100, 150].map(Nanos::from_millis));
        fixed.give_back(now);
        assert_eq!((fixed.take(now), fixed.take(now)), (Ok(()), Err(Nanos::from_millis(200))));
    }
}
