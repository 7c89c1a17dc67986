//! `loadline schema`: the formats of what people write and programs read.

use clap::{Args, ValueEnum};

use super::output::{Failure, print};
use crate::report::verdict::exit;
use crate::{report, scenario};

/// What `schema` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which format
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Scenario files
    Scenario,
    /// report.json
    Report,
}

/// Prints a JSON Schema.
pub(super) fn schema(arguments: &Arguments) -> Result<u8, Failure> {
    print(&match arguments.format {
        Format::Scenario => scenario::schema::json(),
        Format::Report => report::schema::json(),
    });
    Ok(exit::PASS)
}
