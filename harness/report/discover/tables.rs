//! The tables of a discovery: parameters, predictions, scope, rejects, hints, stages.

use super::super::figure::Table;
use super::super::model::discover::{Discover, DiscoverAnswer, DiscoverHonesty, DiscoverRules, DiscoverSharing};
use super::super::number::{DASH, count, per_s, plain, share, span_s};
use super::super::story::sentence;
use super::super::text::Text;
use super::{kinds, values};

/// The parameters of every limiter with their intervals.
pub(super) fn parameters(discover: &Discover) -> Table {
    let several = discover.limiters.len() > 1;
    let mut table = Table::with(&["parameter", "value", "95 % interval"]);
    for limiter in &discover.limiters {
        for parameter in &limiter.parameters {
            let name = values::name(parameter);
            let name = if several { format!("{name} of {}", limiter.name) } else { name };
            table.rows.push(vec![name, values::value(parameter), values::interval(parameter)]);
        }
    }
    table
}

/// Predicted against seen.
pub(super) fn confusion(discover: &Discover) -> Table {
    let mut table = Table::with(&["predicted", "let in", "throttled", "right"]);
    let Some(validation) = &discover.validation else { return table };
    let (accept, throttle) = (validation.accept, validation.throttle);
    table.rows = vec![
        vec![
            "let in".into(),
            count(accept.right),
            count(accept.wrong),
            share(accept.right, accept.right + accept.wrong),
        ],
        vec![
            "throttled".into(),
            count(throttle.wrong),
            count(throttle.right),
            share(throttle.right, throttle.right + throttle.wrong),
        ],
    ];
    table
}

/// Which requests share a bucket.
pub(super) fn scope(discover: &Discover) -> Table {
    let mut table = Table::with(&["requests that differ in", "have", "what was seen"]);
    table.rows = discover
        .scope
        .iter()
        .map(|line| vec![line.dimension.to_string(), sharing(line.sharing).into(), sentence(&line.why)])
        .collect();
    table
}

fn sharing(sharing: DiscoverSharing) -> &'static str {
    match sharing {
        DiscoverSharing::Shared => "one limit together",
        DiscoverSharing::Separate => "a limit each",
        DiscoverSharing::Hierarchy => "a limit each, below a larger one for all",
        DiscoverSharing::Unknown => "? not told",
    }
}

/// How throttled requests were answered, and what failed otherwise.
pub(super) fn replies(discover: &Discover) -> Table {
    let mut table = Table::with(&["what it is", "reply", "times"]);
    for reject in &discover.rejects {
        let code = reject.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
        table.rows.push(vec!["throttled".into(), format!("{}{code}", reject.status), count(reject.count)]);
    }
    for trouble in &discover.troubles {
        table.rows.push(vec!["failed".into(), trouble.what.to_string(), count(trouble.count)]);
    }
    table
}

/// What the service says of its limit.
pub(super) fn hints(discover: &Discover) -> Table {
    let mut table = Table::with(&["header", "is it true?", "what it claims, and what is so", "replies"]);
    table.rows = discover
        .hints
        .iter()
        .map(|hint| vec![hint.field.to_string(), honesty(hint.honesty).into(), sentence(&hint.why), count(hint.seen)])
        .collect();
    table
}

fn honesty(honesty: DiscoverHonesty) -> &'static str {
    match honesty {
        DiscoverHonesty::Honest => "✓ honest",
        DiscoverHonesty::Cautious => "~ cautious",
        DiscoverHonesty::Hasty => "✗ hasty",
        DiscoverHonesty::Wrong => "✗ wrong",
        DiscoverHonesty::Unknown => "? not checked",
    }
}

