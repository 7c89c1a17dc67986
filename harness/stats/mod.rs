//! Latency distributions that merge exactly.

mod histogram;
mod set_hash;

pub use histogram::{HistogramError, LatencyHistogram};
pub use set_hash::SetHash;
