//! `loadline completions`: for the shells that people use.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use super::output::print;

/// What `completions` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
}

/// Prints a completion script.
pub(super) fn completions(arguments: &Arguments) {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "loadline", &mut script);
    print(&String::from_utf8_lossy(&script));
}
