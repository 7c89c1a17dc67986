//! What was found as limiters of a scenario.

use std::fmt::Write;

use super::{Discovered, Limiter};
use crate::limit::{Algorithm, Align, Kind};
use crate::units::{Nanos, Rate};

/// The blocks `limiters` and `mock` of a scenario that behaves like what was found. Empty where nothing was.
pub fn limiters_yaml(discovered: &Discovered) -> String {
    if discovered.limiters.is_empty() {
        return String::new();
    }
    let mut text = String::from("limiters:\n");
    for limiter in &discovered.limiters {
        one(&mut text, limiter);
    }
    let names: Vec<&str> = discovered.limiters.iter().map(|limiter| limiter.name.as_str()).collect();
    let _ = write!(text, "mock:\n  throttling: off\n  limits:\n    - all_of: [{}]\n", names.join(", "));
    if let Some(most) = discovered.rejects.iter().filter(|line| line.status >= 400).max_by_key(|line| line.count) {
        let _ = write!(text, "  reject:\n    status: {}\n", most.status);
        if let Some(code) = &most.code {
            let _ = writeln!(text, "    error_code: {code:?}");
        }
    }
    text
}

/// One limiter.
fn one(text: &mut String, limiter: &Limiter) {
    let _ = writeln!(text, "  {}:", limiter.name);
    let options = limiter.fit.options;
    let mut fields = fields(limiter.fit.kind);
    if limiter.scope.iter().any(|word| word != "account") {
        fields.push(format!("scope: [{}]", limiter.scope.join(", ")));
    }
    fields.extend(limiter.cost.as_ref().map(|cost| format!("cost: {cost}")));
    // What takes a place or a turn has none to charge a rejected request for.
    let charges = !matches!(limiter.fit.kind, Kind::Shaper { .. } | Kind::Concurrency { .. } | Kind::Adaptive { .. });
    if options.count_rejected && charges {
        fields.push("count_rejected: true".to_owned());
    }
    if let Some(penalty) = options.penalty {
        let extend = if penalty.extend { ", extend: true" } else { "" };
        fields.push(format!("penalty: {{for: {}{extend}}}", span(penalty.lasting)));
    }
    if options.noise.get() > 0.0 {
        fields.push(format!("noise: {:.2}%", 100.0 * options.noise.get()));
    }
    for field in fields {
        let _ = writeln!(text, "    {field}");
    }
}

/// How it decides.
fn fields(kind: Kind) -> Vec<String> {
    let list = |fields: &[(&str, String)]| fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let named = |word: &str| ("type", word.to_owned());
    let number = |name: &'static str, value: u32| (name, value.to_string());
    match kind {
        Kind::TokenBucket { rate, burst, refill } => {
            let mut fields: Vec<String> = list(&[named("token_bucket"), ("rate", pace(rate)), number("burst", burst)]);
            if let Some(steps) = refill {
                // The grammar wants the very rate that the steps come to.
                fields[1] = format!("rate: {}/{}", steps.amount, span(steps.interval));
                fields.push(format!("refill: {{interval: {}, amount: {}}}", span(steps.interval), steps.amount));
            }
            fields
        }
        Kind::Gcra { rate, burst } => list(&[named("gcra"), ("rate", pace(rate)), number("burst", burst)]),
        Kind::LeakyMeter { rate, burst } => {
            list(&[named("leaky_bucket"), ("rate", pace(rate)), number("burst", burst)])
        }
        Kind::Shaper { rate, queue } => list(&[named("leaky_bucket"), ("rate", pace(rate)), number("queue", queue)]),
        Kind::FixedWindow { limit, window, align } => {
            let align = if align == Align::Epoch { "epoch" } else { "first_request" };
            let align = ("align", align.to_owned());
            list(&[named("fixed_window"), number("limit", limit), ("window", span(window)), align])
        }
        Kind::SlidingLog { limit, window } => {
            list(&[named("sliding_window_log"), number("limit", limit), ("window", span(window))])
        }
        Kind::SlidingCounter { limit, window } => {
            list(&[named("sliding_window_counter"), number("limit", limit), ("window", span(window))])
        }
        Kind::Concurrency { limit, queue } => {
            list(&[named("concurrency"), number("limit", limit), number("queue", queue)])
        }
        Kind::Adaptive { algorithm, initial, min, max } => {
            let word = match algorithm {
                Algorithm::Aimd { .. } => "aimd",
                Algorithm::Gradient => "gradient",
                Algorithm::Vegas => "vegas",
            };
            let bounds = [number("initial", initial), number("min", min), number("max", max)];
            list(&[&[named("adaptive"), ("algorithm", word.to_owned())], &bounds[..]].concat())
        }
    }
}

/// A rate with five figures, whatever its size.
fn pace(rate: Rate) -> String {
    let rate = rate.as_per_second();
    let places = (4 - rate.max(1e-9).log10().floor() as i32).clamp(0, 12) as usize;
    format!("{}/s", trimmed(&format!("{rate:.places$}")))
}

/// A time in milliseconds, to the microsecond.
fn span(span: Nanos) -> String {
    format!("{}ms", trimmed(&format!("{:.3}", span.as_millis_f64())))
}

/// Without zeros that say nothing.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}
