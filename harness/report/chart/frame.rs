//! A chart's frame: its size, its two scales, grid, ticks and labels.

use super::super::model::Event;
use super::scale::Scale;
use super::segments;
use super::svg::{Anchor, FONT, GRID, MUTED, Num, Paint, Svg};

/// Space around the plot area, in units of the view box.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Margins {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// A label at the end of a line.
pub(crate) struct EndLabel {
    pub(crate) y: f64,
    pub(crate) text: String,
    pub(crate) colour: &'static str,
}

/// A chart with its plot area and scales.
pub(crate) struct Frame {
    pub(crate) svg: Svg,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    width: f64,
    height: f64,
    margins: Margins,
    /// Labels of the y axis, written over the data: on narrow screens they stand in the plot area.
    y_labels: Vec<(f64, &'static str, String)>,
}

impl Frame {
    /// Width of a chart that takes the whole page, in units of the view box.
    pub(crate) const WIDE: f64 = 720.0;
    /// Width of a chart that shares the page with another.
    pub(crate) const HALF: f64 = 350.0;
    /// The margins of every wide chart: equal, so that equal seconds stand below each other.
    pub(crate) const WIDE_MARGINS: Margins = Margins { left: 46.0, right: 74.0, top: 12.0, bottom: 20.0 };
    /// The margins of half charts.
    pub(crate) const HALF_MARGINS: Margins = Margins { left: 46.0, right: 12.0, top: 14.0, bottom: 32.0 };

    /// Opens a chart over time. `x` runs from `start` to `end` seconds; the plot area is told in attributes, so that a
    /// script can put a cursor on it.
    pub(crate) fn over_time(
        height: f64,
        (start, end): (f64, f64),
        title: &str,
        desc: &str,
        y: impl FnOnce(f64, f64) -> Scale,
    ) -> Self {
        let (width, margins) = (Self::WIDE, Self::WIDE_MARGINS);
        let x = Scale::between(start, end, margins.left, width - margins.right);
        let (t0, t1) = x.ends();
        let attributes = format!(
            r#" data-t0="{t0}" data-t1="{t1}" data-x0="{}" data-x1="{}" data-y0="{}" data-y1="{}""#,
            Num(margins.left),
            Num(width - margins.right),
            Num(margins.top),
            Num(height - margins.bottom),
        );
        let svg = Svg::new(width, height, "wide time", &attributes, title, desc);
        Self { svg, x, y: y(height - margins.bottom, margins.top), width, height, margins, y_labels: Vec::new() }
    }

    /// Opens any other chart; the scales are made from the edges of the plot area.
    pub(crate) fn new(
        (width, height): (f64, f64),
        margins: Margins,
        (title, desc): (&str, &str),
        x: impl FnOnce(f64, f64) -> Scale,
        y: impl FnOnce(f64, f64) -> Scale,
    ) -> Self {
        let class = if width < Self::WIDE { "half" } else { "wide" };
        let svg = Svg::new(width, height, class, "", title, desc);
        let (x, y) = (x(margins.left, width - margins.right), y(height - margins.bottom, margins.top));
        Self { svg, x, y, width, height, margins, y_labels: Vec::new() }
    }

    /// The y of the bottom of the plot area.
    pub(crate) fn bottom(&self) -> f64 {
        self.height - self.margins.bottom
    }

    /// The y of the top of the plot area.
    pub(crate) fn top(&self) -> f64 {
        self.margins.top
    }

    /// The x of the left edge of the plot area.
    pub(crate) fn left(&self) -> f64 {
        self.margins.left
    }

    /// The x of the right edge of the plot area.
    pub(crate) fn right(&self) -> f64 {
        self.width - self.margins.right
    }

    /// Grid and labels of the y axis.
    pub(crate) fn y_axis(&mut self, label: impl Fn(f64) -> String) {
        let ticks = self.y.ticks();
        let many = ticks.len() > 4;
        for (index, tick) in ticks.into_iter().enumerate() {
            // On narrow screens zero yields, and every second one of many.
            let class = match () {
                () if tick == 0.0 => "y zero",
                () if many && index % 2 == 1 => "y odd",
                () => "y",
            };
            let y = self.y.at(tick);
            self.svg.segment((self.left(), y), (self.right(), y), GRID, "");
            self.y_labels.push((y + FONT * 0.35, class, label(tick)));
        }
    }

