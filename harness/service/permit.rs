//! Being let in: what a front says of a request before the service looks at it, and what it gets to keep.

use super::amounts::Amounts;
use super::caller::Caller;
use super::operation::OperationKind;
use crate::units::Nanos;

/// What limiters may want to know of a request before it is performed.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// Which operation is asked for.
    pub operation: OperationKind,
    /// The number of items in a batch; one for anything else.
    pub items: u32,
    /// The path as it was sent, without the query; empty where there is none.
    pub path: &'a str,
    /// The numbers that the request carries, for limiters whose cost is one of them.
    pub amounts: &'a dyn Amounts,
}

/// A request that has been let in. It goes back to [`Service::perform`](super::Service::perform), or to
/// [`Service::waive`](super::Service::waive) where it never comes to that.
#[derive(Debug)]
#[must_use = "a permit holds a place that has to be given back"]
pub struct Permit {
    /// Whose it is, to find the limiters again that have to hear of its end.
    pub(super) origin: Origin,
    /// How long a shaping limiter holds the request back before anything is done with it.
    pub(super) held_back: Nanos,
}

/// What tells the buckets of one request from those of another.
#[derive(Debug)]
pub(super) struct Origin {
    /// Who asks.
    pub(super) caller: Caller,
    /// What for.
    pub(super) operation: OperationKind,
    /// The digest of the path; zero where no limiter looks at it.
    pub(super) path: u64,
}
