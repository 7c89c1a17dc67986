//! What all candidates meet alike: the load, the limit and the network.

use std::sync::Arc;

use super::arrivals;
use super::limit::Limit;
use super::metrics::{Context, Disturbance, patience};
use super::task::{Arrivals, Task, Trigger};
use crate::plan::expression::{Comparison, Function, Latency, Subject, Value};
use crate::plan::{Drive, Plan};
use crate::retry::Policy;
use crate::service::config::Event;
use crate::sim::{Network, Simulation};
use crate::units::Nanos;

/// The least that a simulation may send. In virtual time a storm harms nobody, and a run that a cap cuts off shows
/// nothing of it.
const ENOUGH_REQUESTS: u64 = 5_000_000;
/// How long calls may take to end once arrivals have: what a run's own grace cuts off would count against policies that
/// wait.
const DRAIN: Nanos = Nanos::from_secs(600);
/// How long calls must fall due before a trigger, so that there is something to compare with.
const CALM: Nanos = Nanos::from_secs(10);
/// What the windows need that look at the recovery, behind the patience that it gets.
const LOOK: Nanos = Nanos::from_secs(15);

/// A load, a limit and a network: everything but the candidate and the seed.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// The plan, without what a comparison has no use for.
    pub(super) plan: Plan,
    pub(super) network: Network,
    pub(super) arrivals: Arrivals,
    pub(super) limit: Limit,
    /// Whether the task is a number of flows to be done, and not a stretch of time.
    batch: bool,
    trigger: Option<Trigger>,
    objective: Option<Nanos>,
}

impl Scene {
    /// The task's own scene under a model of arrivals.
    pub(super) fn new(task: &Task, arrivals: Arrivals) -> Self {
        let mut plan = Plan::clone(&task.plan);
        (plan.audit, plan.resolved, plan.description) = (None, String::new(), String::new());
        plan.teardown.clear();
        plan.abort_when.clear();
        plan.caps.max_requests = plan.caps.max_requests.max(ENOUGH_REQUESTS);
        plan.caps.max_duration = Nanos::MAX;
        plan.grace = plan.grace.max(DRAIN);
        let batch = plan.workloads.iter().all(|workload| matches!(workload.drive, Drive::Count(_)));
        let call = super::demand::unthrottled(&plan, task.network);
        for workload in &mut plan.workloads {
            workload.drive = arrivals::drive(workload, arrivals, plan.clients, call);
            let steps = workload.flows.iter_mut().flat_map(|flow| &mut flow.steps);
            steps.for_each(|step| step.audited = false);
        }
        let objective = objective(&plan);
        let limit = Limit::of(&plan, task.network);
        Self { plan, network: task.network, arrivals, limit, batch, trigger: task.trigger.clone(), objective }
    }

    /// The limit anew, after the plan or the network was changed.
    pub(super) fn measure_limit(&mut self) {
        self.limit = Limit::of(&self.plan, self.network);
    }

    /// Whether the task is a number of flows to be done.
    pub(super) fn is_batch(&self) -> bool {
        self.batch
    }

    /// The same with the trigger that is named first alone.
    pub(super) fn with_first_trigger(mut self) -> Self {
        if let Some(trigger) = &mut self.trigger {
            trigger.lasting.truncate(1);
        }
        self
    }

    /// The lengths of the trigger.
    pub(super) fn trigger_lengths(&self) -> &[Nanos] {
        self.trigger.as_ref().map_or(&[], |trigger| &trigger.lasting)
    }

    /// A candidate's simulation, and what has to be known to measure it. `number` counts the seeds; the same number
    /// means the same arrivals, service times and jitter for every candidate.
    pub(super) fn simulation(&self, policy: &Policy, number: u32, lasting: Option<Nanos>) -> (Simulation, Context) {
        self.run_of(policy, number, lasting, true)
    }

    /// The same; `patiently` says whether arrivals go on behind the trigger for long enough to see whether calls recover.
    fn run_of(&self, policy: &Policy, number: u32, lasting: Option<Nanos>, patiently: bool) -> (Simulation, Context) {
        let mut plan = self.plan.clone();
        plan.seed = plan.seed.wrapping_add(u64::from(number));
        plan.service.seed = plan.service.seed.wrapping_add(u64::from(number));
        let index = plan.policies.len();
        plan.policies = plan.policies.iter().chain([policy]).cloned().collect();
        let flows = plan.workloads.iter_mut().flat_map(|workload| &mut workload.flows);
        flows.flat_map(|flow| &mut flow.steps).for_each(|step| step.policy = index);
        let disturbance = self.disturb(&mut plan, lasting, patiently);
        let context = self.context(&plan, disturbance);
        (Simulation { plan: Arc::new(plan), network: self.network, trace: true }, context)
    }

