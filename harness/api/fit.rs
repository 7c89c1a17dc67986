//! Making a text fit for its place: the escaping of JSON, of URLs and of headers, each by copying what needs none in one go.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The place that a text goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Anywhere: as it is.
    Plain,
    /// Between the quotes of a JSON text.
    JsonText,
    /// A JSON value of its own: a text gets quotes, all else keeps its type.
    JsonValue,
    /// A segment of a path, or a name or value of a query.
    Url,
    /// A header's value, which has no control characters.
    Header,
}

impl Fit {
    /// Writes a text so that it fits.
    pub(super) fn push(self, text: &str, out: &mut String) {
        match self {
            Self::Plain => out.push_str(text),
            Self::JsonText => push_escaped(text, out),
            Self::JsonValue => {
                out.push('"');
                push_escaped(text, out);
                out.push('"');
            }
            Self::Url => out.extend(utf8_percent_encode(text, RESERVED)),
            Self::Header => out.extend(text.split(char::is_control)),
        }
    }
}

/// Escapes what JSON wants escaped inside a text (RFC 8259, section 7).
fn push_escaped(text: &str, out: &mut String) {
    let mut rest = text;
    // All that is escaped is ASCII, so every cut lies between two characters.
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(&rest[..at]);
        // Writing into a String cannot fail.
        let _ = match rest.as_bytes()[at] {
            b'"' => out.write_str("\\\""),
            b'\\' => out.write_str("\\\\"),
            b'\n' => out.write_str("\\n"),
            b'\r' => out.write_str("\\r"),
            b'\t' => out.write_str("\\t"),
            other => write!(out, "\\u{other:04x}"),
        };
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn fit(fit: Fit, text: &str) -> String {
        let mut out = String::new();
        fit.push(text, &mut out);
        out
    }

    #[test]
    fn each_place_gets_what_it_can_hold() {
        assert_eq!(fit(Fit::Plain, "a\"/\n"), "a\"/\n");
        assert_eq!(fit(Fit::JsonText, "a\"\\\n\u{1}é"), "a\\\"\\\\\\n\\u0001é");
        assert_eq!(fit(Fit::Url, "a b/é~"), "a%20b%2F%C3%A9~");
        assert_eq!(fit(Fit::Header, "a\r\nb: é\u{85}"), "ab: é");
    }

    proptest! {
        #[test]
        fn any_text_is_a_json_text(text in "\\PC{0,30}|[\\x00-\\x1f\"\\\\]{0,10}") {
            let read: Value = serde_json::from_str(&fit(Fit::JsonValue, &text)).expect("valid JSON");
            prop_assert_eq!(read, Value::String(text));
        }

        #[test]
        fn any_text_survives_a_url(text in "\\PC{0,30}") {
            let encoded = fit(Fit::Url, &text);
            prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().expect("UTF-8");
            prop_assert_eq!(decoded, text);
        }

        #[test]
        fn no_text_breaks_out_of_a_header(text in "\\PC{0,10}[\\x00-\\x1f]{0,5}\\PC{0,10}") {
            let expected: String = text.chars().filter(|c| !c.is_control()).collect();
            prop_assert_eq!(fit(Fit::Header, &text), expected);
        }
    }
}
