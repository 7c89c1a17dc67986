//! What lies between the client and the service.

use crate::units::Nanos;

/// The way to the service and back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// How long a request and its reply are under way together, half of it each.
    pub round_trip: Nanos,
}
