//! Wilcoxon's signed ranks for pairs: the exact distribution under "no difference", the estimate of Hodges and Lehmann, and its
//! bounds.
//!
//! Sources: F. Wilcoxon, "Individual comparisons by ranking methods" (1945); J. L. Hodges and E. L. Lehmann, "Estimates of location
//! based on rank tests" (1963); the bounds are those of M. Hollander, D. A. Wolfe and E. Chicken, "Nonparametric statistical
//! methods", section 3.3.

/// P(T⁺ ≤ s) for s = 0 … k(k + 1)/2, where T⁺ is the sum of the ranks of positive differences among `k` without a zero or a tie.
/// Each rank is positive by a fair coin, so the distribution is that of the sum of a random subset of 1 … k. Probabilities are halved
/// and added as they are: nothing overflows, and what underflows beyond k ≈ 1,000 is far below any level that is asked for.
pub fn signed_rank_cdf(k: usize) -> Vec<f64> {
    let mut mass = vec![0.0; k * (k + 1) / 2 + 1];
    mass[0] = 1.0;
    let mut highest = 0;
    for rank in 1..=k {
        highest += rank;
        for sum in (0..=highest).rev() {
            let with = if sum >= rank { mass[sum - rank] } else { 0.0 };
            mass[sum] = f64::midpoint(mass[sum], with);
        }
    }
    mass.iter()
        .scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        })
        .collect()
}

/// The rank C of the ordered Walsh average that bounds the difference of `k` pairs from below at level `alpha`:
/// C = 1 + max {c : P(T⁺ ≤ c) ≤ α}; `None` where even 2⁻ᵏ is above the level, so that no bound is that sure.
pub fn signed_rank_critical(k: usize, alpha: f64) -> Option<usize> {
    // A level that is meant to be 2⁻ᵏ must not miss it by a rounding error.
    let within = signed_rank_cdf(k).iter().take_while(|p| **p <= alpha * (1.0 + 1e-12)).count();
    (within > 0 && k > 0).then_some(within)
}

/// What pairs say of a difference: all averages of two of them, each with itself too, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct WalshAverages {
    pairs: usize,
    sorted: Vec<f64>,
}

impl WalshAverages {
    /// Of differences that are finite numbers.
    pub fn of(differences: &[f64]) -> Self {
        let mut sorted = Vec::with_capacity(differences.len() * (differences.len() + 1) / 2);
        for (index, one) in differences.iter().enumerate() {
            sorted.extend(differences[index..].iter().map(|other| f64::midpoint(*one, *other)));
        }
        sorted.sort_unstable_by(f64::total_cmp);
        Self { pairs: differences.len(), sorted }
    }

    /// The estimate of Hodges and Lehmann: their median; `None` without pairs.
    pub fn estimate(&self) -> Option<f64> {
        super::sample::median_of_sorted(&self.sorted)
    }

    /// The difference is no lower than this, but for a chance of at most `alpha`; −∞ where the pairs are too few for any such bound.
    pub fn lower(&self, alpha: f64) -> f64 {
        signed_rank_critical(self.pairs, alpha).map_or(f64::NEG_INFINITY, |c| self.sorted[c - 1])
    }

    /// The difference is no higher than this, but for a chance of at most `alpha`; +∞ where the pairs are too few for any such bound.
    pub fn upper(&self, alpha: f64) -> f64 {
        signed_rank_critical(self.pairs, alpha).map_or(f64::INFINITY, |c| self.sorted[self.sorted.len() - c])
    }
}
