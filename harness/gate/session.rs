//! A gate under way: which pair comes next, and what is known by now.

use super::decide::{Levels, judge};
use super::looks::looks;
use super::{Fault, FaultKind, Judged, Look, MetricJudged, Reason, Rules, Run, Side, Verdict};
use crate::rng::{Key, Purpose};

/// A pair that was spoiled so often in a row will be spoiled again: the machine or the generator is not up to this load.
const SPOILED_IN_A_ROW: u32 = 5;

/// A gate under way. It knows no clock and no runner: whoever drives it makes the runs that it asks for.
#[derive(Clone, Debug)]
pub struct Session {
    rules: Rules,
    looks: Vec<Look>,
    /// Pairs that count, in their order.
    pairs: Vec<[Run; 2]>,
    /// Whether the pair that warms up has been run.
    warm: bool,
    /// How often the next pair has been run and was spoiled.
    again: u32,
    /// Pairs that were run again, all together.
    repeated: u32,
    /// Why nothing can be judged.
    invalid: Option<String>,
    /// Whether a look has decided.
    decided: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Run a pair and hand it over.
    Pair(Pair),
    /// Nothing: the verdict stands.
    Done,
}

/// A pair that is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its number; 0 warms up and is not judged.
    pub number: u32,
    /// How often it has been run before and was spoiled.
    pub again: u32,
    /// Who comes first.
    pub first: Side,
    /// The seed of both runs.
    pub seed: u64,
}

impl Session {
    /// A gate that has not begun.
    pub fn new(rules: Rules) -> Self {
        let looks = looks(&rules);
        Self { rules, looks, pairs: Vec::new(), warm: false, again: 0, repeated: 0, invalid: None, decided: false }
    }

    /// What to do next. The gate is extended to its second look only where that could still change something: as soon as a metric
    /// fails, or none is undecided, it is done.
    pub fn next(&self) -> Step {
        if self.invalid.is_some() || self.decided {
            return Step::Done;
        }
        let number = if self.warm { self.pairs.len() as u32 + 1 } else { 0 };
        Step::Pair(Pair {
            number,
            again: self.again,
            first: first(self.rules.seed, number, self.again),
            seed: seed(self.rules.seed, number),
        })
    }

    /// Takes in the pair that was asked for, the baseline first.
    pub fn take(&mut self, runs: [Run; 2]) {
        if self.next() == Step::Done {
            return;
        }
        if let Some(fatal) = runs.iter().find_map(fatal) {
            self.invalid = Some(fatal);
            return;
        }
        let faults = runs.iter().flat_map(|run| run.faults.iter().map(move |fault| (run, fault)));
        let spoiled = faults.filter(|(_, fault)| fault.kind.is_passing()).map(|(run, fault)| told(run, fault)).next();
        if !self.warm {
            // It warms up whatever happens to it.
            self.warm = true;
            return;
        }
        if let Some(spoiled) = spoiled {
            self.spoiled(&spoiled);
            return;
        }
        self.again = 0;
        self.pairs.push(runs);
        let count = self.pairs.len() as u32;
        if let Some(index) = self.looks.iter().position(|look| look.pairs == count) {
            let metrics = self.judge(self.looks[index]);
            let fails = metrics.iter().any(|metric| metric.verdict == Verdict::Fail);
            let open = metrics.iter().any(|metric| metric.verdict == Verdict::Inconclusive);
            self.decided = index + 1 == self.looks.len() || fails || !open;
        }
    }

    fn spoiled(&mut self, what: &str) {
        self.again += 1;
        if self.again >= SPOILED_IN_A_ROW {
            let times = self.again;
            self.invalid = Some(format!("one pair was spoiled {times} times in a row, so nothing is judged: {what}"));
        } else if self.repeated >= self.rules.spare_pairs {
            let spoiled = match self.rules.spare_pairs {
                0 => "a pair was spoiled, and none may be run again".to_owned(),
                spares => format!("more than {spares} pairs were spoiled"),
            };
            self.invalid = Some(format!("{spoiled}, so nothing is judged: {what}"));
        } else {
            self.repeated += 1;
        }
    }

