//! The model of the service: state, limiters, latency, workers and faults. `now` goes in, an answer comes out.
//!
//! Three fronts ask it: the simulator, the in-process transport and the HTTP server of `mock`. It knows no clock, no
//! socket and no bytes, so all three see the same service.

pub mod attendees;
pub mod config;

mod amounts;
mod answer;
mod buckets;
mod caller;
mod events;
mod faults;
mod latency;
mod operation;
mod permit;
mod refusal;
mod serve;
mod throttle;
mod unseen;
mod workers;

pub use amounts::{Amounts, NoAmounts};
pub use answer::{Answer, Batch, Body, Hints, LimitState, Refusal, Rejection, ServiceError};
pub use attendees::draft::Address;
pub use attendees::request::Request;
pub use caller::{Caller, Identity, Namespace};
pub use config::ServiceConfig;
pub use operation::OperationKind;
pub use permit::{Demand, Permit};
pub use serve::Sent;
pub use throttle::own_limiter;

use self::attendees::Store;
use self::caller::Directory;
use self::config::{ConfigError, FaultKind, Workers};
use self::events::{Conditions, Script};
use self::faults::Faults;
use self::latency::Draw;
use self::throttle::Throttle;
use self::workers::{Full, Pool};
use crate::units::Nanos;

/// The modelled service.
///
/// The times that it is given may start anywhere but must not go back.
#[derive(Debug)]
pub struct Service {
    config: ServiceConfig,
    directory: Directory,
    throttle: Throttle,
    store: Store,
    pool: Option<Pool>,
    faults: Faults,
    script: Script,
    /// What the script has set.
    conditions: Conditions,
    /// Counts the requests that were performed; names their draws.
    requests: u64,
    /// Counts the refusals that took a worker's time; names their draws.
    refusals: u64,
}

impl Service {
    /// A service without any state.
    ///
    /// # Errors
    /// What [`ServiceConfig::check`] says.
    pub fn new(config: ServiceConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let throttle = Throttle::new(&config);
        Ok(Self {
            directory: Directory::new(&config.region, config.namespace),
            store: Store::new(&config),
            pool: config.workers.map(Pool::new),
            faults: Faults::new(&config.faults, config.seed),
            script: Script::new(&config.events),
            conditions: Conditions::CALM,
            requests: 0,
            refusals: 0,
            throttle,
            config,
        })
    }

    /// The configuration that it was made from.
    pub fn config(&self) -> &ServiceConfig {
        &self.config
    }

    /// The caller behind an identity, to be kept for as long as the identity stays the same.
    pub fn caller(&mut self, identity: &Identity<'_>) -> Caller {
        let (caller, new) = self.directory.look_up(identity);
        if let Some(endpoint) = new {
            self.store.add_endpoint(caller.namespace, endpoint.region, endpoint.account_number);
        }
        caller
    }

    /// Starts the clock of the events; again, if it has been started before.
    pub fn start_events(&mut self, at: Nanos) {
        self.script.start(at);
        self.faults.start(at);
        self.advance(at);
    }

    /// How long the listener lets the next connection wait, and all that come after it. To be asked once for each.
    pub fn stall_accept(&mut self, now: Nanos) -> Nanos {
        self.faults.stall_accept(now)
    }

    /// Tells the time since the Unix epoch at the service's instant zero, for windows that are aligned with it. Where nobody
    /// tells, the instant zero is the epoch.
    pub fn set_epoch(&mut self, epoch: Nanos) {
        self.throttle.set_epoch(epoch);
    }

    /// Whether the operation can only be admitted once its body has been read, because a limiter charges for what is in it.
    pub fn needs_body(&self, operation: OperationKind) -> bool {
        self.throttle.needs_body(operation)
    }

    /// Decides over a request before its body is looked at: is the service up, does every limiter accept?
    ///
    /// `demand.items` and the body's amounts matter only where [`needs_body`](Self::needs_body) says so; a front admits such
    /// an operation after it has parsed the body.
    ///
    /// # Errors
    /// The answer to a request that is turned away; it had no effect, and used a token only where limiters count rejections.
    pub fn admit(&mut self, now: Nanos, caller: Caller, demand: &Demand<'_>) -> Result<Permit, Rejection> {
        self.check_up(now)?;
        self.throttle.admit(now, caller, demand).map_err(|rejection| self.pay_for(now, demand.operation, rejection))
    }

    /// Takes back the permit of a request that is not performed, because its body cannot be read or breaks a constraint.
    /// Its place is free again; its tokens are gone, since the service throttles before it looks.
    pub fn waive(&mut self, now: Nanos, permit: Permit) {
        let Permit { origin, .. } = permit;
        self.advance(now);
        self.throttle.release(now, &origin);
    }

