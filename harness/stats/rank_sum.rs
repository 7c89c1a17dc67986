//! The rank sum of two sets of runs (Mann and Whitney), with the shift of Hodges and Lehmann and its exact bounds.
//!
//! Sources: H. B. Mann and D. R. Whitney (1947); bounds as in Hollander, Wolfe and Chicken, section 4.3.

/// P(U ≤ u) for u = 0 … m·n, where U counts the pairs of one value from each set in which the second is larger, under "no difference"
/// and without ties. By the recurrence f(m, n, u) = m/(m+n) f(m−1, n, u−n) + n/(m+n) f(m, n−1, u), in probabilities.
pub fn rank_sum_cdf(m: usize, n: usize) -> Vec<f64> {
    // rows[j] holds the masses for (i, j); i grows from row to row.
    let mut rows: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(n + 1);
        next.push(vec![1.0]);
        for j in 1..=n {
            let share = i as f64 / (i + j) as f64;
            let mut mass = vec![0.0; i * j + 1];
            for (u, p) in rows[j].iter().enumerate() {
                mass[u + j] += share * p;
            }
            for (u, p) in next[j - 1].iter().enumerate() {
                mass[u] += (1.0 - share) * p;
            }
            next.push(mass);
        }
        rows = next;
    }
    rows[n]
        .iter()
        .scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        })
        .collect()
}

/// All differences of a value of the second set and one of the first, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Shifts {
    sizes: (usize, usize),
    sorted: Vec<f64>,
}

impl Shifts {
    /// Of values that are finite numbers.
    pub fn of(first: &[f64], second: &[f64]) -> Self {
        let mut sorted: Vec<f64> = second.iter().flat_map(|b| first.iter().map(move |a| b - a)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sizes: (first.len(), second.len()), sorted }
    }

    /// The estimate of Hodges and Lehmann: their median; `None` where a set is empty.
    pub fn estimate(&self) -> Option<f64> {
        super::sample::median_of_sorted(&self.sorted)
    }

    /// The shift is no lower than this, but for a chance of at most `alpha`; −∞ where the values are too few: the least chance is
    /// 1 / C(m + n, m).
    pub fn lower(&self, alpha: f64) -> f64 {
        self.critical(alpha).map_or(f64::NEG_INFINITY, |c| self.sorted[c - 1])
    }

    /// The shift is no higher than this, but for a chance of at most `alpha`.
    pub fn upper(&self, alpha: f64) -> f64 {
        self.critical(alpha).map_or(f64::INFINITY, |c| self.sorted[self.sorted.len() - c])
    }

    fn critical(&self, alpha: f64) -> Option<usize> {
        let (m, n) = self.sizes;
        if m == 0 || n == 0 {
            return None;
        }
        let within = rank_sum_cdf(m, n).iter().take_while(|p| **p <= alpha * (1.0 + 1e-12)).count();
        (within > 0).then_some(within)
    }
}
