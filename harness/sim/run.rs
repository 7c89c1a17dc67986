//! A run in virtual time: setup, measurement, audit and teardown, one after another.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::driver::{Seconds, drive};
use super::model::Model;
use super::network::Network;
use super::under_way::UnderWay;
use super::watch::{self, Watch};
use crate::lane::{AuditResult, Lane, LaneEnd, Legacy, Limiters, Phase, PhaseFailure};
use crate::plan::{Audit, Drive, Iterations, Plan, Workload};
use crate::record::{AbortRule, Interval, Stage, Trace};
use crate::schedule::Stripe;
use crate::service::config::ConfigError;
use crate::units::Nanos;

/// Why a simulation could not be done.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The modelled service's configuration.
    #[error(transparent)]
    Service(#[from] ConfigError),
    /// The setup did not come to its end: what follows would measure something else.
    #[error("nothing was simulated: {count} of the setup's calls did not end well, the first of them {first}")]
    Setup {
        /// How many.
        count: usize,
        /// The first of them.
        first: PhaseFailure,
    },
}

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// What to do. Its seed decides everything that is drawn.
    pub plan: Arc<Plan>,
    /// What lies between the client and the service.
    pub network: Network,
    /// Whether every call and attempt is kept one by one.
    pub trace: bool,
}

/// What a simulation leaves behind.
#[derive(Debug, Default)]
pub struct Simulated {
    /// How long was measured, from the first arrival to the end of the drain.
    pub duration: Nanos,
    /// Every call and attempt of the measurement, where they were asked for.
    pub trace: Option<Trace>,
    /// Whether a cap ended it.
    pub capped: bool,
    /// The expression of `abort_when` that ended it.
    pub aborted_by: Option<String>,
    /// Whether whoever watched it ended it.
    pub interrupted: bool,
    /// What the audit found, where the plan has one.
    pub audit: Option<AuditResult>,
}

impl Simulation {
    /// Runs to the end; `each` gets every second of the measurement. The same plan gives the same result, bit for bit, on any
    /// machine and beside any number of others.
    ///
    /// # Errors
    /// Why the measurement could not begin.
    pub fn run(&self, each: impl FnMut(&Interval)) -> Result<Simulated, SimError> {
        self.run_watched(&mut watch::Seconds(each))
    }

    /// Runs to the end and keeps the trace alone, whatever `trace` says: no histogram is filled and no second is handed over,
    /// so that thousands of short simulations cost little more than their events. A plan with `abort_when` is counted all the
    /// same, because its rules look at seconds.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn traced(&self) -> Result<Simulated, SimError> {
        let counted = !self.plan.abort_when.is_empty();
        Run::new(&Self { trace: true, ..self.clone() }, counted)?.whole(&mut watch::Seconds(|_: &Interval| {}))
    }

    /// Everything up to the measurement, for who measures otherwise than by a lane: the service, what the setup left, and when it
    /// was done.
    pub(super) fn set_up(&self) -> Result<(Model, Legacy, Nanos), SimError> {
        let mut run = Run::new(self, false)?;
        run.setup(&mut watch::Seconds(|_: &Interval| {}))?;
        run.model.start_events(run.now);
        Ok((run.model, run.legacy, run.now))
    }

    /// Runs to the end while someone watches.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_watched(&self, watch: &mut dyn Watch) -> Result<Simulated, SimError> {
        Run::new(self, true)?.whole(watch)
    }
}

/// The audit, where the model keeps what it would list: an own operation has no state.
fn audited(plan: &Plan) -> Option<Audit> {
    let own = |exchange: usize| plan.service.own.iter().any(|own| own.name == plan.exchanges[exchange].operation);
    plan.audit.clone().filter(|audit| {
        let mut steps = audit.workload.flows.iter().flat_map(|flow| &flow.steps);
        !steps.any(|step| own(step.exchange))
    })
}

/// A simulation under way.
struct Run<'a> {
    simulation: &'a Simulation,
    model: Model,
    limiters: Limiters,
    legacy: Legacy,
    now: Nanos,
    /// Whether the measurement is counted and told by the second.
    counted: bool,
    /// Whether the service may spare itself what nobody looks at; only tests say no, to compare.
    light: bool,
}

impl<'a> Run<'a> {
    fn new(simulation: &'a Simulation, counted: bool) -> Result<Self, SimError> {
        let plan = &simulation.plan;
        Ok(Self {
            model: Model::new(plan)?,
            limiters: Limiters::new(&plan.rate_limits),
            legacy: Legacy::new(plan),
            now: Nanos::ZERO,
            counted,
            light: true,
            simulation,
        })
    }

