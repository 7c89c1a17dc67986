//! Probes in virtual time, at the modelled service.

use std::sync::Arc;

use super::model::Model;
use super::network::Network;
use super::run::{SimError, Simulation};
use crate::api::{Reply, Stamps, WireError};
use crate::lane::{Draws, Limiters, Phase};
use crate::plan::{Plan, Step, Stretch};
use crate::record::{Sight, Sighting};
use crate::retry::Classifier;
use crate::schedule::Stripe;
use crate::units::Nanos;

/// How long a probe is waited for where its policy sets no timeout.
const PATIENCE: Nanos = Nanos::from_secs(30);

/// Why no probe could be simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulatedProbeError {
    /// The service could not be made ready.
    #[error(transparent)]
    Simulation(#[from] SimError),
    /// A pool that the operation draws from is empty.
    #[error("`{0}` draws from a pool that the setup left empty; let a step of `setup` publish into it")]
    NoData(String),
}

/// Puts probes to the modelled service, in virtual time. The same plan and the same stretches give the same sightings, bit for bit.
#[derive(Debug)]
pub struct SimulatedProber {
    plan: Arc<Plan>,
    /// One for each variant.
    steps: Vec<Step>,
    network: Network,
    model: Model,
    draws: Draws,
    /// When the setup was done, by the service's clock.
    zero: Nanos,
    /// By the same clock.
    now: Nanos,
    stretches: u32,
}

impl SimulatedProber {
    /// Makes the modelled service ready and runs the plan's setup. `steps` has one step for each variant.
    ///
    /// # Errors
    /// [`SimulatedProbeError::Simulation`].
    pub fn open(plan: Arc<Plan>, steps: Vec<Step>, network: Network) -> Result<Self, SimulatedProbeError> {
        let simulation = Simulation { plan: Arc::clone(&plan), network, trace: false };
        let (model, legacy, zero) = simulation.set_up()?;
        let none = Arc::from([]);
        let share = legacy.lane_plan(&plan, Phase::Measure, none, Stripe::WHOLE, Limiters::default(), false);
        Ok(Self { draws: Draws::new(share), plan, steps, network, model, zero, now: zero, stretches: 0 })
    }

    /// The instant zero of the probing by the service's clock.
    pub(crate) fn zero(&self) -> Nanos {
        self.zero
    }

    /// The time since the begin of the probing.
    pub(crate) fn elapsed(&self) -> Nanos {
        self.now - self.zero
    }

    /// Sends a stretch; see [`Prober::probe`](crate::runner::Prober::probe).
    pub(crate) fn send_stretch(&mut self, stretch: &Stretch) -> Result<Vec<Sighting>, SimulatedProbeError> {
        let begin = self.now + stretch.quiet;
        let number = self.stretches;
        self.stretches += 1;
        let mut seen: Vec<Sighting> = Vec::with_capacity(stretch.shots.len());
        for shot in &stretch.shots {
            let due = begin + shot.at;
            let free = seen.last().filter(|_| stretch.serial).map_or(due, |last| self.zero + last.done);
            let sent = due.max(free);
            let known = |is: fn(&Sighting) -> bool| {
                seen.iter().filter(|sighting| self.zero + sighting.done <= sent && is(sighting)).count() as u32
            };
            let until = stretch.until;
            if until.throttled.is_some_and(|most| known(Sighting::is_throttled) >= most)
                || until.failed.is_some_and(|most| known(Sighting::is_trouble) >= most)
            {
                break;
            }
            let (reply, step) = self.ask(shot.variant, sent)?;
            let bare = Classifier::default();
            let classifier = self.plan.policies.get(step.policy).map_or(&bare, |policy| &policy.classifier);
            seen.push(Sighting {
                stretch: number,
                variant: shot.variant,
                due: due - self.zero,
                sent: sent - self.zero,
                done: reply.stamps.done - self.zero,
                sight: Sight::of(&reply, &self.plan.exchanges[step.exchange], classifier),
                hints: reply.hints,
                claim: reply.claim.as_deref().copied(),
            });
        }
        self.now = seen.iter().map(|sighting| self.zero + sighting.done).fold(self.now, Nanos::max);
        Ok(seen)
    }

    /// Requests arrive in the order in which they are sent, because the way is the same for all.
    fn ask(&mut self, variant: u32, sent: Nanos) -> Result<(Reply, Step), SimulatedProbeError> {
        let step = self.steps.get(variant as usize).unwrap_or(&self.steps[0]).clone();
        let exchange = &self.plan.exchanges[step.exchange];
        let no_data = || SimulatedProbeError::NoData(exchange.operation.to_string());
        let input = self.draws.next(&step).ok_or_else(no_data)?;
        let policy = self.plan.policies.get(step.policy);
        let given_up = sent + policy.and_then(|policy| policy.attempt_timeout).unwrap_or(PATIENCE);
        let there = self.network.round_trip.scale(0.5);
        let (takes, mut reply) = self.model.ask(sent + there, &input);
        // A reply that never comes takes the longest time there is.
        let back = self.network.round_trip - there;
        let done = if takes >= given_up - sent { Nanos::MAX } else { sent + there + takes + back };
        if done > given_up {
            let stamps = Stamps { sent, first_byte: given_up, done: given_up };
            return Ok((Reply::broken(WireError::Timeout, stamps), step));
        }
        reply.stamps = Stamps { sent, first_byte: done, done };
        Ok((reply, step))
    }
}
