//! What people and programs read of a search for capacity. The door for the verb `capacity`:
//!
//! ```text
//! build(start, searched) → Report ─ write(folder, start, report) → report.json, report.html, summary.md, junit.xml, scenario.yaml
//!                                 └ console::render(report, …)
//! ```

mod build;
mod console;
mod figure;
mod junit;
mod loads;
mod markdown;
mod next;
mod page;
#[cfg(test)]
mod sample;
mod tables;
#[cfg(test)]
mod tests;
mod words;

pub use build::build;
pub(super) use console::render as console;
pub(super) use junit::cases;
pub(super) use markdown::render as markdown;
pub(super) use page::render as page;
pub(super) use words::{answer, badge, caveats, headline, tone};

use super::{FolderError, Report, RunFolder, View};
use crate::record::RunStart;

/// Writes the report in every form into a folder, and the scenario as `start` has it resolved.
///
/// # Errors
/// [`FolderError`]: the first file that cannot be written; those before it are there.
pub fn write(folder: &RunFolder, start: &RunStart, report: &Report) -> Result<(), FolderError> {
    folder.write_report(report, &View::default(), &start.resolved)
}
