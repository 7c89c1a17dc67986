//! Anything between nothing and the exponential bound, which breaks up the herd ("Exponential Backoff And Jitter", AWS
//! Architecture Blog, 2015).

use super::{Backoff, Parameters};
use crate::units::Nanos;

/// Waits for `u · min(cap, base · multiplierⁱ)` with `u` uniform in [0, 1).
#[derive(Clone, Copy, Debug)]
pub struct FullJitter(pub Parameters);

impl Backoff for FullJitter {
    fn delay(&self, index: u32, unit: f64) -> Nanos {
        self.0.exponential(index).scale(unit)
    }
}
