//! How many calls made how many attempts.

use super::super::super::chart::{Anchor, Frame, MUTED, Margins, Scale};
use super::super::super::figure::rates::OK;
use super::super::super::model::AttemptsPerCall;
use super::super::super::number::share;
use super::{MARGINS, THIRD};

/// Bars beyond this are merged into the last.
const MOST: usize = 8;

/// Draws it.
pub(in super::super) fn draw(counts: &[AttemptsPerCall]) -> String {
    let total: u64 = counts.iter().map(|count| count.calls).sum();
    let mut bars: Vec<(String, u64)> = counts.iter().map(|count| (count.attempts.to_string(), count.calls)).collect();
    if bars.len() > MOST {
        let rest = bars.split_off(MOST - 1);
        bars.push((format!("≥ {}", rest[0].0), rest.iter().map(|(_, calls)| calls).sum()));
    }
    let said: Vec<_> = bars.iter().map(|(label, calls)| format!("{label}: {}", share(*calls, total))).collect();
    let highest = bars.iter().map(|(_, calls)| *calls as f64).fold(0.0, f64::max);
    let mut frame = Frame::new(
        (THIRD, 92.0),
        Margins { top: 16.0, left: 8.0, ..MARGINS },
        ("Attempts for each call", &said.join(", ")),
        |from, to| Scale::between(0.0, bars.len().max(1) as f64, from, to),
        |from, to| Scale::between(0.0, highest, from, to),
    );
    if total == 0 {
        return frame.empty("no calls");
    }
    // Bars keep their width, so that one bar does not look like a wall.
    let pitch = ((frame.right() - frame.left()) / bars.len() as f64).min(40.0);
    for (index, (label, calls)) in bars.iter().enumerate() {
        let x = frame.left() + pitch * index as f64;
        let y = if *calls > 0 { frame.y.at(*calls as f64).min(frame.bottom() - 1.0) } else { frame.bottom() };
        frame.svg.rect((x + 3.0, y), (pitch - 6.0, frame.bottom() - y), OK, "");
        frame.svg.text((x + pitch / 2.0, frame.bottom() + 13.0), Anchor::Middle, MUTED, "", label);
        if pitch > 27.0 {
            let words = super::super::super::number::percent((*calls as f64 / total as f64 * 100.0).round() / 100.0);
            frame.svg.text((x + pitch / 2.0, y - 3.0), Anchor::Middle, "var(--ink,#14212b)", "", &words);
        }
    }
    frame.x_axis(&[]);
    frame.svg.finish()
}
