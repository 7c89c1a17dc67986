//! Explanations of what was seen: the best limiter of each class, with what its numbers may be.

use super::models::events::{Best, Event, Events};
use super::models::scan::{Scanned, grid, scan, scan_with};
use super::models::stepped::Refill;
use super::models::{bucket, concurrency, shaper, stepped, windows};
use super::{Class, Fit, Log, Parameter, ParameterName};
use crate::limit::{Align, Kind, Options, Penalty, Steps};
use crate::units::{Nanos, Rate, Ratio};

/// The best explanation of each class that explains anything at all, the best first.
pub fn explain(log: &Log<'_>) -> Vec<Fit> {
    let events = Events::new(log);
    if events.refused() == 0 || events.refused() == events.list.len() {
        return Vec::new();
    }
    let mut fits: Vec<Fit> = Class::ALL.into_iter().filter_map(|class| fit(&events, class)).collect();
    fits.sort_by(|one, other| other.evidence.total_cmp(&one.evidence));
    fits
}

/// The best explanation of a class; `None` where there is none, or nothing to explain.
pub fn explain_class(log: &Log<'_>, class: Class) -> Option<Fit> {
    let events = Events::new(log);
    if events.refused() == 0 || events.refused() == events.list.len() { None } else { fit(&events, class) }
}

fn fit(events: &Events, class: Class) -> Option<Fit> {
    // What waits leaves late; where requests do, only a limiter that holds them back explains it.
    let held = shaper::held_back(events);
    let held = if held as usize * 50 > events.list.len() { held } else { 0 };
    match class {
        Class::Bucket => continuous(events, held),
        Class::SteppedBucket => in_steps(events, held),
        Class::Shaper => (held > 0).then(|| shaped(events)).flatten(),
        Class::FixedWindow | Class::SlidingCounter => on_the_clock(events, held, class),
        Class::AnchoredWindow | Class::SlidingLog => any_window(events, held, class),
        Class::Concurrency => Some(concurrent(events, held)),
        // What it lets in depends on latencies that nobody controls from outside.
        Class::Adaptive => None,
    }
}

/// Puts an explanation together; `free` is how many numbers were chosen to fit.
fn made(
    events: &Events,
    class: Class,
    kind: Kind,
    mut options: Options,
    mut parameters: Vec<Parameter>,
    against: u32,
    free: u32,
) -> Fit {
    let of = events.list.len().max(1) as f64;
    let wrong = f64::from(against);
    let share = (wrong.max(0.5) / of).min(0.5);
    let mut free = f64::from(free);
    if against >= 5 && wrong / of > 0.005 {
        free += 1.0;
        options.noise = Ratio::new(share).unwrap_or_default();
        // Wilson's interval.
        let z2 = 1.96 * 1.96;
        let middle = (share + z2 / (2.0 * of)) / (1.0 + z2 / of);
        let wide = 1.96 / (1.0 + z2 / of) * (share * (1.0 - share) / of + z2 / (4.0 * of * of)).sqrt();
        parameters.push(Parameter {
            name: ParameterName::Noise,
            value: share,
            low: (middle - wide).max(0.0),
            high: middle + wide,
        });
    }
    let evidence = wrong * share.ln() + (of - wrong) * (1.0 - share).ln() - 0.5 * free * of.ln();
    Fit { class, kind, options, parameters, violations: against.into(), of: events.list.len() as u64, evidence }
}

fn spread(name: ParameterName, best: Best) -> Parameter {
    let value = f64::from(best.low.midpoint(best.high));
    Parameter { name, value, low: f64::from(best.low), high: f64::from(best.high) }
}

fn scanned(name: ParameterName, scanned: &Scanned) -> Parameter {
    Parameter { name, value: scanned.value, low: scanned.low, high: scanned.high }
}

