//! The capacity curve: what is offered, what comes of it and how long it takes, over the load.

use super::super::super::chart::{Anchor, EndLabel, FONT, Frame, MUTED, Margins, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Key, area_key, line_key};
use super::super::super::model::capacity::{Capacity, CapacityPoint};
use super::super::super::number::{ms, per_s, plain};
use super::super::loads::{axis, interval, load};
use super::super::tables;
use super::{BROKE, HELD, cross, error_bar, key};

const OFFERED: Paint = Paint::dashed("var(--muted,#5b6975)", "5 3");
const GOODPUT: Paint = Paint { colour: HELD, dash: "", width: 2.4 };
const THROTTLED: Paint = Paint::dashed("var(--event,#c98a1b)", "2 2");
const P50: Paint = Paint::dashed("var(--p50,#7fb0cf)", "5 3");
const P99: Paint = Paint { colour: "var(--p99,#12476b)", dash: "", width: 2.4 };
const LIMIT: Paint = Paint::dashed(BROKE, "2 3");

/// A value of a point.
type Of = fn(&CapacityPoint) -> Option<f64>;

/// Draws it; nothing where no load was tried twice over.
pub(in super::super) fn draw(capacity: &Capacity) -> Option<Figure> {
    let measured: Vec<CapacityPoint> = capacity.curve.iter().copied().filter(|point| point.trials > 0).collect();
    if measured.len() < 2 {
        return None;
    }
    let summary = summary(capacity, &measured);
    Some(Figure {
        id: "curve",
        title: "Offered, goodput, 429s and latency",
        note: "Trials of a load are added up. The band is the answer's error bar: below it the objectives hold, above it they do not. \
               A load whose trials break an objective is a ring."
            .into(),
        legend: legend(capacity),
        drawings: vec![
            Drawing { caption: "Calls a second".into(), svg: rates(capacity, &measured, &summary) },
            Drawing { caption: "Response time, logarithmic".into(), svg: latencies(capacity, &measured, &summary) },
        ],
        table: tables::curve(capacity),
        summary,
    })
}

fn summary(capacity: &Capacity, measured: &[CapacityPoint]) -> String {
    let best = measured.iter().max_by(|a, b| a.goodput_per_s.total_cmp(&b.goodput_per_s));
    let most = best.map_or_else(String::new, |best| {
        format!(" The most goodput is {} at {}.", per_s(best.goodput_per_s), load(capacity, best.load))
    });
    format!("{} loads; the objectives hold up to {}.{most}", measured.len(), interval(capacity, capacity.bounds))
}

fn legend(capacity: &Capacity) -> Vec<Key> {
    let mut legend = vec![
        line_key("offered", "", OFFERED),
        line_key("goodput", "", GOODPUT),
        line_key("429", "", THROTTLED),
        line_key("p50", "", P50),
        line_key("p99", "", P99),
    ];
    if capacity.objectives.iter().any(|objective| tables::limit(objective).is_some()) {
        legend.push(line_key("limit of an objective", "", LIMIT));
    }
    legend.push(key("every trial held", |svg| svg.disc((6.0, 6.0), 4.0, HELD)));
    if capacity.curve.iter().any(|point| point.violations > 0) {
        legend.push(key("trials break an objective", |svg| svg.ring((6.0, 6.0), BROKE)));
    }
    if capacity.curve.iter().any(|point| point.void > 0) {
        legend.push(key("void trials", |svg| cross(svg, (6.0, 6.0), "var(--muted,#5b6975)")));
    }
    if capacity.bounds.lower.is_some() && capacity.bounds.upper.is_some() {
        legend.push(area_key("error bar of the answer", "", "var(--event,#c98a1b)"));
    }
    legend
}

/// An empty frame on the load axis that both drawings share.
fn frame(capacity: &Capacity, height: f64, words: (&str, &str), y: impl FnOnce(f64, f64) -> Scale) -> Frame {
    let most = capacity.curve.iter().map(|point| point.load).fold(0.0, f64::max) * 1.02;
    Frame::new(
        (Frame::WIDE, height),
        Margins { top: 20.0, bottom: 34.0, ..Frame::WIDE_MARGINS },
        words,
        |from, to| Scale::between(0.0, most, from, to),
        y,
    )
}

