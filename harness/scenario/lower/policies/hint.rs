//! `hint`: what a server's hint changes about the wait.

use crate::retry::{HintHeader, HintHeaders, HintPolicy, HintUse};
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;
use crate::units::{Nanos, Ratio};

/// How much longer than the own backoff a clamped hint may be, unless it is said: the AWS SDKs' value.
const ADD: Nanos = Nanos::from_secs(5);
/// The part of a hint that is added at random, unless it is said.
const JITTER: f64 = 0.1;

/// Writes a definition over a policy's use of hints.
pub(super) fn apply(hint: &mut HintPolicy, written: &written::Hint, node: &Node, faults: &mut Vec<Fault>) {
    let was_ignored = hint.mode == HintUse::Ignore;
    let before = match hint.mode {
        HintUse::Clamp { add } => add,
        _ => ADD,
    };
    let add = written.add.as_ref().map_or(before, |add| add.0);
    hint.mode = match written.usage {
        Some(written::HintUse::Ignore) => HintUse::Ignore,
        Some(written::HintUse::AtLeast) => HintUse::AtLeast,
        Some(written::HintUse::Exact) => HintUse::Exact,
        Some(written::HintUse::Clamp) => HintUse::Clamp { add },
        None if was_ignored || matches!(hint.mode, HintUse::Clamp { .. }) => HintUse::Clamp { add },
        None => hint.mode,
    };
    if written.add.is_some() && !matches!(hint.mode, HintUse::Clamp { .. }) {
        faults.push(Fault::new(node.key_span("add"), "`add` goes with `use: clamp`").suggest("remove it"));
    }
    hint.max = written.max.as_ref().map_or(hint.max, |max| max.0);
    if hint.mode != HintUse::Ignore && hint.max == Nanos::ZERO {
        let fault = Fault::new(node.at("max").span, "a hint that counts as no wait at all is no hint");
        faults.push(fault.suggest("write `use: ignore`"));
    }
    hint.jitter = match &written.jitter {
        Some(jitter) => jitter.0,
        None if was_ignored => Ratio::new(JITTER).unwrap_or_default(),
        None => hint.jitter,
    };
    // Where hints were ignored so far, what they were read from says nothing about what is wanted now.
    if let Some(headers) = &written.headers {
        let headers: Vec<HintHeader> = headers.iter().copied().map(header).collect();
        hint.headers = HintHeaders::of(&headers);
        if headers.is_empty() && hint.mode != HintUse::Ignore {
            let fault = Fault::new(node.at("headers").span, "no header field is left to read a hint from");
            faults.push(fault.suggest("name one, or write `use: ignore`"));
        }
    } else if was_ignored {
        hint.headers = HintHeaders::ALL;
    }
}

fn header(written: written::HintHeader) -> HintHeader {
    match written {
        written::HintHeader::GrpcRetryPushbackMs => HintHeader::GrpcRetryPushback,
        written::HintHeader::XAmzRetryAfter => HintHeader::AmzRetryAfter,
        written::HintHeader::RetryAfter => HintHeader::RetryAfter,
        written::HintHeader::Ratelimit => HintHeader::RateLimit,
        written::HintHeader::XRatelimitReset => HintHeader::XRateLimitReset,
    }
}
