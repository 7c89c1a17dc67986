//! `loadline man`: the manual page, of the program and all its verbs in one.

use clap::CommandFactory as _;

use super::Cli;
use super::output::{Failure, print};
use crate::report::verdict::exit;

/// Prints the manual page in roff.
pub(super) fn man() -> Result<u8, Failure> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let man = clap_mangen::Man::new(verb.clone());
        page.extend_from_slice(format!("\n.SH \"LOADLINE {}\"\n", verb.get_name().to_uppercase()).as_bytes());
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        if verb.get_after_long_help().is_some() {
            man.render_extra_section(&mut page)?;
        }
    }
    print(&String::from_utf8_lossy(&page));
    Ok(exit::PASS)
}
