//! Every call and every attempt of a run, one by one: for questions that sums over seconds cannot answer.

use super::outcome::{AttemptOutcome, Outcome};
use super::recorder::{AttemptRecord, CallRecord};
use crate::retry::{AttemptKind, Reason};
use crate::units::Nanos;

/// Every call and attempt that has ended, in the order of their ends. Kept only where it is asked for: it grows with the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// From where times count.
    pub(super) begin: Nanos,
    /// The calls.
    pub calls: Vec<CallTrace>,
    /// The attempts.
    pub attempts: Vec<AttemptTrace>,
}

/// A call. Times count from the begin of the measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallTrace {
    /// The planned instant.
    pub due: Nanos,
    /// When it was over.
    pub done: Nanos,
    /// All waits between its attempts together.
    pub waited: Nanos,
    /// The cell it counts in.
    pub cell: u32,
    /// The client it belongs to.
    pub client: u32,
    /// Attempts that were sent.
    pub attempts: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was given up; `None` where it ended well.
    pub reason: Option<Reason>,
    /// Whether it falls into the warm-up.
    pub warm_up: bool,
}

/// An attempt. Times count from the begin of the measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttemptTrace {
    /// When it was sent.
    pub sent: Nanos,
    /// When its reply was there, or when it was given up.
    pub done: Nanos,
    /// The cell it counts in.
    pub cell: u32,
    /// The client that sent it.
    pub client: u32,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Which of its call's attempts it was.
    pub kind: AttemptKind,
    /// Whether a hint of the server had decided when it was sent.
    pub after_hint: bool,
    /// Whether it falls into the warm-up.
    pub warm_up: bool,
}

impl Trace {
    /// Nothing yet, of a measurement that begins at `begin`.
    pub fn new(begin: Nanos) -> Self {
        Self { begin, calls: Vec::new(), attempts: Vec::new() }
    }

    /// Adds what another lane saw of the same measurement.
    pub fn merge(&mut self, other: Self) {
        self.calls.extend(other.calls);
        self.attempts.extend(other.attempts);
    }
}

impl CallTrace {
    pub(super) fn new(call: &CallRecord, begin: Nanos) -> Self {
        let due = call.due.saturating_sub(begin);
        Self {
            due,
            done: due + call.response,
            waited: call.waited,
            cell: call.cell as u32,
            client: call.client as u32,
            attempts: call.attempts,
            outcome: call.outcome,
            reason: call.reason,
            warm_up: call.warm_up,
        }
    }

    /// Due to done.
    pub fn response(&self) -> Nanos {
        self.done - self.due
    }

    /// Whether it did what the user wanted.
    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Ok
    }
}

impl AttemptTrace {
    pub(super) fn new(attempt: &AttemptRecord, begin: Nanos) -> Self {
        let sent = attempt.sent.saturating_sub(begin);
        Self {
            sent,
            done: sent + attempt.service,
            cell: attempt.cell as u32,
            client: attempt.client as u32,
            outcome: attempt.outcome,
            kind: attempt.kind,
            after_hint: attempt.after_hint,
            warm_up: attempt.warm_up,
        }
    }
}
