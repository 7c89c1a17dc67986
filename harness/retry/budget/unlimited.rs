//! No budget.

use super::{Budget, Held};
use crate::retry::FailureKind;
use crate::units::Nanos;

/// Refuses nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited;

impl Budget for Unlimited {
    fn withdraw(&mut self, _now: Nanos, _kind: FailureKind) -> Option<Held> {
        Some(Held::default())
    }
}
