//! Texts as YAML scalars that read back as the same text.

use std::fmt::Write as _;

use super::node::Kind;
use super::scalar;

/// Bare where that is plainly safe, else in double quotes.
pub(super) fn text(value: &str) -> String {
    if is_bare(value) { value.to_owned() } else { double(value) }
}

/// As [`text`], but paths stand bare, and single quotes are taken where they save backslashes. For people to read;
/// digests are made of [`text`].
pub(super) fn readable(value: &str) -> String {
    if value == "/" || is_bare(value.strip_prefix('/').unwrap_or(value)) {
        value.to_owned()
    } else if value.contains(['"', '\\']) && !value.contains(must_be_escaped) {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        double(value)
    }
}

/// Whether a text can stand without quotes, in a block and in brackets.
fn is_bare(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '%' | '$');
    value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '$')
        && value.chars().all(plain)
        && matches!(scalar::resolve(value), Kind::Str(_))
        && !scalar::has_leading_zeros(value)
}

/// The double quotes of JSON, which YAML reads as well. What YAML would fold or refuse, and what no terminal should be
/// shown, is escaped.
fn double(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if must_be_escaped(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Control characters, breaks of lines, characters that reorder a line, and those that YAML does not allow.
fn must_be_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::tree;

    fn read(written: &str) -> Option<String> {
        let mut faults = Vec::new();
        let tree = tree::build(&format!("a: {written}\nb: [{written}, {{c: {written}}}]\n"), 0, &mut faults)?;
        assert!(faults.is_empty(), "{faults:?}");
        let text = tree.at("a").as_str()?.to_owned();
        let others = [tree.at("b").nth(0), tree.at("b").nth(1).at("c")];
        others.iter().all(|node| node.as_str() == Some(&text)).then_some(text)
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_itself(value in "\\PC{0,20}|[\\x00-\\u{9f}'\"\\\\\u{2028}\u{feff}\u{202e}]{0,12}|[0-9a-z:#,%$/.-]{1,6}") {
            for written in [text(&value), readable(&value)] {
                prop_assert_eq!(read(&written), Some(value.clone()), "{}", written);
            }
        }
    }

    #[test]
    fn quotes_are_those_that_read_best() {
        for (value, written) in [
            ("things/5", "things/5"),
            ("/things", "/things"),
            ("/", "/"),
            ("//", "\"//\""),
            ("5", "\"5\""),
            ("a b", "\"a b\""),
            ("say \"it\"", "'say \"it\"'"),
            ("it's \"it\"", "'it''s \"it\"'"),
            ("\"a\"\n", "\"\\\"a\\\"\\n\""),
            ("", "\"\""),
        ] {
            assert_eq!(readable(value), written);
        }
    }
}
