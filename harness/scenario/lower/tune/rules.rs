//! Rules of the block `tune` that reach across keys.

use super::asks_for_recovery;
use crate::plan::Plan;
use crate::plan::expression::Expression;
use crate::record::planned_duration;
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::value::Named;
use crate::scenario::mirror::verbs as written;
use crate::tune::{Candidate, Weights};
use crate::units::Nanos;

/// The measures that have a weight.
pub(super) const MEASURES: [&str; 5] = ["success_ratio", "p99", "amplification", "recovery", "fairness"];

/// A trigger lasts for a while, and begins while there is load.
pub(super) fn trigger(written: &written::Trigger, node: &Node, plan: &Plan, faults: &mut Vec<Fault>) {
    let lasting = node.at("for");
    for (index, length) in written.lasting.0.iter().enumerate() {
        if length.0 == Nanos::ZERO {
            faults.push(Fault::new(lasting.nth(index).span, "a trigger that lasts for no time changes nothing"));
        }
    }
    if let (Some(at), Some(load)) = (&written.at, planned_duration(plan))
        && at.0 >= load
    {
        let message = format!("the trigger begins at {}, when the load of {load} is over", at.0);
        faults.push(Fault::new(node.at("at").span, message).suggest("let it begin earlier, or the load last longer"));
    }
}

/// Only a trigger can show a recovery.
pub(super) fn require(require: &[Expression], trigger: bool, node: &Node, faults: &mut Vec<Fault>) {
    for (index, _) in require.iter().enumerate().filter(|(_, each)| asks_for_recovery(each) && !trigger) {
        let fault = Fault::new(node.nth(index).span, "nothing recovers from nothing: there is no `trigger`");
        faults.push(fault.suggest("add `trigger: {set: {down: true}, for: 10s}` to `tune`, or remove this"));
    }
}

/// Weights are of measures that there are, not negative, and not all zero.
pub(super) fn weights(written: &Named<f64>, weights: &Weights, node: &Node, faults: &mut Vec<Fault>) {
    let before = faults.len();
    for (word, weight) in written {
        if !MEASURES.contains(&word) {
            let fault = Fault::new(node.key_span(word), format!("`{}` has no weight", excerpt(word)));
            faults.push(fault.suggest_word(word, MEASURES));
        }
        if !(*weight >= 0.0 && weight.is_finite()) {
            faults.push(Fault::new(node.at(word).span, "a weight is zero or more"));
        }
    }
    let all = [weights.success_ratio, weights.p99, weights.amplification, weights.recovery, weights.fairness];
    if faults.len() == before && all.iter().all(|weight| *weight == 0.0) {
        faults.push(Fault::new(node.span, "nothing counts: every weight is zero"));
    }
}

/// A candidate takes the place of every measured step's policy, so one that hedges needs steps that may be done twice.
pub(super) fn hedges(candidates: &[Candidate], plan: &Plan, node: &Node, faults: &mut Vec<Fault>) {
    let steps = plan.workloads.iter().flat_map(|workload| &workload.flows).flat_map(|flow| &flow.steps);
    let Some(step) = steps.into_iter().find(|step| !plan.exchanges[step.exchange].idempotent) else { return };
    let operation = &plan.cells[step.exchange].operation;
    let named = node.at("policies");
    let mut bases: Vec<&str> = candidates
        .iter()
        .filter(|candidate| candidate.policy.hedge.is_some())
        .map(|candidate| candidate.base.as_str())
        .collect();
    bases.dedup();
    for base in bases {
        let place = named.items().iter().find(|item| item.as_str() == Some(base)).unwrap_or(named).span;
        let message = format!("`{}` hedges, and {} may not be sent twice", excerpt(base), excerpt(operation));
        faults
            .push(Fault::new(place, message).suggest(
                "say `idempotent: true` on the step if it may be; otherwise compare policies without `hedge`",
            ));
    }
}
