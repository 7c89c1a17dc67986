//! Workloads: what makes their flows begin, and the flows.

use super::steps::{Scope, Steps};
use crate::plan::{Drive, Flow, Iterations, Overload, Workload};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::step::Step;
use crate::scenario::mirror::workload as written;
use crate::scenario::place::Span;
use crate::scenario::{Loaded, Node};
use crate::schedule::{Profile, Rhythm, Spacing, Stage, Users};
use crate::units::Nanos;

/// How many calls may wait, unless the workload says otherwise.
const DEFAULT_QUEUE: u32 = 1_000;

/// All workloads.
pub(super) fn workloads(loaded: &Loaded, steps: &mut Steps<'_>, max: Nanos, faults: &mut Vec<Fault>) -> Vec<Workload> {
    let list = loaded.tree.at("workloads");
    let written = loaded.scenario.workloads.as_deref().unwrap_or_default();
    if loaded.scenario.workloads.is_none() {
        let fault = Fault::new(loaded.tree.span, "the scenario has no `workloads`, so there is nothing to send");
        faults.push(fault.suggest("add `workloads` with a `name`, `arrivals` or `users`, and a `flow`"));
    }
    let mut made = Vec::new();
    for (index, workload) in written.iter().enumerate() {
        let node = list.nth(index);
        if let Some(first) = written[..index].iter().position(|other| other.name == workload.name) {
            let fault =
                Fault::new(node.at("name").span, format!("a workload `{}` is already there", excerpt(&workload.name)));
            faults.push(fault.relate(list.nth(first).at("name").span, "first here"));
        }
        if matches!(workload.name.as_str(), "setup" | "teardown" | "audit") {
            faults.push(Fault::new(node.at("name").span, format!("the name `{}` is taken", workload.name)));
        }
        let flows = flows(workload, node, steps, faults);
        let Some(drive) = drive(workload, node, faults) else { continue };
        check_times(workload, &drive, max, node, faults);
        made.push(Workload {
            name: workload.name.clone(),
            overload: overload(workload, &drive, node, faults),
            drive,
            start: workload.start.as_ref().map_or(Nanos::ZERO, |start| start.0),
            warm_up: workload.warm_up.as_ref().map_or(Nanos::ZERO, |warm_up| warm_up.0),
            flows,
        });
    }
    made
}

fn flows(workload: &written::Workload, node: &Node, steps: &mut Steps<'_>, faults: &mut Vec<Fault>) -> Vec<Flow> {
    let retry = workload.retry.as_deref().map(|name| (name, node.at("retry").span));
    let mut flow = |written: &[Step], weight: u32, node: &Node, faults: &mut Vec<Fault>| {
        let pools = steps.pools.clone();
        let mut scope =
            Scope { workload: &workload.name, retry, captures: Vec::new(), pools, phase: false, audit: false };
        let made = written
            .iter()
            .enumerate()
            .filter_map(|(index, step)| steps.step(step, node.nth(index), &mut scope, faults));
        let made = made.collect();
        Flow { weight, steps: made, slots: scope.captures.len() }
    };
    match (&workload.flow, &workload.flows) {
        (Some(written), None) => vec![flow(written, 1, node.at("flow"), faults)],
        (None, Some(several)) => {
            let node = node.at("flows");
            let several = several.iter().enumerate();
            several
                .map(|(index, each)| flow(&each.flow, each.weight.unwrap_or(1), node.nth(index).at("flow"), faults))
                .collect()
        }
        (Some(_), Some(_)) => {
            let fault = Fault::new(node.key_span("flows"), "a workload has either `flow` or `flows`");
            faults.push(fault.suggest("put the steps of `flow` into `flows`"));
            Vec::new()
        }
        (None, None) => {
            let fault = Fault::new(node.span, format!("the workload `{}` has no `flow`", excerpt(&workload.name)));
            faults.push(fault.suggest("add `flow: [{call: …}]`"));
            Vec::new()
        }
    }
}

fn drive(workload: &written::Workload, node: &Node, faults: &mut Vec<Fault>) -> Option<Drive> {
    let models: Vec<(&str, Span)> = ["arrivals", "users", "iterations"]
        .into_iter()
        .filter_map(|key| node.entry(key).map(|entry| (key, entry.key_span)))
        .collect();
    match models.as_slice() {
        [] => {
            let message = format!("nothing starts the flows of the workload `{}`", excerpt(&workload.name));
            let suggestion = "add `arrivals: {rate: 10/s, duration: 30s}`, `users: {count: 4, duration: 30s}` or `iterations: {count: 100}`";
            faults.push(Fault::new(node.span, message).suggest(suggestion));
            None
        }
        [_] => match (&workload.arrivals, &workload.users, &workload.iterations) {
            (Some(arrivals), ..) => open(arrivals, node.at("arrivals"), faults),
            (_, Some(users), _) => closed(users, node.at("users"), faults),
            (.., Some(each)) => Some(Drive::Count(Iterations { count: each.count, users: each.users.unwrap_or(1) })),
            _ => None,
        },
        [(first, place), (second, other), ..] => {
            let fault = Fault::new(*other, format!("a workload has either `{first}` or `{second}`"));
            faults.push(fault.relate(*place, "the other one").suggest("make two workloads of it"));
            None
        }
    }
}

