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
