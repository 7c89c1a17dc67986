//! What a client asks itself before it sends: its circuit breaker, its own throttle, its limit on attempts in flight. A new one is
//! one file here, its description in `spec.rs` and its place in `Gates` or `Throttle`.

mod admission_control;
mod breaker;
mod concurrency;
mod cubic;
mod fixed;
mod gates;
mod spec;
mod sre;
mod tally;
mod throttle;

pub(super) use gates::Gates;
pub use spec::{BreakerSpec, ConcurrencySpec, CubicSpec, ThrottleSpec};

use super::client::Ended;
use crate::retry::FailureKind;

/// Whether the service took an attempt on, as far as a client can tell: it did, too, where the answer is that the request was wrong. `None` where
/// nobody knows, because nobody waited for the reply.
fn was_taken(ended: Ended) -> Option<bool> {
    match ended {
        Ended::Success { .. } | Ended::Failure { kind: FailureKind::Permanent, .. } => Some(true),
        Ended::Failure { .. } => Some(false),
        Ended::Cancelled | Ended::NeverSent => None,
    }
}
