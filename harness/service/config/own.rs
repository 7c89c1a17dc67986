//! Operations that a scenario describes itself, as the model answers them.

use super::Latency;
use crate::api::Template;

/// What an own operation answers. It has no state: the same is there whatever was sent before.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnOperation {
    /// Its name.
    pub name: Box<str>,
    /// How many items its listing has in all; absent where it lists nothing.
    pub items: Option<u64>,
    /// The values of captures and of what is published, by the name that the step gives them. `{{ seq }}` is the item's place in
    /// the listing, from 0, or the number of the request where there is no listing.
    pub captures: Vec<(Box<str>, Template)>,
    /// The status of its answers.
    pub status: u16,
    /// How long it takes; as every operation where absent.
    pub latency: Option<Latency>,
}

impl OwnOperation {
    /// One that answers 200, lists nothing and gives no value.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), items: None, captures: Vec::new(), status: 200, latency: None }
    }

    /// The value of a capture.
    pub fn capture(&self, name: &str) -> Option<&Template> {
        self.captures.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }
}
