//! `history.csv`: one row for each run, for programs such as Apache Otava, which find the run at which a series of runs changed.

use serde::Serialize;

use super::super::model::capacity::{Capacity, CapacityVary};
use super::super::model::discover::Discover;
use super::super::model::gate::{Gate, GateChangeScale};
use super::super::model::{Latency, Report, Unit};
use super::super::text;

/// Where a run was made, as far as the environment says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// When: RFC 3339, UTC. Taken where the report does not say, as those of simulations do not.
    pub time: String,
    /// The commit that was tested; empty where unknown.
    pub commit: String,
    /// Its branch; empty where unknown.
    pub branch: String,
}

/// A row and what its columns are called: lines of CSV without their line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The names of the columns, units in them. Equal for all runs, and for all gates of the same metrics.
    pub head: String,
    /// The values.
    pub values: String,
}

/// The row of a report; nothing where one of its numbers has no samples. Apache Otava refuses an empty cell, and finds nothing at all
/// in a column that holds a single `nan`: such a row would blind it to all others.
pub fn row(report: &Report, origin: &Origin) -> Option<Row> {
    let started = if report.started_at.is_empty() { &origin.time } else { report.started_at.as_str() };
    let mut cells = Cells::default();
    cells.text("time", started);
    cells.text("commit", &origin.commit);
    cells.text("branch", &origin.branch);
    cells.text("scenario", &report.scenario.name);
    cells.text("verdict", &word(report.verdict.word));
    if let Some(gate) = &report.gate {
        cells.gate(gate);
        return cells.row();
    }
    if let Some(capacity) = &report.capacity {
        cells.capacity(capacity);
        return cells.row();
    }
    if let Some(discover) = &report.discover {
        cells.discovery(discover);
        return cells.row();
    }
    cells.text("validity", &word(report.validity.verdict));
    let (calls, attempts) = (&report.totals.calls, &report.totals.attempts);
    let ratio = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    cells.number("offered_per_s", Some(calls.per_s));
    cells.number("goodput_per_s", Some(calls.goodput_per_s));
    cells.number("calls_ok_ratio", ratio(calls.ok, calls.count));
    cells.number("attempts_throttled_ratio", ratio(attempts.service_ms.throttled.count, attempts.count));
    cells.number("attempts_per_call", ratio(attempts.count, calls.count));
    cells.latency("response", &calls.response_ms.ok);
    cells.latency("service", &attempts.service_ms.success);
    cells.row()
}

/// The word that stands in report.json.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// A row in the making.
#[derive(Default)]
struct Cells {
    head: Vec<String>,
    values: Vec<String>,
    missing: bool,
}

impl Cells {
    fn text(&mut self, name: &str, value: &str) {
        self.head.push(name.to_owned());
        self.values.push(cell(&text::line(value, text::Text::LIMIT)));
    }

    fn number(&mut self, name: &str, value: Option<f64>) {
        self.head.push(name.to_owned());
        match value.filter(|value| value.is_finite()) {
            // Six digits: finer than any histogram.
            Some(value) => self.values.push(format!("{value:.5e}").parse().unwrap_or(value).to_string()),
            None => self.missing = true,
        }
    }

    fn latency(&mut self, clock: &str, latency: &Latency) {
        for (q, label) in [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p999")] {
            self.number(&format!("{clock}_{label}_ms"), latency.at(q));
        }
    }

    /// What the candidate came to, metric by metric, and how much that is more than the baseline.
    fn gate(&mut self, gate: &Gate) {
        self.number("pairs", Some(f64::from(gate.pairs)));
        for metric in &gate.metrics {
            let name = column(&metric.expression);
            let unit = match metric.scale {
                GateChangeScale::Factor => "percent",
                GateChangeScale::Points => "points",
            };
            self.number(&format!("{name}{}", suffix(metric.unit)), metric.candidate);
            let change = metric.change.estimate.map(|change| change * 100.0);
            self.number(&format!("{name}_change_{unit}"), change);
        }
    }

    /// What is sustained and how fast it is answered well; no row where nothing was. What is not sustained is left out, since it may be absent.
    fn capacity(&mut self, capacity: &Capacity) {
        let unit = match capacity.vary {
            CapacityVary::Rate => "per_s",
            CapacityVary::Users => "users",
        };
        self.number(&format!("capacity_{unit}"), capacity.bounds.lower);
        self.number("goodput_per_s", capacity.goodput_per_s);
        for objective in &capacity.objectives {
            let name = format!("capacity_{}_{unit}", column(&objective.expression));
            self.number(&name, objective.bounds.lower);
        }
    }

    /// The parameters of the limiters; no row where none was found.
    fn discovery(&mut self, discover: &Discover) {
        self.missing |= discover.limiters.is_empty();
        for limiter in &discover.limiters {
            for parameter in &limiter.parameters {
                let suffix = match parameter.unit.as_str() {
                    "/s" => "_per_s",
                    "s" => "_s",
                    _ => "",
                };
                let name = column(&format!("{} {}", limiter.name, parameter.name));
                self.number(&format!("{name}{suffix}"), Some(parameter.value));
            }
        }
        self.number("requests", Some(discover.requests as f64));
    }

    fn row(self) -> Option<Row> {
        (!self.missing).then(|| Row { head: self.head.join(","), values: self.values.join(",") })
    }
}

/// The name of a column for an expression: `p99(response, List)` is `p99_response_list`.
fn column(expression: &str) -> String {
    let words = expression.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// The end of a column's name that tells its unit.
fn suffix(unit: Unit) -> &'static str {
    match unit {
        Unit::Ms => "_ms",
        Unit::Ratio => "_ratio",
        Unit::PerS => "_per_s",
        Unit::Count => "_count",
        Unit::Number => "",
    }
}

/// A cell of CSV (RFC 4180), quoted where it has to be. What a spreadsheet would take for a formula is quoted for it as well.
fn cell(value: &str) -> String {
    let value = if value.starts_with(['=', '+', '-', '@']) { format!("'{value}") } else { value.to_owned() };
    if value.contains([',', '"', '\n', '\r']) { format!("\"{}\"", value.replace('"', "\"\"")) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        let check = |raw: &str, quoted: &str| assert_eq!(cell(raw), quoted);
        check("plain text", "plain text");
        check("a,b", "\"a,b\"");
        check("say \"x\"", "\"say \"\"x\"\"\"");
        check("=cmd()", "'=cmd()");
        check("", "");
    }

    #[test]
    fn a_run_that_measured_nothing_has_no_row() {
        let origin = Origin { time: "2026-01-02T03:04:05Z".into(), ..Origin::default() };
        assert_eq!(row(&Report::default(), &origin), None);
        let (mut report, _) = super::super::super::sample::run(5);
        report.started_at = "".into();
        let sound = row(&report, &origin).expect("it measured something");
        assert!(sound.values.starts_with("2026-01-02T03:04:05Z,,,batch-create,"), "{}", sound.values);
        report.totals.calls.response_ms.ok = Latency::default();
        assert_eq!(row(&report, &origin), None, "nothing succeeded");
    }
}
