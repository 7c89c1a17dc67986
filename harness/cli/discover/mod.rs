//! `loadline discover`: which limiter a target has, found out from outside.

mod load;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ci;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::run::start;
use super::signals;
use crate::discover::{Answer, Discovered, Session, Step, forecast_words, limiters_yaml};
use crate::engine::{Halt, HaltSwitch, LiveProber, Unwatched, machine};
use crate::plan::{Plan, Target};
use crate::record::{Machine, RunStart, Sight};
use crate::report::verdict::exit;
use crate::report::{Report, RunFolder, console, discover as pages};
use crate::runner::Prober;
use crate::scenario::DiscoverTask;
use crate::sim::{Network, SimulatedProber};
use crate::time::WallClock;
use crate::units::{Nanos, Rate};
use watch::Watch;

/// What the help says beyond the flags.
const NOTES: &str = "\
Examples:
  loadline discover scenarios/discover-mock.yaml
  loadline discover scenario.yaml --operation ListAttendees --dimension header.X-Api-Key
  loadline discover localhost:8080/things --max-rate 100/s --requests 1000
  loadline discover scenario.yaml --yaml > limiters.yaml

It sends requests at chosen instants until one kind of limiter explains all answers, and then predicts answers before it asks for \
them. The plan and its cost are printed before the first request. docs/discover.md says how to read what it says.";

/// What `discover` takes.
#[derive(Debug, Args)]
#[command(after_long_help = NOTES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// The scenario file (YAML), or the address to probe; `http://` may be left out
    #[arg(value_name = "SCENARIO|URL")]
    what: String,
    /// Send to this URL instead of the scenario's target
    #[arg(short, long, value_name = "URL")]
    target: Option<String>,
    /// The operation to send [default: the only one that the workloads call]
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Send at most this many requests [default: 2000]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(10..))]
    requests: Option<u64>,
    /// Take at most this long, silences included [default: 90s]
    #[arg(short, long, visible_alias = "budget", value_name = "TIME")]
    duration: Option<Nanos>,
    /// Send at most this fast, volleys excepted [default: 200/s]
    #[arg(long, value_name = "RATE")]
    max_rate: Option<Rate>,
    /// How long nothing is sent before a limiter is taken for rested [default: 10s]
    #[arg(long, value_name = "TIME")]
    pause: Option<Nanos>,
    /// See whether requests that differ in this share a limiter: header.NAME, query.NAME, path.NAME, body.NAME (repeatable)
    #[arg(long = "dimension", value_name = "WHAT")]
    dimensions: Vec<String>,
    /// See whether this makes a request cost more: query.NAME, body.NAME or batch.items
    #[arg(long, value_name = "WHAT")]
    cost: Option<String>,
    /// The method, where an address is probed [default: GET, or POST with a body]
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<String>,
    /// A header, where an address is probed (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// The body, where an address is probed
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    body: Option<String>,
    /// The seed of everything random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Change a value of the scenario, such as discover.quiet=2s (repeatable)
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// Allow probes at a host that is not this machine (repeatable)
    #[arg(long = "allow-host", value_name = "GLOB")]
    allow_hosts: Vec<String>,
    /// Probe the modelled service in virtual time; nothing is sent
    #[arg(long)]
    simulate: bool,
    /// Put the folder of the discovery into this one
    #[arg(short, long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
    /// Say nothing but the result
    #[arg(short, long)]
    quiet: bool,
    /// Show no progress
    #[arg(long)]
    no_progress: bool,
    /// Print report.json on standard output and nothing else there
    #[arg(long, conflicts_with = "yaml")]
    json: bool,
    /// Print the limiters as YAML on standard output and nothing else there
    #[arg(long)]
    yaml: bool,
}

/// Discovers.
pub(super) fn discover(arguments: &Arguments) -> Result<u8, Failure> {
    let task = arguments.task()?;
    if let Some(refusal) = task.plan.refusal.as_ref().filter(|_| !arguments.simulate) {
        return Err(Failure::Refused(refusal.to_string()));
    }
    if !arguments.quiet {
        say(&forecast(&task));
    }
    let folder = RunFolder::create(&arguments.out, &format!("{}-discover", task.plan.name), WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), "what is known by now is reported")?;
    let run = Run { arguments, task: &task, halt };
    let (start, discovered) = if arguments.simulate { run.simulated()? } else { run.live()? };
    let start = RunStart { run_id: folder.run_id(), ..start };
    let yaml = limiters_yaml(&discovered);
    let report = pages::build(&start, &discovered, &yaml);
    pages::write(&folder, &start, &report)?;
    pages::write_sightings(&folder, &discovered.sightings)?;
    Ok(arguments.conclude(&folder, &report, &yaml)?)
}

