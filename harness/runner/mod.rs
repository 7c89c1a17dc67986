//! A runner turns a plan into what was recorded: in real time, in virtual time, or on many machines.

mod prober;
mod probers;
mod simulated;

use std::error::Error;
use std::io::Write;

pub use prober::Prober;
pub use simulated::SimulatedRun;

use crate::engine::{Live, Progress, RunError};
use crate::record::Recorded;

/// Runs a plan once.
pub trait Runner {
    /// Why a measurement could not begin.
    type Error: Error + 'static;

    /// Runs to the end, writes the journal as it goes, and returns everything that was recorded.
    ///
    /// # Errors
    /// Why the measurement could not begin.
    fn run(self, journal: &mut dyn Write, progress: &mut dyn Progress) -> Result<Recorded, Self::Error>;
}

impl Runner for Live {
    type Error = RunError;

    fn run(self, journal: &mut dyn Write, progress: &mut dyn Progress) -> Result<Recorded, RunError> {
        self.run_live(journal, progress)
    }
}
