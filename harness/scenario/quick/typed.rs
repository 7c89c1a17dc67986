//! A value as it was typed.

use std::str::FromStr;

/// A value together with the text that it was read from, so that a file can say it in the words of whoever typed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed<T> {
    /// The text.
    pub text: String,
    /// What it means.
    pub value: T,
}

impl<T: FromStr> FromStr for Typed<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        Ok(Self { text: text.trim().to_owned(), value: text.parse()? })
    }
}