fn rates(capacity: &Capacity, measured: &[CapacityPoint], summary: &str) -> String {
    let values: Vec<f64> = measured.iter().flat_map(|point| [point.offered_per_s, point.goodput_per_s]).collect();
    let mut frame = frame(capacity, 250.0, ("Offered load, goodput and throttled calls", summary), |from, to| {
        Scale::from_zero(values.into_iter(), from, to)
    });
    let lines: [(&str, Paint, Of); 3] = [
        ("offered", OFFERED, |point| Some(point.offered_per_s)),
        ("429", THROTTLED, |point| Some(point.throttled_per_s)),
        ("goodput", GOODPUT, |point| Some(point.goodput_per_s)),
    ];
    frame.y_axis(plain);
    plot(&mut frame, capacity, measured, &lines, |point| Some(point.goodput_per_s));
    finish(frame, capacity)
}

fn latencies(capacity: &Capacity, measured: &[CapacityPoint], summary: &str) -> String {
    let limits: Vec<f64> = capacity.objectives.iter().filter_map(tables::limit).collect();
    let values: Vec<f64> = measured
        .iter()
        .flat_map(|point| [point.p50_ms, point.p99_ms])
        .flatten()
        .chain(limits.iter().copied())
        .collect();
    let empty = values.is_empty();
    let mut frame = frame(capacity, 220.0, ("Median and 99th percentile of the response time", summary), |from, to| {
        Scale::log(values.into_iter(), from, to)
    });
    if empty {
        return frame.empty("no call was answered well");
    }
    let lines: [(&str, Paint, Of); 2] = [("p50", P50, |point| point.p50_ms), ("p99", P99, |point| point.p99_ms)];
    frame.y_axis(ms);
    for limit in limits {
        let y = frame.y.at(limit);
        frame.svg.line(&[(frame.left(), y), (frame.right(), y)], LIMIT);
    }
    plot(&mut frame, capacity, measured, &lines, |point| point.p99_ms);
    finish(frame, capacity)
}

/// The error bar, the knee, the lines, and the marks on the one that matters.
fn plot(frame: &mut Frame, capacity: &Capacity, measured: &[CapacityPoint], lines: &[(&str, Paint, Of)], marked: Of) {
    error_bar(frame, (capacity.bounds.lower, capacity.bounds.upper));
    if let Some(knee) = capacity.knee {
        let x = frame.x.at(knee.load);
        frame.svg.segment((x, frame.top()), (x, frame.bottom()), "var(--axis,#9aa7b2)", "1 3");
        let right = x > f64::midpoint(frame.left(), frame.right());
        let (anchor, x) = if right { (Anchor::End, x - 4.0) } else { (Anchor::Start, x + 4.0) };
        frame.svg.text((x, frame.top() - 4.0), anchor, MUTED, "event", "knee: an indication");
    }
    let mut labels = Vec::new();
    for (name, paint, of) in lines {
        let points: Vec<(f64, f64)> = measured.iter().filter_map(|point| Some((point.load, of(point)?))).collect();
        frame.line(&points, f64::INFINITY, *paint);
        if let Some((_, last)) = points.last() {
            labels.push(EndLabel { y: frame.y.at(*last), text: (*name).into(), colour: paint.colour });
        }
    }
    for point in measured {
        let Some(value) = marked(point) else { continue };
        let place = (frame.x.at(point.load), frame.y.at(value));
        if point.violations > 0 { frame.svg.ring(place, BROKE) } else { frame.svg.disc(place, 3.0, HELD) }
    }
    for point in capacity.curve.iter().filter(|point| point.void > 0) {
        let place = (frame.x.at(point.load), frame.bottom() - 6.0);
        cross(&mut frame.svg, place, MUTED);
    }
    frame.end_labels(labels);
}

fn finish(mut frame: Frame, capacity: &Capacity) -> String {
    let ticks: Vec<(f64, String)> = frame.x.ticks().into_iter().map(|tick| (tick, plain(tick))).collect();
    frame.x_axis(&ticks);
    let middle = f64::midpoint(frame.left(), frame.right());
    frame.svg.text((middle, frame.bottom() + 4.0 + 2.0 * FONT + 6.0), Anchor::Middle, MUTED, "", axis(capacity));
    frame.svg.finish()
}
