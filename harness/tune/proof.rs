//! Real runs beside simulated ones: who is run, with which plans, and what the simulations are given of what was measured.

use std::sync::Arc;

use super::arrivals;
use super::confirm::{self, Confirmed};
use super::inputs::Inputs;
use super::lineup::Lineup;
use super::metrics::{Context, Disturbance};
use super::task::{Arrivals, Candidate, Confirm, Task, Trigger, Weights};
use super::tuned::{Confirmation, Row, Tuned};
use super::{Limit, demand};
use crate::plan::{Plan, Target};
use crate::record::{Trace, planned_duration};
use crate::service::config::Event;
use crate::sim::{Network, SimError, Simulation};
use crate::units::Nanos;

/// How many times as many simulated runs as real ones there are.
const GROUPS: u32 = 40;

/// Who is run for real.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// The candidate.
    pub candidate: Candidate,
    /// Why it is run: "the winner", "the runner-up", "the contrast".
    pub role: String,
}

/// A comparison's answer, to be put to the proof: the same runs for real and in virtual time.
///
/// The plan is the scenario's own, with its caps; where clients talk to the mock, the first length of the trigger strikes in it. Audits
/// are left out: they would take real time and compare nothing.
#[derive(Clone, Debug)]
pub struct Proof {
    plan: Plan,
    /// Who is run, the best first.
    pub entrants: Vec<Entrant>,
    /// How often each is run; with another seed each time.
    pub runs: u32,
    context: Context,
}

impl Proof {
    /// What is to be proved of a result. `None` where the task asks for no real runs, where nothing was ever refused so that all
    /// policies are the same, and where nothing meets the requirements.
    pub fn of(task: &Task, tuned: &Tuned) -> Option<Self> {
        let confirm = task.confirm?;
        tuned.verdict.winner.as_ref().filter(|_| tuned.verdict.throttled)?;
        let mut plan = Plan::clone(&task.plan);
        plan.audit = None;
        // The rows of the verdict come first, in the order of their places.
        let arrivals = tuned.rows.first().map_or(Arrivals::Open, |row| row.arrivals);
        let call = demand::unthrottled(&plan, task.network);
        for workload in &mut plan.workloads {
            if arrivals != arrivals::own(&task.plan) {
                workload.drive = arrivals::drive(workload, arrivals, plan.clients, call);
            }
            workload.flows.iter_mut().flat_map(|flow| &mut flow.steps).for_each(|step| step.audited = false);
        }
        let limit = Limit::of(&plan, task.network);
        let entrants = entrants(confirm, tuned, arrivals, &Lineup::new(task, &limit).candidates);
        let until = planned_duration(&plan);
        let struck = matches!(plan.target, Target::Mock { .. }).then_some(task.trigger.as_ref()).flatten();
        let disturbance = struck.and_then(|trigger| strike(&mut plan, trigger, until));
        let from = plan.workloads.iter().map(|workload| workload.start + workload.warm_up).min().unwrap_or_default();
        let context = Context {
            from,
            until,
            open: arrivals == Arrivals::Open,
            limit_per_s: limit.per_s,
            burst: limit.burst,
            disturbance,
        };
        Some(Self { plan, entrants, runs: confirm.runs, context })
    }

    /// What has to be known to measure its runs.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The plan of an entrant's run. Simulations with the same number draw the same arrivals, service times and jitter.
    pub fn plan(&self, entrant: &Entrant, number: u32) -> Plan {
        let mut plan = self.plan.clone();
        plan.seed = plan.seed.wrapping_add(number.into());
        plan.service.seed = plan.service.seed.wrapping_add(number.into());
        let index = plan.policies.len();
        plan.policies = plan.policies.iter().chain([&entrant.candidate.policy]).cloned().collect();
        let flows = plan.workloads.iter_mut().flat_map(|workload| &mut workload.flows);
        flows.flat_map(|flow| &mut flow.steps).for_each(|step| step.policy = index);
        plan
    }

    /// How long the load of all real runs takes together; `None` where that depends on the target. What comes before and behind it,
    /// such as the setup and calls that end late, takes more.
    pub fn real_time(&self) -> Option<Nanos> {
        Some(planned_duration(&self.plan)? * u64::from(self.runs) * self.entrants.len() as u64)
    }

    /// What real traces say of the way to the service, and of the service where that is not the mock. `real` has the traces of each
    /// entrant.
    ///
    /// # Errors
    /// Why a simulation could not be done.
    pub fn inputs(&self, real: &[Vec<Trace>]) -> Result<Inputs, SimError> {
        let all: Vec<Trace> = real.iter().flatten().cloned().collect();
        if matches!(self.plan.target, Target::Url(_)) {
            return Ok(Inputs::of_service(&all));
        }
        let known = self.simulated(&Inputs::default(), self.runs)?;
        Ok(Inputs::beside_model(&all, &known.into_iter().flatten().collect::<Vec<_>>()))
    }