/// The sizes that explain the answers for any of the values that a scan leaves.
fn widest(scanned: &Scanned, best: impl Fn(f64) -> Best) -> Best {
    let middle = best(scanned.value);
    let near = (0..=8).map(|place| scanned.low + (scanned.high - scanned.low) * f64::from(place) / 8.0).map(&best);
    let most = middle.violations.max(scanned.violations) + 1;
    near.filter(|other| other.violations < most).fold(middle, |wide, other| Best {
        low: wide.low.min(other.low),
        high: wide.high.max(other.high),
        ..middle
    })
}

/// The bucket that refills continuously: as it is, charging what it refuses, or with a time of denial after a refusal.
fn continuous(events: &Events, held: u32) -> Option<Fit> {
    let rates = grid(0.05, 1_000.0, 0.03);
    let plain = scan(&rates, 0.03, |rate| bucket::sizes(events, rate).violations)?;
    let best = widest(&plain, |rate| bucket::sizes(events, rate));
    let bucketed = |rate: &Scanned, best: Best, options, more: Option<Parameter>, free: u32| {
        let size = spread(ParameterName::Burst, best);
        let kind = Kind::TokenBucket { rate: Rate::nearest(rate.value), burst: size.value as u32, refill: None };
        let parameters = [scanned(ParameterName::Rate, rate), size].into_iter().chain(more).collect();
        made(events, Class::Bucket, kind, options, parameters, rate.violations + held, free)
    };
    let simple = bucketed(&plain, best, Options::default(), None, 2);
    if plain.violations < 3 {
        return Some(simple);
    }
    let mut all = vec![simple];
    for count_rejected in [false, true] {
        if let Some((rate, best)) = capped(events, &rates, count_rejected) {
            let free = if count_rejected { 3 } else { 2 };
            all.push(bucketed(&rate, best, Options { count_rejected, ..Options::default() }, None, free));
        }
    }
    for extend in [false, true] {
        if let Some((rate, best, lasting)) = penalised(events, &rates, extend) {
            let penalty = Some(Penalty { lasting: Nanos::from_secs_f64(lasting.value), extend });
            all.push(bucketed(&rate, best, Options { penalty, ..Options::default() }, Some(lasting), 3));
        }
    }
    all.into_iter().max_by(|one, other| one.evidence.total_cmp(&other.evidence))
}

/// A bucket whose level never falls below nothing, which matters where it charges what it refuses, and where it errs. Its size is what was
/// let in before the first refusals.
fn capped(events: &Events, rates: &[f64], count_rejected: bool) -> Option<(Scanned, Best)> {
    // One refusal alone may be an error.
    let first = events.list.windows(3).position(|three| three.iter().all(|event| !event.accepted))?;
    let until = events.list[first + 2].at + events.slack;
    let begin: Vec<Event> = events.list.iter().copied().filter(|event| event.at <= until).collect();
    let begin = Events { list: begin, ..events.clone() };
    let best = |rate: f64| {
        let sizes = bucket::sizes(&begin, rate);
        let near = sizes.low.saturating_sub(1).max(1)..=sizes.high.min(sizes.low + 2) + 1;
        let all = near.map(|size| (bucket::against(events, rate, size, count_rejected), size));
        let (violations, size) = all.min().unwrap_or((u32::MAX, 1));
        Best { violations, low: size, high: size }
    };
    let rate = scan(rates, 0.03, |rate| best(rate).violations)?;
    Some((rate, widest(&rate, best)))
}

