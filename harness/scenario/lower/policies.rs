//! Retry policies: presets, and those of the file, which extend one another.

use std::collections::BTreeMap;

use super::{catalogue, not_yet};
use crate::api::{StatusSet, WireError};
use crate::retry::backoff::{self, Parameters};
use crate::retry::budget::{BudgetSpec, Costs};
use crate::retry::{AWS_STANDARD_2_1, Classifier, Facts, FailureKind, HintUse, NONE, PRESETS, Policy, Rule, preset};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::policy as written;
use crate::scenario::place::Span;
use crate::scenario::{Loaded, Node};
use crate::units::{Nanos, Ratio};

/// The policies of a plan, by name.
pub(super) struct Policies {
    /// Those of the file; `None` where one is broken, which has been reported.
    defined: BTreeMap<String, Option<Policy>>,
    /// Those that steps use, in the order of their first use.
    pub(super) used: Vec<Policy>,
}

impl Policies {
    /// Makes all policies of the file, used or not, so that each fault is found.
    pub(super) fn new(loaded: &Loaded, faults: &mut Vec<Fault>) -> Self {
        let written = loaded.scenario.policies.iter().flatten();
        let node = loaded.tree.at("policies");
        let mut defined = BTreeMap::new();
        for (name, _) in written {
            if preset(name).is_some() {
                let fault =
                    Fault::new(node.key_span(name), format!("`{name}` is a preset; a definition cannot replace it"));
                faults.push(fault.suggest(format!("choose another name, with `extends: {name}`")));
                continue;
            }
            let before = faults.len();
            let policy = policy(loaded, name, faults);
            defined.insert(name.to_owned(), policy.filter(|_| faults.len() == before));
        }
        Self { defined, used: Vec::new() }
    }

    /// The index of a policy among those in use; zero where it is broken or unknown, which is reported.
    pub(super) fn index(&mut self, name: &str, place: Span, faults: &mut Vec<Fault>) -> usize {
        if let Some(index) = self.used.iter().position(|policy| policy.name == name) {
            return index;
        }
        if let Some(policy) = self.named(name) {
            self.used.push(policy);
            self.used.len() - 1
        } else {
            self.check(name, place, faults);
            0
        }
    }

    /// The policy of a name; `None` where it is broken or unknown.
    pub(super) fn named(&self, name: &str) -> Option<Policy> {
        match self.defined.get(name) {
            Some(defined) => defined.clone(),
            None => preset(name),
        }
    }

    /// Reports a name that means nothing.
    pub(super) fn check(&self, name: &str, place: Span, faults: &mut Vec<Fault>) {
        if !self.defined.contains_key(name) && preset(name).is_none() {
            let fault = Fault::new(place, format!("there is no policy `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, self.names()));
        }
    }

    /// Every name that means something.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.defined.keys().map(String::as_str).chain(PRESETS.iter().map(|(name, ..)| *name))
    }
}

/// A policy in the making.
struct Draft {
    policy: Policy,
    /// The word of the shape, where the shape is no longer the preset's.
    shape: Option<&'static str>,
    general: Parameters,
    transient: written::KindBackoff,
    throttling: written::KindBackoff,
}

fn policy(loaded: &Loaded, name: &str, faults: &mut Vec<Fault>) -> Option<Policy> {
    let mut chain = Vec::new();
    let mut next = name.to_owned();
    let node = loaded.tree.at("policies");
    let base = loop {
        let Some(written) = loaded.scenario.policies.as_ref().and_then(|policies| policies.get(&next)) else {
            break next;
        };
        let place = node.at(&next);
        if chain.iter().any(|(known, ..): &(String, _, _)| *known == next) {
            // Each policy of the circle reports it, at its own key.
            faults.push(Fault::new(node.key_span(name), format!("`{name}` extends itself in a circle")));
            return None;
        }
        let extends = written.extends.clone().unwrap_or_else(|| NONE.to_owned());
        chain.push((next, written, place));
        next = extends;
    };
    let Some(base) = preset(&base) else {
        let place = chain.last().map_or(node.span, |(_, _, place)| place.at("extends").span);
        // A broken base is reported once, by the policy that names it.
        if chain.len() == 1 {
            let defined = loaded.scenario.policies.iter().flat_map(super::super::mirror::value::Named::names);
            let known = defined.chain(PRESETS.iter().map(|(name, ..)| *name));
            faults
                .push(Fault::new(place, format!("there is no policy `{}`", excerpt(&base))).suggest_word(&base, known));
        }
        return None;
    };
    let mut draft = Draft::new(base);
    // Faults of a policy that this one extends are reported there.
    let mut elsewhere = Vec::new();
    while let Some((_, written, place)) = chain.pop() {
        let leaf = chain.is_empty();
        draft.apply(written, place, if leaf { &mut *faults } else { &mut elsewhere });
    }
    Some(Policy { name: name.to_owned(), ..draft.finish() })
}

impl Draft {
    fn new(base: Policy) -> Self {
        let mut general = Parameters::default();
        let mut throttling = written::KindBackoff::default();
        // A finished backoff cannot be taken apart, so what a preset is made of stands here as well; a test compares.
        let shape = match base.name.as_str() {
            AWS_STANDARD_2_1 => {
                general = Parameters { base: Nanos::from_millis(50), multiplier: 2.0, cap: Nanos::from_secs(20) };
                throttling.base = Some(crate::scenario::mirror::value::Text(Nanos::from_secs(1)));
                None
            }
            // Its backoff is no wait at all, which nobody wants who allows a second attempt.
            NONE => Some("full_jitter"),
            _ => None,
        };
        Self { policy: base, shape, general, transient: written::KindBackoff::default(), throttling }
    }

