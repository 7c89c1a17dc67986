//! What the program says, and on which stream: results on standard output, everything else on standard error.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};

use super::ci;
use crate::report::text;
use crate::report::verdict::exit;
use crate::scenario::Faults;

/// The widest output, in columns.
const WIDEST: usize = 110;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// The scenario is not valid.
    Scenario(Box<Faults>),
    /// Refused for safety.
    Refused(String),
    /// The command line asks for what cannot be meant.
    Usage(String),
    /// Everything else.
    Other(Box<dyn Error>),
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(Box::new(error))
    }
}

impl Failure {
    /// Says it, and gives the exit code.
    pub(super) fn say(&self) -> u8 {
        let code = match self {
            Self::Scenario(faults) => {
                say(&faults.render(colour_on_stderr()));
                ci::failed(&faults.render(false));
                exit::USAGE
            }
            Self::Refused(reason) => {
                say(&format!("refused: {reason}"));
                ci::failed(&format!("refused: {reason}"));
                exit::REFUSED
            }
            Self::Usage(reason) => {
                say(&format!("error: {reason}"));
                ci::failed(reason);
                exit::USAGE
            }
            Self::Other(error) => {
                say(&format!("error: {}", chain(error.as_ref())));
                ci::failed(&chain(error.as_ref()));
                exit::FAILED_TO_RUN
            }
        };
        say(&ending(code));
        code
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        message.push_str(": ");
        message.push_str(&current.to_string());
        cause = current.source();
    }
    text::block(&message, 2_000)
}

/// The last line: the exit code in words.
pub(super) fn ending(code: u8) -> String {
    format!("exit {code}: {}", exit::meaning(code))
}

/// A line of prose, on standard error.
pub(super) fn say(line: &str) {
    // A closed stream is nothing that a program could complain about anywhere.
    let _ = writeln!(anstream::stderr(), "{}", ci::harmless(line.trim_end()));
}

/// A result, on standard output. A closed pipe ends the output, not the program.
pub(super) fn print(text: &str) {
    let mut out = anstream::stdout();
    let text = ci::harmless(text);
    let _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// Whether standard error is a terminal that people watch; `CI` says that nobody does.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("CI").is_none_or(|value| value.is_empty())
}

/// Whether colours are wanted on standard error.
pub(super) fn colour_on_stderr() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// How wide the output may be.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || std::io::stderr().is_terminal().then(|| usize::from(console_width()));
    columns.or_else(terminal).unwrap_or(WIDEST).clamp(40, WIDEST)
}

/// The columns of the terminal behind standard error.
fn console_width() -> u16 {
    rustix::termios::tcgetwinsize(std::io::stderr()).map_or(0, |size| size.ws_col).max(80)
}
