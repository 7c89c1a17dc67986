//! The lane's driver in virtual time: `now` jumps from one event to the next, and the modelled service answers.
//!
//! The lane, its policies, its limiters and the service are the very ones that a live run has; only the clock and the wire are
//! others. No clock is read and nothing is drawn from the system, so the same plan gives the same result, bit for bit, on any
//! machine. One simulation runs on one thread; many of them run side by side.
//!
//! What is not there: connections. A fault of the listener (`stall_accept`) has nothing to strike, nothing has to be opened, and a
//! head of a reply comes with its last byte.

mod driver;
mod model;
mod network;
mod prober;
mod run;
mod under_way;
mod watch;

pub use network::Network;
pub use prober::{SimulatedProbeError, SimulatedProber};
pub use run::{SimError, Simulated, Simulation};
pub use watch::Watch;
