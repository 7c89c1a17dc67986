//! Asking the modelled service in the same process: an attempt's values go in, a typed reply comes out. No clock, no waiting.

mod full;
mod light;
mod own;
mod reply;

use std::sync::Arc;

use serde_json::Value;

use self::light::Light;
use self::own::Own;
use self::reply::{fault_delay, reply_of};
use crate::api::{Exchange, Input, Reply, Stamps, WireError};
use crate::plan::Plan;
use crate::service::{Answer, OperationKind, Service};
use crate::units::Nanos;

/// Puts attempts to the modelled service. Captures from headers are absent: there are none.
///
/// Which way an exchange goes is settled before its first attempt. All ways have the same outcomes; they differ in how much
/// of a request has to be made for it.
#[derive(Clone, Debug)]
pub struct Asking {
    plan: Arc<Plan>,
    /// One for each exchange.
    ways: Vec<Way>,
}

/// How the attempts of an exchange are answered.
#[derive(Clone, Debug)]
enum Way {
    /// The request is made, read and carried out.
    Full(OperationKind),
    /// Nobody looks at what it does: the books are kept and nothing else.
    Light(Light),
    /// The scenario describes the operation, and says what it answers.
    Own(Own),
    /// The service does not have it: as if nobody listened.
    Absent,
}

impl Way {
    fn of(exchange: &Exchange, plan: &Plan) -> Self {
        let own = plan.service.own.iter().zip(0..);
        let own =
            own.filter(|(own, _)| own.name == exchange.operation).map(|(_, place)| Self::Own(Own { place })).next();
        let known = || OperationKind::from_name(&exchange.operation).map(Self::Full);
        own.or_else(known).unwrap_or(Self::Absent)
    }
}

impl Asking {
    /// For the attempts of a plan.
    pub fn new(plan: Arc<Plan>) -> Self {
        let ways = plan.exchanges.iter().map(|exchange| Way::of(exchange, &plan)).collect();
        Self { plan, ways }
    }

    /// Settles which of the measured exchanges need no more than the books, now that the setup has filled the pools: see
    /// `light`. What is decided here holds until the end of the run, whose setup must be over.
    pub fn lighten(&mut self, service: &mut Service, now: Nanos, pools: &[Arc<[Value]>]) {
        for (exchange, light) in light::measured(&self.plan, service, now, pools) {
            self.ways[exchange] = Way::Light(light);
        }
    }

    /// How many exchanges go the light way.
    #[cfg(test)]
    pub(crate) fn light(&self) -> usize {
        self.ways.iter().filter(|way| matches!(way, Way::Light(_))).count()
    }

    /// What the service answers to a request that reaches it at `now`, without stamps, and how long it takes until the reply
    /// leaves; [`Nanos::MAX`] is never.
    pub fn ask(&self, service: &mut Service, now: Nanos, input: &Input) -> (Nanos, Reply) {
        let exchange = &self.plan.exchanges[input.exchange];
        let answer: Answer = match &self.ways[input.exchange] {
            Way::Full(operation) => full::ask(service, exchange, *operation, input, now),
            Way::Light(light) => light.ask(service, input, now),
            Way::Own(own) => return own.ask(service, exchange, input, now),
            Way::Absent => return (Nanos::ZERO, Reply::broken(WireError::Refused, Stamps::default())),
        };
        (answer.delay + fault_delay(&answer), reply_of(exchange, input, &answer))
    }
}
