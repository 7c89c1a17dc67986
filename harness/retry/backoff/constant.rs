//! The same wait each time.

use super::Backoff;
use crate::units::Nanos;

/// `base`, whatever the cap is: there is nothing that grows.
pub(super) fn delay(backoff: &Backoff) -> Nanos {
    backoff.base
}
