//! The pairs of a gate, one after the other, until enough is known.

use super::duet;
use super::one_run::{GateError, Made, Setting, prepare};
use super::watch::Watch;
use crate::engine::{Halt, HaltSwitch};
use crate::gate::{Curves, Gated, Kind, Pair, Position, Run, Session, Side, SideInfo, Step};
use crate::report::RunFolder;
use crate::scenario::GateTask;
use crate::stats::LatencyHistogram;

/// What a comparison is made with.
pub(super) struct Pairs<'a> {
    pub(super) task: &'a GateTask,
    pub(super) folder: &'a RunFolder,
    pub(super) halt: &'a HaltSwitch,
    pub(super) watch: &'a Watch,
}

/// What came of all runs so far.
struct Record {
    runs: Vec<Run>,
    curves: Vec<[Option<LatencyHistogram>; 2]>,
    fingerprint: String,
}

impl Pairs<'_> {
    /// Makes pairs until the session has seen enough, or until someone stops it.
    ///
    /// # Errors
    /// Why a run could not be made. What was measured before it is in the folder.
    pub(super) fn compare(&self, kind: Kind) -> Result<Gated, GateError> {
        let rules = &self.task.rules;
        let mut session = Session::new(rules.clone());
        let mut record =
            Record { runs: Vec::new(), curves: vec![[None, None]; rules.metrics.len()], fingerprint: String::new() };
        while let Step::Pair(pair) = session.next() {
            self.watch.pair(&pair);
            let made = match self.pair(&pair) {
                Err(error) if error.is_stop() => break,
                made => made?,
            };
            let [baseline, candidate] = made;
            if self.is_stopped() {
                // Half a pair is none; its runs are told all the same.
                record.runs.extend([baseline, candidate].into_iter().flatten().map(|made| made.run));
                break;
            }
            let (Some(baseline), Some(candidate)) = (baseline, candidate) else { break };
            record.keep(&pair, [&baseline, &candidate]);
            let runs = [baseline.run, candidate.run];
            self.watch.made(&pair, &runs);
            let mut in_order = runs.clone();
            if pair.first == Side::Candidate {
                in_order.reverse();
            }
            record.runs.extend(in_order);
            session.take(runs);
            self.watch.known(rules, &session.judged());
        }
        let mut judged = session.judged();
        if self.is_stopped() {
            judged.reasons.insert(0, "someone stopped the comparison before it was over".to_owned());
        }
        let curves = record.curves.into_iter().enumerate().filter_map(|(metric, [baseline, candidate])| {
            Some(Curves { metric, baseline: baseline?, candidate: candidate? })
        });
        let side = |index: usize| SideInfo {
            what: self.task.sides[index].what.clone(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: record.fingerprint.clone(),
        };
        Ok(Gated {
            kind,
            rules: rules.clone(),
            sides: [side(0), side(1)],
            runs: record.runs,
            judged,
            curves: curves.collect(),
            calibration: None,
            notes: self.task.notes.clone(),
        })
    }

    fn is_stopped(&self) -> bool {
        self.halt.level() == Halt::Everything
    }

    /// The runs of a pair, the baseline first; those that were not made any more are `None`.
    fn pair(&self, pair: &Pair) -> Result<[Option<Made>; 2], GateError> {
        let (rules, folder, halt, watch) = (&self.task.rules, self.folder, self.halt, self.watch);
        let at_once = if self.task.duet { 2 } else { 1 };
        let setting = Setting { rules, folder, halt, watch, at_once };
        let [baseline, candidate] = &self.task.sides;
        if self.task.duet {
            let prepared =
                [prepare(Side::Baseline, baseline, pair, halt)?, prepare(Side::Candidate, candidate, pair, halt)?];
            return Ok(duet::carry_out(&setting, prepared, pair)?.map(Some));
        }
        let mut made = [None, None];
        for (side, position) in [(pair.first, Position::First), (pair.first.other(), Position::Second)] {
            let what = if side == Side::Baseline { baseline } else { candidate };
            let prepared = prepare(side, what, pair, halt)?;
            made[usize::from(side == Side::Candidate)] = Some(setting.carry_out(prepared, pair, position)?);
            if self.is_stopped() {
                break;
            }
        }
        Ok(made)
    }
}

impl Record {
    /// Adds the distributions of a pair that counts.
    fn keep(&mut self, pair: &Pair, made: [&Made; 2]) {
        self.fingerprint.clone_from(&made[0].fingerprint);
        if pair.number == 0 || made.iter().any(|made| !made.run.faults.is_empty()) {
            return;
        }
        for (side, made) in made.into_iter().enumerate() {
            for (kept, curve) in self.curves.iter_mut().zip(&made.curves) {
                match (&mut kept[side], curve) {
                    (Some(all), Some(curve)) => all.merge(curve),
                    (empty @ None, curve) => empty.clone_from(curve),
                    (Some(_), None) => {}
                }
            }
        }
    }
}
