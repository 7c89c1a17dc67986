//! Load, goodput and offered calls over time, with the limit drawn: on scales that all portraits share, so that heights compare.

use std::fmt::Write as _;

use super::super::super::chart::{Frame, Num, Paint, Scale, segments};
use super::super::super::figure::rates::{OK, THROTTLED};
use super::super::super::figure::{Key, area_key, line_key};
use super::super::super::model::tune::{LoadPoint, Portrait};
use super::super::super::number::{per_s, plain};
use super::{MARGINS, THIRD, THIRD_HEIGHT};

const OFFERED: Paint = Paint::dashed("var(--ink,#14212b)", "5 3");
const LIMIT: Paint = Paint::full("var(--bad,#a8243c)");

/// Points that a drawing of this width bears; beyond it, neighbours are merged.
const POINTS: usize = 200;

/// The scales that drawings side by side share.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Scales {
    highest: f64,
    end_s: f64,
}

impl Scales {
    /// The scales that show all portraits.
    pub(in super::super) fn of(portraits: &[Portrait]) -> Self {
        let points = || portraits.iter().flat_map(|portrait| merged(portrait).0);
        let heights =
            points().flat_map(|p| [p.load_per_s, p.offered_per_s, p.goodput_per_s, p.limit_per_s.unwrap_or(0.0)]);
        let ends = portraits.iter().map(end_s);
        Self { highest: heights.fold(0.0, f64::max), end_s: ends.fold(0.0, f64::max) }
    }
}

fn end_s(portrait: &Portrait) -> f64 {
    portrait.series.last().map_or(0.0, |point| point.at_s + portrait.step_s)
}

/// The series with at most [`POINTS`] points, and the length of their steps. The merged load is the mean, as all the others are.
fn merged(portrait: &Portrait) -> (Vec<LoadPoint>, f64) {
    let each = portrait.series.len().div_ceil(POINTS).max(1);
    let merge = |chunk: &[LoadPoint]| {
        let mean = |of: fn(&LoadPoint) -> f64| chunk.iter().map(of).sum::<f64>() / chunk.len() as f64;
        LoadPoint {
            at_s: chunk[0].at_s,
            load_per_s: mean(|p| p.load_per_s),
            goodput_per_s: mean(|p| p.goodput_per_s),
            offered_per_s: mean(|p| p.offered_per_s),
            limit_per_s: chunk[0].limit_per_s,
        }
    };
    (portrait.series.chunks(each).map(merge).collect(), portrait.step_s * each as f64)
}

/// The key to the drawings.
pub(in super::super) fn key() -> Vec<Key> {
    vec![
        area_key("load: attempts", "", THROTTLED),
        area_key("goodput: calls that end well", "", OK),
        line_key("offered: calls that fall due", "", OFFERED),
        line_key("the limit", "", LIMIT),
    ]
}

/// Draws one portrait.
pub(in super::super) fn draw(portrait: &Portrait, scales: Scales) -> String {
    let (points, step_s) = merged(portrait);
    let summary = format!(
        "{}: at most {} attempts in one second, {} attempts for each call, {} of {} calls ended well.",
        portrait.name,
        plain(portrait.peak_load_per_s),
        plain(portrait.amplification),
        portrait.ok,
        portrait.calls
    );
    let mut frame = Frame::new(
        (THIRD, THIRD_HEIGHT),
        MARGINS,
        ("Load and goodput over time", &summary),
        |from, to| Scale::between(0.0, scales.end_s, from, to),
        |from, to| Scale::from_zero(std::iter::once(scales.highest), from, to),
    );
    if points.is_empty() {
        return frame.empty("nothing was recorded");
    }
    frame.y_axis(per_s);
    for (colour, height) in
        [(THROTTLED, (|p| p.load_per_s) as fn(&LoadPoint) -> f64), (OK, |p: &LoadPoint| p.goodput_per_s)]
    {
        let path = steps(&frame, &points, step_s, height);
        frame.svg.fill(&path, colour, "");
    }
    let middle = |point: &LoadPoint| point.at_s + step_s / 2.0;
    let limit: Vec<_> = points.iter().filter_map(|p| Some((middle(p), p.limit_per_s?))).collect();
    frame.line(&limit, step_s * 1.5, Paint { width: 1.5, ..LIMIT });
    let offered: Vec<_> = points.iter().map(|p| (middle(p), p.offered_per_s)).collect();
    frame.line(&offered, step_s * 1.5, OFFERED);
    let ticks: Vec<_> = frame.x.ticks().into_iter().map(|t| (t, format!("{} s", plain(t)))).collect();
    frame.x_axis(&ticks);
    frame.svg.finish()
}

/// An area in steps: a rate belongs to its whole step.
fn steps(frame: &Frame, points: &[LoadPoint], step_s: f64, height: fn(&LoadPoint) -> f64) -> String {
    let placed: Vec<_> = points.iter().map(|point| (point.at_s, height(point))).collect();
    let mut path = String::new();
    for segment in segments(&placed, step_s * 1.5) {
        let _ = write!(path, "M{} {}", Num(frame.x.at(segment[0].0)), Num(frame.bottom()));
        for (t, value) in segment {
            let _ = write!(path, "V{}H{}", Num(frame.y.at(*value)), Num(frame.x.at(t + step_s)));
        }
        let _ = write!(path, "V{}z", Num(frame.bottom()));
    }
    path
}
