//! Rate limiters: the client's own, and those of the modelled service.

mod client;

pub use client::{ClientLimiter, TurnClock};
