//! `loadline tune`: which retry policy clients should use, from many simulations, and real runs of the best.

mod confirm;
mod watch;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::ci;
use super::flags::ScenarioFlags;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::run::start;
use super::signals;
use crate::engine::{Halt, HaltSwitch, cores, machine};
use crate::plan::{Plan, Target};
use crate::record::RunStart;
use crate::report::verdict::exit;
use crate::report::{RunFolder, console, tune as pages};
use crate::scenario::{Effort, Faults, Loaded};
use crate::time::WallClock;
use crate::tune::{Task, TuneError};
use crate::units::Nanos;

/// What `tune` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    #[command(flatten)]
    scenario: ScenarioFlags,
    /// Simulate each candidate with at most this many seeds
    #[arg(long, value_name = "N")]
    seeds: Option<u32>,
    /// Rank only what keeps this, such as "amplification() <= 1.5" (repeatable)
    #[arg(long = "require", value_name = "EXPR")]
    require: Vec<String>,
    /// How long a request and its reply are under way together
    #[arg(long, value_name = "TIME", default_value = "0s")]
    rtt: Nanos,
    /// Compare as many candidates as the sweep has, however many that are
    #[arg(long, conflicts_with = "max_runs")]
    yes: bool,
    /// Make at most this many simulations: take fewer seeds where that is enough
    #[arg(long, value_name = "N")]
    max_runs: Option<u64>,
    /// Simulate on this many threads; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Simulate only: leave out the real runs that `tune.confirm` asks for
    #[arg(long)]
    no_confirm: bool,
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

/// Compares retry policies.
pub(super) fn tune(arguments: &Arguments) -> Result<u8, Failure> {
    let loaded = arguments.scenario.load_with(|flags| {
        flags.seeds = arguments.seeds;
        flags.require.clone_from(&arguments.require);
    })?;
    let task = arguments.task(&loaded)?;
    if let (Some(refusal), Some(_)) = (&task.plan.refusal, task.confirm) {
        // Refused before an hour of simulations, and not behind it.
        let advice = "`--no-confirm` simulates without sending anything";
        return Err(Failure::Refused(format!("{refusal}; {advice}")));
    }
    if !arguments.quiet {
        announce(&loaded, &task);
    }
    let folder = RunFolder::create(&arguments.out, &format!("{}-tune", task.plan.name), WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), "what is known by now is reported")?;
    let stop = || halt.level() == Halt::Everything;
    let start = RunStart {
        started_at: WallClock::now().rfc3339(),
        url: address(&task.plan),
        machine: machine(),
        ..start(&task.plan, folder.run_id(), false)
    };
    let watch = watch::watch(arguments.quiet, arguments.no_progress);
    let tuned = task.run(arguments.threads(), &|progress| watch.see(progress), &stop);
    drop(watch);
    let mut tuned = match tuned {
        Err(TuneError::Stopped) => {
            say(&TuneError::Stopped.to_string());
            say(&ending(exit::INTERRUPTED));
            return Ok(exit::INTERRUPTED);
        }
        tuned => tuned?,
    };
    let mut notes = Vec::new();
    if !stop() {
        let real = confirm::Real { task: &task, folder: &folder, halt: &halt, quiet: arguments.quiet };
        notes = real.confirm(&mut tuned)?;
    }
    let mut report = pages::build(&start, &task, &tuned);
    report.validity.notes.extend(notes.into_iter().map(Into::into));
    if stop() {
        report.interrupted = true;
        report.verdict.word = crate::report::Word::Interrupted;
        report.verdict.exit_code = exit::INTERRUPTED;
        report
            .verdict
            .reasons
            .insert(0, "someone stopped the comparison: it rests on what was simulated by then".into());
    }
    pages::write(&folder, &start, &report)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    ci::conclude(&report);
    if !(arguments.quiet && arguments.json) {
        let page = folder.path().join("report.html");
        say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
        say(&ending(report.verdict.exit_code));
    }
    Ok(report.verdict.exit_code)
}

impl Arguments {
    fn task(&self, loaded: &Loaded) -> Result<Task, Failure> {
        let effort = match self.max_runs {
            Some(most) => Effort::AtMost(most),
            None if self.yes => Effort::Any,
            None => Effort::Usual,
        };
        let task = loaded.tune(effort, self.rtt).map_err(|faults: Faults| Failure::Scenario(Box::new(faults)))?;
        Ok(Task { confirm: task.confirm.filter(|_| !self.no_confirm), ..task })
    }

    fn threads(&self) -> NonZeroUsize {
        self.threads.or_else(|| NonZeroUsize::new(cores() as usize)).unwrap_or(NonZeroUsize::MIN)
    }
}

/// What is about to be compared, before the first simulation.
fn announce(loaded: &Loaded, task: &Task) {
    if !loaded.says_what_to_tune() {
        say("the scenario names no policies in `tune`: every preset is compared, and every policy that it defines");
    }
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    say(&format!(
        "comparing {} under {}, each with up to {}",
        count(task.candidates.len(), "candidate"),
        count(task.arrivals.len(), "model") + " of arrivals",
        count(task.seeds as usize, "seed"),
    ));
}

/// Where the target is, for the report; the mock has no address until it runs.
fn address(plan: &Plan) -> String {
    match &plan.target {
        Target::Mock { .. } => String::new(),
        Target::Url(url) => {
            let mut url = url.clone();
            // What may be secret is not shown.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            plan.secrets.mask(url.as_str())
        }
    }
}
