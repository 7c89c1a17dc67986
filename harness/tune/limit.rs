//! What the modelled service lets through of the load that is measured.

use super::demand::{self, StepDemand};
use super::limit_words as words;
use crate::plan::Plan;
use crate::service::config::{Cost, Dimension, LimiterDef, LimiterKind, ServiceConfig, Throttling};
use crate::service::{OperationKind, own_limiter};
use crate::sim::Network;

/// The limit that the measured load meets first, in calls of that load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limit {
    /// In words: "token bucket of 10/s, burst 20, for each account and operation".
    pub words: String,
    /// How many calls a second it lets through for good, in the mix that is offered; absent where none is known.
    pub per_s: Option<f64>,
    /// How many calls it lets through at once besides.
    pub burst: f64,
    /// How many calls a second are offered, each being answered as fast as if nothing were turned away.
    pub offered_per_s: f64,
}

impl Limit {
    /// Finds the limit: for each limiter the load that it sees against what it lets through; the one that is short
    /// first decides. A scope of clients multiplies; a limit on concurrency becomes a rate by the mean service time;
    /// workers are a limit, too.
    pub fn of(plan: &Plan, network: Network) -> Self {
        let steps = demand::steps(plan, network);
        let offered: f64 = steps.iter().map(|step| step.calls_per_s).sum();
        let mut binding: Option<Binding> = None;
        for found in found(plan, &steps) {
            if binding.as_ref().is_none_or(|other| found.headroom < other.headroom) {
                binding = Some(found);
            }
        }
        let Some(binding) = binding else {
            return Self { words: "none".to_owned(), offered_per_s: offered, ..Self::default() };
        };
        Self {
            words: binding.words,
            per_s: binding.headroom.is_finite().then_some(binding.headroom * offered),
            burst: binding.burst,
            offered_per_s: offered,
        }
    }

    /// Whether more is offered than is let through for good.
    pub fn is_exceeded(&self) -> bool {
        self.per_s.is_some_and(|limit| self.offered_per_s > limit * 1.001)
    }
}

/// A limit as the load meets it.
#[derive(Debug)]
struct Binding {
    words: String,
    /// How many times the offered load would just pass; infinite where that is not known.
    headroom: f64,
    /// In calls.
    burst: f64,
}

/// Every limit on the load.
fn found(plan: &Plan, steps: &[StepDemand]) -> Vec<Binding> {
    let service = &plan.service;
    let mut seen: Vec<(LimiterDef, Option<OperationKind>)> = Vec::new();
    for step in steps {
        let Some(operation) = operation(plan, step) else { continue };
        for definition in limiters_of(service, operation) {
            let apart = definition.scope.contains(&Dimension::Operation).then_some(operation);
            if !seen.iter().any(|(other, of)| other.name == definition.name && *of == apart) {
                seen.push((definition, apart));
            }
        }
    }
    let mean_s = demand::mean_service(plan).as_secs_f64();
    let mut found: Vec<Binding> =
        seen.iter().filter_map(|(definition, apart)| binding(plan, steps, definition, *apart, mean_s)).collect();
    let all: f64 = steps.iter().map(|step| step.calls_per_s).sum();
    if let Some(workers) = service.workers.filter(|_| mean_s > 0.0) {
        found.push(Binding {
            words: words::workers(workers.count, mean_s),
            headroom: f64::from(workers.count) / mean_s / all,
            burst: f64::from(workers.count),
        });
    }
    found
}

/// The limiters that an operation passes, as the service has it: the first rule that names it decides.
pub(super) fn limiters_of(service: &ServiceConfig, operation: OperationKind) -> Vec<LimiterDef> {
    let names = |operations: &[OperationKind]| operations.is_empty() || operations.contains(&operation);
    match service.limits.iter().find(|rule| names(&rule.operations)) {
        Some(rule) => rule.all_of.iter().filter_map(|&index| service.limiters.get(index).cloned()).collect(),
        None if service.throttling == Throttling::Service => own_limiter().into_iter().collect(),
        None => Vec::new(),
    }
}

/// The operation that a step asks for.
pub(super) fn operation(plan: &Plan, step: &StepDemand) -> Option<OperationKind> {
    let name = &*plan.exchanges.get(step.exchange)?.operation;
    let own = plan.service.own.iter().position(|own| &*own.name == name);
    own.map(|place| OperationKind::Own(place as u16)).or_else(|| OperationKind::from_name(name))
}

/// A limiter against the load that it sees: that of one operation where it keeps operations apart.
fn binding(
    plan: &Plan,
    steps: &[StepDemand],
    definition: &LimiterDef,
    apart: Option<OperationKind>,
    mean_s: f64,
) -> Option<Binding> {
    let (mut calls, mut cost) = (0.0, 0.0);
    for step in steps {
        let Some(operation) = operation(plan, step) else { continue };
        let passes = limiters_of(&plan.service, operation).iter().any(|other| other.name == definition.name);
        if passes && apart.is_none_or(|only| only == operation) {
            calls += step.calls_per_s;
            cost += step.calls_per_s * cost_of(&definition.cost, step.items);
        }
    }
    if cost <= 0.0 {
        return None;
    }
    let buckets = if definition.scope.contains(&Dimension::Client) { plan.clients as f64 } else { 1.0 };
    let (rate, burst) = rate_and_burst(&definition.kind, mean_s);
    Some(Binding {
        words: words::limiter(definition, plan.clients),
        headroom: rate.map_or(f64::INFINITY, |rate| rate * buckets / cost),
        burst: burst * buckets * calls / cost,
    })
}

fn cost_of(cost: &Cost, items: u32) -> f64 {
    match cost {
        Cost::Fixed(cost) => f64::from(*cost),
        Cost::BatchItems => f64::from(items),
        // What a request says of itself is not known before it is made; one is what it costs without saying anything.
        Cost::Query(_) | Cost::Body(_) => 1.0,
    }
}

/// What a bucket lets through for good, in cost a second, and what besides at once.
fn rate_and_burst(kind: &LimiterKind, mean_s: f64) -> (Option<f64>, f64) {
    match *kind {
        LimiterKind::TokenBucket { rate, burst, .. } | LimiterKind::Gcra { rate, burst } => {
            (Some(rate.as_per_second()), f64::from(burst))
        }
        LimiterKind::LeakyMeter { rate, burst } => (Some(rate.as_per_second()), f64::from(burst) + 1.0),
        LimiterKind::Shaper { rate, queue } => (Some(rate.as_per_second()), f64::from(queue) + 1.0),
        LimiterKind::FixedWindow { limit, window, .. }
        | LimiterKind::SlidingLog { limit, window }
        | LimiterKind::SlidingCounter { limit, window } => {
            (Some(f64::from(limit) / window.as_secs_f64()), f64::from(limit))
        }
        LimiterKind::Concurrency { limit, queue } => {
            let rate = (mean_s > 0.0).then(|| f64::from(limit) / mean_s);
            (rate, f64::from(limit) + f64::from(queue))
        }
        LimiterKind::Adaptive { initial, .. } => (None, f64::from(initial)),
    }
}

#[cfg(test)]
#[path = "limit_tests.rs"]
mod tests;
