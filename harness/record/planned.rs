//! What is known of a run before it begins: how long it is planned to take, and what will happen to the service.

use super::journal::RunEvent;
use crate::plan::Plan;
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
