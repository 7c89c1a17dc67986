//! The wait before a retry. A new shape is one file here, one variant of [`Shape`] and one line in [`Backoff::delay`].

mod by_kind;
mod constant;
mod decorrelated_jitter;
mod equal_jitter;
mod exponential;
mod fibonacci;
mod full_jitter;
mod linear;
mod proportional_jitter;
mod shape;

use crate::units::{Nanos, Ratio};

pub use by_kind::Backoffs;
pub use shape::Shape;

/// How long to wait before each retry: a shape and what it is made from. A plain value, so that a policy can be changed field by
/// field, printed, and translated into the settings of others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// How waits grow and how they are spread.
    pub shape: Shape,
    /// The first wait, before jitter.
    pub base: Nanos,
    /// By how much each wait is longer than the last, at least 1; for the exponential shapes.
    pub multiplier: f64,
    /// The longest wait, before jitter; [`Nanos::MAX`] where nothing caps it. Not for `constant`.
    pub cap: Nanos,
    /// What each wait is longer than the last; for `linear`.
    pub step: Nanos,
    /// The part of the wait that is given or taken, from 0 to 1; for `proportional_jitter`.
    pub jitter: Ratio,
}

impl Default for Backoff {
    /// Full jitter from 100 ms, doubled, at most 20 s.
    fn default() -> Self {
        Self::full_jitter(Nanos::from_millis(100))
    }
}

impl Backoff {
    /// The longest wait of the AWS SDKs and of nearly every preset.
    pub const CAP: Nanos = Nanos::from_secs(20);

    /// Any shape over a base: doubled, at most [`CAP`](Self::CAP), a step of the base, and no proportional jitter.
    pub const fn new(shape: Shape, base: Nanos) -> Self {
        Self { shape, base, multiplier: 2.0, cap: Self::CAP, step: base, jitter: Ratio::ZERO }
    }

    /// Full jitter over a base.
    pub const fn full_jitter(base: Nanos) -> Self {
        Self::new(Shape::FullJitter, base)
    }

    /// The same with another cap.
    #[must_use]
    pub const fn with_cap(self, cap: Nanos) -> Self {
        Self { cap, ..self }
    }

    /// The wait before retry `index` (0 is the wait before the second attempt). `previous` is the own wait before that, zero where
    /// there was none; `unit` a uniform draw in [0, 1).
    pub fn delay(&self, index: u32, previous: Nanos, unit: f64) -> Nanos {
        match self.shape {
            Shape::Constant => constant::delay(self),
            Shape::Linear => linear::delay(self, index),
            Shape::Exponential => exponential::bound(self, index),
            Shape::FullJitter => full_jitter::delay(self, index, unit),
            Shape::EqualJitter => equal_jitter::delay(self, index, unit),
            Shape::DecorrelatedJitter => decorrelated_jitter::delay(self, previous, unit),
            Shape::ProportionalJitter => proportional_jitter::delay(self, index, unit),
            Shape::Fibonacci => fibonacci::delay(self, index),
        }
    }

    /// The longest wait that retry `index` may have, whatever came before.
    pub fn longest(&self, index: u32) -> Nanos {
        match self.shape {
            Shape::DecorrelatedJitter => decorrelated_jitter::longest(self, index),
            _ => self.delay(index, Nanos::ZERO, 1.0),
        }
    }
}

#[cfg(test)]
mod tests;
