//! Limiters.

use crate::limit::{Algorithm, Align, Options, Penalty, Steps};
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::limiter::{self as written, Common, Limiter, Refill, Scope};
use crate::scenario::mirror::value::{Duration, Named, Share, TextOr};
use crate::service::config::{Cost, Dimension, LimiterDef, LimiterKind};
use crate::units::{Nanos, Rate, Ratio};

pub(super) fn limiter(name: &str, written: &Limiter, node: &Node, faults: &mut Vec<Fault>) -> Option<LimiterDef> {
    let kind = kind(written, node, faults)?;
    let common = written.common();
    let options = options(common, kind, node, faults);
    let cost = cost(common.cost, kind, node, faults);
    let scope = common.scope.unwrap_or(&[Scope::Account]).iter().map(|scope| match scope {
        Scope::Global => Dimension::Global,
        Scope::Account => Dimension::Account,
        Scope::ApiKey => Dimension::ApiKey,
        Scope::Client => Dimension::Client,
        Scope::Operation => Dimension::Operation,
        Scope::Region => Dimension::Region,
        Scope::Path => Dimension::Path,
    });
    Some(LimiterDef { name: name.into(), kind, options, cost, scope: scope.collect() })
}

fn kind(written: &Limiter, node: &Node, faults: &mut Vec<Fault>) -> Option<LimiterKind> {
    Some(match written {
        Limiter::TokenBucket { rate, burst, refill, .. } => {
            let refill = refill.as_ref().map(|refill| steps(refill, rate.0, node.at("refill"), faults));
            LimiterKind::TokenBucket { rate: rate.0, burst: *burst, refill }
        }
        Limiter::Gcra { rate, burst, .. } => LimiterKind::Gcra { rate: rate.0, burst: *burst },
        Limiter::LeakyBucket { rate, burst, queue, .. } => match (*burst, *queue) {
            (Some(burst), None) => LimiterKind::LeakyMeter { rate: rate.0, burst },
            (None, Some(queue)) => LimiterKind::Shaper { rate: rate.0, queue },
            (burst, _) => {
                let (place, message) = if burst.is_some() {
                    (node.key_span("queue"), "the excess cannot both be rejected and wait")
                } else {
                    (node.span, "this bucket does not say what becomes of the excess")
                };
                faults.push(Fault::new(place, message).suggest("write `burst` to reject it or `queue` to let it wait"));
                return None;
            }
        },
        Limiter::FixedWindow { limit, window, align, .. } => LimiterKind::FixedWindow {
            limit: *limit,
            window: positive(window, node.at("window"), faults),
            align: match align {
                None | Some(written::Align::Epoch) => Align::Epoch,
                Some(written::Align::FirstRequest) => Align::FirstRequest,
            },
        },
        Limiter::SlidingWindowLog { limit, window, .. } => {
            LimiterKind::SlidingLog { limit: *limit, window: positive(window, node.at("window"), faults) }
        }
        Limiter::SlidingWindowCounter { limit, window, .. } => {
            LimiterKind::SlidingCounter { limit: *limit, window: positive(window, node.at("window"), faults) }
        }
        Limiter::Concurrency { limit, queue, .. } => {
            LimiterKind::Concurrency { limit: *limit, queue: queue.unwrap_or(0) }
        }
        Limiter::Adaptive { algorithm, initial, min, max, target, backoff_ratio, .. } => {
            let algorithm = self::algorithm(*algorithm, target.as_ref(), backoff_ratio.as_ref(), node, faults);
            let (min, max) = (min.unwrap_or(1), max.unwrap_or(200));
            if max < min {
                let message = format!("the highest limit must not be below the lowest: {max} is below {min}");
                faults.push(Fault::new(node.at("max").span, message));
                return None;
            }
            // Only a limit that was written can be out of range; the default gives way.
            let initial = initial.unwrap_or(20_u32.clamp(min, max));
            if !(min..=max).contains(&initial) {
                let message = format!("the limit at the start must be from {min} to {max}");
                faults.push(Fault::new(node.at("initial").span, message));
            }
            LimiterKind::Adaptive { algorithm, initial, min, max }
        }
    })
}

fn steps(written: &Refill, rate: Rate, node: &Node, faults: &mut Vec<Fault>) -> Steps {
    let interval = positive(&written.interval, node.at("interval"), faults);
    let per_second = f64::from(written.amount) / interval.as_secs_f64();
    if written.interval.0 > Nanos::ZERO && (per_second / rate.as_per_second() - 1.0).abs() > 1e-6 {
        let message = format!("the refill comes to {} tokens a second, and `rate` says {rate}", number(per_second));
        faults.push(Fault::new(node.span, message).suggest("let both say the same"));
    }
    Steps { interval, amount: written.amount }
}

