//! Two samples that are not paired: by how much one lies above the other, from ranks alone.

/// The differences of every value of one sample from every value of another, and the exact distribution of the rank sum when nothing
/// differs (Wilcoxon 1945; Mann and Whitney 1947). The bounds are those of Hodges and Lehmann (1963); `scipy.stats.mannwhitneyu` with
/// `method="exact"` gives the same probabilities.
#[derive(Clone, Debug)]
pub struct TwoSamples {
    /// Second minus first, ascending.
    differences: Vec<f64>,
    /// P(U ≤ u), from u = 0.
    cumulative: Vec<f64>,
}

impl TwoSamples {
    /// Looks at two samples; neither may be empty, and no value may be NaN.
    pub fn new(first: &[f64], second: &[f64]) -> Self {
        let mut differences: Vec<f64> = first.iter().flat_map(|one| second.iter().map(move |two| two - one)).collect();
        differences.sort_by(f64::total_cmp);
        let mut sum = 0.0;
        let cumulative = probabilities(first.len(), second.len())
            .into_iter()
            .map(|probability| {
                sum += probability;
                sum
            })
            .collect();
        Self { differences, cumulative }
    }

    /// By how much the second sample lies above the first: the median of all differences.
    pub fn estimate(&self) -> f64 {
        let (all, middle) = (&self.differences, self.differences.len() / 2);
        match all.len() {
            0 => f64::NAN,
            even if even % 2 == 0 => f64::midpoint(all[middle - 1], all[middle]),
            _ => all[middle],
        }
    }

    /// What the difference surely is no lower and no higher than, each with a chance of at most `alpha` of being wrong; `None` where the
    /// samples are too small for that, whatever their values.
    pub fn bounds(&self, alpha: f64) -> Option<(f64, f64)> {
        // Sums of many small numbers may end a hair above what they are.
        let beyond = self.cumulative.iter().take_while(|sum| **sum <= alpha * (1.0 + 1e-12)).count();
        let last = self.differences.len().checked_sub(beyond)?;
        (beyond > 0 && beyond <= last + 1).then(|| (self.differences[beyond - 1], self.differences[last]))
    }
}

/// P(U = u) for samples of m and n values without ties: of all ways to choose m of m + n ranks, the share whose sum is u above the
/// smallest. Only sums of positive numbers, so that nothing cancels.
fn probabilities(m: usize, n: usize) -> Vec<f64> {
    let most = m * n;
    // ways[k][u]: so many of the ranks looked at are chosen, and their sum is u above its smallest.
    let mut ways = vec![vec![0.0; most + 1]; m + 1];
    ways[0][0] = 1.0;
    for rank in 0..m + n {
        for chosen in (1..=m.min(rank + 1)).rev() {
            // The k-th chosen rank is at least k: by how much it is higher is what it adds.
            let higher = rank + 1 - chosen;
            if higher > n {
                continue;
            }
            let (fewer, these) = ways.split_at_mut(chosen);
            for u in higher..=most {
                these[0][u] += fewer[chosen - 1][u - higher];
            }
        }
    }
    let all: f64 = ways[m].iter().sum();
    ways[m].iter().map(|count| count / all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_is_that_of_the_tables() {
        // Of 252 ways to choose 5 of 10 ranks: 1, 1, 2, 3, 5, 7 … have these sums.
        let of_252: Vec<f64> = probabilities(5, 5).iter().map(|share| (share * 252.0).round()).collect();
        assert_eq!(of_252[..7], [1.0, 1.0, 2.0, 3.0, 5.0, 7.0, 9.0]);
        assert!((probabilities(5, 5).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (m, n) in [(1, 1), (1, 7), (3, 8), (8, 3), (20, 20)] {
            let all = probabilities(m, n);
            assert!(all.iter().zip(all.iter().rev()).all(|(one, other)| (one - other).abs() < 1e-12), "{m} {n}");
        }
        // Critical values of Mann and Whitney's U, one-sided at 5 %: 4 for 5 and 5, 15 for 8 and 8, 27 for 10 and 10.
        for (n, critical) in [(5, 4), (8, 15), (10, 27)] {
            let sum = |u: usize| probabilities(n, n)[..=u].iter().sum::<f64>();
            assert!(sum(critical) <= 0.05 && sum(critical + 1) > 0.05, "{n}");
        }
    }

    #[test]
    fn bounds_are_differences_of_their_rank() {
        let (first, second) = ([1.0, 2.0, 3.0, 4.0, 5.0], [11.0, 12.0, 13.0, 14.0, 15.0]);
        let samples = TwoSamples::new(&first, &second);
        assert!((samples.estimate() - 10.0).abs() < 1e-12);
        // At 5 %, U ≤ 4 is rare: the fifth smallest and the fifth largest of 25 differences.
        assert_eq!(samples.bounds(0.05), Some((8.0, 12.0)));
        assert_eq!(samples.bounds(1.0 / 252.0), Some((6.0, 14.0)));
        assert_eq!(samples.bounds(0.003), None, "one in 252 is the least that five and five can show");
        assert_eq!(TwoSamples::new(&[1.0], &[2.0]).bounds(0.05), None);
    }
}
