//! The drawings of a search. Each file draws one.

mod curve;
mod ranges;

pub(super) use curve::draw as curve;
pub(super) use ranges::draw as ranges;

use super::super::chart::{Frame, Svg};
use super::super::figure::Key;

/// What held.
const HELD: &str = "var(--ok,#4a8fb5)";
/// What did not.
const BROKE: &str = "var(--failed,#a8324a)";
/// Text that is read first.
const INK: &str = "var(--ink,#14212b)";

/// A swatch of our own drawing.
fn key(label: &'static str, draw: impl FnOnce(&mut Svg)) -> Key {
    let mut svg = Svg::new(12.0, 12.0, "swatch", r#" width="12" height="12" aria-hidden="true""#, "", "");
    draw(&mut svg);
    Key { swatch: svg.finish(), label, column: "" }
}

/// A cross: told from a dot without colour.
fn cross(svg: &mut Svg, (x, y): (f64, f64), colour: &str) {
    svg.segment((x - 3.0, y - 3.0), (x + 3.0, y + 3.0), colour, "");
    svg.segment((x - 3.0, y + 3.0), (x + 3.0, y - 3.0), colour, "");
}

/// The band between the highest load that held and the lowest that did not: the answer's error bar.
fn error_bar(frame: &mut Frame, (lower, upper): (Option<f64>, Option<f64>)) {
    let (Some(lower), Some(upper)) = (lower, upper) else { return };
    let (from, to) = (frame.x.at(lower), frame.x.at(upper));
    let (top, height) = (frame.top(), frame.bottom() - frame.top());
    // A band of 3 % is to be seen on any axis.
    frame.svg.rect((from, top), ((to - from).max(2.0), height), "var(--event,#c98a1b)", r#" fill-opacity=".3""#);
}
