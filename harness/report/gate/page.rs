//! `report.html` of a gate: what changed, how sure that is and why, in the order in which a reader asks.

use askama::Template;

use super::super::figure::{Figure, Table};
use super::super::html::hash;
use super::super::model::gate::Gate;
use super::super::model::{Mode, Report};
use super::super::{story, table, text};
use super::{figure, tables, words};

const STYLE: &str = include_str!("../templates/report.css");
const MORE_STYLE: &str = include_str!("../templates/gate.css");

/// Renders the page.
///
/// # Errors
/// Where the template engine fails to write, which it does for no report.
pub(in super::super) fn render(report: &Report, gate: &Gate) -> Result<String, askama::Error> {
    Page::new(report, gate).render()
}

/// What the template sees: texts and tables, nothing left to decide.
#[derive(Template)]
#[template(path = "gate.html")]
struct Page {
    title: String,
    style: &'static str,
    style_hash: String,
    more_style: &'static str,
    more_style_hash: String,
    scenario: String,
    subtitle: String,
    simulated: bool,
    headline: String,
    tone: &'static str,
    answer: String,
    caveats: Vec<String>,
    exit_code: u8,
    claim: String,
    sides: [(&'static str, String); 2],
    metrics: Table,
    forest: Option<Figure>,
    pairs: Option<Figure>,
    curves: Option<Figure>,
    power: Table,
    runs: Table,
    noise: Table,
    advice: Vec<String>,
    rules: Vec<(&'static str, String)>,
    environment: Table,
    scenario_yaml: String,
    tool: String,
}

impl Page {
    fn new(report: &Report, gate: &Gate) -> Self {
        let headline = words::headline(report, gate);
        Self {
            title: format!("{}: {headline}", report.scenario.name),
            style: STYLE,
            style_hash: hash(STYLE),
            more_style: MORE_STYLE,
            more_style_hash: hash(MORE_STYLE),
            scenario: report.scenario.name.to_string(),
            subtitle: subtitle(report, gate),
            simulated: report.mode == Mode::Simulated,
            tone: words::tone(report, gate).class(),
            answer: words::answer(gate),
            caveats: words::caveats(report, gate),
            exit_code: report.verdict.exit_code,
            claim: words::claim(gate),
            sides: [
                ("baseline", gate.sides.baseline.what.to_string()),
                ("candidate", gate.sides.candidate.what.to_string()),
            ],
            metrics: tables::metrics(gate),
            forest: figure::forest(gate),
            pairs: figure::pairs(gate),
            curves: figure::curves(gate),
            power: tables::power(gate),
            runs: tables::runs(gate),
            noise: tables::noise(gate),
            advice: gate
                .calibration
                .iter()
                .flat_map(|noise| &noise.advice)
                .map(|advice| story::sentence(advice))
                .collect(),
            rules: words::rules(gate),
            environment: table::environment(report),
            scenario_yaml: text::block(report.scenario.resolved.as_str().unwrap_or_default(), 60_000),
            tool: format!("{} {}", report.tool.name, report.tool.version),
            headline,
        }
    }
}

fn subtitle(report: &Report, gate: &Gate) -> String {
    let parts = [words::kind(gate).to_owned(), text::line(&report.started_at, 40), format!("seed {}", report.seed)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
