//! What a comparison says, in sentences that the page, the summary and the console share.

use super::super::model::Report;
use super::super::model::tune::{Arrivals, CandidateRow, Shift, Standing, Tune};
use super::super::number::{count, ms, per_s, percent, plain, span_s};
use super::super::story::{Tone, sentence};

/// Below this confidence the first two are as good as equal, and the page says so.
const SURE: f64 = 0.8;

/// The answer in as few words as it goes.
pub(super) fn headline(tune: &Tune) -> String {
    match &tune.verdict.winner {
        Some(winner) => format!("Deploy {winner}"),
        None if tune.requirements.iter().any(|requirement| !requirement.ok) => "Nothing meets the requirements".into(),
        None if !tune.verdict.throttled => "Nothing was throttled: any policy will do".into(),
        None => "No policy won".into(),
    }
}

/// The answer in a sentence. It may begin with a name, which keeps its case.
pub(super) fn answer(tune: &Tune) -> String {
    let sentence = &tune.verdict.sentence;
    let stop = if sentence.is_empty() || sentence.ends_with(['.', '…']) { "" } else { "." };
    format!("{sentence}{stop}")
}

/// How good the news is: bad without an answer, doubtful where the answer may be another one tomorrow.
pub(super) fn tone(tune: &Tune) -> Tone {
    let verdict = &tune.verdict;
    match () {
        () if verdict.winner.is_none() && verdict.throttled => Tone::Bad,
        () if tune.requirements.iter().any(|requirement| !requirement.ok) => Tone::Bad,
        () if verdict.confidence.is_some_and(|confidence| confidence < SURE) => Tone::Doubt,
        () if is_pressing(tune) || !steady(tune) || outside(tune) > 0 => Tone::Doubt,
        () if winner(tune).is_some_and(|row| row.standing == Standing::Metastable) => Tone::Doubt,
        () => Tone::Good,
    }
}

/// The row of the winner: the best of its rows, where it has one for each model of arrivals.
pub(super) fn winner(tune: &Tune) -> Option<&CandidateRow> {
    let name = tune.verdict.winner.as_ref()?;
    tune.candidates.iter().find(|row| row.name == *name)
}

/// The row of the second best, under the same arrivals as the winner's.
pub(super) fn runner_up(tune: &Tune) -> Option<&CandidateRow> {
    let (name, arrivals) = (tune.verdict.runner_up.as_ref()?, winner(tune)?.arrivals);
    tune.candidates.iter().find(|row| row.name == *name && row.arrivals == arrivals)
}

/// Whether more is asked than the limit ever lets through: then no retry policy helps, and the advice comes before the verdict.
pub(super) fn is_pressing(tune: &Tune) -> bool {
    let asked = tune.credibility.offered_per_s;
    !tune.advice.is_empty() && tune.credibility.limit_per_s.is_some_and(|limit| asked > limit)
}

/// How sure the first place is.
pub(super) fn confidence(tune: &Tune) -> Option<String> {
    let (sure, second) = (tune.verdict.confidence?, tune.verdict.runner_up.as_ref()?);
    let sure_text = percent(sure);
    Some(if sure < SURE {
        format!(
            "A close race: with {sure_text} confidence it scores above {second}, so take whichever of the two is easier to deploy."
        )
    } else {
        format!("With {sure_text} confidence it scores above the second best, {second}.")
    })
}

/// What else a reader must know before deploying; each a sentence.
pub(super) fn caveats(report: &Report, tune: &Tune) -> Vec<String> {
    let mut caveats = Vec::new();
    if report.interrupted {
        caveats.extend(report.verdict.reasons.first().map(|reason| sentence(reason)));
    }
    caveats.extend(report.validity.notes.iter().map(|note| sentence(note)));
    if tune.verdict.winner.is_none() {
        return caveats;
    }
    caveats.extend(confidence(tune));
    if let Some(row) = winner(tune).filter(|row| row.standing == Standing::Metastable) {
        caveats.push(format!("{} does not recover from a long disturbance: see the trigger test.", row.name));
    }
    if !steady(tune) {
        caveats.push(stability(tune));
    }
    if outside(tune) > 0 {
        caveats.push(confirmed(tune));
    }
    caveats
}

/// Whether the winner stays first in every other circumstance that was tried.
pub(super) fn steady(tune: &Tune) -> bool {
    tune.stability.iter().all(|stability| stability.place_of_winner == 1)
}

/// Whether the verdict holds when the world is a little different.
pub(super) fn stability(tune: &Tune) -> String {
    let (all, others) = (tune.stability.len(), tune.stability.iter().filter(|s| s.place_of_winner != 1));
    let others: Vec<_> = others.collect();
    match others.first() {
        None if all == 0 => "No other circumstances were tried.".into(),
        None => format!("Stable: it stays first in all {all} circumstances that were tried."),
        Some(first) => format!(
            "Not stable: it loses its first place in {} of {all} other circumstances, such as {}, where {} wins.",
            others.len(),
            circumstance(first.shift, first.factor),
            first.winner
        ),
    }
}

