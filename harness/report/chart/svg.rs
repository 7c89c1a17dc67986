//! The few elements of SVG that the charts need, written with presentation attributes alone, so that a page whose
//! styles and scripts are blocked still shows every chart.

use std::fmt::Write as _;

use super::super::text::line;

/// How a line, an area or a swatch looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// A colour: a variable of the stylesheet with a fallback of its own.
    pub(crate) colour: &'static str,
    /// `stroke-dasharray`; empty for a full line. Tells lines apart without colour.
    pub(crate) dash: &'static str,
    /// Width of the line in screen pixels.
    pub(crate) width: f64,
}

impl Paint {
    /// A full line of the usual width.
    pub(crate) const fn full(colour: &'static str) -> Self {
        Self { colour, dash: "", width: 1.75 }
    }

    /// A dashed line.
    pub(crate) const fn dashed(colour: &'static str, dash: &'static str) -> Self {
        Self { colour, dash, width: 1.75 }
    }
}

/// Where a text hangs on its point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// An SVG document under construction.
pub(crate) struct Svg {
    buffer: String,
}

/// Size of all text, in units of the view box.
pub(crate) const FONT: f64 = 9.5;
/// Faint lines behind the data.
pub(crate) const GRID: &str = "var(--grid,#e4e8ec)";
/// Axis labels.
pub(crate) const MUTED: &str = "var(--muted,#5b6975)";

impl Svg {
    /// Opens a document. `title` and `desc` are what a screen reader says; `attributes` are ours and go in as they are.
    pub(crate) fn new(width: f64, height: f64, class: &str, attributes: &str, title: &str, desc: &str) -> Self {
        let mut buffer = String::with_capacity(8_192);
        let _ = write!(
            buffer,
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="{class}" viewBox="0 0 {width} {height}" role="img"{attributes} font-family="system-ui,sans-serif" font-size="{FONT}"><title>{}</title><desc>{}</desc>"#,
            escape(&line(title, 200)),
            escape(&line(desc, 500)),
        );
        Self { buffer }
    }

    /// A straight line that stays thin at any size.
    pub(crate) fn segment(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, dash: &str) {
        self.buffer.push_str("<path d=\"M");
        self.point(x1, y1);
        self.buffer.push('L');
        self.point(x2, y2);
        let _ = write!(self.buffer, r#"" stroke="{stroke}" stroke-width="1" vector-effect="non-scaling-stroke""#);
        self.dash(dash);
        self.buffer.push_str("/>");
    }

    /// A line through points.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], paint: Paint) {
        let mut points = points.iter().filter(|(x, y)| x.is_finite() && y.is_finite());
        let Some((x, y)) = points.next() else { return };
        self.buffer.push_str("<path d=\"M");
        self.point(*x, *y);
        for (x, y) in points {
            self.buffer.push(' ');
            self.point(*x, *y);
        }
        let _ = write!(
            self.buffer,
            r#"" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round" vector-effect="non-scaling-stroke""#,
            paint.colour, paint.width
        );
        self.dash(paint.dash);
        self.buffer.push_str("/>");
    }

    /// A filled path; `data` is the writer's own and goes in as it is.
    pub(crate) fn fill(&mut self, data: &str, colour: &str, attributes: &str) {
        let _ = write!(self.buffer, r#"<path d="{data}" fill="{colour}"{attributes}/>"#);
    }

    /// A path stroked one unit wide, without fill of its own; `data` is the writer's own and goes in as it is.
    pub(crate) fn stroke(&mut self, data: &str, colour: &str) {
        let _ = write!(self.buffer, r#"<path d="{data}" stroke="{colour}"/>"#);
    }

    /// A rectangle.
    pub(crate) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str, attributes: &str) {
        let (x, y, width, height) = (Num(x), Num(y), Num(width.max(0.0)), Num(height.max(0.0)));
        let _ = write!(
            self.buffer,
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"{attributes}/>"#
        );
    }

    /// A dot.
    pub(crate) fn dot(&mut self, (x, y): (f64, f64), colour: &str) {
        let _ = write!(self.buffer, r#"<circle cx="{}" cy="{}" r="2.4" fill="{colour}"/>"#, Num(x), Num(y));
    }

    /// A dot of any size.
    pub(crate) fn disc(&mut self, (x, y): (f64, f64), radius: f64, colour: &str) {
        let _ = write!(self.buffer, r#"<circle cx="{}" cy="{}" r="{radius}" fill="{colour}"/>"#, Num(x), Num(y));
    }

    /// A hollow dot.
    pub(crate) fn ring(&mut self, (x, y): (f64, f64), colour: &str) {
        let (x, y) = (Num(x), Num(y));
        let _ = write!(
            self.buffer,
            r#"<circle cx="{x}" cy="{y}" r="3" fill="none" stroke="{colour}" stroke-width="1.2"/>"#
        );
    }

    /// Text; `class` lets the page hide or enlarge it.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, fill: &str, class: &str, text: &str) {
        let _ = write!(self.buffer, r#"<text x="{}" y="{}" fill="{fill}""#, Num(x), Num(y));
        if !class.is_empty() {
            let _ = write!(self.buffer, r#" class="{class}""#);
        }
        self.buffer.push_str(match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        });
        let _ = write!(self.buffer, ">{}</text>", escape(&line(text, 120)));
    }

    /// Puts in drawings that are complete by themselves.
    pub(crate) fn insert(&mut self, drawings: &str) {
        self.buffer.push_str(drawings);
    }

    /// Opens a group; `attributes` are ours and go in as they are.
    pub(crate) fn open(&mut self, attributes: &str) {
        let _ = write!(self.buffer, "<g {attributes}>");
    }

    /// Closes a group.
    pub(crate) fn close(&mut self) {
        self.buffer.push_str("</g>");
    }

    /// The document.
    pub(crate) fn finish(mut self) -> String {
        self.buffer.push_str("</svg>");
        self.buffer
    }

    fn point(&mut self, x: f64, y: f64) {
        let _ = write!(self.buffer, "{} {}", Num(x), Num(y));
    }

    fn dash(&mut self, dash: &str) {
        if !dash.is_empty() {
            let _ = write!(self.buffer, r#" stroke-dasharray="{dash}""#);
        }
    }
}

/// A coordinate with at most one decimal; never `NaN`, which would blank the whole path.
pub(crate) struct Num(pub(crate) f64);

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = if self.0.is_finite() { (self.0 * 10.0).round() as i64 } else { 0 };
        if tenths < 0 {
            f.write_str("-")?;
        }
        let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
        if tenth == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{tenth}") }
    }
}

/// Escapes the five characters that mean something in markup.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
