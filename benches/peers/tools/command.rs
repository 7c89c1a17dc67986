//! The command line by which each tool makes a load, on one thread where it lets one choose.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::figures::Percentiles;
use crate::heard;
use crate::kit::{Kit, read_json};

use super::{Found, Load, Pace, Tool, What};

/// A command, and where it will leave its response times.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) command: Command,
    heard: Option<Heard>,
}

/// Where response times are read from.
#[derive(Debug)]
enum Heard {
    Json(PathBuf, fn(&Value) -> Option<Percentiles>),
    Text(PathBuf, fn(&str) -> Option<Percentiles>),
    Report,
}

impl Prepared {
    /// What the tool reports of response times; `None` where it was not asked, or its output could not be read.
    pub(crate) fn reported(&self, kit: &Kit) -> io::Result<Option<Percentiles>> {
        Ok(match &self.heard {
            None => None,
            Some(Heard::Json(path, read)) => read(&read_json(path)?),
            Some(Heard::Text(path, read)) => read(&std::fs::read_to_string(path)?),
            Some(Heard::Report) => heard::loadline(&kit.report()?),
        })
    }
}

/// What a run prints goes to this file of the kit.
pub(crate) const OUTPUT: &str = "output";

/// The command that makes a load on an origin such as `http://127.0.0.1:8080`.
pub(crate) fn prepare(found: &Found, load: &Load, kit: &Kit, origin: &str) -> io::Result<Prepared> {
    let url = match load.what {
        What::Thing => format!("{origin}/"),
        What::Batch => format!("{origin}/batch"),
    };
    let arguments = Arguments { load, kit, tool: found.tool, url };
    let mut command = Command::new(&found.path);
    let output = || kit.path(OUTPUT);
    let heard = match found.tool {
        Tool::Loadline => {
            let out = kit.reports()?;
            command.arg("run").arg(kit.scenario(load, origin)?).args(["-q", "--no-progress", "-o"]).arg(out);
            Heard::Report
        }
        Tool::Wrk | Tool::Wrk2 => {
            arguments.wrk(&mut command);
            Heard::Text(output(), heard::wrk2)
        }
        Tool::Oha => {
            arguments.oha(&mut command);
            Heard::Json(output(), heard::oha)
        }
        Tool::Hey => {
            arguments.hey(&mut command);
            Heard::Text(output(), heard::hey)
        }
        Tool::H2load => {
            arguments.h2load(&mut command);
            Heard::Text(kit.path("h2load.log"), heard::h2load)
        }
        Tool::K6 => {
            arguments.k6(&mut command);
            Heard::Json(kit.path("k6.json"), heard::k6)
        }
        Tool::Locust => {
            arguments.locust(&mut command, origin);
            Heard::Text(kit.path("locust_stats.csv"), heard::locust)
        }
    };
    Ok(Prepared { command, heard: load.latencies.then_some(heard) })
}

struct Arguments<'a> {
    load: &'a Load,
    kit: &'a Kit,
    tool: Tool,
    url: String,
}

impl Arguments<'_> {
    /// The rate of an open loop.
    fn rate(&self) -> Option<u64> {
        match self.load.pace {
            Pace::Open { rate, .. } => Some(rate),
            Pace::Closed { .. } => None,
        }
    }

    /// How long to send: as the schedule says, or as long as so many requests will take.
    fn seconds(&self) -> u64 {
        match self.load.pace {
            Pace::Open { seconds, .. } => seconds,
            Pace::Closed { requests } => requests.div_ceil(self.tool.closed_per_second(self.load.what)),
        }
    }

    fn posts(&self) -> bool {
        self.load.what == What::Batch
    }

    /// `-c` and `-n`, which oha, hey and h2load have alike.
    fn connections_and_requests(&self, command: &mut Command) {
        command.args(["-c", &self.load.connections.to_string(), "-n", &self.load.requests().to_string()]);
    }

    fn wrk(&self, command: &mut Command) {
        let seconds = format!("{}s", self.seconds());
        // wrk2 judges by itself how long a request may take to be slow; both give up after two seconds unless told otherwise.
        command.args(["-t1", "-c", &self.load.connections.to_string(), "-d", &seconds, "--timeout", "20s"]);
        if let Some(rate) = self.rate() {
            command.args(["-R", &rate.to_string()]);
        }
        if self.load.latencies {
            command.arg("--latency");
        }
        if self.posts() {
            command.env("PEERS_BODY", self.kit.body()).arg("-s").arg(self.kit.path("post.lua"));
        }
        command.arg(&self.url);
    }

    fn oha(&self, command: &mut Command) {
        command.args(["--no-tui", "--worker-threads", "1", "--output-format", "json"]);
        self.connections_and_requests(command);
        if let Some(rate) = self.rate() {
            command.args(["-q", &rate.to_string()]);
        }
        if self.load.corrected {
            command.arg("--latency-correction");
        }
        if self.posts() {
            command.args(["-m", "POST", "-T", "application/json", "-D"]).arg(self.kit.body());
        }
        command.arg(&self.url);
    }

    fn hey(&self, command: &mut Command) {
        command.args(["-cpus", "1"]);
        self.connections_and_requests(command);
        if let Some(rate) = self.rate() {
            command.args(["-q", &self.rate_each(rate)]);
        }
        if self.load.latencies {
            command.args(["-o", "csv"]);
        }
        if self.posts() {
            command.args(["-m", "POST", "-T", "application/json", "-D"]).arg(self.kit.body());
        }
        command.arg(&self.url);
    }

    fn h2load(&self, command: &mut Command) {
        command.args(["--h1", "-t1"]);
        self.connections_and_requests(command);
        if let Some(rate) = self.rate() {
            command.arg(format!("--rps={}", self.rate_each(rate)));
        }
        if self.load.latencies {
            let mut option = OsString::from("--log-file=");
            option.push(self.kit.path("h2load.log"));
            command.arg(option);
        }
        if self.posts() {
            command.args(["-H", "Content-Type: application/json", "-d"]).arg(self.kit.body());
        }
        command.arg(&self.url);
    }

    fn k6(&self, command: &mut Command) {
        command.args(["run", "--quiet", "--no-usage-report", "--summary-export"]).arg(self.kit.path("k6.json"));
        self.told(command).env("PEERS_URL", &self.url).env("GOMAXPROCS", "1").arg(self.kit.path("k6.js"));
    }

    fn locust(&self, command: &mut Command, origin: &str) {
        let users = self.load.connections.to_string();
        command.args(["--headless", "--only-summary", "--host", origin, "-u", &users, "-r", &users]);
        command.args(["-t", &format!("{}s", self.seconds()), "--csv"]).arg(self.kit.path("locust"));
        self.told(command).arg("-f").arg(self.kit.path("locustfile.py"));
    }

    /// What the scripts of k6 and locust read from the environment.
    fn told<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("PEERS_USERS", self.load.connections.to_string());
        command.env("PEERS_REQUESTS", self.load.requests().to_string());
        command.env("PEERS_SECONDS", self.seconds().to_string());
        if let Some(rate) = self.rate() {
            command.env("PEERS_RATE", rate.to_string());
        }
        if self.posts() {
            command.env("PEERS_BODY", self.kit.body());
        }
        command
    }

    /// The rate of each connection.
    fn rate_each(&self, rate: u64) -> String {
        (rate as f64 / f64::from(self.load.connections)).to_string()
    }
}
