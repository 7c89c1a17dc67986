//! The rules for the names that users give: ExternalUserId and ExternalMeetingId.

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadName {
    /// A character outside the permitted set.
    #[error("contains a character that is not permitted")]
    Character,
    /// The prefix that the provider keeps for itself.
    #[error("must not begin with the reserved prefix aws:")]
    Reserved,
}

/// Checks a name of the Meetings namespace. Its length is a constraint of the model and checked there.
pub(crate) fn check(name: &str) -> Result<(), BadName> {
    if name.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
        return Err(BadName::Reserved);
    }
    if name.chars().all(is_permitted) { Ok(()) } else { Err(BadName::Character) }
}

/// The documented class; its `\s` is taken as the six ASCII white-space characters, its `À-ÿ` is U+00C0 to U+00FF.
fn is_permitted(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "-_&@+=,(){}[]/«».:|'\"# \t\n\r\u{b}\u{c}".contains(character)
        || ('\u{c0}'..='\u{ff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_documented_class() {
        for good in ["user-1", "a b\tc", "«Ünïcødé»", "x×y÷z", "[a]{b}(c)|'\"#", "awsome", "my aws:id", "aws", "aw"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["a*b", "50%", "naïve\u{100}", "smile😀", "a;b", "a\u{a0}b", "a\u{0}b"] {
            assert_eq!(check(bad), Err(BadName::Character), "{bad}");
        }
        for bad in ["aws:", "AWS:x", "aWs:y*"] {
            assert_eq!(check(bad), Err(BadName::Reserved), "{bad}");
        }
    }
}
