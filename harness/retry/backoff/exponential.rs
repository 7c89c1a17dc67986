//! Longer each time, without jitter: for contrast. Clients that failed together return together.

use super::{Backoff, Parameters};
use crate::units::Nanos;

/// Waits for `min(cap, base · multiplierⁱ)`.
#[derive(Clone, Copy, Debug)]
pub struct Exponential(pub Parameters);

impl Backoff for Exponential {
    fn delay(&self, index: u32, _unit: f64) -> Nanos {
        self.0.exponential(index)
    }
}
