//! What is known of a run before it begins: how long it is planned to take, and what will happen to the service.

use super::journal::RunEvent;
use crate::plan::{Drive, Plan, Workload};
use crate::service::config::Event;
use crate::units::Nanos;

/// How long arrivals are planned to come, from the first workload's begin; `None` where that depends on the target's speed.
pub fn planned_duration(plan: &Plan) -> Option<Nanos> {
    let ends = plan.workloads.iter().map(|workload| Some(workload.start + workload.drive.duration()?));
    ends.collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// What the scenario says will happen to the modelled service, for the report's pictures.
pub fn planned_events(plan: &Plan) -> Vec<RunEvent> {
    let event = |event: &Event| RunEvent {
        at_s: event.at.as_secs_f64(),
        for_s: (event.lasts < Nanos::MAX).then(|| event.lasts.as_secs_f64()),
        what: event.set.to_string(),
    };
    plan.service.events.iter().map(event).collect()
}

/// Whether the load or the modelled service is planned to change while it is measured: rates in stages, users who come in one after
/// another, workloads that begin or end at different times, events. What such a run measures in its first half differs from the second by
/// design, and no drift can be told from that.
pub fn changes_by_plan(plan: &Plan) -> bool {
    let uneven = plan.workloads.iter().any(|workload| match &workload.drive {
        Drive::Open { profile, .. } => !profile.is_constant(),
        Drive::Closed(users) => users.ramp > workload.warm_up,
        Drive::Count(_) => false,
    });
    let span = |workload: &Workload| (workload.start, workload.drive.duration());
    let apart = plan.workloads.windows(2).any(|pair| span(&pair[0]) != span(&pair[1]));
    uneven || apart || !plan.service.events.is_empty()
}
