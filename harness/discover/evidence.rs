//! What was seen, in the sentences that an engineer would give.

use super::judge::unexplained;
use super::session::Session;
use super::{Class, Fit, ParameterName};
use crate::limit::Kind;
use crate::units::Nanos;

/// What speaks for the best explanation, the strongest first.
pub(super) fn sentences(session: &Session, best: &Fit) -> Vec<String> {
    let mut list = vec![shape(best)];
    let (wrong, of) = (best.violations, best.of);
    list.push(if wrong == 0 {
        format!("it explains every one of {of} answers")
    } else {
        format!("it explains {} of {of} answers, {:.1}% it does not", of - wrong, 100.0 * unexplained(best))
    });
    if let Some(next) = session.fits.get(1) {
        let log_odds = best.evidence - next.evidence;
        list.push(format!(
            "the next best, a {}, leaves {} unexplained; the odds against it are {}",
            next.class.title(),
            next.violations,
            odds(log_odds)
        ));
    }
    if let Some(validation) = session.validated() {
        let right = validation.predicted_accept.0 + validation.predicted_reject.0;
        let of = right + validation.predicted_accept.1 + validation.predicted_reject.1;
        list.push(format!("of {of} answers that it predicted before the requests were sent, {right} came true"));
    }
    for point in session.recovery_points() {
        let says = point.predicted.map(|says| format!(", where it says {says}")).unwrap_or_default();
        list.push(format!("after {:.2} s of silence {} were let in at once{says}", point.silence_s, point.accepted));
    }
    list.extend(options(best));
    list
}

/// What its kind looks like from outside.
fn shape(best: &Fit) -> String {
    let gap = |rate: crate::units::Rate| Nanos::from_secs_f64(1.0 / rate.as_per_second());
    match best.kind {
        Kind::TokenBucket { rate, burst, refill: None } | Kind::Gcra { rate, burst } => {
            format!("{burst} were let in at once, then one every {}: a bucket that refills continuously", gap(rate))
        }
        Kind::LeakyMeter { rate, burst } => {
            format!(
                "{} were let in at once, then one every {}: a bucket that refills continuously",
                burst + 1,
                gap(rate)
            )
        }
        Kind::TokenBucket { burst, refill: Some(steps), .. } => format!(
            "{burst} were let in at once, then {} together every {}: a bucket that refills in steps",
            steps.amount, steps.interval
        ),
        Kind::Shaper { rate, queue } => format!(
            "replies leave one every {}, the later the more came before them; {queue} may wait, more are refused: a bucket that \
             holds requests back",
            gap(rate)
        ),
        Kind::FixedWindow { limit, window, .. } if best.class == Class::FixedWindow => format!(
            "{limit} were let in, then none until the clock came to the next multiple of {window}, whenever the probing began: \
             a window on the clock"
        ),
        Kind::FixedWindow { limit, window, .. } => format!(
            "{limit} were let in, then none until {window} after the first of them, then all {limit} again: a window that the \
             first request begins"
        ),
        Kind::SlidingLog { limit, window } => format!(
            "{limit} were let in within {window}, and each place came back {window} after it was taken: a window that slides"
        ),
        Kind::SlidingCounter { limit, window } => format!(
            "{limit} were let in, then none for most of {window}, then evenly as the count of the last window faded: a window that \
             slides by two counters"
        ),
        Kind::Concurrency { limit, queue: 0 } => format!(
            "{limit} at the same time were let in and the next refused, however fast or slowly they came; one that waited for its \
             reply was never refused: a limit on concurrent requests"
        ),
        Kind::Concurrency { limit, queue } => {
            format!("{limit} at the same time were worked on, {queue} more waited, the next were refused")
        }
        Kind::Adaptive { min, max, .. } => {
            format!("between {min} and {max} at the same time were let in, fewer the longer replies took")
        }
    }
}

/// What else it does.
fn options(best: &Fit) -> Vec<String> {
    let mut list = Vec::new();
    if best.options.count_rejected {
        list.push("refused requests are charged, too: who does not slow down is not let in again".to_owned());
    }
    if let Some(penalty) = best.options.penalty {
        let again = if penalty.extend { ", and every further one begins it again" } else { "" };
        list.push(format!("a refusal is followed by {} of refusals{again}", penalty.lasting));
    }
    if let Some(noise) = best.parameters.iter().find(|parameter| parameter.name == ParameterName::Noise) {
        list.push(format!(
            "{:.1}% of the decisions are wrong ({:.1}% to {:.1}%), as with limiters that do not wait for each other",
            100.0 * noise.value,
            100.0 * noise.low,
            100.0 * noise.high
        ));
    }
    list
}

/// Odds in words.
fn odds(log_odds: f64) -> String {
    if log_odds > 13.8 { "more than a million to 1".to_owned() } else { format!("{:.0} to 1", log_odds.max(0.0).exp()) }
}
