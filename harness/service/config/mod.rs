//! The resolved configuration of the modelled service: every default filled in, every name an index.

mod authentication;
mod error;
mod event;
mod fault;
mod latency;
mod limits;
mod own;
mod reject;
mod validation;

pub use authentication::{Authentication, Credential};
pub use error::ConfigError;
pub use event::{Change, Event};
pub use fault::{Fault, FaultKind, ResetAt, Window, WireFault};
pub use latency::{Latency, Point, Workers};
pub use limits::{Cost, Dimension, LimitRule, LimiterDef, LimiterKind, Throttling};
pub use own::OwnOperation;
pub use reject::{Reject, RejectBody, RetryAfter};
pub use validation::ValidationError;

use super::caller::Namespace;
use crate::units::{Nanos, Ratio};

/// All that shapes the modelled service. The default is the documented one: ten requests a second with a burst of twenty
/// for each operation, 250 meetings of 250 attendees, no latency and no faults.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceConfig {
    /// Whether the service's own throttling applies to the operations that no rule of `limits` names.
    pub throttling: Throttling,
    /// Rules in place of the service's own throttling; the first that names an operation decides.
    pub limits: Vec<LimitRule>,
    /// The limiters that `limits` refers to by index.
    pub limiters: Vec<LimiterDef>,
    /// How a throttled request is answered.
    pub reject: Reject,
    /// How many of each thing may exist.
    pub quotas: Quotas,
    /// How long a meeting lives that nobody ends; for ever where absent.
    pub meeting_lifetime: Option<Nanos>,
    /// How a request is answered that breaks a constraint of the API's model.
    pub validation_error: ValidationError,
    /// How long an admitted operation takes.
    pub latency: Latency,
    /// How many operations are worked on at once; without a limit where absent.
    pub workers: Option<Workers>,
    /// What goes wrong; the first that strikes wins.
    pub faults: Vec<Fault>,
    /// What changes while the service runs.
    pub events: Vec<Event>,
    /// The seed of every draw: ids, latencies, faults.
    pub seed: u64,
    /// The region of a caller that names none.
    pub region: String,
    /// The namespace of a request that does not tell.
    pub namespace: Namespace,
    /// Whether requests have to be signed; verified by fronts that have bytes.
    pub authentication: Authentication,
    /// Operations that the scenario describes itself; limits and faults name them by their place here. No front that has bytes
    /// knows them.
    pub own: Vec<OwnOperation>,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            throttling: Throttling::Service,
            limits: Vec::new(),
            limiters: Vec::new(),
            reject: Reject::default(),
            quotas: Quotas::default(),
            meeting_lifetime: None,
            validation_error: ValidationError::default(),
            latency: Latency::None,
            workers: None,
            faults: Vec::new(),
            events: Vec::new(),
            seed: 0,
            region: "us-east-1".to_owned(),
            namespace: Namespace::Meetings,
            authentication: Authentication::Lenient,
            own: Vec::new(),
        }
    }
}

/// How many of each thing may exist; `None` is without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Attendees of a meeting that are not deleted.
    pub attendees_per_meeting: Option<u32>,
    /// Active meetings of an account in a region.
    pub meetings: Option<u32>,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { attendees_per_meeting: Some(250), meetings: Some(250) }
    }
}

