//! The programs from outside.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// A folder of the package.
pub(crate) fn package(inside: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

/// The built program, in the package's folder.
pub(crate) fn loadline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadline"));
    command.current_dir(package(""));
    command
}

/// Runs a program to its end; where it is missing, says how to get it.
pub(crate) fn output(command: &mut Command, install: &str) -> Output {
    match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            panic!("{} is not on the PATH; install it: {install}", command.get_program().display())
        }
        Err(error) => panic!("{} cannot be run: {error}", command.get_program().display()),
    }
}

/// Runs a program that has to succeed, and gives what it printed.
pub(crate) fn printed(command: &mut Command, install: &str) -> String {
    let output = output(command, install);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} ended with {}:\n{out}\n{err}", output.status);
    out.into_owned()
}
