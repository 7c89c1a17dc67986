//! The plan of one trial: a constant load for a while.

use crate::capacity::{Rules, Trial};
use crate::plan::{Drive, Plan, Workload};
use crate::schedule::{Profile, Users};
use crate::units::{Nanos, Rate};

/// Everything that `loadline capacity` does.
#[derive(Clone, Debug)]
pub struct CapacityTask {
    /// What is looked for, and how carefully.
    pub rules: Rules,
    /// What every trial has in common: the scenario's plan without audit, thresholds, retries and the client's own limits.
    pub plan: Plan,
    /// The workloads whose load is varied, by their place in the plan; at least one.
    pub varied: Vec<usize>,
    /// The load that people expect, where they said so.
    pub expected: Option<f64>,
    /// What has to be known of the search before it is made; sentences.
    pub notes: Vec<String>,
}

impl CapacityTask {
    /// The plan of a trial. The workloads that are varied keep their ratio, the others the load that they have; all begin at once.
    pub fn trial_plan(&self, trial: &Trial) -> Plan {
        let mut plan = Plan { seed: trial.seed, ..self.plan.clone() };
        let (all, bases) = (trial.settle + trial.measure, self.bases());
        let whole: f64 = bases.iter().sum();
        let mut done = (0.0, 0);
        for (index, workload) in plan.workloads.iter_mut().enumerate() {
            (workload.start, workload.warm_up) = (Nanos::ZERO, trial.settle);
            let place = self.varied.iter().position(|varied| *varied == index);
            match &mut workload.drive {
                Drive::Open { profile, .. } => {
                    let rate = place.map_or(profile.peak(), |place| trial.load * bases[place] / whole);
                    *profile = Profile::constant(Rate::nearest(rate), all);
                }
                Drive::Closed(users) => {
                    let count = place.map_or(users.count, |place| {
                        // Rounded as a whole, so that no user is lost between the workloads.
                        let (before, given) = done;
                        let upto = before + trial.load * bases[place] / whole;
                        let upto_count = (upto.round() as u32).max(given + 1);
                        done = (upto, upto_count);
                        upto_count - given
                    });
                    *users = Users { count, duration: all, ramp: users.ramp.min(trial.settle), ..*users };
                }
                Drive::Count(_) => {}
            }
        }
        plan
    }

    /// How much each of the varied workloads has by itself: what their ratio is made of.
    fn bases(&self) -> Vec<f64> {
        let base = |index: &usize| match &self.plan.workloads[*index].drive {
            Drive::Open { profile, .. } => profile.peak(),
            Drive::Closed(users) => f64::from(users.count),
            Drive::Count(_) => 0.0,
        };
        self.varied.iter().map(base).collect()
    }

    /// About how many calls a second fall due at a load; `None` where that depends on the target's speed. A walk over pages counts as one.
    pub fn calls_per_s(&self, load: f64) -> Option<f64> {
        let bases = self.bases();
        let whole: f64 = bases.iter().sum();
        let calls = |(index, workload): (usize, &Workload)| {
            let Drive::Open { profile, .. } = &workload.drive else { return None };
            let place = self.varied.iter().position(|varied| *varied == index);
            Some(place.map_or(profile.peak(), |place| load * bases[place] / whole) * steps(workload))
        };
        self.plan.workloads.iter().enumerate().map(calls).sum()
    }
}

/// Calls of a flow, on average.
fn steps(workload: &Workload) -> f64 {
    let weights: f64 = workload.flows.iter().map(|flow| f64::from(flow.weight)).sum();
    let calls: f64 = workload.flows.iter().map(|flow| f64::from(flow.weight) * flow.steps.len() as f64).sum();
    calls / weights.max(1.0)
}
