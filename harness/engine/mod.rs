//! The lane's real-time driver: it owns threads, the turn of the loop and the journal.

mod collector;
mod command;
mod driver;
mod halt;
mod lanes;
mod live;
mod loop_watch;
mod machine;
mod prober;
mod room;
mod spread;
mod start;
mod system_counters;
mod thread_time;

pub use command::{CommandServer, ServerCommand, ServerError, kill_servers};
pub use driver::drive;
pub use halt::{Halt, HaltSwitch};
pub use live::{Live, RunError};
pub use machine::{cores, machine};
pub use prober::{LiveProber, ProbeError};
pub use room::{Fit, Room, make_room};
pub use spread::lane_count;

pub use crate::record::{Progress, Stage, Unwatched};
