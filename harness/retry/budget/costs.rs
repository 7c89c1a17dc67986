//! What a retry costs.

use crate::retry::FailureKind;

/// What a retry costs, by the kind of the failure before it; zero or more, in the budget's tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// After throttling.
    pub throttling: f64,
    /// After a failure that may pass.
    pub transient: f64,
    /// After no reply in time; a hedge costs as much, since it is sent for want of a reply.
    pub timeout: f64,
}

impl Costs {
    /// The same for every kind.
    pub const fn all(cost: f64) -> Self {
        Self { throttling: cost, transient: cost, timeout: cost }
    }

    /// What a retry after such a failure costs.
    pub fn of(&self, kind: FailureKind) -> f64 {
        match kind {
            FailureKind::Throttling => self.throttling,
            FailureKind::Timeout => self.timeout,
            FailureKind::Transient | FailureKind::Permanent => self.transient,
        }
    }
}
