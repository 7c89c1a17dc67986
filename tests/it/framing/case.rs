//! A reply as bytes, and what has to come of it.

use loadline::api::WireError;
use loadline::transport::http1::reply::{Decoder, FramingError, Limits, Persistence, Progress};
use loadline::units::Nanos;

/// The limits under which the table holds; a scenario can set the same.
pub(crate) const LIMITS: Limits = Limits { max_head: 256 << 10, max_fields: 256, max_body: 1_000_000 };

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What the server sends before it closes the connection.
    pub(crate) bytes: &'static [u8],
    /// Whether the request was HEAD.
    pub(crate) asked_by_head: bool,
    pub(crate) end: End,
}

/// How a reply ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Reply {
        status: u16,
        body: &'static [u8],
        persistence: Persistence,
        /// How many of the bytes belong to no reply.
        left: usize,
    },
    Error(FramingError),
}

/// A sound reply, after which the connection can be used again unless it is said otherwise.
pub(crate) const fn sound(name: &'static str, bytes: &'static [u8], status: u16, body: &'static [u8]) -> Case {
    let persistence = Persistence { reusable: true, idle_timeout: None, max_requests: None };
    Case { name, bytes, asked_by_head: false, end: End::Reply { status, body, persistence, left: 0 } }
}

/// A reply that is an error.
pub(crate) const fn faulty(name: &'static str, bytes: &'static [u8], error: FramingError) -> Case {
    Case { name, bytes, asked_by_head: false, end: End::Error(error) }
}

impl Case {
    pub(crate) const fn to_head(mut self) -> Self {
        self.asked_by_head = true;
        self
    }

    /// The connection cannot be used again.
    pub(crate) const fn last(mut self) -> Self {
        if let End::Reply { persistence, .. } = &mut self.end {
            persistence.reusable = false;
        }
        self
    }

    pub(crate) const fn hints(mut self, timeout: Option<u64>, max: Option<u32>) -> Self {
        if let End::Reply { persistence, .. } = &mut self.end {
            persistence.idle_timeout = match timeout {
                Some(seconds) => Some(Nanos::from_secs(seconds)),
                None => None,
            };
            persistence.max_requests = max;
        }
        self
    }

    pub(crate) const fn leaves(mut self, bytes: usize) -> Self {
        if let End::Reply { left, .. } = &mut self.end {
            *left = bytes;
        }
        self
    }

    /// The kind of error that an attempt which gets this is counted under.
    pub(crate) fn kind(&self) -> Option<WireError> {
        match &self.end {
            End::Reply { .. } => None,
            End::Error(error) => Some(error.kind()),
        }
    }
}

/// What came of bytes, in a form that owns itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) persistence: Persistence,
    pub(crate) used: usize,
}

/// Gives a decoder that has begun the pieces, and then the end of the connection where more was awaited.
pub(crate) fn decode<'a>(
    decoder: &mut Decoder,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Found, FramingError> {
    let mut used = 0;
    let mut is_whole = false;
    for piece in pieces {
        match decoder.feed(piece, |_| u64::MAX)? {
            Progress::More => used += piece.len(),
            Progress::Done { used: last } => {
                used += last;
                is_whole = true;
                break;
            }
        }
    }
    if !is_whole {
        decoder.close()?;
    }
    assert_eq!(decoder.body_length(), decoder.body().len() as u64, "all of it was to be kept");
    Ok(Found { status: decoder.status(), body: decoder.body().to_vec(), persistence: decoder.persistence(), used })
}

/// The same with a decoder of its own.
pub(crate) fn decode_alone<'a>(
    asked_by_head: bool,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Found, FramingError> {
    let mut decoder = Decoder::new(limits);
    decoder.begin(asked_by_head);
    decode(&mut decoder, pieces)
}
