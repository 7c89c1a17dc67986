//! How small a difference so many pairs find, and how many pairs a difference takes.

use crate::stats::student_quantile;

/// How often a difference of that size is to be found.
const POWER: f64 = 0.9;
/// More pairs than this are no advice to anyone.
const MOST_PAIRS: u32 = 200;

/// The smallest difference that `pairs` find nine times out of ten on a level of `alpha`, at a spread of `spread` between pairs:
/// (t₁₋ₐ + t₀.₉) s / √k, Student's t with k − 1 degrees of freedom. `None` for fewer than two pairs, and where 2⁻ᵏ is above the level.
pub(super) fn detectable(spread: f64, pairs: u32, alpha: f64) -> Option<f64> {
    if pairs < 2 || 0.5_f64.powf(pairs.into()) > alpha {
        return None;
    }
    let degrees = f64::from(pairs - 1);
    let quantiles = student_quantile(1.0 - alpha, degrees) + student_quantile(POWER, degrees);
    Some(quantiles * spread / f64::from(pairs).sqrt())
}

/// The smallest number of pairs that finds `difference`; `None` where more than 200 would be needed.
pub(super) fn pairs_needed(spread: f64, difference: f64, alpha: f64) -> Option<u32> {
    (2..=MOST_PAIRS).find(|pairs| detectable(spread, *pairs, alpha).is_some_and(|found| found <= difference))
}
