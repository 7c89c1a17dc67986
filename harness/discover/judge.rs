//! What all that was seen comes to: the answer, and how sure it is.

use super::book::Book;
use super::cost::Cost;
use super::pace::pace;
use super::session::Session;
use super::{
    Answer, Class, Discovered, Fit, Limiter, Parameter, ParameterName, RejectLine, RunnerUp, changes, evidence, hints,
    replay,
};
use crate::record::{Sight, Sighting};
use crate::units::Nanos;

/// The most of its own accepted requests that were under way when one was let in, and the fewest when one was refused.
/// `None` where nothing was refused, or nothing let in.
pub(super) fn busy(book: &Book) -> Option<(u32, u32)> {
    let (round_trip, uncertainty) = book.timing();
    let half = round_trip.scale(0.5);
    let (mut most, mut fewest) = (None, None);
    let mut under_way: Vec<Nanos> = Vec::new();
    let mut order: Vec<&Sighting> = book.plain.iter().collect();
    // Of those that arrive together the refused ones came last.
    order.sort_by_key(|seen| if seen.is_throttled() { seen.sent + uncertainty.scale(2.0) } else { seen.sent });
    for seen in order {
        under_way.retain(|left| *left > seen.sent + half);
        let now = under_way.len() as u32;
        if seen.is_accepted() {
            most = most.max(Some(now));
            under_way.push(seen.done.saturating_sub(half));
        } else if seen.is_throttled() {
            fewest = Some(fewest.map_or(now, |known: u32| known.min(now)));
        }
    }
    most.zip(fewest)
}

/// How fast requests were let in once the first had been refused.
pub(super) fn tail_rate(book: &Book) -> f64 {
    let Some(first) = book.plain.iter().position(Sighting::is_throttled) else { return 0.0 };
    let tail = &book.plain[first..];
    let span = book.arrival(&tail[tail.len() - 1]) - book.arrival(&tail[0]);
    let accepted = tail.iter().filter(|seen| seen.is_accepted()).count();
    if span < 0.1 { 0.0 } else { accepted as f64 / span }
}

/// How long an accepted request takes, the median.
pub(super) fn service(book: &Book) -> Nanos {
    let mut took: Vec<Nanos> = book.plain.iter().filter(|seen| seen.is_accepted()).map(Sighting::took).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied().unwrap_or(Nanos::from_millis(10))
}

/// How far from its value a parameter may be, to be promised.
fn tolerance(fit: &Fit, parameter: &Parameter) -> f64 {
    let of = |share: f64| share * parameter.value;
    match parameter.name {
        ParameterName::Rate if pace(fit.kind).burst <= 2.0 => of(0.06),
        ParameterName::Rate => of(0.02),
        ParameterName::Burst | ParameterName::Queue => of(0.02).max(1.0),
        ParameterName::Limit | ParameterName::Amount => 0.49,
        ParameterName::Window | ParameterName::Interval => of(0.01),
        ParameterName::Penalty => of(0.05),
        ParameterName::Noise => f64::INFINITY,
    }
}

/// How many times its tolerance a parameter may still be off.
fn looseness(fit: &Fit, parameter: &Parameter) -> f64 {
    (parameter.high - parameter.value).max(parameter.value - parameter.low) / tolerance(fit, parameter).max(1e-12)
}

/// The parameter that is furthest from being known as well as is promised; `None` where all are.
pub(super) fn loosest(fit: &Fit) -> Option<Parameter> {
    let loose = fit.parameters.iter().map(|parameter| (looseness(fit, parameter), *parameter));
    let worst = loose.max_by(|one, other| one.0.total_cmp(&other.0));
    worst.filter(|(times, _)| *times > 1.0).map(|(_, parameter)| parameter)
}

/// Too many requests fail, and not because they are throttled.
pub(super) fn failing(book: &Book) -> String {
    let troubles: Vec<&Sighting> = book.all.iter().filter(|seen| seen.is_trouble()).collect();
    let first = troubles.first().map_or("", |seen| match &seen.sight {
        Sight::Failed(what) | Sight::Broken(what) => what.as_str(),
        Sight::Accepted | Sight::Throttled { .. } => "",
    });
    format!(
        "{} of {} requests failed for other reasons than throttling (the first: {first}); more than 5% makes limits \
         unreadable, so nothing more was sent. Try the operation alone with `loadline run`, and mend it first",
        troubles.len(),
        book.all.len()
    )
}