    fn apply(&mut self, written: &written::Policy, node: &Node, faults: &mut Vec<Fault>) {
        let policy = &mut self.policy;
        policy.max_attempts = written.max_attempts.unwrap_or(policy.max_attempts);
        policy.attempt_timeout = written.attempt_timeout.as_ref().map(|timeout| timeout.0).or(policy.attempt_timeout);
        policy.call_timeout = written.call_timeout.as_ref().map(|timeout| timeout.0).or(policy.call_timeout);
        for key in ["attempt_timeout", "call_timeout"] {
            if node.get(key).is_some_and(|value| value.as_str().and_then(|text| text.parse().ok()) == Some(Nanos::ZERO))
            {
                faults.push(Fault::new(node.at(key).span, format!("`{key}` leaves no time at all")));
            }
        }
        if let Some(backoff) = &written.backoff {
            self.backoff(backoff, node.at("backoff"), faults);
        }
        if let Some(hint) = &written.hint {
            self.hint(hint, node.at("hint"), faults);
        }
        if let Some(written) = &written.budget
            && let Some(spec) = budget(written, node.at("budget"), self.policy.budget, faults)
        {
            self.policy.budget = spec;
        }
        self.classify(written, node, faults);
        if written.hedge.is_some() {
            faults.push(not_yet(node.key_span("hedge"), "hedging"));
        }
        if !matches!(written.client_throttle, None | Some(written::ClientThrottle::None)) {
            faults.push(not_yet(node.key_span("client_throttle"), "`client_throttle`"));
        }
        super::refuse_keys(node, &["circuit_breaker", "concurrency"], faults);
    }

    fn backoff(&mut self, written: &written::Backoff, node: &Node, faults: &mut Vec<Fault>) {
        let word = written.shape.map_or(self.shape.unwrap_or("full_jitter"), shape_word);
        if backoff::shape(word).is_none() {
            faults.push(not_yet(node.at("type").span, &format!("the shape `{word}`")));
        }
        self.shape = Some(word);
        self.general.base = written.base.as_ref().map_or(self.general.base, |base| base.0);
        self.general.multiplier = written.multiplier.unwrap_or(self.general.multiplier);
        self.general.cap = written.cap.as_ref().map_or(self.general.cap, |cap| cap.0);
        super::refuse_keys(node, &["step", "jitter"], faults);
        if let Some(kinds) = &written.by_kind {
            super::refuse_keys(node.at("by_kind"), &["timeout"], faults);
            for (written, kind) in [(&kinds.throttling, &mut self.throttling), (&kinds.transient, &mut self.transient)]
            {
                let Some(written) = written else { continue };
                kind.base = written.base.clone().or(kind.base.take());
                kind.multiplier = written.multiplier.or(kind.multiplier);
                kind.cap = written.cap.clone().or(kind.cap.take());
            }
        }
        let kinds = [("throttling", &self.throttling), ("transient", &self.transient)];
        for (place, parameters) in std::iter::once((node, self.general))
            .chain(kinds.map(|(name, kind)| (node.at("by_kind").at(name), with(self.general, kind))))
        {
            if word != "constant" && parameters.cap < parameters.base {
                let message = format!("the cap of {} is below the base of {}", parameters.cap, parameters.base);
                faults.push(Fault::new(place.get("cap").unwrap_or(place.at("base")).span, message));
            }
        }
    }

