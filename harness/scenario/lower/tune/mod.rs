//! The block `tune`: what is compared, under what, and by which rules.

mod candidates;
mod rules;
mod sweep;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;

use super::service;
use crate::plan::Plan;
use crate::plan::expression::{Expression, Function};
use crate::scenario::fault::{Fault, Faults};
use crate::scenario::mirror::verbs as written;
use crate::scenario::{Loaded, Node, TuneForecast};
use crate::sim::Network;
use crate::tune::{Arrivals, Confirm, Task, Trigger, Weights};
use crate::units::Nanos;
use candidates::Bases;

/// Simulations of each candidate under each model of arrivals, unless the scenario says otherwise.
const SEEDS: u32 = 30;
/// More candidates than this are more likely a slip than a wish.
const USUAL_CANDIDATES: u64 = 1_000;
/// The same of simulations.
const USUAL_SIMULATIONS: u64 = 100_000;
/// More candidates than this are refused whatever anybody says: their definitions alone would fill the memory.
const MOST_CANDIDATES: u64 = 1_000_000;

/// How many simulations a comparison may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// At most 1,000 candidates and 100,000 simulations.
    Usual,
    /// At most this many simulations: fewer seeds are taken where that is enough.
    AtMost(u64),
    /// As many as the scenario asks for.
    Any,
}

/// How much a comparison is, by its most: racing leaves out what has no chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Policies, with every combination of what is swept.
    pub candidates: u64,
    /// Models of arrivals.
    pub arrivals: u64,
    /// Seeds of each.
    pub seeds: u32,
    /// Runs of a seed: one, and one more for each length of the trigger.
    pub runs: u64,
}

impl Size {
    /// All simulations together.
    pub fn simulations(&self) -> u64 {
        self.candidates.saturating_mul(self.arrivals).saturating_mul(self.seeds.into()).saturating_mul(self.runs)
    }

    /// The most seeds with which no more than `most` simulations are made.
    fn seeds_within(&self, most: u64) -> u32 {
        let one = Self { seeds: 1, ..*self }.simulations().max(1);
        u32::try_from(most / one).unwrap_or(u32::MAX).min(self.seeds)
    }
}

impl Loaded {
    /// Whether the scenario says what to compare; where it does not, every preset is, and every policy of the file.
    pub fn says_what_to_tune(&self) -> bool {
        self.scenario.tune.as_ref().is_some_and(|tune| tune.policies.is_some())
    }

    /// How much `loadline tune` would do, by its most.
    ///
    /// # Errors
    /// As [`Self::plan`], and what contradicts itself in the block `tune`.
    pub fn tune_size(&self) -> Result<Size, Faults> {
        let mut faults = Vec::new();
        let bases = Bases::of(self, &mut faults);
        if faults.is_empty() { Ok(size(self, &bases)) } else { Err(self.faults(faults)) }
    }

    /// What `loadline tune` would do; `None` where the scenario has no such block. A comparison that is too large to be made without
    /// being asked for is counted and not made.
    ///
    /// # Errors
    /// As [`Self::tune`], but for the size.
    pub fn tune_forecast(&self) -> Result<Option<TuneForecast>, Faults> {
        if self.scenario.tune.is_none() {
            return Ok(None);
        }
        let size = self.tune_size()?;
        if size.candidates > USUAL_CANDIDATES || size.simulations() > USUAL_SIMULATIONS {
            return Ok(Some(TuneForecast::unusual(size)));
        }
        let task = self.tune(Effort::Usual, Nanos::ZERO)?;
        Ok(Some(TuneForecast::usual(size, &task)))
    }

    /// Makes the task of `loadline tune`. `round_trip` is the way to the service and back.
    ///
    /// # Errors
    /// As [`Self::plan`]; what is wrong with a policy, or with a value of a sweep, at its place there; and a comparison larger
    /// than `effort` allows, with how large it is.
    pub fn tune(&self, effort: Effort, round_trip: Nanos) -> Result<Task, Faults> {
        let plan = self.plan()?;
        let mut faults = Vec::new();
        let task = task(self, plan, effort, round_trip, &mut faults);
        match task {
            Some(task) if faults.is_empty() => Ok(task),
            _ => Err(self.faults(faults)),
        }
    }

    fn faults(&self, faults: Vec<Fault>) -> Faults {
        Faults::new(self.sources.clone(), faults, &self.secrets)
    }
}

/// An absent block is one that says nothing.
fn block(loaded: &Loaded) -> written::Tune {
    loaded.scenario.tune.clone().unwrap_or_default()
}

fn size(loaded: &Loaded, bases: &Bases<'_>) -> Size {
    let tune = block(loaded);
    Size {
        candidates: bases.count(),
        arrivals: arrivals(&tune).len() as u64,
        seeds: tune.seeds.unwrap_or(SEEDS),
        runs: 1 + tune.trigger.as_ref().map_or(0, |trigger| trigger.lasting.0.len() as u64),
    }
}

