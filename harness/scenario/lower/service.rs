//! The modelled service.

use std::borrow::Cow;

use serde_json::Value;

use super::{not_yet, refuse_keys};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::limiter::{Limiter, Scope};
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::{Named, TextOr};
use crate::scenario::{Loaded, Node};
use crate::service::config::{
    Change, Cost, Dimension, Event, Fault as ServiceFault, FaultKind, Latency, LimitRule, LimiterDef, LimiterKind,
    Quotas, Reject, ResetAt, RetryAfter, Throttling, WireFault, Workers,
};
use crate::service::{OperationKind, ServiceConfig};
use crate::units::{Nanos, Rate, Ratio};

/// The configuration of the service; the documented one where the scenario says nothing.
pub(super) fn service(loaded: &Loaded, seed: u64, faults: &mut Vec<Fault>) -> ServiceConfig {
    let mut config = ServiceConfig { seed, ..ServiceConfig::default() };
    let node = loaded.tree.at("mock");
    let limiters = loaded.scenario.limiters.clone().unwrap_or_default();
    for (name, limiter) in limiters.iter() {
        config.limiters.extend(self::limiter(name, limiter, loaded.tree.at("limiters").at(name), faults));
    }
    let Some(mock) = &loaded.scenario.mock else { return config };
    if mock.throttling == Some(written::Throttling::Off) {
        config.throttling = Throttling::Off;
    }
    for (index, rule) in mock.limits.iter().flatten().enumerate() {
        let node = node.at("limits").nth(index);
        let all_of = rule.all_of.iter().enumerate();
        let all_of =
            all_of.filter_map(|(index, name)| named_limiter(name, &limiters, node.at("all_of").nth(index), faults));
        config.limits.push(LimitRule {
            all_of: all_of.collect(),
            operations: operations(rule.operations.as_deref(), node.at("operations"), faults),
        });
    }
    if let Some(reject) = &mock.reject {
        config.reject = self::reject(reject, node.at("reject"), faults);
    }
    if let Some(quotas) = &mock.quotas {
        let default = Quotas::default();
        let quota = |written: Option<written::Quota>, default| match written {
            None => default,
            Some(written::Quota::Unlimited) => None,
            Some(written::Quota::AtMost(number)) => Some(number),
        };
        config.quotas = Quotas {
            attendees_per_meeting: quota(quotas.attendees_per_meeting, default.attendees_per_meeting),
            meetings: quota(quotas.meetings, default.meetings),
        };
    }
    if let Some(latency) = &mock.latency {
        config.latency = self::latency(latency, node.at("latency"), faults);
    }
    config.workers =
        mock.workers.as_ref().map(|workers| Workers { count: workers.count, queue: workers.queue.unwrap_or(100) });
    for (index, fault) in mock.faults.iter().flatten().enumerate() {
        config.faults.extend(self::fault(fault, node.at("faults").nth(index), faults));
    }
    for (index, event) in mock.events.iter().flatten().enumerate() {
        let node = node.at("events").nth(index);
        let lasts = event.lasting.as_ref().map_or(Nanos::MAX, |lasting| lasting.0);
        let changes = changes(&event.set, &limiters, node.at("set"), faults);
        config.events.extend(changes.into_iter().map(|set| Event { at: event.at.0, lasts, set }));
    }
    config.region = mock.region.clone().unwrap_or(config.region);
    refuse_keys(node, &["models"], faults);
    if mock.authentication == Some(written::Authentication::Strict) {
        faults.push(not_yet(node.at("authentication").span, "strict authentication"));
    }
    if mock.namespace == Some(written::Namespace::Legacy) {
        faults.push(not_yet(node.at("namespace").span, "the legacy namespace"));
    }
    config
}

fn limiter(name: &str, written: &Limiter, node: &Node, faults: &mut Vec<Fault>) -> Option<LimiterDef> {
    refuse_keys(node, &["refill", "count_rejected", "penalty", "noise"], faults);
    let Limiter::TokenBucket { rate, burst, .. } = written else {
        let kind = node.at("type").as_str().unwrap_or_default().to_owned();
        faults.push(not_yet(node.at("type").span, &format!("the limiter `{kind}`")));
        return None;
    };
    let common = written.common();
    let cost = match common.cost {
        None => Cost::One,
        Some(TextOr::Text(text)) if text == "batch.items" => Cost::BatchItems,
        Some(TextOr::Value(number)) if (*number - 1.0).abs() < f64::EPSILON => Cost::One,
        Some(_) => {
            faults.push(not_yet(node.at("cost").span, "a cost other than 1 and `batch.items`"));
            Cost::One
        }
    };
    let scope = common.scope.unwrap_or(&[Scope::Account]);
    let mut dimensions = Vec::new();
    for (index, scope) in scope.iter().enumerate() {
        dimensions.push(match scope {
            Scope::Global => Dimension::Global,
            Scope::Account => Dimension::Account,
            Scope::ApiKey => Dimension::ApiKey,
            Scope::Client => Dimension::Client,
            Scope::Operation => Dimension::Operation,
            Scope::Region => Dimension::Region,
            Scope::Path => {
                faults.push(not_yet(node.at("scope").nth(index).span, "the scope `path`"));
                continue;
            }
        });
    }
    let kind = LimiterKind::TokenBucket { rate: rate.0, burst: *burst };
    Some(LimiterDef { name: name.to_owned(), kind, cost, scope: dimensions })
}

