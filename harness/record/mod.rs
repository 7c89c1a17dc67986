//! Recording: one writer a lane, buffers swapped once a second, summaries that add up exactly.
//!
//! Nothing here locks, sends or allocates for each request; the few vectors grow to their size once and are kept.

mod abort_rule;
mod cell;
mod connection;
mod counts;
mod delays;
mod depth;
mod interval;
mod journal;
mod ledger;
mod observe;
mod outcome;
mod planned;
mod progress;
mod recorder;
mod run_log;
mod sighting;
mod summary;
mod timeline;
mod trace;
mod trouble;
mod writer;

pub use abort_rule::AbortRule;
pub use cell::CellRecord;
pub use connection::ConnectionRecord;
pub use counts::StatusCounts;
pub use delays::Delays;
pub use depth::{DEPTH_BUCKETS, depth_bucket, depth_range};
pub use interval::{ClientCounts, Gauges, Interval};
pub use journal::{
    AuditLine, JOURNAL_VERSION, JournalError, Line, Machine, RunEnd, RunEvent, RunStart, read_lines, write_interval,
    write_line,
};
pub use ledger::{AuditEntry, Ledger, ParentLedger};
pub use observe::{Observation, Taken, covers, observe};
pub use outcome::{AttemptOutcome, Outcome};
pub use planned::{changes_by_plan, planned_duration, planned_events};
pub use progress::{Progress, Stage, Unwatched};
pub use recorder::{AttemptRecord, CallRecord, Recorder};
pub use run_log::{Recorded, RunLog};
pub use sighting::{Claim, Sight, Sighting};
pub use summary::Summary;
pub use timeline::{HEAT_ROWS, SeriesPoint, Timeline, heat_bounds};
pub use trace::{AttemptTrace, CallTrace, Trace};
pub use trouble::{Trouble, Troubles};
pub use writer::RunWriter;
