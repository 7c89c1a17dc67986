//! What changes while the service runs.

use serde_json::Value;

use super::super::not_yet;
use super::limits::named_limiter;
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::limiter::Limiter;
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::Named;
use crate::service::config::Change;
use crate::units::{Rate, Ratio};

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
    let mut bad = |message: String| {
        faults.push(Fault::new(place.span, message));
        None
    };
    if let Some((name, field)) = key.strip_prefix("limiters.").and_then(|rest| rest.rsplit_once('.')) {
        return match field {
            "rate" => match text.parse::<Rate>() {
                Ok(rate) => Some(Change::Rate { limiter: named_limiter(name, limiters, place, faults)?, rate }),
                Err(error) => bad(error.to_string()),
            },
            "burst" => match value.as_u64().and_then(|burst| u32::try_from(burst).ok()).filter(|&burst| burst > 0) {
                Some(burst) => Some(Change::Burst { limiter: named_limiter(name, limiters, place, faults)?, burst }),
                None => bad("a burst is a whole number from 1".to_owned()),
            },
            _ => {
                let fault = Fault::new(node.key_span(key), format!("`{}` of a limiter cannot change", excerpt(field)));
                faults.push(fault.suggest_word(field, ["rate", "burst"]));
                None
            }
        };
    }
    match key {
        "down" => match value {
            Value::Bool(true) => Some(Change::Down { status: 503 }),
            Value::Object(_) => match place.get("status").map_or(Some(503), |_| value["status"].as_u64()) {
                Some(status @ 400..=599) => Some(Change::Down { status: status as u16 }),
                _ => bad("`status` is a number from 400 to 599".to_owned()),
            },
            _ => bad("`down` is `true` or `{status: 503}`".to_owned()),
        },
        "latency" => match value.as_f64().map(Ratio::new) {
            Some(Ok(factor)) => Some(Change::LatencyFactor(factor)),
            _ => bad("`latency` is a factor, such as 3".to_owned()),
        },
        "error_rate" => match text.parse::<Ratio>() {
            Ok(rate) if rate.get() <= 1.0 => Some(Change::ErrorRate(rate)),
            Ok(_) => bad("a rate of errors is at most 100%".to_owned()),
            Err(error) => bad(error.to_string()),
        },
        "workers" => {
            faults.push(not_yet(node.key_span(key), "a change of `workers`"));
            None
        }
        _ => {
            let fault = Fault::new(node.key_span(key), format!("`{}` cannot change", excerpt(key)));
            let limiters: Vec<String> = limiters.names().map(|name| format!("limiters.{name}.rate")).collect();
            let known = ["down", "latency", "error_rate"].into_iter().chain(limiters.iter().map(String::as_str));
            faults.push(fault.suggest_word(key, known));
            None
        }
    }
}
