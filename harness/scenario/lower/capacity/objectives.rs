//! What must hold for a load to count as sustained.

use crate::capacity::{Objective, ObjectiveKind};
use crate::plan::Plan;
use crate::plan::expression::{Comparison, Counted, Expression, Function, Latency, Outcome, Subject};
use crate::record::covers;
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::verbs as written;

/// What must hold wherever no objective counts the same.
const FAILURES: &str = "ratio(calls.failed) < 1%";
const THROTTLES: &str = "ratio(attempts.throttled) < 1%";

/// Why an expression says nothing of a load, if so.
pub(super) fn unfit(expression: &Expression, node: &Node) -> Option<Fault> {
    let measure = &expression.measure;
    let text = excerpt(&expression.text);
    let fault = |message: String, advice: String| Some(Fault::new(node.span, message).suggest(advice));
    if measure.over.is_some() {
        return fault(
            "an objective looks at whole trials, and `over` at a part".to_owned(),
            "remove `over`".to_owned(),
        );
    }
    match (measure.function, measure.subject) {
        (Function::Recovery, _) => {
            return fault(
                "a trial has a constant load, so there is nothing to recover from".to_owned(),
                "`loadline tune` measures recoveries, with `tune.trigger`".to_owned(),
            );
        }
        (Function::Amplification, _) | (_, Some(Subject::Latency(Latency::Backoff))) => {
            return fault(
                format!("`{text}` is the same at any load: retries are off in a search"),
                "name a latency or a share, such as `p99(response) < 300ms`".to_owned(),
            );
        }
        (_, Some(Subject::Latency(Latency::Lag | Latency::Admission))) => {
            return fault(
                format!("`{text}` tells of the generator and not of the target"),
                "name a latency of the target, such as `p99(response) < 300ms`; a trial with much lag is void anyway"
                    .to_owned(),
            );
        }
        (Function::Rate | Function::Count, _) => {
            return fault(
                format!("`{text}` changes with the load that is tried, so that it says nothing of it"),
                "name a share, such as `ratio(calls.failed) < 1%`".to_owned(),
            );
        }
        _ => {}
    }
    let upper = matches!(expression.comparison, Comparison::Less | Comparison::AtMost);
    let lower = matches!(expression.comparison, Comparison::Greater | Comparison::AtLeast);
    let (measure, value) = (&expression.measure, &expression.value);
    let turned = |sign: &str| {
        (
            format!("`{text}` is what a load breaks, and not what must hold while it is sustained"),
            format!("write `{measure} {sign} {value}`"),
        )
    };
    let (message, advice) = if wants_more(expression) {
        if lower {
            return None;
        }
        turned(">")
    } else if upper {
        return None;
    } else {
        turned("<")
    };
    fault(message, advice)
}

/// Whether more of it is better.
fn wants_more(expression: &Expression) -> bool {
    matches!(
        (expression.measure.function, expression.measure.subject),
        (Function::Ratio, Some(Subject::Counted(_, Some(Outcome::Ok | Outcome::Success | Outcome::Status(200..300)))))
    )
}

/// All objectives: those that are written, and what must hold besides.
pub(super) fn objectives(
    block: &written::Capacity,
    plan: &Plan,
    node: &Node,
    notes: &mut Vec<String>,
    faults: &mut Vec<Fault>,
) -> Vec<Objective> {
    let mut objectives: Vec<Objective> = Vec::new();
    for (index, condition) in block.objectives.iter().flatten().enumerate() {
        let place = node.at("objectives").nth(index);
        if !called(plan, &condition.0) {
            let message = format!("`{}` would never have a sample", excerpt(&condition.0.text));
            let fault = Fault::new(place.span, message);
            faults.push(fault.suggest("name an operation and a workload that are called while it is measured"));
        }
        objectives.push(objective(condition.0.clone()));
    }
    if !objectives.iter().any(|objective| matches!(objective.kind, ObjectiveKind::Latency { .. })) {
        notes.push(
            "no percentile of a latency is among the objectives: name one with `--objective \"p99(response) < 300ms\"`"
                .to_owned(),
        );
    }
    let counts = |wanted: Outcome| {
        objectives.iter().any(|objective| match objective.expression.measure.subject {
            Some(Subject::Counted(Counted::Calls | Counted::Attempts, Some(outcome))) => outcome == wanted,
            _ => false,
        })
    };
    let defaults = [(counts(Outcome::Failed), FAILURES), (counts(Outcome::Throttled), THROTTLES)];
    let missing = defaults.into_iter().filter(|(counted, _)| !counted);
    let more: Vec<Objective> = missing.filter_map(|(_, text)| text.parse().ok()).map(objective).collect();
    objectives.extend(more);
    objectives
}

/// Whether any call that is measured can be a sample of it.
fn called(plan: &Plan, expression: &Expression) -> bool {
    let steps = plan.workloads.iter().flat_map(|workload| &workload.flows).flat_map(|flow| &flow.steps);
    let mut cells = steps.map(|step| &plan.cells[step.exchange]);
    cells.any(|cell| covers(&expression.measure, &(cell.workload.clone(), cell.operation.clone())))
}

fn objective(expression: Expression) -> Objective {
    let (measure, limit) = (&expression.measure, expression.value.as_f64());
    let kind = match (measure.function, measure.subject) {
        // Of the slowest of all no share may be slower, so that it can only be compared.
        (Function::Percentile(percent), _) if percent < 100.0 => {
            ObjectiveKind::Latency { quantile: percent / 100.0, limit_s: limit }
        }
        (Function::Ratio, Some(Subject::Counted(_, outcome))) if !wants_more(&expression) => ObjectiveKind::Share {
            measure: measure.clone(),
            limit,
            throttle: matches!(outcome, Some(Outcome::Throttled | Outcome::Status(429))),
        },
        _ => ObjectiveKind::Value,
    };
    Objective { expression, kind }
}
