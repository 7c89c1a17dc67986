//! When things are due: arrivals of the open model and users of the closed one. Pure functions of seed and index.

mod arrivals;
mod profile;
mod users;

pub use arrivals::{Arrival, Arrivals, Spacing, Stripe};
pub use profile::{Profile, ProfileError, Stage};
pub use users::{Rhythm, Users};
