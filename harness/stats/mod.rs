//! Latency distributions that merge exactly.

mod histogram;
mod mser;
mod resample;
mod set_hash;
mod two_samples;

pub use histogram::{HistogramError, LatencyHistogram};
pub use mser::mser5;
pub use resample::block_bootstrap;
pub use set_hash::SetHash;
pub use two_samples::TwoSamples;