    /// What is known by now. Before the gate is done nothing passes and nothing fails: bounds that are looked at whenever someone likes
    /// are not as sure as they say.
    pub fn judged(&self) -> Judged {
        let count = self.pairs.len() as u32;
        let taken = self.looks.iter().take_while(|look| look.pairs <= count).copied();
        let mut judged = Judged {
            verdict: Verdict::Invalid,
            metrics: Vec::new(),
            pairs: count,
            looks: taken.collect(),
            repeated: self.repeated,
            reasons: Vec::new(),
        };
        let look = judged.looks.last().or(self.looks.first()).copied().unwrap_or(Look { pairs: 0, alpha: 0.0 });
        judged.metrics = self.judge(look);
        if let Some(why) = &self.invalid {
            judged.reasons.push(why.clone());
            for metric in &mut judged.metrics {
                (metric.verdict, metric.reason) = (Verdict::Invalid, Reason::RunsInvalid);
            }
            return judged;
        }
        if !self.decided {
            judged.reasons.push(format!(
                "the gate ended after {count} of {} pairs, so nothing is decided",
                look.pairs.max(self.rules.pairs)
            ));
            for metric in judged.metrics.iter_mut().filter(|metric| metric.verdict != Verdict::Invalid || count == 0) {
                (metric.verdict, metric.reason) = (Verdict::Inconclusive, Reason::TooFewPairs);
            }
        }
        judged.verdict = overall(&judged.metrics);
        judged
    }

    fn judge(&self, look: Look) -> Vec<MetricJudged> {
        let metrics = &self.rules.metrics;
        let levels = Levels { fail: look.alpha / metrics.len().max(1) as f64, pass: look.alpha };
        let each = metrics.iter().enumerate();
        each.map(|(index, metric)| judge(index, metric, &self.pairs, levels, self.rules.strict)).collect()
    }
}

/// Who comes first: a fair coin for each pair, independent of all the others and of everything that is measured. That alone makes the
/// test exact.
fn first(seed: u64, number: u32, again: u32) -> Side {
    let key = Key { seed, purpose: Purpose::Order, client: 0, call: number.into(), attempt: again.into() };
    if key.unit() < 0.5 { Side::Baseline } else { Side::Candidate }
}

/// The seed of the runs of a pair: drawn, because gates with neighbouring seeds would share most of their runs if it were counted up.
/// Short enough for people to type.
fn seed(gate: u64, number: u32) -> u64 {
    1 + Key { seed: gate, purpose: Purpose::Order, client: 1, call: number.into(), attempt: 0 }.below(999_999_999)
}

/// The verdict on all metrics: one that fails is enough; then one that could not be judged, because nothing passes that is not known.
pub(super) fn overall(metrics: &[MetricJudged]) -> Verdict {
    let any = |verdict| metrics.iter().any(|metric| metric.verdict == verdict);
    match () {
        () if metrics.is_empty() => Verdict::Invalid,
        () if any(Verdict::Fail) => Verdict::Fail,
        () if any(Verdict::Invalid) => Verdict::Invalid,
        () if any(Verdict::Inconclusive) => Verdict::Inconclusive,
        () => Verdict::Pass,
    }
}

/// What ends the gate. Where the generator or the machine spoiled a run, what was seen of its target is nothing to go by: calls that were
/// never sent cannot have ended well.
fn fatal(run: &Run) -> Option<String> {
    let spoiled = run.faults.iter().any(|fault| fault.kind.is_passing());
    let counts = |fault: &&Fault| !fault.kind.is_passing() && (!spoiled || fault.kind == FaultKind::CutShort);
    run.faults.iter().find(counts).map(|fault| told(run, fault))
}

/// A fault of a run, for people.
fn told(run: &Run, fault: &Fault) -> String {
    let (side, pair) = (run.side.word(), run.pair);
    format!("the {side}'s run of pair {pair}: {}", fault.text)
}
