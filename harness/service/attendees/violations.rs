//! What is wrong with a request, in the words of the service.

use std::fmt::{self, Display, Write as _};

use super::id::Id;

/// The most violations that one message spells out.
const MAX_SPELLED_OUT: usize = 10;

/// What is wrong with a request, collected over all its fields.
#[derive(Debug, Default)]
pub struct Violations {
    count: usize,
    text: String,
}

impl Violations {
    /// Adds one, in the words of the service: which value, which field, which constraint. `field` is the path in the
    /// request, in lower camel case.
    pub fn add(&mut self, value: Option<&str>, field: impl Display, constraint: impl Display) {
        self.count += 1;
        if self.count > MAX_SPELLED_OUT {
            return;
        }
        let separator = if self.count == 1 { "" } else { "; " };
        // Writing to a string cannot fail.
        let _ = match value {
            Some(value) => write!(
                self.text,
                "{separator}Value '{}' at '{field}' failed to satisfy constraint: {constraint}",
                Excerpt(value)
            ),
            None => write!(self.text, "{separator}Value at '{field}' failed to satisfy constraint: {constraint}"),
        };
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The message, if anything is wrong.
    pub fn into_message(self) -> Option<String> {
        let plural = if self.count == 1 { "" } else { "s" };
        (self.count > 0).then(|| format!("{} validation error{plural} detected: {}", self.count, self.text))
    }

    pub(super) fn length(&mut self, value: &str, field: impl Display, min: usize, max: usize) {
        // Counting characters is only needed where bytes leave it open.
        let length = if value.len() <= max && value.is_ascii() { value.len() } else { value.chars().count() };
        self.size(length, Some(value), field, min, max);
    }

    pub(super) fn size(&mut self, length: usize, value: Option<&str>, field: impl Display, min: usize, max: usize) {
        if length < min {
            self.add(value, field, format_args!("Member must have length greater than or equal to {min}"));
        } else if length > max {
            self.add(value, field, format_args!("Member must have length less than or equal to {max}"));
        }
    }

    pub(super) fn pattern(&mut self, value: &str, field: impl Display, pattern: &str, holds: impl Fn(char) -> bool) {
        if !value.chars().all(holds) {
            self.add(Some(value), field, format_args!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }

    pub(super) fn id(&mut self, value: &str, field: &str) {
        if value.parse::<Id>().is_err() {
            let pattern = "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}";
            self.add(Some(value), field, format_args!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }
}

/// The beginning of a value: nobody wants a megabyte back.
struct Excerpt<'a>(&'a str);

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(128) {
            Some((end, _)) => write!(f, "{}...", &self.0[..end]),
            None => f.write_str(self.0),
        }
    }
}
