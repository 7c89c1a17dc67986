//! Limiters, and how a refusal is told.

use std::borrow::Cow;

use super::super::{not_yet, refuse_keys};
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::limiter::{Limiter, Scope};
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::{Named, TextOr};
use crate::service::config::{Cost, Dimension, LimiterDef, LimiterKind, Reject, RetryAfter};
use crate::units::Ratio;

pub(super) fn limiter(name: &str, written: &Limiter, node: &Node, faults: &mut Vec<Fault>) -> Option<LimiterDef> {
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

pub(super) fn reject(written: &written::Reject, node: &Node, faults: &mut Vec<Fault>) -> Reject {
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
