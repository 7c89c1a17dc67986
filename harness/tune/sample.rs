//! One candidate, one seed: what was measured.

use super::metrics::{Metrics, Recovery};
use super::requirement::{self, Run};
use super::scene::Scene;
use crate::plan::expression::Expression;
use crate::record::{Summary, Trace};
use crate::retry::Policy;
use crate::sim::SimError;
use crate::units::Nanos;

/// What one seed shows of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample {
    /// The measures under the trigger that is named first, or without any where there is none; `recovery` is that of
    /// the longest trigger.
    pub(super) metrics: Metrics,
    /// The recovery from each trigger, in the order of the task.
    pub(super) recoveries: Vec<Recovery>,
    /// What each requirement looks at.
    pub(super) required: Vec<f64>,
    /// Simulations that it took.
    pub(super) simulations: u64,
    /// Attempts in them.
    pub(super) attempts: u64,
    /// Whether any attempt in them was turned away or failed.
    pub(super) troubled: bool,
}

/// Simulates a candidate with one seed, once for each length of the trigger.
pub(super) fn take(scene: &Scene, policy: &Policy, number: u32, require: &[Expression]) -> Result<Sample, SimError> {
    let lengths = scene.trigger_lengths();
    let first = lengths.first().copied();
    let needs_sums = require.iter().any(|expression| requirement::needs_sums(&expression.measure));
    let (run, summary) = simulate(scene, policy, number, first, needs_sums)?;
    let mut sample = Sample {
        metrics: run.metrics.clone(),
        recoveries: run.metrics.recovery.into_iter().collect(),
        required: Vec::new(),
        simulations: 1,
        attempts: run.trace.attempts.len() as u64,
        troubled: false,
    };
    let mut longest = first;
    for &length in lengths.iter().skip(1) {
        let (other, _) = simulate(scene, policy, number, Some(length), false)?;
        sample.simulations += 1;
        sample.attempts += other.trace.attempts.len() as u64;
        sample.recoveries.extend(other.metrics.recovery);
        sample.troubled |= other.metrics.reject_fraction > 0.0;
        if longest.is_none_or(|longest| length > longest) {
            longest = Some(length);
            sample.metrics.recovery = other.metrics.recovery;
        }
    }
    sample.troubled |= sample.metrics.reject_fraction > 0.0;
    let run = Run {
        trace: &run.trace,
        cells: &scene.plan.cells,
        span_s: run.span_s,
        summary: summary.as_ref(),
        recovery: sample.metrics.recovery,
    };
    sample.required = require.iter().map(|expression| run.observe(&expression.measure)).collect();
    Ok(sample)
}

/// A simulation, measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) trace: Trace,
    pub(super) metrics: Metrics,
    /// How long calls arrived, in seconds.
    pub(super) span_s: f64,
}

fn simulate(
    scene: &Scene,
    policy: &Policy,
    number: u32,
    lasting: Option<Nanos>,
    needs_sums: bool,
) -> Result<(Measured, Option<Summary>), SimError> {
    let (simulation, context) = scene.simulation(policy, number, lasting);
    let plan = &simulation.plan;
    let mut summary = needs_sums.then(|| Summary::new(plan.exchanges.len(), plan.clients as usize));
    let simulated = match &mut summary {
        Some(summary) => simulation.run(|interval| summary.add(interval))?,
        // Nobody looks at seconds and histograms: a trace alone costs far less.
        None => simulation.traced()?,
    };
    let trace = simulated.trace.unwrap_or_default();
    let metrics = Metrics::of(&trace, &context);
    let until = context.until.unwrap_or(simulated.duration);
    let span_s = (until - context.from).as_secs_f64();
    Ok((Measured { metrics, trace, span_s }, summary))
}

/// One simulation with its trace, for a closer look.
pub(super) fn look(scene: &Scene, policy: &Policy, number: u32, lasting: Option<Nanos>) -> Result<Measured, SimError> {
    simulate(scene, policy, number, lasting, false).map(|(measured, _)| measured)
}