/// A bucket with a time of denial after each refusal.
fn penalised(events: &Events, rates: &[f64], extend: bool) -> Option<(Scanned, Best, Parameter)> {
    let (mut least, mut most) = (0.0_f64, f64::INFINITY);
    let (mut first, mut last): (Option<f64>, f64) = (None, 0.0);
    for event in &events.list {
        match (event.accepted, first) {
            (false, None) => (first, last) = (Some(event.at), event.at),
            (false, Some(_)) => last = event.at,
            (true, Some(begun)) => {
                let from = if extend { last } else { begun };
                most = most.min(event.at - from + events.slack);
                if !extend {
                    least = least.max(last - begun - events.slack);
                }
                first = None;
            }
            (true, None) => {}
        }
    }
    if !most.is_finite() || most <= 2.0 * events.slack {
        return None;
    }
    // Where spells differ by more than this nothing lasts equally long.
    let least = if least < most { least } else { return None };
    let value = if extend { 0.98 * most } else { least.midpoint(most) };
    // As long as it may last: a refusal at its very end is not the bucket's.
    let inside = bucket::denied(events, if extend { value } else { most }, extend);
    let best = |rate: f64| bucket::sizes_but(events, rate, |place| inside[place]);
    // The refusal that begins a spell may have come a request later or earlier than it seems, and little else tells of the rate.
    let rate = scan_with(rates, 0.03, 2, |rate| best(rate).violations)?;
    let lasting = Parameter { name: ParameterName::Penalty, value, low: least, high: most };
    Some((rate, widest(&rate, best), lasting))
}

/// The bucket that refills in steps.
fn in_steps(events: &Events, held: u32) -> Option<Fit> {
    let rates = grid(0.05, 1_000.0, 0.05);
    let mean = scan(&rates, 0.05, |rate| bucket::sizes(events, rate).violations)?.value;
    let intervals = spans(events);
    let all = intervals.iter().flat_map(|&interval| {
        let amount = mean * interval;
        let around = (0.12 * amount).max(1.0);
        // Steps of one come evenly, as with any other bucket.
        let (low, high) = ((amount - around).floor().max(2.0) as u32, (amount + around).ceil().max(2.0) as u32);
        (low..=high).step_by(((high - low) / 12).max(1) as usize).map(move |amount| (interval, amount))
    });
    let sizes = |interval: f64, amount: u32| stepped::sizes(events, Refill { interval, amount });
    let judged = all.map(|(interval, amount)| (sizes(interval, amount).violations, interval, amount));
    let (_, interval, amount) = judged.min_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)))?;
    let values: Vec<f64> = (-10..=10).map(|place| interval * (1.0 + 0.001 * f64::from(place))).collect();
    let mut length = scan(&values, 0.001, |interval| sizes(interval, amount).violations)?;
    length.value = roundest(&length);
    let best = widest(&length, |interval| sizes(interval, amount));
    if f64::from(amount) > 0.9 * f64::from(best.low) {
        // Filled by a single step it is a window from the first request, and nearly so nearly that.
        return None;
    }
    let size = spread(ParameterName::Burst, best);
    let steps = Steps { interval: Nanos::from_secs_f64(length.value), amount };
    let rate = Rate::nearest(f64::from(amount) / length.value);
    let kind = Kind::TokenBucket { rate, burst: size.value as u32, refill: Some(steps) };
    let parameters = vec![
        Parameter {
            name: ParameterName::Rate,
            value: rate.as_per_second(),
            low: f64::from(amount) / length.high,
            high: f64::from(amount) / length.low,
        },
        size,
        scanned(ParameterName::Interval, &length),
        Parameter::exact(ParameterName::Amount, amount.into()),
    ];
    Some(made(events, Class::SteppedBucket, kind, Options::default(), parameters, length.violations + held, 3))
}

fn shaped(events: &Events) -> Option<Fit> {
    let rate = scan(&grid(0.05, 1_000.0, 0.02), 0.02, |rate| shaper::sizes(events, rate).violations)?;
    let best = widest(&rate, |rate| shaper::sizes(events, rate));
    let best = Best { low: best.low - 1, high: best.high - 1, ..best };
    let queue = spread(ParameterName::Queue, best);
    let kind = Kind::Shaper { rate: Rate::nearest(rate.value), queue: queue.value as u32 };
    let parameters = vec![scanned(ParameterName::Rate, &rate), queue];
    Some(made(events, Class::Shaper, kind, Options::default(), parameters, rate.violations, 2))
}

