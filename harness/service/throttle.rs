//! Which limiters an operation has to pass: all are asked, then all are charged or none.

use xxhash_rust::xxh3::xxh3_64;

use super::answer::{LimitState, Rejection};
use super::buckets::{BucketKey, Buckets};
use super::caller::Caller;
use super::config::{Change, Cost, Dimension, LimitRule, LimiterDef, LimiterKind, Reject, ServiceConfig, Throttling};
use super::operation::OperationKind;
use super::permit::{Demand, Origin, Permit};
use crate::limit::{Limiter, Place};
use crate::units::{Nanos, Rate};

/// The service's own limits: tokens a second, and the burst, for each operation of an endpoint.
const SERVICE_RATE: f64 = 10.0;
const SERVICE_BURST: u32 = 20;

/// The limiters of the service.
#[derive(Debug)]
pub(super) struct Throttle {
    /// The configured definitions, and the service's own as the last where it applies. Events change their kinds.
    definitions: Vec<LimiterDef>,
    /// The kinds without any event.
    calm: Vec<LimiterKind>,
    /// What each operation has to pass, by its index.
    required: Vec<Required>,
    buckets: Buckets,
    /// How a refusal is told.
    reject: Reject,
    seed: u64,
    /// The time since the epoch at the instant zero.
    epoch: Nanos,
    /// What the limiters of the request at hand said; kept, so that no request has to allocate.
    asked: Vec<Asked>,
}

/// What an operation has to pass.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own; no two of them make a state")]
struct Required {
    limiters: Vec<u32>,
    /// Whether one of them has to hear when a request ends.
    minds_ends: bool,
    /// Whether the cost of one of them is only known once the body has been read.
    needs_body: bool,
    /// Whether the path is part of a scope.
    looks_at_path: bool,
    /// Whether nothing of what is written in the request decides over it.
    judges_by_size: bool,
}

/// What a limiter said of the request at hand.
#[derive(Clone, Copy, Debug)]
struct Asked {
    place: usize,
    limiter: u32,
    cost: u32,
    verdict: Result<(), Nanos>,
}

impl Throttle {
    pub(super) fn new(config: &ServiceConfig) -> Self {
        let mut definitions = config.limiters.clone();
        let services_own = match config.throttling {
            Throttling::Service => own_limiter(),
            Throttling::Off => None,
        };
        let own_index = services_own.is_some().then_some(definitions.len() as u32);
        definitions.extend(services_own);
        let own = (0..config.own.len()).map(|place| OperationKind::Own(place as u16));
        let required = OperationKind::ALL.into_iter().chain(own).map(|operation| {
            let names = |rule: &&LimitRule| rule.operations.is_empty() || rule.operations.contains(&operation);
            let limiters = config.limits.iter().find(names).map_or_else(
                || own_index.into_iter().collect(),
                |rule| rule.all_of.iter().map(|&limiter| limiter as u32).collect(),
            );
            Required::new(limiters, &definitions)
        });
        let required = required.collect();
        Self {
            calm: definitions.iter().map(|definition| definition.kind).collect(),
            definitions,
            required,
            buckets: Buckets::new(),
            reject: config.reject.clone(),
            seed: config.seed,
            epoch: Nanos::ZERO,
            asked: Vec::new(),
        }
    }

    /// Tells the time since the epoch at the instant zero; buckets that exist already keep theirs.
    pub(super) fn set_epoch(&mut self, epoch: Nanos) {
        self.epoch = epoch;
    }

    /// Whether the operation can only be admitted once its body has been read.
    pub(super) fn needs_body(&self, operation: OperationKind) -> bool {
        self.required[operation.index()].needs_body
    }

    /// Whether limiters judge a request by its operation, its caller and the number of its items alone.
    pub(super) fn judges_by_size(&self, operation: OperationKind) -> bool {
        self.required[operation.index()].judges_by_size
    }

    /// Charges every limiter of the operation, or none.
    pub(super) fn admit(&mut self, now: Nanos, caller: Caller, demand: &Demand<'_>) -> Result<Permit, Rejection> {
        let required = &self.required[demand.operation.index()];
        let path = if required.looks_at_path { xxh3_64(demand.path.as_bytes()) } else { 0 };
        let origin = Origin { caller, operation: demand.operation, path };
        self.buckets.tidy(now);
        self.asked.clear();
        let mut denied = false;
        for &limiter in &required.limiters {
            let definition = &self.definitions[limiter as usize];
            let (seed, epoch) = (self.seed, self.epoch);
            let key = BucketKey::new(limiter, definition, &origin);
            let place = self.buckets.find(key, || {
                let place = Place { seed, identity: key.identity(), epoch };
                Limiter::new(definition.kind, definition.options, place)
            });
            let cost = definition.cost.of(demand);
            let verdict = self.buckets.at(place).check(now, cost);
            denied |= verdict.is_err();
            self.asked.push(Asked { place, limiter, cost, verdict });
        }
        if denied {
            return Err(self.refuse(now, caller));
        }
        let mut held_back = Nanos::ZERO;
        for &Asked { place, cost, .. } in &self.asked {
            held_back = held_back.max(self.buckets.at(place).charge(now, cost));
        }
        Ok(Permit { origin, held_back })
    }

