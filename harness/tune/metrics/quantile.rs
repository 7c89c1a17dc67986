//! Quantiles of what was kept one by one.

/// The quantile by nearest rank: the `ceil(q · n)`-th smallest, for `q` in (0, 1]. `None` of nothing. The order of
/// `values` changes.
pub(in crate::tune) fn nearest_rank(values: &mut [f64], q: f64) -> Option<f64> {
    let rank = (q * values.len() as f64).ceil().max(1.0) as usize - 1;
    if rank >= values.len() {
        return None;
    }
    Some(*values.select_nth_unstable_by(rank, f64::total_cmp).1)
}

/// The 50th, 90th and 99th percentile and the maximum; NaN of nothing. The order of `values` changes.
pub(super) fn quartet(values: &mut [f64]) -> [f64; 4] {
    [0.5, 0.9, 0.99, 1.0].map(|q| nearest_rank(values, q).unwrap_or(f64::NAN))
}

/// The median by nearest rank, NaN of nothing.
pub(in crate::tune) fn median(mut values: Vec<f64>) -> f64 {
    nearest_rank(&mut values, 0.5).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_one_of_the_values() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(quartet(&mut values), [50.0, 90.0, 99.0, 100.0]);
        assert_eq!(quartet(&mut [7.0]), [7.0; 4]);
        assert_eq!(nearest_rank(&mut [1.0, 2.0, 3.0], 0.5), Some(2.0));
        assert_eq!(nearest_rank(&mut [1.0, 2.0], 0.5), Some(1.0));
        assert!(quartet(&mut []).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn most_decide_the_median_even_where_the_rest_is_infinite() {
        assert_eq!(median(vec![f64::INFINITY, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![f64::INFINITY, f64::INFINITY, 2.0]), f64::INFINITY);
    }
}
