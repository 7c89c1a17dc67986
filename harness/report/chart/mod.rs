//! Charts as SVG: scales, a frame with axes, and the shapes in it. Knows nothing of what is drawn; `figure` does.
//!
//! Drawn here rather than by a crate, because the page needs what none gives together: a `viewBox` with title and
//! description, colours that a stylesheet can change, equal plot areas on all time charts so that one cursor crosses
//! them, labels at the ends of lines, and gaps where seconds are missing.

mod frame;
mod heat;
mod scale;
mod svg;

pub(crate) use frame::{EndLabel, Frame, Margins};
pub(crate) use heat::{CLASSES, cells, class_of};
pub(crate) use scale::Scale;
pub(crate) use svg::{Anchor, FONT, GRID, MUTED, Num, Paint, Svg};

/// Splits points where neighbours lie further apart than `gap`, so that what is unknown is not drawn.
pub(crate) fn segments(points: &[(f64, f64)], gap: f64) -> impl Iterator<Item = &[(f64, f64)]> {
    points.chunk_by(move |a, b| b.0 - a.0 <= gap)
}
