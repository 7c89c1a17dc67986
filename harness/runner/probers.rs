//! The probers that there are: over real connections, and in virtual time.

use super::Prober;
use crate::engine::{LiveProber, ProbeError};
use crate::plan::Stretch;
use crate::record::Sighting;
use crate::sim::{SimulatedProbeError, SimulatedProber};
use crate::units::Nanos;

impl Prober for LiveProber {
    type Error = ProbeError;

    fn epoch(&self) -> Nanos {
        self.epoch_now()
    }

    fn now(&self) -> Nanos {
        self.elapsed()
    }

    fn probe(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, ProbeError> {
        self.send_stretch(stretch)
    }
}

impl Prober for SimulatedProber {
    type Error = SimulatedProbeError;

    /// The modelled service takes its instant zero for the epoch, so a simulation is the same at any hour.
    fn epoch(&self) -> Nanos {
        self.zero()
    }

    fn now(&self) -> Nanos {
        self.elapsed()
    }

    fn probe(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, SimulatedProbeError> {
        self.send_stretch(stretch)
    }
}
