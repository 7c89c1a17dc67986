//! Limiters, and the rules that name them.

use std::sync::Arc;

use super::{ConfigError, at_least_one, share};
use crate::limit::{Algorithm, Options, Steps};
use crate::service::operation::OperationKind;

pub use crate::limit::Kind as LimiterKind;

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
    pub name: Arc<str>,
    /// How it decides.
    pub kind: LimiterKind,
    /// What else it does.
    pub options: Options,
    /// What a request costs.
    pub cost: Cost,
    /// What has a bucket of its own; empty means one bucket for everything.
    pub scope: Vec<Dimension>,
}

impl LimiterDef {
    /// A limiter under which a request costs one, and that does nothing else.
    pub fn new(name: &str, kind: LimiterKind, scope: &[Dimension]) -> Self {
        let (name, scope) = (name.into(), scope.to_vec());
        Self { name, kind, options: Options::default(), cost: Cost::default(), scope }
    }

    pub(super) fn check(&self, place: &str) -> Result<(), ConfigError> {
        let at = |field: &str| format!("{place}.{field}");
        let positive = |field: &str, number: u64| at_least_one(number, || at(field));
        let forbidden = |field: &str, why| Err(ConfigError::Pointless { place: at(field), why });
        match self.kind {
            LimiterKind::TokenBucket { burst, refill, .. } => {
                positive("burst", burst.into())?;
                if let Some(Steps { interval, amount }) = refill {
                    positive("refill.interval", interval.as_nanos())?;
                    positive("refill.amount", amount.into())?;
                }
            }
            LimiterKind::Gcra { burst, .. } => positive("burst", burst.into())?,
            LimiterKind::FixedWindow { limit, window, .. }
            | LimiterKind::SlidingLog { limit, window }
            | LimiterKind::SlidingCounter { limit, window } => {
                positive("limit", limit.into())?;
                positive("window", window.as_nanos())?;
            }
            LimiterKind::Concurrency { limit, .. } => positive("limit", limit.into())?,
            LimiterKind::Adaptive { algorithm, initial, min, max } => {
                positive("min", min.into())?;
                if initial < min || initial > max {
                    return forbidden("initial", "it is not from `min` to `max`");
                }
                if let Algorithm::Aimd { backoff, .. } = algorithm
                    && backoff.get() >= 1.0
                {
                    return forbidden("backoff_ratio", "a limit has to become smaller by it: write less than 100%");
                }
            }
            LimiterKind::LeakyMeter { .. } | LimiterKind::Shaper { .. } => {}
        }
        if let Cost::Fixed(cost) = self.cost {
            positive("cost", cost.into())?;
        }
        if !self.kind.counts_cost() && self.cost != Cost::default() {
            return forbidden("cost", "what is limited here is how many requests there are at the same time");
        }
        let nothing_to_count = !self.kind.counts_cost() || matches!(self.kind, LimiterKind::Shaper { .. });
        if self.options.count_rejected && nothing_to_count {
            return forbidden("count_rejected", "a rejected request takes no place and no turn");
        }
        share(self.options.noise, || at("noise"))
    }
}

/// What a request costs. An operation under a limiter that asks for more than the head of a request is admitted after
/// its body has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Always the same, whatever its size; at least one.
    Fixed(u32),
    /// The number of items in a batch; one for an operation without items.
    BatchItems,
    /// The number that a parameter of the query says; one where it says none.
    Query(Box<str>),
    /// The number that a member of the body says, or how long a list is there; one where there is neither.
    Body(Box<str>),
}

impl Default for Cost {
    fn default() -> Self {
        Self::Fixed(1)
    }
}

impl Cost {
    /// Whether the body has to be read to know it.
    pub const fn needs_body(&self) -> bool {
        matches!(self, Self::BatchItems | Self::Body(_))
    }
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
    /// The path, without the query. There is none in process.
    Path,
}
