//! What came from the environment, and what is shown in its place.

use std::fmt;

/// Values that nobody may see, each with the text to show for it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// The longest ones first, so that one that holds another is not torn.
    pub fn new(mut secrets: Vec<(String, String)>) -> Self {
        secrets.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self(secrets)
    }

    /// The text with every secret in it replaced.
    pub fn mask(&self, text: &str) -> String {
        let replace = |text: String, (value, shown): &(String, String)| text.replace(value, shown);
        self.0.iter().fold(text.to_owned(), replace)
    }
}

/// Says how many there are, and nothing of them.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_never_printed() {
        let pair = |value: &str, shown: &str| (value.to_owned(), shown.to_owned());
        let secrets = Secrets::new(vec![pair("hunter", "${env:A}"), pair("hunter2", "${env:B}")]);
        assert_eq!(secrets.mask("a hunter2, a hunter"), "a ${env:B}, a ${env:A}");
        assert!(!format!("{secrets:?}").contains("hunter"));
    }
}
