//! One connection, with at most one request on it.

use std::io;

use super::reply::{Decoder, Limits};
use super::stream::Stream;
use crate::api::{Input, WireError};
use crate::lane::AttemptId;
use crate::transport::io_error::kind_of;
use crate::units::Nanos;

/// How much earlier than the server says an idle connection is given up, so that no request crosses its close on the way.
const GIVE_UP_EARLY: Nanos = Nanos::from_millis(500);

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The socket is being connected.
    Connecting,
    /// TLS is being agreed on.
    ShakingHands,
    /// Requests can be sent.
    Open,
}

/// An attempt on its way.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) attempt: AttemptId,
    pub(super) input: Input,
    /// When it was begun.
    pub(super) sent: Nanos,
    /// When the head of the reply had come.
    pub(super) first_byte: Option<Nanos>,
    /// What was added to the clock, where the request was signed.
    pub(super) signed: Option<i64>,
}

impl Job {
    pub(super) fn new(attempt: AttemptId, input: Input, sent: Nanos) -> Self {
        Self { attempt, input, sent, first_byte: None, signed: None }
    }
}

/// One connection of a lane.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: Stream,
    pub(super) stage: Stage,
    /// The attempt under way; the connection is idle without one.
    pub(super) job: Option<Job>,
    pub(super) decoder: Decoder,
    /// What of the request could not be written yet, and how much of that has been since.
    unsent: Vec<u8>,
    written: usize,
    /// Why sending was given up, if it was. The system says that once, and of the next read nothing but that it is the last.
    pub(super) send_error: Option<WireError>,
    /// When it was begun.
    pub(super) since: Nanos,
    /// Until when connecting has to be done.
    pub(super) connect_by: Nanos,
    /// How many of the target's addresses were tried before this one.
    pub(super) tried: usize,
    /// From when on it must not be used again.
    pub(super) good_until: Nanos,
    /// How many more requests the server takes.
    requests_left: u32,
}

impl Connection {
    pub(super) fn new(stream: Stream, job: Job, limits: Limits, since: Nanos, connect_by: Nanos, tried: usize) -> Self {
        Self {
            stream,
            stage: Stage::Connecting,
            job: Some(job),
            decoder: Decoder::new(limits),
            unsent: Vec::new(),
            written: 0,
            send_error: None,
            since,
            connect_by,
            tried,
            good_until: Nanos::MAX,
            requests_left: u32::MAX,
        }
    }

    /// Sends a request; what the socket does not take at once waits for it.
    pub(super) fn send(&mut self, head: &[u8], body: &[u8]) -> io::Result<()> {
        self.requests_left -= 1;
        let written = match self.stream.write(head, body) {
            Ok(written) => written,
            Err(error) if is_not_now(&error) => 0,
            Err(error) => return Err(error),
        };
        if written < head.len() + body.len() {
            self.unsent.clear();
            self.written = 0;
            self.unsent.extend_from_slice(&head[written.min(head.len())..]);
            self.unsent.extend_from_slice(&body[written.saturating_sub(head.len())..]);
            self.flush()?;
        }
        Ok(())
    }

    /// Goes on sending, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.written < self.unsent.len() {
            match self.stream.write(&self.unsent[self.written..], &[]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => self.written += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_not_now(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.forget_unsent();
        self.stream.flush()
    }

    /// Sends nothing more of the request: nobody reads it. The server may have answered before it closed; whoever reads finds
    /// out.
    pub(super) fn give_up_sending(&mut self, error: &io::Error) {
        self.forget_unsent();
        self.send_error = Some(kind_of(error).unwrap_or(WireError::Other));
    }

    fn forget_unsent(&mut self) {
        // A large request leaves no large buffer behind.
        self.unsent = Vec::new();
        self.written = 0;
    }

    /// Whether all of the request is out of our hands.
    pub(super) fn has_sent(&self) -> bool {
        self.unsent.is_empty()
    }

    /// Whether anything waits for the socket to take it.
    pub(super) fn wants_to_write(&self) -> bool {
        !self.has_sent() || self.stream.holds_back()
    }

    /// Takes over what the last reply says of the connection. Whether it can be used again.
    pub(super) fn settle(&mut self, now: Nanos) -> bool {
        let persistence = self.decoder.persistence();
        if let Some(idle) = persistence.idle_timeout {
            // A second is the smallest that can be said; half of it is better than none.
            self.good_until = now + idle.saturating_sub(GIVE_UP_EARLY);
        }
        if let Some(left) = persistence.max_requests {
            self.requests_left = left;
        }
        persistence.reusable && self.has_sent() && self.send_error.is_none() && self.requests_left > 0
    }
}

fn is_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
