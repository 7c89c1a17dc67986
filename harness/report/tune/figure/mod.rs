//! The drawings of a comparison. Each file draws one.

mod attempts;
mod load;
mod plate;
mod shares;
mod tornado;

pub(super) use attempts::draw as attempts;
pub(super) use load::{Scales, draw as load, key as load_key};
pub use plate::{Exhibit, Heights, plate};
pub(super) use shares::draw as shares;
pub(super) use tornado::draw as tornado;

use super::super::chart::Margins;

/// Width of a drawing of which three stand side by side, in units of the view box.
const THIRD: f64 = 260.0;
/// Its height.
const THIRD_HEIGHT: f64 = 150.0;

/// Margins of such a drawing.
const MARGINS: Margins = Margins { left: 46.0, right: 13.0, top: 8.0, bottom: 20.0 };
