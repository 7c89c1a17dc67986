//! Student's t.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

/// The quantile of Student's t; NaN without a degree of freedom, and infinite at 0 and 1.
pub fn student_quantile(q: f64, degrees: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees).map_or(f64::NAN, |t| t.inverse_cdf(q))
}
