//! A run in virtual time: setup, measurement, audit and teardown, one after another.

use std::sync::Arc;

use super::driver::drive;
use super::model::Model;
use super::network::Network;
use crate::lane::{Lane, LaneEnd, Legacy, Limiters, Phase, PhaseFailure};
use crate::plan::{Plan, Workload};
use crate::record::{Interval, Trace};
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
}

impl Simulation {
    /// Runs setup and measurement to the end; `each` gets every second of the measurement. The same plan gives the same result,
    /// bit for bit, on any machine.
    ///
    /// # Errors
    /// Why the measurement could not begin.
    pub fn run(&self, mut each: impl FnMut(&Interval)) -> Result<Simulated, SimError> {
        let plan = &self.plan;
        let model = Model::new(plan)?;
        let limiters = Limiters::new(&plan.rate_limits);
        let mut legacy = Legacy::new(plan);
        let mut now = Nanos::ZERO;
        for workload in &plan.setup {
            let workloads: Arc<[Workload]> = Arc::from([workload.clone()]);
            let end = self.phase(&model, &limiters, &legacy, Phase::Setup, workloads, &mut now, |_| {});
            if let Some(first) = end.failures.first() {
                return Err(SimError::Setup { count: end.failures.len(), first: first.clone() });
            }
            legacy.inherit(vec![end]);
        }
        model.start_events(now);
        let begin = now;
        let workloads: Arc<[Workload]> = plan.workloads.clone().into();
        let end = self.phase(&model, &limiters, &legacy, Phase::Measure, workloads, &mut now, &mut each);
        each(&end.interval);
        Ok(Simulated { duration: now - begin, trace: end.trace, capped: end.capped })
    }

    #[expect(clippy::too_many_arguments, reason = "what a phase needs, and all of it differs from phase to phase")]
    fn phase(
        &self,
        model: &Model,
        limiters: &Limiters,
        legacy: &Legacy,
        phase: Phase,
        workloads: Arc<[Workload]>,
        now: &mut Nanos,
        each: impl FnMut(&Interval),
    ) -> LaneEnd {
        let trace = self.trace && phase == Phase::Measure;
        let plan = legacy.lane_plan(&self.plan, phase, workloads, Stripe::WHOLE, limiters.clone(), trace);
        let empty = Interval::new(self.plan.exchanges.len(), self.plan.clients as usize);
        let mut lane = Lane::new(plan, *now);
        *now = drive(&mut lane, model, self.network, *now, each, empty);
        lane.finish(*now)
    }
}
