//! Foreign text: whatever came from a server, a scenario or a command line, made harmless once and for all.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A line of text that is safe to show: no control characters, no invisible or direction-changing characters, at most
/// [`Text::LIMIT`] characters.
///
/// It cannot be built otherwise, also not by reading a report back, so no renderer can forget to clean. Markup is not
/// touched: each output has its own way to escape it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("maxLength" = Text::LIMIT))]
pub struct Text(String);

impl Text {
    /// The longest text, in characters; what is longer ends in `…`.
    pub const LIMIT: usize = 300;

    /// Cleans and cuts; line breaks and tabs become spaces.
    pub fn new(raw: impl AsRef<str>) -> Self {
        Self(line(raw.as_ref(), Self::LIMIT))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(raw)
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Clean text of several lines, at most [`Passage::LIMIT`] characters: what [`Text`] is for a line, for long sentences and for
/// blocks to paste.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("maxLength" = Passage::LIMIT))]
pub struct Passage(String);

impl Passage {
    /// The longest passage, in characters; what is longer ends in `…`.
    pub const LIMIT: usize = 4_000;

    /// Cleans and cuts; line breaks stay.
    pub fn new(raw: impl AsRef<str>) -> Self {
        Self(block(raw.as_ref(), Self::LIMIT))
    }
}

impl From<&str> for Passage {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Passage {
    fn from(raw: String) -> Self {
        Self::new(raw)
    }
}

impl Deref for Passage {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for Passage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// One clean line of at most `limit` characters; `…` is the last of them where something was cut.
pub fn line(raw: &str, limit: usize) -> String {
    cut(raw.chars().filter_map(|c| if c.is_whitespace() { Some(' ') } else { visible(c) }), limit)
}

/// Clean text of several lines, at most `limit` characters in all; line breaks stay, tabs become spaces.
pub fn block(raw: &str, limit: usize) -> String {
    let keep = |c: char| match c {
        '\n' => Some('\n'),
        '\r' => None,
        c if c.is_whitespace() => Some(' '),
        c => visible(c),
    };
    cut(raw.chars().filter_map(keep), limit)
}

/// Stops reading at the limit, so that a megabyte costs no more than a line.
fn cut(chars: impl Iterator<Item = char>, limit: usize) -> String {
    let mut text = String::new();
    for (index, c) in chars.enumerate() {
        if index == limit {
            text.pop();
            text.push('…');
            break;
        }
        text.push(c);
    }
    text
}

/// Drops what a terminal would obey, what a reader cannot see, and what XML 1.0 forbids.
fn visible(c: char) -> Option<char> {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' // zero width, and marks of direction
        | '\u{202a}'..='\u{202e}' // overrides of direction
        | '\u{2060}'..='\u{206f}' // isolates, and what is deprecated
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}'); // tags
    (!hidden && !c.is_control()).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_gone() {
        let check = |raw: &str, clean: &str| assert_eq!(Text::new(raw).as_str(), clean, "{raw:?}");
        check("plain", "plain");
        check("\x1b[31mred\x1b]0;title\x07", "[31mred]0;title");
        check("two\r\nlines\tand\u{2028}more", "two  lines and more");
        check("\u{202e}evil\u{2066}\u{feff}\0\u{9b}", "evil");
    }

    #[test]
    fn a_megabyte_is_cut() {
        let text = Text::new("é".repeat(1_000_000));
        assert_eq!(text.chars().count(), Text::LIMIT);
        assert!(text.ends_with('…'));
        assert_eq!(line("abc", 3), "abc");
        assert_eq!(line("abcd", 3), "ab…");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("a: 1\r\n\tb: \x1b2\n", 100), "a: 1\n b: 2\n");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in any::<String>()) {
            let once = Text::new(&raw);
            prop_assert_eq!(Text::new(&once), once.clone());
            prop_assert!(!once.chars().any(char::is_control));
        }
    }
}
