//! What the server saw.

use serde::{Deserialize, Serialize};

use super::reader::{Asked, Request};

/// How many stamps are kept; their room is reserved before the first request, so that none of them has to wait for memory.
const STAMPS: usize = 4_000_000;

/// Counts since the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Requests of the kind `GET /`.
    pub(crate) things: u64,
    /// Requests of the kind `POST /batch`.
    pub(crate) batches: u64,
    /// Requests of other kinds; they are answered with 404.
    pub(crate) others: u64,
    /// Bytes of bodies that came.
    pub(crate) body_bytes: u64,
    /// Connections that were accepted.
    pub(crate) connections: u64,
    /// When the first request was whole, in nanoseconds of the monotonic clock; 0 where none was.
    pub(crate) first: u64,
    /// When the last one was.
    pub(crate) last: u64,
}

impl Counts {
    /// Requests that were meant.
    pub(crate) fn requests(&self) -> u64 {
        self.things + self.batches
    }

    /// From the first request to the last, in seconds.
    pub(crate) fn span(&self) -> f64 {
        self.last.saturating_sub(self.first) as f64 / 1e9
    }
}

/// Counts, and the stamps of arrivals and replies in nanoseconds of the monotonic clock.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) counts: Counts,
    pub(crate) arrivals: Vec<u64>,
    pub(crate) replies: Vec<u64>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { counts: Counts::default(), arrivals: Vec::with_capacity(STAMPS), replies: Vec::with_capacity(STAMPS) }
    }

    /// Forgets everything and keeps the room.
    pub(crate) fn reset(&mut self) {
        self.counts = Counts::default();
        self.arrivals.clear();
        self.replies.clear();
    }

    /// Takes down a request; `now` is when it was whole.
    pub(crate) fn arrived(&mut self, request: Request, now: u64) {
        match request.asked {
            Asked::Thing => self.counts.things += 1,
            Asked::Batch => self.counts.batches += 1,
            Asked::Other => self.counts.others += 1,
        }
        self.counts.body_bytes += request.body;
        if self.counts.first == 0 {
            self.counts.first = now;
        }
        self.counts.last = now;
        stamp(&mut self.arrivals, now);
    }

    /// Takes down a reply.
    pub(crate) fn replied(&mut self, now: u64) {
        stamp(&mut self.replies, now);
    }
}

fn stamp(stamps: &mut Vec<u64>, now: u64) {
    if stamps.len() < stamps.capacity() {
        stamps.push(now);
    }
}
