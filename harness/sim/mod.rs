//! The lane's driver in virtual time: `now` jumps from one event to the next, and the modelled service answers.
//!
//! The lane, its policies, its limiters and the service are the very ones that a live run has; only the clock and the wire are
//! others. One simulation runs on one thread; many of them run side by side.

mod driver;
mod model;
mod network;
mod run;

pub use network::Network;
pub use run::{SimError, Simulated, Simulation};
