//! A side of a comparison: runs that are there already.

use std::path::Path;

use super::super::baselines;
use super::super::output::Failure;
use super::super::soundness;
use crate::gate::{Metric, Position, Run, Sampler, Side, Trim};
use crate::record::RunStart;
use crate::report::{FolderError, RunFolder, build};
use crate::stats::LatencyHistogram;

/// The runs of a side; at least one.
#[derive(Debug)]
pub(in crate::cli) struct Stored {
    /// What it is, for people.
    pub(super) what: String,
    pub(super) folders: Vec<RunFolder>,
    /// What each run's journal says first.
    pub(super) starts: Vec<RunStart>,
}

/// What the runs of a side came to.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) runs: Vec<Run>,
    /// The machine of each run.
    pub(super) hosts: Vec<String>,
    /// The distribution behind each metric that is a latency, all runs together.
    pub(super) curves: Vec<Option<LatencyHistogram>>,
}

impl Stored {
    /// The runs at a path, or else those of the baseline of that name.
    ///
    /// # Errors
    /// Nothing there, no run in it, or a journal that this program cannot read.
    pub(in crate::cli) fn find(named: &Path, out: &Path) -> Result<Self, Failure> {
        let baseline = named.to_str().and_then(|name| baselines::path(out, name).ok());
        let path = match baseline {
            _ if named.exists() => named.to_owned(),
            Some(path) if path.exists() => path,
            _ => return Err(Failure::Other(missing(named, out).into())),
        };
        Self::open(&path)
    }

    /// The runs of a baseline.
    ///
    /// # Errors
    /// As [`Self::find`], and a name that none can have.
    pub(in crate::cli) fn baseline(name: &str, out: &Path) -> Result<Self, Failure> {
        let path = baselines::path(out, name)?;
        if path.exists() { Self::open(&path) } else { Err(Failure::Other(missing(Path::new(name), out).into())) }
    }

    /// The runs at a path.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(in crate::cli) fn open(path: &Path) -> Result<Self, Failure> {
        let folders = RunFolder::all_in(path)?;
        let starts = folders.iter().map(RunFolder::read_start).collect::<Result<Vec<_>, FolderError>>()?;
        let count = if folders.len() == 1 { "a run".to_owned() } else { format!("{} runs", folders.len()) };
        Ok(Self { what: format!("{count} in {}", path.display()), folders, starts })
    }
}

fn missing(named: &Path, out: &Path) -> String {
    let names = baselines::names(out);
    let known = if names.is_empty() {
        format!("there are no baselines in `{}`; `loadline run --save-baseline NAME` makes one", out.display())
    } else {
        format!("the baselines in `{}` are {}", out.display(), names.join(", "))
    };
    format!("`{}` is no folder of runs and no baseline: {known}", named.display())
}

/// Reads every run of a side.
pub(super) fn sample(side: Side, stored: &Stored, metrics: &[Metric], trim: Trim) -> Result<Evidence, Failure> {
    let mut all = Evidence { runs: Vec::new(), hosts: Vec::new(), curves: vec![None; metrics.len()] };
    for (number, (folder, start)) in (1..).zip(stored.folders.iter().zip(&stored.starts)) {
        let mut sampler = Sampler::new(metrics, &start.cells, trim);
        let log = folder.read_seconds(|interval| sampler.second(interval))?;
        let sampled = sampler.finish(&log);
        let report = build(&log);
        let mut faults = sampled.faults;
        faults.extend(soundness::faults(&report));
        for (sum, curve) in all.curves.iter_mut().zip(sampled.curves) {
            if let Some(curve) = curve {
                sum.get_or_insert_default().merge(&curve);
            }
        }
        all.hosts.push(report.environment.fingerprint.to_string());
        all.runs.push(Run {
            pair: number,
            side,
            position: Position::Alone,
            again: 0,
            seed: start.seed,
            run_id: folder.run_id(),
            calls: sampled.calls,
            ok: sampled.ok,
            measured_s: sampled.measured_s,
            readings: sampled.readings,
            faults,
            remarks: Vec::new(),
        });
    }
    Ok(all)
}
