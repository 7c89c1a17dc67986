//! What one client owns under one policy: its retry budget and whatever it asks itself before it sends.

use super::budget::{Budget, Held};
use super::classify::FailureKind;
use super::gate::Gates;
use super::hedge::HedgeAfter;
use super::policy::Policy;
use super::reason::Reason;
use super::recent::Recent;
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
    gates: Option<Box<Gates>>,
    /// Whether attempts have to ask the gates.
    has_gates: bool,
    /// Kept where hedges wait for a part of what attempts take.
    recent: Option<Box<Recent>>,
}

impl Client {
    /// A client that has sent nothing yet.
    pub fn new(policy: &Policy) -> Self {
        let gates = Gates::new(policy);
        let has_gates = gates.as_ref().is_some_and(|gates| gates.ask_all());
        let looks_back = policy.hedge.is_some_and(|hedge| matches!(hedge.after, HedgeAfter::Quantile(_)));
        Self { budget: policy.budget.start(), gates, has_gates, recent: looks_back.then(|| Box::new(Recent::new())) }
    }

    /// Whether attempts have to ask [`pass`](Self::pass) at all.
    pub fn has_gates(&self) -> bool {
        self.has_gates
    }

    /// An attempt stands ready to be sent: the first of a call, or one that was withdrawn for. It ends by [`end`](Self::end) once it
    /// has passed, and by [`forgo`](Self::forgo) where it never does.
    pub fn begin(&mut self, now: Nanos, kind: AttemptKind) {
        self.budget.begin(now, kind);
    }

    /// Whether an attempt may pass: the circuit breaker says, then the client's own throttle, then its limit on attempts in flight.
    /// `asked_before` says that the same attempt was told to wait and asks again: what is drawn or judged once is not drawn again.
    /// Attempts ask one after another; one that asks for the first time says that whoever was told to wait has left. `unit` is a
    /// uniform draw in [0, 1).
    pub fn pass(&mut self, now: Nanos, asked_before: bool, unit: f64) -> Passage {
        self.gates.as_mut().map_or(Passage::Go, |gates| gates.pass(now, asked_before, unit))
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
        if let Some(gates) = &mut self.gates {
            gates.end(now, ended);
        }
        if let (Some(recent), Ended::Success { service }) = (&mut self.recent, ended) {
            recent.add(service);
        }
    }

    /// Takes what a retry or a hedge costs; it will be sent. A refusal changes nothing.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn withdraw(&mut self, now: Nanos, kind: FailureKind) -> Result<Held, Reason> {
        if self.gates.as_ref().is_some_and(|gates| gates.refuse_retries()) {
            return Err(Reason::CircuitOpen);
        }
        self.budget.withdraw(now, kind).ok_or(Reason::Quota)
    }

    /// A call succeeded; `held` is what its last retry took, `None` where it was never retried.
    pub fn succeed(&mut self, held: Option<Held>) {
        self.budget.deposit(held);
    }

    /// How long the client's successful attempts of late took, at a quantile in (0, 1): of the last 128, looked up anew every 16.
    /// `None` where there are fewer than 20, and under a policy whose hedges wait for a fixed time.
    pub fn recent_latency(&mut self, quantile: f64) -> Option<Nanos> {
        self.recent.as_mut()?.quantile(quantile)
    }
}
