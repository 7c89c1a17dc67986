//! Examples of what happened to the wire, in the words of whoever found out.

use serde::{Deserialize, Serialize};

use crate::api::WireError;

/// The longest example, in characters: a chain of causes needs that much, and a foreign text may not have more.
const LONGEST: usize = 300;

/// One case of trouble with the wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trouble {
    /// Of which kind.
    pub kind: WireError,
    /// What was said about it, such as "invalid peer certificate: UnknownIssuer".
    pub text: String,
}

/// At most one case of each kind, by kind. Of two cases the one whose text comes first in the alphabet is kept: so adding is
/// associative and commutative, and lanes and seconds may come in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Troubles(Vec<Trouble>);

impl Troubles {
    /// Adds a case.
    pub fn add(&mut self, trouble: Trouble) {
        match self.0.binary_search_by_key(&trouble.kind, |known| known.kind) {
            Ok(place) if trouble.text < self.0[place].text => self.0[place] = trouble,
            Ok(_) => {}
            Err(place) => self.0.insert(place, trouble),
        }
    }

    /// Adds a case of a kind that was not seen yet; the text is made only then. For those who meet errors by the thousand.
    pub fn note(&mut self, kind: WireError, text: impl FnOnce() -> String) {
        if let Err(place) = self.0.binary_search_by_key(&kind, |known| known.kind) {
            self.0.insert(place, Trouble { kind, text: text().chars().take(LONGEST).collect() });
        }
    }

    /// The example of a kind.
    pub fn of(&self, kind: WireError) -> Option<&str> {
        self.0.iter().find(|trouble| trouble.kind == kind).map(|trouble| trouble.text.as_str())
    }

    /// Changes every text, to hide what nobody may see.
    pub fn mask(&mut self, mask: impl Fn(&str) -> String) {
        self.0.iter_mut().for_each(|trouble| trouble.text = mask(&trouble.text));
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().cloned().for_each(|trouble| self.add(trouble));
    }

    /// Back to nothing.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_example_of_each_kind_is_kept_in_whatever_order_they_come() {
        let cases = [(WireError::Tls, "b"), (WireError::Dns, "x"), (WireError::Tls, "a"), (WireError::Tls, "c")];
        let added = |order: [usize; 4]| {
            let mut troubles = Troubles::default();
            for (kind, text) in order.map(|index| cases[index]) {
                troubles.add(Trouble { kind, text: text.to_owned() });
            }
            troubles
        };
        let troubles = added([0, 1, 2, 3]);
        assert_eq!((troubles.of(WireError::Tls), troubles.of(WireError::Dns)), (Some("a"), Some("x")));
        assert_eq!(troubles, added([3, 2, 1, 0]));
        assert_eq!(troubles, added([2, 0, 3, 1]));
        let written = serde_json::to_string(&troubles).expect("writes");
        assert_eq!(serde_json::from_str::<Troubles>(&written).expect("reads"), troubles);
    }

    #[test]
    fn a_text_is_made_once_for_a_kind_and_is_never_long() {
        let mut troubles = Troubles::default();
        troubles.note(WireError::Reset, || "x".repeat(10_000));
        troubles.note(WireError::Reset, || panic!("it is known"));
        assert_eq!(troubles.of(WireError::Reset).map(str::len), Some(LONGEST));
        troubles.mask(|text| text.replace('x', "y"));
        assert!(troubles.of(WireError::Reset).is_some_and(|text| text.starts_with("yy")));
    }
}
