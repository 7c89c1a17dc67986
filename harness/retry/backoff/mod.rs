//! Shapes of backoff. A new shape is one file here and one line in `SHAPES`.

mod constant;
mod exponential;
mod full_jitter;

use std::fmt::Debug;
use std::sync::Arc;

use crate::units::Nanos;

pub use constant::Constant;
pub use exponential::Exponential;
pub use full_jitter::FullJitter;

/// The wait before a retry.
pub trait Backoff: Debug + Send + Sync {
    /// The wait before retry `index` (0 is the wait before the second attempt), given a uniform draw in [0, 1).
    fn delay(&self, index: u32, unit: f64) -> Nanos;

    /// The longest wait that retry `index` may have.
    fn longest(&self, index: u32) -> Nanos {
        self.delay(index, 1.0)
    }
}

/// What the shapes are made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// The first wait, before jitter.
    pub base: Nanos,
    /// By how much each wait is longer than the last.
    pub multiplier: f64,
    /// The longest wait, before jitter.
    pub cap: Nanos,
}

impl Default for Parameters {
    /// 100 ms, doubled, at most 20 s.
    fn default() -> Self {
        Self { base: Nanos::from_millis(100), multiplier: 2.0, cap: Nanos::from_secs(20) }
    }
}

impl Parameters {
    /// `min(cap, base · multiplierⁱ)`. The exponent saturates at 32, where every sensible curve has long met its cap.
    pub fn exponential(&self, index: u32) -> Nanos {
        if index >= 32 && self.multiplier > 1.0 {
            return self.cap;
        }
        self.base.scale(libm::pow(self.multiplier, f64::from(index))).min(self.cap)
    }
}

/// Makes a shape from its parameters.
pub type MakeBackoff = fn(Parameters) -> Arc<dyn Backoff>;

/// Every shape by the word that scenario files use.
pub const SHAPES: &[(&str, MakeBackoff)] = &[
    ("constant", |parameters| Arc::new(Constant(parameters.base))),
    ("exponential", |parameters| Arc::new(Exponential(parameters))),
    ("full_jitter", |parameters| Arc::new(FullJitter(parameters))),
];

/// The maker of a shape by its word.
pub fn shape(word: &str) -> Option<MakeBackoff> {
    SHAPES.iter().find(|(known, _)| *known == word).map(|(_, make)| *make)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_shape_waits_longer_than_its_cap_or_panics(
            base in 0_u64..100_000, cap in 0_u64..1_000_000, multiplier in 1.0..10.0_f64, index in 0..u32::MAX, unit in 0.0..1.0_f64,
        ) {
            let (base, cap) = (Nanos::from_millis(base.min(cap)), Nanos::from_millis(cap));
            for (word, make) in SHAPES {
                let shape = make(Parameters { base, multiplier, cap });
                prop_assert!(shape.delay(index, unit) <= cap, "{}", word);
                prop_assert!(shape.delay(index, unit) <= shape.longest(index), "{}", word);
            }
        }
    }

    #[test]
    fn the_thirty_third_attempt_waits_for_the_cap() {
        let parameters = Parameters { base: Nanos::from_secs(1), multiplier: 2.0, cap: Nanos::from_secs(20) };
        let bounds: Vec<_> = (0..6).map(|i| parameters.exponential(i)).collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 20].map(Nanos::from_secs));
        assert_eq!(parameters.exponential(33), Nanos::from_secs(20));
    }
}
