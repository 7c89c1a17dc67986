//! `loadline gate`: whether a candidate is worse than its baseline, by pairs of runs.

mod calibration;
mod duet;
mod one_run;
mod pairs;
mod watch;
mod words;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::flags::ScenarioFlags;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::run::start;
use super::signals;
use crate::engine::{Halt, HaltSwitch, machine};
use crate::gate::Kind;
use crate::plan::Target;
use crate::record::RunStart;
use crate::report::verdict::exit;
use crate::report::{RunFolder, console, gate as pages};
use crate::scenario::{Faults, GateForecast, GateTask, SideFlag};
use crate::time::WallClock;
use one_run::GateError;
use pairs::Pairs;

/// What `gate` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    #[command(flatten)]
    scenario: ScenarioFlags,
    /// Compare with the server at this URL
    #[arg(long, value_name = "URL", conflicts_with = "baseline_command")]
    baseline: Option<String>,
    /// Compare with the server that this command starts and that prints its address, such as "./old --port 0"
    #[arg(long, value_name = "COMMAND", value_parser = words::split)]
    baseline_command: Option<words::Words>,
    /// Judge the server at this URL
    #[arg(long, value_name = "URL", conflicts_with = "candidate_command")]
    candidate: Option<String>,
    /// Judge the server that this command starts and that prints its address; no shell reads it
    #[arg(long, value_name = "COMMAND", value_parser = words::split)]
    candidate_command: Option<words::Words>,
    /// Compare this measure and allow it to be so much worse, such as "p99(response)=5%" (repeatable; in place of the scenario's)
    #[arg(long = "metric", value_name = "MEASURE=TOLERANCE")]
    metrics: Vec<String>,
    /// Make this many pairs of runs before the first look
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(4..=100))]
    pairs: Option<u32>,
    /// Make at most this many where the first look does not decide
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(4..=200))]
    max_pairs: Option<u32>,
    /// Fail only what is surely worse than its tolerance
    #[arg(long)]
    strict: bool,
    /// Run both sides at the same time, each against a server of its own
    #[arg(long)]
    duet: bool,
    /// What an undecided gate means: exit code 0 with a warning, 111, or 0
    #[arg(long, value_name = "WHAT")]
    on_inconclusive: Option<OnInconclusive>,
    /// Compare the baseline with itself, and tell the noise, what can be found in it, and with how many pairs
    #[arg(long)]
    calibrate: bool,
    /// Put the comparison's folder into this one
    #[arg(short, long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
    /// Say nothing but the result
    #[arg(short, long)]
    quiet: bool,
    /// Show no progress
    #[arg(long)]
    no_progress: bool,
    /// Print report.json on standard output and nothing else there
    #[arg(long)]
    json: bool,
}

/// What an undecided gate means.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum OnInconclusive {
    /// It passes, and says so
    Warn,
    /// It does not pass
    Fail,
    /// It passes
    Pass,
}

impl OnInconclusive {
    /// As the grammar of scenarios writes it.
    fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Pass => "pass",
        }
    }
}

/// Compares two targets.
pub(super) fn gate(arguments: &Arguments) -> Result<u8, Failure> {
    let task = arguments.task()?;
    let kind = match (arguments.calibrate, task.duet) {
        (true, _) => Kind::Calibration,
        (false, true) => Kind::Duet,
        (false, false) => Kind::Paired,
    };
    for (side, word) in task.sides.iter().zip(["baseline", "candidate"]) {
        if let Some(refusal) = &side.plan.refusal {
            return Err(Failure::Refused(format!("{word}: {refusal}")));
        }
    }
    if !arguments.quiet {
        say(&GateForecast::of(&task).to_string());
    }
    let plan = &task.sides[0].plan;
    let folder = RunFolder::create(&arguments.out, &format!("{}-gate", plan.name), WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), "what is known by now is reported")?;
    let start = RunStart {
        started_at: WallClock::now().rfc3339(),
        url: match &plan.target {
            Target::Mock { .. } => String::new(),
            Target::Url(_) => task.sides[0].what.clone(),
        },
        machine: machine(),
        ..start(plan, folder.run_id(), false)
    };
    let watch = watch::Watch::new(arguments.quiet, arguments.no_progress, &task);
    let gated = Pairs { task: &task, folder: &folder, halt: &halt, watch: &watch }.compare(kind);
    let mut gated = gated.map_err(GateError::into_failure)?;
    drop(watch);
    if kind == Kind::Calibration {
        gated.calibration = Some(calibration::calibrate(&folder, &gated)?);
    }
    let mut report = pages::build(&start, &gated);
    if halt.level() == Halt::Everything {
        report.interrupted = true;
        report.verdict.word = crate::report::Word::Interrupted;
        report.verdict.exit_code = exit::INTERRUPTED;
        report
            .verdict
            .reasons
            .insert(0, "someone stopped the comparison: it rests on the pairs that were made by then".into());
    }
    pages::write(&folder, &start, &report)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    if !(arguments.quiet && arguments.json) {
        let page = folder.path().join("report.html");
        say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
        say(&ending(report.verdict.exit_code));
    }
    Ok(report.verdict.exit_code)
}

impl Arguments {
    fn task(&self) -> Result<GateTask, Failure> {
        let side = |url: &Option<String>, command: &Option<words::Words>| match (url, command) {
            (Some(url), _) => Some(SideFlag::Url(url.clone())),
            (None, Some(words)) => Some(SideFlag::Command(words.0.clone())),
            (None, None) => None,
        };
        let loaded = self.scenario.load_with(|flags| {
            let gate = &mut flags.gate;
            gate.baseline = side(&self.baseline, &self.baseline_command);
            gate.candidate = side(&self.candidate, &self.candidate_command);
            (gate.pairs, gate.max_pairs) = (self.pairs, self.max_pairs);
            gate.metrics.clone_from(&self.metrics);
            (gate.strict, gate.duet) = (self.strict, self.duet);
            gate.on_inconclusive = self.on_inconclusive.map(|what| what.word().to_owned());
        })?;
        let task = loaded.gate().map_err(|faults: Faults| Failure::Scenario(Box::new(faults)))?;
        Ok(if self.calibrate { task.against_itself() } else { task })
    }
}
