//! The next question: the stretch about which two explanations disagree most, for what it costs.

use super::book::Book;
use super::pace::{Pace, pace, with};
use super::stretches::{at, even, stretch, volley};
use super::{Fit, Parameter, ParameterName, forecast};
use crate::plan::{Shot, Stretch};
use crate::units::Nanos;

/// Stretches that were asked already, by their place in the list: what taught nothing once is asked last.
pub(super) type Asked = Vec<usize>;

/// The stretch about which two explanations disagree most for its cost in requests and seconds, with its place in the list.
/// `None` where they agree on all of them.
pub(super) fn choose(book: &Book, one: &Fit, other: &Fit, keep: (u64, f64), asked: &Asked) -> Option<(usize, Stretch)> {
    let requests = book.requests_left().saturating_sub(keep.0) as f64;
    let seconds = book.seconds_left() - keep.1;
    let log = book.log();
    let mut best: Option<(f64, usize, Stretch)> = None;
    for (place, candidate) in candidates(book, &[pace(one.kind), pace(other.kind)]).into_iter().enumerate() {
        let takes = candidate.quiet.as_secs_f64() + candidate.shots.last().map_or(0.0, |shot| shot.at.as_secs_f64());
        let count = candidate.shots.len() as f64;
        if count > requests || takes > seconds || count == 0.0 {
            continue;
        }
        let begin = book.now + candidate.quiet;
        let says = |fit: &Fit| forecast(fit, &log, begin, &candidate.shots);
        let differ = says(one).iter().zip(says(other)).filter(|(one, other)| **one != *other).count();
        if differ == 0 {
            continue;
        }
        let again = asked.iter().filter(|&&known| known == place).count().min(20) as f64;
        let score = differ.min(8) as f64 / (count / requests + takes / seconds + 0.02) * 0.3_f64.powf(again);
        if best.as_ref().is_none_or(|(known, ..)| *known < score) {
            best = Some((score, place, candidate));
        }
    }
    best.map(|(_, place, stretch)| (place, stretch))
}

/// The two ends of what a parameter may be.
pub(super) fn ends(fit: &Fit, parameter: &Parameter) -> (Fit, Fit) {
    let end = |value: f64| {
        let mut end = Fit { kind: with(fit.kind, parameter.name, value), ..fit.clone() };
        if let (ParameterName::Penalty, Some(penalty)) = (parameter.name, &mut end.options.penalty) {
            penalty.lasting = Nanos::from_secs_f64(value);
        }
        end
    };
    (end(parameter.low), end(parameter.high))
}

/// What may be asked about limiters of these paces.
fn candidates(book: &Book, paces: &[Pace; 2]) -> Vec<Stretch> {
    let fastest = book.rules.max_rate.as_per_second();
    let mut list = Vec::new();
    for pace in paces {
        let finite = if pace.rate.is_finite() { pace.rate } else { 10.0 };
        let period = if pace.period > 0.0 { pace.period.min(45.0) } else { 0.5 };
        let burst = pace.burst.min(300.0);
        let all = burst as u64 + 3;
        for part in [0.0, 0.1, 0.25, 0.45, 0.6, 0.9, 1.0, 1.1, 1.5, 2.1] {
            let silence = part * period;
            let due = ((finite * silence * 1.3).ceil() as u64 + 3).min(all);
            list.push((silence, volley(3, Nanos::ZERO)));
            list.push((silence, volley(due, Nanos::ZERO)));
            list.push((silence, volley(all, Nanos::ZERO)));
        }
        for spread in [0.3, 1.1, 2.2] {
            let span = spread * period;
            list.push((0.02, spaced(24, span, fastest)));
            list.push((0.02, spaced(60, span, fastest)));
            list.push((0.02, after(volley(all, Nanos::ZERO), spaced(24, span, fastest))));
            list.push((period, after(volley(all, Nanos::ZERO), spaced(24, span, fastest))));
        }
        // One that begins a window, all others late in it, and a few right after its end: a window from the first request has
        // room for them, a sliding one has not.
        let late = Nanos::from_secs_f64(0.6 * period);
        let mut pattern = volley(1, Nanos::ZERO);
        pattern.extend(volley(all.saturating_sub(4).max(1), late));
        pattern.extend(volley(5, Nanos::from_secs_f64(1.1 * period)));
        for silence in [1.05, 1.7] {
            list.push((silence * period, pattern.clone()));
        }
        // Half at once, half late, half after the end.
        let half = (burst / 2.0).ceil() as u64;
        let mut halves = volley(half, Nanos::ZERO);
        halves.extend(volley(half + 1, late));
        halves.extend(volley(half + 3, Nanos::from_secs_f64(1.15 * period)));
        list.push((1.3 * period, halves));
        for multiple in [1.3, 4.0] {
            let rate = (multiple * finite).clamp(1.0, fastest);
            list.push((0.02, even(rate, (2.2 * period).clamp(1.0, 5.0), Nanos::ZERO, book.rules.seed)));
            list.push((0.02, even(rate, 10.0, Nanos::ZERO, book.rules.seed + 1)));
        }
        // Lone requests with growing distances: where every refusal counts, only silence is answered.
        let mut when = 0.0;
        let grow = (1..=12).map(|step| {
            when += period.max(1.0 / finite) * 0.09 * f64::from(step);
            when
        });
        list.push((0.05, at(grow)));
    }
    list.into_iter().map(|(silence, shots)| stretch(Nanos::from_secs_f64(silence), shots)).collect()
}

/// So many over a span, though not faster than is allowed.
fn spaced(count: u32, span: f64, fastest: f64) -> Vec<Shot> {
    let step = (span / f64::from(count)).max(1.0 / fastest);
    at((1..=count).map(|index| f64::from(index) * step))
}

fn after(mut first: Vec<Shot>, then: Vec<Shot>) -> Vec<Shot> {
    first.extend(then);
    first
}
