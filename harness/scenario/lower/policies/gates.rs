//! `client_throttle`, `circuit_breaker`, `concurrency`: what a client asks itself before it sends.

use crate::limit::Algorithm;
use crate::retry::gate::{BreakerSpec, ConcurrencySpec, CubicSpec, ThrottleSpec};
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::limiter;
use crate::scenario::mirror::policy as written;
use crate::scenario::mirror::value::Share;
use crate::units::{Nanos, Ratio};

/// How far back the SRE book's throttle counts.
const SRE_WINDOW: Nanos = Nanos::from_secs(120);
/// How many requests it allows for each that is accepted.
const SRE_K: f64 = 2.0;
/// How far back Envoy's admission control counts.
const ADMISSION_WINDOW: Nanos = Nanos::from_secs(30);
/// The latency above which an AIMD limit falls, and what is left of it then (Netflix/concurrency-limits).
const AIMD_TARGET: Nanos = Nanos::from_secs(5);
const AIMD_BACKOFF: f64 = 0.9;

/// Makes a client's own throttle. What is not said holds as before where the type is the same.
pub(super) fn throttle(
    written: &written::ClientThrottle,
    node: &Node,
    before: Option<ThrottleSpec>,
    faults: &mut Vec<Fault>,
) -> Option<ThrottleSpec> {
    use written::ClientThrottle;
    Some(match written {
        ClientThrottle::None => return None,
        ClientThrottle::Sre { k, window } => {
            let (k_before, window_before) = match before {
                Some(ThrottleSpec::Sre { k, window }) => (k, window),
                _ => (SRE_K, SRE_WINDOW),
            };
            let window = window.as_ref().map_or(window_before, |window| window.0);
            some_time(window, node, faults);
            ThrottleSpec::Sre { k: k.unwrap_or(k_before), window }
        }
        ClientThrottle::AdmissionControl { threshold, aggression, window, floor, most } => {
            let (threshold_before, aggression_before, window_before, floor_before, most_before) = match before {
                Some(ThrottleSpec::AdmissionControl { threshold, aggression, window, floor, most }) => {
                    (threshold, aggression, window, floor, most)
                }
                _ => (share(0.95), 1.0, ADMISSION_WINDOW, None, share(0.8)),
            };
            let window = window.as_ref().map_or(window_before, |window| window.0);
            some_time(window, node, faults);
            ThrottleSpec::AdmissionControl {
                threshold: part(threshold.as_ref(), threshold_before, "threshold", node, faults),
                aggression: aggression.unwrap_or(aggression_before),
                window,
                floor: floor.as_ref().map(|floor| floor.0).or(floor_before),
                most: part(most.as_ref(), most_before, "most", node, faults),
            }
        }
        ClientThrottle::Cubic { beta, scale, smooth, min_fill_rate } => {
            let before = match before {
                Some(ThrottleSpec::Cubic(cubic)) => cubic,
                _ => CubicSpec::default(),
            };
            let cubic = CubicSpec {
                beta: beta.unwrap_or(before.beta),
                scale: scale.unwrap_or(before.scale),
                smooth: smooth.unwrap_or(before.smooth),
                min_fill_rate: min_fill_rate.as_ref().map_or(before.min_fill_rate, |rate| rate.0.as_per_second()),
            };
            let rules = [
                ("beta", cubic.beta > 0.0 && cubic.beta < 1.0, "must lie between 0 and 1"),
                ("scale", cubic.scale > 0.0, "must be above 0"),
                ("smooth", cubic.smooth > 0.0 && cubic.smooth <= 1.0, "must be above 0 and at most 1"),
            ];
            for (key, _, rule) in rules.into_iter().filter(|(_, holds, _)| !holds) {
                faults.push(Fault::new(node.at(key).span, format!("`{key}` {rule}")));
            }
            ThrottleSpec::Cubic(cubic)
        }
        ClientThrottle::Fixed { rate, burst } => {
            let before = match before {
                Some(ThrottleSpec::Fixed { burst, .. }) => burst,
                _ => 1,
            };
            ThrottleSpec::Fixed { rate: rate.0, burst: burst.unwrap_or(before) }
        }
    })
}

