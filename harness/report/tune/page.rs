//! `report.html` of a comparison: what to deploy, and why, in the order in which a reader asks.

use askama::Template;

use super::super::figure::{Key, Table};
use super::super::html::hash;
use super::super::model::tune::{Advice, Portrait, Requirement, Setting, Tune};
use super::super::model::{Report, TargetKind};
use super::super::number::{count, ms, percent, plain, span_s};
use super::super::{story, table, text};
use super::ranking::{Cell, Ranked, Ranking, key_numbers, ranking, times};
use super::terms::Glossary;
use super::{figure, tables, words};

const STYLE: &str = include_str!("../templates/report.css");
const MORE_STYLE: &str = include_str!("../templates/tune.css");

/// The most rows of each part of the ranking; report.json has all of them.
const ROWS: usize = 100;

/// Terms and their meanings.
type Terms = Vec<(&'static str, &'static str)>;

/// Renders the page.
///
/// # Errors
/// Where the template engine fails to write, which it does for no report.
pub(in super::super) fn render(report: &Report, tune: &Tune) -> Result<String, askama::Error> {
    Page::new(report, tune).render()
}

/// What the template sees: texts and tables, nothing left to decide.
#[derive(Template)]
#[template(path = "tune.html")]
struct Page<'a> {
    title: String,
    style: &'static str,
    style_hash: String,
    more_style: &'static str,
    more_style_hash: String,
    scenario: String,
    subtitle: String,
    headline: String,
    tone: &'static str,
    sentence: String,
    caveats: Vec<String>,
    exit_code: u8,
    pressing: &'a [Advice],
    advice: &'a [Advice],
    verdict_terms: Terms,
    numbers: Vec<(&'static str, String, String)>,
    yaml: &'a str,
    settings: &'a [Setting],
    rankings: Vec<Ranking>,
    several_arrivals: bool,
    ranking_terms: Terms,
    portraits: Vec<Look>,
    load_key: Vec<Key>,
    portrait_terms: Terms,
    trigger: String,
    trigger_tone: &'static str,
    trigger_terms: Terms,
    triggers: Table,
    stability: String,
    stability_tone: &'static str,
    circumstances: Table,
    tornado: String,
    knobs: Table,
    requirements: Vec<Asked>,
    unmet: bool,
    weights: String,
    basis: Vec<(&'static str, String)>,
    confirmed: String,
    confirmed_tone: &'static str,
    confirmations: Vec<(String, Table)>,
    environment: Table,
    scenario_yaml: String,
    tool: String,
}

/// A requirement, ready to show.
struct Asked {
    requirement: String,
    ok: bool,
    closest: String,
    why: String,
}

/// A portrait, ready to show.
struct Look {
    role: String,
    name: String,
    causes: Vec<String>,
    load: String,
    shares: String,
    attempts: String,
    facts: Vec<(&'static str, String)>,
    lost: Table,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report, tune: &'a Tune) -> Self {
        let headline = words::headline(tune);
        let mut glossary = Glossary::default();
        let caveats = words::caveats(report, tune);
        let verdict_terms = glossary.explain(&format!(
            "{headline} {} {} {}",
            tune.verdict.sentence,
            caveats.join(" "),
            tune.verdict.yaml
        ));
        let ranking_terms = glossary.explain("success p99 amplification recovery fairness");
        let causes: Vec<_> = tune.portraits.iter().flat_map(|p| &p.causes).map(ToString::to_string).collect();
        let portrait_terms = glossary.explain(&format!("goodput {}", causes.join(" ")));
        let pressing = words::is_pressing(tune);
        Self {
            title: format!("{}: {headline}", report.scenario.name),
            style: STYLE,
            style_hash: hash(STYLE),
            more_style: MORE_STYLE,
            more_style_hash: hash(MORE_STYLE),
            scenario: report.scenario.name.to_string(),
            subtitle: subtitle(report),
            headline,
            tone: words::tone(tune).class(),
            sentence: words::answer(tune),
            caveats,
            exit_code: report.verdict.exit_code,
            pressing: if pressing { &tune.advice } else { &[] },
            advice: if pressing { &[] } else { &tune.advice },
            verdict_terms,
            numbers: numbers(tune),
            yaml: &tune.verdict.yaml,
            settings: &tune.settings,
            rankings: words::arrivals(tune).into_iter().map(|arrivals| shortened(ranking(tune, arrivals))).collect(),
            several_arrivals: words::arrivals(tune).len() > 1,
            ranking_terms,
            portraits: portraits(&tune.portraits),
            load_key: figure::load_key(),
            portrait_terms,
            trigger: words::trigger(tune),
            trigger_tone: if tune.candidates.iter().any(words::stays_down) { "bad" } else { "good" },
            trigger_terms: glossary.explain("goodput relapse metastable vulnerable"),
            triggers: tables::triggers(tune),
            stability: words::stability(tune),
            stability_tone: if words::steady(tune) { "good" } else { "doubt" },
            circumstances: tables::stability(tune),
            tornado: if tune.knobs.is_empty() { String::new() } else { figure::tornado(&tune.knobs) },
            knobs: tables::knobs(tune),
            requirements: tune.requirements.iter().map(asked).collect(),
            unmet: tune.requirements.iter().any(|requirement| !requirement.ok),
            weights: tables::weights(&tune.weights),
            basis: words::basis(tune),
            confirmed: words::confirmed(tune),
            confirmed_tone: match () {
                () if tune.confirmations.is_empty() => "",
                () if words::outside(tune) > 0 => "doubt",
                () => "good",
            },
            confirmations: tune
                .confirmations
                .iter()
                .map(|c| {
                    let runs = format!("{} real and {} simulated runs", c.real_runs, c.simulated_runs);
                    (format!("{} ({}; {runs})", c.name, c.role), tables::comparisons(&c.comparisons))
                })
                .collect(),
            environment: table::environment(report),
            scenario_yaml: text::block(report.scenario.resolved.as_str().unwrap_or_default(), 60_000),
            tool: format!("{} {}", report.tool.name, report.tool.version),
        }
    }
}

fn subtitle(report: &Report) -> String {
    [
        "comparison of retry policies".to_owned(),
        match report.target.kind {
            TargetKind::Mock => "modelled service".to_owned(),
            TargetKind::Url => format!("model of {}", report.target.url),
        },
        text::line(&report.started_at, 40),
        format!("seed {}", report.seed),
    ]
    .join(" · ")
}

/// The winner's numbers, beside those of the second best.
fn numbers(tune: &Tune) -> Vec<(&'static str, String, String)> {
    words::winner(tune)
        .map(|winner| key_numbers(&winner.measures, words::runner_up(tune).map(|second| &second.measures)))
        .unwrap_or_default()
}

/// What a page bears of a sweep over hundreds of candidates.
fn shortened(mut ranking: Ranking) -> Ranking {
    for rows in [&mut ranking.front, &mut ranking.dominated, &mut ranking.out] {
        if rows.len() > ROWS {
            let more = rows.len() - ROWS;
            rows.truncate(ROWS);
            rows.push(Ranked {
                place: String::new(),
                name: format!("{more} more are in report.json"),
                remark: String::new(),
                cells: vec![Cell::default(); ranking.head.len()],
            });
        }
    }
    ranking
}

fn asked(requirement: &Requirement) -> Asked {
    Asked {
        requirement: requirement.expression.to_string(),
        ok: requirement.ok,
        closest: requirement
            .closest
            .as_ref()
            .map(|closest| format!("{closest}: {}", tables::observed(requirement)))
            .unwrap_or_default(),
        why: requirement.why.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn portraits(portraits: &[Portrait]) -> Vec<Look> {
    let scales = figure::Scales::of(portraits);
    portraits
        .iter()
        .map(|portrait| Look {
            role: portrait.role.to_string(),
            name: portrait.name.to_string(),
            causes: portrait.causes.iter().map(|cause| story::sentence(cause)).collect(),
            load: figure::load(portrait, scales),
            shares: figure::shares(&portrait.time),
            attempts: figure::attempts(&portrait.attempts_per_call),
            facts: facts(portrait),
            lost: lost(portrait),
        })
        .collect()
}

fn facts(portrait: &Portrait) -> Vec<(&'static str, String)> {
    let ratio = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    vec![
        ("calls that end well", format!("{} of {}", count(portrait.ok), count(portrait.calls))),
        ("attempts for each call", times(portrait.amplification)),
        (
            "attempts for nothing",
            format!(
                "{} ({})",
                count(portrait.wasted_attempts),
                percent(ratio(portrait.wasted_attempts, portrait.attempts))
            ),
        ),
        ("busiest second", format!("{} attempts", plain(portrait.peak_load_per_s))),
        ("herding (1 is none)", plain(portrait.fano)),
        ("p99", ms(portrait.p99_ms)),
        ("longest wait of a client", span_s(portrait.starvation_s)),
    ]
}

fn lost(portrait: &Portrait) -> Table {
    let mut table = Table::with(&["calls lost because", "calls"]);
    table.rows =
        portrait.lost.iter().map(|loss| vec![words::reason(&loss.reason).to_owned(), count(loss.calls)]).collect();
    table
}
