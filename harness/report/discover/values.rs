//! Parameters and odds as people write them.

use super::super::model::discover::{DiscoverLimiter, DiscoverParameter};
use super::super::number::{count, ms, percent, plain};

/// The value of a parameter with as many decimals as its interval lets it have, and its unit: `20.0/s`.
pub(super) fn value(parameter: &DiscoverParameter) -> String {
    in_unit(parameter, parameter.value)
}

/// The interval: `19.9 to 20.1/s`, or `exact`.
pub(super) fn interval(parameter: &DiscoverParameter) -> String {
    let (low, high) = (bare(parameter, parameter.low), in_unit(parameter, parameter.high));
    if is_exact(parameter) { "exact".into() } else { format!("{low} to {high}") }
}

/// The value with its interval behind it: `20.0/s (19.9 to 20.1)`; one without doubt stands alone.
pub(super) fn with_interval(parameter: &DiscoverParameter) -> String {
    if is_exact(parameter) {
        return value(parameter);
    }
    format!("{} ({} to {})", value(parameter), bare(parameter, parameter.low), bare(parameter, parameter.high))
}

/// Whether both ends of the interval read alike.
fn is_exact(parameter: &DiscoverParameter) -> bool {
    bare(parameter, parameter.low) == bare(parameter, parameter.high)
}

fn in_unit(parameter: &DiscoverParameter, value: f64) -> String {
    let number = bare(parameter, value);
    match parameter.unit.as_str() {
        "" => number,
        "/s" => format!("{number}/s"),
        unit => format!("{number} {unit}"),
    }
}

fn bare(parameter: &DiscoverParameter, value: f64) -> String {
    match parameter.name.as_str() {
        "noise" => percent(value),
        _ => decimals(value, parameter.high - parameter.low),
    }
}

/// A number as fine as the width of its interval is: finer digits are noise.
fn decimals(value: f64, width: f64) -> String {
    if !(width.is_finite() && width > 1e-4) {
        return fine(value);
    }
    let places = (-libm::log10(width)).ceil().clamp(0.0, 4.0) as usize;
    if places == 0 && value.abs() >= 999.5 { plain(value) } else { format!("{value:.places$}") }
}

/// A value without doubt: at most four decimals, and none that say nothing.
fn fine(value: f64) -> String {
    let text = format!("{value:.4}");
    if value.abs() >= 999.5 && value.fract() == 0.0 {
        return plain(value);
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A parameter of a limiter, where it has it.
pub(super) fn find<'a>(limiter: &'a DiscoverLimiter, name: &str) -> Option<&'a DiscoverParameter> {
    limiter.parameters.iter().find(|parameter| parameter.name.as_str() == name)
}

/// All parameters in a phrase: `20.0/s, burst 50`, `100 in 10 s`. `say` writes a value.
pub(super) fn phrase(limiter: &DiscoverLimiter, say: fn(&DiscoverParameter) -> String) -> String {
    let windowed = find(limiter, "window").filter(|_| find(limiter, "limit").is_some());
    let mut parts = Vec::new();
    for parameter in &limiter.parameters {
        let said = say(parameter);
        parts.push(match parameter.name.as_str() {
            "rate" => said,
            "burst" => format!("burst {said}"),
            "limit" => match windowed {
                Some(window) => format!("{said} in {}", say(window)),
                None => format!("{said} at the same time"),
            },
            "window" if windowed.is_some() => continue,
            "window" => format!("window {said}"),
            "refill.interval" => format!("refilled every {said}"),
            "refill.amount" => format!("{said} at a time"),
            "queue" => format!("queue of {said}"),
            "penalty.for" => format!("{said} of denial after each denial"),
            "noise" => format!("{said} of decisions wrong"),
            name => format!("{name} {said}"),
        });
    }
    parts.join(", ")
}

/// What a parameter is called in tables.
pub(super) fn name(parameter: &DiscoverParameter) -> String {
    match parameter.name.as_str() {
        "refill.interval" => "refill interval".into(),
        "refill.amount" => "refill amount".into(),
        "penalty.for" => "penalty after a denial".into(),
        "noise" => "wrong decisions".into(),
        name => name.to_owned(),
    }
}

/// A silence: `250 ms`, `1.25 s`, `20 s`.
pub(super) fn silence(seconds: f64) -> String {
    if seconds < 1.0 { ms(seconds * 1e3) } else { format!("{} s", fine((seconds * 100.0).round() / 100.0)) }
}

/// Odds from their natural logarithm: `12 to 1`, `10^21 to 1`.
pub(super) fn odds(log_odds: f64) -> String {
    let tens = log_odds / std::f64::consts::LN_10;
    match tens {
        t if !t.is_finite() => "unknown".into(),
        t if t < 0.5 => {
            let odds = libm::exp(log_odds.max(0.0));
            format!("{} to 1", (odds * 10.0).round() / 10.0)
        }
        t if t < 4.0 => format!("{} to 1", count(libm::exp(log_odds).round() as u64)),
        t if t > 300.0 => "more than 10^300 to 1".into(),
        t => format!("10^{} to 1", t.floor()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_as_fine_as_its_interval() {
        let check = |value: f64, low: f64, high: f64, unit: &str, text: &str| {
            let parameter = DiscoverParameter { name: "rate".into(), unit: unit.into(), value, low, high };
            assert_eq!(with_interval(&parameter), text);
        };
        check(20.013, 19.91, 20.11, "/s", "20.0/s (19.9 to 20.1)");
        check(50.0, 50.0, 50.0, "", "50");
        check(12.5, 12.5, 12.5, "s", "12.5 s");
        check(48.7, 44.0, 53.0, "", "49 (44 to 53)");
        check(5_000.0, 4_900.0, 5_100.0, "", "5,000 (4,900 to 5,100)");
        check(0.1, 0.099_9, 0.100_1, "/s", "0.1000/s (0.0999 to 0.1001)");
        // An interval that is too narrow to be told is none.
        check(20.0, 19.999_99, 20.000_01, "/s", "20/s");
    }

    #[test]
    fn odds_read_as_people_say_them() {
        let check = |log_odds: f64, text: &str| assert_eq!(odds(log_odds), text);
        check(0.0, "1 to 1");
        check(-3.0, "1 to 1");
        check(0.9, "2.5 to 1");
        check(4.0, "55 to 1");
        check(8.0, "2,981 to 1");
        check(50.0, "10^21 to 1");
        check(1e6, "more than 10^300 to 1");
        check(f64::NAN, "unknown");
    }
}
