//! A discovery in words: headline, answer, what was learned and what to do next, the same in every output.

use super::super::model::Report;
use super::super::model::discover::{Discover, DiscoverAnswer, DiscoverLimiter, DiscoverSharing};
use super::super::number::{count, per_s, percent, share, span_s};
use super::super::story::{Tone, sentence};
use super::super::text::Text;
use super::{kinds, values};

/// Below this share of right predictions, a model is said to be doubtful.
const CONVINCING: f64 = 0.95;

/// What was found, in a few words.
pub(in super::super) fn headline(discover: &Discover) -> String {
    match discover.answer {
        DiscoverAnswer::Identified if discover.limiters.len() > 1 => {
            let named = |found: &DiscoverLimiter| format!("{} {}", found.name, values::phrase(found, values::value));
            let each: Vec<String> = discover.limiters.iter().map(named).collect();
            format!("{} limits at once: {}", in_words(discover.limiters.len()), each.join("; "))
        }
        DiscoverAnswer::Identified => {
            discover.limiters.first().map_or_else(|| "A limiter was identified".into(), |found| upper(&brief(found)))
        }
        DiscoverAnswer::CannotTell => match (discover.limiters.first(), &discover.runner_up) {
            (Some(best), Some(second)) => {
                format!("Cannot tell: {} or {}", kinds::title(best.class), kinds::title(second.class))
            }
            _ => "Cannot tell which limiter it is".into(),
        },
        DiscoverAnswer::NoLimiter if discover.rules.max_rate_per_s > 0.0 => {
            format!("No limiter up to {}", per_s(discover.rules.max_rate_per_s))
        }
        DiscoverAnswer::NoLimiter => "No limiter".into(),
        DiscoverAnswer::Changing => "The limiter changed while it was probed".into(),
        DiscoverAnswer::Unexplained => "No known kind of limiter explains the answers".into(),
        DiscoverAnswer::Failing => "Requests fail, and not because they are throttled".into(),
        DiscoverAnswer::TooSlow => "Replies take too long to tell what limits them".into(),
        DiscoverAnswer::Banned => "The target shut us out".into(),
        DiscoverAnswer::BudgetSpent => "The budget was too small to tell".into(),
        DiscoverAnswer::Interrupted => "Interrupted".into(),
    }
}

/// `token bucket, 20.0/s, burst 50` with a colon.
fn brief(limiter: &DiscoverLimiter) -> String {
    let phrase = values::phrase(limiter, values::value);
    if phrase.is_empty() {
        kinds::title(limiter.class).into()
    } else {
        format!("{}: {phrase}", kinds::title(limiter.class))
    }
}

/// The same with a capital.
pub(super) fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn in_words(number: usize) -> String {
    match number {
        2 => "Two".into(),
        3 => "Three".into(),
        n => n.to_string(),
    }
}

/// How good the news is.
pub(in super::super) fn tone(discover: &Discover) -> Tone {
    match discover.answer {
        DiscoverAnswer::Identified if doubtful(discover) => Tone::Doubt,
        DiscoverAnswer::Identified | DiscoverAnswer::NoLimiter => Tone::Good,
        DiscoverAnswer::CannotTell
        | DiscoverAnswer::Changing
        | DiscoverAnswer::Unexplained
        | DiscoverAnswer::TooSlow
        | DiscoverAnswer::BudgetSpent
        | DiscoverAnswer::Interrupted => Tone::Doubt,
        DiscoverAnswer::Failing | DiscoverAnswer::Banned => Tone::Bad,
    }
}

/// Whether fresh answers speak against what was identified, or none were predicted.
fn doubtful(discover: &Discover) -> bool {
    let agreement = discover.validation.and_then(|validation| validation.agreement_ratio);
    agreement.is_none_or(|agreement| agreement < CONVINCING)
}

