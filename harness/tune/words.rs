//! Numbers as sentences have them.

use super::tuned::Estimate;
use crate::units::Nanos;

/// A share as a percentage: as many decimals as tell it from 0 and 100 %, at most three.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let from_edge = percent.min(100.0 - percent).abs();
    let decimals = match from_edge {
        _ if percent.fract() == 0.0 => 0,
        edge if edge < 0.1 => 3,
        edge if edge < 1.0 => 2,
        _ => 1,
    };
    format!("{percent:.decimals$} %")
}

/// A mean share with its error: "98.9 ± 0.1 %".
pub(super) fn percent_of(share: &Estimate) -> String {
    let text = percent(share.mean);
    let error = share.error * 100.0;
    if error < 0.0005 {
        return text;
    }
    let decimals = if error >= 0.05 { 1 } else { 3 };
    format!("{} ± {error:.decimals$} %", text.trim_end_matches(" %"))
}

/// A number of seconds: three digits, with the unit that fits.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds.is_nan() {
        return "nothing".to_owned();
    }
    if seconds.is_infinite() {
        return "for ever".to_owned();
    }
    Nanos::from_secs_f64(three_digits(seconds)).to_string()
}

/// A plain number, three digits.
pub(super) fn number(number: f64) -> String {
    if number.abs() >= 1000.0 {
        return grouped(number);
    }
    format!("{}", three_digits(number))
}

/// A whole number with separators: "12,345".
pub(super) fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0.0 { format!("-{text}") } else { text }
}

fn three_digits(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let scale = libm::pow(10.0, 2.0 - libm::floor(libm::log10(number.abs())));
    (number * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let check = |text: String, expected: &str| assert_eq!(text, expected);
        check(percent(1.0), "100 %");
        check(percent(0.0), "0 %");
        check(percent(0.987_654), "98.8 %");
        check(percent(0.999_54), "99.954 %");
        check(percent(5.0 / 6.0), "83.3 %");
        check(percent_of(&Estimate { mean: 0.989, error: 0.001, runs: 3 }), "98.9 ± 0.1 %");
        check(percent_of(&Estimate { mean: 0.989, error: 0.0, runs: 3 }), "98.9 %");
        check(seconds(1.4042), "1.4s");
        check(seconds(0.012_345), "12.3ms");
        check(seconds(f64::INFINITY), "for ever");
        check(number(1.2345), "1.23");
        check(number(12_345.6), "12,346");
    }
}
