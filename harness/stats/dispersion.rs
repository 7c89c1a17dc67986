//! How much more the counts of seconds vary than independent events would.

/// φ = Σ (x − n p)² / (n p (1 − p)) / (T − 1), at least 1, of T seconds in which something happened `x` of `n` times: Pearson's statistic
/// over its degrees of freedom. `part` and `whole` are the sums; seconds in which nothing could happen are left out.
pub fn dispersion(seconds: impl Iterator<Item = (u64, u64)>, part: u64, whole: u64) -> f64 {
    let share = part as f64 / whole.max(1) as f64;
    let free = share * (1.0 - share);
    let (mut sum, mut used) = (0.0, 0_u64);
    for (part, whole) in seconds.filter(|(_, whole)| *whole > 0) {
        let off = part as f64 - whole as f64 * share;
        sum += off * off / (whole as f64 * free);
        used += 1;
    }
    if free > 0.0 && used > 1 { (sum / (used - 1) as f64).max(1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: &[(u64, u64)]) -> f64 {
        let sum = |pick: fn(&(u64, u64)) -> u64| seconds.iter().map(pick).sum();
        dispersion(seconds.iter().copied(), sum(|it| it.0), sum(|it| it.1))
    }

    #[test]
    fn what_comes_in_bursts_varies_more_than_what_comes_alone() {
        assert!((of(&[(5, 100), (5, 100), (5, 100)]) - 1.0).abs() < 1e-12);
        // All in one of three seconds: 10² + 5² + 5² over 100 · 0.05 · 0.95, over two.
        assert!((of(&[(15, 100), (0, 100), (0, 100)]) - 150.0 / 4.75 / 2.0).abs() < 1e-9);
        assert!((of(&[(3, 3), (0, 0)]) - 1.0).abs() < 1e-12);
        assert!((of(&[]) - 1.0).abs() < 1e-12);
    }
}
