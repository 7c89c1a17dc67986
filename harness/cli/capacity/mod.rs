//! `loadline capacity`: the highest load that meets its objectives, with an error bar, or whether one load holds.

mod null;
mod trials;
mod watch;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ci;
use super::flags::ScenarioFlags;
use super::history::HistoryFlag;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::run::start;
use super::signals;
use crate::capacity::{Bounds, ConstraintKind, Outcome, Searched, Session, Step};
use crate::engine::{Halt, HaltSwitch, machine};
use crate::plan::Target;
use crate::record::RunStart;
use crate::report::{RunFolder, capacity as pages, console};
use crate::scenario::{CapacityForecast, CapacityTask, Faults};
use crate::time::WallClock;
use crate::units::Nanos;
use trials::{TrialError, Trials};
use watch::Watch;

/// What `capacity` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    #[command(flatten)]
    scenario: ScenarioFlags,
    /// What must hold, such as "p99(response) < 300ms" (repeatable; in place of the scenario's)
    #[arg(long = "objective", value_name = "EXPR")]
    objectives: Vec<String>,
    /// The first rate, such as 50/s; with --journeys the first number of users
    #[arg(long, value_name = "LOAD")]
    start: Option<String>,
    /// The highest rate, or the most users
    #[arg(long, value_name = "LOAD")]
    max: Option<String>,
    /// How far apart the bounds may be in the end, such as 3%
    #[arg(long, value_name = "SHARE")]
    width: Option<String>,
    /// How careful the answer is
    #[arg(long)]
    mode: Option<Mode>,
    /// How long the whole search may take
    #[arg(long, value_name = "TIME")]
    max_duration: Option<Nanos>,
    /// Ask for no search, but whether this load holds
    #[arg(long, value_name = "LOAD")]
    assert: Option<String>,
    /// Try so much more than the asserted load, such as 30%
    #[arg(long, value_name = "SHARE")]
    margin: Option<String>,
    /// Vary the users of closed workloads in place of a rate
    #[arg(long)]
    journeys: bool,
    /// Make the trials in virtual time against the modelled service; nothing is sent
    #[arg(long)]
    simulate: bool,
    /// Put the search's folder into this one
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
    #[command(flatten)]
    history: HistoryFlag,
}

/// How careful the answer is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// A load to promise: hardly ever too high
    Launch,
    /// A load to compare builds by: as often too high as too low
    Compare,
}

impl Mode {
    /// As the grammar of scenarios writes it.
    fn word(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Compare => "compare",
        }
    }
}

/// Searches.
pub(super) fn capacity(arguments: &Arguments) -> Result<u8, Failure> {
    let task = arguments.task()?;
    if let Some(refusal) = task.plan.refusal.as_ref().filter(|_| !arguments.simulate) {
        return Err(Failure::Refused(refusal.to_string()));
    }
    if !arguments.quiet {
        say(&CapacityForecast::of(&task).to_string());
    }
    let plan = &task.plan;
    let folder = RunFolder::create(&arguments.out, &format!("{}-capacity", plan.name), WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), "what is known by now is reported")?;
    let start = RunStart {
        simulated: arguments.simulate,
        started_at: WallClock::now().rfc3339(),
        url: match &plan.target {
            _ if arguments.simulate => "none: simulated".into(),
            Target::Mock { .. } => String::new(),
            Target::Url(url) => plan.secrets.mask(url.as_str()),
        },
        machine: machine(),
        notes: task.notes.clone(),
        ..start(plan, folder.run_id(), false)
    };
    let watch = Watch::new(arguments.quiet, arguments.no_progress, task.rules.vary);
    let mut trials = Trials::new(&task, &folder, &halt, &watch, arguments.simulate)?;
    let searched = search(&task, &mut trials, &halt, &watch)?;
    drop(trials);
    drop(watch);
    let report = pages::build(&start, &searched);
    pages::write(&folder, &start, &report)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    ci::conclude(&report);
    if !(arguments.quiet && arguments.json) {
        let page = folder.path().join("report.html");
        say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
    }
    arguments.history.append(&report, &arguments.out)?;
    if !(arguments.quiet && arguments.json) {
        say(&ending(report.verdict.exit_code));
    }
    Ok(report.verdict.exit_code)
}

/// Makes trials until enough is known, until nothing more can be, or until someone stops it.
fn search(
    task: &CapacityTask,
    trials: &mut Trials<'_>,
    halt: &HaltSwitch,
    watch: &Watch,
) -> Result<Searched, TrialError> {
    let stopped = || halt.level() == Halt::Everything;
    let mut session = Session::new(task.rules.clone());
    let mut fatal = None;
    while let Step::Trial(trial) = session.next() {
        if stopped() {
            break;
        }
        watch.begins(&trial, session.planned_s());
        let reading = match trials.carry_out(&trial) {
            Ok(reading) => reading,
            // Whoever stops a search in the middle of a setup has done nothing wrong.
            Err(_) if stopped() => break,
            Err(error) if trial.number == 1 => return Err(error),
            Err(error) => {
                let mut text = error.to_string();
                let mut cause = std::error::Error::source(&error);
                while let Some(source) = cause {
                    text = format!("{text}: {source}");
                    cause = source.source();
                }
                crate::capacity::Reading { fatal: Some(text), ..Default::default() }
            }
        };
        if stopped() {
            // Half a trial is none.
            break;
        }
        fatal.clone_from(&reading.fatal);
        session.take(reading.clone());
        let searched = session.searched();
        let violates = searched.trials.last().and_then(|made| made.violates).map(ConstraintKind::word);
        watch.made(&trial, &reading, violates, searched.all.bounds);
        if fatal.is_some() {
            break;
        }
    }
    let mut searched = session.searched();
    if stopped() {
        searched.outcome = Outcome::Interrupted;
        searched.reasons.insert(0, "someone stopped the search before it was over".to_owned());
    } else if let Some(why) = fatal {
        if searched.all.bounds == Bounds::default() && searched.outcome != Outcome::GeneratorLimited {
            return Err(TrialError::Nothing(why));
        }
        if !searched.reasons.iter().any(|reason| reason.contains(&why)) {
            searched.reasons.push(why);
        }
    }
    if searched.headroom.is_none() {
        let lower = searched.all.bounds.lower;
        searched.headroom = lower.zip(task.expected).map(|(lower, expected)| lower / expected - 1.0);
    }
    Ok(searched)
}

impl Arguments {
    fn task(&self) -> Result<CapacityTask, Failure> {
        let loaded = self.scenario.load_with(|flags| {
            let capacity = &mut flags.capacity;
            capacity.objectives.clone_from(&self.objectives);
            capacity.start.clone_from(&self.start);
            capacity.max.clone_from(&self.max);
            capacity.assert.clone_from(&self.assert);
            capacity.margin.clone_from(&self.margin);
            capacity.width.clone_from(&self.width);
            capacity.mode = self.mode.map(|mode| mode.word().to_owned());
            capacity.max_duration = self.max_duration;
            capacity.journeys = self.journeys;
        })?;
        let failed = |faults: Faults| Failure::Scenario(Box::new(faults));
        if self.simulate {
            // The model has to supply whatever steps read from replies.
            loaded.simulation().map_err(failed)?;
        }
        let mut task = loaded.capacity().map_err(failed)?;
        if self.simulate {
            task.notes.push(
                "virtual time: every trial has a new service, so that none meets what another left behind".to_owned(),
            );
        }
        Ok(task)
    }
}
