//! What a lane and its driver say to each other.

use crate::api::{Input, Reply};

/// Names one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId {
    /// The call's place in the lane; used again once the call is over.
    pub(super) call: u32,
    /// The attempt's number in the lane; tells a late reply from the one that is awaited.
    pub(super) serial: u32,
}

impl AttemptId {
    /// The attempt of the call at a place in the lane, with its number in the lane.
    pub fn new(call: u32, serial: u32) -> Self {
        Self { call, serial }
    }
}

/// What happened.
#[expect(
    clippy::large_enum_variant,
    reason = "an event lives for one call; a box would be an allocation for each reply"
)]
#[derive(Debug)]
pub enum Event {
    /// A reply, or why there will be none.
    Reply {
        /// To which attempt.
        attempt: AttemptId,
        /// What came.
        reply: Reply,
    },
    /// The run has to end: nothing new is sent.
    Stop,
}

/// What the driver has to do.
#[derive(Debug)]
pub enum Command {
    /// Send an attempt now and report its reply. Its timeout is the lane's business, which says [`Command::Cancel`] then.
    Send {
        /// The attempt.
        attempt: AttemptId,
        /// What to send.
        input: Input,
    },
    /// Give an attempt up; its reply, should it come, is of no use.
    Cancel {
        /// The attempt.
        attempt: AttemptId,
    },
}
