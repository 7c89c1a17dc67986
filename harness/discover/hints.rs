//! What the service says of its limit, against what was measured.

use super::book::Book;
use super::judge::is_concurrent;
use super::pace::{is_window, pace};
use super::{Fit, HintLine, Honesty};
use crate::limit::{Limiter, Options, Place};
use crate::record::Sighting;
use crate::units::{Nanos, Ratio};

/// What a reply says in a field.
type Said = fn(&Sighting) -> Option<Nanos>;

/// A line for each header field that replies had.
pub(super) fn lines(book: &Book, best: Option<&Fit>) -> Vec<HintLine> {
    let waits = best.filter(|best| !is_concurrent(best.class)).map(|best| true_waits(book, best));
    let mut lines = Vec::new();
    let fields: [(&str, Said); 4] = [
        ("Retry-After", |seen| seen.hints.retry_after),
        ("x-amz-retry-after", |seen| seen.hints.amz_retry_after),
        ("RateLimit", |seen| seen.hints.ratelimit),
        ("X-RateLimit-Reset", |seen| seen.hints.x_ratelimit_reset),
    ];
    for (field, of) in fields {
        let refused = |seen: &&Sighting| seen.is_throttled();
        let said: Vec<(usize, Nanos)> =
            book.plain.iter().enumerate().filter_map(|(place, seen)| Some((place, of(seen)?))).collect();
        let seen = book.all.iter().filter(|seen| of(seen).is_some()).count() as u64;
        if seen == 0 {
            continue;
        }
        let pairs: Vec<(f64, f64)> = match &waits {
            None => Vec::new(),
            Some(waits) => said
                .iter()
                .filter(|(place, _)| refused(&&book.plain[*place]))
                .filter_map(|&(place, hint)| Some((hint.as_secs_f64(), waits[place]?.as_secs_f64())))
                .collect(),
        };
        let (honesty, why) = judge(&pairs, book.timing().1.as_secs_f64());
        lines.push(HintLine { field: field.to_owned(), seen, honesty, why });
    }
    lines.extend(claim(book, best));
    lines
}

/// Claimed waits against true ones, in seconds.
fn judge(pairs: &[(f64, f64)], uncertainty: f64) -> (Honesty, String) {
    if pairs.len() < 3 {
        return (Honesty::Unknown, "there were too few of them, or the true waits are not known".to_owned());
    }
    let share = |of: fn(f64, f64, f64) -> bool| {
        pairs.iter().filter(|(claimed, wait)| of(*claimed, *wait, uncertainty)).count() as f64 / pairs.len() as f64
    };
    // A whole second is the finest that the field can say; whoever rounds up is honest.
    let honest = share(|claimed, wait, slack| {
        claimed >= wait - 2.0 * slack - 0.02 * wait && claimed <= wait.ceil().max(1.05 * wait) + 2.0 * slack
    });
    let hasty = share(|claimed, wait, slack| claimed < wait - 2.0 * slack - 0.02 * wait);
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
    let (claimed, wait) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let words = format!("it asks for {claimed:.2} s in the mean, where {wait:.2} s would do");
    if honest >= 0.9 {
        (Honesty::Honest, format!("{words}: the true wait, rounded up at most"))
    } else if hasty >= 0.8 {
        (Honesty::Hasty, format!("{words}: {:.0}% of those who follow it come too early", 100.0 * hasty))
    } else if hasty <= 0.1 {
        (Honesty::Cautious, format!("{words}: longer than is needed"))
    } else {
        (Honesty::Wrong, format!("{words}: too long for some, too short for {:.0}%", 100.0 * hasty))
    }
}

/// How long each refused request would have had to wait, by the model, which is told what was seen.
fn true_waits(book: &Book, best: &Fit) -> Vec<Option<Nanos>> {
    let options = Options { noise: Ratio::ZERO, ..best.options };
    let mut limiter = Limiter::new(best.kind, options, Place { seed: 0, identity: 0, epoch: book.epoch });
    let half = book.timing().0.scale(0.5);
    let wait = |seen: &Sighting| {
        let at = seen.sent + half;
        if seen.is_throttled() {
            let denied = limiter.check(at, 1).is_err();
            limiter.refuse(at, 1, true);
            let wait = limiter.wait(at, 1);
            (denied && wait < Nanos::MAX).then_some(wait)
        } else {
            limiter.charge(at, 1);
            None
        }
    };
    book.plain.iter().map(wait).collect()
}

/// What the fields claim to be the limit.
fn claim(book: &Book, best: Option<&Fit>) -> Option<HintLine> {
    let claims: Vec<u64> = book.all.iter().filter_map(|seen| seen.claim?.limit).collect();
    let first = *claims.first()?;
    let seen = claims.len() as u64;
    let line = |honesty, why| Some(HintLine { field: "RateLimit-Limit".to_owned(), seen, honesty, why });
    let Some(best) = best else {
        return line(Honesty::Unknown, format!("it claims {first}; what the limit is was not found"));
    };
    if claims.iter().any(|claim| *claim != first) {
        let (low, high) =
            (claims.iter().min().copied().unwrap_or(first), claims.iter().max().copied().unwrap_or(first));
        return line(Honesty::Unknown, format!("it claims now {low}, now {high}"));
    }
    let pace = pace(best.kind);
    let what = if is_window(best.kind) { "in a window" } else { "at once" };
    let measured = format!("it claims {first}, and {:.0} {what} were measured", pace.burst);
    let claimed = first as f64;
    let slack = (0.02 * pace.burst).max(1.0);
    line(
        match claimed - pace.burst {
            off if off.abs() <= slack => Honesty::Honest,
            off if off < 0.0 => Honesty::Cautious,
            _ => Honesty::Wrong,
        },
        measured,
    )
}