/// What is known, in two or three sentences.
pub(in super::super) fn answer(discover: &Discover) -> String {
    let seen = tally(discover);
    match discover.answer {
        DiscoverAnswer::Identified => {
            let headline = format!("{}.", headline(discover));
            let each = discover.limiters.iter().map(|limiter| found(limiter, discover));
            // Where every parameter is exact, the headline has said it all.
            let mut said: Vec<String> = each.filter(|sentence| *sentence != headline).collect();
            said.push(predicted(discover).unwrap_or_else(|| "No fresh answers were predicted.".into()));
            said.join(" ")
        }
        DiscoverAnswer::CannotTell => {
            let best = discover.limiters.first().map(|best| format!("Best explained by {}. ", described(best)));
            format!("{}{}", best.unwrap_or_else(|| format!("{seen} ")), second_best(discover).unwrap_or_default())
        }
        DiscoverAnswer::NoLimiter => format!(
            "{} requests in {}, at most {} of them within a second: none was throttled.",
            count(discover.requests),
            span_s(discover.discovery_s),
            count(discover.busiest_per_s),
        ),
        DiscoverAnswer::Changing => format!("What explains the first answers does not explain the later ones. {seen}"),
        DiscoverAnswer::Unexplained => {
            let best = discover.limiters.first().map(|best| {
                format!(
                    " The nearest is {}, and that leaves {} of {} answers unexplained.",
                    described(best),
                    count(best.violations),
                    count(best.answers)
                )
            });
            format!("{seen}{}", best.unwrap_or_default())
        }
        DiscoverAnswer::Failing => {
            let most = discover.troubles.first();
            let most = most.map(|most| format!(" Most often: {}, {} times.", most.what, count(most.count)));
            format!(
                "{} of {} requests failed without being throttled ({}), so that nothing is known of a limiter.{}",
                count(discover.failed),
                count(discover.requests),
                share(discover.failed, discover.requests),
                most.unwrap_or_default()
            )
        }
        DiscoverAnswer::TooSlow => format!(
            "A round trip takes {}, and the instant at which a request arrives is known to ±{} only: the limiter decides faster than \
             that. {seen}",
            super::super::number::ms(discover.round_trip_ms),
            super::super::number::ms(discover.timing_ms),
        ),
        DiscoverAnswer::Banned => {
            format!(
                "After {} throttled requests it denied everything, and nothing more was sent.",
                count(discover.throttled)
            )
        }
        DiscoverAnswer::BudgetSpent => format!(
            "{} requests and {} were allowed; what they showed explains no limiter well enough to name it. {seen}",
            count(discover.rules.requests),
            span_s(discover.rules.duration_s),
        ),
        DiscoverAnswer::Interrupted => format!("Someone stopped it before anything was sure. {seen}"),
    }
}

/// What was sent and what came back, in a sentence.
pub(super) fn tally(discover: &Discover) -> String {
    let failed =
        if discover.failed > 0 { format!(", {} failed otherwise", count(discover.failed)) } else { String::new() };
    format!(
        "Of {} requests in {}, {} were let in and {} were throttled{failed}.",
        count(discover.requests),
        span_s(discover.discovery_s),
        count(discover.accepted),
        count(discover.throttled),
    )
}

/// `Token bucket: 20.0/s (19.9 to 20.1), burst 50, shared by all keys.`
fn found(limiter: &DiscoverLimiter, discover: &Discover) -> String {
    let sharing = shared(limiter, discover).map(|shared| format!(", {shared}")).unwrap_or_default();
    let cost = limiter.cost.as_ref().map(|cost| format!(", a request costs {cost}")).unwrap_or_default();
    if discover.limiters.len() > 1 {
        let phrase = values::phrase(limiter, values::with_interval);
        return format!("{}: {}, {phrase}{cost}{sharing}.", upper(&limiter.name), kinds::title(limiter.class));
    }
    format!("{}{cost}{sharing}.", upper(&described(limiter)))
}

/// The kind and its parameters with their intervals.
pub(super) fn described(limiter: &DiscoverLimiter) -> String {
    let phrase = values::phrase(limiter, values::with_interval);
    let colon = if phrase.is_empty() { "" } else { ": " };
    format!("{}{colon}{phrase}", kinds::title(limiter.class))
}

/// Who shares the limiter, as far as that was tried.
fn shared(limiter: &DiscoverLimiter, discover: &Discover) -> Option<String> {
    if !limiter.scope.is_empty() {
        let each: Vec<&str> = limiter.scope.iter().map(Text::as_str).collect();
        return Some(format!("one for each {}", each.join(" and ")));
    }
    let of = |sharing: DiscoverSharing| -> Vec<&str> {
        discover.scope.iter().filter(|line| line.sharing == sharing).map(|line| line.dimension.as_str()).collect()
    };
    let shared = of(DiscoverSharing::Shared);
    (!shared.is_empty()).then(|| format!("shared across {}", shared.join(" and ")))
}

/// How many fresh answers were predicted: a sentence.
pub(super) fn predicted(discover: &Discover) -> Option<String> {
    let validation = discover.validation?;
    let agreement = validation.agreement_ratio?;
    let of = validation.accept.right + validation.accept.wrong + validation.throttle.right + validation.throttle.wrong;
    Some(format!("{} of {} fresh answers were predicted.", percent(agreement), count(of)))
}

/// What comes second, and how much worse it is: a sentence.
pub(super) fn second_best(discover: &Discover) -> Option<String> {
    let second = discover.runner_up.as_ref()?;
    let best = discover.limiters.first().map(|best| {
        let name =
            if best.class == second.class { "the first".into() } else { format!("the {}", kinds::title(best.class)) };
        format!(", {name} {}", count(best.violations))
    });
    Some(format!(
        "{} leaves {} of {} answers unexplained{}: odds {} against it.",
        upper(&kinds::one(second.class)),
        count(second.violations),
        count(second.answers),
        best.unwrap_or_default(),
        values::odds(second.log_odds),
    ))
}

