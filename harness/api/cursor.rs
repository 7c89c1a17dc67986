//! Where a walk over pages stands.

use serde_json::Value;

/// What the next page is asked for by.
#[derive(Clone, Debug, PartialEq)]
pub enum Cursor {
    /// An opaque token; some services use an object.
    Token(Value),
    /// The address of the next page, from a `Link` header with `rel="next"` (RFC 8288): path and query.
    Link(Box<str>),
    /// The number of the page.
    Number(u64),
    /// How many items to skip.
    Offset(u64),
}

impl Cursor {
    /// A fingerprint by which a walk notices that it goes round in circles.
    pub fn fingerprint(&self) -> u64 {
        let hash = |text: &str| xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        match self {
            Self::Token(Value::String(token)) => hash(token),
            Self::Token(value) => hash(&value.to_string()),
            Self::Link(address) => hash(address),
            Self::Number(n) | Self::Offset(n) => *n,
        }
    }
}
