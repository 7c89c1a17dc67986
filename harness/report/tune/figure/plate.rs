//! Several drawings of load and goodput side by side, for documents: one SVG that stands by itself.

use super::super::super::chart::{Anchor, MUTED, Num, Svg};
use super::super::super::model::tune::{LoadPoint, Portrait};
use super::load::{Scales, draw, key};
use super::{THIRD, THIRD_HEIGHT};
use crate::record::Trace;
use crate::units::Nanos;

/// The length of a step, in seconds.
const STEP_S: f64 = 1.0;
/// The height of the captions above the drawings and of the key below them.
const CAPTION: f64 = 22.0;
const KEY: f64 = 40.0;
/// Room at the left for long numbers on the first axis.
const LEFT: f64 = 12.0;

/// One drawing of a plate.
#[derive(Clone, Copy, Debug)]
pub struct Exhibit<'a> {
    /// What is shown.
    pub caption: &'a str,
    /// Every call and attempt of it.
    pub trace: &'a Trace,
    /// What the limit lets through, a second.
    pub limit_per_s: Option<f64>,
}

/// How high the drawings of a plate are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heights {
    /// Each as high as it needs: where one is so high that nothing could be seen of the other.
    Own,
    /// On one scale, so that they compare.
    Common,
    /// On one scale up to this rate a second; what is higher is cut off there.
    UpTo(f64),
}

/// Draws exhibits side by side.
pub fn plate(title: &str, exhibits: &[Exhibit<'_>], heights: Heights) -> String {
    let mut portraits: Vec<Portrait> = exhibits.iter().map(portrait).collect();
    if let Heights::UpTo(most) = heights {
        for point in portraits.iter_mut().flat_map(|portrait| &mut portrait.series) {
            point.load_per_s = point.load_per_s.min(most);
            point.offered_per_s = point.offered_per_s.min(most);
        }
    }
    let (width, height) = (LEFT + THIRD * portraits.len() as f64, CAPTION + THIRD_HEIGHT + KEY);
    let summary = exhibits.iter().map(|exhibit| exhibit.caption).collect::<Vec<_>>().join("; ");
    let mut svg = Svg::new(width, height, "plate", "", title, &summary);
    // A document may be read on a dark page, where the colours of a light one would be lost.
    svg.rect((0.0, 0.0), (width, height), "#fff", "");
    let mut nested = String::new();
    for (index, portrait) in portraits.iter().enumerate() {
        let left = LEFT + THIRD * index as f64;
        svg.text((left + THIRD / 2.0, CAPTION - 8.0), Anchor::Middle, "#14212b", "", exhibits[index].caption);
        let scales = Scales::of(if heights == Heights::Own { std::slice::from_ref(portrait) } else { &portraits });
        let size = format!(r#"width="{}" height="{}" overflow="visible""#, Num(THIRD), Num(THIRD_HEIGHT));
        nested.push_str(&placed(&draw(portrait, scales), (left, CAPTION), &size));
    }
    for (index, key) in key().into_iter().enumerate() {
        // Two rows of two, so that they fit below two drawings as well as below three.
        let (x, y) = (LEFT + 46.0 + 190.0 * (index % 2) as f64, height - KEY + 14.0 + 15.0 * (index / 2) as f64);
        nested.push_str(&placed(&key.swatch, (x, y - 7.0), ""));
        svg.text((x + 30.0, y + 1.0), Anchor::Start, MUTED, "", key.label);
    }
    svg.insert(&nested);
    svg.finish()
}

/// A drawing at a place of the sheet.
fn placed(drawing: &str, (x, y): (f64, f64), size: &str) -> String {
    drawing.replacen("<svg ", &format!(r#"<svg x="{}" y="{}" {size} "#, Num(x), Num(y)), 1)
}

fn portrait(exhibit: &Exhibit<'_>) -> Portrait {
    let trace = exhibit.trace;
    let ok = trace.calls.iter().filter(|call| call.is_ok()).count();
    let ends = trace.calls.iter().map(|call| call.done).chain(trace.attempts.iter().map(|attempt| attempt.sent));
    let steps = (ends.max().unwrap_or_default().as_secs_f64() / STEP_S).ceil().max(1.0) as usize;
    let empty = |step: usize| LoadPoint {
        at_s: step as f64 * STEP_S,
        limit_per_s: exhibit.limit_per_s,
        ..LoadPoint::default()
    };
    let mut series: Vec<LoadPoint> = (0..steps).map(empty).collect();
    let step = |at: Nanos| ((at.as_secs_f64() / STEP_S) as usize).min(steps - 1);
    for attempt in &trace.attempts {
        series[step(attempt.sent)].load_per_s += 1.0 / STEP_S;
    }
    for call in &trace.calls {
        series[step(call.due)].offered_per_s += 1.0 / STEP_S;
        if call.is_ok() {
            series[step(call.done)].goodput_per_s += 1.0 / STEP_S;
        }
    }
    Portrait {
        name: exhibit.caption.into(),
        calls: trace.calls.len() as u64,
        ok: ok as u64,
        attempts: trace.attempts.len() as u64,
        amplification: trace.attempts.len() as f64 / trace.calls.len().max(1) as f64,
        peak_load_per_s: series.iter().map(|point| point.load_per_s).fold(0.0, f64::max),
        step_s: STEP_S,
        series,
        ..Portrait::default()
    }
}
