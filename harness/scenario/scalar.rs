//! What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2 of its specification).
//!
//! So `yes`, `no`, `on`, `off` and `12:30` are text, and only `true` and `false` are booleans.

use super::node::Kind;

/// The value of a scalar that stands in the file without quotes.
pub(super) fn resolve(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Kind::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Kind::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Kind::Float(f64::NAN),
        _ => {}
    }
    if let Some(number) = whole(text) {
        return Kind::Int(number);
    }
    match text.parse::<f64>() {
        // Rust would also read `inf`, `nan` and `infinity`, which are words in YAML.
        Ok(number) if text.contains(|c: char| c.is_ascii_digit()) => Kind::Float(number),
        _ => Kind::Str(text.to_owned()),
    }
}

fn whole(text: &str) -> Option<i128> {
    let (digits, radix) = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => (digits, 16),
        (_, Some(digits)) => (digits, 8),
        _ => (text, 10),
    };
    // Rust would also read `0x+f`.
    if radix != 10 && !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    i128::from_str_radix(digits, radix).ok()
}

/// A number whose leading zeros would silently be lost: `0123` is most often an identifier.
pub(super) fn has_leading_zeros(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_decides() {
        let text = |text: &str| Kind::Str(text.to_owned());
        let table = [
            ("", Kind::Null),
            ("~", Kind::Null),
            ("true", Kind::Bool(true)),
            ("yes", text("yes")),
            ("no", text("no")),
            ("on", text("on")),
            ("12:30", text("12:30")),
            ("1_000", text("1_000")),
            ("-5", Kind::Int(-5)),
            ("+5", Kind::Int(5)),
            ("0x1F", Kind::Int(31)),
            ("0o17", Kind::Int(15)),
            ("0x", text("0x")),
            ("1e3", Kind::Float(1000.0)),
            (".5", Kind::Float(0.5)),
            ("inf", text("inf")),
            ("2xx", text("2xx")),
            ("50/s", text("50/s")),
        ];
        for (written, kind) in table {
            assert_eq!(resolve(written), kind, "{written}");
        }
    }

    #[test]
    fn leading_zeros_are_noticed() {
        assert!(has_leading_zeros("0123") && has_leading_zeros("-007"));
        assert!(!has_leading_zeros("0") && !has_leading_zeros("0.5") && !has_leading_zeros("0x10"));
    }
}
