//! The `loadline` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    loadline::cli::main()
}
