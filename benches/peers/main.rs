//! loadline beside its peers: wrk, oha, hey, h2load, wrk2, k6, locust, whichever is installed.
//!
//! `cargo bench --bench peers` measures all of them against a small server of its own, on loopback, in interleaved rounds, and
//! writes the table. README.md beside this file says how to read it.
#![cfg(target_os = "linux")]

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

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use options::Options;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let done = if arguments.iter().any(|each| each == target::HIDDEN_ARGUMENT) {
        target::run()
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

/// A line for the one who watches; standard output is left to the document.
fn say(line: &str) {
    // Nobody may be there to read it, which is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{line}");
}
