//! The drawings of a gate. Each file draws one.

mod curves;
mod forest;
mod pairs;

pub(super) use curves::draw as curves;
pub(super) use forest::draw as forest;
pub(super) use pairs::draw as pairs;

use super::super::chart::Paint;

/// The baseline.
const BASELINE: Paint = Paint::dashed("var(--muted,#5b6975)", "5 3");
/// The candidate.
const CANDIDATE: Paint = Paint { colour: "var(--p99,#12476b)", dash: "", width: 2.2 };
/// What a rule allows.
const ALLOWED: &str = "var(--ok,#4a8fb5)";
/// Text that is read first.
const INK: &str = "var(--ink,#14212b)";

/// A swatch of a dot, full or hollow.
fn dot_key(label: &'static str, colour: &'static str, full: bool) -> super::super::figure::Key {
    let mut svg =
        super::super::chart::Svg::new(12.0, 10.0, "swatch", r#" width="12" height="10" aria-hidden="true""#, "", "");
    if full {
        svg.dot((6.0, 5.0), colour)
    } else {
        svg.ring((6.0, 5.0), colour)
    }
    super::super::figure::Key { swatch: svg.finish(), label, column: "" }
}
