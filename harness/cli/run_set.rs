//! Several runs of one scenario, and what is kept of them: sets, baselines, and comparisons with a baseline.

use clap::Args;

use super::compare::{JudgingFlags, Stored, compare_stored, tell};
use super::flags::plan;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use super::run::{Arguments, record};
use super::{baselines, ci, signals, soundness};
use crate::engine::{Halt, HaltSwitch};
use crate::report::verdict::exit;
use crate::report::{Report, RunFolder, console};
use crate::time::WallClock;

/// What makes a set of runs, and what is done with it.
#[derive(Debug, Args)]
pub(super) struct SetFlags {
    /// Run so many times, one after the other, each with the next seed: a set that `compare` takes for one side
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Store what was run as a baseline of this name, where nothing failed
    #[arg(long, value_name = "NAME")]
    save_baseline: Option<String>,
    /// Compare what was run with a baseline, by the scenario's `gate.metrics`
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
}

impl SetFlags {
    /// Whether it asks for nothing but a run.
    pub(super) fn is_plain(&self) -> bool {
        self.runs == 1 && self.save_baseline.is_none() && self.baseline.is_none()
    }
}

/// Runs a set, compares it where that was asked for, and stores it in the end where nothing was wrong.
pub(super) fn run_set(arguments: &Arguments) -> Result<u8, Failure> {
    let (set, out) = (&arguments.set, &arguments.results.out);
    // Before an hour of load, and not behind it.
    if let Some(name) = &set.save_baseline {
        baselines::path(out, name)?;
    }
    let baseline = match &set.baseline {
        Some(name) => Some(Stored::baseline(name, out)?),
        None => None,
    };
    let (folder, reports) = run_all(arguments)?;
    let mut codes: Vec<u8> = reports.iter().map(|report| report.verdict.exit_code).collect();
    let comparison = match baseline {
        Some(baseline) if !codes.contains(&exit::INTERRUPTED) => {
            let sides = [baseline, Stored::open(folder.path())?];
            Some(compare_stored(&sides, &JudgingFlags::default(), out)?)
        }
        _ => None,
    };
    if let Some((_, report)) = &comparison {
        ci::conclude(report);
    }
    codes.extend(comparison.iter().map(|(_, report)| report.verdict.exit_code));
    if arguments.results.json {
        print(&json(comparison.as_ref().map(|(_, report)| report), &reports)?);
    }
    let is_silent = arguments.results.quiet && arguments.results.json;
    if let Some((folder, report)) = comparison.as_ref().filter(|_| !is_silent) {
        tell(folder, report);
    }
    if let Some(name) = &set.save_baseline {
        match obstacle(&codes, &reports) {
            None => {
                let path = baselines::save(folder.path(), out, name)?;
                say(&format!("stored as the baseline `{name}`: {}", path.display()));
            }
            Some((code, reason)) => {
                say(&format!("not stored as the baseline `{name}`: {reason}"));
                codes.push(code);
            }
        }
    }
    let code = exit::worst(&codes);
    if !is_silent {
        say(&ending(code));
    }
    Ok(code)
}

/// The comparison's report, or the run's, or those of all runs.
fn json(comparison: Option<&Report>, reports: &[Report]) -> serde_json::Result<String> {
    match (comparison, reports) {
        (Some(report), _) | (None, [report]) => serde_json::to_string_pretty(report),
        (None, all) => serde_json::to_string_pretty(all),
    }
}

/// Why these runs are no baseline: one that is not sound would spoil every later comparison.
fn obstacle(codes: &[u8], reports: &[Report]) -> Option<(u8, String)> {
    if exit::worst(codes) != exit::PASS {
        return Some((exit::PASS, "what a baseline stands for has to have passed itself".to_owned()));
    }
    let fault = reports.iter().find_map(|report| soundness::faults(report).into_iter().next())?;
    Some((exit::INVALID, fault.text))
}

/// Every run of the set, one after the other, and the folder that holds them.
fn run_all(arguments: &Arguments) -> Result<(RunFolder, Vec<Report>), Failure> {
    let (flags, runs) = (&arguments.results, arguments.set.runs);
    let first = plan(&arguments.scenario.load()?)?;
    if let Some(refusal) = &first.refusal {
        return Err(Failure::Refused(refusal.to_string()));
    }
    let folder = RunFolder::create(&flags.out, &first.name, WallClock::now())?;
    let halt = HaltSwitch::new();
    signals::listen(halt.clone(), signals::GRACE)?;
    let mut reports = Vec::new();
    for number in 1..=runs {
        // The scenario is read again, so that what is stored with a run names the seed that it was made with.
        let seed = first.seed.wrapping_add(u64::from(number - 1));
        let plan = plan(&arguments.scenario.load_with(|flags| flags.seed = Some(seed))?)?;
        let within = match runs {
            1 => folder.clone(),
            _ => RunFolder::create_at(folder.path(), &format!("run-{number:02}"))?,
        };
        if runs > 1 && !flags.quiet {
            say(&format!("run {number} of {runs}, seed {seed}"));
        }
        let report = within.write_reports(&record(plan, &within, flags, &halt)?)?;
        if !(flags.quiet && flags.json) {
            let page = within.path().join("report.html");
            say(&console::render(&report, &page.display().to_string(), colour_on_stderr(), width()));
        }
        flags.history.append(&report, &flags.out)?;
        ci::conclude(&report);
        reports.push(report);
        if halt.level() == Halt::Everything {
            break;
        }
    }
    if runs > 1 && !flags.quiet {
        say(&format!("{} runs are in {}", reports.len(), folder.path().display()));
    }
    Ok((folder, reports))
}
