//! Which limiters an operation has to pass, and the buckets behind them.

use rustc_hash::FxHashMap;

use super::answer::{Hints, Rejection, ServiceError};
use super::caller::{Caller, Namespace};
use super::config::{Cost, Dimension, LimiterDef, LimiterKind, Reject, RetryAfter, ServiceConfig, Throttling};
use super::operation::OperationKind;
use crate::limit::{Limiter, TokenBucket};
use crate::units::{Nanos, Rate};

/// The service's own limits: tokens a second, and the burst, for each operation of an endpoint.
const SERVICE_RATE: f64 = 10.0;
const SERVICE_BURST: u32 = 20;

/// The limiters of the service.
#[derive(Debug)]
pub(super) struct Throttle {
    /// The configured definitions, and the service's own as the last where it applies.
    definitions: Vec<LimiterDef>,
    /// For each operation the limiters that it has to pass.
    required: [Vec<usize>; OperationKind::ALL.len()],
    /// Made when they are first asked.
    buckets: FxHashMap<BucketKey, Limiter>,
    /// How a refusal is told.
    reject: Reject,
}

/// What a bucket is for; a dimension that the scope leaves out is zero in every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct BucketKey {
    limiter: usize,
    account: u32,
    operation: usize,
    region: u32,
    client: u64,
    api_key: u64,
    /// Always part of the key: the namespaces share nothing.
    namespace: Namespace,
}

/// The parameters of a limiter that events may change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parameters {
    pub(super) rate: Rate,
    pub(super) burst: u32,
}

impl Throttle {
    pub(super) fn new(config: &ServiceConfig) -> Self {
        let mut definitions = config.limiters.clone();
        let own = match config.throttling {
            Throttling::Service => own_limiter().into_iter().collect(),
            Throttling::Off => Vec::new(),
        };
        let own_index: Vec<usize> = (definitions.len()..definitions.len() + own.len()).collect();
        definitions.extend(own);
        let required = OperationKind::ALL.map(|operation| {
            let names =
                |rule: &&super::config::LimitRule| rule.operations.is_empty() || rule.operations.contains(&operation);
            config.limits.iter().find(names).map_or_else(|| own_index.clone(), |rule| rule.all_of.clone())
        });
        Self { definitions, required, buckets: FxHashMap::default(), reject: config.reject.clone() }
    }

    /// Whether the number of items has to be known before the operation can be admitted.
    pub(super) fn counts_items(&self, operation: OperationKind) -> bool {
        self.required[operation.index()].iter().any(|&limiter| self.definitions[limiter].cost == Cost::BatchItems)
    }

    /// Charges every limiter of the operation, or none.
    pub(super) fn admit(
        &mut self,
        now: Nanos,
        caller: Caller,
        operation: OperationKind,
        items: u32,
    ) -> Result<(), Rejection> {
        let required = &self.required[operation.index()];
        let mut wait = None;
        for &limiter in required {
            let definition = &self.definitions[limiter];
            let bucket = self
                .buckets
                .entry(BucketKey::new(limiter, definition, caller, operation))
                .or_insert_with(|| definition.kind.build());
            if let Err(longer) = bucket.check(now, definition.cost.of(items)) {
                wait = wait.max(Some(longer));
            }
        }
        if let Some(wait) = wait {
            return Err(self.reject.rejection(wait));
        }
        for &limiter in required {
            let definition = &self.definitions[limiter];
            if let Some(bucket) = self.buckets.get_mut(&BucketKey::new(limiter, definition, caller, operation)) {
                bucket.charge(now, definition.cost.of(items));
            }
        }
        Ok(())
    }

    /// The parameters as they are now.
    pub(super) fn parameters(&self, limiter: usize) -> Parameters {
        let LimiterKind::TokenBucket { rate, burst } = self.definitions[limiter].kind;
        Parameters { rate, burst }
    }

    /// Changes a limiter from `now` on, in every bucket of it and in those to come.
    pub(super) fn change(&mut self, now: Nanos, limiter: usize, new: Parameters) {
        let LimiterKind::TokenBucket { rate, burst } = &mut self.definitions[limiter].kind;
        (*rate, *burst) = (new.rate, new.burst);
        for (_, bucket) in self.buckets.iter_mut().filter(|(key, _)| key.limiter == limiter) {
            bucket.set_rate(now, new.rate);
            bucket.set_burst(now, new.burst);
        }
    }
}

/// None only if the constants above were out of range.
fn own_limiter() -> Option<LimiterDef> {
    let rate = Rate::per_second(SERVICE_RATE).ok()?;
    Some(LimiterDef {
        name: "service".to_owned(),
        kind: LimiterKind::TokenBucket { rate, burst: SERVICE_BURST },
        cost: Cost::One,
        scope: vec![Dimension::Account, Dimension::Region, Dimension::Operation],
    })
}

impl BucketKey {
    fn new(limiter: usize, definition: &LimiterDef, caller: Caller, operation: OperationKind) -> Self {
        let namespace = caller.namespace;
        let mut key = Self { limiter, account: 0, operation: 0, region: 0, client: 0, api_key: 0, namespace };
        for dimension in &definition.scope {
            match dimension {
                Dimension::Global => {}
                Dimension::Account => key.account = caller.account,
                Dimension::Operation => key.operation = operation.index(),
                Dimension::Region => key.region = caller.region,
                Dimension::Client => key.client = caller.client,
                Dimension::ApiKey => key.api_key = caller.api_key,
            }
        }
        key
    }
}

