//! What changes while the service runs.

use serde_json::Value;

use super::limits::named_limiter;
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::limiter::Limiter;
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::Named;
use crate::service::config::Change;
use crate::units::{Nanos, Ratio, UnitError};

/// As many as the block `workers` allows.
const MOST_WORKERS: u64 = 100_000;

/// The changes of an event or a trigger.
pub(in crate::scenario::lower) fn changes(
    set: &Named<written::Change>,
    limiters: &Named<Limiter>,
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Vec<Change> {
    set.iter().filter_map(|(key, change)| self::change(key, &change.0, limiters, node, faults)).collect()
}

fn change(key: &str, value: &Value, limiters: &Named<Limiter>, node: &Node, faults: &mut Vec<Fault>) -> Option<Change> {
    let place = node.at(key);
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let bad = |faults: &mut Vec<Fault>, message: String| {
        faults.push(Fault::new(place.span, message));
        None
    };
    if let Some((name, field)) = key.strip_prefix("limiters.").and_then(|rest| rest.rsplit_once('.')) {
        let limiter = named_limiter(name, limiters, place, faults)?;
        let known = parameters(limiters.get(name)?);
        if !known.contains(&field) {
            let fault = Fault::new(node.key_span(key), format!("`{}` of this limiter cannot change", excerpt(field)));
            faults.push(fault.suggest_word(field, known.iter().copied()));
            return None;
        }
        let number = |faults: &mut Vec<Fault>| {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|&number| number > 0);
            if number.is_none() {
                faults.push(Fault::new(place.span, format!("a {field} is a whole number from 1")));
            }
            number
        };
        return match field {
            "rate" => match text.parse() {
                Ok(rate) => Some(Change::Rate { limiter, rate }),
                Err(error) => bad(faults, UnitError::to_string(&error)),
            },
            "burst" => number(faults).map(|burst| Change::Burst { limiter, burst }),
            "limit" => number(faults).map(|limit| Change::Limit { limiter, limit }),
            _ => match text.parse() {
                Ok(window) if window > Nanos::ZERO => Some(Change::Window { limiter, window }),
                Ok(_) => bad(faults, "a window must be above zero".to_owned()),
                Err(error) => bad(faults, UnitError::to_string(&error)),
            },
        };
    }
    match key {
        "down" => down(value, place, faults),
        "latency" => match value.as_f64().map(Ratio::new) {
            Some(Ok(factor)) => Some(Change::LatencyFactor(factor)),
            _ => bad(faults, "`latency` is a factor, such as 3".to_owned()),
        },
        "error_rate" => match text.parse::<Ratio>() {
            Ok(rate) if rate.get() <= 1.0 => Some(Change::ErrorRate(rate)),
            Ok(_) => bad(faults, "a rate of errors is at most 100%".to_owned()),
            Err(error) => bad(faults, error.to_string()),
        },
        "workers" => match value.as_u64() {
            Some(count @ 1..=MOST_WORKERS) => Some(Change::Workers(count as u32)),
            _ => bad(faults, format!("`workers` is a whole number from 1 to {MOST_WORKERS}")),
        },
        _ => {
            let fault = Fault::new(node.key_span(key), format!("`{}` cannot change", excerpt(key)));
            let all = limiters.iter().flat_map(|(name, limiter)| {
                parameters(limiter).iter().map(move |parameter| format!("limiters.{name}.{parameter}"))
            });
            let limiters: Vec<String> = all.collect();
            let known =
                ["down", "latency", "error_rate", "workers"].into_iter().chain(limiters.iter().map(String::as_str));
            faults.push(fault.suggest_word(key, known));
            None
        }
    }
}

/// What an event can change of a limiter.
fn parameters(limiter: &Limiter) -> &'static [&'static str] {
    match limiter {
        Limiter::TokenBucket { .. } | Limiter::Gcra { .. } | Limiter::LeakyBucket { burst: Some(_), .. } => {
            &["rate", "burst"]
        }
        Limiter::LeakyBucket { .. } => &["rate"],
        Limiter::FixedWindow { .. } | Limiter::SlidingWindowLog { .. } | Limiter::SlidingWindowCounter { .. } => {
            &["limit", "window"]
        }
        Limiter::Concurrency { .. } => &["limit"],
        Limiter::Adaptive { .. } => &[],
    }
}

fn down(value: &Value, node: &Node, faults: &mut Vec<Fault>) -> Option<Change> {
    let written = match value {
        Value::Bool(true) => return Some(Change::DOWN),
        Value::Object(written) => written,
        _ => {
            faults.push(Fault::new(node.span, "`down` is `true` or `{status: 503}`"));
            return None;
        }
    };
    let before = faults.len();
    let (mut status, mut error_code) = (503, None);
    for (key, value) in written {
        match (key.as_str(), value) {
            ("status", value) => match value.as_u64() {
                Some(number @ 400..=599) => status = number as u16,
                _ => faults.push(Fault::new(node.at(key).span, "`status` is a number from 400 to 599")),
            },
            ("error_code", Value::String(code)) => error_code = Some(code.clone().into()),
            ("error_code", _) => faults.push(Fault::new(node.at(key).span, "`error_code` is a text")),
            _ => {
                let fault = Fault::new(node.key_span(key), format!("`down` has no key `{}`", excerpt(key)));
                faults.push(fault.suggest_word(key, ["status", "error_code"]));
            }
        }
    }
    (faults.len() == before).then_some(Change::Down { status, error_code })
}
