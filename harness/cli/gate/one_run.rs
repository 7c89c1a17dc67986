//! One run of one side: its server, its folder, its load, and what it came to.

use std::sync::Arc;

use super::watch::{Watch, Watching};
use crate::cli::output::Failure;
use crate::cli::run::start;
use crate::cli::soundness;
use crate::engine::{CommandServer, HaltSwitch, Live, RunError, ServerError, cores, lane_count, machine};
use crate::gate::{Fault, FaultKind, Pair, Position, Rules, Run, Sampler, Side};
use crate::plan::Plan;
use crate::record::RunStart;
use crate::report::{FolderError, Report, RunFolder, ValidityWord};
use crate::runner::Runner as _;
use crate::scenario::{GateSide, Server};
use crate::stats::LatencyHistogram;

/// From this share of stolen time on, the report says so of a run.
const NOTABLE_STEAL: f64 = 0.01;

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum GateError {
    /// No server.
    #[error("the {side} has no server")]
    Server {
        /// Whose.
        side: &'static str,
        /// Why not.
        source: ServerError,
    },
    /// A server where nothing may be sent.
    #[error("{side}: {why}")]
    Refused {
        /// Whose.
        side: &'static str,
        /// Why not.
        why: String,
    },
    /// The measurement could not begin.
    #[error("the {side} could not be measured")]
    Run {
        /// Whose.
        side: &'static str,
        /// Why not.
        source: RunError,
    },
    /// The journal or the report.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl GateError {
    /// As the verb ends with it.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Refused { .. } => Failure::Refused(self.to_string()),
            other => Failure::Other(Box::new(other)),
        }
    }

    /// Whether someone stopped the gate, and nothing is wrong.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self, Self::Server { source: ServerError::Stopped { .. }, .. })
    }
}

/// A run that is about to be made: its server is up.
pub(super) struct Prepared {
    side: Side,
    plan: Plan,
    server: Option<CommandServer>,
}

/// A run that was made.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) run: Run,
    /// The distribution behind each metric that is a latency.
    pub(super) curves: Vec<Option<LatencyHistogram>>,
    /// The host that it was made on.
    pub(super) fingerprint: String,
}

/// Starts what serves a side. The load of both runs of a pair is drawn alike.
///
/// The draws of the embedded service are not: no real service takes the same time twice, and a noise that both sides shared would
/// be left out of every difference.
pub(super) fn prepare(side: Side, what: &GateSide, pair: &Pair, halt: &HaltSwitch) -> Result<Prepared, GateError> {
    let word = side.word();
    let (server, mut plan) = match &what.server {
        Server::Mock | Server::Ready => (None, what.plan.clone()),
        Server::Command(command) => {
            let server = command.start(halt).map_err(|source| match source {
                refused @ ServerError::Refused { .. } => GateError::Refused { side: word, why: refused.to_string() },
                source => GateError::Server { side: word, source },
            })?;
            let plan = server.url().map_or_else(|| what.plan.clone(), |url| what.plan_at(url.clone()));
            (Some(server), plan)
        }
    };
    if let Some(refusal) = &plan.refusal {
        return Err(GateError::Refused { side: word, why: refusal.to_string() });
    }
    plan.seed = pair.seed;
    plan.service.seed =
        pair.seed.wrapping_mul(4).wrapping_add(2 * u64::from(pair.again) + u64::from(side == Side::Candidate));
    Ok(Prepared { side, plan, server })
}

/// Where and how a run is made.
pub(super) struct Setting<'a> {
    pub(super) rules: &'a Rules,
    pub(super) folder: &'a RunFolder,
    pub(super) halt: &'a HaltSwitch,
    pub(super) watch: &'a Watch,
    /// How many runs go on at the same time.
    pub(super) at_once: u64,
}

impl Setting<'_> {
    /// Makes a run. Its server ends with it.
    pub(super) fn carry_out(&self, prepared: Prepared, pair: &Pair, position: Position) -> Result<Made, GateError> {
        let Prepared { side, plan, mut server } = prepared;
        let again = if pair.again == 0 { String::new() } else { format!("-again-{}", pair.again) };
        let name = format!("{:02}-{}{again}", pair.number, side.word());
        let folder = RunFolder::create_at(&self.folder.path().join("pairs"), &name)?;
        let mut journal = folder.new_journal()?;
        let lanes = lane_count(&plan, (cores() / self.at_once).max(1));
        let start = RunStart { machine: machine(), lanes, ..start(&plan, folder.run_id(), false) };
        let sampler = Sampler::new(&self.rules.metrics, &start.cells, self.rules.trim);
        let mut watching = Watching { sampler, watch: self.watch, pair: pair.number, side };
        let (halt, _link) = self.halt.follower();
        let live = Live { lanes, plan: Arc::new(plan), start, halt, trace: false };
        let recorded =
            live.run(&mut journal, &mut watching).map_err(|source| GateError::Run { side: side.word(), source })?;
        let ended = server.as_mut().and_then(CommandServer::ended);
        drop(server);
        let report = folder.write_summary(&recorded.log)?;
        let sampled = watching.sampler.finish(&recorded.log);
        let mut faults = sampled.faults;
        faults.extend(ended.map(|status| Fault {
            kind: FaultKind::Dead,
            text: format!("the {}'s server ended while it was measured ({status})", side.word()),
        }));
        faults.extend(soundness::faults(&report));
        let run = Run {
            pair: pair.number,
            side,
            position,
            again: pair.again,
            seed: pair.seed,
            run_id: name,
            calls: sampled.calls,
            ok: sampled.ok,
            measured_s: sampled.measured_s,
            readings: sampled.readings,
            faults,
            remarks: remarks(&report),
        };
        Ok(Made { run, curves: sampled.curves, fingerprint: report.environment.fingerprint.to_string() })
    }
}

/// What happened on the machine and is no fault.
fn remarks(report: &Report) -> Vec<String> {
    let validity = &report.validity;
    let mut remarks = Vec::new();
    if validity.steal_ratio > NOTABLE_STEAL {
        remarks.push(format!("the machine's host took {:.1} % of its time away", validity.steal_ratio * 100.0));
    }
    if validity.verdict == ValidityWord::Suspect {
        remarks.extend(validity.reasons.first().map(ToString::to_string));
    }
    remarks
}
