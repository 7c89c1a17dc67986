//! Exact arithmetic of tokens: whole numbers only, so that no sum of small errors makes a long run drift.

use crate::units::{Nanos, Rate};

/// One token in the unit that levels are counted in: 10⁻¹⁸ tokens, because a rate is counted in 10⁻⁹ tokens a second and
/// time in 10⁻⁹ seconds. Nothing overflows: the longest span at the highest rate is 1.8·10³⁵ units, and a `u128` holds
/// 3.4·10³⁸.
pub(super) const TOKEN: u128 = 1_000_000_000_000_000_000;

/// What a cost or a burst is in units.
pub(super) fn tokens(number: u32) -> u128 {
    u128::from(number) * TOKEN
}

/// Whole tokens in so many units.
pub(super) fn whole(units: u128) -> u64 {
    u64::try_from(units / TOKEN).unwrap_or(u64::MAX)
}

/// A rate in units a nanosecond, which is the same number as 10⁻⁹ tokens a second; never zero.
pub(super) fn units_a_nanosecond(rate: Rate) -> u128 {
    // At most 10¹⁶, so that `f64` rounds it to within two parts in 10¹⁶.
    ((rate.as_per_second() * 1e9).round() as u128).max(1)
}

/// The shortest span in which `rate` gains so many units.
pub(super) fn span(units: u128, rate: u128) -> Nanos {
    // The division of two 128-bit numbers costs several times what that of two 64-bit numbers does.
    let nanos = match (u64::try_from(units), u64::try_from(rate)) {
        (Ok(units), Ok(rate)) => u128::from(units.div_ceil(rate)),
        _ => units.div_ceil(rate),
    };
    Nanos::new(u64::try_from(nanos).unwrap_or(u64::MAX))
}
