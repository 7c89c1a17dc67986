//! The model of the service: state, limiters, latency, workers and faults. `now` goes in, an answer comes out.
//!
//! Three fronts ask it: the simulator, the in-process transport and the HTTP server of `mock`. It knows no clock, no
//! socket and no bytes, so all three see the same service.

pub mod attendees;
pub mod config;

mod answer;
mod caller;
mod events;
mod faults;
mod latency;
mod operation;
mod permit;
mod serve;
mod throttle;
mod workers;

pub use answer::{Answer, Batch, Body, Hints, Rejection, ServiceError};
pub use attendees::draft::Address;
pub use attendees::request::Request;
pub use caller::{Caller, Identity, Namespace};
pub use config::ServiceConfig;
pub use operation::OperationKind;
pub use permit::{Demand, Permit};

use self::attendees::Store;
use self::caller::Directory;
use self::config::{Change, ConfigError, FaultKind};
use self::events::{Conditions, Script};
use self::faults::Faults;
use self::throttle::{Parameters, Throttle};
use self::workers::Pool;
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
    /// The limiters' parameters without any event.
    calm_parameters: Vec<Parameters>,
    /// Counts the requests that were performed; names their draws.
    requests: u64,
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
            calm_parameters: (0..config.limiters.len()).map(|limiter| throttle.parameters(limiter)).collect(),
            requests: 0,
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

    /// Whether the operation can only be admitted once the number of its items is known.
    pub fn counts_items(&self, operation: OperationKind) -> bool {
        self.throttle.counts_items(operation)
    }

    /// Decides over a request before its body is looked at: is the service up, does every limiter accept?
    ///
    /// `demand.items` matters only where [`counts_items`](Self::counts_items) says so; a front admits such an operation
    /// after it has parsed the body.
    ///
    /// # Errors
    /// The answer to a request that is turned away; it had no effect and used no token.
    pub fn admit(&mut self, now: Nanos, caller: Caller, demand: &Demand<'_>) -> Result<Permit, Rejection> {
        self.check_up(now)?;
        self.throttle.admit(now, caller, demand.operation, demand.items)?;
        Ok(Permit { caller, held_back: Nanos::ZERO })
    }

    /// Takes back the permit of a request that is not performed, because its body cannot be read or breaks a constraint.
    pub fn waive(&mut self, now: Nanos, permit: Permit) {
        let Permit { .. } = permit;
        self.advance(now);
    }

    /// Whether the service is up: the part of [`admit`](Self::admit) that never needs the number of items.
    ///
    /// # Errors
    /// As [`admit`](Self::admit), during an outage.
    pub fn check_up(&mut self, now: Nanos) -> Result<(), Rejection> {
        self.advance(now);
        match self.conditions.down {
            None => Ok(()),
            Some(status) => {
                let error = ServiceError::unavailable(status);
                Err(Rejection { error, hints: Hints::default(), wait: Nanos::ZERO })
            }
        }
    }

    /// Performs a request that has been admitted: it waits for a worker, is struck by a fault or not, and acts.
    pub fn perform(&mut self, now: Nanos, permit: Permit, request: &Request<'_>) -> Answer {
        let Permit { caller, held_back } = permit;
        self.advance(now);
        let number = self.requests;
        self.requests += 1;
        let mut service_time = self.config.latency.draw(self.config.seed, number);
        if let Some(factor) = self.conditions.latency_factor {
            service_time = service_time.scale(factor.get());
        }
        let delay = match &mut self.pool {
            None => held_back + service_time,
            Some(pool) => match pool.enter(now, service_time) {
                Ok(delay) => held_back + delay,
                Err(workers::Full) => return Answer::error(ServiceError::unavailable(503)),
            },
        };
        let struck = self.faults.strike(now, request.operation(), number).cloned();
        let result = match &struck {
            Some(FaultKind::Status { status, error_code }) => {
                Err(ServiceError::new(*status, error_code.clone(), "The request failed on purpose"))
            }
            _ if self.faults.errs(self.conditions.error_rate, number) => Err(ServiceError::failure()),
            _ => self.store.perform(now, caller.endpoint, request),
        };
        let fault = match struck {
            Some(FaultKind::Wire(fault)) => Some(fault),
            _ => None,
        };
        Answer { delay, fault, ..result.unwrap_or_else(Answer::error) }
    }

    /// Admits and performs: for a front that has no bytes to read in between.
    pub fn handle(&mut self, now: Nanos, caller: Caller, request: &Request<'_>) -> Answer {
        let demand = Demand { operation: request.operation(), items: request.items(), path: "" };
        match self.admit(now, caller, &demand) {
            Ok(permit) => self.perform(now, permit, request),
            Err(rejection) => rejection.into(),
        }
    }

    /// Plays the script up to `now`, each change at its own time.
    fn advance(&mut self, now: Nanos) {
        while let Some(edge) = self.script.next(now) {
            self.conditions = edge.conditions();
            for (limiter, &calm) in self.calm_parameters.iter().enumerate() {
                let mut wanted = calm;
                for change in &edge.active {
                    match **change {
                        Change::Rate { limiter: of, rate } if of == limiter => wanted.rate = rate,
                        Change::Burst { limiter: of, burst } if of == limiter => wanted.burst = burst,
                        _ => {}
                    }
                }
                if wanted != self.throttle.parameters(limiter) {
                    self.throttle.change(edge.at, limiter, wanted);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