/// What was done, and what it cost.
pub(super) fn stages(discover: &Discover) -> Table {
    let mut table = Table::with(&["stage", "requests", "took", "why"]);
    table.rows = discover
        .stages
        .iter()
        .map(|stage| {
            let took = span_s((stage.to_s - stage.from_s).max(0.0));
            vec![stage.name.to_string(), count(stage.requests), took, sentence(&stage.why)]
        })
        .collect();
    if !table.rows.is_empty() {
        let all = ["all".into(), count(discover.requests), span_s(discover.discovery_s), String::new()];
        table.rows.push(all.to_vec());
    }
    table
}

/// Silences and what they gave back.
pub(super) fn recovery(discover: &Discover) -> Table {
    let mut table = Table::with(&["silence", "let in at once", "the model says"]);
    table.rows = discover
        .recovery
        .iter()
        .map(|point| {
            vec![
                values::silence(point.silence_s),
                count(point.accepted),
                point.predicted.map_or_else(|| DASH.into(), count),
            ]
        })
        .collect();
    table
}

/// What it was allowed to do, and how well it saw.
pub(super) fn terms(discover: &Discover) -> Vec<(&'static str, String)> {
    let DiscoverRules { requests, duration_s, max_rate_per_s, quiet_s, dimensions, cost, seed } = &discover.rules;
    let tried: Vec<&str> = dimensions.iter().map(Text::as_str).collect();
    let none = || "nothing".to_owned();
    vec![
        ("requests", format!("{} of {} that were allowed", count(discover.requests), count(*requests))),
        ("time", format!("{} of {} that were allowed", span_s(discover.discovery_s), span_s(*duration_s))),
        (
            "busiest second",
            format!(
                "{} requests; the highest rate allowed is {}",
                count(discover.busiest_per_s),
                per_s(*max_rate_per_s)
            ),
        ),
        ("first silence", span_s(*quiet_s)),
        ("round trip of quiet requests", super::super::number::ms(discover.round_trip_ms)),
        ("instants of arrival are known to", format!("±{}", super::super::number::ms(discover.timing_ms))),
        ("tried as telling buckets apart", if tried.is_empty() { none() } else { tried.join(", ") }),
        ("tried as changing the cost", cost.as_ref().map_or_else(none, ToString::to_string)),
        ("seed", seed.to_string()),
    ]
}

/// A number of the page's head: what it is, the value, and what it rests on.
pub(super) type Tile = (String, String, String);

/// The parameters, the predictions and the cost, as many as a row holds.
pub(super) fn tiles(discover: &Discover) -> Vec<Tile> {
    const MOST: usize = 4;
    let mut tiles: Vec<Tile> = Vec::new();
    // What was not identified is no number to read first.
    let known = matches!(discover.answer, DiscoverAnswer::Identified | DiscoverAnswer::CannotTell);
    let (several, limiters) = (discover.limiters.len() > 1, discover.limiters.iter().filter(|_| known));
    let parameters = limiters.flat_map(|limiter| limiter.parameters.iter().map(move |parameter| (limiter, parameter)));
    for (limiter, parameter) in parameters.take(MOST) {
        let name = values::name(parameter);
        let name = if several { format!("{name} of {}", limiter.name) } else { name };
        tiles.push((name, values::value(parameter), values::interval(parameter)));
    }
    if let Some((validation, agreement)) =
        discover.validation.and_then(|validation| Some((validation, validation.agreement_ratio?)))
    {
        let of =
            validation.accept.right + validation.accept.wrong + validation.throttle.right + validation.throttle.wrong;
        let value = super::super::number::percent(agreement);
        tiles.push(("predicted right".into(), value, format!("of {} fresh answers", count(of))));
    }
    tiles.push((
        "requests".into(),
        count(discover.requests),
        format!("{} throttled, at most {} in a second", count(discover.throttled), count(discover.busiest_per_s)),
    ));
    tiles.push((
        "time".into(),
        span_s(discover.discovery_s),
        format!("{} stages", plain(discover.stages.len() as f64)),
    ));
    tiles
}

/// What the level of the first limiter's model counts.
pub(super) fn level_of(discover: &Discover) -> &'static str {
    discover.limiters.first().map_or("requests that would be let in at once", |first| kinds::level(first.class))
}