    fn whole(mut self, watch: &mut dyn Watch) -> Result<Simulated, SimError> {
        let plan = Arc::clone(&self.simulation.plan);
        self.setup(watch)?;
        watch.stage(Stage::Measure);
        let mut simulated = self.measure(&plan, watch);
        if let Some(audit) = audited(&plan).filter(|_| !watch.interrupted()) {
            watch.stage(Stage::Audit);
            let members = self.legacy.keep_each_once(audit.pool);
            let drive = Drive::Count(Iterations { count: members, users: 8 });
            simulated.audit = self.quietly(Phase::Audit, Workload { drive, ..audit.workload }, watch).audit;
        }
        if !plan.teardown.is_empty() && !watch.interrupted() {
            watch.stage(Stage::Teardown);
            for workload in &plan.teardown {
                let end = self.quietly(Phase::Teardown, workload.clone(), watch);
                self.legacy.inherit(vec![end]);
            }
        }
        simulated.interrupted = watch.interrupted();
        Ok(simulated)
    }

    fn setup(&mut self, watch: &mut dyn Watch) -> Result<(), SimError> {
        let plan = Arc::clone(&self.simulation.plan);
        if !plan.setup.is_empty() {
            watch.stage(Stage::Setup);
        }
        for workload in &plan.setup {
            let end = self.quietly(Phase::Setup, workload.clone(), watch);
            if let Some(first) = end.failures.first()
                && !watch.interrupted()
            {
                // What was seen is what the service said, and it may repeat what it was sent.
                let seen = first.seen.as_deref().map(|seen| plan.secrets.mask(seen));
                let first = PhaseFailure { seen, ..first.clone() };
                return Err(SimError::Setup { count: end.failures.len(), first });
            }
            self.legacy.inherit(vec![end]);
        }
        Ok(())
    }

    fn measure(&mut self, plan: &Arc<Plan>, watch: &mut dyn Watch) -> Simulated {
        let begin = self.now;
        if self.light {
            self.model.lighten(begin, self.legacy.pools());
        }
        self.model.start_events(begin);
        let mut abort_rule = AbortRule::new(plan);
        let mut each = |interval: &Interval| {
            watch.second(interval);
            let aborted = abort_rule.look(interval).map(|text| watch.aborting(text)).is_some();
            if aborted || watch.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let mut under_way = UnderWay::new(self.simulation.network);
        let mut lane = self.lane(Phase::Measure, plan.workloads.clone().into());
        let mut end = if self.counted {
            let spare = Interval::new(plan.exchanges.len(), plan.clients as usize);
            let seconds = Seconds { each: &mut each, spare };
            self.now = drive(&mut lane, &mut self.model, &mut under_way, begin, Some(seconds));
            let end = lane.finish(self.now);
            // The rest of the last second.
            let _ = each(&end.interval);
            end
        } else {
            lane.keep_only_trace();
            self.now = drive(&mut lane, &mut self.model, &mut under_way, begin, None);
            lane.finish(self.now)
        };
        let simulated = Simulated {
            duration: self.now - begin,
            trace: end.trace.take(),
            capped: end.capped,
            aborted_by: abort_rule.into_reason(),
            ..Simulated::default()
        };
        self.legacy.inherit(vec![end]);
        simulated
    }

    /// A phase that is not measured.
    fn quietly(&mut self, phase: Phase, workload: Workload, watch: &dyn Watch) -> LaneEnd {
        let mut under_way = UnderWay::new(self.simulation.network);
        let mut lane = self.lane(phase, Arc::from([workload]));
        lane.keep_only_trace();
        let mut each =
            |_: &Interval| if watch.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let plan = &self.simulation.plan;
        let spare = Interval::new(plan.exchanges.len(), plan.clients as usize);
        let seconds = Some(Seconds { each: &mut each, spare });
        self.now = drive(&mut lane, &mut self.model, &mut under_way, self.now, seconds);
        lane.finish(self.now)
    }

    fn lane(&self, phase: Phase, workloads: Arc<[Workload]>) -> Lane {
        let (plan, limiters) = (&self.simulation.plan, self.limiters.clone());
        let trace = self.simulation.trace && phase == Phase::Measure;
        Lane::new(self.legacy.lane_plan(plan, phase, workloads, Stripe::WHOLE, limiters, trace), self.now)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
