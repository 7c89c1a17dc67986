//! `report.html`: one file that loads nothing, reads without scripts and styles, and prints.

use askama::Template;
use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::figure::{self, Figure, Table, slices};
use super::model::{Report, ValidityWord};
use super::story::{self, KeyNumber};
use super::view::View;
use super::{number, table};

/// The stylesheet and the script are ours alone: what they may do is fixed by their hashes in the page's policy.
const STYLE: &str = include_str!("templates/report.css");
const SCRIPT: &str = include_str!("templates/report.js");

/// Renders the page.
///
/// # Errors
/// Where the template engine fails to write, which it does for no report.
pub fn render(report: &Report, view: &View) -> Result<String, askama::Error> {
    if let Some(capacity) = &report.capacity {
        return super::capacity::page(report, capacity);
    }
    if let Some(discover) = &report.discover {
        return super::discover::page(report, discover);
    }
    match (&report.tune, &report.gate) {
        (Some(tune), _) => super::tune::page(report, tune),
        (None, Some(gate)) => super::gate::page(report, gate),
        (None, None) => Page::new(report, view).render(),
    }
}

/// What the template sees: texts and tables, nothing left to decide.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    style: &'static str,
    script: &'static str,
    style_hash: String,
    script_hash: String,
    scenario: String,
    subtitle: String,
    simulated: bool,
    headline: &'static str,
    tone: &'static str,
    answer: String,
    caveats: Vec<String>,
    exit_code: u8,
    numbers: [KeyNumber; 6],
    thresholds: Vec<ThresholdRow>,
    audit: Option<AuditView>,
    time_figures: Vec<Figure>,
    events: Table,
    curve: Vec<Figure>,
    distributions: Vec<Figure>,
    clocks: Table,
    operations: Table,
    items: Table,
    per_operation: Vec<(String, Table)>,
    workloads: Table,
    clients: Table,
    retries: Table,
    outcomes: Table,
    wire_errors: Table,
    health: Figure,
    validity: Table,
    checks: Table,
    validity_sentence: String,
    validity_tone: &'static str,
    validity_reasons: Vec<String>,
    environment: Table,
    scenario_yaml: String,
    tool: String,
    series: String,
}

struct ThresholdRow {
    expression: String,
    observed: String,
    samples: String,
    ok: bool,
}

struct AuditView {
    ok: bool,
    sentence: String,
    table: Table,
}

impl Page {
    fn new(report: &Report, view: &View) -> Self {
        let mut distributions = figure::distributions(report, view);
        let halves = distributions.split_off(1);
        Self {
            title: format!("{}: {}", report.scenario.name, story::headline(report)),
            style: STYLE,
            script: SCRIPT,
            style_hash: hash(STYLE),
            script_hash: hash(SCRIPT),
            scenario: report.scenario.name.to_string(),
            subtitle: subtitle(report),
            simulated: report.mode == super::model::Mode::Simulated,
            headline: story::headline(report),
            tone: story::tone(report).class(),
            answer: story::answer(report),
            caveats: story::caveats(report),
            exit_code: report.verdict.exit_code,
            numbers: story::key_numbers(report),
            thresholds: report.thresholds.iter().map(threshold).collect(),
            audit: audit(report),
            time_figures: figure::over_time(report, view),
            events: table::events(report),
            curve: distributions,
            distributions: halves,
            clocks: table::clocks(&report.totals),
            items: table::items(report),
            operations: table::activities("operation", &report.operations, Some(&report.totals)),
            per_operation: report
                .operations
                .iter()
                .map(|a| (a.name.to_string(), table::clocks(a)))
                .filter(has_rows)
                .collect(),
            clients: table::clients(report),
            workloads: table::activities("workload", &report.workloads, None),
            retries: table::retries(report),
            outcomes: table::outcomes(&report.totals),
            wire_errors: table::wire_errors(report),
            health: figure::health(report),
            validity: table::validity(report),
            checks: table::checks(report),
            validity_sentence: story::validity_sentence(report),
            validity_tone: match report.validity.verdict {
                ValidityWord::Valid => "good",
                ValidityWord::Suspect => "doubt",
                ValidityWord::Invalid => "bad",
            },
            validity_reasons: report.validity.reasons.iter().map(ToString::to_string).collect(),
            environment: table::environment(report),
            scenario_yaml: view.scenario(),
            tool: format!("{} {}", report.tool.name, report.tool.version),
            series: Series::of(report),
        }
    }
}

fn has_rows(entry: &(String, Table)) -> bool {
    !entry.1.rows.is_empty()
}

fn subtitle(report: &Report) -> String {
    let began = super::text::line(&report.started_at, 40);
    let parts = [story::target(report), number::span_s(report.duration_s), began, format!("seed {}", report.seed)];
    // A simulation has no begin by the calendar.
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn threshold(threshold: &super::model::Threshold) -> ThresholdRow {
    ThresholdRow {
        expression: threshold.expression.to_string(),
        observed: table::observed(threshold),
        samples: number::count(threshold.samples),
        ok: threshold.ok,
    }
}

fn audit(report: &Report) -> Option<AuditView> {
    let audit = report.audit.as_ref()?;
    Some(AuditView { ok: audit.ok, sentence: story::audit_sentence(report)?, table: table::audit(audit) })
}

/// `sha256-…`, as a content security policy names an inline script or style.
pub(super) fn hash(content: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content)))
}

/// The series as columns of numbers, for the read-out under the cursor. It holds no text, so there is nothing in it that
/// could end the element that carries it.
#[derive(Default, Serialize)]
struct Series {
    width: f64,
    t: Vec<f64>,
    offered: Vec<f64>,
    ok: Vec<f64>,
    throttled: Vec<f64>,
    failed: Vec<f64>,
    p50: Vec<Option<f64>>,
    p90: Vec<Option<f64>>,
    p99: Vec<Option<f64>>,
    p999: Vec<Option<f64>>,
    max: Vec<Option<f64>>,
    lag_ms: Vec<f64>,
    in_flight: Vec<f64>,
    queued: Vec<f64>,
    steal: Vec<f64>,
    busy: Vec<f64>,
    stall_ms: Vec<f64>,
}

impl Series {
    fn of(report: &Report) -> String {
        let mut series = Self { width: 1.0, ..Self::default() };
        for slice in slices(report, 1_200) {
            series.width = slice.width_s;
            series.t.push(round(slice.t_s));
            series.offered.push(round(slice.offered));
            series.ok.push(round(slice.ok));
            series.throttled.push(round(slice.throttled));
            series.failed.push(round(slice.failed));
            let response = slice.response_ms;
            series.p50.push(response.map(|l| round(l.p50)));
            series.p90.push(response.map(|l| round(l.p90)));
            series.p99.push(response.map(|l| round(l.p99)));
            series.p999.push(response.map(|l| round(l.p999)));
            series.max.push(response.map(|l| round(l.max)));
            series.lag_ms.push(round(slice.lag_ms));
            series.in_flight.push(round(slice.in_flight));
            series.queued.push(round(slice.queued));
            series.steal.push((slice.steal * 1e4).round() / 1e4);
            series.busy.push((slice.busy * 1e4).round() / 1e4);
            series.stall_ms.push(round(slice.stall_ms));
        }
        serde_json::to_string(&series).unwrap_or_else(|_| "{}".into())
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
