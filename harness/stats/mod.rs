//! Latency distributions that merge exactly.

mod histogram;
mod mser;
mod set_hash;

pub use histogram::{HistogramError, LatencyHistogram};
pub use mser::mser5;
pub use set_hash::SetHash;
