//! The universal scalability law, where its conditions are met.

use super::{CurvePoint, Usl};
use crate::rng::{Key, Purpose};

/// Fewer loads bend at will.
const LOADS: usize = 6;
/// The loads have to span this share of the highest goodput: a corner of the curve tells nothing of its peak.
const SPAN: f64 = 0.6;
/// What explains less is not shown.
const R_SQUARED: f64 = 0.95;
/// The law is not trusted beyond so many times the concurrency that was seen.
const FAR: f64 = 2.0;
/// Resamples of the loads.
const DRAWS: u64 = 300;

/// γ, σ and κ from the stable loads of a curve: concurrency by Little's law, N = X · R, and least squares of N / X on 1, N − 1 and N (N − 1)
/// with no coefficient below zero.
///
/// Source: N. Gunther, "Guerrilla Capacity Planning", 2007, for the law; J. Little, 1961. The interval of the peak comes from resampling the
/// loads (B. Efron, 1979).
///
/// # Errors
/// Which condition is not met: a sentence.
pub fn usl(curve: &[CurvePoint], seed: u64) -> Result<Usl, String> {
    let stable = |point: &&CurvePoint| point.trials.0 > 0 && 2 * point.violations <= point.trials.0;
    let concurrency = |point: &CurvePoint| {
        let mean_s = point.mean_s.filter(|mean_s| *mean_s > 0.0)?;
        (point.goodput_per_s > 0.0).then_some((point.goodput_per_s * mean_s, point.goodput_per_s))
    };
    let points: Vec<(f64, f64)> = curve.iter().filter(stable).filter_map(concurrency).collect();
    if points.len() < LOADS {
        return Err(format!("the scalability law: {} stable loads were measured, and it needs {LOADS}", points.len()));
    }
    let peak = points.iter().map(|point| point.1).fold(0.0, f64::max);
    let least = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    if peak - least <= SPAN * peak {
        return Err(format!(
            "the scalability law: the stable loads span {:.0} % of the highest goodput, and it needs more than {:.0} %",
            (peak - least) / peak * 100.0,
            SPAN * 100.0
        ));
    }
    let law = fit(&points).ok_or("the scalability law: no fit has a positive γ")?;
    let r_squared = law.r_squared(&points);
    if r_squared < R_SQUARED {
        return Err(format!(
            "the scalability law: it explains {:.0} % of the curve, and {:.0} % are asked",
            r_squared * 100.0,
            R_SQUARED * 100.0
        ));
    }
    let far = points.iter().map(|point| point.0).fold(0.0, f64::max) * FAR;
    let mut peaks: Vec<f64> = (0..DRAWS)
        .filter_map(|draw| {
            let pick = |index: usize| {
                let key = Key { seed, purpose: Purpose::Resample, client: 7, call: draw, attempt: index as u64 };
                points[key.below(points.len() as u64) as usize]
            };
            fit(&(0..points.len()).map(pick).collect::<Vec<_>>()).map(|law| law.peak(far))
        })
        .collect();
    peaks.sort_unstable_by(f64::total_cmp);
    let best = law.peak(far);
    let at =
        |share: f64| peaks.get(((peaks.len() as f64 * share) as usize).min(peaks.len().saturating_sub(1))).copied();
    let (low, high) = (at(0.025).unwrap_or(best).min(best), at(0.975).unwrap_or(best).max(best));
    Ok(Usl { gamma: law.gamma, sigma: law.sigma, kappa: law.kappa, r_squared, peak_per_s: (low, best, high) })
}

#[derive(Clone, Copy, Debug)]
struct Law {
    gamma: f64,
    sigma: f64,
    kappa: f64,
}

impl Law {
    fn goodput(self, n: f64) -> f64 {
        self.gamma * n / (1.0 + self.sigma * (n - 1.0) + self.kappa * n * (n - 1.0))
    }

    /// The largest goodput up to a concurrency.
    fn peak(self, far: f64) -> f64 {
        let top = if self.kappa > 0.0 { ((1.0 - self.sigma).max(0.0) / self.kappa).sqrt() } else { f64::INFINITY };
        self.goodput(top.clamp(far.min(1.0), far))
    }

    fn r_squared(self, points: &[(f64, f64)]) -> f64 {
        let mean = points.iter().map(|point| point.1).sum::<f64>() / points.len() as f64;
        let rest: f64 = points.iter().map(|(n, x)| (x - self.goodput(*n)).powi(2)).sum();
        let all: f64 = points.iter().map(|(_, x)| (x - mean).powi(2)).sum();
        1.0 - rest / all
    }
}

/// Least squares without negative coefficients: of three, every subset can be tried, and the best that is allowed is the answer.
fn fit(points: &[(f64, f64)]) -> Option<Law> {
    let rows: Vec<([f64; 3], f64)> = points.iter().map(|(n, x)| ([1.0, n - 1.0, n * (n - 1.0)], n / x)).collect();
    let subsets: [&[usize]; 4] = [&[0], &[0, 1], &[0, 2], &[0, 1, 2]];
    let mut best: Option<(f64, [f64; 3])> = None;
    for subset in subsets {
        let Some(found) = squares(&rows, subset) else { continue };
        if found.iter().any(|value| *value < 0.0) || found[0] <= 0.0 {
            continue;
        }
        let off = |(row, y): &([f64; 3], f64)| (y - row.iter().zip(found).map(|(a, b)| a * b).sum::<f64>()).powi(2);
        let rest: f64 = rows.iter().map(off).sum();
        if best.is_none_or(|(least, _)| rest < least) {
            best = Some((rest, found));
        }
    }
    let (_, [one, contention, coherency]) = best?;
    Some(Law { gamma: 1.0 / one, sigma: contention / one, kappa: coherency / one })
}

/// Least squares on some of the columns, each stretched to about one so that elimination stays exact enough; the others are zero.
fn squares(rows: &[([f64; 3], f64)], columns: &[usize]) -> Option<[f64; 3]> {
    let size = columns.len();
    let mut scale = [1.0; 3];
    for column in columns {
        scale[*column] = rows.iter().map(|(row, _)| row[*column].abs()).fold(0.0, f64::max);
        if scale[*column] <= 0.0 {
            return None;
        }
    }
    let mut matrix = [[0.0; 4]; 3];
    for (i, a) in columns.iter().enumerate() {
        for (j, b) in columns.iter().enumerate() {
            matrix[i][j] = rows.iter().map(|(row, _)| row[*a] / scale[*a] * row[*b] / scale[*b]).sum();
        }
        matrix[i][3] = rows.iter().map(|(row, y)| row[*a] / scale[*a] * y).sum();
    }
    for pivot in 0..size {
        let largest = (pivot..size).max_by(|a, b| matrix[*a][pivot].abs().total_cmp(&matrix[*b][pivot].abs()))?;
        matrix.swap(pivot, largest);
        if matrix[pivot][pivot].abs() < 1e-12 {
            return None;
        }
        let top = matrix[pivot];
        for (at, row) in matrix.iter_mut().enumerate().take(size) {
            if at != pivot {
                let factor = row[pivot] / top[pivot];
                for (value, above) in row.iter_mut().zip(top) {
                    *value -= factor * above;
                }
            }
        }
    }
    let mut found = [0.0; 3];
    for (at, column) in columns.iter().enumerate() {
        found[*column] = matrix[at][3] / matrix[at][at] / scale[*column];
    }
    Some(found)
}
