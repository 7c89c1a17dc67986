//! A prober sends what a discovery asks for, in real or in virtual time.

use std::error::Error;

use crate::plan::Stretch;
use crate::record::Sighting;
use crate::units::Nanos;

/// Sends stretches of probes at a target, one after the other. Connections, and whatever the setup made, last from one to the next.
pub trait Prober {
    /// Why nothing could be sent.
    type Error: Error + 'static;

    /// The time since the Unix epoch at the instant zero of the probing: for windows that begin on the full minute.
    fn epoch(&self) -> Nanos;

    /// The time since the begin of the probing.
    fn now(&self) -> Nanos;

    /// Is silent, sends the shots, waits for their replies, and tells what came of each that was sent, in the order of sending.
    ///
    /// # Errors
    /// Why nothing can be sent any more. A request that fails is no error but a [`Sighting`].
    fn probe(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, Self::Error>;
}
