//! How attempts are spread over time.

use super::spans::Spans;
use crate::record::AttemptTrace;
use crate::units::Nanos;

/// The most attempts in one whole second, counted from the begin of the measurement.
pub(super) fn peak_1s<'a>(attempts: impl Iterator<Item = &'a AttemptTrace>) -> f64 {
    let mut seconds = Spans::new(Nanos::ZERO, Nanos::from_secs(1));
    attempts.for_each(|attempt| seconds.add(attempt.sent));
    seconds.counts.iter().copied().max().unwrap_or_default() as f64
}

/// Variance over mean of the attempts in tenths of a second from `from` to `until`: 1 is what independent senders give,
/// since a Poisson count has a variance equal to its mean (Fano, "Ionization yield of radiations. II", 1947). NaN
/// without any attempt.
pub(super) fn fano<'a>(attempts: impl Iterator<Item = &'a AttemptTrace>, from: Nanos, until: Nanos) -> f64 {
    let mut tenths = Spans::new(from, Nanos::from_millis(100)).reaching(until);
    attempts.filter(|attempt| attempt.sent < until).for_each(|attempt| tenths.add(attempt.sent));
    let n = tenths.counts.len() as f64;
    let mean = tenths.counts.iter().sum::<u64>() as f64 / n;
    let squares = tenths.counts.iter().map(|&count| (count as f64 - mean) * (count as f64 - mean)).sum::<f64>();
    squares / n / mean
}