impl LimiterKind {
    fn build(self) -> Limiter {
        match self {
            Self::TokenBucket { rate, burst } => Limiter::TokenBucket(TokenBucket::new(rate, burst)),
        }
    }
}

impl Cost {
    const fn of(self, items: u32) -> u32 {
        match self {
            Self::One => 1,
            Self::BatchItems => items,
        }
    }
}

impl Reject {
    fn rejection(&self, wait: Nanos) -> Rejection {
        let retry_after = match self.retry_after {
            RetryAfter::None => None,
            RetryAfter::Ceil => Some(seconds(wait)),
            RetryAfter::Fixed(fixed) => Some(u64::from(fixed)),
            RetryAfter::Factor(factor) => Some(seconds(wait.scale(factor.get()))),
        };
        let aws_retry_after = self.aws_retry_after.then(|| wait.as_nanos().div_ceil(1_000_000));
        Rejection {
            error: ServiceError::new(self.status, self.error_code.clone(), "Rate exceeded"),
            hints: Hints { retry_after, aws_retry_after },
            wait,
        }
    }
}

fn seconds(wait: Nanos) -> u64 {
    wait.as_nanos().div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::config::LimitRule;
    use crate::units::Ratio;
    use OperationKind::{BatchCreateAttendee, GetMeeting};

    const CALLER: Caller =
        Caller { endpoint: 0, account: 0, region: 0, client: 0, api_key: 0, namespace: Namespace::Meetings };

    fn bucket(name: &str, rate: f64, burst: u32, cost: Cost, scope: &[Dimension]) -> LimiterDef {
        let kind = LimiterKind::TokenBucket { rate: Rate::per_second(rate).expect("a valid rate"), burst };
        LimiterDef { name: name.to_owned(), kind, cost, scope: scope.to_vec() }
    }

    fn admitted(throttle: &mut Throttle, caller: Caller, operation: OperationKind) -> usize {
        (0..1_000).take_while(|_| throttle.admit(Nanos::ZERO, caller, operation, 1).is_ok()).count()
    }

    #[test]
    fn the_service_gives_each_operation_account_and_region_its_own_burst() {
        let mut throttle = Throttle::new(&ServiceConfig::default());
        assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 20);
        assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 20);
        assert_eq!(admitted(&mut throttle, Caller { account: 1, ..CALLER }, GetMeeting), 20);
        assert_eq!(admitted(&mut throttle, Caller { region: 1, ..CALLER }, GetMeeting), 20);
        assert_eq!(admitted(&mut throttle, Caller { client: 1, api_key: 1, ..CALLER }, GetMeeting), 0);
    }

    #[test]
    fn the_first_rule_that_names_an_operation_decides() {
        let config = ServiceConfig {
            limiters: vec![bucket("a", 1.0, 3, Cost::One, &[]), bucket("b", 1.0, 5, Cost::One, &[])],
            limits: vec![
                LimitRule { operations: vec![GetMeeting], all_of: vec![0] },
                LimitRule { operations: vec![], all_of: vec![1] },
            ],
            ..ServiceConfig::default()
        };
        let mut throttle = Throttle::new(&config);
        assert_eq!(admitted(&mut throttle, CALLER, GetMeeting), 3);
        assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 5);
        let mut off = Throttle::new(&ServiceConfig { throttling: Throttling::Off, ..ServiceConfig::default() });
        assert_eq!(admitted(&mut off, CALLER, GetMeeting), 1_000);
    }

    #[test]
    fn all_limiters_are_charged_or_none() {
        let config = ServiceConfig {
            limiters: vec![
                bucket("calls", 1.0, 10, Cost::One, &[Dimension::Operation]),
                bucket("items", 1.0, 150, Cost::BatchItems, &[]),
            ],
            limits: vec![LimitRule { operations: vec![BatchCreateAttendee], all_of: vec![0, 1] }],
            ..ServiceConfig::default()
        };
        let mut throttle = Throttle::new(&config);
        assert!(throttle.counts_items(BatchCreateAttendee) && !throttle.counts_items(GetMeeting));
        assert!(throttle.admit(Nanos::ZERO, CALLER, BatchCreateAttendee, 100).is_ok());
        let refusal = throttle.admit(Nanos::ZERO, CALLER, BatchCreateAttendee, 100).expect_err("50 items are left");
        assert_eq!(refusal.wait, Nanos::from_secs(50));
        assert_eq!(admitted(&mut throttle, CALLER, BatchCreateAttendee), 9, "the refusal took no call token");
    }

    #[test]
    fn a_refusal_tells_the_wait_as_configured() {
        let check = |retry_after, expected| {
            let reject = Reject { retry_after, aws_retry_after: true, ..Reject::default() };
            let hints = reject.rejection(Nanos::from_micros(1_200_100)).hints;
            assert_eq!(hints, Hints { retry_after: expected, aws_retry_after: Some(1_201) });
        };
        check(RetryAfter::None, None);
        check(RetryAfter::Ceil, Some(2));
        check(RetryAfter::Fixed(7), Some(7));
        check(RetryAfter::Factor(Ratio::new(3.0).expect("a ratio")), Some(4));
    }
}
