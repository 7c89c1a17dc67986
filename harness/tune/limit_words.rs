//! A limit in words.

use std::fmt::Write;

use crate::limit::{Options, Penalty};
use crate::service::config::{Cost, Dimension, LimiterDef, LimiterKind};
use crate::units::Nanos;

/// A limiter: "token bucket of 10/s, burst 20, for each account and operation".
pub(super) fn limiter(definition: &LimiterDef, clients: u64) -> String {
    let mut text = match definition.kind {
        LimiterKind::TokenBucket { rate, burst, refill: None } => format!("token bucket of {rate}, burst {burst}"),
        LimiterKind::TokenBucket { rate, burst, refill: Some(steps) } => {
            format!("token bucket of {rate} that fills every {}, burst {burst}", steps.interval)
        }
        LimiterKind::Gcra { rate, burst } => format!("GCRA of {rate}, burst {burst}"),
        LimiterKind::LeakyMeter { rate, burst } => format!("leaky bucket of {rate}, burst {burst}"),
        LimiterKind::Shaper { rate, queue } => format!("leaky bucket of {rate} in which {queue} may wait"),
        LimiterKind::FixedWindow { limit, window, .. } => format!("{limit} in each window of {window}"),
        LimiterKind::SlidingLog { limit, window } => format!("{limit} in any {window}"),
        LimiterKind::SlidingCounter { limit, window } => format!("about {limit} in any {window}"),
        LimiterKind::Concurrency { limit, .. } => format!("{limit} requests at the same time"),
        LimiterKind::Adaptive { min, max, .. } => {
            format!("{min} to {max} requests at the same time, as the latency allows")
        }
    };
    match &definition.cost {
        Cost::Fixed(1) => {}
        Cost::Fixed(cost) => _ = write!(text, ", {cost} for each request"),
        Cost::BatchItems => text.push_str(", one for each item of a batch"),
        Cost::Query(name) | Cost::Body(name) => _ = write!(text, ", as many for a request as `{name}` says"),
    }
    scope(&mut text, &definition.scope, clients);
    options(&mut text, definition.options);
    text
}

/// Workers: "7 workers that take 100ms for a request".
pub(super) fn workers(count: u32, mean_s: f64) -> String {
    format!("{count} workers that take {} for a request", Nanos::from_secs_f64(mean_s))
}

fn scope(text: &mut String, scope: &[Dimension], clients: u64) {
    let words: Vec<&str> = scope
        .iter()
        .filter_map(|dimension| match dimension {
            Dimension::Global => None,
            Dimension::Account => Some("account"),
            Dimension::Operation => Some("operation"),
            Dimension::Region => Some("region"),
            Dimension::Client => Some("client"),
            Dimension::ApiKey => Some("API key"),
            Dimension::Path => Some("path"),
        })
        .collect();
    let Some((last, others)) = words.split_last() else { return text.push_str(", shared by all") };
    text.push_str(", for each ");
    if !others.is_empty() {
        _ = write!(text, "{} and ", others.join(", "));
    }
    text.push_str(last);
    if scope.contains(&Dimension::Client) {
        _ = write!(text, " ({clients} of them)");
    }
}

fn options(text: &mut String, options: Options) {
    if options.count_rejected {
        text.push_str("; rejected requests count, too");
    }
    if let Some(Penalty { lasting, .. }) = options.penalty {
        _ = write!(text, "; a rejection closes it for {lasting}");
    }
    if options.noise.get() > 0.0 {
        _ = write!(text, "; {} of its decisions are wrong", options.noise);
    }
}
