//! Signature Version 4: keys that are fetched once and kept fresh, and a signer for each lane.
//!
//! ```text
//! scenario or the chain of sources ─→ KeyRing ─watch─→ Signer of a lane ─→ every attempt, signed anew
//!                                        ↑ a thread that fetches new keys before the old ones end
//! ```
//!
//! Without the cargo feature `aws` the same names are there, and nothing can be made of them.

#[cfg(not(feature = "aws"))]
mod absent;
#[cfg(feature = "aws")]
mod clock;
#[cfg(feature = "aws")]
mod keys;
#[cfg(feature = "aws")]
mod signer;

#[cfg(not(feature = "aws"))]
pub use absent::{KeyRing, Signer};
#[cfg(feature = "aws")]
pub use keys::KeyRing;
#[cfg(feature = "aws")]
pub use signer::Signer;

/// What is signed of a request.
#[derive(Debug)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "a signer that cannot be reads nothing"))]
pub(super) struct Unsigned<'a> {
    /// The method.
    pub(super) method: &'a str,
    /// The whole address.
    pub(super) url: &'a str,
    /// The fields that are plain text; what is not cannot stand in a canonical request, and goes unsigned.
    pub(super) fields: &'a [(&'a str, &'a str)],
    /// The body, empty where there is none.
    pub(super) body: &'a [u8],
}

/// What a signature adds to a request.
#[derive(Debug)]
pub(super) struct Signature {
    /// Fields, in place of those of the same name.
    pub(super) fields: Vec<(&'static str, String)>,
    /// What was added to the clock for it, in seconds.
    pub(super) offset: i64,
}

/// Why there are no keys to sign with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// No source had any.
    #[error("no AWS credentials: {tried}; the last of them said: {said}")]
    NotFound {
        /// Where they were looked for.
        tried: String,
        /// What came of it.
        said: String,
    },
    /// A source did not answer.
    #[error("no AWS credentials within {seconds} s: {tried}")]
    TooSlow {
        /// Where they were looked for.
        tried: String,
        /// How long it was waited.
        seconds: u64,
    },
    /// The machine has no thread or runtime left.
    #[error("the thread that fetches AWS credentials cannot be started: {0}")]
    Thread(String),
    /// The program was built without the signer.
    #[error("this build cannot sign requests; build it with `--features aws`")]
    NotBuilt,
}
