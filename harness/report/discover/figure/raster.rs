//! Every probe: a line for each stretch, a mark for each request at its instant within it.

use std::fmt::Write as _;

use super::super::super::chart::{Anchor, FONT, GRID, MUTED, Svg};
use super::super::super::figure::{Drawing, Figure, Table};
use super::super::super::model::discover::{Discover, DiscoverOutcome};
use super::super::super::number::{count, ms, span_s};
use super::{MARKS, Marks, keys, mark_of};

/// The most stretches that are drawn; report.json has all.
const ROWS: usize = 90;
const WIDTH: f64 = 720.0;
/// The height of a line, and of the name of a stage above its lines.
const ROW: f64 = 13.0;
const NAME: f64 = 21.0;
/// Where the marks begin and end; behind them stands what came of the stretch.
const LEFT: f64 = 4.0;
const RIGHT: f64 = 604.0;
/// What takes no longer than this is sent at once, and is drawn side by side.
const AT_ONCE_S: f64 = 0.06;

/// Probes that belong together.
struct Stretch<'a> {
    number: u32,
    sent_s: &'a [f64],
    outcome: &'a [DiscoverOutcome],
}

impl Stretch<'_> {
    fn length_s(&self) -> f64 {
        match self.sent_s {
            [first, .., last] => last - first,
            _ => 0.0,
        }
    }

    fn accepted(&self) -> u64 {
        self.outcome.iter().filter(|outcome| **outcome == DiscoverOutcome::Accepted).count() as u64
    }

    /// What came of it, and how long it took: `12 of 20 in 1 s`.
    fn said(&self) -> String {
        let (accepted, sent) = (count(self.accepted()), count(self.outcome.len() as u64));
        let length = self.length_s();
        let when = match length {
            s if s <= AT_ONCE_S => "at once".to_owned(),
            s if s < 1.0 => format!("in {}", ms(s * 1e3)),
            s => format!("in {}", span_s(s)),
        };
        format!("{accepted} of {sent} {when}")
    }
}

/// Draws it; nothing where nothing was sent.
pub(in super::super) fn draw(discover: &Discover) -> Option<Figure> {
    let stretches = stretches(discover);
    if stretches.is_empty() {
        return None;
    }
    let shown = &stretches[..stretches.len().min(ROWS)];
    let mut note = "A line for each stretch of probes, in their order, drawn over its own length; behind it, how many were let in. What was \
                    sent at once is drawn side by side."
        .to_owned();
    if stretches.len() > shown.len() {
        let _ = write!(note, " {} more stretches are in report.json.", stretches.len() - shown.len());
    }
    let summary = format!(
        "{} probes in {} stretches: {} let in, {} throttled, {} failed otherwise.",
        count(discover.requests),
        stretches.len(),
        count(discover.accepted),
        count(discover.throttled),
        count(discover.failed)
    );
    let mut table = Table::with(&["stretch", "stage", "let in, of how many, in what time"]);
    table.rows = shown
        .iter()
        .map(|stretch| vec![stretch.number.to_string(), stage_of(discover, stretch.number).to_owned(), stretch.said()])
        .collect();
    Some(Figure {
        id: "raster",
        title: "What became of every probe?",
        note,
        legend: keys(discover),
        drawings: vec![Drawing { caption: String::new(), svg: drawing(discover, shown, &summary) }],
        table,
        summary,
    })
}

/// The columns of the probes, cut where one stretch ends and the next begins.
fn stretches(discover: &Discover) -> Vec<Stretch<'_>> {
    let probes = &discover.probes;
    let most = probes.stretch.len().min(probes.sent_s.len()).min(probes.outcome.len());
    let mut at = 0;
    probes.stretch[..most]
        .chunk_by(|a, b| a == b)
        .map(|same| {
            let from = at;
            at += same.len();
            Stretch { number: same[0], sent_s: &probes.sent_s[from..at], outcome: &probes.outcome[from..at] }
        })
        .collect()
}

fn stage_of(discover: &Discover, stretch: u32) -> &str {
    let is = |stage: &&super::super::super::model::discover::DiscoverStage| {
        (stage.first_stretch..=stage.last_stretch).contains(&stretch)
    };
    discover.stages.iter().find(is).map_or("", |stage| stage.name.as_str())
}

fn drawing(discover: &Discover, shown: &[Stretch<'_>], summary: &str) -> String {
    let stages: Vec<&[Stretch<'_>]> =
        shown.chunk_by(|a, b| stage_of(discover, a.number) == stage_of(discover, b.number)).collect();
    let height = stages.len() as f64 * NAME + shown.len() as f64 * ROW + 6.0;
    let mut svg = Svg::new(WIDTH, height, "wide", "", "What became of every probe", summary);
    let (mut marks, mut y) = (Marks::default(), 0.0);
    for stage in stages {
        y += NAME;
        let name = stage.first().map_or("", |first| stage_of(discover, first.number));
        svg.text((LEFT, y - 3.0), Anchor::Start, "var(--ink,#14212b)", "", name);
        for stretch in stage {
            y += ROW;
            let middle = y - ROW * 0.42;
            svg.segment((LEFT, middle), (RIGHT, middle), GRID, "");
            let places = places(stretch);
            for (x, outcome) in places.into_iter().zip(stretch.outcome) {
                let kind = mark_of(*outcome);
                marks.put(kind, (x, middle), ROW * 0.5, &MARKS[kind]);
            }
            svg.text((RIGHT + 8.0, middle + FONT * 0.35), Anchor::Start, MUTED, "said", &stretch.said());
        }
    }
    // What is rare is drawn last, so that nothing hides it.
    for kind in [1, 0, 2] {
        marks.write(&mut svg, kind, MARKS[kind].colour, if shown.iter().any(crowded) { 1.0 } else { 1.4 });
    }
    svg.finish()
}

fn crowded(stretch: &Stretch<'_>) -> bool {
    stretch.outcome.len() > 300
}

/// Where the probes of a stretch stand on its line.
fn places(stretch: &Stretch<'_>) -> Vec<f64> {
    const STEP: f64 = 5.0;
    let (from, length) = (LEFT + 2.0, stretch.length_s());
    let width = RIGHT - from - 2.0;
    let probes = stretch.sent_s.len();
    if length <= AT_ONCE_S {
        let step = (width / probes.max(1) as f64).min(STEP);
        return (0..probes).map(|index| from + index as f64 * step).collect();
    }
    let begin = stretch.sent_s.first().copied().unwrap_or_default();
    stretch.sent_s.iter().map(|at| from + ((at - begin) / length).clamp(0.0, 1.0) * width).collect()
}
