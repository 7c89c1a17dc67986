//! All that is recorded of one operation in one workload.

use serde::{Deserialize, Serialize};

use super::counts::StatusCounts;
use super::depth::DEPTH_BUCKETS;
use super::outcome::{AttemptOutcome, Outcome};
use crate::api::WireError;
use crate::retry::Reason;
use crate::stats::LatencyHistogram;

/// The longest row of "attempts per call"; calls with more attempts count in its last place.
pub(crate) const MOST_ATTEMPTS: usize = 16;

/// Counters and distributions of one operation in one workload, warm-up left out. Every clock is named:
/// `lag` = first send − due − admission (our own debt); `service` = one attempt, send to last byte; `response` = due to done,
/// waits, backoffs and retries included; `admission` = waiting for the client's own limiter or a connection;
/// `backoff` = one wait between two attempts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CellRecord {
    /// Ended calls by [`Outcome`].
    pub calls: [u64; Outcome::ALL.len()],
    /// Calls that were given up, by [`Reason`].
    pub reasons: [u64; Reason::ALL.len()],
    /// Batch items that were accepted.
    pub items_ok: u64,
    /// Batch items that were not.
    pub items_failed: u64,
    /// Calls by their number of attempts: one, two … and the last place for all beyond. Calls that were never sent have no
    /// place here.
    pub attempts_per_call: [u64; MOST_ATTEMPTS],
    /// First attempts.
    pub first_attempts: u64,
    /// Ended attempts by [`AttemptOutcome`].
    pub attempts: [u64; AttemptOutcome::ALL.len()],
    /// Attempts that were sent beside another of the same call.
    pub hedges_sent: u64,
    /// Of those, attempts whose reply ended the call well.
    pub hedges_won: u64,
    /// Attempts by the status of their reply.
    pub by_status: StatusCounts,
    /// Attempts by what happened to the wire instead.
    pub by_wire: [u64; WireError::ALL.len()],
    /// Replies that said when to come back.
    pub hints_seen: u64,
    /// Retries whose wait such a hint decided.
    pub hints_obeyed: u64,
    /// Of those, retries that were then accepted.
    pub hints_accepted: u64,
    /// Page calls that ended well.
    pub pages: u64,
    /// The deepest page.
    pub depth_max: u32,
    /// Send to last byte, by [`AttemptOutcome`].
    pub service: [LatencyHistogram; AttemptOutcome::ALL.len()],
    /// Send to the head of the reply, of attempts that had one.
    pub first_byte: LatencyHistogram,
    /// Due to done, of calls that ended well.
    pub response_ok: LatencyHistogram,
    /// Due to done of every call; dropped and unfinished calls at the age they reached.
    pub response_all: LatencyHistogram,
    /// First send − due − admission.
    pub lag: LatencyHistogram,
    /// Waiting for the client's own limiter or a connection, of each attempt.
    pub admission: LatencyHistogram,
    /// Waits between attempts.
    pub backoff: LatencyHistogram,
    /// Response of page calls by depth in powers of two.
    pub depth: [LatencyHistogram; DEPTH_BUCKETS],
}

impl Default for CellRecord {
    fn default() -> Self {
        Self {
            calls: [0; Outcome::ALL.len()],
            reasons: [0; Reason::ALL.len()],
            items_ok: 0,
            items_failed: 0,
            attempts_per_call: [0; MOST_ATTEMPTS],
            first_attempts: 0,
            attempts: [0; AttemptOutcome::ALL.len()],
            hedges_sent: 0,
            hedges_won: 0,
            by_status: StatusCounts::default(),
            by_wire: [0; WireError::ALL.len()],
            hints_seen: 0,
            hints_obeyed: 0,
            hints_accepted: 0,
            pages: 0,
            depth_max: 0,
            service: Default::default(),
            first_byte: LatencyHistogram::new(),
            response_ok: LatencyHistogram::new(),
            response_all: LatencyHistogram::new(),
            lag: LatencyHistogram::new(),
            admission: LatencyHistogram::new(),
            backoff: LatencyHistogram::new(),
            depth: Default::default(),
        }
    }
}

impl CellRecord {
    /// Ended calls.
    pub fn call_count(&self) -> u64 {
        self.calls.iter().sum()
    }

    /// Ended calls of an outcome.
    pub fn calls_of(&self, outcome: Outcome) -> u64 {
        self.calls[outcome as usize]
    }

    /// Ended attempts.
    pub fn attempt_count(&self) -> u64 {
        self.attempts.iter().sum()
    }

    /// Ended attempts of an outcome.
    pub fn attempts_of(&self, outcome: AttemptOutcome) -> u64 {
        self.attempts[outcome as usize]
    }

    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.call_count() == 0 && self.attempt_count() == 0 && self.admission.is_empty() && self.backoff.is_empty()
    }

    /// Adds all of another. Associative and commutative.
    pub fn merge(&mut self, other: &Self) {
        add_all(&mut self.calls, &other.calls);
        add_all(&mut self.reasons, &other.reasons);
        self.items_ok += other.items_ok;
        self.items_failed += other.items_failed;
        add_all(&mut self.attempts_per_call, &other.attempts_per_call);
        self.first_attempts += other.first_attempts;
        add_all(&mut self.attempts, &other.attempts);
        self.hedges_sent += other.hedges_sent;
        self.hedges_won += other.hedges_won;
        self.by_status.merge(&other.by_status);
        add_all(&mut self.by_wire, &other.by_wire);
        self.hints_seen += other.hints_seen;
        self.hints_obeyed += other.hints_obeyed;
        self.hints_accepted += other.hints_accepted;
        self.pages += other.pages;
        self.depth_max = self.depth_max.max(other.depth_max);
        self.histograms_mut().zip(other.histograms()).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// Back to nothing; the memory is kept.
    pub fn reset(&mut self) {
        self.histograms_mut().for_each(LatencyHistogram::reset);
        self.by_status.reset();
        self.calls.fill(0);
        self.reasons.fill(0);
        self.attempts_per_call.fill(0);
        self.attempts.fill(0);
        self.by_wire.fill(0);
        (self.items_ok, self.items_failed, self.first_attempts) = (0, 0, 0);
        (self.hedges_sent, self.hedges_won) = (0, 0);
        (self.hints_seen, self.hints_obeyed, self.hints_accepted) = (0, 0, 0);
        (self.pages, self.depth_max) = (0, 0);
    }

    fn histograms(&self) -> impl Iterator<Item = &LatencyHistogram> {
        let single =
            [&self.first_byte, &self.response_ok, &self.response_all, &self.lag, &self.admission, &self.backoff];
        self.service.iter().chain(single).chain(&self.depth)
    }

    fn histograms_mut(&mut self) -> impl Iterator<Item = &mut LatencyHistogram> {
        let single = [
            &mut self.first_byte,
            &mut self.response_ok,
            &mut self.response_all,
            &mut self.lag,
            &mut self.admission,
            &mut self.backoff,
        ];
        self.service.iter_mut().chain(single).chain(&mut self.depth)
    }
}

fn add_all(mine: &mut [u64], theirs: &[u64]) {
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}
