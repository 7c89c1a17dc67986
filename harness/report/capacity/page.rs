//! `report.html` of a search: what it carries first, then what breaks, the curve, how sure it is and how it was done.

use askama::Template;

use super::super::figure::{Figure, Table};
use super::super::html::hash;
use super::super::model::capacity::Capacity;
use super::super::model::{Mode, Report, TargetKind};
use super::super::story::sentence;
use super::super::{table, text};
use super::{figure, next, tables, words};

const STYLE: &str = include_str!("../templates/report.css");
const MORE_STYLE: &str = include_str!("../templates/capacity.css");

/// Renders the page.
///
/// # Errors
/// Where the template engine fails to write, which it does for no report.
pub(in super::super) fn render(report: &Report, capacity: &Capacity) -> Result<String, askama::Error> {
    Page::new(report, capacity).render()
}

/// What the template sees: texts and tables, nothing left to decide.
#[derive(Template)]
#[template(path = "capacity.html")]
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
    tiles: Vec<tables::Tile>,
    next: Vec<String>,
    binding: String,
    objectives: Table,
    ranges: Option<Figure>,
    curve: Option<Figure>,
    verified: String,
    verification: Table,
    indications: Table,
    hidden: Vec<String>,
    trials: Table,
    trials_class: &'static str,
    time: Table,
    rules: Vec<(&'static str, String)>,
    environment: Table,
    scenario_yaml: String,
    tool: String,
}

impl Page {
    fn new(report: &Report, capacity: &Capacity) -> Self {
        let headline = words::headline(capacity);
        let remarks = capacity.trials.iter().any(|trial| trial.void.is_some() || trial.fatal.is_some());
        Self {
            title: format!("{}: {headline}", report.scenario.name),
            style: STYLE,
            style_hash: hash(STYLE),
            more_style: MORE_STYLE,
            more_style_hash: hash(MORE_STYLE),
            scenario: report.scenario.name.to_string(),
            subtitle: subtitle(report),
            simulated: report.mode == Mode::Simulated,
            tone: words::tone(capacity).class(),
            answer: words::answer(capacity),
            caveats: words::caveats(report, capacity),
            exit_code: report.verdict.exit_code,
            tiles: tables::tiles(capacity),
            next: next::steps(capacity),
            binding: words::binding(capacity).unwrap_or_default(),
            objectives: tables::objectives(capacity),
            ranges: figure::ranges(capacity),
            curve: figure::curve(capacity),
            verified: words::verified(capacity),
            verification: tables::verification(capacity),
            indications: tables::indications(capacity),
            hidden: capacity.hidden.iter().map(|why| sentence(why)).collect(),
            trials: tables::trials(capacity),
            trials_class: if remarks { "wide trials remarks" } else { "wide trials" },
            time: tables::time(capacity),
            rules: tables::rules(capacity),
            environment: table::environment(report),
            scenario_yaml: text::block(report.scenario.resolved.as_str().unwrap_or_default(), 60_000),
            tool: format!("{} {}", report.tool.name, report.tool.version),
            headline,
        }
    }
}

fn subtitle(report: &Report) -> String {
    let target = match report.target.kind {
        TargetKind::Mock => "embedded mock".to_owned(),
        TargetKind::Url => report.target.url.to_string(),
    };
    let parts =
        ["search for capacity".to_owned(), target, text::line(&report.started_at, 40), format!("seed {}", report.seed)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
