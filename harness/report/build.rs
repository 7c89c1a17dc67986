//! From what was recorded to what is read: the one place where a run becomes a report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::model::{
    Activity, Attempts, AttemptsPerCall, Audit, Calls, ClientShare, Connections, Depth, Engine, Environment, Event,
    Hedges, Hints, Histograms, Latency, Mode, PERCENTILES, Pages, Percentile, Point, PointLatency, Report,
    ResponseLatency, Retry, SCHEMA_VERSION, ScenarioInfo, ServiceLatency, Target, TargetKind, Threshold, Tool, Unit,
};
use super::text::Text;
use super::validity::{validity, wire_errors};
use super::verdict::verdict;
use crate::api::WireError;
use crate::plan::expression::{self, Expression};
use crate::record::{
    AttemptOutcome, CellRecord, ClientCounts, Machine, Outcome, RunLog, RunStart, SeriesPoint, depth_range, observe,
};
use crate::retry::Reason;
use crate::stats::LatencyHistogram;
use crate::units::Nanos;

/// The report of a run. The same log always gives the same report.
pub fn build(log: &RunLog) -> Report {
    let start = &log.start;
    let seconds = log.measured_s();
    let end = log.end.clone().unwrap_or_default();
    let operations = grouped(log, |(_, operation)| operation, seconds);
    let workloads = grouped(log, |(workload, _)| workload, seconds);
    let totals = activity("all", &log.summary.sum(|_| true), seconds);
    let thresholds: Vec<Threshold> = start.thresholds.iter().map(|text| threshold(log, text, seconds)).collect();
    let audit = end.audit.as_ref().map(|audit| Audit {
        acknowledged: audit.acknowledged,
        indeterminate: audit.indeterminate,
        listed: audit.listed,
        missing: audit.missing,
        duplicated: audit.duplicated,
        unexpected: audit.unexpected,
        ok: audit.missing + audit.duplicated + audit.unexpected + audit.unlisted_parents == 0,
    });
    let validity = validity(log);
    Report {
        schema_version: SCHEMA_VERSION.into(),
        tool: tool(start),
        run_id: start.run_id.as_str().into(),
        mode: if start.simulated { Mode::Simulated } else { Mode::Live },
        started_at: start.started_at.as_str().into(),
        duration_s: round(log.duration_s()),
        warm_up_s: round(start.warm_up_s),
        seed: start.seed,
        interrupted: end.interrupted,
        incomplete: log.end.is_none(),
        capped: end.capped,
        verdict: verdict(log, &thresholds, &validity),
        scenario: info(start),
        target: target(start),
        environment: environment(&start.machine),
        engine: Engine {
            transport: start.transport.as_str().into(),
            timer: start.timer.as_str().into(),
            lanes: start.lanes as u32,
            clients: start.clients as u32,
            connections: Connections {
                opened: log.summary.connections.opened,
                refused: log.summary.connections.refused,
                slow: log.summary.connections.slow,
                dns_ms: latency(&log.summary.connections.dns),
                connect_ms: latency(&log.summary.connections.connect),
            },
        },
        validity,
        operations,
        workloads,
        totals,
        wire_errors: wire_errors(log),
        clients: clients(&log.summary.clients),
        thresholds,
        audit,
        series: log.timeline.points.iter().map(point).collect(),
        events: log
            .events
            .iter()
            .map(|event| Event {
                at_s: round(event.at_s),
                for_s: event.for_s.map(round),
                what: event.what.as_str().into(),
            })
            .collect(),
        histograms: Some(histograms(log)),
        ..Report::default()
    }
}

/// The program that writes the report.
pub(super) fn tool(start: &RunStart) -> Tool {
    Tool {
        name: "loadline".into(),
        version: start.tool_version.as_str().into(),
        commit: start.tool_commit.as_str().into(),
    }
}

/// The scenario as it was resolved.
pub(super) fn info(start: &RunStart) -> ScenarioInfo {
    ScenarioInfo {
        name: start.scenario.as_str().into(),
        digest: start.digest.as_str().into(),
        load_digest: start.load_digest.as_str().into(),
        resolved: serde_json::Value::String(start.resolved.clone()),
    }
}

/// What the load went to.
pub(super) fn target(start: &RunStart) -> Target {
    Target { kind: if start.mock { TargetKind::Mock } else { TargetKind::Url }, url: start.url.as_str().into() }
}

/// Four decimals: ample for milliseconds, and the same number when it is read back.
pub(super) fn round(value: f64) -> f64 {
    if value.is_finite() { (value * 1e4).round() / 1e4 } else { 0.0 }
}

pub(super) fn millis(span: Nanos) -> f64 {
    round(span.as_millis_f64())
}

