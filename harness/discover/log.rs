//! What models are fitted to.

use crate::record::Sighting;
use crate::units::Nanos;

/// Sightings of one kind of request, and how well the instants are known at which they reached the limiter.
#[derive(Clone, Copy, Debug)]
pub struct Log<'a> {
    /// In the order of sending, from a state in which the limiter was as new.
    pub sightings: &'a [Sighting],
    /// The time since the Unix epoch at the instant zero.
    pub epoch: Nanos,
    /// How far an arrival may be from its estimate, earlier or later.
    pub uncertainty: Nanos,
    /// The round trip of a reply that cost the service nothing; a request arrives half of it after it was sent.
    pub round_trip: Nanos,
}
