//! The single writer: what the lane tells, put into the current interval.

use super::cell::MOST_ATTEMPTS;
use super::depth::depth_bucket;
use super::interval::{Gauges, Interval};
use super::outcome::{AttemptOutcome, Outcome};
use super::trace::{AttemptTrace, CallTrace, Trace};
use crate::api::WireError;
use crate::retry::{AttemptKind, Reason};
use crate::units::Nanos;

/// A finished attempt.
#[derive(Clone, Copy, Debug)]
pub struct AttemptRecord {
    /// The cell it counts in.
    pub cell: usize,
    /// The client that sent it.
    pub client: u64,
    /// Whether it falls into the warm-up: then it shows over time and nowhere else.
    pub warm_up: bool,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The status, or what happened to the wire.
    pub status: Result<u16, WireError>,
    /// When it was sent.
    pub sent: Nanos,
    /// Send to last byte.
    pub service: Nanos,
    /// Send to the head of the reply, where there was one.
    pub first_byte: Option<Nanos>,
    /// Which of the call's attempts it was.
    pub kind: AttemptKind,
    /// Whether the reply said when to come back.
    pub hint_seen: bool,
    /// Whether a hint had decided when it was sent.
    pub after_hint: bool,
}

/// A finished call.
#[derive(Clone, Copy, Debug)]
pub struct CallRecord {
    /// The cell it counts in.
    pub cell: usize,
    /// The client it belongs to.
    pub client: u64,
    /// Whether it falls into the warm-up.
    pub warm_up: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was given up; `None` where it ended well.
    pub reason: Option<Reason>,
    /// The planned instant.
    pub due: Nanos,
    /// Due to done.
    pub response: Nanos,
    /// First send − due − admission; `None` where it was never sent.
    pub lag: Option<Nanos>,
    /// Attempts that were sent.
    pub attempts: u32,
    /// All waits between its attempts together.
    pub waited: Nanos,
    /// Batch items accepted and not.
    pub items: (u64, u64),
    /// The page's number from 1, where the call is a page.
    pub page: Option<u32>,
}

/// Writes into one interval at a time. Owned by one lane.
#[derive(Debug)]
pub struct Recorder {
    /// The interval that is being written.
    current: Interval,
    /// Every call and attempt, where somebody wants them one by one.
    trace: Option<Trace>,
    /// Whether seconds are filled.
    counts: bool,
}

impl Recorder {
    /// A recorder for so many cells and clients.
    pub fn new(cells: usize, clients: usize) -> Self {
        Self { current: Interval::new(cells, clients), trace: None, counts: true }
    }

    /// Keeps every call and attempt besides, from now on; times will count from `begin`. Takes memory for each of them.
    pub fn keep_trace(&mut self, begin: Nanos) {
        self.trace = Some(Trace::new(begin));
    }

    /// Fills no distributions from now on: whoever needs no more than the trace is spared their memory and their time.
    pub fn keep_only_trace(&mut self) {
        self.counts = false;
    }

    /// What was kept.
    pub fn take_trace(&mut self) -> Option<Trace> {
        self.trace.take()
    }

    /// A call fell due.
    pub fn offered(&mut self) {
        self.current.gauges.offered += 1;
    }

    /// An attempt was handed to the wire after waiting for admission.
    pub fn sent(&mut self, cell: usize, warm_up: bool, first: bool, admission: Nanos) {
        if first {
            self.current.gauges.sent += 1;
        } else {
            self.current.gauges.retries += 1;
        }
        if self.counts && !warm_up {
            self.current.cells[cell].admission.record(admission);
        }
    }

    /// An attempt ended.
    pub fn attempt(&mut self, attempt: &AttemptRecord) {
        let gauges = &mut self.current.gauges;
        match attempt.outcome {
            AttemptOutcome::Success => gauges.ok += 1,
            AttemptOutcome::Throttled => gauges.throttled += 1,
            AttemptOutcome::Failed => gauges.failed += 1,
            AttemptOutcome::Cancelled => {}
        }
        if let Some(trace) = &mut self.trace {
            trace.attempts.push(AttemptTrace::new(attempt, trace.begin));
        }
        if attempt.warm_up || !self.counts {
            return;
        }
        if let Some(client) = self.current.clients.get_mut(attempt.client as usize) {
            client.attempts += 1;
            client.throttled += u64::from(attempt.outcome == AttemptOutcome::Throttled);
        }
        let cell = &mut self.current.cells[attempt.cell];
        cell.attempts[attempt.outcome as usize] += 1;
        cell.service[attempt.outcome as usize].record(attempt.service);
        if let Some(first_byte) = attempt.first_byte {
            cell.first_byte.record(first_byte);
        }
        cell.first_attempts += u64::from(attempt.kind == AttemptKind::First);
        let hedge = attempt.kind == AttemptKind::Hedge;
        cell.hedges_sent += u64::from(hedge);
        cell.hedges_won += u64::from(hedge && attempt.outcome == AttemptOutcome::Success);
        cell.hints_seen += u64::from(attempt.hint_seen);
        cell.hints_obeyed += u64::from(attempt.after_hint);
        cell.hints_accepted += u64::from(attempt.after_hint && attempt.outcome == AttemptOutcome::Success);
        match attempt.status {
            // What might have come of it is not known.
            _ if attempt.outcome == AttemptOutcome::Cancelled => {}
            Ok(status) => cell.by_status.add(status, 1),
            Err(error) => cell.by_wire[error as usize] += 1,
        }
    }

    /// A retry will wait.
    pub fn backoff(&mut self, cell: usize, warm_up: bool, wait: Nanos) {
        if self.counts && !warm_up {
            self.current.cells[cell].backoff.record(wait);
        }
    }

    /// A call ended.
    pub fn call(&mut self, call: &CallRecord) {
        self.current.gauges.dropped += u64::from(call.outcome == Outcome::Dropped);
        self.current.gauges.refused += u64::from(call.outcome == Outcome::Refused);
        if let Some(trace) = &mut self.trace {
            trace.calls.push(CallTrace::new(call, trace.begin));
        }
        if call.warm_up || !self.counts {
            return;
        }
        let ok = call.outcome == Outcome::Ok;
        if let Some(client) = self.current.clients.get_mut(call.client as usize) {
            client.calls += 1;
            client.ok += u64::from(ok);
        }
        let cell = &mut self.current.cells[call.cell];
        cell.calls[call.outcome as usize] += 1;
        if let Some(reason) = call.reason {
            cell.reasons[reason as usize] += 1;
        }
        if call.attempts > 0 {
            cell.attempts_per_call[(call.attempts as usize).min(MOST_ATTEMPTS) - 1] += 1;
        }
        cell.items_ok += call.items.0;
        cell.items_failed += call.items.1;
        cell.response_all.record(call.response);
        if ok {
            cell.response_ok.record(call.response);
        }
        if let Some(lag) = call.lag {
            cell.lag.record(lag);
        }
        if let Some(page) = call.page.filter(|_| ok) {
            cell.pages += 1;
            cell.depth_max = cell.depth_max.max(page);
            cell.depth[depth_bucket(page)].record(call.response);
        }
    }

    /// The gauges of the current interval, for what is a state and not a count.
    pub fn gauges_mut(&mut self) -> &mut Gauges {
        &mut self.current.gauges
    }

    /// Hands over the interval that is full and goes on with an empty one, whose memory is used again.
    pub fn swap(&mut self, mut empty: Interval) -> Interval {
        empty.reset();
        empty.index = self.current.index + 1;
        std::mem::replace(&mut self.current, empty)
    }
}
