//! `loadline run`: a scenario against its target, and a report folder.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::ci;
use super::flags::{ScenarioFlags, plan};
use super::history::HistoryFlag;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::progress::progress;
use super::run_set::{SetFlags, run_set};
use super::signals;
use crate::engine::{HaltSwitch, Live, cores, lane_count, machine};
use crate::plan::{Plan, Target};
use crate::record::{JOURNAL_VERSION, RunLog, RunStart, changes_by_plan};
use crate::report::{RunFolder, console};
use crate::runner::Runner as _;
use crate::time::WallClock;
use crate::units::Nanos;

/// What `run` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioFlags,
    #[command(flatten)]
    pub(super) set: SetFlags,
    #[command(flatten)]
    pub(super) results: ResultFlags,
}

/// Where the results of a run go, and what is said meanwhile.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ResultFlags {
    /// Put the run's folder into this one
    #[arg(short, long, value_name = "DIR", default_value = "reports")]
    pub(super) out: PathBuf,
    /// Fail with exit code 112 where the generator was the bottleneck
    #[arg(long)]
    pub(super) require_valid: bool,
    /// Say nothing but the result
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Show no progress
    #[arg(long)]
    pub(super) no_progress: bool,
    /// Print report.json on standard output and nothing else there
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) history: HistoryFlag,
}

/// Runs a scenario.
pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.set.is_plain() {
        carry_out(plan(&arguments.scenario.load()?)?, &arguments.results, "")
    } else {
        run_set(arguments)
    }
}

/// Does what a plan says, from the folder to the reports. `afterword` is said behind the summary.
pub(super) fn carry_out(plan: Plan, flags: &ResultFlags, afterword: &str) -> Result<u8, Failure> {
    if let Some(refusal) = &plan.refusal {
        return Err(Failure::Refused(refusal.to_string()));
    }
    let folder = RunFolder::create(&flags.out, &plan.name, WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), signals::GRACE)?;
    let log = record(plan, &folder, flags, &halt)?;
    conclude(&folder, &log, flags, afterword)
}

/// One run, into its folder's journal.
pub(super) fn record(
    plan: Plan,
    folder: &RunFolder,
    flags: &ResultFlags,
    halt: &HaltSwitch,
) -> Result<RunLog, Failure> {
    let mut journal = folder.new_journal()?;
    let (run_id, lanes) = (folder.run_id(), lane_count(&plan, cores()));
    let start = RunStart { machine: machine(), lanes, ..start(&plan, run_id, flags.require_valid) };
    let live = Live { lanes, plan: Arc::new(plan), start, halt: halt.clone(), trace: false };
    let mut progress = progress(flags.quiet, flags.no_progress);
    Ok(live.run(&mut journal, progress.as_mut())?.log)
}

/// Writes the reports and says what came of the run.
pub(super) fn conclude(folder: &RunFolder, log: &RunLog, flags: &ResultFlags, afterword: &str) -> Result<u8, Failure> {
    let report = folder.write_reports(log)?;
    if flags.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    ci::conclude(&report);
    if !(flags.quiet && flags.json) {
        let page = folder.path().join("report.html");
        say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
        if !flags.quiet && !afterword.is_empty() {
            say(afterword);
        }
    }
    flags.history.append(&report, &flags.out)?;
    if !(flags.quiet && flags.json) {
        say(&ending(report.verdict.exit_code));
    }
    Ok(report.verdict.exit_code)
}

/// What the journal says first of any run, wherever and however it is made.
pub(super) fn start(plan: &Plan, run_id: String, require_valid: bool) -> RunStart {
    let warm_up = plan.workloads.iter().map(|workload| workload.warm_up).max().unwrap_or(Nanos::ZERO);
    RunStart {
        version: JOURNAL_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").into(),
        tool_commit: option_env!("LOADLINE_COMMIT").unwrap_or_default().into(),
        run_id,
        scenario: plan.name.clone(),
        description: plan.description.clone(),
        digest: plan.digest.clone(),
        load_digest: plan.load_digest.clone(),
        changing: changes_by_plan(plan),
        resolved: plan.resolved.clone(),
        seed: plan.seed,
        mock: matches!(plan.target, Target::Mock { .. }),
        cells: plan.cells.iter().map(|cell| (cell.workload.clone(), cell.operation.clone())).collect(),
        clients: plan.clients,
        warm_up_s: warm_up.as_secs_f64(),
        thresholds: plan.thresholds.iter().map(|threshold| threshold.text.clone()).collect(),
        require_valid,
        ..RunStart::default()
    }
}
