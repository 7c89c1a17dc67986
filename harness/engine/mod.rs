//! The lane's real-time driver: it owns waiting, threads, the transport's futures and the journal.

mod collector;
mod driver;
mod halt;
mod lanes;
mod live;
mod machine;
mod progress;
mod watchdog;

pub use driver::drive;
pub use halt::{Halt, HaltAt, raise};
pub use live::{Live, RunError};
pub use machine::machine;
pub use progress::{Progress, Stage, Unwatched};
