//! Bounds of a share from a count, exact in the sense of Clopper and Pearson (1934).

use statrs::distribution::{Beta, ContinuousCDF as _};

/// The share is no higher than this, but for a chance of at most `alpha`, after `count` events of `of`. Counts need not be whole, since
/// overdispersed events stand for fewer. 1 where there is nothing to go by.
pub fn clopper_pearson_upper(count: f64, of: f64, alpha: f64) -> f64 {
    if of.is_nan() || count >= of {
        return 1.0;
    }
    Beta::new(count + 1.0, of - count).map_or(1.0, |beta| beta.inverse_cdf(1.0 - alpha))
}