    fn hint(&mut self, written: &written::Hint, node: &Node, faults: &mut Vec<Fault>) {
        let hint = &mut self.policy.hint;
        let was_ignored = hint.mode == HintUse::Ignore;
        let before = match hint.mode {
            HintUse::Clamp { add } => add,
            _ => Nanos::from_secs(5),
        };
        let add = written.add.as_ref().map_or(before, |add| add.0);
        hint.mode = match written.usage {
            Some(written::HintUse::Ignore) => HintUse::Ignore,
            Some(written::HintUse::AtLeast) => HintUse::AtLeast,
            Some(written::HintUse::Exact) => HintUse::Exact,
            Some(written::HintUse::Clamp) => HintUse::Clamp { add },
            None if was_ignored || matches!(hint.mode, HintUse::Clamp { .. }) => HintUse::Clamp { add },
            None => hint.mode,
        };
        if written.add.is_some() && !matches!(hint.mode, HintUse::Clamp { .. }) {
            faults.push(Fault::new(node.key_span("add"), "`add` goes with `use: clamp`").suggest("remove it"));
        }
        hint.max = written.max.as_ref().map_or(hint.max, |max| max.0);
        hint.jitter = match &written.jitter {
            Some(jitter) => jitter.0,
            None if was_ignored => Ratio::new(0.1).unwrap_or_default(),
            None => hint.jitter,
        };
        hint.retry_after = true;
        if let Some(headers) = &written.headers {
            use written::HintHeader::{RetryAfter, XAmzRetryAfter};
            hint.retry_after = headers.contains(&RetryAfter);
            for (index, header) in headers.iter().enumerate() {
                if !matches!(header, RetryAfter | XAmzRetryAfter) {
                    let item = node.at("headers").nth(index);
                    faults.push(not_yet(item.span, &format!("the hint `{}`", item.as_str().unwrap_or_default())));
                }
            }
            if !headers.contains(&XAmzRetryAfter) {
                let fault = Fault::new(node.at("headers").span, "`x-amz-retry-after` always counts for now");
                faults.push(fault.suggest("add it to the list"));
            }
        }
    }

    fn classify(&mut self, written: &written::Policy, node: &Node, faults: &mut Vec<Fault>) {
        let mut rules = Vec::new();
        if let Some(never) = &written.never_retry_on {
            super::refuse_keys(node.at("never_retry_on"), &["header"], faults);
            rules.extend(matches(never, FailureKind::Permanent));
        }
        for (index, rule) in written.classify.iter().flatten().enumerate() {
            let place = node.at("classify").nth(index);
            super::refuse_keys(place.at("when"), &["header"], faults);
            match kind(rule.kind) {
                Some(kind) => rules.extend(combined(&rule.when, kind)),
                None => faults.push(not_yet(place.at("as").span, "`as: success`")),
            }
        }
        if let Some(on) = &written.retry_on {
            super::refuse_keys(node.at("retry_on"), &["header"], faults);
            // What is retried anyway keeps its kind: a 429 stays throttling.
            let unknown = |facts: Facts<'_>| Classifier::default().classify(&facts) == FailureKind::Permanent;
            rules.extend(matches(on, FailureKind::Transient).into_iter().filter_map(|mut rule| {
                if let Some(set) = rule.statuses {
                    let new = |&status: &u16| {
                        set.contains(status) && unknown(Facts { status: Ok(status), code: None, hinted: false })
                    };
                    rule.statuses = Some((100..600).filter(new).fold(StatusSet::EMPTY, StatusSet::with));
                }
                let known = rule
                    .code
                    .as_deref()
                    .is_some_and(|code| !unknown(Facts { status: Ok(400), code: Some(code), hinted: false }));
                let wire = rule.wire.as_deref().and_then(|wire| wire.first().copied());
                let known = known
                    || wire.is_some_and(|error| !unknown(Facts { status: Err(error), code: None, hinted: false }));
                (!known).then_some(rule)
            }));
        }
        // Rules of the policy itself come before those of the one that it extends.
        rules.append(&mut self.policy.classifier.rules);
        self.policy.classifier.rules = rules;
    }

    fn finish(self) -> Policy {
        let mut policy = self.policy;
        if let Some(make) = self.shape.and_then(backoff::shape) {
            policy.backoff = make(with(self.general, &self.transient));
            policy.throttling_backoff = make(with(self.general, &self.throttling));
        }
        policy
    }
}

fn with(general: Parameters, kind: &written::KindBackoff) -> Parameters {
    Parameters {
        base: kind.base.as_ref().map_or(general.base, |base| base.0),
        multiplier: kind.multiplier.unwrap_or(general.multiplier),
        cap: kind.cap.as_ref().map_or(general.cap, |cap| cap.0),
    }
}

fn shape_word(shape: written::Shape) -> &'static str {
    use written::Shape;
    match shape {
        Shape::Constant => "constant",
        Shape::Linear => "linear",
        Shape::Exponential => "exponential",
        Shape::FullJitter => "full_jitter",
        Shape::EqualJitter => "equal_jitter",
        Shape::DecorrelatedJitter => "decorrelated_jitter",
        Shape::ProportionalJitter => "proportional_jitter",
        Shape::Fibonacci => "fibonacci",
    }
}

