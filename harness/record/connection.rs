//! What connections cost.

use serde::{Deserialize, Serialize};

use crate::stats::LatencyHistogram;
use crate::units::Nanos;

/// A connection that took this long to open lost a packet, as a rule: a system that hears nothing sends its request to
/// connect again after 1 s, and then after 2 s and 4 s more (RFC 6298, section 2.1 and 5.5), so that such a connection takes a
/// little over 1 s, 3 s or 7 s.
const SLOW: Nanos = Nanos::from_secs(1);

/// New connections of a second, or of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionRecord {
    /// Connections that were made.
    pub opened: u64,
    /// Connections that could not be made.
    pub refused: u64,
    /// Of those that were made, how many took 1 s or longer.
    pub slow: u64,
    /// Resolving the name.
    pub dns: LatencyHistogram,
    /// Name, TCP and TLS together, of connections that were made.
    pub connect: LatencyHistogram,
}

impl ConnectionRecord {
    /// A connection was made, in so much time.
    pub fn opened(&mut self, took: Nanos) {
        self.opened += 1;
        self.slow += u64::from(took >= SLOW);
        self.connect.record(took);
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        self.opened += other.opened;
        self.refused += other.refused;
        self.slow += other.slow;
        self.dns.merge(&other.dns);
        self.connect.merge(&other.connect);
    }
}
