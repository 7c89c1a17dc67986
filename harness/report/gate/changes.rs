//! Changes as people read them: with a sign in tables, with a word of direction in sentences.

use super::super::model::gate::{GateBound, GateChangeScale, GateMetric, GateWorse};
use super::super::number::DASH;

/// A change without its sign: `10.3 %`, `0.3 points`.
pub(super) fn size(metric: &GateMetric, change: f64) -> String {
    if !change.is_finite() {
        return DASH.into();
    }
    let digits = digits(change.abs() * 100.0);
    match metric.scale {
        GateChangeScale::Factor => format!("{digits} %"),
        GateChangeScale::Points => format!("{digits} points"),
    }
}

/// A change with its sign: `+10.3 %`, `−0.3 points`, `0 %`.
pub(in super::super) fn signed(metric: &GateMetric, change: f64) -> String {
    format!("{}{}", sign(change), size(metric, change))
}

fn sign(change: f64) -> &'static str {
    match () {
        () if digits(change.abs() * 100.0) == "0" => "",
        () if change > 0.0 => "+",
        () => "−",
    }
}

/// A change with its direction: `10.3 % higher`, `0.3 points lower`, `unchanged`.
pub(super) fn directed(metric: &GateMetric, change: f64) -> String {
    match sign(change) {
        "" => "unchanged".into(),
        "+" => format!("{} higher", size(metric, change)),
        _ => format!("{} lower", size(metric, change)),
    }
}

/// Where the change surely lies: `+8.1 % to +12.4 %`, `+3 % or more`; `None` where both ends are open.
pub(super) fn interval(metric: &GateMetric) -> Option<String> {
    Some(match (metric.change.lower, metric.change.upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", signed(metric, lower.at), signed(metric, upper.at)),
        (Some(lower), None) => format!("{} or more", signed(metric, lower.at)),
        (None, Some(upper)) => format!("{} or less", signed(metric, upper.at)),
        (None, None) => return None,
    })
}

/// How sure the interval is: both ends are wrong with at most the sum of their chances.
pub(super) fn sureness(metric: &GateMetric) -> Option<String> {
    let wrong: Vec<f64> = [metric.change.lower, metric.change.upper]
        .into_iter()
        .flatten()
        .map(|bound: GateBound| 1.0 - bound.confidence)
        .collect();
    (!wrong.is_empty()).then(|| format!("{} %", digits_of_confidence((1.0 - wrong.iter().sum::<f64>()) * 100.0)))
}

/// A confidence as a percentage.
pub(super) fn confidence(bound: GateBound) -> String {
    format!("{} %", digits_of_confidence(bound.confidence * 100.0))
}

/// Two decimals, cut and not rounded up: nothing is surer than it is.
fn digits_of_confidence(percent: f64) -> String {
    trim(&format!("{:.2}", ((percent.clamp(0.0, 100.0) + 1e-9) * 100.0).floor() / 100.0))
}

/// The tolerance with the sign of what is worse: `+5 %`, `−2 %`, `±5 %`.
pub(super) fn tolerance(metric: &GateMetric) -> String {
    use super::super::model::gate::GateJudgedFor;
    let sign = match (metric.judged_for, metric.worse) {
        (GateJudgedFor::Any, _) => "±",
        (GateJudgedFor::Worse, GateWorse::Higher) => "+",
        (GateJudgedFor::Worse, GateWorse::Lower) => "−",
    };
    format!("{sign}{}", size(metric, metric.tolerance))
}

/// As many digits as a change bears: `0.34`, `5.2`, `10.3`, `134`.
fn digits(value: f64) -> String {
    let decimals = match value {
        v if v >= 99.95 => 0,
        v if v >= 0.995 => 1,
        v if v >= 0.0995 => 2,
        _ => 3,
    };
    trim(&format!("{value:.decimals$}"))
}

fn trim(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}
