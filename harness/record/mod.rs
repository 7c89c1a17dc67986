//! Recording: one writer a lane, buffers swapped once a second, summaries that add up exactly.
//!
//! Nothing here locks, sends or allocates for each request; the few vectors grow to their size once and are kept.

mod cell;
mod counts;
mod depth;
mod interval;
mod ledger;
mod outcome;
mod recorder;
mod summary;
mod timeline;

pub use cell::CellRecord;
pub use counts::StatusCounts;
pub use depth::{DEPTH_BUCKETS, depth_bucket, depth_range};
pub use interval::{ClientCounts, Gauges, Interval};
pub use ledger::{AuditEntry, Ledger, ParentLedger};
pub use outcome::{AttemptOutcome, Outcome};
pub use recorder::{AttemptRecord, CallRecord, Recorder};
pub use summary::Summary;
pub use timeline::{HEAT_ROWS, SeriesPoint, Timeline, heat_bounds};
