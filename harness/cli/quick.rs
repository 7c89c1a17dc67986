//! `loadline quick`: one line without a file. The line becomes the text of a scenario, and that text is what is run.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::flags::plan;
use super::output::{Failure, print, say};
use super::run::{ResultFlags, carry_out};
use crate::report::verdict::exit;
use crate::retry::PRESETS;
use crate::scenario::quick::{self, Line, METHODS, Typed, Written};
use crate::scenario::{self, Flags, Input, Loaded, source};
use crate::units::{Nanos, Rate};

/// What the help says beyond the flags.
const NOTES: &str = "\
Examples:
  loadline quick localhost:8080/things?x=1 -r 500/s -d 30s -c 64
  loadline quick localhost:8080 -c 64 -n 10000
  loadline quick localhost:8080/things -b '{\"n\":{{ seq }}}' -H 'X-Id: {{ uuid }}'
  loadline quick localhost:8080/things -r 500/s --yaml > things.yaml

Without a rate the loop is closed: as many users as there are connections send their next request when the last one was \
answered. With a rate it is open: requests fall due whatever the target does, and latencies count from when they were due.

URL, headers and body may hold templates: `{{ seq }}`, `{{ uuid }}`, `{{ user }}`, `{{ random(1, 100) }}`; and \
`{{ \"{{\" }}` writes two braces. `${env:NAME}`, in single quotes, is filled in from the environment and shown nowhere.

What headers such as Authorization or Cookie say, and a password in the URL, are taken for secrets: no report and no file has \
them. Other users of this machine may read them in the list of processes; `${env:NAME}` keeps them out of there, too.

The body is sent to the byte. Its Content-Type follows from what it looks like (JSON, a form, else text), unless a header says \
another.";

/// What `quick` takes.
#[derive(Debug, Args)]
#[command(after_long_help = NOTES)]
pub(super) struct Arguments {
    /// The address to load; `http://` may be left out
    url: String,
    /// Open loop: offer this rate, such as 500/s or 600/min. Without it the loop is closed
    #[arg(short, long, value_name = "RATE")]
    rate: Option<Typed<Rate>>,
    /// How long, such as 30s or 2m [default: 10s]
    #[arg(short, long, value_name = "TIME")]
    duration: Option<Typed<Nanos>>,
    /// So many requests, in place of a duration
    #[arg(short = 'n', long, value_name = "N")]
    requests: Option<u64>,
    /// The most requests in flight; in a closed loop also the users [default: 50; with a rate as many as it takes]
    #[arg(short, long, value_name = "N")]
    connections: Option<u32>,
    /// Space the arrivals at random, as those of independent users
    #[arg(long)]
    poisson: bool,
    /// Leave this much of the beginning out of all statistics
    #[arg(long, value_name = "TIME")]
    warm_up: Option<Typed<Nanos>>,
    /// The method [default: GET, or POST with a body]
    #[arg(short = 'X', long, value_name = "METHOD", ignore_case = true, value_parser = PossibleValuesParser::new(METHODS), hide_possible_values = true)]
    method: Option<String>,
    /// The body: a text, @FILE, or @- for standard input
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
    /// A header (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Retry by this policy [default: none]
    #[arg(long, value_name = "POLICY", value_parser = policies())]
    retry: Option<String>,
    /// Give up on an attempt after this long [default: 30s]
    #[arg(long, value_name = "TIME")]
    timeout: Option<Typed<Nanos>>,
    /// Add a threshold, such as "p99(response) < 300ms" (repeatable)
    #[arg(long = "threshold", value_name = "EXPR")]
    thresholds: Vec<String>,
    /// Allow load on a host that is not this machine (repeatable)
    #[arg(long = "allow-host", value_name = "GLOB")]
    allow_hosts: Vec<String>,
    /// Send at most this many requests, retries included
    #[arg(long, value_name = "N")]
    max_requests: Option<u64>,
    /// The seed of everything random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print the scenario that says the same, on standard output, and send nothing
    #[arg(long)]
    yaml: bool,
    #[command(flatten)]
    results: ResultFlags,
}

