//! The figures of the page: each file draws one, says it in a sentence, and lists its data in a table.

mod attempts;
pub(crate) mod curve;
mod depth;
mod health;
mod heat;
mod latency;
pub(crate) mod rates;
mod slices;
mod waits;

pub(crate) use slices::{Slice, slices};

use super::chart::{Paint, Svg};
use super::model::Report;
pub(crate) use super::table::Table;
use super::view::View;

/// A figure, ready for the page.
pub(crate) struct Figure {
    /// Names it in links and in the script.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) title: &'static str,
    /// The whole figure in one sentence, for those who do not see it.
    pub(crate) summary: String,
    /// What is measured, and by which clock.
    pub(crate) note: String,
    /// The key to its lines and areas.
    pub(crate) legend: Vec<Key>,
    /// One or more drawings, one below the other.
    pub(crate) drawings: Vec<Drawing>,
    /// The data.
    pub(crate) table: Table,
}

/// One drawing.
pub(crate) struct Drawing {
    /// What it shows; empty where the figure's title says it.
    pub(crate) caption: String,
    /// SVG, escaped by its writer.
    pub(crate) svg: String,
}

/// One entry of a legend.
pub(crate) struct Key {
    /// SVG of the line or area.
    pub(crate) swatch: String,
    /// Its name.
    pub(crate) label: &'static str,
    /// The column of the series that the script reads for it; empty where there is none.
    pub(crate) column: &'static str,
}

/// The figures over time, which share a cursor.
pub(crate) fn over_time(report: &Report, view: &View) -> Vec<Figure> {
    vec![rates::draw(report), latency::draw(report), heat::draw(report, view.heat.as_ref())]
}

/// The figures of distributions.
pub(crate) fn distributions(report: &Report, view: &View) -> Vec<Figure> {
    vec![curve::draw(view)]
        .into_iter()
        .chain([attempts::draw(report), waits::draw(report, view)])
        .chain(depth::draw(report))
        .collect()
}

/// The generator about itself.
pub(crate) fn health(report: &Report) -> Figure {
    health::draw(report)
}

/// A legend entry for a line.
pub(crate) fn line_key(label: &'static str, column: &'static str, paint: Paint) -> Key {
    let mut svg = Svg::new(24.0, 8.0, "swatch", r#" width="24" height="8" aria-hidden="true""#, "", "");
    svg.line(&[(0.0, 4.0), (24.0, 4.0)], paint);
    Key { swatch: svg.finish(), label, column }
}

/// A legend entry for an area.
pub(crate) fn area_key(label: &'static str, column: &'static str, colour: &str) -> Key {
    let mut svg = Svg::new(12.0, 10.0, "swatch", r#" width="12" height="10" aria-hidden="true""#, "", "");
    svg.rect((0.0, 0.0), (12.0, 10.0), colour, r#" rx="2""#);
    Key { swatch: svg.finish(), label, column }
}

/// Start and end of the time axes, in seconds.
fn extent(report: &Report) -> (f64, f64) {
    let first = report.series.first().map_or(0.0, |p| p.t_s.min(0.0));
    let last = report.series.last().map_or(0.0, |p| p.t_s + 1.0);
    (first, last.max(report.duration_s).max(1.0))
}
