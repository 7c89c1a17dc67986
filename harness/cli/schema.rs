//! `loadline schema`: the formats of what people write and programs read.

use clap::{Args, ValueEnum};

use super::output::print;
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
pub(super) fn schema(arguments: &Arguments) {
    print(&match arguments.format {
        Format::Scenario => scenario::schema::json(),
        Format::Report => report::schema::json(),
    });
}
