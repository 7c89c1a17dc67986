//! Reply bodies that hyper can send by itself: whole, slow, stalled, or broken off.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use super::watch::Busy;
use crate::time::{Wait, Waits};
use crate::units::Nanos;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A slow body comes in so many pieces at most.
const PIECES: u64 = 32;

/// A reply's body. Its announced length is always that of the whole.
#[derive(Debug)]
pub(super) struct ReplyBody {
    /// What is still to be sent.
    rest: Bytes,
    pace: Pace,
    /// The request is under way until its reply is.
    _busy: Option<Busy>,
}

#[derive(Debug)]
enum Pace {
    /// All at once.
    Whole,
    /// A piece of that size after each pause.
    Slow { piece: usize, pause: Nanos, waits: Rc<Waits>, wait: Option<Wait> },
    /// So many bytes, and then nothing for ever.
    Stall { before: usize },
    /// So many bytes, and then an error, which makes hyper break the stream off.
    Break { before: usize, flushed: bool },
}

impl ReplyBody {
    pub(super) fn whole(body: Bytes) -> Self {
        Self { rest: body, pace: Pace::Whole, _busy: None }
    }

    /// Keeps the request under way until this body is gone.
    pub(super) fn keeping(self, busy: Busy) -> Self {
        Self { _busy: Some(busy), ..self }
    }

    /// Spread over that span.
    pub(super) fn slow(body: Bytes, over: Nanos, waits: &Rc<Waits>) -> Self {
        let pieces = (body.len() as u64).clamp(1, PIECES);
        let pause = Nanos::new(over.as_nanos() / pieces);
        let piece = body.len().div_ceil(pieces as usize);
        let pace = Pace::Slow { piece, pause, waits: Rc::clone(waits), wait: None };
        Self { pace, ..Self::whole(body) }
    }

    /// Half of it, then silence.
    pub(super) fn stalled(body: Bytes) -> Self {
        Self { pace: Pace::Stall { before: body.len() / 2 }, ..Self::whole(body) }
    }

    /// Half of it, then an error.
    pub(super) fn broken(body: Bytes) -> Self {
        Self { pace: Pace::Break { before: body.len() / 2, flushed: false }, ..Self::whole(body) }
    }

    fn take(&mut self, length: usize) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let length = length.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        if this.rest.is_empty() {
            return Poll::Ready(None);
        }
        match &mut this.pace {
            Pace::Whole => this.take(usize::MAX),
            Pace::Slow { piece, pause, waits, wait } => {
                let piece = *piece;
                let pause = *pause;
                ready!(Pin::new(wait.get_or_insert_with(|| waits.wait(pause))).poll(cx));
                *wait = None;
                this.take(piece)
            }
            // No one wakes this task but the client, by going away.
            Pace::Stall { before: 0 } => Poll::Pending,
            Pace::Break { before: 0, flushed: true } => Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))),
            Pace::Break { before: 0, flushed } => {
                // A pause, in which hyper sends what it has.
                *flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Pace::Stall { before } | Pace::Break { before, .. } => {
                let length = std::mem::take(before);
                this.take(length)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
