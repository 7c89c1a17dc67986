//! What a server says about when to come back: reading it, and how far it is believed. A header field more is one file here, one
//! field of [`Hints`](crate::api::Hints) and one line in [`read_hints`].

mod claim;
mod headers;
mod policy;
mod pushback;
mod ratelimit;
mod read;
mod reset;
mod retry_after;

pub use claim::read_claim;
pub use headers::{HintHeader, HintHeaders};
pub use policy::{HintPolicy, HintUse, Said};
pub use pushback::parse_pushback;
pub use ratelimit::parse_ratelimit;
pub use read::read_hints;
pub use reset::parse_reset;
pub use retry_after::parse_retry_after;

#[cfg(test)]
mod tests;