    /// Puts the trigger into a plan.
    fn disturb(&self, plan: &mut Plan, lasting: Option<Nanos>, patiently: bool) -> Option<Disturbance> {
        let (trigger, lasting) = (self.trigger.as_ref()?, lasting?);
        let warm_up = plan.workloads.iter().map(|workload| workload.start + workload.warm_up).max().unwrap_or_default();
        let third = Nanos::new(self.length(plan).as_nanos() / 3);
        // A batch may be done before there was any calm.
        let calm = if self.batch { Nanos::ZERO } else { CALM };
        let begin = trigger.at.unwrap_or_else(|| third.max(warm_up + calm));
        let end = begin + lasting;
        for set in &trigger.set {
            plan.service.events.push(Event { at: begin, lasts: lasting, set: set.clone() });
        }
        let needed = end + patience(lasting) + LOOK;
        for workload in plan.workloads.iter_mut().filter(|_| patiently) {
            let length = needed.saturating_sub(workload.start);
            match &mut workload.drive {
                Drive::Open { profile, .. } if profile.duration() < length => *profile = profile.lasting(length),
                Drive::Closed(users) => users.duration = users.duration.max(length),
                Drive::Open { .. } | Drive::Count(_) => {}
            }
        }
        Some(Disturbance { begin, end, objective: self.objective })
    }

    /// How long the measurement takes; where a number of flows ends it, at the speed of the limit.
    fn length(&self, plan: &Plan) -> Nanos {
        let speed = self.limit.per_s.unwrap_or(f64::INFINITY).min(self.limit.offered_per_s).max(1e-9);
        let lengths = plan.workloads.iter().map(|workload| {
            let by_count = match &workload.drive {
                Drive::Count(iterations) => Nanos::from_secs_f64(iterations.count as f64 / speed),
                _ => Nanos::ZERO,
            };
            workload.start + workload.drive.duration().unwrap_or(by_count)
        });
        lengths.max().unwrap_or_default()
    }

    fn context(&self, plan: &Plan, disturbance: Option<Disturbance>) -> Context {
        let ends = plan.workloads.iter().map(|workload| Some(workload.start + workload.drive.duration()?));
        let until: Option<Vec<Nanos>> = ends.collect();
        Context {
            from: plan.workloads.iter().map(|workload| workload.start + workload.warm_up).min().unwrap_or_default(),
            // Of a number of flows it matters when they are done, even where all of them fall due at once.
            until: until.and_then(|ends| ends.into_iter().max()).filter(|_| !self.batch),
            open: self.arrivals == Arrivals::Open && !self.batch,
            limit_per_s: self.limit.per_s,
            burst: self.limit.burst,
            disturbance,
        }
    }
}

impl Task {
    /// The simulation of a candidate as it would be run for real: the task's own length and caps, with or without a
    /// trigger; and what has to be known to measure it, simulated or not. Its plan may be run for real as it stands.
    /// `number` counts the seeds from 0.
    pub fn run_of(
        &self,
        policy: &Policy,
        arrivals: Arrivals,
        number: u32,
        trigger: Option<Nanos>,
    ) -> (Simulation, Context) {
        let mut scene = Scene::new(self, arrivals);
        (scene.plan.caps, scene.plan.grace) = (self.plan.caps, self.plan.grace);
        scene.run_of(policy, number, trigger, false)
    }
}

/// The longest response that meets the scenario's own threshold, where it has one: the first upper bound on a
/// percentile of `response`.
fn objective(plan: &Plan) -> Option<Nanos> {
    plan.thresholds.iter().find_map(|threshold| {
        let bound = matches!(threshold.comparison, Comparison::Less | Comparison::AtMost);
        let percentile = matches!(threshold.measure.function, Function::Percentile(_));
        let response = threshold.measure.subject == Some(Subject::Latency(Latency::Response));
        match threshold.value {
            Value::Duration(span) if bound && percentile && response => Some(span),
            _ => None,
        }
    })
}
