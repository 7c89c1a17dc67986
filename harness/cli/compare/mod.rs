//! `loadline compare`: stored runs of a baseline against those of a candidate.

mod fit;
mod stored;

use std::path::{Path, PathBuf};

use clap::Args;

use super::ci;
use super::history::HistoryFlag;
use super::output::{Failure, colour_on_stderr, ending, print, say, width};
use crate::gate::{Curves, Gated, Kind, Metric, Rules, Side, SideInfo, judge_stored, not_comparable};
use crate::record::RunStart;
use crate::report::{Report, RunFolder, console, gate as pages};
use crate::scenario::{GateFlags, StoredRules, stored_rules};
use crate::time::WallClock;

pub(super) use stored::Stored;
use stored::{Evidence, sample};

/// What `compare` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The baseline: the folder of a run, a folder of runs, or the name of a stored baseline
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The candidate: the same
    #[arg(value_name = "CANDIDATE")]
    candidate: PathBuf,
    #[command(flatten)]
    judging: JudgingFlags,
    /// Put the comparison's folder into this one, and look for baselines in it
    #[arg(short, long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
    #[command(flatten)]
    history: HistoryFlag,
    /// Say nothing but the result
    #[arg(short, long)]
    quiet: bool,
    /// Print report.json on standard output and nothing else there
    #[arg(long)]
    json: bool,
}

/// By which rules stored runs are compared.
#[derive(Debug, Default, Args)]
pub(super) struct JudgingFlags {
    /// Compare this, such as "p99(response)=5%", in place of the scenario's `gate.metrics` (repeatable)
    #[arg(long = "metric", value_name = "MEASURE=TOLERANCE")]
    metrics: Vec<String>,
    /// Fail only where a metric is surely beyond its tolerance
    #[arg(long)]
    strict: bool,
    /// What an undecided comparison means: warn, pass, or fail with exit code 111
    #[arg(long, value_name = "WORD", value_parser = ["warn", "fail", "pass"])]
    on_inconclusive: Option<String>,
    /// The chance of failing without any difference that is accepted
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "5%")]
    alpha: Share,
}

/// A chance, above 0 and at most one half.
#[derive(Clone, Copy, Debug)]
struct Share(f64);

impl Default for Share {
    fn default() -> Self {
        Self(Rules::default().alpha)
    }
}

fn share(text: &str) -> Result<Share, String> {
    let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
    let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
    share.filter(|share| *share > 0.0 && *share <= 0.5).map(Share).ok_or("above 0 and at most 50%, such as 5%".into())
}

/// Compares stored runs.
pub(super) fn compare(arguments: &Arguments) -> Result<u8, Failure> {
    let sides = [Stored::find(&arguments.base, &arguments.out)?, Stored::find(&arguments.candidate, &arguments.out)?];
    let (folder, report) = compare_stored(&sides, &arguments.judging, &arguments.out)?;
    ci::conclude(&report);
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    }
    if !(arguments.quiet && arguments.json) {
        tell(&folder, &report);
    }
    arguments.history.append(&report, &arguments.out)?;
    if !(arguments.quiet && arguments.json) {
        say(&ending(report.verdict.exit_code));
    }
    Ok(report.verdict.exit_code)
}

/// Says what came of a comparison.
pub(super) fn tell(folder: &RunFolder, report: &Report) {
    let page = folder.path().join("report.html");
    say(&console::render(report, &page.display().to_string(), colour_on_stderr(), width()));
}