/// A discovery that is about to begin.
struct Run<'a> {
    arguments: &'a Arguments,
    task: &'a DiscoverTask,
    halt: HaltSwitch,
}

impl Run<'_> {
    fn live(&self) -> Result<(RunStart, Discovered), Failure> {
        let plan = Arc::new(self.task.plan.clone());
        let started_at = WallClock::now().rfc3339();
        let mut prober =
            LiveProber::open(Arc::clone(&plan), self.task.steps.clone(), self.halt.clone(), &mut Unwatched)?;
        let (transport, timer) = prober.transport();
        let url = match &plan.target {
            Target::Mock { .. } => String::new(),
            Target::Url(_) => prober.url(),
        };
        let discovered = self.probe(&mut prober)?;
        prober.close(&mut Unwatched)?;
        let made = RunStart { started_at, url, transport: transport.into(), timer, machine: machine(), ..first(&plan) };
        Ok((made, discovered))
    }

    fn simulated(&self) -> Result<(RunStart, Discovered), Failure> {
        let plan = Arc::new(self.task.plan.clone());
        let network = Network { round_trip: Nanos::from_millis(1) };
        let mut prober = SimulatedProber::open(Arc::clone(&plan), self.task.steps.clone(), network)?;
        let discovered = self.probe(&mut prober)?;
        // Nothing in the report of a simulation may differ from one machine or hour to another.
        let made = RunStart {
            simulated: true,
            url: "none: simulated".into(),
            transport: "none".into(),
            timer: "virtual time".into(),
            machine: Machine::default(),
            ..first(&plan)
        };
        Ok((made, discovered))
    }

    /// Does what the session says until it is done or someone stops it.
    fn probe<P: Prober>(&self, prober: &mut P) -> Result<Discovered, P::Error> {
        let mut watch = Watch::new(self.arguments.quiet, self.arguments.no_progress, &self.task.rules);
        let mut session = Session::new(self.task.rules.clone(), prober.epoch());
        while let Step::Stretch(stretch) = session.next(prober.now()) {
            watch.stage(session.stage(), prober.now());
            let mut seen = prober.probe(&stretch)?;
            let stopped = self.halt.level() == Halt::Everything;
            if stopped {
                // What was given up in the middle says nothing of the target.
                seen.retain(|sighting| !matches!(sighting.sight, Sight::Broken(_)));
            }
            watch.sent(seen.len());
            session.take(prober.now(), seen);
            if stopped {
                let mut discovered = session.discovered();
                discovered.answer = Answer::Interrupted;
                discovered
                    .reasons
                    .insert(0, "someone stopped the discovery: it rests on the probes that were sent by then".into());
                return Ok(discovered);
            }
        }
        Ok(session.discovered())
    }
}

/// What the report says of any discovery.
fn first(plan: &Plan) -> RunStart {
    start(plan, String::new(), false)
}

/// What will be done, and what it costs.
fn forecast(task: &DiscoverTask) -> String {
    let mut lines = vec![format!("discover the limiter of {} in {}:", task.operation, task.plan.name)];
    lines.extend(forecast_words(&task.rules).into_iter().map(|line| format!("  {line}")));
    lines.extend(task.notes.iter().map(|note| format!("note: {note}")));
    if !task.plan.setup.is_empty() {
        lines.push("the setup of the scenario is sent before".to_owned());
    }
    lines.join("\n")
}

impl Arguments {
    fn conclude(&self, folder: &RunFolder, report: &Report, yaml: &str) -> Result<u8, serde_json::Error> {
        let code = report.verdict.exit_code;
        if self.json {
            print(&serde_json::to_string_pretty(report)?);
        }
        if self.yaml {
            print(yaml);
        }
        ci::conclude(report);
        if !(self.quiet && (self.json || self.yaml)) {
            let page = folder.path().join("report.html");
            say(&console::render(report, &page.display().to_string(), colour_on_stderr(), width()));
            say(&ending(code));
        }
        debug_assert!(code != exit::USAGE, "what is wrong with a scenario is told before anything is sent");
        Ok(code)
    }
}