    /// Measured beside predicted, for each entrant, and the order of them all behind it. An entrant whose runs are `None` is left out.
    pub fn compare(
        &self,
        weights: &Weights,
        real: &[Option<Vec<Trace>>],
        predicted: &[Vec<Trace>],
    ) -> Vec<Confirmation> {
        let context = &self.context;
        let each = self.entrants.iter().zip(real).zip(predicted);
        let run = each.filter_map(|((entrant, real), predicted)| Some((entrant, real.as_ref()?, predicted)));
        let run: Vec<(&Entrant, &Vec<Trace>, &Vec<Trace>)> = run.collect();
        let mut confirmations: Vec<Confirmation> = run
            .iter()
            .map(|(entrant, real, predicted)| {
                confirm::compare(&entrant.candidate.name, &entrant.role, real, predicted, context)
            })
            .collect();
        let confirmed: Vec<Confirmed<'_>> = run
            .iter()
            .map(|(entrant, real, predicted)| Confirmed { name: &entrant.candidate.name, predicted, real, context })
            .collect();
        let order = confirm::compare_order(weights, &confirmed);
        if !order.is_empty() {
            let count = |(real, predicted), one: &(&Entrant, &Vec<Trace>, &Vec<Trace>)| {
                (real + one.1.len() as u32, predicted + one.2.len() as u32)
            };
            let runs = run.iter().fold((0, 0), count);
            let name = "all of them".to_owned();
            confirmations.push(Confirmation { name, role: "their order".to_owned(), runs, comparisons: order });
        }
        confirmations
    }

    /// How many simulated runs there are of each entrant: enough that as many as there are real ones can be taken together again and
    /// again, to see what chance gives.
    pub fn predictions(&self) -> u32 {
        self.runs.saturating_mul(GROUPS)
    }

    /// The traces of so many runs in virtual time, for each entrant, with what was measured; the first have the plans of the real
    /// ones.
    ///
    /// # Errors
    /// Why a simulation could not be done.
    pub fn simulated(&self, inputs: &Inputs, runs: u32) -> Result<Vec<Vec<Trace>>, SimError> {
        let one = |entrant: &Entrant, number| {
            let mut plan = self.plan(entrant, number);
            if let Some(latency) = &inputs.latency {
                // What was measured has the waits for workers in it.
                (plan.service.latency, plan.service.workers) = (latency.clone(), None);
            }
            let network = Network { round_trip: inputs.round_trip };
            let simulated = Simulation { plan: Arc::new(plan), network, trace: true }.traced()?;
            Ok(simulated.trace.unwrap_or_default())
        };
        let of = |entrant| (0..runs).map(|number| one(entrant, number)).collect();
        self.entrants.iter().map(of).collect()
    }
}

/// The best, and one that shows what the best is better than: the contrast that the report looks at closely, or else the last.
fn entrants(confirm: Confirm, tuned: &Tuned, arrivals: Arrivals, candidates: &[Candidate]) -> Vec<Entrant> {
    let rows: Vec<&Row> = tuned.rows.iter().filter(|row| row.arrivals == arrivals).collect();
    let top = rows.iter().take(confirm.top as usize).map(|row| row.name.as_str());
    let top: Vec<&str> = top.collect();
    let portraits = tuned.portraits.iter().map(|portrait| portrait.name.as_str());
    let contrast = portraits.chain(rows.last().map(|row| row.name.as_str())).find(|name| !top.contains(name));
    let role = |place: usize| match place {
        0 => "the winner".to_owned(),
        1 => "the runner-up".to_owned(),
        place => format!("place {}", place + 1),
    };
    let named = top.iter().enumerate().map(|(place, name)| (*name, role(place)));
    named
        .chain(contrast.map(|name| (name, "the contrast".to_owned())))
        .filter_map(|(name, role)| {
            let candidate = candidates.iter().find(|candidate| candidate.name == name)?.clone();
            Some(Entrant { candidate, role })
        })
        .collect()
}

/// Puts the first length of a trigger into the plan; after a third of the run, unless it says when.
fn strike(plan: &mut Plan, trigger: &Trigger, until: Option<Nanos>) -> Option<Disturbance> {
    let lasting = *trigger.lasting.first()?;
    let begin = trigger.at.or_else(|| until.map(|until| Nanos::new(until.as_nanos() / 3)))?;
    let events = trigger.set.iter().map(|set| Event { at: begin, lasts: lasting, set: set.clone() });
    plan.service.events.extend(events);
    Some(Disturbance { begin, end: begin + lasting, objective: None })
}