fn budget(written: &written::Budget, node: &Node, before: BudgetSpec, faults: &mut Vec<Fault>) -> Option<BudgetSpec> {
    use written::Budget;
    match written {
        Budget::None => Some(BudgetSpec::Unlimited),
        Budget::TokenBucket { size, per_success, cost } => {
            if cost.is_some() {
                faults.push(not_yet(node.key_span("cost"), "`cost` of a token bucket"));
            }
            if !(*size > 0.0 && *per_success >= 0.0) {
                faults.push(Fault::new(
                    node.span,
                    "a budget needs a `size` above zero and a `per_success` of zero or more",
                ));
            }
            Some(BudgetSpec::TokenBucket {
                size: *size,
                per_success: *per_success,
                cost: Costs::all(1.0),
                credit_at_start: false,
            })
        }
        Budget::AwsQuota { initial, cost, refund } => {
            if refund.is_some() {
                faults.push(not_yet(node.key_span("refund"), "`refund`"));
            }
            let (capacity, before) = match before {
                BudgetSpec::AwsQuota { capacity, cost, .. } => (capacity, cost),
                _ => (500.0, Costs { throttling: 5.0, ..Costs::all(14.0) }),
            };
            let cost = cost.clone().unwrap_or_default();
            if cost.timeout.is_some() && cost.timeout != cost.transient {
                faults.push(not_yet(node.at("cost").key_span("timeout"), "a cost of its own for timeouts"));
            }
            Some(BudgetSpec::AwsQuota {
                capacity: initial.map_or(capacity, f64::from),
                cost: Costs {
                    throttling: cost.throttling.unwrap_or(before.throttling),
                    transient: cost.transient.unwrap_or(before.transient),
                    timeout: cost.transient.unwrap_or(before.timeout),
                },
                refund: 1.0,
            })
        }
        Budget::Grpc { .. } | Budget::Ratio { .. } | Budget::Concurrent { .. } => {
            faults.push(not_yet(node.at("type").span, "this type of budget"));
            None
        }
    }
}

fn kind(written: written::FailureKind) -> Option<FailureKind> {
    Some(match written {
        written::FailureKind::Throttling => FailureKind::Throttling,
        written::FailureKind::Transient => FailureKind::Transient,
        written::FailureKind::Timeout => FailureKind::Timeout,
        written::FailureKind::Permanent => FailureKind::Permanent,
        written::FailureKind::Success => return None,
    })
}

/// A rule for each entry: any of them fits.
fn matches(written: &written::Matches, kind: FailureKind) -> Vec<Rule> {
    let empty = Rule { statuses: None, code: None, wire: None, kind };
    let statuses = written.status.iter().map(|set| Rule { statuses: Some(catalogue::statuses(set)), ..empty.clone() });
    let codes = written.codes.iter().flat_map(|codes| &codes.0);
    let codes = codes.map(|code| Rule { code: Some(code.as_str().into()), ..empty.clone() });
    let failures = written.transport.iter().flat_map(|failures| &failures.0);
    let failures = failures.map(|failure| Rule { wire: Some(vec![wire(*failure)]), ..empty.clone() });
    statuses.chain(codes).chain(failures).collect()
}

/// A rule for each code: all else must fit with it.
fn combined(written: &written::When, kind: FailureKind) -> Vec<Rule> {
    let rule = Rule {
        statuses: written.status.as_ref().map(catalogue::statuses),
        code: None,
        wire: written.transport.as_ref().map(|failures| failures.0.iter().map(|failure| wire(*failure)).collect()),
        kind,
    };
    match &written.code {
        None => vec![rule],
        Some(codes) => codes.0.iter().map(|code| Rule { code: Some(code.as_str().into()), ..rule.clone() }).collect(),
    }
}

fn wire(failure: written::TransportFailure) -> WireError {
    match failure {
        written::TransportFailure::Timeout => WireError::Timeout,
        written::TransportFailure::ConnectTimeout => WireError::ConnectTimeout,
        written::TransportFailure::Reset => WireError::Reset,
        written::TransportFailure::Refused => WireError::Refused,
        written::TransportFailure::Closed => WireError::Closed,
        written::TransportFailure::Dns => WireError::Dns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_taken_apart_is_the_preset() {
        for (name, _, make) in PRESETS.iter().filter(|(name, ..)| *name != NONE) {
            let preset = make();
            let mut draft = Draft::new(make());
            draft.shape = Some("full_jitter");
            let again = draft.finish();
            for index in 0..10 {
                assert_eq!(again.backoff.longest(index), preset.backoff.longest(index), "{name}");
                assert_eq!(again.throttling_backoff.longest(index), preset.throttling_backoff.longest(index), "{name}");
            }
        }
    }
}
