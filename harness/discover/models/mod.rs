//! One model a class: how much is used when a request arrives. A limiter accepts while what is used and one more stay within its size;
//! so each accepted request bounds the size from below, each refused one from above, and what remains is a scan over one number.

pub(super) mod bucket;
pub(super) mod concurrency;
pub(super) mod events;
pub(super) mod scan;
pub(super) mod shaper;
pub(super) mod stepped;
pub(super) mod windows;

#[cfg(test)]
mod tests;
