//! What goes wrong now and then.

use std::borrow::Cow;

use crate::service::operation::OperationKind;
use crate::units::{Nanos, Ratio};

/// Something that goes wrong now and then.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The operations that it strikes; empty means all.
    pub operations: Vec<OperationKind>,
    /// The chance that it strikes an admitted request, 0 to 1.
    pub chance: Ratio,
    /// Strikes every n-th admitted request besides; at least one.
    pub every: Option<u64>,
    /// When it may strike; always where absent.
    pub during: Option<Window>,
    /// What happens.
    pub kind: FaultKind,
}

/// A span of the service's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins, counted from [`crate::service::Service::start_events`].
    pub at: Nanos,
    /// How long it lasts; [`Nanos::MAX`] is for good.
    pub lasts: Nanos,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The request is answered with an error and has no effect.
    Status {
        /// The HTTP status.
        status: u16,
        /// The error's type name.
        error_code: Cow<'static, str>,
    },
    /// The request has its effect, and the answer is damaged on its way.
    Wire(WireFault),
    /// The listener accepts nobody for a while. Strikes connections and not requests, so that its operations mean nothing.
    StallAccept {
        /// How long; never beyond the end of its window.
        lasts: Nanos,
    },
}

/// How an answer is damaged. The operation has taken effect by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WireFault {
    /// The connection is reset.
    Reset(ResetAt),
    /// The connection is closed in the middle of the body.
    Truncate,
    /// The body trickles out over this span.
    SlowBody {
        /// From the first byte of the body to the last.
        over: Nanos,
    },
    /// Bytes that are not HTTP, then the end of the connection.
    Garbage,
    /// `Content-Length` says less than the body holds, and the connection stays open.
    WrongLength,
    /// A well-formed answer whose body is not JSON.
    InvalidJson,
    /// The answer is sent twice, and the connection stays open.
    Duplicate,
    /// Half of the body, then silence for as long as the client waits.
    Stall,
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::enum_variant_names, reason = "the words of the scenario language: `reset: during_reply`")]
pub enum ResetAt {
    /// Before the first byte of the answer.
    BeforeReply,
    /// In the middle of the body.
    DuringReply,
    /// After the last byte.
    AfterReply,
}
