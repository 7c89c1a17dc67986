//! A policy in the making: what it extends, and what is written over that.

use super::backoff::Waits;
use super::{budget, classes, gates, hedge, hint};
use crate::api::NotedHeaders;
use crate::retry::Policy;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;
use crate::units::Nanos;

/// A policy in the making.
pub(super) struct Draft {
    policy: Policy,
    waits: Waits,
    /// Whether the file said how long an attempt may take; the ceiling of presets contradicts nothing.
    own_attempt_timeout: bool,
}

impl Draft {
    /// Begins with a preset.
    pub(super) fn new(base: Policy) -> Self {
        Self { waits: Waits::new(&base.backoff), policy: base, own_attempt_timeout: false }
    }

    /// Writes a definition over it.
    pub(super) fn apply(
        &mut self,
        written: &written::Policy,
        node: &Node,
        noted: &mut NotedHeaders,
        faults: &mut Vec<Fault>,
    ) {
        let policy = &mut self.policy;
        policy.max_attempts = written.max_attempts.unwrap_or(policy.max_attempts);
        policy.long_polling = written.long_polling.unwrap_or(policy.long_polling);
        self.timeouts(written, node, faults);
        if let Some(backoff) = &written.backoff {
            self.waits.apply(backoff, node.at("backoff"), faults);
        }
        let policy = &mut self.policy;
        if let Some(written) = &written.hint {
            hint::apply(&mut policy.hint, written, node.at("hint"), faults);
        }
        if let Some(written) = &written.budget {
            policy.budget = budget::budget(written, node.at("budget"), policy.budget, faults);
        }
        if let Some(written) = &written.client_throttle {
            policy.throttle = gates::throttle(written, node.at("client_throttle"), policy.throttle, faults);
        }
        if let Some(written) = &written.circuit_breaker {
            policy.breaker = Some(gates::breaker(written, node.at("circuit_breaker"), policy.breaker, faults));
        }
        if let Some(written) = &written.concurrency {
            policy.concurrency = Some(gates::concurrency(written, node.at("concurrency"), policy.concurrency, faults));
        }
        if let Some(written) = &written.hedge {
            policy.hedge = hedge::hedge(written, node.at("hedge"), policy.hedge, faults);
        }
        classes::apply(&mut policy.classifier, written, node, noted, faults);
    }

    fn timeouts(&mut self, written: &written::Policy, node: &Node, faults: &mut Vec<Fault>) {
        let policy = &mut self.policy;
        policy.attempt_timeout = written.attempt_timeout.as_ref().map(|timeout| timeout.0).or(policy.attempt_timeout);
        policy.call_timeout = written.call_timeout.as_ref().map(|timeout| timeout.0).or(policy.call_timeout);
        self.own_attempt_timeout |= written.attempt_timeout.is_some();
        for (key, timeout) in [("attempt_timeout", &written.attempt_timeout), ("call_timeout", &written.call_timeout)] {
            if timeout.as_ref().is_some_and(|timeout| timeout.0 == Nanos::ZERO) {
                faults.push(Fault::new(node.at(key).span, format!("`{key}` leaves no time at all")));
            }
        }
        let says = written.attempt_timeout.is_some() || written.call_timeout.is_some();
        if let (true, true, Some(attempt), Some(call)) =
            (says, self.own_attempt_timeout, policy.attempt_timeout, policy.call_timeout)
            && attempt >= call
        {
            let key = if written.attempt_timeout.is_some() { "attempt_timeout" } else { "call_timeout" };
            let message = format!("one attempt may take {attempt}, and the whole call, with its retries, {call}");
            let fault = Fault::new(node.at(key).span, message);
            faults.push(fault.suggest("make `attempt_timeout` shorter than `call_timeout`"));
        }
    }

    /// What has come of it, under its name.
    pub(super) fn finish(self, name: &str) -> Policy {
        Policy { name: name.to_owned(), backoff: self.waits.finish(), ..self.policy }
    }
}
