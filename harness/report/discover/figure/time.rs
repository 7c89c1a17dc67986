//! The whole discovery on one axis of time: the stages, what became of the probes, and what the model held meanwhile.

use super::super::super::chart::{Anchor, FONT, Frame, MUTED, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Key, Table, line_key};
use super::super::super::model::discover::{Discover, DiscoverOutcome};
use super::super::super::number::{count, plain, span_s};
use super::super::{kinds, tables};
use super::{MARKS, Marks, THROTTLED, keys, mark_of};

/// The level.
const LEVEL: Paint = Paint { colour: "var(--p99,#12476b)", dash: "", width: 1.5 };
/// Height of the strip of probes, and of the level.
const STRIP: f64 = 74.0;
const CURVE: f64 = 190.0;

/// Draws it; nothing where nothing was sent.
pub(in super::super) fn draw(discover: &Discover) -> Option<Figure> {
    if discover.probes.sent_s.is_empty() {
        return None;
    }
    let points = points(discover);
    let mut drawings =
        vec![Drawing { caption: "Probes, and the stages that they belong to".into(), svg: strip(discover) }];
    let mut legend = keys(discover);
    let mut summary = format!("{} probes in {}", count(discover.requests), span_s(discover.discovery_s));
    let mut note = "Silences belong to it: they let the limiter fill up.".to_owned();
    if !points.is_empty() {
        let what = tables::level_of(discover);
        legend.push(Key { label: "the model's level", ..line_key("", "", LEVEL) });
        drawings.push(Drawing { caption: format!("Level of the model: {what}"), svg: curve(discover, &points, what) });
        note.push_str(" The model was told what was let in, and says what was left after it; requests were throttled where that is nothing.");
        summary.push_str(&at_rejects(discover, &points));
    }
    Some(Figure {
        id: "time",
        title: "How did it go over time?",
        note,
        legend,
        drawings,
        table: Table::default(),
        summary,
    })
}

/// What the model held when requests were throttled, in words.
fn at_rejects(discover: &Discover, points: &[(f64, f64)]) -> String {
    let level = |at: f64| points[..points.partition_point(|(t, _)| *t <= at)].last().map(|(_, value)| *value);
    let rejects = instants(discover, DiscoverOutcome::Throttled).filter_map(level);
    let (mut low, mut all) = (0_u64, 0_u64);
    for value in rejects {
        all += 1;
        low += u64::from(value < 1.5);
    }
    if all == 0 {
        return String::new();
    }
    format!("; for {} of {} throttled requests the model held about none", count(low), count(all))
}

fn instants(discover: &Discover, outcome: DiscoverOutcome) -> impl Iterator<Item = f64> {
    let probes = &discover.probes;
    probes.sent_s.iter().zip(&probes.outcome).filter(move |(_, is)| **is == outcome).map(|(at, _)| *at)
}

fn points(discover: &Discover) -> Vec<(f64, f64)> {
    discover.level.at_s.iter().copied().zip(discover.level.requests.iter().copied()).collect()
}

/// The same axis for both drawings.
fn extent(discover: &Discover) -> (f64, f64) {
    let last = discover.probes.sent_s.iter().copied().fold(discover.discovery_s, f64::max);
    (0.0, last.max(1e-3))
}

fn strip(discover: &Discover) -> String {
    let mut frame = Frame::over_time(
        STRIP,
        extent(discover),
        "Probes over time",
        &super::super::words::tally(discover),
        |from, to| Scale::between(0.0, 1.0, from, to),
    );
    let (top, bottom) = (frame.top(), frame.bottom());
    let mut free = f64::NEG_INFINITY;
    for stage in &discover.stages {
        let (x, end) = (frame.x.at(stage.from_s), frame.x.at(stage.to_s));
        frame.svg.segment((x, top), (x, bottom), "var(--axis,#9aa7b2)", "2 2");
        let width = stage.name.chars().count() as f64 * FONT * 0.55;
        // A name that fits its stage, or at least does not run into the one before it.
        if x >= free && (end - x >= width || end - x >= 14.0) {
            frame.svg.text((x + 3.0, top - 3.0), Anchor::Start, MUTED, "event", &stage.name);
            free = x + width + 8.0;
        }
    }
    let middle = f64::midpoint(top, bottom);
    frame.svg.segment((frame.left(), middle), (frame.right(), middle), "var(--grid,#e4e8ec)", "");
    let mut marks = Marks::default();
    for (at, outcome) in discover.probes.sent_s.iter().zip(&discover.probes.outcome) {
        let kind = mark_of(*outcome);
        marks.put(kind, (frame.x.at(*at), middle), (bottom - top) / 2.0 - 2.0, &MARKS[kind]);
    }
    for kind in [1, 0, 2] {
        marks.write(&mut frame.svg, kind, MARKS[kind].colour, 0.8);
    }
    frame.time_axis();
    frame.svg.finish()
}

/// A level that stays until it jumps.
fn steps(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let held = points.windows(2).flat_map(|two| [two[0], (two[1].0, two[0].1)]);
    held.chain(points.last().copied()).collect()
}

fn curve(discover: &Discover, points: &[(f64, f64)], what: &str) -> String {
    let desc = format!("The highest level is {}", plain(points.iter().map(|(_, v)| *v).fold(0.0, f64::max)));
    let mut frame =
        Frame::over_time(CURVE, extent(discover), &format!("Level of the model: {what}"), &desc, |from, to| {
            Scale::from_zero(points.iter().map(|(_, value)| *value), from, to)
        });
    frame.y_axis(plain);
    let placed: Vec<(f64, f64)> = points.iter().map(|(at, value)| (frame.x.at(*at), frame.y.at(*value))).collect();
    let stepped = discover.limiters.first().is_some_and(|first| kinds::is_stepped(first.class));
    frame.svg.line(&if stepped { steps(&placed) } else { placed }, LEVEL);
    let mut marks = Marks::default();
    let bottom = frame.bottom();
    for at in instants(discover, DiscoverOutcome::Throttled) {
        marks.put(1, (frame.x.at(at), bottom - 6.0), 9.0, &MARKS[1]);
    }
    marks.write(&mut frame.svg, 1, THROTTLED, 0.8);
    frame.time_axis();
    frame.svg.finish()
}
