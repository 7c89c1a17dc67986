//! What one client owns under one policy: its retry budget and whatever it asks itself before it sends.

use super::budget::{Budget, Held};
use super::classify::FailureKind;
use super::policy::Policy;
use super::reason::Reason;
use crate::units::Nanos;

/// Which of a call's attempts it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptKind {
    /// The first.
    First,
    /// One after a failure.
    Retry,
    /// One beside another that is still under way.
    Hedge,
}

/// Whether an attempt may pass to the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Passage {
    /// It may, and has taken its place: it has to be told of when it is over, or was never sent.
    Go,
    /// Not before an instant; ask again then.
    At(Nanos),
    /// Not before another attempt of the client is over; ask again then.
    AfterAnother,
    /// It may not, for good.
    Refused(Reason),
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ended {
    /// With success.
    Success {
        /// Send to last byte.
        service: Nanos,
    },
    /// With a failure.
    Failure {
        /// Of which kind.
        kind: FailureKind,
        /// Send to last byte, or to the end of patience.
        service: Nanos,
    },
    /// It was given up, since another attempt of its call had succeeded or the call was over.
    Cancelled,
    /// It passed and was never sent.
    NeverSent,
}

/// The state of a client under a policy. Bookkeeping: nothing sleeps in it.
#[derive(Debug)]
pub struct Client {
    budget: Box<dyn Budget>,
}

impl Client {
    /// A client that has sent nothing yet.
    pub fn new(policy: &Policy) -> Self {
        Self { budget: policy.budget.start() }
    }

    /// Whether attempts have to ask [`pass`](Self::pass) at all.
    pub fn has_gates(&self) -> bool {
        false
    }

    /// Whether an attempt may pass. `asked_before` says that the same attempt was told to wait and asks again: what is drawn or
    /// judged once is not drawn again. `unit` is a uniform draw in [0, 1).
    pub fn pass(&mut self, now: Nanos, kind: AttemptKind, asked_before: bool, unit: f64) -> Passage {
        let _ = (now, kind, asked_before, unit);
        Passage::Go
    }

    /// An attempt stands ready to be sent: the first of a call, or one that was withdrawn for. It ends by [`end`](Self::end) once it
    /// has passed, and by [`forgo`](Self::forgo) where it never does.
    pub fn begin(&mut self, now: Nanos, kind: AttemptKind) {
        self.budget.begin(now, kind);
    }

    /// An attempt that began has not passed and never will: it was refused, or its call is over. What it took from the budget goes
    /// back.
    pub fn forgo(&mut self, now: Nanos, kind: AttemptKind, held: Option<Held>) {
        self.budget.end(now, kind, Ended::NeverSent);
        if let Some(held) = held {
            self.budget.put_back(now, held);
        }
    }

    /// An attempt that passed is over, or will never be sent.
    pub fn end(&mut self, now: Nanos, kind: AttemptKind, ended: Ended) {
        self.budget.end(now, kind, ended);
    }

    /// Takes what a retry or a hedge costs; it will be sent. `None` refuses it and changes nothing.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn withdraw(&mut self, now: Nanos, kind: FailureKind) -> Result<Held, Reason> {
        self.budget.withdraw(now, kind).ok_or(Reason::Quota)
    }

    /// A call succeeded; `held` is what its last retry took, `None` where it was never retried.
    pub fn succeed(&mut self, held: Option<Held>) {
        self.budget.deposit(held);
    }

    /// How long the client's recent successful attempts took, at a quantile in (0, 1); `None` where there are too few.
    pub fn recent_latency(&self, quantile: f64) -> Option<Nanos> {
        let _ = quantile;
        None
    }
}
