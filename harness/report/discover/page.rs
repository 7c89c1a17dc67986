//! `report.html` of a discovery: the limiter first, then what to paste, what was seen, how sure it is and what it cost.

use askama::Template;

use super::super::figure::{Figure, Table};
use super::super::html::hash;
use super::super::model::discover::{Discover, DiscoverAnswer, DiscoverLimiter};
use super::super::model::{Mode, Report, TargetKind};
use super::super::story::sentence;
use super::super::text::Text;
use super::super::{table, text};
use super::{figure, kinds, tables, words};

const STYLE: &str = include_str!("../templates/report.css");
const MORE_STYLE: &str = include_str!("../templates/discover.css");

/// Renders the page.
///
/// # Errors
/// Where the template engine fails to write, which it does for no report.
pub(in super::super) fn render(report: &Report, discover: &Discover) -> Result<String, askama::Error> {
    Page::new(report, discover).render()
}

/// What the template sees: texts and tables, nothing left to decide.
#[derive(Template)]
#[template(path = "discover.html")]
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
    yaml: String,
    nearest: &'static str,
    limiters: Vec<Explained>,
    parameters: Table,
    evidence: Vec<String>,
    raster: Option<Figure>,
    time: Option<Figure>,
    recovery: Option<Figure>,
    predicted: String,
    confusion_words: String,
    confusion: Table,
    second: String,
    second_why: String,
    scope: Table,
    hints: Table,
    replies: Table,
    tally: String,
    stages: Table,
    terms: Vec<(&'static str, String)>,
    environment: Table,
    scenario_yaml: String,
    tool: String,
}

/// A limiter in words.
struct Explained {
    title: String,
    what: &'static str,
    more: Vec<String>,
}

impl Page {
    fn new(report: &Report, discover: &Discover) -> Self {
        let headline = words::headline(discover);
        Self {
            title: format!("{}: {headline}", report.scenario.name),
            style: STYLE,
            style_hash: hash(STYLE),
            more_style: MORE_STYLE,
            more_style_hash: hash(MORE_STYLE),
            scenario: report.scenario.name.to_string(),
            subtitle: subtitle(report),
            simulated: report.mode == Mode::Simulated,
            tone: words::tone(discover).class(),
            answer: words::answer(discover),
            caveats: words::caveats(report, discover),
            exit_code: report.verdict.exit_code,
            tiles: tables::tiles(discover),
            next: words::next(discover),
            yaml: discover.yaml.to_string(),
            nearest: match discover.answer {
                DiscoverAnswer::Identified => "What limits it",
                DiscoverAnswer::CannotTell => "What explains it best",
                _ => "What comes nearest to it",
            },
            limiters: discover.limiters.iter().map(|limiter| explained(limiter, discover)).collect(),
            parameters: tables::parameters(discover),
            evidence: discover.evidence.iter().map(|line| sentence(line)).collect(),
            raster: figure::raster(discover),
            time: figure::time(discover),
            recovery: figure::recovery(discover),
            predicted: words::predicted(discover).unwrap_or_default(),
            confusion_words: words::confusion(discover).unwrap_or_default(),
            confusion: tables::confusion(discover),
            second: words::second_best(discover).unwrap_or_default(),
            second_why: discover.runner_up.as_ref().map(|second| sentence(&second.why)).unwrap_or_default(),
            scope: tables::scope(discover),
            hints: tables::hints(discover),
            replies: tables::replies(discover),
            tally: words::tally(discover),
            stages: tables::stages(discover),
            terms: tables::terms(discover),
            environment: table::environment(report),
            scenario_yaml: text::block(report.scenario.resolved.as_str().unwrap_or_default(), 60_000),
            tool: format!("{} {}", report.tool.name, report.tool.version),
            headline,
        }
    }
}

fn explained(limiter: &DiscoverLimiter, discover: &Discover) -> Explained {
    let mut more: Vec<String> = words::alike(limiter).into_iter().collect();
    if let Some(cost) = &limiter.cost {
        more.push(format!("A request costs {cost}."));
    }
    if !limiter.scope.is_empty() {
        let each: Vec<&str> = limiter.scope.iter().map(Text::as_str).collect();
        more.push(format!("One for each {}.", each.join(" and ")));
    }
    let described = words::described(limiter);
    let title =
        if discover.limiters.len() > 1 { format!("{}: {described}", limiter.name) } else { words::upper(&described) };
    Explained { title, what: kinds::explained(limiter.class), more }
}

fn subtitle(report: &Report) -> String {
    let target = match report.target.kind {
        TargetKind::Mock => "embedded mock".to_owned(),
        TargetKind::Url => report.target.url.to_string(),
    };
    let parts = [
        "discovery of a limit".to_owned(),
        target,
        text::line(&report.started_at, 40),
        format!("seed {}", report.seed),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
