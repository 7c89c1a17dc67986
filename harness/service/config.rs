//! The resolved configuration of the modelled service: every default filled in, every name an index.

use std::borrow::Cow;

use super::operation::OperationKind;
use crate::units::{Nanos, Rate, Ratio};

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
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            throttling: Throttling::Service,
            limits: Vec::new(),
            limiters: Vec::new(),
            reject: Reject::default(),
            quotas: Quotas::default(),
            latency: Latency::None,
            workers: None,
            faults: Vec::new(),
            events: Vec::new(),
            seed: 0,
            region: "us-east-1".to_owned(),
        }
    }
}

/// The service's own throttling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttling {
    /// The documented one: 10/s with a burst of 20 for each account, region and operation.
    #[default]
    Service,
    /// None; the rules of `limits` still hold.
    Off,
}

/// Which limiters an operation has to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRule {
    /// The operations that the rule is for; empty means all.
    pub operations: Vec<OperationKind>,
    /// Indices into `limiters`. Every one must accept; all are asked first, then all are charged or none. Empty means
    /// that the operation is not limited.
    pub all_of: Vec<usize>,
}

/// A limiter by name.
#[derive(Clone, Debug, PartialEq)]
pub struct LimiterDef {
    /// The name that the scenario gave it.
    pub name: String,
    /// How it decides.
    pub kind: LimiterKind,
    /// What a request costs.
    pub cost: Cost,
    /// What has a bucket of its own; empty means one bucket for everything.
    pub scope: Vec<Dimension>,
}

/// How a limiter decides, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LimiterKind {
    /// `burst` tokens at most, initially full, refilled continuously at `rate`.
    TokenBucket {
        /// Tokens a second.
        rate: Rate,
        /// The capacity in tokens, at least one.
        burst: u32,
    },
}

/// What a request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cost {
    /// One, whatever its size.
    #[default]
    One,
    /// The number of items in a batch; one for an operation without items. An operation under such a limiter is admitted
    /// after its body has been read, because the number is not known before.
    BatchItems,
}

/// A dimension that splits a limiter into buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// One bucket for everything; adds nothing to other dimensions.
    Global,
    /// The access key id of the credential scope.
    Account,
    /// The operation.
    Operation,
    /// The region of the credential scope.
    Region,
    /// Who calls: the client's number in process, the peer's address over HTTP.
    Client,
    /// The value of the `X-Api-Key` header.
    ApiKey,
}

/// How a throttled request is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// The HTTP status.
    pub status: u16,
    /// The error's type name, as in `x-amzn-ErrorType`.
    pub error_code: Cow<'static, str>,
    /// The `Retry-After` header.
    pub retry_after: RetryAfter,
    /// Whether `x-amz-retry-after` tells the true wait in milliseconds, rounded up.
    pub aws_retry_after: bool,
}

impl Default for Reject {
    fn default() -> Self {
        Self {
            status: 429,
            error_code: Cow::Borrowed("ThrottlingException"),
            retry_after: RetryAfter::None,
            aws_retry_after: false,
        }
    }
}

/// What the `Retry-After` header of a throttled answer says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum RetryAfter {
    /// There is none.
    #[default]
    None,
    /// The true wait, rounded up to whole seconds.
    Ceil,
    /// Always this many seconds.
    Fixed(u32),
    /// The true wait multiplied by a factor, rounded up to whole seconds: a dishonest hint.
    Factor(Ratio),
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

/// The distribution of service times.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Latency {
    /// No time at all.
    #[default]
    None,
    /// Always the same.
    Constant(Nanos),
    /// Anything between the two, equally likely.
    Uniform {
        /// The shortest.
        min: Nanos,
        /// The longest.
        max: Nanos,
    },
    /// Exponential: the memoryless server of queueing theory.
    Exponential {
        /// The mean.
        mean: Nanos,
    },
    /// Log-normal: the usual shape of a real service.
    LogNormal {
        /// The median.
        median: Nanos,
        /// The 99th percentile, not below the median.
        p99: Nanos,
    },
}

/// A bounded pool of workers in front of every operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Operations worked on at once, at least one.
    pub count: u32,
    /// Operations that may wait; one more is answered 503.
    pub queue: u32,
}

/// Something that goes wrong now and then.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The operations that it strikes; empty means all.
    pub operations: Vec<OperationKind>,
    /// The chance that it strikes an admitted request, 0 to 1.
    pub chance: Ratio,
    /// Strikes every n-th admitted request besides; at least one.
    pub every: Option<u64>,
    /// What happens.
    pub kind: FaultKind,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The request is answered with an error and has no effect.
    Status {
        /// The HTTP status.
        status: u16,
        /// The error's type name.
        error_code: Cow<'static, str>,
    },
    /// The request has its effect, and the answer is damaged on its way.
    Wire(WireFault),
}

/// How an answer is damaged. The operation has taken effect by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireFault {
    /// The connection is reset.
    Reset(ResetAt),
    /// The connection is closed in the middle of the body.
    Truncate,
    /// The body trickles out over this span.
    SlowBody {
        /// From the first byte of the body to the last.
        over: Nanos,
    },
    /// Bytes that are not HTTP, then the end of the connection.
    Garbage,
    /// `Content-Length` says less than the body holds, and the connection stays open.
    WrongLength,
    /// A well-formed answer whose body is not JSON.
    InvalidJson,
    /// Half of the body, then silence for as long as the client waits.
    Stall,
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::enum_variant_names, reason = "the words of the scenario language: `reset: during_reply`")]
pub enum ResetAt {
    /// Before the first byte of the answer.
    BeforeReply,
    /// In the middle of the body.
    DuringReply,
    /// After the last byte.
    AfterReply,
}

