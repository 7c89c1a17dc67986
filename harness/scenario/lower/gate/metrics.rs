//! What a gate compares.

use super::samples::{planned, seconds_for};
use crate::gate::{Change, Metric, Scale, Worse};
use crate::plan::expression::{Counted, Function, Measure, Outcome, Subject};
use crate::plan::{Drive, Plan};
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::lower::tune::count;
use crate::scenario::lower::verbs::Check;
use crate::scenario::mirror::verbs as written;

/// What is compared where nobody says it: the highest of these that a run has samples for,
const LATENCIES: [&str; 3] = ["p99(response)", "p90(response)", "p50(response)"];
/// with this tolerance,
const LATENCY_TOLERANCE: f64 = 0.05;
/// and this,
const FAILURES: &str = "ratio(calls.failed)";
/// with that one.
const FAILURE_TOLERANCE: f64 = 0.001;

/// The rules of single metrics that need no plan.
/// `names` looks up operations and workloads, where there are any to look them up in.
pub(super) fn check(gate: &written::Gate, names: Option<&Check<'_>>, node: &Node, faults: &mut Vec<Fault>) {
    let mut seen: Vec<String> = Vec::new();
    for (index, metric) in gate.metrics.iter().flatten().enumerate() {
        let node = node.nth(index);
        let of = node.at("of");
        // The walk has told what cannot be parsed.
        let Ok(measure) = metric.of.parse::<Measure>() else { continue };
        if let Some(names) = names {
            names.measure(&measure, of, faults);
        }
        if metric.tolerance.0.get() <= 0.0 {
            let fault = Fault::new(node.at("tolerance").span, "a tolerance of nothing fails on any noise");
            faults.push(fault.suggest("write what may be lost without harm, such as `5%`"));
        }
        if measure.function == Function::Recovery {
            let fault =
                Fault::new(of.span, "a gate compares runs without a disturbance, so there is nothing to recover from");
            faults.push(fault.suggest("`loadline tune` compares recoveries, with `tune.trigger`"));
        }
        if measure.over.is_some() {
            let fault = Fault::new(of.span, "a gate compares whole runs, and `over` looks at a part");
            faults.push(fault.suggest("remove `over`"));
        }
        let canonical = measure.to_string();
        if seen.contains(&canonical) {
            let fault = Fault::new(of.span, format!("`{}` is compared already", excerpt(&canonical)));
            faults.push(fault.suggest("name each measure once: every one of them takes its share of the certainty"));
        }
        seen.push(canonical);
    }
}

/// The metrics, and what is known of them beforehand.
pub(super) fn metrics(
    gate: &written::Gate,
    plan: &Plan,
    node: &Node,
    notes: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) -> Vec<Metric> {
    let Some(written) = &gate.metrics else { return defaults(plan, node, notes, faults) };
    let mut metrics = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let Some(metric) = metric(written) else { continue };
        if let Some(fault) = too_few(&metric, plan, node.at("metrics").nth(index).at("of")) {
            faults.push(fault);
        }
        metrics.push(metric);
    }
    if metrics.iter().any(|metric| restates_the_load(metric, plan)) {
        notes.push("the rate is fixed, so that a rate of calls can only restate it: it shows what is lost, not what is possible".to_owned());
    }
    if metrics.len() > 3 {
        notes.push(format!(
            "{} metrics share the certainty of one verdict: each is harder to fail than it would be alone",
            metrics.len()
        ));
    }
    metrics
}

/// A metric as it is written.
pub(super) fn metric(written: &written::Metric) -> Option<Metric> {
    let mut metric = Metric::new(written.of.trim(), written.of.parse::<Measure>().ok()?, written.tolerance.0.get());
    match written.worse {
        Some(written::Worse::Higher) => metric.worse = Worse::Higher,
        Some(written::Worse::Lower) => metric.worse = Worse::Lower,
        None => {}
    }
    if written.change == Some(written::Judge::Any) {
        metric.change = Change::Any;
    }
    Some(metric)
}

/// What may be compared where nobody says it, the highest percentile first; failures are always.
pub(super) fn candidates() -> (Vec<Metric>, Option<Metric>) {
    let parse =
        |text: &str, tolerance| text.parse::<Measure>().ok().map(|measure| Metric::new(text, measure, tolerance));
    let latencies = LATENCIES.iter().filter_map(|text| parse(text, LATENCY_TOLERANCE)).collect();
    (latencies, parse(FAILURES, FAILURE_TOLERANCE))
}

/// The highest percentile of `response` that a run has samples for, and failures.
fn defaults(plan: &Plan, node: &Node, notes: &mut Vec<String>, faults: &mut Vec<Fault>) -> Vec<Metric> {
    let (latencies, failures) = candidates();
    let known = latencies.last().map(|metric| planned(plan, &metric.measure)).unwrap_or_default();
    let is_enough = |metric: &Metric| known.is_some_and(|calls| calls >= metric.samples_needed() as f64);
    let latency = match (latencies.iter().find(|metric| is_enough(metric)), latencies.last()) {
        (Some(enough), _) => Some(enough.clone()),
        (None, Some(lowest)) if known.is_none() => {
            notes.push(format!(
                "how many calls a run has is not known beforehand, so {} is compared: name `gate.metrics` for another",
                lowest.text
            ));
            Some(lowest.clone())
        }
        (None, Some(lowest)) => {
            faults.extend(too_few(lowest, plan, node));
            None
        }
        (None, None) => None,
    };
    latency.into_iter().chain(failures).collect()
}

/// Why a run cannot tell a percentile: fewer than a hundred calls beyond it are planned.
fn too_few(metric: &Metric, plan: &Plan, place: &Node) -> Option<Fault> {
    let needed = metric.samples_needed();
    let calls = planned(plan, &metric.measure)?;
    if calls >= needed as f64 || !matches!(metric.measure.function, Function::Percentile(_)) {
        return None;
    }
    let message = format!(
        "a run has {} samples of `{}`, and fewer than {} say nothing: at least a hundred must lie beyond the percentile",
        count(calls as u64),
        excerpt(&metric.text),
        count(needed)
    );
    let fault = Fault::new(place.span, message);
    Some(match seconds_for(plan, &metric.measure, needed) {
        Some(seconds) => fault.suggest(format!(
            "let a run last {seconds} s (`--duration {seconds}s`), raise the rate, or compare a lower percentile"
        )),
        None => fault.suggest("send more calls of it, or compare a lower percentile"),
    })
}

/// Whether a metric counts successes a second where the number of calls a second is fixed.
fn restates_the_load(metric: &Metric, plan: &Plan) -> bool {
    let counts_calls =
        matches!(metric.measure.subject, Some(Subject::Counted(Counted::Calls, None | Some(Outcome::Ok))));
    let is_open = plan.workloads.iter().all(|workload| matches!(workload.drive, Drive::Open { .. }));
    metric.measure.function == Function::Rate && metric.scale() == Scale::Factor && counts_calls && is_open
}