fn open(written: &written::Arrivals, node: &Node, faults: &mut Vec<Fault>) -> Option<Drive> {
    let spacing = match written.spacing {
        Some(written::Spacing::Poisson) => Spacing::Poisson,
        Some(written::Spacing::Even) | None => Spacing::Even,
    };
    let profile = match (&written.rate, &written.duration, &written.stages) {
        (Some(rate), Some(duration), None) => {
            if written.from.is_some() {
                faults.push(Fault::new(node.key_span("from"), "`from` goes with `stages`").suggest("remove it"));
            }
            Profile::staged(vec![Stage { from: rate.0.as_per_second(), to: rate.0.as_per_second(), over: duration.0 }])
        }
        (None, None, Some(stages)) => Profile::staged(ramps(written, stages)),
        (_, _, Some(_)) => {
            let key = if written.rate.is_some() { "rate" } else { "duration" };
            let fault = Fault::new(node.key_span(key), format!("`{key}` and `stages` exclude each other"));
            faults.push(fault.suggest("a constant rate is `rate` and `duration`; a ramp begins at `from`"));
            return None;
        }
        (rate, duration, None) => {
            let missing = match (rate, duration) {
                (Some(_), None) => "a rate needs a `duration`",
                (None, Some(_)) => "a duration needs a `rate`",
                _ => "`arrivals` needs `rate` and `duration`, or `stages`",
            };
            faults.push(
                Fault::new(node.span, missing)
                    .suggest("write `{rate: 10/s, duration: 30s}` or `{stages: [{to: 50/s, over: 1m}]}`"),
            );
            return None;
        }
    };
    match profile {
        Ok(profile) => Some(Drive::Open { profile, spacing }),
        Err(error) => {
            faults.push(Fault::new(node.span, error.to_string()));
            None
        }
    }
}

fn ramps(written: &written::Arrivals, stages: &[written::Stage]) -> Vec<Stage> {
    let mut from = written.from.as_ref().map_or(0.0, |rate| rate.0.as_per_second());
    let ramp = |stage: &written::Stage| {
        let to = stage.to.0.as_per_second();
        Stage { from: std::mem::replace(&mut from, to), to, over: stage.over.0 }
    };
    stages.iter().map(ramp).collect()
}

fn closed(written: &written::Users, node: &Node, faults: &mut Vec<Fault>) -> Option<Drive> {
    let rhythm = match (&written.think_time, &written.pacing) {
        (Some(_), Some(_)) => {
            let fault = Fault::new(node.key_span("pacing"), "`think_time` and `pacing` exclude each other");
            faults.push(fault.relate(node.key_span("think_time"), "the other one").suggest("keep one of the two"));
            return None;
        }
        (None, Some(pacing)) => Rhythm::Pace(pacing.0),
        (think_time, None) => Rhythm::Think(think_time.as_ref().map_or(Nanos::ZERO, |time| time.0)),
    };
    let ramp = written.ramp.as_ref().map_or(Nanos::ZERO, |ramp| ramp.0);
    if written.duration.0 == Nanos::ZERO {
        faults.push(Fault::new(node.at("duration").span, "the duration leaves no time at all"));
    }
    if ramp > written.duration.0 {
        let message = format!("the ramp of {ramp} is longer than the duration of {}", written.duration.0);
        faults.push(Fault::new(node.at("ramp").span, message));
    }
    Some(Drive::Closed(Users { count: written.count, duration: written.duration.0, rhythm, ramp }))
}

fn overload(workload: &written::Workload, drive: &Drive, node: &Node, faults: &mut Vec<Fault>) -> Overload {
    if let (Some(_), Drive::Closed(_) | Drive::Count(_)) = (workload.overload, drive) {
        let fault = Fault::new(node.key_span("overload"), "`overload` goes with `arrivals`");
        faults.push(fault.suggest("remove it: users wait for their turn by themselves"));
    }
    match (drive, workload.overload) {
        // Whoever waits for replies cannot be overrun.
        (Drive::Closed(_) | Drive::Count(_), _) => Overload { queue: u32::MAX },
        (Drive::Open { .. }, Some(written::Overload::Drop)) => Overload { queue: 0 },
        (Drive::Open { .. }, Some(written::Overload::Queue(queue))) => Overload { queue },
        (Drive::Open { .. }, None) => Overload { queue: DEFAULT_QUEUE },
    }
}

fn check_times(workload: &written::Workload, drive: &Drive, max: Nanos, node: &Node, faults: &mut Vec<Fault>) {
    let Some(duration) = drive.duration() else { return };
    let start = workload.start.as_ref().map_or(Nanos::ZERO, |start| start.0);
    if start + duration > max {
        let length = ["arrivals", "users"].into_iter().find_map(|key| node.get(key));
        let place = length.map_or(node.span, |length| length.at("duration").span);
        let message =
            format!("the workload ends after {}, beyond the run's longest duration of {max}", start + duration);
        faults.push(Fault::new(place, message).suggest("shorten it, or raise `safety.max_duration`"));
    }
    if let Some(warm_up) = &workload.warm_up
        && warm_up.0 >= duration
    {
        let message = format!("the warm-up of {} leaves nothing of {duration} to measure", warm_up.0);
        faults.push(Fault::new(node.at("warm_up").span, message));
    }
}
