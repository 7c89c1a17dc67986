//! A retry policy and its decision.

use std::sync::Arc;

use super::backoff::Backoff;
use super::budget::{Budget, BudgetSpec, Held};
use super::classify::{Classifier, FailureKind};
use super::hint::HintPolicy;
use crate::api::Hints;
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// When to send again, after how long, and when to stop. Immutable; the state of a client's budget and of a call's progress is
/// handed in.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The name in the scenario.
    pub name: String,
    /// The most attempts a call makes, the first included; at least 1.
    pub max_attempts: u32,
    /// How long one attempt may take, from its send.
    pub attempt_timeout: Option<Nanos>,
    /// How long a call may take, from its due time, waits included.
    pub call_timeout: Option<Nanos>,
    /// The wait after a transient failure or a timeout.
    pub backoff: Arc<dyn Backoff>,
    /// The wait after throttling.
    pub throttling_backoff: Arc<dyn Backoff>,
    /// What is done with the server's hints.
    pub hint: HintPolicy,
    /// The budget that each client starts with.
    pub budget: BudgetSpec,
    /// What kind of failure it was.
    pub classifier: Classifier,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
pub struct CallProgress {
    /// Attempts made, the failed one included.
    pub attempts: u32,
    /// When the call must be over.
    pub deadline: Nanos,
    /// The client it belongs to.
    pub client: u64,
    /// The call's number, for its draws.
    pub call: u64,
}

/// What to do about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Send again at an instant.
    Retry {
        /// When.
        at: Nanos,
        /// What the retry took from the budget.
        held: Held,
        /// Whether a hint of the server decided the wait.
        hinted: bool,
    },
    /// The call has failed.
    GiveUp(Reason),
}

/// Why a call was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Asking again would get the same answer.
    Permanent,
    /// No attempts left.
    MaxAttempts,
    /// The retry could not have been sent before the call's deadline, or the deadline passed.
    Deadline,
    /// The client's retry budget or quota is spent.
    Quota,
    /// The run ended, or the grace time did.
    Cancelled,
    /// The overload policy dropped it before it was sent.
    Dropped,
    /// The reply was a success, but not of the expected status.
    Expectation,
    /// A captured value was not in the reply.
    Capture,
    /// A page token came a second time: the walk would never end.
    PageLoop,
    /// The walk reached `max_pages` with more to come.
    PageLimit,
    /// A pool that a template picks from is empty.
    NoData,
}

impl Reason {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 11] = [
        Self::Permanent,
        Self::MaxAttempts,
        Self::Deadline,
        Self::Quota,
        Self::Cancelled,
        Self::Dropped,
        Self::Expectation,
        Self::Capture,
        Self::PageLoop,
        Self::PageLimit,
        Self::NoData,
    ];

    /// The word for it in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::MaxAttempts => "max_attempts",
            Self::Deadline => "deadline",
            Self::Quota => "quota",
            Self::Cancelled => "cancelled",
            Self::Dropped => "dropped",
            Self::Expectation => "expectation",
            Self::Capture => "capture",
            Self::PageLoop => "page_loop",
            Self::PageLimit => "page_limit",
            Self::NoData => "no_data",
        }
    }
}

impl Policy {
    /// Judges a failed attempt. The order is that of the AWS SDKs' standard mode: kind, attempts, deadline, budget; the
    /// budget is charged last, so that a refused retry never costs anything.
    pub fn decide(
        &self,
        budget: &mut dyn Budget,
        progress: &CallProgress,
        kind: FailureKind,
        hints: &Hints,
        now: Nanos,
        seed: u64,
    ) -> Decision {
        if kind == FailureKind::Permanent {
            return Decision::GiveUp(Reason::Permanent);
        }
        if progress.attempts >= self.max_attempts {
            return Decision::GiveUp(Reason::MaxAttempts);
        }
        let (wait, hinted) = self.wait(progress, kind, hints, seed);
        let at = now + wait;
        if at >= progress.deadline {
            return Decision::GiveUp(Reason::Deadline);
        }
        match budget.withdraw(kind) {
            Some(held) => Decision::Retry { at, held, hinted },
            None => Decision::GiveUp(Reason::Quota),
        }
    }

    /// The wait before the next attempt, and whether a hint decided it.
    fn wait(&self, progress: &CallProgress, kind: FailureKind, hints: &Hints, seed: u64) -> (Nanos, bool) {
        let draw = |purpose| {
            Key { seed, purpose, client: progress.client, call: progress.call, attempt: progress.attempts.into() }
                .unit()
        };
        let shape = if kind == FailureKind::Throttling { &self.throttling_backoff } else { &self.backoff };
        let backoff = shape.delay(progress.attempts.saturating_sub(1), draw(Purpose::Backoff));
        match self.hint.pick(hints) {
            Some(hint) => (self.hint.wait(backoff, hint, draw(Purpose::Hint)), true),
            None => (backoff, false),
        }
    }

    /// The longest time a call may take by the policy alone, all waits at their longest; `None` where nothing bounds it.
    pub fn worst_case(&self) -> Option<Nanos> {
        let waits: Nanos = (0..self.max_attempts.saturating_sub(1).min(10_000))
            .map(|index| self.backoff.longest(index).max(self.throttling_backoff.longest(index)))
            .sum();
        let attempts = self.attempt_timeout.map(|timeout| timeout * u64::from(self.max_attempts) + waits);
        match (attempts, self.call_timeout) {
            (Some(attempts), Some(call)) => Some(attempts.min(call)),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
