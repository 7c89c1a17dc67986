//! How many samples of a measure a run is planned to have.

use crate::plan::expression::{Counted, Measure, Subject};
use crate::plan::{Drive, Plan, Workload};

/// The calls of a run that a measure looks at, warm-up left out, if all goes well; `None` where that depends on the target.
pub(super) fn planned(plan: &Plan, measure: &Measure) -> Option<f64> {
    if let Some(Subject::Counted(Counted::Items | Counted::Pages, _)) = measure.subject {
        return None;
    }
    let workloads =
        plan.workloads.iter().filter(|workload| measure.workload.as_ref().is_none_or(|name| *name == workload.name));
    // Of a workload that is not there nothing is known; its name is a fault already.
    let each: Option<Vec<f64>> = workloads.map(|workload| of_workload(plan, workload, measure)).collect();
    each.filter(|each| !each.is_empty()).map(|each| each.iter().sum())
}

fn of_workload(plan: &Plan, workload: &Workload, measure: &Measure) -> Option<f64> {
    let flows = match &workload.drive {
        Drive::Open { profile, .. } => {
            let warm_up = workload.warm_up.as_secs_f64() / profile.duration().as_secs_f64();
            profile.count() * (1.0 - warm_up).max(0.0)
        }
        Drive::Count(iterations) => iterations.count as f64,
        Drive::Closed(_) => return None,
    };
    let weights: f64 = workload.flows.iter().map(|flow| f64::from(flow.weight)).sum();
    let mut calls = 0.0;
    for flow in &workload.flows {
        for step in &flow.steps {
            let operation = &plan.cells[step.exchange].operation;
            if !measure.operations.is_empty() && !measure.operations.contains(operation) {
                continue;
            }
            // Each page is a call of its own, and nobody knows how many there are.
            if step.paginate.is_some() {
                return None;
            }
            calls += flows * f64::from(flow.weight) / weights.max(1.0);
        }
    }
    Some(calls)
}

/// How long the load would have to last for so many samples, in whole seconds; `None` where length does not help.
pub(super) fn seconds_for(plan: &Plan, measure: &Measure, needed: u64) -> Option<u64> {
    let calls = planned(plan, measure).filter(|calls| *calls > 0.0)?;
    let profiles = plan.workloads.iter().map(|workload| match &workload.drive {
        Drive::Open { profile, .. } => Some((profile.duration().as_secs_f64(), workload.warm_up.as_secs_f64())),
        _ => None,
    });
    let lengths: Vec<(f64, f64)> = profiles.collect::<Option<_>>()?;
    let longest = lengths.iter().map(|(duration, _)| *duration).fold(0.0, f64::max);
    let warm_up = lengths.iter().map(|(_, warm_up)| *warm_up).fold(0.0, f64::max);
    Some((warm_up + (longest - warm_up).max(1.0) * needed as f64 / calls).ceil() as u64)
}
