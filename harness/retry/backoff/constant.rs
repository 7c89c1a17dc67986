//! The same wait each time.

use super::Backoff;
use crate::units::Nanos;

/// Waits for `base` before every retry.
#[derive(Clone, Copy, Debug)]
pub struct Constant(pub Nanos);

impl Backoff for Constant {
    fn delay(&self, _index: u32, _unit: f64) -> Nanos {
        self.0
    }
}