    /// Tells every limiter that was asked, and makes the refusal of the one that has to be waited for longest.
    fn refuse(&mut self, now: Nanos, caller: Caller) -> Rejection {
        let mut longest: Option<(Nanos, Asked)> = None;
        for &asked in &self.asked {
            self.buckets.at(asked.place).refuse(now, asked.cost, asked.verdict.is_err());
            if asked.verdict.is_err() {
                // Asked again, because what the refusal itself has changed is part of the wait.
                let wait = self.buckets.at(asked.place).wait(now, asked.cost);
                if longest.is_none_or(|(other, _)| wait > other) {
                    longest = Some((wait, asked));
                }
            }
        }
        let wait = longest.map_or(Nanos::ZERO, |(wait, _)| wait);
        let limit = longest.filter(|_| self.reject.tells_limit()).map(|(wait, asked)| LimitState {
            name: self.definitions[asked.limiter as usize].name.clone(),
            quota: self.buckets.at(asked.place).quota(now),
            wait,
            ratelimit: self.reject.ratelimit,
            x_ratelimit: self.reject.x_ratelimit,
        });
        self.reject.rejection(caller.namespace, wait, limit)
    }

    /// How long a request that was let in waits for its place, now that its work begins.
    pub(super) fn begin(&mut self, now: Nanos, origin: &Origin) -> Nanos {
        let mut longest = Nanos::ZERO;
        self.for_those_that_mind(origin, |limiter| longest = longest.max(limiter.begin(now)));
        longest
    }

    /// Tells when a request that was let in ends.
    pub(super) fn finish(&mut self, now: Nanos, origin: &Origin, end: Nanos, dropped: bool) {
        self.for_those_that_mind(origin, |limiter| limiter.finish(now, end, dropped));
    }

    /// Tells that nothing is done with a request that was let in.
    pub(super) fn release(&mut self, now: Nanos, origin: &Origin) {
        self.for_those_that_mind(origin, |limiter| limiter.release(now));
    }

    fn for_those_that_mind(&mut self, origin: &Origin, mut tell: impl FnMut(&mut Limiter)) {
        let required = &self.required[origin.operation.index()];
        if !required.minds_ends {
            return;
        }
        for &limiter in &required.limiters {
            let definition = &self.definitions[limiter as usize];
            if definition.kind.minds_ends()
                && let Some(bucket) = self.buckets.get(&BucketKey::new(limiter, definition, origin))
            {
                tell(bucket);
            }
        }
    }

    /// Makes the limiters what they are under these changes, in every bucket of theirs and in those to come.
    pub(super) fn change(&mut self, now: Nanos, active: &[&Change]) {
        for (number, &calm) in self.calm.iter().enumerate() {
            let mut wanted = calm;
            for change in active {
                change.apply(number, &mut wanted);
            }
            if wanted != self.definitions[number].kind {
                self.definitions[number].kind = wanted;
                self.buckets.of(number as u32).for_each(|bucket| bucket.change(now, wanted));
            }
        }
    }
}

impl Required {
    fn new(limiters: Vec<u32>, definitions: &[LimiterDef]) -> Self {
        let any = |is: fn(&LimiterDef) -> bool| limiters.iter().any(|&limiter| is(&definitions[limiter as usize]));
        let looks_at_path = any(|definition| definition.scope.contains(&Dimension::Path));
        let looks_inside = any(|definition| matches!(definition.cost, Cost::Query(_) | Cost::Body(_)));
        Self {
            minds_ends: any(|definition| definition.kind.minds_ends()),
            needs_body: any(|definition| definition.cost.needs_body()),
            looks_at_path,
            judges_by_size: !looks_at_path && !looks_inside,
            limiters,
        }
    }
}

/// The service's own limiter. None only if the constants above were out of range.
pub fn own_limiter() -> Option<LimiterDef> {
    let kind =
        LimiterKind::TokenBucket { rate: Rate::per_second(SERVICE_RATE).ok()?, burst: SERVICE_BURST, refill: None };
    Some(LimiterDef::new("service", kind, &[Dimension::Account, Dimension::Region, Dimension::Operation]))
}

impl BucketKey {
    fn new(limiter: u32, definition: &LimiterDef, origin: &Origin) -> Self {
        let namespace = origin.caller.namespace;
        let mut key = Self { limiter, account: 0, operation: 0, region: 0, client: 0, api_key: 0, path: 0, namespace };
        for dimension in &definition.scope {
            match dimension {
                Dimension::Global => {}
                Dimension::Account => key.account = origin.caller.account,
                Dimension::Operation => key.operation = origin.operation.index() as u32,
                Dimension::Region => key.region = origin.caller.region,
                Dimension::Client => key.client = origin.caller.client,
                Dimension::ApiKey => key.api_key = origin.caller.api_key,
                Dimension::Path => key.path = origin.path,
            }
        }
        key
    }
}

impl Cost {
    fn of(&self, demand: &Demand<'_>) -> u32 {
        match self {
            Self::Fixed(cost) => *cost,
            Self::BatchItems => demand.items,
            Self::Query(name) => demand.amounts.query(name).unwrap_or(1),
            Self::Body(name) => demand.amounts.body(name).unwrap_or(1),
        }
        .max(1)
    }
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
