//! What a silence gives back: seen dots, and the line that the model predicts.

use super::super::super::chart::{Anchor, Frame, MUTED, Margins, Paint, Scale};
use super::super::super::figure::{Drawing, Figure, Key, line_key};
use super::super::super::model::discover::Discover;
use super::super::super::number::{count, plain};
use super::super::{tables, values};
use super::LET_IN;

/// What the model predicts.
const MODEL: Paint = Paint::dashed("var(--muted,#5b6975)", "5 3");

/// Draws it; nothing where no volley followed a silence.
pub(in super::super) fn draw(discover: &Discover) -> Option<Figure> {
    if discover.recovery.is_empty() {
        return None;
    }
    let right = discover.recovery.iter().filter(|point| point.predicted == Some(point.accepted)).count();
    let told = discover.recovery.iter().filter(|point| point.predicted.is_some()).count();
    let models = if told > 0 { format!(" The model says the same for {right} of {told}.") } else { String::new() };
    let each: Vec<String> = discover
        .recovery
        .iter()
        .take(12)
        .map(|point| format!("{} after {}", count(point.accepted), values::silence(point.silence_s)))
        .collect();
    let summary = format!("Let in at once: {}.{models}", each.join(", "));
    let mut legend = vec![dot_key()];
    if told > 0 {
        legend.push(line_key("what the model says", "", MODEL));
    }
    Some(Figure {
        id: "recovery",
        title: "What does a silence give back?",
        note: format!(
            "Nothing more was let in; then silence, then a volley. A slope is a rate, a step is a window, a ceiling is the burst or limit.{models}"
        ),
        legend,
        drawings: vec![Drawing { caption: String::new(), svg: drawing(discover, &summary) }],
        table: tables::recovery(discover),
        summary,
    })
}

fn dot_key() -> Key {
    let mut svg = super::super::super::chart::Svg::new(
        12.0,
        10.0,
        "swatch",
        r#" width="12" height="10" aria-hidden="true""#,
        "",
        "",
    );
    svg.disc((6.0, 5.0), 4.0, LET_IN);
    Key { swatch: svg.finish(), label: "let in at once", column: "" }
}

fn drawing(discover: &Discover, summary: &str) -> String {
    let mut points = discover.recovery.clone();
    points.sort_by(|a, b| a.silence_s.total_cmp(&b.silence_s));
    let longest = points.last().map_or(1.0, |point| point.silence_s);
    let values = points.iter().flat_map(|point| [Some(point.accepted), point.predicted]).flatten();
    let mut frame = Frame::new(
        (Frame::WIDE, 210.0),
        Margins { bottom: 34.0, ..Frame::WIDE_MARGINS },
        ("What a silence gives back", summary),
        |from, to| Scale::from_zero(std::iter::once(longest), from, to),
        |from, to| Scale::from_zero(values.map(|value| value as f64), from, to),
    );
    frame.y_axis(plain);
    let model: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|point| Some((frame.x.at(point.silence_s), frame.y.at(point.predicted? as f64))))
        .collect();
    frame.svg.line(&model, MODEL);
    for point in &points {
        let place = (frame.x.at(point.silence_s), frame.y.at(point.accepted as f64));
        frame.svg.disc(place, 4.0, LET_IN);
    }
    let ticks: Vec<(f64, String)> =
        frame.x.ticks().into_iter().map(|tick| (tick, format!("{} s", plain(tick)))).collect();
    frame.x_axis(&ticks);
    let middle = f64::midpoint(frame.left(), frame.right());
    frame.svg.text((middle, frame.bottom() + 29.0), Anchor::Middle, MUTED, "", "silence");
    frame.svg.finish()
}
