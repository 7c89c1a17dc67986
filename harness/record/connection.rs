//! What connections cost.

use serde::{Deserialize, Serialize};

use crate::stats::LatencyHistogram;

/// New connections of a second, or of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionRecord {
    /// Connections that were made.
    pub opened: u64,
    /// Connections that could not be made.
    pub refused: u64,
    /// Resolving the name.
    pub dns: LatencyHistogram,
    /// Name, TCP and TLS together, of connections that were made.
    pub connect: LatencyHistogram,
}

impl ConnectionRecord {
    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        self.opened += other.opened;
        self.refused += other.refused;
        self.dns.merge(&other.dns);
        self.connect.merge(&other.connect);
    }
}
