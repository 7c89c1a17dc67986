//! `loadline report`: everything again, from the journal alone.

use std::path::PathBuf;

use clap::Args;

use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use crate::report::{RunFolder, console};

/// What `report` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The run's folder, or its journal
    run: PathBuf,
    /// Print report.json on standard output and nothing else there
    #[arg(long)]
    json: bool,
}

/// Rebuilds the reports of a run. The exit code is the run's own, so that a rebuilt report gates as the first one did.
pub(super) fn report(arguments: &Arguments) -> Result<u8, Failure> {
    let folder = RunFolder::open(&arguments.run)?;
    let report = folder.write_reports(&folder.read()?)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    let page = folder.path().join("report.html");
    say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
    say(&ending(report.verdict.exit_code));
    Ok(report.verdict.exit_code)
}
