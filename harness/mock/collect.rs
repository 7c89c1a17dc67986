//! Reading a request's body: not for ever, and not into more memory than there is.

use std::cell::Cell;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};

use super::watch::Watch;
use crate::service::ServiceError;
use crate::time::Waits;
use crate::units::Nanos;

/// The longest body that is looked at.
const MAX_BODY: usize = 1 << 20;
/// The longest body that is read to its end, so that the connection can go on after a 413.
const MAX_DISCARDED: usize = 16 << 20;
/// The most that unfinished bodies may hold, all connections together.
const MAX_HELD: usize = 256 << 20;

/// Reads bodies.
#[derive(Debug)]
pub(super) struct Collector {
    waits: Rc<Waits>,
    timeout: Nanos,
    /// What unfinished bodies hold at present, in bytes.
    held: Cell<usize>,
}

/// What one body holds; given back when it is dropped.
struct Held<'a> {
    all: &'a Cell<usize>,
    own: usize,
}

impl Held<'_> {
    /// Whether there is room for so much more.
    fn add(&mut self, more: usize) -> bool {
        let fits = self.all.get() + more <= MAX_HELD;
        if fits {
            self.all.set(self.all.get() + more);
            self.own += more;
        }
        fits
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.all.set(self.all.get() - self.own);
    }
}

impl Collector {
    pub(super) fn new(waits: Rc<Waits>, timeout: Nanos) -> Self {
        Self { waits, timeout, held: Cell::new(0) }
    }

    /// The whole body, if it is not too long and comes in time. Where it was not read to its end, the watch is told.
    pub(super) async fn collect(&self, body: Incoming, watch: &Watch) -> Result<Bytes, ServiceError> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        if body.size_hint().lower() > MAX_DISCARDED as u64 {
            watch.leave_unread();
            return Err(too_long());
        }
        let outcome = tokio::select! {
            biased;
            outcome = self.read(body) => outcome,
            () = self.waits.wait(self.timeout) => {
                Err(ServiceError::new(408, "RequestTimeoutException", "The body did not come in time"))
            }
        };
        if let Err(error) = &outcome
            && error.status != 400
        {
            watch.leave_unread();
        }
        outcome
    }

    async fn read(&self, mut body: Incoming) -> Result<Bytes, ServiceError> {
        let mut held = Held { all: &self.held, own: 0 };
        let (mut kept, mut length) = (BytesMut::new(), 0);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ServiceError::bad_request("The body ended before its end"))?;
            let Ok(data) = frame.into_data() else { continue };
            // Most bodies come in one piece, which is not copied.
            if length == 0 && data.len() <= MAX_BODY && body.is_end_stream() {
                return Ok(data);
            }
            length += data.len();
            if length <= MAX_BODY {
                if !held.add(data.len()) {
                    return Err(ServiceError::new(503, "ServiceUnavailableException", "Too many bodies are under way"));
                }
                kept.extend_from_slice(&data);
            } else if length > MAX_DISCARDED {
                break;
            }
        }
        if length <= MAX_BODY { Ok(kept.freeze()) } else { Err(too_long()) }
    }
}

fn too_long() -> ServiceError {
    let message = "The body must not be longer than 1048576 bytes";
    ServiceError::new(413, "RequestEntityTooLargeException", message)
}