/// A change for a while. Times count from [`super::Service::start_events`].
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When it begins.
    pub at: Nanos,
    /// How long it lasts; [`Nanos::MAX`] is for good.
    pub lasts: Nanos,
    /// What changes. Where two events change the same thing at once, the later in the list wins.
    pub set: Change,
}

/// What an event changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The rate of a limiter.
    Rate {
        /// Index into `limiters`.
        limiter: usize,
        /// The new rate.
        rate: Rate,
    },
    /// The burst of a limiter.
    Burst {
        /// Index into `limiters`.
        limiter: usize,
        /// The new capacity, at least one.
        burst: u32,
    },
    /// Every operation is answered with this status and has no effect; no token is used.
    Down {
        /// The HTTP status, usually 503.
        status: u16,
    },
    /// Every service time is multiplied by this.
    LatencyFactor(Ratio),
    /// This share of the admitted operations is answered 500 and has no effect.
    ErrorRate(Ratio),
}

/// As a report names it: "outage, answered 503".
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rate { rate, .. } => write!(f, "limit {rate}"),
            Self::Burst { burst, .. } => write!(f, "burst {burst}"),
            Self::Down { status } => write!(f, "outage, answered {status}"),
            Self::LatencyFactor(factor) => write!(f, "latency × {}", factor.get()),
            Self::ErrorRate(share) => write!(f, "{share} errors"),
        }
    }
}

/// Why a configuration cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An index that leads nowhere.
    #[error("{place} refers to limiter number {index}, but there are {count}")]
    UnknownLimiter {
        /// Where the index stands.
        place: String,
        /// The index.
        index: usize,
        /// How many limiters there are.
        count: usize,
    },
    /// A number that has to be at least one.
    #[error("{place} must be at least 1")]
    Zero {
        /// Where it stands.
        place: String,
    },
    /// A log-normal latency upside down, or with a median of zero.
    #[error(
        "the p99 of the latency ({p99}) must not be below its median ({median}), and the median must be above zero"
    )]
    Latency {
        /// The median.
        median: Nanos,
        /// The 99th percentile.
        p99: Nanos,
    },
    /// A uniform latency upside down.
    #[error("the longest latency ({max}) must not be below the shortest ({min})")]
    LatencyRange {
        /// The shortest.
        min: Nanos,
        /// The longest.
        max: Nanos,
    },
    /// A status that HTTP does not know.
    #[error("{place} must be an HTTP status from 200 to 599, not {status}")]
    Status {
        /// Where it stands.
        place: String,
        /// The number.
        status: u16,
    },
    /// A share above one.
    #[error("{place} must be at most 100%, not {share}")]
    Share {
        /// Where it stands.
        place: String,
        /// The share as it was given.
        share: String,
    },
}

impl ServiceConfig {
    /// Checks what the types alone cannot promise.
    ///
    /// # Errors
    /// The first rule that does not hold; each variant of [`ConfigError`] is one.
    pub fn check(&self) -> Result<(), ConfigError> {
        for (at, limiter) in self.limiters.iter().enumerate() {
            let LimiterKind::TokenBucket { burst, .. } = limiter.kind;
            at_least_one(u64::from(burst), || format!("limiters[{at}].burst"))?;
        }
        for (at, rule) in self.limits.iter().enumerate() {
            for &index in &rule.all_of {
                self.known_limiter(index, || format!("limits[{at}].all_of"))?;
            }
        }
        status(self.reject.status, || "reject.status".to_owned())?;
        self.latency.check()?;
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
            let place = || format!("events[{at}].set");
            match event.set {
                Change::Rate { limiter, .. } => self.known_limiter(limiter, place)?,
                Change::Burst { limiter, burst } => {
                    self.known_limiter(limiter, place)?;
                    at_least_one(u64::from(burst), place)?;
                }
                Change::Down { status: code } => status(code, place)?,
                Change::LatencyFactor(_) => {}
                Change::ErrorRate(rate) => share(rate, place)?,
            }
        }
        Ok(())
    }

    fn known_limiter(&self, index: usize, place: impl Fn() -> String) -> Result<(), ConfigError> {
        let count = self.limiters.len();
        if index < count { Ok(()) } else { Err(ConfigError::UnknownLimiter { place: place(), index, count }) }
    }
}

impl Latency {
    fn check(self) -> Result<(), ConfigError> {
        match self {
            Self::LogNormal { median, p99 } if p99 < median || median == Nanos::ZERO => {
                Err(ConfigError::Latency { median, p99 })
            }
            Self::Uniform { min, max } if max < min => Err(ConfigError::LatencyRange { min, max }),
            _ => Ok(()),
        }
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
        check(ServiceConfig { latency: upside_down, ..base() }, "must not be below its median (2ms)");
        check(ServiceConfig { reject: Reject { status: 42, ..Reject::default() }, ..base() }, "not 42");
    }
}