    /// Whether the service is up: the part of [`admit`](Self::admit) that never needs the body.
    ///
    /// # Errors
    /// As [`admit`](Self::admit), during an outage.
    pub fn check_up(&mut self, now: Nanos) -> Result<(), Rejection> {
        self.advance(now);
        self.conditions.down.clone().map_or(Ok(()), |error| Err(Rejection::error(error)))
    }

    /// Performs a request that has been admitted: it waits for its turn and for a worker, is struck by a fault or not, and
    /// acts.
    pub fn perform(&mut self, now: Nanos, permit: Permit, request: &Request<'_>) -> Answer {
        debug_assert_eq!(permit.origin.operation, request.operation());
        let endpoint = permit.origin.caller.endpoint;
        self.work(now, permit, |store| store.perform(now, endpoint, request))
    }

    /// Everything about a request that has been admitted but what it does.
    fn work(
        &mut self,
        now: Nanos,
        permit: Permit,
        act: impl FnOnce(&mut Store) -> Result<Answer, ServiceError>,
    ) -> Answer {
        let Permit { origin, held_back } = permit;
        self.advance(now);
        let number = self.requests;
        self.requests += 1;
        let service_time = self.service_time(origin.operation, Draw::Request(number));
        let begin = now + held_back.max(self.throttle.begin(now, &origin));
        let end = match &mut self.pool {
            None => Ok(begin + service_time),
            Some(pool) => pool.enter(now, begin, service_time),
        };
        let Ok(end) = end else {
            self.throttle.finish(now, &origin, now, true);
            return Answer::error(ServiceError::unavailable(503));
        };
        self.throttle.finish(now, &origin, end, false);
        let struck = self.faults.strike(now, origin.operation, number).cloned();
        let result = match &struck {
            Some(FaultKind::Status { status, error_code }) => {
                Err(ServiceError::new(*status, error_code.clone(), "The request failed on purpose"))
            }
            _ if self.faults.errs(self.conditions.error_rate, number) => Err(ServiceError::failure()),
            _ => act(&mut self.store),
        };
        let fault = match struck {
            Some(FaultKind::Wire(fault)) => Some(fault),
            _ => None,
        };
        Answer { delay: end - now, fault, ..result.unwrap_or_else(Answer::error) }
    }

    /// Admits and performs: for a front that has no bytes to read in between.
    pub fn handle(&mut self, now: Nanos, caller: Caller, request: &Request<'_>) -> Answer {
        let demand = Demand { operation: request.operation(), items: request.items(), path: "", amounts: request };
        match self.admit(now, caller, &demand) {
            Ok(permit) => self.perform(now, permit, request),
            Err(rejection) => rejection.into(),
        }
    }

    fn service_time(&self, operation: OperationKind, whose: Draw) -> Nanos {
        let own = match operation {
            OperationKind::Own(place) => self.config.own.get(usize::from(place)).and_then(|own| own.latency.as_ref()),
            _ => None,
        };
        let time = own.unwrap_or(&self.config.latency).draw(self.config.seed, whose);
        self.conditions.latency_factor.map_or(time, |factor| time.scale(factor.get()))
    }

    /// Lets a refusal take its part of a worker's time. Where no worker has room for it, it is an overload like any other.
    fn pay_for(&mut self, now: Nanos, operation: OperationKind, mut rejection: Rejection) -> Rejection {
        let cost = self.config.reject.cost.get();
        if cost <= 0.0 {
            return rejection;
        }
        let time = self.service_time(operation, Draw::Refusal(self.refusals)).scale(cost);
        self.refusals += 1;
        match &mut self.pool {
            None => rejection.delay += time,
            Some(pool) => match pool.enter(now, now, time) {
                Ok(end) => rejection.delay += end - now,
                Err(Full) => return Rejection::error(ServiceError::unavailable(503)),
            },
        }
        rejection
    }

    /// Plays the script up to `now`, each change at its own time.
    fn advance(&mut self, now: Nanos) {
        while let Some(edge) = self.script.next(now) {
            let conditions = edge.conditions();
            self.throttle.change(edge.at, &edge.active);
            if conditions.workers != self.conditions.workers {
                let count = conditions.workers.or(self.config.workers.map(|workers| workers.count));
                self.pool = match (self.pool.take(), count) {
                    (_, None) => None,
                    (None, Some(count)) => Some(Pool::new(Workers { count, ..Workers::default() })),
                    (Some(mut pool), Some(count)) => {
                        pool.set_count(edge.at, count);
                        Some(pool)
                    }
                };
            }
            self.conditions = conditions;
        }
    }
}

#[cfg(test)]
mod overload_tests;
#[cfg(test)]
mod tests;