/// What speaks against the answer or goes beyond it, most important first: sentences.
pub(in super::super) fn caveats(report: &Report, discover: &Discover) -> Vec<String> {
    let mut caveats: Vec<String> = discover.reasons.iter().map(|reason| sentence(reason)).collect();
    if discover.answer == DiscoverAnswer::Identified && doubtful(discover) {
        caveats.push("Too few fresh answers came as predicted to rely on it: probe again at a quieter time.".into());
    }
    for limiter in &discover.limiters {
        if limiter.counts_rejected {
            caveats.push("Throttled requests are charged, too: who keeps asking is not let in again.".into());
        }
        if limiter.penalty_extends {
            caveats.push("Each denied request begins the penalty anew: only silence ends it.".into());
        }
    }
    for hint in discover.hints.iter().filter(|hint| tables_misleading(hint.honesty)) {
        caveats.push(format!("{} misleads: {}", hint.field, sentence(&hint.why)));
    }
    if discover.answer != DiscoverAnswer::Failing && discover.failed > 0 {
        caveats.push(format!("{} requests failed without being throttled and were left out.", count(discover.failed)));
    }
    caveats.extend(report.validity.notes.iter().map(|note| sentence(note)));
    caveats.dedup();
    caveats
}

fn tables_misleading(honesty: super::super::model::discover::DiscoverHonesty) -> bool {
    use super::super::model::discover::DiscoverHonesty;
    matches!(honesty, DiscoverHonesty::Hasty | DiscoverHonesty::Wrong)
}

/// What to do with the answer: sentences.
pub(super) fn next(discover: &Discover) -> Vec<String> {
    let rules = &discover.rules;
    // As the grammar writes them: no separators, no minutes beside seconds.
    let (requests, duration) = (rules.requests.saturating_mul(2), rules.duration_s * 2.0);
    let said: &[&str] = match discover.answer {
        DiscoverAnswer::Identified => &[
            "Paste the limiters into a scenario: the mock then throttles as this target does.",
            "`loadline tune` on that scenario finds the retry policy for it, and `loadline run` tries that on the target.",
        ],
        DiscoverAnswer::CannotTell => &[
            "Tune against each of them: where the same retry policy wins, it does not matter which one it is.",
            "Probing again at another time of day, or with another `discover.seed`, asks in another rhythm and may tell them apart.",
        ],
        DiscoverAnswer::NoLimiter => &[
            "A limit may lie higher: `discover.max_rate` says how far to look, if the target's owner agrees.",
            "It may also limit something that these requests do not use up: another operation, another key, what a batch holds.",
        ],
        DiscoverAnswer::Changing => &[
            "Something else may be using the same limit, or it follows the load: probe when nobody else does, and again at another time.",
            "What was learned before the change is below; it held then.",
        ],
        DiscoverAnswer::Unexplained => &[
            "Several clients may share the limit, or several servers each have a part of it: use a key of its own, or one address.",
            "The odd answers are in the raster below; report.json has every probe.",
        ],
        DiscoverAnswer::Failing => &[
            "Make one request succeed first: `loadline run` with a few calls a second shows what the target answers.",
            "Requests that fail may use up the limit or not: nothing of a limit can be learned from them.",
        ],
        DiscoverAnswer::TooSlow => &[
            "Probe from nearer to the target, or probe an operation that is answered faster.",
            "What is counted in seconds is below; what happens faster cannot be seen from here.",
        ],
        DiscoverAnswer::Banned => &[
            "Wait until it lets you in again before anything else is sent.",
            "A lower `discover.max_rate` may stay below what it bans for.",
        ],
        DiscoverAnswer::BudgetSpent => {
            return vec![
                format!(
                    "Allow more: `discover: {{requests: {requests}, duration: {duration}s}}` is twice this budget."
                ),
                "Silences take most of the time: a shorter `discover.quiet` helps where the limit refills fast.".into(),
            ];
        }
        DiscoverAnswer::Interrupted => &["Run it again to the end; nothing of it is kept between runs."],
    };
    said.iter().map(ToString::to_string).collect()
}

/// What cannot be told from what was found: a sentence.
pub(super) fn alike(limiter: &DiscoverLimiter) -> Option<String> {
    if limiter.same_as.is_empty() {
        return None;
    }
    let names: Vec<&str> = limiter.same_as.iter().map(Text::as_str).collect();
    Some(format!(
        "From outside nobody can tell it from {}: they give the same answers to the same requests.",
        names.join(" or ")
    ))
}

/// The predictions in words.
pub(super) fn confusion(discover: &Discover) -> Option<String> {
    let validation = discover.validation?;
    let said = |prediction: super::super::model::discover::DiscoverPrediction, as_what: &str, was: &str| {
        let of = prediction.right + prediction.wrong;
        format!("of {} that were predicted to be {as_what}, {} {was}", count(of), count(prediction.right))
    };
    Some(format!(
        "Before each of these requests was sent, the limiter that was found said what would come of it: {}; {}.",
        said(validation.accept, "let in", "were"),
        said(validation.throttle, "throttled", "were")
    ))
}
