//! What the header fields of the modelled service's answers would say; no field is made or read.

use crate::api::{Claim, Hints, NotedHeaders};
use crate::service::config::RejectBody;
use crate::service::{Answer, LimitState};
use crate::units::Nanos;

/// The hints of an answer that is no success, as a client would read them off the wire.
pub(super) fn hints(noted: &NotedHeaders, answer: &Answer) -> Hints {
    let limit = answer.refusal.as_ref().and_then(|refusal| refusal.limit.as_deref());
    // One that has something left does not say when there is more.
    let empty = limit.filter(|limit| limit.quota.remaining == 0);
    let reset = |limit: &LimitState| limit.reset().map(Nanos::from_secs);
    let hints = Hints {
        amz_retry_after: answer.hints.aws_retry_after.map(Nanos::from_millis),
        retry_after: answer.hints.retry_after.map(Nanos::from_secs),
        // Of places, the front never says when one becomes free.
        ratelimit: empty.filter(|limit| limit.ratelimit && limit.quota.window.is_some()).and_then(reset),
        x_ratelimit_reset: empty.filter(|limit| limit.x_ratelimit).and_then(reset),
        ..Hints::default()
    };
    Hints { noted: noted.of(|name| has(name, answer, &hints)), ..hints }
}

/// What the fields of a refusal would claim of the limit behind it.
pub(super) fn claim(answer: &Answer) -> Claim {
    let limit = answer.refusal.as_ref().and_then(|refusal| refusal.limit.as_deref());
    let Some(limit) = limit.filter(|limit| limit.x_ratelimit || limit.ratelimit) else { return Claim::default() };
    let (quota, reset) = (limit.quota, limit.reset().map(Nanos::from_secs));
    Claim { limit: Some(quota.limit), remaining: Some(quota.remaining), reset }
}

/// Whether the answer would have a field.
fn has(name: &str, answer: &Answer, hints: &Hints) -> bool {
    let limit = answer.refusal.as_ref().and_then(|refusal| refusal.limit.as_deref());
    let (told, told_before) =
        (limit.is_some_and(|limit| limit.ratelimit), limit.is_some_and(|limit| limit.x_ratelimit));
    match name {
        "content-type" | "x-amzn-requestid" => true,
        "x-amzn-errortype" => answer.refusal.as_ref().is_none_or(|refusal| refusal.body == RejectBody::AwsJson),
        "retry-after" => hints.retry_after.is_some(),
        "x-amz-retry-after" => hints.amz_retry_after.is_some(),
        "ratelimit" | "ratelimit-policy" => told,
        "x-ratelimit-limit" | "x-ratelimit-remaining" => told_before,
        "x-ratelimit-reset" => told_before && limit.and_then(LimitState::reset).is_some(),
        _ => false,
    }
}
