//! The drawings of a discovery. Each file draws one.

mod raster;
mod recovery;
mod time;

pub(super) use raster::draw as raster;
pub(super) use recovery::draw as recovery;
pub(super) use time::draw as time;

use std::fmt::Write as _;

use super::super::chart::{Num, Svg};
use super::super::figure::Key;
use super::super::model::discover::{Discover, DiscoverOutcome};

/// What becomes of a probe, as far as a drawing tells it apart.
const LET_IN: &str = "var(--ok,#4a8fb5)";
const THROTTLED: &str = "var(--event,#c98a1b)";
const TROUBLE: &str = "var(--failed,#a8324a)";

/// The three marks: their colour and where they stand beside the middle of their line, so that they can be told apart without
/// colour.
const MARKS: [Mark; 3] = [
    Mark { label: "let in: a tall mark above the line", colour: LET_IN, above: 1.0, below: 0.0 },
    Mark { label: "throttled: a short mark below it", colour: THROTTLED, above: 0.0, below: 0.55 },
    Mark { label: "failed otherwise: a mark through it", colour: TROUBLE, above: 0.75, below: 0.75 },
];

/// How a probe is marked.
#[derive(Clone, Copy)]
struct Mark {
    label: &'static str,
    colour: &'static str,
    /// How far it reaches above the line, in half rows.
    above: f64,
    /// How far it reaches below it.
    below: f64,
}

/// Which mark a probe has.
fn mark_of(outcome: DiscoverOutcome) -> usize {
    match outcome {
        DiscoverOutcome::Accepted => 0,
        DiscoverOutcome::Throttled => 1,
        DiscoverOutcome::Failed | DiscoverOutcome::Broken => 2,
    }
}

/// The keys of the marks that occur.
fn keys(discover: &Discover) -> Vec<Key> {
    let counts = [discover.accepted, discover.throttled, discover.failed];
    MARKS.iter().zip(counts).filter(|(_, count)| *count > 0).map(|(mark, _)| key(mark)).collect()
}

fn key(mark: &Mark) -> Key {
    let mut svg = Svg::new(12.0, 14.0, "swatch", r#" width="12" height="14" aria-hidden="true""#, "", "");
    let mut marks = Marks::default();
    marks.put(0, (6.0, 7.0), 6.0, mark);
    marks.write(&mut svg, 0, mark.colour, 2.4);
    Key { swatch: svg.finish(), label: mark.label, column: "" }
}

/// Marks of each kind as one path, those that would fall on each other left out: thousands of probes stay a small drawing.
#[derive(Default)]
struct Marks {
    paths: [String; 3],
    /// Where the last mark of each kind stands.
    last: [(f64, f64); 3],
}

impl Marks {
    /// Puts a mark at a place; `half` is half the height of a row.
    fn put(&mut self, kind: usize, (x, y): (f64, f64), half: f64, mark: &Mark) {
        const APART: f64 = 0.4;
        let (last_x, last_y) = self.last[kind];
        if !self.paths[kind].is_empty() && (last_y - y).abs() < 0.05 && (last_x - x).abs() < APART {
            return;
        }
        self.last[kind] = (x, y);
        let (top, bottom) = (y - half * mark.above, y + half * mark.below);
        let _ = write!(self.paths[kind], "M{} {}V{}", Num(x), Num(top), Num(bottom));
    }

    fn write(&self, svg: &mut Svg, kind: usize, colour: &str, width: f64) {
        if !self.paths[kind].is_empty() {
            svg.open(&format!(r#"fill="none" stroke-width="{width}""#));
            svg.stroke(&self.paths[kind], colour);
            svg.close();
        }
    }
}
