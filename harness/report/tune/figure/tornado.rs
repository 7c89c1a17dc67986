//! How much each swept field moves the score: one bar a field, the most important on top.

use super::super::super::chart::{Anchor, FONT, Frame, GRID, Margins, Scale};
use super::super::super::figure::rates::OK;
use super::super::super::model::tune::{Knob, KnobValue};
use super::super::super::number::plain;
use super::super::super::text::line;

/// The most fields that are drawn; a table has all of them.
const MOST: usize = 10;
/// The height of a field, in units of the view box.
const ROW: f64 = 34.0;

/// Draws it.
pub(in super::super) fn draw(knobs: &[Knob]) -> String {
    let shown = &knobs[..knobs.len().min(MOST)];
    let scores = || shown.iter().flat_map(|knob| &knob.values).map(|value| value.score);
    let (lo, hi) = scores().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), score| (lo.min(score), hi.max(score)));
    let air = ((hi - lo) * 0.12).max(0.01);
    let said: Vec<_> =
        shown.iter().map(|knob| format!("{} moves the score by {}", knob.field, plain(knob.swing))).collect();
    let mut frame = Frame::new(
        (Frame::WIDE, ROW * shown.len() as f64 + 30.0),
        Margins { left: 8.0, right: 8.0, top: 4.0, bottom: 22.0 },
        ("How much each field moves the score", &said.join("; ")),
        |from, to| Scale::between(lo - air, hi + air, from, to),
        |from, to| Scale::between(0.0, shown.len().max(1) as f64, from, to),
    );
    if shown.is_empty() {
        return frame.empty("no field was swept");
    }
    let ticks: Vec<_> = frame.x.ticks().into_iter().map(|tick| (tick, plain(tick))).collect();
    for (tick, _) in &ticks {
        let x = frame.x.at(*tick);
        frame.svg.segment((x, frame.top()), (x, frame.bottom()), GRID, "");
    }
    for (index, knob) in shown.iter().enumerate() {
        let top = frame.top() + ROW * index as f64;
        row(&mut frame, knob, top);
    }
    frame.x_axis(&ticks);
    frame.svg.finish()
}

/// A field: its name and swing above, a bar from the worst to the best value, a dot for each value.
fn row(frame: &mut Frame, knob: &Knob, top: f64) {
    let by_score = |a: &&KnobValue, b: &&KnobValue| a.score.total_cmp(&b.score);
    let (Some(worst), Some(best)) = (knob.values.iter().min_by(by_score), knob.values.iter().max_by(by_score)) else {
        return;
    };
    let (from, to) = (frame.x.at(worst.score), frame.x.at(best.score));
    let title = format!(
        "{}: {} is best, {} worst ({} of score between them)",
        line(&knob.field, 40),
        line(&best.value, 16),
        line(&worst.value, 16),
        plain(knob.swing)
    );
    frame.svg.text((frame.left(), top + FONT + 1.0), Anchor::Start, "var(--ink,#14212b)", "", &title);
    let y = top + FONT + 8.0;
    frame.svg.rect((from, y), ((to - from).max(1.0), 8.0), OK, r#" fill-opacity=".45""#);
    for value in &knob.values {
        frame.svg.dot((frame.x.at(value.score), y + 4.0), "var(--ink,#14212b)");
    }
}