/// Compares two sides, the baseline first, and writes the comparison's folder.
///
/// # Errors
/// What cannot be read, and flags that are wrong. Evidence that cannot be compared are no error but an invalid comparison.
pub(super) fn compare_stored(
    sides: &[Stored; 2],
    flags: &JudgingFlags,
    out: &Path,
) -> Result<(RunFolder, Report), Failure> {
    fit::same_runs(sides)?;
    let start = &sides[1].starts[0];
    let written = flags.rules(&start.resolved)?;
    let reasons = fit::obstacles(sides);
    let wanted = written.metrics.clone().unwrap_or_else(|| {
        let any = written.latencies.iter().chain(&written.failures);
        any.cloned().collect()
    });
    let mut runs = [
        sample(Side::Baseline, &sides[0], &wanted, written.trim)?,
        sample(Side::Candidate, &sides[1], &wanted, written.trim)?,
    ];
    let metrics = if written.metrics.is_some() { wanted } else { choose(&written, wanted, &mut runs) };
    let hosts = runs.each_ref().map(|side| side.hosts.clone());
    let same_host = hosts.iter().flatten().all(|host| *host == hosts[0][0]);
    let rules = Rules {
        metrics,
        strict: written.strict,
        on_inconclusive: written.on_inconclusive,
        alpha: flags.alpha.0,
        trim: written.trim,
        pairs: sides[0].starts.len().min(sides[1].starts.len()) as u32,
        max_pairs: sides[0].starts.len().min(sides[1].starts.len()) as u32,
        spare_pairs: 0,
        seed: start.seed,
    };
    let judged = if reasons.is_empty() {
        judge_stored(&rules, &runs[0].runs, &runs[1].runs, same_host)
    } else {
        not_comparable(&rules, reasons)
    };
    let folder = RunFolder::create(out, &format!("{}-compare", start.scenario), WallClock::now())?;
    let gated = Gated {
        kind: Kind::Stored,
        notes: fit::notes(sides, same_host),
        curves: curves(&rules, &runs),
        sides: [info(&sides[0], &hosts[0]), info(&sides[1], &hosts[1])],
        runs: runs.iter().flat_map(|side| side.runs.iter().cloned()).collect(),
        judged,
        calibration: None,
        rules,
    };
    let start = RunStart {
        run_id: folder.run_id(),
        started_at: WallClock::now().rfc3339(),
        tool_version: env!("CARGO_PKG_VERSION").into(),
        notes: Vec::new(),
        ..start.clone()
    };
    let report = pages::build(&start, &gated);
    pages::write(&folder, &start, &report)?;
    Ok((folder, report))
}

/// The highest percentile that every run has samples for (the lowest where none has), and failures.
fn choose(written: &StoredRules, mut wanted: Vec<Metric>, runs: &mut [Evidence; 2]) -> Vec<Metric> {
    let fits = |index: usize| {
        let needed = wanted[index].samples_needed();
        runs.iter().flat_map(|side| &side.runs).all(|run| run.readings[index].samples >= needed)
    };
    let chosen = (0..written.latencies.len()).find(|index| fits(*index)).unwrap_or(written.latencies.len() - 1);
    let stays = |index: usize| index == chosen || index >= written.latencies.len();
    let kept = |index: &mut usize| {
        *index += 1;
        stays(*index - 1)
    };
    for side in runs {
        for run in &mut side.runs {
            let mut index = 0;
            run.readings.retain(|_| kept(&mut index));
        }
        let mut index = 0;
        side.curves.retain(|_| kept(&mut index));
    }
    let mut index = 0;
    wanted.retain(|_| kept(&mut index));
    wanted
}

fn curves(rules: &Rules, runs: &[Evidence; 2]) -> Vec<Curves> {
    let both = |metric: usize| {
        let [baseline, candidate] = runs.each_ref().map(|side| side.curves[metric].clone());
        Some(Curves { metric, baseline: baseline?, candidate: candidate? })
    };
    (0..rules.metrics.len()).filter_map(both).collect()
}

fn info(side: &Stored, hosts: &[String]) -> SideInfo {
    SideInfo {
        what: side.what.clone(),
        tool_version: side.starts[0].tool_version.clone(),
        fingerprint: hosts.first().cloned().unwrap_or_default(),
    }
}

impl JudgingFlags {
    fn rules(&self, resolved: &str) -> Result<StoredRules, Failure> {
        let flags = GateFlags {
            metrics: self.metrics.clone(),
            strict: self.strict,
            on_inconclusive: self.on_inconclusive.clone(),
            ..GateFlags::default()
        };
        stored_rules(resolved, &flags).map_err(|faults| Failure::Scenario(Box::new(faults)))
    }
}
