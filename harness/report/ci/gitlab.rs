//! `metrics.txt`: OpenMetrics text for GitLab's `artifacts:reports:metrics`.
//!
//! GitLab compares the values of two branches as strings and shows every one that differs. So they are rounded here to what a change
//! has to exceed before it means something, and what differs with every run (counts, times, seeds) is left out. GitLab reads
//! less of the format than there is (`ee/lib/gitlab/ci/parsers/metrics/generic.rb`): it cuts each line at the first `#`, also inside
//! of a label, and takes the rest apart as a shell would. Labels are written so that both readings agree.

use std::fmt::Write as _;

use super::super::model::capacity::Capacity;
use super::super::model::discover::Discover;
use super::super::model::gate::{Gate, GateVerdict};
use super::super::model::{Activity, Latency, Report, ValidityWord, Word};
use super::super::text;

/// The percentiles that are written, with their label.
const QUANTILES: [(f64, &str); 3] = [(0.5, "0.5"), (0.99, "0.99"), (0.999, "0.999")];

/// Significant digits of latencies and rates: steps of 1 to 10 %, about what a gate tolerates.
const DIGITS: usize = 2;

/// Shares are written in steps of this: 0.1 points.
const SHARE_STEP: f64 = 0.001;

/// The longest value of a label, in characters.
const LONGEST: usize = 200;

/// The whole file; every metric is a gauge.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let totals = &report.totals;
    let bit = |yes: bool| Some(if yes { "1" } else { "0" }.to_owned());
    let mut passed = Family::new("loadline_passed", "", "1 where everything that was asked for held.");
    passed.add(&[], bit(report.verdict.word == Word::Pass));
    passed.write(&mut out);
    let judged = report.tune.is_some() || report.gate.is_some();
    if !judged && report.capacity.is_none() && report.discover.is_none() {
        let mut valid =
            Family::new("loadline_valid", "", "1 where the generator kept up, so that the numbers are the target's.");
        valid.add(&[], bit(report.validity.verdict == ValidityWord::Valid));
        valid.write(&mut out);
    }
    if let Some(gate) = &report.gate {
        metrics(&mut out, gate);
    }
    if let Some(capacity) = &report.capacity {
        carried(&mut out, capacity);
    }
    if let Some(discover) = &report.discover {
        limiters(&mut out, discover);
    }
    let mut held = Family::new("loadline_threshold_held", "", "1 where a threshold held.");
    for threshold in &report.thresholds {
        held.add(&[("expression", &threshold.expression)], bit(threshold.ok));
    }
    held.write(&mut out);
    if totals.calls.count > 0 {
        let mut each: Vec<&Activity> = vec![totals];
        // With one operation, its numbers are those of all.
        each.extend(report.operations.iter().filter(|_| report.operations.len() > 1));
        activities(&mut out, &each);
    }
    out.push_str("# EOF\n");
    out
}

/// Changes are written in steps of what each metric tolerates: one that shows is one that counts.
fn metrics(out: &mut String, gate: &Gate) {
    let mut passed = Family::new("loadline_gate_passed", "", "1 where a metric is surely no worse than it may be.");
    let mut change = Family::new(
        "loadline_gate_change_ratio",
        "ratio",
        "How much a metric changed, as a share of the baseline (of shares: the difference), in steps of its tolerance.",
    );
    for metric in &gate.metrics {
        let labels = [("metric", &*metric.expression)];
        passed.add(&labels, Some(if metric.verdict == GateVerdict::Pass { "1" } else { "0" }.to_owned()));
        let step = Some(metric.tolerance).filter(|step| step.is_finite() && *step > 0.0).unwrap_or(SHARE_STEP);
        let estimate = metric.change.estimate.filter(|estimate| estimate.is_finite());
        change.add(&labels, estimate.map(|estimate| stepped(estimate, step)));
    }
    passed.write(out);
    change.write(out);
}

/// What the target carries, for all objectives and for each: one that changes is one that somebody should know of.
fn carried(out: &mut String, capacity: &Capacity) {
    let mut sustained = Family::new("loadline_capacity", "", "The load that is sustained: calls a second, or users.");
    let of = |load: Option<f64>| load.filter(|load| load.is_finite()).map(significant);
    sustained.add(&[("objective", "all")], of(capacity.bounds.lower));
    for objective in &capacity.objectives {
        sustained.add(&[("objective", &*objective.expression)], of(objective.bounds.lower));
    }
    sustained.write(out);
}

/// The parameters of what limits the target: one that changes is one that somebody should know of.
fn limiters(out: &mut String, discover: &Discover) {
    let mut found =
        Family::new("loadline_limiter", "", "A parameter of a limiter that was found; seconds, or requests.");
    for limiter in &discover.limiters {
        for parameter in &limiter.parameters {
            let labels = [("limiter", &*limiter.name), ("parameter", &*parameter.name)];
            found.add(&labels, parameter.value.is_finite().then(|| significant(parameter.value)));
        }
    }
    found.write(out);
}

