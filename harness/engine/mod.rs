//! The lane's real-time driver: it owns waiting, threads, the transport's futures and the journal.

mod collector;
mod driver;
mod halt;
mod lanes;
mod live;
mod loop_watch;
mod machine;
mod progress;
mod room;
mod system_counters;
mod thread_time;
mod watchdog;

pub use driver::drive;
pub use halt::{Halt, HaltAt, raise};
pub use live::{Live, RunError};
pub use machine::machine;
pub use progress::{Progress, Stage, Unwatched};
pub use room::{Fit, Room, make_room};
