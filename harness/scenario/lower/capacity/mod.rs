//! The block `capacity`: what is varied, between which bounds, what must hold, and how carefully the answer is looked for.

mod objectives;
#[cfg(test)]
mod tests;
mod trial_plan;
mod varied;

use super::verbs::Check;
use crate::capacity::{Assert, Objective, Rules, Vary};
use crate::plan::{Plan, RateLimits, Workload};
use crate::retry::Policy;
use crate::scenario::fault::{Fault, Faults};
use crate::scenario::mirror::value::{Duration, PerTime};
use crate::scenario::mirror::verbs as written;
use crate::scenario::{CapacityForecast, Loaded, Node};
use crate::units::Nanos;

pub use trial_plan::CapacityTask;

/// The first rate and the first number of users, unless the scenario says otherwise.
const START_RATE: f64 = 50.0;
const START_USERS: u32 = 1;
/// The highest load is so many times the first one.
const RANGE: f64 = 1_000.0;
/// Which share of a load's trials may violate an objective: what RFC 9971 calls the exceed ratio.
const EXCEED_LAUNCH: f64 = 0.2;
const EXCEED_COMPARE: f64 = 0.5;

impl Loaded {
    /// What `loadline capacity` would do; `None` where the scenario has no such block.
    ///
    /// # Errors
    /// As [`Self::capacity`].
    pub fn capacity_forecast(&self) -> Result<Option<CapacityForecast>, Faults> {
        if self.scenario.capacity.is_none() {
            return Ok(None);
        }
        self.capacity().map(|task| Some(CapacityForecast::of(&task)))
    }

    /// Makes the task of `loadline capacity`. A scenario without the block is one whose block says nothing.
    ///
    /// # Errors
    /// As [`Self::plan`]; and what cannot be varied, or cannot hold or fail whatever the load.
    pub fn capacity(&self) -> Result<CapacityTask, Faults> {
        let plan = self.plan()?;
        let mut faults = Vec::new();
        let task = task(self, plan, &mut faults);
        match task {
            Some(task) if faults.is_empty() => Ok(task),
            _ => Err(Faults::new(self.sources.clone(), faults, &self.secrets)),
        }
    }
}

/// The rules that every verb checks: they need no plan.
pub(super) fn check(loaded: &Loaded, names: &Check<'_>, node: &Node, faults: &mut Vec<Fault>) {
    let Some(capacity) = &loaded.scenario.capacity else { return };
    if let Some(name) = &capacity.vary {
        names.workload(name, node.at("vary"), faults);
    }
    if let Some(max) = &capacity.max {
        let start = capacity.start.as_ref().map_or(START_RATE, |start| start.0.as_per_second());
        if max.0.as_per_second() < start {
            let message = format!("the highest rate of {} is below the first of {start}/s", max.0);
            faults.push(Fault::new(node.at("max").span, message).suggest("raise `max` or lower `start`"));
        }
    }
    if let Some(users) = &capacity.users {
        let start = users.start.unwrap_or(START_USERS);
        if users.max.is_some_and(|max| max < start) {
            let message = format!("the most users are fewer than the first {start}");
            faults.push(Fault::new(node.at("users").at("max").span, message).suggest("raise `max` or lower `start`"));
        }
        for key in ["start", "max", "expected", "assert"] {
            if let Some(entry) = node.entry(key) {
                let fault = Fault::new(entry.key_span, format!("with `users`, `{key}` is no rate"));
                faults.push(fault.suggest(format!("write `users: {{{key}: 10}}`, or remove `users`")));
            }
        }
    }
    let asserted = capacity.assert.is_some() || capacity.users.as_ref().is_some_and(|users| users.assert.is_some());
    if capacity.margin.is_some() && !asserted {
        let fault = Fault::new(node.key_span("margin"), "a margin goes with a load that is asserted");
        faults.push(fault.suggest("add `assert: 400/s`, or remove `margin`"));
    }
    if capacity.width.as_ref().is_some_and(|width| width.0.get() <= 0.0) {
        let fault = Fault::new(node.at("width").span, "a width of nothing is never reached");
        faults.push(fault.suggest("write how far apart the bounds may be, such as `3%`"));
    }
    for key in ["trial", "duration_sum"] {
        let length = match key {
            "trial" => capacity.trial.as_ref(),
            _ => capacity.duration_sum.as_ref(),
        };
        if length.is_some_and(|length| length.0 == Nanos::ZERO) {
            let fault = Fault::new(node.at(key).span, format!("`{key}` leaves no time to measure"));
            faults.push(fault.suggest("write a length such as `10s`"));
        }
    }
    for (index, condition) in capacity.objectives.iter().flatten().enumerate() {
        let node = node.at("objectives").nth(index);
        names.measure(&condition.0.measure, node, faults);
        faults.extend(objectives::unfit(&condition.0, node));
    }
}