fn policies() -> PossibleValuesParser {
    PossibleValuesParser::new(PRESETS.iter().map(|(name, about, _)| PossibleValue::new(name).help(about)))
}

/// Runs a line, or prints it as a file.
pub(super) fn quick(arguments: &Arguments) -> Result<u8, Failure> {
    refuse_a_file(&arguments.url)?;
    let written = quick::write(&arguments.line()?).map_err(faults)?;
    let plan = plan(&load(&written)?)?;
    if !arguments.yaml {
        return carry_out(plan, &arguments.results, &afterword(&written));
    }
    print(&written.text);
    if let Some(refusal) = &plan.refusal {
        say(&format!("note: `run` will refuse this file: {refusal}"));
    }
    Ok(exit::PASS)
}

fn faults(faults: scenario::Faults) -> Failure {
    Failure::Scenario(Box::new(faults))
}

/// Loads the text as the file that it could be.
fn load(written: &Written) -> Result<Loaded, Failure> {
    let source = source::text("this line as a scenario", written.text.clone().into_bytes()).map_err(faults)?;
    let environment = |name: &str| {
        let typed = written.secrets.iter().find(|(known, _)| known == name);
        typed.map(|(_, value)| value.clone()).or_else(|| std::env::var(name).ok())
    };
    let (folder, flags) = (Path::new(""), &Flags::default());
    scenario::load(Input { source: &source, folder, overrides: &[], flags, environment: &environment }).map_err(faults)
}

/// Who names a file most likely meant `run`.
fn refuse_a_file(url: &str) -> Result<(), Failure> {
    if Path::new(url).is_file() {
        let message = format!("this is a file; `loadline run {url}` runs a scenario");
        return Err(faults(scenario::Faults::unreadable(url, message)));
    }
    Ok(())
}

/// The run as a file, and how it becomes one.
fn afterword(written: &Written) -> String {
    let mut text =
        "\nThe same as a file: add `--yaml > quick.yaml` to the line, then `loadline run quick.yaml`.\n\n".to_owned();
    for line in written.text.lines().filter(|line| !line.starts_with("# yaml") && !line.starts_with("# Editors")) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

impl Arguments {
    /// The line, with the body read.
    fn line(&self) -> Result<Line, Failure> {
        Ok(Line {
            url: self.url.clone(),
            rate: self.rate.clone(),
            duration: self.duration.clone(),
            requests: self.requests,
            connections: self.connections,
            poisson: self.poisson,
            warm_up: self.warm_up.clone(),
            method: self.method.as_ref().map(|method| method.to_uppercase()),
            headers: self.headers.clone(),
            body: self.body.as_deref().map(body).transpose()?,
            retry: self.retry.clone(),
            timeout: self.timeout.clone(),
            thresholds: self.thresholds.clone(),
            allow_hosts: self.allow_hosts.clone(),
            max_requests: self.max_requests,
            seed: self.seed,
        })
    }
}

/// The text of a body: itself, or that of the file that it names.
fn body(typed: &str) -> Result<String, Failure> {
    let Some(path) = typed.strip_prefix('@') else { return Ok(typed.to_owned()) };
    let fault = |message: String| faults(scenario::Faults::unreadable("--body", message));
    let read = if path == "-" { read(io::stdin()) } else { File::open(path).and_then(read) };
    let bytes = read.map_err(|error| fault(format!("`{path}` cannot be read: {error}")))?;
    if bytes.len() as u64 > source::MAX_BYTES {
        return Err(fault(format!(
            "`{path}` has more than {} bytes, the most that a scenario may have",
            source::MAX_BYTES
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        fault(format!("`{path}` is not UTF-8 (byte {at}); a body is a text"))
    })
}

fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to know.
    from.take(source::MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
