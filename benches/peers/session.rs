//! What all measurements share: the server, the pinning, the time that is left.

use std::io::{self, BufRead as _, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use crate::child::{self, Cost};
use crate::clock;
use crate::figures::Percentiles;
use crate::kit::Kit;
use crate::machine;
use crate::target::control::{Control, Mode, Stamps};
use crate::target::tally::Counts;
use crate::tools::{Found, Load, Prepared, Tool, prepare};

/// A running server, and the tools to load it with.
#[derive(Debug)]
pub(crate) struct Session {
    server: Child,
    control: Control,
    origin: String,
    kit: Kit,
    found: Vec<Found>,
    /// When all has to be over, in nanoseconds of the monotonic clock.
    end: u64,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) cost: Cost,
    /// What the server counted.
    pub(crate) counts: Counts,
    /// What the tool reports, where it was asked to.
    pub(crate) reported: Option<Percentiles>,
}

impl Session {
    /// Starts the server and pins it to core 0, and this process, whose children inherit it, to core 1, where there are two.
    pub(crate) fn start(found: Vec<Found>, budget: f64) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let this = std::env::current_exe()?;
        let pinned = machine::cores() >= 2 && machine::program("taskset").is_some();
        let mut command = if pinned {
            let mut command = Command::new("taskset");
            command.args(["-c", "0"]).arg(this);
            command
        } else {
            crate::say("peers: there is one core, or no `taskset`: nothing is pinned, and the figures hold more noise");
            Command::new(this)
        };
        command.arg(crate::TARGET).stdin(OwnedFd::from(theirs)).stdout(Stdio::piped());
        let mut server = command.spawn()?;
        // The command holds the server's end of the line, which has to be the server's alone.
        drop(command);
        let mut port = String::new();
        BufReader::new(server.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut port)?;
        if pinned {
            let this = std::process::id().to_string();
            Command::new("taskset").args(["-c", "-p", "1", &this]).stdout(Stdio::null()).status()?;
        }
        let origin = format!("http://127.0.0.1:{}", port.trim());
        let end = clock::now() + (budget * 1e9) as u64;
        Ok(Self { server, control: Control::new(ours), origin, kit: Kit::new()?, found, end })
    }

    /// The seconds that are left.
    pub(crate) fn left(&self) -> f64 {
        self.end.saturating_sub(clock::now()) as f64 / 1e9
    }

    /// Lets a tool make a load, for at most so many seconds.
    pub(crate) fn run(&mut self, tool: Tool, load: &Load, mode: Mode, limit: f64) -> io::Result<Ran> {
        let mut prepared = self.prepare(tool, load)?;
        self.control.reset(mode)?;
        let cost = child::run(&mut prepared.command, &self.kit.path("output"), limit.min(self.left()))?;
        let counts = self.control.counts()?;
        // A failed run may have left nothing to read, or the output of the one before it.
        let reported = if cost.exit == Some(0) { prepared.reported(&self.kit)? } else { None };
        Ok(Ran { cost, counts, reported })
    }

    fn prepare(&self, tool: Tool, load: &Load) -> io::Result<Prepared> {
        let found = self.found.iter().find(|found| found.tool == tool).ok_or(io::ErrorKind::NotFound)?;
        prepare(found, load, &self.kit, &self.origin)
    }

    /// When the requests of the last run came, and when they were answered.
    pub(crate) fn stamps(&mut self) -> io::Result<Stamps> {
        self.control.stamps()
    }

    /// Lets a server that spins go to sleep.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        self.control.reset(Mode::Plain)
    }

    /// The last lines that the last run printed, for the one who wonders why it failed.
    pub(crate) fn last_words(&self) -> String {
        let text = std::fs::read(self.kit.path("output")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(2)..];
        last.join(" / ").chars().take(300).collect()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It would end by itself as its line closes; this also takes its exit status.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
