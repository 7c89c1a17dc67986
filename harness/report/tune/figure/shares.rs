//! Where the time of all calls went: one bar of three parts.

use super::super::super::chart::{Anchor, MUTED, Svg};
use super::super::super::figure::rates::{OK, THROTTLED};
use super::super::super::model::tune::TimeShares;
use super::super::super::number::percent;
use super::THIRD;

/// Draws it.
pub(in super::super) fn draw(time: &TimeShares) -> String {
    let parts = [
        ("waiting", time.waiting_ratio, THROTTLED),
        ("server and network", time.server_ratio, OK),
        ("other", time.other_ratio, "var(--axis,#9aa7b2)"),
    ];
    let said: Vec<_> = parts.iter().map(|(name, share, _)| format!("{name} {}", percent(*share))).collect();
    let mut svg = Svg::new(THIRD, 34.0, "half", "", "Where the time went", &said.join(", "));
    let whole: f64 = parts.iter().map(|(_, share, _)| share.max(0.0)).sum();
    let mut x = 0.0;
    for (_, share, colour) in parts {
        let width = if whole > 0.0 { THIRD * share.max(0.0) / whole } else { 0.0 };
        svg.rect((x, 0.0), (width, 14.0), colour, "");
        x += width;
    }
    // The words stand in three columns of their own: a narrow part has no room for its name.
    for (index, words) in said.iter().enumerate() {
        let (x, anchor) = [(0.0, Anchor::Start), (THIRD * 0.53, Anchor::Middle), (THIRD, Anchor::End)][index];
        svg.text((x, 27.0), anchor, MUTED, "", words);
    }
    svg.finish()
}