/// Nothing is let in any more.
pub(super) fn banned(gap: f64, dead: f64) -> String {
    format!(
        "nothing was let in for {dead:.0} s, not even after {gap:.0} s of silence: the target seems to have shut this client \
         out. Nothing more was sent; wait until it is let in again, and ask its owner before probing on"
    )
}

/// Answers that an explanation leaves unexplained, as a share.
pub(super) fn unexplained(fit: &Fit) -> f64 {
    fit.violations as f64 / fit.of.max(1) as f64
}

/// The answer, and why it is no better.
fn answer(session: &Session) -> (Answer, Vec<String>) {
    let book = &session.book;
    if let Some((answer, why)) = &session.ended {
        return (*answer, vec![why.clone()]);
    }
    let spent = book.requests_left() < 30 || book.seconds_left() < 3.0;
    if book.throttled() == 0 {
        let rate = fastest(book);
        let sent = book.all.len();
        return if session.reached_top {
            let rate = book.rules.max_rate;
            let why = format!("no request was refused up to {rate}, nor 256 at the same instant: {sent} requests");
            (Answer::NoLimiter, vec![why])
        } else {
            let why = format!(
                "the budget ended before anything was refused: {sent} requests, at most {rate:.0} in a second. Nothing is known \
                 of limits above that; allow more with `requests` and `duration`"
            );
            (Answer::BudgetSpent, vec![why])
        };
    }
    let Some(best) = session.fits.first() else {
        let why = format!("{} of {} requests were refused, too few to say by what", book.throttled(), book.all.len());
        return (if spent { Answer::BudgetSpent } else { Answer::Unexplained }, vec![why]);
    };
    let title = best.class.title();
    if (unexplained(best) > 0.01 || best.options.noise.get() > 0.0)
        && let Some(why) = changes::found(book, best)
    {
        return (Answer::Changing, vec![why]);
    }
    let (wrong, of) = (best.violations, best.of);
    let right = session.validated().and_then(|validation| validation.agreement()).unwrap_or(1.0);
    let (round_trip, uncertainty) = book.timing();
    let every = Nanos::from_secs_f64(1.0 / tail_rate(book).max(1e-3));
    if uncertainty > every && !(session.is_clear() && right > 0.9 && unexplained(best) < 0.01) {
        let why = format!(
            "replies take {round_trip}, so that nobody knows to better than ±{uncertainty} when a request arrives, and one is let in \
             every {every}: what is seen from here does not tell what lets them in. Probe from a place that is nearer"
        );
        return (Answer::TooSlow, vec![why]);
    }
    if unexplained(best) > 0.05 && best.options.noise.get() <= 0.0 || best.options.noise.get() > 0.3 || right < 0.8 {
        let why = format!(
            "no limiter of a known kind explains what was seen; the best, a {title}, leaves {wrong} of {of} answers \
             unexplained, and {:.0}% of what it predicted came true. There may be several limiters, or other clients use \
             the same one",
            100.0 * right
        );
        return (Answer::Unexplained, vec![why]);
    }
    if !session.is_clear() {
        let other = session.fits.get(1).map_or("none at all", |next| next.class.title());
        if spent {
            let why = format!(
                "the budget ended while a {title} and a {other} explained what was seen about as well: allow more with \
                 `requests` and `duration`"
            );
            return (Answer::BudgetSpent, vec![why]);
        }
        let why = format!(
            "a {title} and a {other} explain what was seen about as well, and nothing that may be sent tells them apart; \
             more time between requests or a higher `max_rate` might"
        );
        return (Answer::CannotTell, vec![why]);
    }
    if !session.settled && !session.stuck && book.stages.iter().all(|stage| stage.name != "validation") {
        let why = format!(
            "the budget ended before a {title} could be tested against what else would look like it so far: allow more with \
             `requests` and `duration`"
        );
        return (Answer::BudgetSpent, vec![why]);
    }
    let worst = best.parameters.iter().map(|parameter| looseness(best, parameter)).fold(0.0, f64::max);
    let mut reasons = Vec::new();
    if worst > 5.0 && spent {
        let why =
            format!("the kind is clear, a {title}, but the budget ended before its numbers were: see their intervals");
        return (Answer::BudgetSpent, vec![why]);
    }
    if let Some(loose) = loosest(best) {
        let why = if spent { "the budget ended first" } else { "nothing that may be sent narrows it any further" };
        reasons.push(format!("{} is not known as well as it should be: {why}", loose.name.word()));
    }
    for dimension in session.scopes.skipped() {
        reasons.push(format!("{} was not looked at: the budget ended first", dimension.name));
    }
    (Answer::Identified, reasons)
}