/// Windows on the clock: their length has to be a round one, since its multiples count from 1970.
fn on_the_clock(events: &Events, held: u32, class: Class) -> Option<Fit> {
    let sizes = |window: f64| match class {
        Class::FixedWindow => windows::on_the_clock(events, window),
        _ => windows::by_two_counters(events, window),
    };
    let judged = round_spans().into_iter().map(|window| (sizes(window), window));
    let (best, window) =
        judged.min_by(|one, other| one.0.violations.cmp(&other.0.violations).then(one.1.total_cmp(&other.1)))?;
    let limit = spread(ParameterName::Limit, best);
    let (size, length) = (limit.value as u32, Nanos::from_secs_f64(window));
    let kind = match class {
        Class::FixedWindow => Kind::FixedWindow { limit: size, window: length, align: Align::Epoch },
        _ => Kind::SlidingCounter { limit: size, window: length },
    };
    let parameters = vec![limit, Parameter::exact(ParameterName::Window, window)];
    Some(made(events, class, kind, Options::default(), parameters, best.violations + held, 2))
}

/// Windows that begin with requests.
fn any_window(events: &Events, held: u32, class: Class) -> Option<Fit> {
    let sizes = |window: f64| match class {
        Class::AnchoredWindow => windows::from_the_first(events, window),
        _ => windows::sliding(events, window),
    };
    let mut lengths = grid(0.1, 65.0, 0.015);
    lengths.extend(spans(events));
    lengths.sort_by(f64::total_cmp);
    let mut length = scan(&lengths, 0.015, |window| sizes(window).violations)?;
    let best = widest(&length, sizes);
    if best.high == 1 {
        // One in so much time: so says a bucket for one, too, and says it more simply.
        return None;
    }
    length.value = roundest(&length);
    let limit = spread(ParameterName::Limit, best);
    let (size, window) = (limit.value as u32, Nanos::from_secs_f64(length.value));
    let kind = match class {
        Class::AnchoredWindow => Kind::FixedWindow { limit: size, window, align: Align::FirstRequest },
        _ => Kind::SlidingLog { limit: size, window },
    };
    let parameters = vec![limit, scanned(ParameterName::Window, &length)];
    Some(made(events, class, kind, Options::default(), parameters, length.violations + held, 2))
}

fn concurrent(events: &Events, held: u32) -> Fit {
    let best = concurrency::sizes(events);
    let limit = spread(ParameterName::Limit, best);
    let kind = Kind::Concurrency { limit: limit.value as u32, queue: 0 };
    made(events, Class::Concurrency, kind, Options::default(), vec![limit], best.violations + held, 1)
}

/// Lengths that people choose, in seconds.
fn round_spans() -> Vec<f64> {
    let tenths = (1..20).map(|count| f64::from(count) / 10.0);
    let halves = (4..20).map(|count| f64::from(count) / 2.0);
    let whole = (10..=30).map(f64::from);
    tenths.chain(halves).chain(whole).chain([35.0, 40.0, 45.0, 50.0, 60.0]).collect()
}

/// Lengths that people choose, and those between the begins of clusters of accepted requests.
fn spans(events: &Events) -> Vec<f64> {
    let accepted: Vec<f64> = events.list.iter().filter(|event| event.accepted).map(|event| event.at).collect();
    let gaps: Vec<f64> = accepted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let longest = gaps.iter().copied().fold(0.0, f64::max);
    let begins: Vec<f64> = gaps
        .iter()
        .zip(&accepted[accepted.len().min(1)..])
        .filter(|(gap, _)| **gap > 0.3 * longest)
        .map(|(_, at)| *at)
        .collect();
    let between = begins.windows(2).map(|pair| pair[1] - pair[0]).filter(|span| *span > 0.05);
    round_spans().into_iter().chain(between.take(20)).collect()
}

/// The value with the fewest figures that a scan leaves: limits are set by people.
fn roundest(scanned: &Scanned) -> f64 {
    for step in [10.0, 5.0, 1.0, 0.5, 0.1, 0.05, 0.01] {
        let value = (scanned.value / step).round() * step;
        if value > 0.0 && (scanned.low..=scanned.high).contains(&value) {
            return value;
        }
    }
    scanned.value
}
