//! How much of the beginning of a series is unsettled.

/// Observations that are averaged before anything is looked at: single ones are too noisy to show a transient.
const BATCH: usize = 5;

/// How many observations to leave out at the beginning, a multiple of five: the d that makes Σ (y − ȳ)² / (n − d)² over the averages of
/// five that are left smallest, at most a third of them. Zero for series too short to tell.
///
/// Source: K. P. White, "An effective truncation heuristic for bias reduction in simulation output", 1997, and for the averages of five
/// White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for simulation", 2000.
pub fn mser5(series: &[f64]) -> usize {
    let batches: Vec<f64> = series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    let spread = |from: usize| {
        let left = &batches[from..];
        let n = left.len() as f64;
        let mean = left.iter().sum::<f64>() / n;
        left.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n * n)
    };
    let mut best = (0, f64::INFINITY);
    for from in 0..=batches.len() / 3 {
        // Of equals the one that keeps more.
        let spread = if batches.is_empty() { 0.0 } else { spread(from) };
        if spread < best.1 {
            best = (from, spread);
        }
    }
    best.0 * BATCH
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What wobbles around a level: a fixed pattern, so that nothing here depends on chance.
    fn wobble(index: usize) -> f64 {
        [0.3, -0.1, 0.2, -0.4, 0.1, -0.2, 0.4][index % 7]
    }

    #[test]
    fn a_transient_is_left_out_and_a_settled_series_is_not() {
        let settled: Vec<f64> = (0..60).map(|index| 10.0 + wobble(index)).collect();
        assert!(mser5(&settled) <= 10, "{}", mser5(&settled));
        let warming: Vec<f64> = (0..60).map(|index| if index < 10 { 20.0 } else { 10.0 } + wobble(index)).collect();
        assert_eq!(mser5(&warming), 10);
    }

    #[test]
    fn at_most_a_third_is_left_out_and_nothing_of_what_is_short_or_flat() {
        let falling: Vec<f64> = (0..60).map(|index| 60.0 - f64::from(index)).collect();
        assert_eq!(mser5(&falling), 20);
        assert_eq!(mser5(&[]), 0);
        assert_eq!(mser5(&[9.0, 1.0, 1.0, 1.0]), 0);
        assert_eq!(mser5(&[5.0; 100]), 0);
    }
}