impl ServiceConfig {
    /// Checks what the types alone cannot promise.
    ///
    /// # Errors
    /// The first rule that does not hold; each variant of [`ConfigError`] is one.
    pub fn check(&self) -> Result<(), ConfigError> {
        for (at, limiter) in self.limiters.iter().enumerate() {
            limiter.check(&format!("limiters[{at}]"))?;
        }
        for (at, rule) in self.limits.iter().enumerate() {
            for &index in &rule.all_of {
                self.known_limiter(index, || format!("limits[{at}].all_of"))?;
            }
        }
        status(self.reject.status, || "reject.status".to_owned())?;
        self.latency.check()?;
        for (at, own) in self.own.iter().enumerate() {
            status(own.status, || format!("own[{at}].status"))?;
            own.latency.as_ref().map_or(Ok(()), Latency::check)?;
        }
        if let Some(workers) = self.workers {
            at_least_one(u64::from(workers.count), || "workers.count".to_owned())?;
        }
        for (at, fault) in self.faults.iter().enumerate() {
            share(fault.chance, || format!("faults[{at}].chance"))?;
            at_least_one(fault.every.unwrap_or(1), || format!("faults[{at}].every"))?;
            if let FaultKind::Status { status: code, .. } = fault.kind {
                status(code, || format!("faults[{at}].status"))?;
            }
        }
        for (at, event) in self.events.iter().enumerate() {
            self.check_change(&event.set, || format!("events[{at}].set"))?;
        }
        Ok(())
    }

    fn check_change(&self, change: &Change, place: impl Fn() -> String) -> Result<(), ConfigError> {
        match *change {
            Change::Rate { limiter, .. }
            | Change::Burst { limiter, .. }
            | Change::Limit { limiter, .. }
            | Change::Window { limiter, .. } => {
                self.known_limiter(limiter, &place)?;
                if !change.apply(limiter, &mut self.limiters[limiter].kind.clone()) {
                    return Err(ConfigError::Pointless { place: place(), why: "the limiter has no such parameter" });
                }
            }
            _ => {}
        }
        match *change {
            Change::Burst { burst: number, .. } | Change::Limit { limit: number, .. } | Change::Workers(number) => {
                at_least_one(number.into(), place)
            }
            Change::Window { window, .. } => at_least_one(window.as_nanos(), place),
            Change::Down { status: code, .. } => status(code, place),
            Change::ErrorRate(rate) => share(rate, place),
            Change::Rate { .. } | Change::LatencyFactor(_) => Ok(()),
        }
    }

    fn known_limiter(&self, index: usize, place: impl Fn() -> String) -> Result<(), ConfigError> {
        let count = self.limiters.len();
        if index < count { Ok(()) } else { Err(ConfigError::UnknownLimiter { place: place(), index, count }) }
    }
}

fn at_least_one(number: u64, place: impl Fn() -> String) -> Result<(), ConfigError> {
    if number == 0 { Err(ConfigError::Zero { place: place() }) } else { Ok(()) }
}

fn status(status: u16, place: impl Fn() -> String) -> Result<(), ConfigError> {
    if (200..600).contains(&status) { Ok(()) } else { Err(ConfigError::Status { place: place(), status }) }
}

fn share(share: Ratio, place: impl Fn() -> String) -> Result<(), ConfigError> {
    if share.get() <= 1.0 { Ok(()) } else { Err(ConfigError::Share { place: place(), share: share.to_string() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_sound() {
        assert_eq!(ServiceConfig::default().check(), Ok(()));
    }

    #[test]
    fn a_configuration_that_cannot_be_served_says_why() {
        let check = |config: ServiceConfig, part: &str| {
            let message = config.check().expect_err(part).to_string();
            assert!(message.contains(part), "{message}");
        };
        let base = ServiceConfig::default;
        let rule = LimitRule { operations: vec![], all_of: vec![3] };
        check(ServiceConfig { limits: vec![rule], ..base() }, "limits[0].all_of refers to limiter number 3");
        check(
            ServiceConfig { workers: Some(Workers { count: 0, queue: 1 }), ..base() },
            "workers.count must be at least 1",
        );
        let upside_down = Latency::LogNormal { median: Nanos::from_millis(2), p99: Nanos::from_millis(1) };
        check(ServiceConfig { latency: upside_down, ..base() }, "must not be below the median: 1ms is below 2ms");
        check(ServiceConfig { reject: Reject { status: 42, ..Reject::default() }, ..base() }, "not 42");
    }
}
