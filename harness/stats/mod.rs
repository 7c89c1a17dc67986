//! Latency distributions that merge exactly, and what a handful of runs says.

mod binomial;
mod dispersion;
mod histogram;
mod mser;
mod rank_sum;
mod resample;
mod sample;
mod set_hash;
mod signed_rank;
mod student;

pub use binomial::clopper_pearson_upper;
pub use dispersion::dispersion;
pub use histogram::{HistogramError, LatencyHistogram};
pub use mser::mser5;
pub use rank_sum::{Shifts, rank_sum_cdf};
pub use resample::block_bootstrap;
pub use sample::{autocorrelation, deviation, median, median_of_sorted};
pub use set_hash::SetHash;
pub use signed_rank::{WalshAverages, signed_rank_cdf, signed_rank_critical};
pub use student::student_quantile;
