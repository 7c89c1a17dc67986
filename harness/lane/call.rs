//! One call: what the user wanted, with all its attempts.

use std::rc::Rc;

use super::flights::Flights;
use crate::api::{Attempt, Cursor, Input, Values};
use crate::retry::budget::Held;
use crate::retry::{AttemptKind, FailureKind, Reason};
use crate::units::Nanos;

/// What a call waits for before it sends its next attempt. Attempts that are on the wire are another matter: a call that is
/// hedged has some of them and waits besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Nothing: it begins, or has an attempt on the wire.
    Nothing,
    /// What its own client allows.
    Gate,
    /// The limiters of all and a free connection; in line since an instant.
    Admission { since: Nanos },
    /// The end of its backoff.
    Backoff,
    /// The end of a wait after which it fails.
    Lingering(Reason),
}

/// A call under way.
#[derive(Debug)]
pub(super) struct Call {
    /// Unique in the run; keys the draws of its jitter.
    pub(super) number: u64,
    /// The flow that it is a part of.
    pub(super) flow: usize,
    /// The workload of that flow.
    pub(super) workload: usize,
    /// Its exchange and cell.
    pub(super) exchange: usize,
    /// Its retry policy.
    pub(super) policy: usize,
    /// Its per-operation limiter.
    pub(super) limiter: Option<usize>,
    /// The client that it belongs to.
    pub(super) client: u64,
    /// The planned instant; latencies count from here.
    pub(super) due: Nanos,
    /// When it must be over.
    pub(super) deadline: Nanos,
    /// Whether it falls into the warm-up.
    pub(super) warm_up: bool,
    /// What it sends; the same on every attempt.
    pub(super) values: Rc<Values>,
    /// The batch items that are still to be accepted.
    pub(super) items: Option<Rc<[u32]>>,
    /// Batch items accepted and given up.
    pub(super) items_done: (u64, u64),
    /// Which page it asks for.
    pub(super) page: Option<Cursor>,
    /// The page's number from 1, where it is a page.
    pub(super) page_number: Option<u32>,
    /// What it waits for.
    pub(super) wait: Wait,
    /// Since when the next attempt would have liked to be sent.
    pub(super) ready_since: Nanos,
    /// Which of its attempts the next one is.
    pub(super) next: AttemptKind,
    /// The attempts that are on the wire.
    pub(super) flights: Flights,
    /// Attempts sent.
    pub(super) attempts: u32,
    /// Of those, attempts that were sent beside another.
    pub(super) hedges: u32,
    /// How its last attempt failed; `None` before that.
    pub(super) failure: Option<FailureKind>,
    /// The own backoff of the last wait.
    pub(super) backoff: Nanos,
    /// All waits between attempts together.
    pub(super) waited: Nanos,
    /// How long the first attempt waited for admission.
    pub(super) first_admission: Nanos,
    /// First send − due − admission, known once the first attempt is over.
    pub(super) lag: Option<Nanos>,
    /// What its last retry took from the budget.
    pub(super) held: Option<Held>,
    /// Whether a hint of the server decided the wait before the next attempt.
    pub(super) after_hint: bool,
    /// The last answer that was no success, in phases in which every call has to end well.
    pub(super) trouble: Option<String>,
    /// Whether an attempt may have had its effect though its reply was lost.
    pub(super) uncertain: bool,
}

impl Call {
    /// Whether an attempt is on the wire.
    pub(super) fn is_in_flight(&self) -> bool {
        !self.flights.is_empty()
    }

    /// Whether it waits for the reply to this attempt.
    pub(super) fn awaits(&self, awaited: u32) -> bool {
        self.flights.contains(awaited)
    }

    /// Notes our own debt, which the first attempt alone can show: from the planned instant to the send, without what the client's
    /// own limits made it wait.
    pub(super) fn note_lag(&mut self, kind: AttemptKind, sent: Nanos) {
        if kind == AttemptKind::First {
            self.lag = Some((sent - self.due) - self.first_admission);
        }
    }

    /// Attempts sent in turn, the first included.
    pub(super) fn turns(&self) -> u32 {
        self.attempts - self.hedges
    }

    /// What each attempt sends; the sender puts in which one it is.
    pub(super) fn input(&self) -> Input {
        Input {
            exchange: self.exchange,
            values: Rc::clone(&self.values),
            items: self.items.clone(),
            page: self.page.clone(),
            attempt: Attempt::default(),
        }
    }
}