/// Makes a circuit breaker.
pub(super) fn breaker(
    written: &written::CircuitBreaker,
    node: &Node,
    before: Option<BreakerSpec>,
    faults: &mut Vec<Fault>,
) -> BreakerSpec {
    let before = before.unwrap_or(BreakerSpec {
        failure_rate: share(0.5),
        window: 100,
        min_calls: 100,
        open_for: Nanos::from_secs(60),
        half_open_calls: 10,
        only_retries: false,
    });
    let window = written.window.unwrap_or(before.window);
    // A window that is made shorter takes the default of what it needs with it.
    let min_calls = written.min_calls.unwrap_or_else(|| before.min_calls.min(window));
    if min_calls > window {
        let message = format!("it would need {min_calls} attempts to judge, and looks back at {window}");
        let place = node.get("min_calls").unwrap_or(node.at("window"));
        faults.push(Fault::new(place.span, message).suggest("make `min_calls` no greater than `window`"));
    }
    let breaker = BreakerSpec {
        failure_rate: part(written.failure_rate.as_ref(), before.failure_rate, "failure_rate", node, faults),
        window,
        min_calls,
        open_for: written.open_for.as_ref().map_or(before.open_for, |open| open.0),
        half_open_calls: written.half_open_calls.unwrap_or(before.half_open_calls),
        only_retries: written.only_retries.unwrap_or(before.only_retries),
    };
    if breaker.open_for == Nanos::ZERO {
        faults.push(Fault::new(node.at("open_for").span, "a breaker that stays open for no time never stops anything"));
    }
    breaker
}

/// Makes a limit on attempts in flight.
pub(super) fn concurrency(
    written: &written::Concurrency,
    node: &Node,
    before: Option<ConcurrencySpec>,
    faults: &mut Vec<Fault>,
) -> ConcurrencySpec {
    let (target_before, backoff_before) = match before.map(|before| before.algorithm) {
        Some(Algorithm::Aimd { target, backoff }) => (target, backoff),
        _ => (AIMD_TARGET, share(AIMD_BACKOFF)),
    };
    let algorithm = match written.algorithm {
        limiter::Algorithm::Aimd => Algorithm::Aimd {
            target: written.target.as_ref().map_or(target_before, |target| target.0),
            backoff: part(written.backoff_ratio.as_ref(), backoff_before, "backoff_ratio", node, faults),
        },
        limiter::Algorithm::Gradient => Algorithm::Gradient,
        limiter::Algorithm::Vegas => Algorithm::Vegas,
    };
    for (key, is_there) in [("target", written.target.is_some()), ("backoff_ratio", written.backoff_ratio.is_some())] {
        if is_there && written.algorithm != limiter::Algorithm::Aimd {
            let fault = Fault::new(node.key_span(key), format!("`{key}` goes with `type: aimd`"));
            faults.push(fault.suggest("remove it"));
        }
    }
    if let Algorithm::Aimd { backoff, .. } = algorithm
        && backoff.get() >= 1.0
    {
        faults.push(Fault::new(node.at("backoff_ratio").span, "a limit that falls to all of itself does not fall"));
    }
    let min = written.min.or(before.map(|before| before.min)).unwrap_or(1);
    let max = written.max.or(before.map(|before| before.max)).unwrap_or_else(|| 200.max(min));
    let initial = written.initial.or(before.map(|before| before.initial)).unwrap_or_else(|| 20.max(min).min(max));
    if min > max {
        let place = node.get("min").unwrap_or(node.at("max"));
        let fault = Fault::new(place.span, format!("the lowest limit of {min} is above the highest of {max}"));
        faults.push(fault.suggest("make `min` no greater than `max`"));
    } else if !(min..=max).contains(&initial) {
        let place = node.get("initial").unwrap_or(node);
        let fault = Fault::new(place.span, format!("the first limit of {initial} does not lie from {min} to {max}"));
        faults.push(fault.suggest("change `initial`"));
    }
    ConcurrencySpec { algorithm, initial, min, max }
}

fn some_time(window: Nanos, node: &Node, faults: &mut Vec<Fault>) {
    if window == Nanos::ZERO {
        faults.push(Fault::new(node.at("window").span, "a window of no time sees nothing"));
    }
}

/// A share above zero and of at most one.
fn part(written: Option<&Share>, before: Ratio, key: &str, node: &Node, faults: &mut Vec<Fault>) -> Ratio {
    let Some(written) = written else { return before };
    if !(written.0.get() > 0.0 && written.0.get() <= 1.0) {
        let fault = Fault::new(node.at(key).span, format!("`{key}` must be above 0% and at most 100%"));
        faults.push(fault);
    }
    written.0
}

fn share(of: f64) -> Ratio {
    Ratio::new(of).unwrap_or_default()
}
