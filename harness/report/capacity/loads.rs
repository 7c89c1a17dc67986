//! Loads as people read them: rates or users, alone and as ranges.

use super::super::model::capacity::{Capacity, CapacityBounds, CapacityVary};
use super::super::number::{DASH, per_s, plain};

/// A load with its unit: `760/s`, `120 users`.
pub(super) fn load(capacity: &Capacity, load: f64) -> String {
    match capacity.vary {
        CapacityVary::Rate => per_s(load),
        CapacityVary::Users if (load - 1.0).abs() < 1e-9 => "1 user".into(),
        CapacityVary::Users => format!("{} users", plain(load)),
    }
}

/// A load where there is one.
pub(super) fn or_dash(capacity: &Capacity, at: Option<f64>) -> String {
    at.map_or_else(|| DASH.into(), |at| load(capacity, at))
}

/// Where the capacity lies, as an interval: `760/s to 785/s`.
pub(super) fn interval(capacity: &Capacity, bounds: CapacityBounds) -> String {
    match (bounds.lower, bounds.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", plain(lower), load(capacity, upper)),
        (Some(lower), None) => format!("at least {}", load(capacity, lower)),
        (None, Some(upper)) => format!("below {}", load(capacity, upper)),
        (None, None) => "not known".into(),
    }
}

/// What loads are, as the name of an axis.
pub(super) fn axis(capacity: &Capacity) -> &'static str {
    match capacity.vary {
        CapacityVary::Rate => "load: calls a second",
        CapacityVary::Users => "load: users",
    }
}

/// A factor as people say it: `1.9×`.
pub(super) fn times(factor: f64) -> String {
    format!("{}×", plain((factor * 100.0).round() / 100.0))
}