fn named_limiter(name: &str, limiters: &Named<Limiter>, node: &Node, faults: &mut Vec<Fault>) -> Option<usize> {
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

fn operations(written: Option<&[String]>, node: &Node, faults: &mut Vec<Fault>) -> Vec<OperationKind> {
    let mut kinds = Vec::new();
    for (index, name) in written.into_iter().flatten().enumerate() {
        if let Some(kind) = OperationKind::from_name(name) {
            kinds.push(kind);
        } else {
            let place = node.nth(index).span;
            let fault = Fault::new(place, format!("the mock has no operation `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, OperationKind::ALL.map(OperationKind::name)));
        }
    }
    kinds
}

fn reject(written: &written::Reject, node: &Node, faults: &mut Vec<Fault>) -> Reject {
    refuse_keys(node, &["latency", "cost"], faults);
    if !matches!(written.body, None | Some(written::RejectBody::AwsJson)) {
        faults.push(not_yet(node.at("body").span, "a body other than `aws_json`"));
    }
    let default = Reject::default();
    let mut aws_retry_after = false;
    for (index, header) in written.headers.iter().flatten().enumerate() {
        match header {
            written::RejectHeader::XAmzRetryAfter => aws_retry_after = true,
            _ => faults.push(not_yet(node.at("headers").nth(index).span, "this header")),
        }
    }
    let place = node.at("retry_after").span;
    let retry_after = match &written.retry_after {
        None | Some(written::RetryAfter::None) => RetryAfter::None,
        Some(written::RetryAfter::True | written::RetryAfter::CeilSeconds) => RetryAfter::Ceil,
        Some(written::RetryAfter::Fixed(wait)) => {
            let seconds = wait.0.as_secs_f64();
            if seconds.fract() != 0.0 || seconds > f64::from(u32::MAX) {
                faults.push(
                    Fault::new(place, "`Retry-After` counts whole seconds").suggest("write for example `{fixed: 2s}`"),
                );
            }
            RetryAfter::Fixed(seconds as u32)
        }
        Some(written::RetryAfter::Wrong(factor)) => {
            if let Ok(factor) = Ratio::new(*factor) {
                RetryAfter::Factor(factor)
            } else {
                faults.push(Fault::new(place, "a factor must be zero or more"));
                RetryAfter::None
            }
        }
    };
    Reject {
        status: written.status.unwrap_or(default.status),
        error_code: written.error_code.clone().map_or(default.error_code, Cow::Owned),
        retry_after,
        aws_retry_after,
    }
}

fn latency(written: &written::Latency, node: &Node, faults: &mut Vec<Fault>) -> Latency {
    let mut order = |low: Nanos, high: Nanos, key: &str, message: &str| {
        if high < low {
            faults.push(Fault::new(node.at(key).span, format!("{message}: {high} is below {low}")));
        }
    };
    match written {
        written::Latency::Constant { value } => Latency::Constant(value.0),
        written::Latency::Uniform { min, max } => {
            order(min.0, max.0, "max", "the longest time must not be shorter than the shortest");
            Latency::Uniform { min: min.0, max: max.0 }
        }
        written::Latency::Exponential { mean } => Latency::Exponential { mean: mean.0 },
        written::Latency::LogNormal { median, p99 } => {
            order(median.0, p99.0, "p99", "the 99th percentile must not be below the median");
            if median.0 == Nanos::ZERO {
                faults.push(Fault::new(node.at("median").span, "the median must be above zero"));
            }
            Latency::LogNormal { median: median.0, p99: p99.0 }
        }
        _ => {
            let kind = node.at("type").as_str().unwrap_or_default().to_owned();
            faults.push(not_yet(node.at("type").span, &format!("the latency `{kind}`")));
            Latency::None
        }
    }
}

fn fault(written: &written::Fault, node: &Node, faults: &mut Vec<Fault>) -> Option<ServiceFault> {
    let reset = written.reset.map(|reset| {
        WireFault::Reset(match reset {
            written::Reset::BeforeReply => ResetAt::BeforeReply,
            written::Reset::DuringReply => ResetAt::DuringReply,
            written::Reset::AfterReply => ResetAt::AfterReply,
        })
    });
    let flag = |flag: Option<bool>, fault| (flag == Some(true)).then_some(fault);
    let damages = [
        reset,
        written.slow_body.as_ref().map(|over| WireFault::SlowBody { over: over.0 }),
        flag(written.truncate, WireFault::Truncate),
        flag(written.garbage, WireFault::Garbage),
        flag(written.wrong_length, WireFault::WrongLength),
        flag(written.invalid_json, WireFault::InvalidJson),
        flag(written.stall, WireFault::Stall),
    ];
    let status = written.status.map(|status| FaultKind::Status {
        status,
        error_code: Cow::Owned(written.error_code.clone().unwrap_or_else(|| "InternalServerErrorException".to_owned())),
    });
    let mut kinds = damages.into_iter().flatten().map(FaultKind::Wire).chain(status);
    let kind = kinds.next();
    if kind.is_none() || kinds.next().is_some() {
        let fault = Fault::new(node.span, "a fault does exactly one thing");
        faults.push(fault.suggest(
            "give one of `reset`, `status`, `truncate`, `slow_body`, `garbage`, `wrong_length`, `invalid_json` and `stall`",
        ));
    }
    if written.chance.is_none() && written.every.is_none() {
        faults.push(Fault::new(node.span, "this fault never strikes").suggest("add `chance: 1%` or `every: 100`"));
    }
    if written.error_code.is_some() && written.status.is_none() {
        faults.push(Fault::new(node.key_span("error_code"), "`error_code` goes with `status`"));
    }
    let chance = written.chance.as_ref().map_or(Ratio::ZERO, |chance| chance.0);
    if chance.get() > 1.0 {
        faults.push(Fault::new(node.at("chance").span, "a chance is at most 100%"));
    }
    let operations = operations(written.operations.as_deref(), node.at("operations"), faults);
    Some(ServiceFault { operations, chance, every: written.every, kind: kind? })
}

/// The changes of an event or a trigger.
pub(super) fn changes(
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