/// One activity for each name, in the order in which the names first appear.
fn grouped<'a>(log: &'a RunLog, name: impl Fn(&'a (String, String)) -> &'a String, seconds: f64) -> Vec<Activity> {
    let mut seen = BTreeSet::new();
    let cells = &log.start.cells;
    let names = cells.iter().map(&name).filter(|name| seen.insert(*name));
    let sums = names
        .map(|wanted| (wanted, log.summary.sum(|index| cells.get(index).is_some_and(|cell| name(cell) == wanted))));
    // Cells of the setup and the audit are never recorded; an operation that was not called has nothing to say.
    sums.filter(|(_, sum)| !sum.is_empty()).map(|(name, sum)| activity(name, &sum, seconds)).collect()
}

fn activity(name: &str, cell: &CellRecord, seconds: f64) -> Activity {
    let calls = |outcome| cell.calls_of(outcome);
    let sent_calls: u64 = cell.attempts_per_call.iter().sum();
    let service = |outcome: AttemptOutcome| latency(&cell.service[outcome as usize]);
    Activity {
        name: name.into(),
        calls: Calls {
            count: cell.call_count(),
            ok: calls(Outcome::Ok),
            throttled: calls(Outcome::Throttled),
            failed: calls(Outcome::Failed),
            timed_out: calls(Outcome::TimedOut),
            dropped: calls(Outcome::Dropped),
            abandoned: calls(Outcome::Abandoned),
            refused: calls(Outcome::Refused),
            per_s: round(cell.call_count() as f64 / seconds),
            goodput_per_s: round(calls(Outcome::Ok) as f64 / seconds),
            items_ok: cell.items_ok,
            items_failed: cell.items_failed,
            response_ms: ResponseLatency { ok: latency(&cell.response_ok), all: latency(&cell.response_all) },
            by_failure: words(Reason::ALL.iter().map(|reason| reason.word()), &cell.reasons),
        },
        attempts: Attempts {
            count: cell.attempt_count(),
            first: cell.first_attempts,
            by_status: cell.by_status.iter().map(|(status, count)| (status.to_string().into(), count)).collect(),
            by_error: words(WireError::ALL.iter().map(|error| error.word()), &cell.by_wire),
            service_ms: ServiceLatency {
                success: service(AttemptOutcome::Success),
                throttled: service(AttemptOutcome::Throttled),
                failed: service(AttemptOutcome::Failed),
            },
            first_byte_ms: latency(&cell.first_byte),
            hedges: (cell.hedges_sent > 0).then_some(Hedges { sent: cell.hedges_sent, won: cell.hedges_won }),
        },
        retry: Retry {
            amplification: round(cell.attempt_count() as f64 / sent_calls.max(1) as f64),
            attempts_per_call: attempts_per_call(cell, sent_calls),
            backoff_ms: latency(&cell.backoff),
            hints: Hints { seen: cell.hints_seen, obeyed: cell.hints_obeyed, accepted: cell.hints_accepted },
        },
        admission_ms: latency(&cell.admission),
        lag_ms: latency(&cell.lag),
        pages: pages(cell),
    }
}

fn words<'a>(words: impl Iterator<Item = &'a str>, counts: &[u64]) -> BTreeMap<Text, u64> {
    words.zip(counts).filter(|(_, count)| **count > 0).map(|(word, count)| (word.into(), *count)).collect()
}

fn attempts_per_call(cell: &CellRecord, sent_calls: u64) -> Vec<AttemptsPerCall> {
    let never = cell.call_count().saturating_sub(sent_calls);
    let never = (never > 0).then_some(AttemptsPerCall { attempts: 0, calls: never });
    let made = cell.attempts_per_call.iter().zip(1..).map(|(&calls, attempts)| AttemptsPerCall { attempts, calls });
    never.into_iter().chain(made.filter(|row| row.calls > 0)).collect()
}

fn pages(cell: &CellRecord) -> Option<Pages> {
    let depth = |(bucket, histogram): (usize, &LatencyHistogram)| {
        let (from, to) = depth_range(bucket);
        // The last bucket ends where the deepest page was, not at infinity.
        let to = to.min(cell.depth_max.max(from));
        Depth { from: from.into(), to: to.into(), response_ms: latency(histogram) }
    };
    let used = cell.depth.iter().enumerate().filter(|(_, histogram)| !histogram.is_empty());
    (cell.pages > 0).then(|| Pages {
        count: cell.pages,
        depth_max: cell.depth_max.into(),
        by_depth: used.map(depth).collect(),
    })
}

/// A latency block in milliseconds.
pub(super) fn latency(histogram: &LatencyHistogram) -> Latency {
    let percentile = |&(q, label): &(f64, &str)| {
        Some(Percentile {
            q,
            label: label.into(),
            value: millis(histogram.quantile(q)?),
            samples_above: histogram.samples_above(q),
        })
    };
    Latency {
        count: histogram.count(),
        mean: millis(histogram.mean()),
        min: millis(histogram.min()),
        max: millis(histogram.max()),
        percentiles: PERCENTILES.iter().filter_map(percentile).collect(),
    }
}

