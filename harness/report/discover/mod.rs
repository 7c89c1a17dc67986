//! What people and programs read of a discovery. The door for the verb `discover`:
//!
//! ```text
//! build(start, discovered, yaml) → Report ─ write(folder, start, report) → report.json, report.html, summary.md, junit.xml,
//!                                         │                                scenario.yaml, limiters.yaml
//!                                         ├ write_sightings(folder, sightings) → sightings.jsonl
//!                                         └ console::render(report, …)
//! ```

mod build;
mod console;
mod figure;
mod junit;
mod kinds;
mod markdown;
mod page;
#[cfg(test)]
mod sample;
mod sightings;
mod tables;
#[cfg(test)]
mod tests;
mod values;
mod words;

pub use build::build;
pub(super) use console::render as console;
pub(super) use junit::cases;
pub(super) use markdown::render as markdown;
pub(super) use page::render as page;
pub use sightings::write_sightings;
pub(super) use words::{answer, caveats, headline, tone};

use super::{FolderError, Report, RunFolder, View};
use crate::record::RunStart;

/// The limiters that were found, ready for a scenario.
const LIMITERS: &str = "limiters.yaml";

/// Writes the report in every form into a folder, the scenario as `start` has it resolved, and the limiters where some were found.
///
/// # Errors
/// [`FolderError`]: the first file that cannot be written; those before it are there.
pub fn write(folder: &RunFolder, start: &RunStart, report: &Report) -> Result<(), FolderError> {
    folder.write_report(report, &View::default(), &start.resolved)?;
    match &report.discover {
        Some(found) if !found.yaml.trim().is_empty() => {
            folder.write(LIMITERS, |out| writeln!(out, "{}", found.yaml.trim_end()))
        }
        _ => Ok(()),
    }
}
