//! Numbers as people read them.

/// A latency with its unit, three significant digits: `0.52 ms`, `48.3 ms`, `1.52 s`, `2 m 5 s`.
pub(super) fn ms(value: f64) -> String {
    match value {
        v if !v.is_finite() => DASH.into(),
        v if v >= 119_999.5 => {
            let seconds = (v / 1e3).round();
            format!("{} m {} s", (seconds / 60.0).floor(), seconds % 60.0)
        }
        v if v >= 999.5 => format!("{} s", digits(v / 1e3)),
        v if v >= 0.995 || v <= 0.0 => format!("{} ms", digits(v)),
        v => format!("{} µs", digits(v * 1e3)),
    }
}

/// As [`ms`]; a dash where there is nothing to say.
pub(super) fn ms_or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| DASH.into(), ms)
}

/// A count with separators: `1,234,567`.
pub(super) fn count(value: u64) -> String {
    let plain = value.to_string();
    let mut text = String::with_capacity(plain.len() + plain.len() / 3);
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate: `105/s`, `0.5/s`, `12,345/s`.
pub(super) fn per_s(value: f64) -> String {
    format!("{}/s", plain(value))
}

/// A share as a percentage: `3.2 %`; what is not zero and not one never reads so.
pub(super) fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    match value {
        v if !v.is_finite() => DASH.into(),
        v if v > 0.0 && v < 0.01 => "< 0.01 %".into(),
        v if v < 100.0 && v > 99.99 => "> 99.99 %".into(),
        v if v < 100.0 && v > 99.9 => format!("{} %", trim(&format!("{v:.2}"))),
        v if v < 1.0 => format!("{} %", trim(&format!("{v:.2}"))),
        v => format!("{} %", trim(&format!("{v:.1}"))),
    }
}

/// `part` in `whole` as a percentage; a dash where there is no whole.
pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { DASH.into() } else { percent(part as f64 / whole as f64) }
}

/// A plain number with at most three significant digits below a thousand, and separators above.
pub(super) fn plain(value: f64) -> String {
    match value {
        v if !v.is_finite() => DASH.into(),
        v if v.abs() >= 999.5 => {
            let sign = if v < 0.0 { "−" } else { "" };
            format!("{sign}{}", count(v.abs().round() as u64))
        }
        v => digits(v),
    }
}

/// A span of the run: `30 s`, `1.5 s`, `2 min`, `12 min 30 s`.
pub(super) fn span_s(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() => DASH.into(),
        s if s < 119.95 => format!("{} s", trim(&format!("{s:.1}"))),
        s => {
            let whole = s.round();
            let rest = whole % 60.0;
            let minutes = (whole / 60.0).floor();
            if rest == 0.0 { format!("{minutes} min") } else { format!("{minutes} min {rest} s") }
        }
    }
}

/// Stands where there is nothing to say.
pub(super) const DASH: &str = "–";

/// Three significant digits for numbers below a thousand, without trailing zeros.
fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.095 => 2,
        _ => 3,
    };
    trim(&format!("{value:.decimals$}"))
}

fn trim(text: &str) -> String {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text == "-0" { "0".into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_keep_three_digits_and_a_unit() {
        let check = |value: f64, text: &str| assert_eq!(ms(value), text);
        check(0.0, "0 ms");
        check(0.0521, "52.1 µs");
        check(0.52, "520 µs");
        check(1.0, "1 ms");
        check(48.31, "48.3 ms");
        check(999.4, "999 ms");
        check(999.6, "1 s");
        check(1_523.0, "1.52 s");
        check(125_000.0, "2 m 5 s");
        check(f64::NAN, "–");
    }

    #[test]
    fn a_share_that_is_not_all_never_reads_as_all() {
        let check = |ratio: f64, text: &str| assert_eq!(percent(ratio), text);
        check(0.0, "0 %");
        check(0.000_001, "< 0.01 %");
        check(0.0315, "3.1 %");
        check(0.99999, "> 99.99 %");
        check(0.9995, "99.95 %");
        check(1.0, "100 %");
        assert_eq!(share(1, 0), "–");
    }

    #[test]
    fn counts_and_spans_read_well() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(plain(12_345.4), "12,345");
        assert_eq!(per_s(0.5), "0.5/s");
        assert_eq!(span_s(30.0), "30 s");
        assert_eq!(span_s(750.0), "12 min 30 s");
    }
}