fn task(loaded: &Loaded, plan: Plan, effort: Effort, round_trip: Nanos, faults: &mut Vec<Fault>) -> Option<Task> {
    let (written, node) = (block(loaded), loaded.tree.at("tune"));
    let bases = Bases::of(loaded, faults);
    let size = size(loaded, &bases);
    let seeds = seeds(&size, effort, node).map_err(|fault| faults.push(*fault)).ok()?;
    let trigger = written.trigger.as_ref().and_then(|trigger| {
        rules::trigger(trigger, node.at("trigger"), &plan, faults);
        self::trigger(loaded, trigger, node.at("trigger").at("set"), faults)
    });
    let require: Vec<Expression> = super::conditions(written.require.as_deref());
    rules::require(&require, written.trigger.is_some(), node.at("require"), faults);
    let weights = weights(&written, node.at("weights"), faults);
    let candidates = bases.candidates(loaded, faults);
    rules::hedges(&candidates, &plan, node, faults);
    Some(Task {
        plan: Arc::new(plan),
        candidates,
        arrivals: arrivals(&written),
        seeds,
        trigger,
        require,
        weights,
        confirm: written
            .confirm
            .map(|confirm| Confirm { top: confirm.top.unwrap_or(2), runs: confirm.runs.unwrap_or(3) }),
        network: Network { round_trip },
    })
}

/// Each model once, in the order of the file.
fn arrivals(tune: &written::Tune) -> Vec<Arrivals> {
    let Some(models) = &tune.arrivals else { return vec![Arrivals::Open, Arrivals::Closed] };
    let mut arrivals = Vec::new();
    for model in models {
        let model = match model {
            written::Model::Open => Arrivals::Open,
            written::Model::Closed => Arrivals::Closed,
        };
        if !arrivals.contains(&model) {
            arrivals.push(model);
        }
    }
    arrivals
}

/// The seeds of each candidate, or why the comparison is too large.
fn seeds(size: &Size, effort: Effort, node: &Node) -> Result<u32, Box<Fault>> {
    let (most_candidates, most) = match effort {
        Effort::Usual => (USUAL_CANDIDATES, USUAL_SIMULATIONS),
        Effort::AtMost(most) => (MOST_CANDIDATES, most),
        Effort::Any => (MOST_CANDIDATES, u64::MAX),
    };
    let seeds = if matches!(effort, Effort::AtMost(_)) { size.seeds_within(most) } else { size.seeds };
    let fits = Size { seeds, ..*size }.simulations() <= most;
    if size.candidates <= most_candidates && fits && seeds > 0 {
        return Ok(seeds);
    }
    let place = if node.get("sweep").is_some() { node.key_span("sweep") } else { node.span };
    let mut message = format!(
        "this compares {} candidates in {} simulations: {} models of arrivals, {} seeds",
        count(size.candidates),
        count(size.simulations()),
        size.arrivals,
        size.seeds
    );
    if size.runs > 1 {
        let _ = write!(message, ", {} lengths of the trigger", size.runs - 1);
    }
    let what_to_do = if size.candidates > MOST_CANDIDATES {
        format!("sweep fewer values: more than {} candidates are never compared", count(MOST_CANDIDATES))
    } else if let Effort::AtMost(_) = effort {
        let least = Size { seeds: 1, ..*size }.simulations();
        format!("one seed alone takes {}: raise `--max-runs`, or sweep fewer values", count(least))
    } else {
        "`--yes` does all of them, `--max-runs N` takes fewer seeds; or sweep fewer values".to_owned()
    };
    Err(Box::new(Fault::new(place, message).suggest(what_to_do)))
}

fn trigger(loaded: &Loaded, written: &written::Trigger, set: &Node, faults: &mut Vec<Fault>) -> Option<Trigger> {
    // The names in it have been checked with the plan.
    let limiters = loaded.scenario.limiters.clone().unwrap_or_default();
    let set = service::changes(&written.set, &limiters, set, faults);
    let at = written.at.as_ref().map(|at| at.0);
    let mut lasting: Vec<Nanos> = written.lasting.0.iter().map(|lasting| lasting.0).collect();
    lasting.sort_unstable();
    lasting.dedup();
    (!set.is_empty()).then_some(Trigger { set, at, lasting })
}

fn weights(tune: &written::Tune, node: &Node, faults: &mut Vec<Fault>) -> Weights {
    let mut weights = Weights::default();
    let Some(written) = &tune.weights else { return weights };
    for (word, weight) in written {
        let place = match word {
            "success_ratio" => &mut weights.success_ratio,
            "p99" => &mut weights.p99,
            "amplification" => &mut weights.amplification,
            "recovery" => &mut weights.recovery,
            "fairness" => &mut weights.fairness,
            _ => continue,
        };
        *place = *weight;
    }
    rules::weights(written, &weights, node, faults);
    weights
}

/// A count with commas, as people read it.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether a requirement asks for the time to recover, which only a trigger can show.
fn asks_for_recovery(expression: &Expression) -> bool {
    expression.measure.function == Function::Recovery
}