/// At most three decimals.
fn number(number: f64) -> String {
    format!("{number:.3}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What an additive-increase limit falls to.
const DEFAULT_BACKOFF: f64 = 0.9;

fn algorithm(
    written: written::Algorithm,
    target: Option<&Duration>,
    backoff: Option<&Share>,
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Algorithm {
    let other = match written {
        written::Algorithm::Aimd => {
            let target = target.map_or(Nanos::from_secs(5), |target| target.0);
            let backoff = backoff.map_or(DEFAULT_BACKOFF, |ratio| ratio.0.get());
            if backoff >= 1.0 {
                let place = node.at("backoff_ratio").span;
                faults.push(Fault::new(place, "the limit has to become smaller: write less than 100%"));
            }
            return Algorithm::Aimd { target, backoff: Ratio::new(backoff).unwrap_or_default() };
        }
        written::Algorithm::Gradient => Algorithm::Gradient,
        written::Algorithm::Vegas => Algorithm::Vegas,
    };
    for key in ["target", "backoff_ratio"].into_iter().filter(|key| node.get(key).is_some()) {
        faults.push(Fault::new(node.key_span(key), format!("`{key}` goes with `algorithm: aimd`")));
    }
    other
}

fn positive(written: &Duration, node: &Node, faults: &mut Vec<Fault>) -> Nanos {
    if written.0 == Nanos::ZERO {
        faults.push(Fault::new(node.span, "this time must be above zero"));
    }
    written.0.max(Nanos::new(1))
}

fn options(common: Common<'_>, kind: LimiterKind, node: &Node, faults: &mut Vec<Fault>) -> Options {
    let count_rejected = common.count_rejected.unwrap_or(false);
    if count_rejected && (!kind.counts_cost() || matches!(kind, LimiterKind::Shaper { .. })) {
        let fault = Fault::new(node.key_span("count_rejected"), "a rejected request takes no place here and no turn");
        faults.push(fault.suggest("leave `count_rejected` to limiters that count"));
    }
    let noise = common.noise.map_or(Ratio::ZERO, |noise| noise.0);
    if noise.get() > 1.0 {
        faults.push(Fault::new(node.at("noise").span, "a chance is at most 100%"));
    }
    let penalty = common.penalty.map(|penalty| Penalty {
        lasting: positive(&penalty.lasting, node.at("penalty").at("for"), faults),
        extend: penalty.extend.unwrap_or(false),
    });
    Options { count_rejected, penalty, noise }
}

fn cost(written: Option<&TextOr<f64>>, kind: LimiterKind, node: &Node, faults: &mut Vec<Fault>) -> Cost {
    let place = node.at("cost").span;
    let cost = match written {
        None => Cost::default(),
        Some(TextOr::Value(number)) if *number >= 1.0 && number.fract() == 0.0 && *number <= f64::from(u32::MAX) => {
            Cost::Fixed(*number as u32)
        }
        Some(TextOr::Value(_)) => {
            faults.push(Fault::new(place, "a cost is a whole number from 1"));
            Cost::default()
        }
        Some(TextOr::Text(text)) => match text.split_once('.') {
            Some(("batch", "items")) => Cost::BatchItems,
            Some(("query", name)) if !name.is_empty() => Cost::Query(name.into()),
            Some(("body", name)) if !name.is_empty() => Cost::Body(name.into()),
            _ => {
                let fault = Fault::new(place, format!("`{}` is no cost", excerpt(text)));
                faults.push(fault.suggest("write a number, `batch.items`, `query.NAME` or `body.NAME`"));
                Cost::default()
            }
        },
    };
    if cost != Cost::default() && !kind.counts_cost() {
        let message = "what is limited here is how many requests there are at the same time: each counts as one";
        faults.push(Fault::new(node.key_span("cost"), message));
    }
    cost
}

pub(super) fn named_limiter(
    name: &str,
    limiters: &Named<Limiter>,
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Option<usize> {
    let index = limiters.names().position(|known| known == name);
    if index.is_none() {
        let fault = Fault::new(node.span, format!("there is no limiter `{}`", excerpt(name)));
        let names: Vec<&str> = limiters.names().collect();
        faults.push(if names.is_empty() {
            fault.suggest("define it in the block `limiters`")
        } else {
            fault.suggest_word(name, names)
        });
    }
    index
}
