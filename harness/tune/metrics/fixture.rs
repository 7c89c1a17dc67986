//! Traces made by hand.

use crate::record::{AttemptOutcome, AttemptTrace, CallTrace, Outcome, Trace};
use crate::retry::{AttemptKind, Reason};
use crate::units::Nanos;

/// A call of a client from `due` to `done`, in milliseconds.
pub(in crate::tune) fn call(client: u32, due: u64, done: u64, attempts: u32, ok: bool) -> CallTrace {
    CallTrace {
        due: Nanos::from_millis(due),
        done: Nanos::from_millis(done),
        waited: Nanos::ZERO,
        cell: 0,
        client,
        attempts,
        outcome: if ok { Outcome::Ok } else { Outcome::Throttled },
        reason: (!ok).then_some(Reason::MaxAttempts),
        warm_up: false,
    }
}

/// An attempt that takes ten milliseconds.
pub(in crate::tune) fn attempt(client: u32, sent: u64, outcome: AttemptOutcome) -> AttemptTrace {
    AttemptTrace {
        sent: Nanos::from_millis(sent),
        done: Nanos::from_millis(sent + 10),
        cell: 0,
        client,
        outcome,
        kind: AttemptKind::First,
        after_hint: false,
        warm_up: false,
    }
}

/// Calls with their attempts: all are sent when their call falls due, and the last of a call that ended well succeeds.
pub(in crate::tune) fn trace(mut calls: Vec<CallTrace>) -> Trace {
    let mut trace = Trace::default();
    calls.sort_by_key(|call| call.done);
    for one in &calls {
        let due = one.due.as_nanos() / 1_000_000;
        for number in 1..=one.attempts {
            let good = one.is_ok() && number == one.attempts;
            let outcome = if good { AttemptOutcome::Success } else { AttemptOutcome::Throttled };
            trace.attempts.push(AttemptTrace { warm_up: one.warm_up, ..attempt(one.client, due, outcome) });
        }
    }
    trace.calls = calls;
    trace
}
