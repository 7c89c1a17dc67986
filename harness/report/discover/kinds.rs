//! What a kind of limiter is called, and what its answers look like.

use super::super::model::discover::DiscoverClass;
use crate::discover::Class;

/// The kind that its word in the report stands for.
fn class(word: DiscoverClass) -> Class {
    match word {
        DiscoverClass::TokenBucket => Class::Bucket,
        DiscoverClass::SteppedTokenBucket => Class::SteppedBucket,
        DiscoverClass::Shaper => Class::Shaper,
        DiscoverClass::FixedWindow => Class::FixedWindow,
        DiscoverClass::AnchoredWindow => Class::AnchoredWindow,
        DiscoverClass::SlidingWindowLog => Class::SlidingLog,
        DiscoverClass::SlidingWindowCounter => Class::SlidingCounter,
        DiscoverClass::Concurrency => Class::Concurrency,
        DiscoverClass::Adaptive => Class::Adaptive,
    }
}

/// Its name for people.
pub(super) fn title(word: DiscoverClass) -> &'static str {
    class(word).title()
}

/// Its name with an article.
pub(super) fn one(word: DiscoverClass) -> String {
    let title = title(word);
    format!("{} {title}", if title.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

/// What it does, in a sentence for someone who meets it for the first time.
pub(super) fn explained(word: DiscoverClass) -> &'static str {
    match word {
        DiscoverClass::TokenBucket => {
            "Each request takes a token; tokens come back at the rate, up to the burst; without a token a request is throttled."
        }
        DiscoverClass::SteppedTokenBucket => {
            "Each request takes a token; tokens come back several at a time, at the end of each interval, up to the burst."
        }
        DiscoverClass::Shaper => {
            "Requests are let through one by one at the rate; what comes early waits, and is throttled where the queue is full."
        }
        DiscoverClass::FixedWindow => {
            "So many requests in each window; windows begin at multiples of their length on the clock, so that twice the limit may pass \
             around an edge."
        }
        DiscoverClass::AnchoredWindow => {
            "So many requests in each window; a window begins with the first request after the one before it has ended."
        }
        DiscoverClass::SlidingWindowLog => {
            "So many requests in any window, exactly: a place comes back when the request that took it is as old as the window."
        }
        DiscoverClass::SlidingWindowCounter => {
            "So many requests in any window, estimated from the counts of the present window and of the one before it."
        }
        DiscoverClass::Concurrency => {
            "So many requests at the same time: what counts is how many are not answered yet, and no rate. Faster answers, more \
             requests."
        }
        DiscoverClass::Adaptive => {
            "So many requests at the same time as keep the latency low: the limit moves, so that the values below are those of now."
        }
    }
}

/// Whether the level of its model comes back in jumps and not little by little.
pub(super) fn is_stepped(word: DiscoverClass) -> bool {
    !matches!(word, DiscoverClass::TokenBucket | DiscoverClass::Shaper | DiscoverClass::SlidingWindowCounter)
}

/// What the level of its model counts.
pub(super) fn level(word: DiscoverClass) -> &'static str {
    match word {
        DiscoverClass::TokenBucket | DiscoverClass::SteppedTokenBucket => "tokens in the bucket",
        DiscoverClass::Shaper => "free places in the queue",
        DiscoverClass::FixedWindow
        | DiscoverClass::AnchoredWindow
        | DiscoverClass::SlidingWindowLog
        | DiscoverClass::SlidingWindowCounter => "requests that are left of the window's limit",
        DiscoverClass::Concurrency | DiscoverClass::Adaptive => "free places",
    }
}