/// The most requests within a second.
fn fastest(book: &Book) -> f64 {
    let (mut from, mut most) = (0, 0);
    for (to, seen) in book.all.iter().enumerate() {
        while seen.sent.saturating_sub(book.all[from].sent) >= Nanos::from_secs(1) {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most as f64
}

/// Everything that is known.
pub(super) fn discovered(session: &Session) -> Discovered {
    let book = &session.book;
    let (answer, reasons) = answer(session);
    let known = matches!(answer, Answer::Identified | Answer::CannotTell | Answer::TooSlow | Answer::BudgetSpent);
    let best = session.fits.first().filter(|_| known);
    let (round_trip, uncertainty) = book.timing();
    let stages = book.stages.iter().filter(|stage| stage.stretches.0 <= stage.stretches.1).cloned().collect();
    Discovered {
        rules: book.rules.clone(),
        answer,
        reasons,
        limiters: best.map(|best| limiters(session, best)).unwrap_or_default(),
        runner_up: best.and_then(|best| Some(runner_up(best, session.fits.get(1)?, session.is_clear()))),
        scope: session.scopes.lines.clone(),
        rejects: rejects(book),
        hints: hints::lines(book, best),
        evidence: best.map(|best| evidence::sentences(session, best)).unwrap_or_default(),
        validation: session.validated(),
        stages,
        sightings: book.all.clone(),
        level: best.map(|best| replay(best, &book.log()).level).unwrap_or_default(),
        recovery: session.recovery_points(),
        timing_s: uncertainty.as_secs_f64(),
        round_trip_s: round_trip.as_secs_f64(),
        epoch: book.epoch,
        requests: book.all.len() as u64,
        seconds: book.now.as_secs_f64(),
    }
}

/// One limiter, or one on requests and one on resources.
fn limiters(session: &Session, best: &Fit) -> Vec<Limiter> {
    let scope = if session.scopes.lines.is_empty() { Vec::new() } else { session.scopes.words() };
    let named = |name: &str, fit: &Fit, cost: Option<String>| Limiter {
        name: name.to_owned(),
        fit: fit.clone(),
        cost,
        scope: scope.clone(),
    };
    let word = session.costs.words().map(|(word, _)| word.to_owned());
    match &session.costs.found {
        None | Some(Cost::One) => vec![named("found", best, None)],
        Some(Cost::Carried) => vec![named("found", best, word)],
        Some(Cost::Both(resources)) => vec![named("requests", best, None), named("resources", resources, word)],
    }
}

fn runner_up(best: &Fit, next: &Fit, clear: bool) -> RunnerUp {
    let log_odds = best.evidence - next.evidence;
    let title = next.class.title();
    let why = if next.violations > best.violations {
        format!("a {title} leaves {} of {} answers unexplained", next.violations, next.of)
    } else if clear {
        format!("a {title} explains as much, with more parameters")
    } else {
        format!("a {title} explains what was seen about as well; requests about which the two disagree would tell")
    };
    RunnerUp { class: next.class, log_odds, violations: (next.violations, next.of), why }
}

/// How refused requests were answered, the most frequent first.
fn rejects(book: &Book) -> Vec<RejectLine> {
    let mut lines: Vec<RejectLine> = Vec::new();
    for seen in &book.all {
        let Sight::Throttled { status, code } = &seen.sight else { continue };
        match lines.iter_mut().find(|line| line.status == *status && line.code == *code) {
            Some(line) => line.count += 1,
            None => lines.push(RejectLine { status: *status, code: code.clone(), count: 1 }),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

/// Whether it is on what is there at the same time.
pub(super) fn is_concurrent(class: Class) -> bool {
    matches!(class, Class::Concurrency | Class::Adaptive)
}