    /// The base line and labels below it, at given values; to be called after the data is drawn. Labels of odd ones yield on narrow screens.
    pub(crate) fn x_axis(&mut self, ticks: &[(f64, String)]) {
        let (y, left, right) = (self.bottom(), self.left(), self.right());
        for (y, class, label) in std::mem::take(&mut self.y_labels) {
            self.svg.text((left - 5.0, y), Anchor::End, MUTED, class, &label);
        }
        self.svg.segment((left, y), (right, y), "var(--axis,#9aa7b2)", "");
        for (index, (tick, label)) in ticks.iter().enumerate() {
            let x = self.x.at(*tick);
            self.svg.segment((x, y), (x, y + 3.0), "var(--axis,#9aa7b2)", "");
            let class = if index % 2 == 1 { "odd" } else { "" };
            self.svg.text((x, y + 4.0 + FONT), Anchor::Middle, MUTED, class, label);
        }
    }

    /// The time axis.
    pub(crate) fn time_axis(&mut self) {
        let ticks: Vec<_> = self.x.time_ticks().into_iter().map(|t| (t, clock(t))).collect();
        self.x_axis(&ticks);
    }

    /// Faint bands for what lasted; drawn before the data, so that they tint none of it.
    pub(crate) fn event_bands(&mut self, events: &[Event]) {
        for event in self.shown(events) {
            let Some(length) = event.for_s.filter(|s| s.is_finite() && *s > 0.0) else { continue };
            let x = self.x.at(event.at_s);
            let size = (self.x.at(event.at_s + length) - x, self.bottom() - self.top());
            self.svg.rect((x, self.top()), size, "var(--event,#c98a1b)", r#" fill-opacity=".13""#);
        }
    }

    /// A line where something began, drawn over the data; `labelled` writes the words at the top, where there is room.
    pub(crate) fn event_lines(&mut self, events: &[Event], labelled: bool) {
        let mut free = f64::NEG_INFINITY;
        for event in self.shown(events) {
            let x = self.x.at(event.at_s);
            self.svg.segment((x, self.top()), (x, self.bottom()), "var(--event,#c98a1b)", "3 2");
            if labelled && x >= free {
                let label = super::super::text::line(&event.what, 36);
                free = x + label.chars().count() as f64 * FONT * 0.55 + 8.0;
                self.svg.text((x + 3.0, self.top() - 3.0), Anchor::Start, "var(--event-ink,#8a5a00)", "event", &label);
            }
        }
    }

    /// The events within the time axis; a flood of them is cut.
    fn shown<'e>(&self, events: &'e [Event]) -> Vec<&'e Event> {
        let (start, end) = self.x.ends();
        events.iter().filter(|e| e.at_s.is_finite() && e.at_s >= start && e.at_s <= end).take(200).collect()
    }

    /// A line over x; thinner where points stand close. It is broken where neighbours are further apart than `gap`; a lone point becomes a short dash.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], gap: f64, paint: Paint) {
        let paint = if points.len() > 200 { Paint { width: paint.width * 0.6, ..paint } } else { paint };
        let usable: Vec<_> = points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        for segment in segments(&usable, gap) {
            let mut placed: Vec<_> = segment.iter().map(|(x, y)| (self.x.at(*x), self.y.at(*y))).collect();
            if let [(x, y)] = placed[..] {
                placed = vec![(x - 1.5, y), (x + 1.5, y)];
            }
            self.svg.line(&placed, paint);
        }
    }

    /// Names at the right ends of lines, moved apart where they would overlap.
    pub(crate) fn end_labels(&mut self, mut labels: Vec<EndLabel>) {
        labels.sort_by(|a, b| a.y.total_cmp(&b.y));
        let (gap, bottom) = (FONT * 1.15, self.bottom() + 2.0);
        let mut least = self.top() - 2.0;
        for label in &mut labels {
            label.y = label.y.max(least);
            least = label.y + gap;
        }
        let mut most = bottom;
        for label in labels.iter_mut().rev() {
            label.y = label.y.min(most);
            most = label.y - gap;
        }
        let x = self.right() + 5.0;
        for label in labels {
            self.svg.text((x, label.y + FONT * 0.35), Anchor::Start, label.colour, "end", &label.text);
        }
    }

    /// The chart with a note in place of data.
    pub(crate) fn empty(mut self, note: &str) -> String {
        let middle = (f64::midpoint(self.left(), self.right()), f64::midpoint(self.top(), self.bottom()));
        let (y, left, right) = (self.bottom(), self.left(), self.right());
        self.svg.segment((left, y), (right, y), GRID, "");
        self.svg.text(middle, Anchor::Middle, MUTED, "", note);
        self.svg.finish()
    }
}

/// A time of the run as a tick says it: `30 s`, `2:30`, `1:00:00`.
pub(crate) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..120 => format!("{whole} s"),
        120..3_600 => format!("{}:{:02}", whole / 60, whole % 60),
        _ => format!("{}:{:02}:{:02}", whole / 3_600, whole / 60 % 60, whole % 60),
    }
}