fn task(loaded: &Loaded, mut plan: Plan, faults: &mut Vec<Fault>) -> Option<CapacityTask> {
    let (block, node) = (loaded.scenario.capacity.clone().unwrap_or_default(), loaded.tree.at("capacity"));
    let vary = if block.users.is_some() { Vary::Users } else { Vary::Rate };
    let varied = varied::varied(&plan, vary, block.vary.as_deref(), loaded, faults);
    let mut notes = Vec::new();
    let objectives = objectives::objectives(&block, &plan, node, &mut notes, faults);
    let rules = rules(&block, &plan, vary, objectives);
    if rules.max_duration > plan.caps.max_duration {
        notes.push(format!("`safety.max_duration` ends the search after {}", plan.caps.max_duration));
    }
    let rules = Rules { max_duration: rules.max_duration.min(plan.caps.max_duration), ..rules };
    bare(&mut plan, &mut notes);
    let expected = expected(&block);
    let varied = varied?;
    if varied.len() < plan.workloads.len() {
        notes.push("the other workloads keep their load, and their calls count as well".to_owned());
    }
    Some(CapacityTask { rules, plan, varied, expected, notes })
}

fn rules(block: &written::Capacity, plan: &Plan, vary: Vary, objectives: Vec<Objective>) -> Rules {
    let default = Rules::default();
    let users = block.users.clone().unwrap_or_default();
    let rate = |rate: &Option<PerTime>| rate.as_ref().map(|rate| rate.0.as_per_second());
    let [start, max, assert] = match vary {
        Vary::Rate => [rate(&block.start).or(Some(START_RATE)), rate(&block.max), rate(&block.assert)],
        Vary::Users => [Some(users.start.unwrap_or(START_USERS)), users.max, users.assert].map(|it| it.map(f64::from)),
    };
    let start = start.unwrap_or(START_RATE);
    let margin = block.margin.as_ref().map_or(0.0, |margin| margin.0.get());
    let (verify_trials, verify_trial) = default.verify;
    let verify = block.verify.as_ref();
    let length = |written: &Option<Duration>, otherwise: Nanos| written.as_ref().map_or(otherwise, |length| length.0);
    let trial = length(&block.trial, default.trial);
    Rules {
        objectives,
        vary,
        start,
        max: max.unwrap_or(start * RANGE),
        width: block.width.as_ref().map_or(default.width, |width| width.0.get()),
        exceed: match block.mode {
            None | Some(written::CapacityMode::Launch) => EXCEED_LAUNCH,
            Some(written::CapacityMode::Compare) => EXCEED_COMPARE,
        },
        settle: length(&block.settle, default.settle),
        trial,
        // Half as long as a trial, as the defaults are: it only has to see what is far off.
        range_trial: block.trial.as_ref().map_or(default.range_trial, |_| trial.scale(0.5)),
        duration_sum: length(&block.duration_sum, default.duration_sum).max(trial),
        verify: (
            verify.and_then(|verify| verify.trials).unwrap_or(verify_trials),
            verify.and_then(|verify| verify.trial.as_ref()).map_or(verify_trial, |length| length.0),
        ),
        max_duration: length(&block.max_duration, default.max_duration),
        assert: assert.map(|load| Assert { load, margin }),
        seed: plan.seed,
        ..default
    }
}

/// The load that people expect: what is asserted is expected as well.
fn expected(block: &written::Capacity) -> Option<f64> {
    let users = block.users.as_ref();
    let of_users = || users.and_then(|users| users.expected.or(users.assert)).map(f64::from);
    let rate = || block.expected.as_ref().or(block.assert.as_ref()).map(|rate| rate.0.as_per_second());
    if users.is_some() { of_users() } else { rate() }
}

/// Takes away what would let something other than the load decide what is sent.
fn bare(plan: &mut Plan, notes: &mut Vec<String>) {
    plan.audit = None;
    plan.thresholds.clear();
    plan.abort_when.clear();
    let used: Vec<usize> = plan
        .workloads
        .iter()
        .flat_map(|workload| &workload.flows)
        .flat_map(|flow| &flow.steps)
        .map(|step| step.policy)
        .collect();
    let retries = used.iter().any(|policy| !is_bare(&plan.policies[*policy]));
    if retries {
        // Those of the setup and the teardown stay: these phases are not measured, and have to succeed.
        let first = plan.policies.len();
        let once: Vec<Policy> = plan.policies.iter().map(once).collect();
        plan.policies = plan.policies.iter().cloned().chain(once).collect();
        let steps = plan.workloads.iter_mut().flat_map(|workload| &mut workload.flows).flat_map(|flow| &mut flow.steps);
        steps.for_each(|step| step.policy += first);
        notes.push(
            "retries are off while it is measured: each call is one attempt, so that what is offered is what was asked for"
                .to_owned(),
        );
    }
    if plan.rate_limits != RateLimits::default() {
        plan.rate_limits.scenario = None;
        plan.rate_limits.operations.clear();
        let steps = |workload: &mut Workload| {
            workload.flows.iter_mut().flat_map(|flow| &mut flow.steps).for_each(|step| step.limiter = None);
        };
        plan.workloads.iter_mut().chain(&mut plan.setup).chain(&mut plan.teardown).for_each(steps);
        notes.push("the client's own `rate_limit` is off: it would be the capacity that is found".to_owned());
    }
}

fn is_bare(policy: &Policy) -> bool {
    *policy == once(policy)
}

/// A policy that makes one attempt, with the timeouts and the judgement of another.
fn once(policy: &Policy) -> Policy {
    Policy { max_attempts: 1, hedge: None, throttle: None, breaker: None, concurrency: None, ..policy.clone() }
}
