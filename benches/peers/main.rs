//! loadline beside its peers: wrk, oha, hey, h2load, wrk2, k6, locust, whichever is installed.
//!
//! `cargo bench --bench peers` measures all of them against a small server of its own, on loopback, in interleaved rounds, and
//! writes the table. README.md beside this file says how to read it.

mod budget;
mod child;
mod clock;
mod document;
mod figures;
mod goals;
mod heard;
mod kit;
mod machine;
mod options;
mod rows;
mod session;
mod stall;
mod table;
mod tables;
mod target;
mod themes;
mod tools;
mod truth;

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

use clap::Parser as _;
use mio::net::TcpListener;

use options::Options;

/// With this argument the bench is the server.
const TARGET: &str = "--be-the-target";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let done = if arguments.iter().any(|each| each == TARGET) {
        be_the_target()
    } else if arguments.iter().any(|each| each == "--bench") {
        themes::run(&Options::parse())
    } else {
        // `cargo test --benches` starts every bench once; this one would take minutes and measure nothing of use then.
        say("peers: nothing to test here; `cargo bench --bench peers` measures");
        Ok(())
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say(&format!("peers: {fault}"));
            ExitCode::FAILURE
        }
    }
}

/// Serves on a port of loopback until standard input closes; the port is the first line of standard output.
fn be_the_target() -> io::Result<()> {
    let listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
    target::serve(listener, control)
}

/// A line for the one who watches; standard output is left to the document.
fn say(line: &str) {
    // Nobody may be there to read it, which is no reason to stop.
    let _ = writeln!(io::stderr(), "{line}");
}