/// A circumstance: `load × 1.2`.
pub(super) fn circumstance(shift: Shift, factor: Option<f64>) -> String {
    let what = match shift {
        Shift::Load => "load",
        Shift::Limit => "limit",
        Shift::Burst => "burst",
        Shift::Clients => "number of clients",
        Shift::RoundTrip => "round trip",
        Shift::Arrivals => "the other model of arrivals",
    };
    factor.map_or_else(|| what.to_owned(), |factor| format!("{what} × {}", plain(factor)))
}

/// What became of the triggers.
pub(super) fn trigger(tune: &Tune) -> String {
    let mut down: Vec<&str> = Vec::new();
    for row in tune.candidates.iter().filter(|row| row.standing == Standing::Metastable) {
        if !down.contains(&row.name.as_str()) {
            down.push(&row.name);
        }
    }
    match down[..] {
        [] => "Every candidate recovers once the disturbance is gone.".into(),
        [one] => format!("{one} does not recover once the disturbance is gone. Do not deploy it, whatever its score."),
        _ => format!(
            "{} candidates do not recover once the disturbance is gone: {}. Do not deploy them, whatever their scores.",
            down.len(),
            list(&down, 6)
        ),
    }
}

/// Whether a disturbance keeps a candidate down.
pub(super) fn stays_down(row: &CandidateRow) -> bool {
    row.standing == Standing::Metastable
}

/// Names in a row, the first few of them.
pub(super) fn list(names: &[&str], most: usize) -> String {
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown} and {} more", names.len() - most) } else { shown }
}

/// How many comparisons with real runs lie outside their tolerance.
pub(super) fn outside(tune: &Tune) -> usize {
    tune.confirmations.iter().flat_map(|confirmation| &confirmation.comparisons).filter(|c| !c.ok).count()
}

/// What real runs say of the predictions.
pub(super) fn confirmed(tune: &Tune) -> String {
    let all: usize = tune.confirmations.iter().map(|confirmation| confirmation.comparisons.len()).sum();
    match (all, outside(tune)) {
        (0, _) => "Simulated only: no real run stands beside these predictions.".into(),
        (all, 0) => format!("Confirmed by real runs: all {all} predictions lie within their tolerances."),
        (all, outside) => format!(
            "Real runs disagree: {outside} of {all} predictions lie outside their tolerances; see predicted beside measured."
        ),
    }
}

/// What the simulations rest on.
pub(super) fn basis(tune: &Tune) -> Vec<(&'static str, String)> {
    let basis = &tune.credibility;
    let seeds = match (basis.seeds_min, basis.seeds_max) {
        (least, most) if least == most => format!("{least} for each candidate, from seed {}", basis.seed),
        (least, most) => format!("{least} to {most} for each candidate, from seed {}", basis.seed),
    };
    let sustained =
        basis.limit_per_s.map(|limit| format!("; it lets through {} for good", per_s(limit))).unwrap_or_default();
    vec![
        ("Limit", format!("{}{sustained}", basis.limit)),
        ("Offered", per_s(basis.offered_per_s)),
        ("Round trip", ms(basis.round_trip_ms)),
        ("Seeds", seeds),
        (
            "Cost",
            format!(
                "{} simulations, {} attempts, {} of real time",
                count(tune.cost.simulations),
                count(tune.cost.attempts),
                span_s(tune.cost.wall_s)
            ),
        ),
    ]
}

/// The models of arrivals that were compared, each once.
pub(super) fn arrivals(tune: &Tune) -> Vec<Arrivals> {
    [Arrivals::Open, Arrivals::Closed]
        .into_iter()
        .filter(|arrivals| tune.candidates.iter().any(|row| row.arrivals == *arrivals))
        .collect()
}

/// What a model of arrivals is.
pub(super) fn about_arrivals(arrivals: Arrivals) -> &'static str {
    match arrivals {
        Arrivals::Open => "Open arrivals: calls fall due whatever becomes of the ones before",
        Arrivals::Closed => "Closed arrivals: users wait for the end of a call before they begin the next",
    }
}

/// Why calls were lost, as people say it.
pub(super) fn reason(word: &str) -> &str {
    match word {
        "permanent" => "the service refused for good",
        "max_attempts" => "no attempts left",
        "deadline" => "out of time",
        "quota" | "budget" => "the retry budget was spent",
        "cancelled" => "cut off by the end of the run",
        "dropped" => "dropped before it was sent",
        "circuit_open" => "the circuit breaker was open",
        "client_throttle" => "the client's own throttle dropped it",
        "pushback" => "the server said not to come back",
        other => other,
    }
}
