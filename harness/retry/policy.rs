//! A retry policy and its decision.

use super::backoff::Backoffs;
use super::budget::{BudgetSpec, Held};
use super::classify::{Classifier, FailureKind};
use super::client::Client;
use super::gate::{BreakerSpec, ConcurrencySpec, ThrottleSpec};
use super::hedge::{HedgeAfter, HedgeSpec};
use super::hint::{HintPolicy, Said};
use super::reason::Reason;
use crate::api::Hints;
use crate::rng::{Key, Purpose};
use crate::units::Nanos;

/// When to send again, after how long, and when to stop. Immutable; the state of a client's budget and of a call's progress is
/// handed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The name in the scenario.
    pub name: String,
    /// The most attempts a call makes, the first included; at least 1.
    pub max_attempts: u32,
    /// How long one attempt may take, from its send.
    pub attempt_timeout: Option<Nanos>,
    /// How long a call may take, from its due time, waits included.
    pub call_timeout: Option<Nanos>,
    /// The wait before a retry, by the kind of failure before it.
    pub backoff: Backoffs,
    /// What is done with the server's hints.
    pub hint: HintPolicy,
    /// The budget that each client starts with.
    pub budget: BudgetSpec,
    /// The limit that each client keeps by itself.
    pub throttle: Option<ThrottleSpec>,
    /// The circuit breaker of each client.
    pub breaker: Option<BreakerSpec>,
    /// The limit on the attempts that each client has in flight.
    pub concurrency: Option<ConcurrencySpec>,
    /// Whether a call that waits for its reply is sent once more.
    pub hedge: Option<HedgeSpec>,
    /// Whether a call whose retry the budget refuses still waits for its first backoff before it fails. The AWS SDKs' standard mode
    /// 2.1 does so with long-polling calls, which would otherwise be asked again by their caller at once.
    pub long_polling: bool,
    /// What kind of failure it was.
    pub classifier: Classifier,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug)]
pub struct CallProgress {
    /// Attempts made, the failed one included.
    pub attempts: u32,
    /// The own backoff of the wait before the failed attempt; zero before the first.
    pub previous: Nanos,
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
        /// The own backoff, whatever a hint made of it.
        backoff: Nanos,
    },
    /// The call has failed, and its caller hears of it at an instant; no attempt is made meanwhile.
    Linger {
        /// When.
        until: Nanos,
        /// Why no attempt is made.
        reason: Reason,
    },
    /// The call has failed.
    GiveUp(Reason),
}

impl Policy {
    /// Judges a failed attempt. The order is that of the AWS SDKs' standard mode: kind, attempts, what the server says, deadline,
    /// budget; the budget is charged last, so that a refused retry never costs anything. Allocates nothing.
    pub fn decide(
        &self,
        client: &mut Client,
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
        let said = self.hint.pick(hints);
        if said == Said::Stop {
            return Decision::GiveUp(Reason::Pushback);
        }
        let Wait { span, backoff, hinted } = self.wait(progress, kind, said, seed);
        let at = now + span;
        if at >= progress.deadline {
            return Decision::GiveUp(Reason::Deadline);
        }
        match client.withdraw(now, kind) {
            Ok(held) => Decision::Retry { at, held, hinted, backoff },
            Err(reason) if self.long_polling => Decision::Linger { until: at, reason },
            Err(reason) => Decision::GiveUp(reason),
        }
    }

    /// Whether what one call of a client does bears on another.
    pub fn joins_calls(&self) -> bool {
        let learns = self.hedge.is_some_and(|hedge| matches!(hedge.after, HedgeAfter::Quantile(_)));
        let gates = self.throttle.is_some() || self.breaker.is_some() || self.concurrency.is_some();
        self.budget.is_shared() || gates || learns
    }

    /// The wait before the next attempt.
    fn wait(&self, progress: &CallProgress, kind: FailureKind, said: Said, seed: u64) -> Wait {
        let draw = |purpose| {
            Key { seed, purpose, client: progress.client, call: progress.call, attempt: progress.attempts.into() }
                .unit()
        };
        let index = progress.attempts.saturating_sub(1);
        let backoff = self.backoff.of(kind).delay(index, progress.previous, draw(Purpose::Backoff));
        match said {
            Said::Wait(hint) => {
                Wait { span: self.hint.wait(backoff, hint, draw(Purpose::Hint)), backoff, hinted: true }
            }
            Said::Nothing | Said::Stop => Wait { span: backoff, backoff, hinted: false },
        }
    }

    /// The longest wait before a retry: the own backoff, or what a hint of the server may make of it.
    fn longest_wait(&self, index: u32) -> Nanos {
        let kinds = self.backoff.all().map(|backoff| self.hint.longest(backoff.longest(index)));
        kinds.into_iter().max().unwrap_or_default()
    }

    /// The most attempts that a call may make, those sent beside another included.
    pub fn most_attempts(&self) -> u32 {
        self.max_attempts.saturating_add(self.hedge.map_or(0, |hedge| hedge.max))
    }

    /// Whether the client may hold an attempt back for as long as it likes.
    fn may_hold_back(&self) -> bool {
        let queues = matches!(self.throttle, Some(ThrottleSpec::Cubic(_) | ThrottleSpec::Fixed { .. }));
        queues || self.concurrency.is_some()
    }

    /// The longest time a call may take by the policy alone, all waits at their longest; `None` where nothing bounds it.
    pub fn worst_case(&self) -> Option<Nanos> {
        let waits: Nanos =
            (0..self.max_attempts.saturating_sub(1).min(10_000)).map(|index| self.longest_wait(index)).sum();
        let timeout = self.attempt_timeout.filter(|_| !self.may_hold_back());
        let attempts = timeout.map(|timeout| timeout * u64::from(self.max_attempts) + waits);
        match (attempts, self.call_timeout) {
            (Some(attempts), Some(call)) => Some(attempts.min(call)),
            (one, other) => one.or(other),
        }
    }
}

/// The wait before a retry.
struct Wait {
    /// How long it is.
    span: Nanos,
    /// The own backoff.
    backoff: Nanos,
    /// Whether a hint decided.
    hinted: bool,
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