fn activities(out: &mut String, each: &[&Activity]) {
    let latency = |name, help, of: fn(&Activity) -> &Latency| {
        let mut family = Family::new(name, "seconds", help);
        for activity in each {
            for (q, label) in QUANTILES {
                let value = of(activity).at(q).map(|ms| significant(ms / 1e3));
                family.add(&[("operation", &activity.name), ("q", label)], value);
            }
        }
        family
    };
    let simple = |name, unit, help, of: fn(&Activity) -> Option<String>| {
        let mut family = Family::new(name, unit, help);
        for activity in each {
            family.add(&[("operation", &activity.name)], of(activity));
        }
        family
    };
    for family in [
        latency(
            "loadline_response_seconds",
            "From due to done, waits and retries included, of calls that succeeded.",
            |a| &a.calls.response_ms.ok,
        ),
        latency("loadline_service_seconds", "One attempt, from send to last byte, of attempts that succeeded.", |a| {
            &a.attempts.service_ms.success
        }),
        simple("loadline_goodput_rate", "", "Calls that succeeded, in a second.", |a| {
            Some(significant(a.calls.goodput_per_s))
        }),
        simple("loadline_calls_ok_ratio", "ratio", "Calls that succeeded, as a share of all.", |a| {
            share(a.calls.ok, a.calls.count)
        }),
        simple("loadline_attempts_throttled_ratio", "ratio", "Attempts that were throttled, as a share of all.", |a| {
            share(a.attempts.service_ms.throttled.count, a.attempts.count)
        }),
        simple("loadline_attempts_per_call", "", "Attempts made for each call; 1 is no retry at all.", |a| {
            Some(significant(a.retry.amplification))
        }),
    ] {
        family.write(out);
    }
}

/// A metric with its values.
struct Family<'a> {
    name: &'a str,
    unit: &'a str,
    help: &'a str,
    samples: String,
}

impl<'a> Family<'a> {
    /// A gauge; the unit is the end of the name, or nothing.
    fn new(name: &'a str, unit: &'a str, help: &'a str) -> Self {
        Self { name, unit, help, samples: String::new() }
    }

    /// A value; nothing where there is none.
    fn add(&mut self, labels: &[(&str, &str)], value: Option<String>) {
        let Some(value) = value else { return };
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", label(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let series = format!("{}{labels} ", self.name);
        // A series has one value: a threshold that is written twice counts once.
        if !self.samples.lines().any(|line| line.starts_with(&series)) {
            let _ = writeln!(self.samples, "{series}{value}");
        }
    }

    /// Writes it with its description; a metric without values is left out.
    fn write(&self, out: &mut String) {
        if self.samples.is_empty() {
            return;
        }
        let _ = writeln!(out, "# HELP {} {}", self.name, self.help);
        let _ = writeln!(out, "# TYPE {} gauge", self.name);
        if !self.unit.is_empty() {
            let _ = writeln!(out, "# UNIT {} {}", self.name, self.unit);
        }
        out.push_str(&self.samples);
    }
}

/// A value of a label. `#` would end the line for GitLab, and `$` and back-ticks are none of a shell's business.
fn label(raw: &str) -> String {
    let mut safe = String::new();
    for c in text::line(raw, LONGEST).chars() {
        match c {
            '\\' | '"' => {
                safe.push('\\');
                safe.push(c);
            }
            '#' | '$' | '`' => safe.push('_'),
            c => safe.push(c),
        }
    }
    safe
}

/// A number with [`DIGITS`] significant digits, in plain decimals.
fn significant(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return "0".into();
    }
    let rounded: f64 = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    format!("{rounded}")
}

/// A share in steps of [`SHARE_STEP`]; nothing where there is no whole.
fn share(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| stepped(part as f64 / whole as f64, SHARE_STEP))
}

/// A number rounded to a multiple of a step, with as many decimals as the step has.
fn stepped(value: f64, step: f64) -> String {
    // Two digits more than the step's first, for steps such as 0.025.
    let decimals = ((-step.log10()).ceil().max(0.0) as usize + 2).min(12);
    let text = format!("{:.decimals$}", (value / step).round() * step);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_coarse_as_what_is_compared() {
        let check = |value: f64, text: &str| assert_eq!(significant(value), text);
        check(0.0483, "0.048");
        check(0.0487, "0.049");
        check(0.000_052_4, "0.000052");
        check(1.06, "1.1");
        check(123_456.0, "120000");
        check(0.0, "0");
        check(f64::NAN, "0");
        assert_eq!(share(9_996, 10_000).as_deref(), Some("1"));
        assert_eq!(share(9_994, 10_000).as_deref(), Some("0.999"));
        assert_eq!(share(0, 0), None);
        assert_eq!(stepped(0.1234, 0.05), "0.1");
        assert_eq!(stepped(-0.0004, 0.001), "0");
        assert_eq!(stepped(-0.026, 0.05), "-0.05");
        assert_eq!(stepped(7.4, 5.0), "5");
    }

    #[test]
    fn a_label_holds_nothing_that_a_reader_obeys() {
        let check = |raw: &str, safe: &str| assert_eq!(label(raw), safe);
        check("p99(response, List) < 3s", "p99(response, List) < 3s");
        check("a \"b\" \\n", "a \\\"b\\\" \\\\n");
        check("two\nlines # and $HOME `id`", "two lines _ and _HOME _id_");
    }
}
