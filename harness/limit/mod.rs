//! Rate limiters as pure decisions: state, `now` and a cost go in, a verdict comes out.
//!
//! A limiter answers two questions apart, so that several can be asked before any is charged: [`Limiter::check`] changes
//! nothing, [`Limiter::charge`] takes what a check has granted. A further kind is one more file and one more variant of
//! [`Kind`]. What the limiters of a load's own client are is [`ClientLimiter`].

mod adaptive;
mod client;
mod concurrency;
mod exact;
mod fixed_window;
mod gcra;
mod kind;
mod leaky_bucket;
mod limiter;
mod sliding_counter;
mod sliding_log;
pub mod token_bucket;

pub use adaptive::{Adaptive, Algorithm};
pub use client::{ClientLimiter, TurnClock};
pub use concurrency::Concurrency;
pub use fixed_window::{Align, FixedWindow};
pub use gcra::Gcra;
pub use kind::{Kind, Quota};
pub use leaky_bucket::{LeakyMeter, Shaper};
pub use limiter::{Limiter, Options, Penalty, Place};
pub use sliding_counter::SlidingCounter;
pub use sliding_log::SlidingLog;
pub use token_bucket::{Steps, TokenBucket};

#[cfg(test)]
mod tests;
