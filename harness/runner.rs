//! A runner turns a plan into what was recorded: in real time, in virtual time, or on many machines.

use std::io::Write;

use crate::engine::{Live, Progress, RunError};
use crate::record::RunLog;

/// Runs a plan once.
pub trait Runner {
    /// Runs to the end, writes the journal as it goes, and returns everything that was recorded.
    ///
    /// # Errors
    /// Why the measurement could not begin.
    fn run(self, journal: &mut dyn Write, progress: &mut dyn Progress) -> Result<RunLog, RunError>;
}

impl Runner for Live {
    fn run(self, journal: &mut dyn Write, progress: &mut dyn Progress) -> Result<RunLog, RunError> {
        self.run_live(journal, progress)
    }
}
