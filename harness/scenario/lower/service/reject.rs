//! How a refusal is told.

use std::borrow::Cow;

use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::mock as written;
use crate::service::config::{Reject, RejectBody, RetryAfter};
use crate::units::{Nanos, Ratio};

pub(super) fn reject(written: &written::Reject, node: &Node, faults: &mut Vec<Fault>) -> Reject {
    let default = Reject::default();
    let has = |header| written.headers.iter().flatten().any(|written| *written == header);
    let cost = written.cost.as_ref().map_or(Ratio::ZERO, |cost| cost.0);
    if cost.get() > 1.0 {
        faults.push(Fault::new(node.at("cost").span, "a rejection takes at most as long as a request: 100%"));
    }
    Reject {
        status: written.status.unwrap_or(default.status),
        error_code: written.error_code.clone().map(Cow::Owned),
        retry_after: retry_after(written.retry_after.as_ref(), node.at("retry_after"), faults),
        aws_retry_after: has(written::RejectHeader::XAmzRetryAfter),
        ratelimit: has(written::RejectHeader::Ratelimit),
        x_ratelimit: has(written::RejectHeader::XRatelimit),
        body: match written.body {
            None | Some(written::RejectBody::AwsJson) => RejectBody::AwsJson,
            Some(written::RejectBody::AwsXml) => RejectBody::AwsXml,
            Some(written::RejectBody::ProblemJson) => RejectBody::ProblemJson,
            Some(written::RejectBody::Text) => RejectBody::Text,
        },
        latency: written.latency.as_ref().map_or(Nanos::ZERO, |latency| latency.0),
        cost,
    }
}

fn retry_after(written: Option<&written::RetryAfter>, node: &Node, faults: &mut Vec<Fault>) -> RetryAfter {
    match written {
        None | Some(written::RetryAfter::None) => RetryAfter::None,
        Some(written::RetryAfter::True | written::RetryAfter::CeilSeconds) => RetryAfter::Ceil,
        Some(written::RetryAfter::Fixed(wait)) => {
            let seconds = wait.0.as_secs_f64();
            if seconds.fract() != 0.0 || seconds > f64::from(u32::MAX) {
                let fault = Fault::new(node.span, "`Retry-After` counts whole seconds");
                faults.push(fault.suggest("write for example `{fixed: 2s}`"));
            }
            RetryAfter::Fixed(seconds as u32)
        }
        Some(written::RetryAfter::Wrong(factor)) => {
            if let Ok(factor) = Ratio::new(*factor) {
                RetryAfter::Factor(factor)
            } else {
                faults.push(Fault::new(node.span, "a factor must be zero or more"));
                RetryAfter::None
            }
        }
    }
}