fn threshold(log: &RunLog, text: &str, seconds: f64) -> Threshold {
    let Ok(expression) = text.parse::<Expression>() else {
        // Checked before the run; a journal that was edited fails here, and a threshold that cannot be judged fails.
        return Threshold { expression: text.into(), ok: false, ..Threshold::default() };
    };
    let seen = observe(&log.summary, &log.start.cells, seconds, &expression.measure);
    let unit = match expression.measure.function.unit() {
        expression::Unit::Duration => Unit::Ms,
        expression::Unit::Rate => Unit::PerS,
        expression::Unit::Ratio => Unit::Ratio,
        expression::Unit::Number if expression.measure.function == expression::Function::Count => Unit::Count,
        expression::Unit::Number => Unit::Number,
    };
    let scale = if unit == Unit::Ms { 1e3 } else { 1.0 };
    Threshold {
        expression: text.into(),
        observed: seen.value.is_finite().then(|| (seen.value * scale * 1e6).round() / 1e6),
        unit,
        samples: seen.samples,
        ok: seen.samples > 0 && expression.comparison.holds(seen.value, expression.value.as_f64()),
    }
}

fn clients(clients: &[ClientCounts]) -> Vec<ClientShare> {
    if clients.len() < 2 {
        return Vec::new();
    }
    let share = |(client, counts): (u32, &ClientCounts)| ClientShare {
        client,
        calls: counts.calls,
        ok: counts.ok,
        attempts: counts.attempts,
        throttled: counts.throttled,
    };
    (0..).zip(clients).map(share).collect()
}

fn point(point: &SeriesPoint) -> Point {
    let gauges = &point.gauges;
    Point {
        t_s: point.index as f64,
        offered: gauges.offered,
        sent: gauges.sent + gauges.retries,
        ok: gauges.ok,
        throttled: gauges.throttled,
        failed: gauges.failed,
        in_flight: gauges.in_flight,
        queued: gauges.queued,
        retries: gauges.retries,
        lag_ms: point.lag_p99.map_or(0.0, millis),
        steal: round(gauges.steal),
        busy: round(gauges.busiest),
        stall_ms: millis(gauges.stalls.longest),
        response_ms: point.response.map(|quantiles| {
            let [p50, p90, p99, p999, max] = quantiles.map(millis);
            PointLatency { p50, p90, p99, p999, max }
        }),
    }
}

pub(super) fn environment(machine: &Machine) -> Environment {
    let mut digest = Sha256::new();
    for part in [&machine.os, &machine.cpu, &machine.kernel, &machine.cores.to_string()] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let mut fingerprint = String::new();
    for byte in digest.finalize().iter().take(8) {
        let _ = write!(fingerprint, "{byte:02x}");
    }
    Environment {
        os: machine.os.as_str().into(),
        cpu: machine.cpu.as_str().into(),
        cores: machine.cores as u32,
        kernel: machine.kernel.as_str().into(),
        fingerprint: fingerprint.into(),
    }
}

/// The clocks of an operation by the names that `report.json` and `latency.hlog` use.
pub(super) fn clocks(cell: &CellRecord) -> [(&'static str, &LatencyHistogram); 8] {
    let service = |outcome: AttemptOutcome| &cell.service[outcome as usize];
    [
        ("response_ok", &cell.response_ok),
        ("response_all", &cell.response_all),
        ("service_success", service(AttemptOutcome::Success)),
        ("service_throttled", service(AttemptOutcome::Throttled)),
        ("service_failed", service(AttemptOutcome::Failed)),
        ("lag", &cell.lag),
        ("admission", &cell.admission),
        ("backoff", &cell.backoff),
    ]
}

fn histograms(log: &RunLog) -> Histograms {
    let mut data = BTreeMap::new();
    for operation in operation_names(&log.start) {
        let sum = log.summary.sum(|index| log.start.cells.get(index).is_some_and(|(_, name)| name == operation));
        let used = clocks(&sum).into_iter().filter(|(_, histogram)| !histogram.is_empty());
        let clocks: BTreeMap<Text, String> =
            used.map(|(clock, histogram)| (clock.into(), histogram.to_base64())).collect();
        if !clocks.is_empty() {
            data.insert(operation.into(), clocks);
        }
    }
    Histograms {
        lowest: LatencyHistogram::LOWEST.as_nanos(),
        highest: LatencyHistogram::HIGHEST.as_nanos(),
        sigfig: LatencyHistogram::SIGNIFICANT_DIGITS,
        unit: "ns".into(),
        data,
    }
}

/// The operations of a run, each once.
pub(super) fn operation_names(start: &RunStart) -> BTreeSet<&str> {
    start.cells.iter().map(|(_, operation)| operation.as_str()).collect()
}
