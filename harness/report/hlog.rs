//! `latency.hlog`: the HdrHistogram interval log, a tag for each operation and clock; every HdrHistogram port reads it.

use std::io::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use super::build::{clocks, operation_names};
use super::text;
use crate::record::{CellRecord, Interval, RunStart};
use crate::time::WallClock;

/// The longest tag, in characters.
const LONGEST_TAG: usize = 120;

/// Writes a run's seconds, one line for each operation and clock that recorded something. Values are nanoseconds. `feed` is
/// called once and calls back for each second, so that no run is too long to be held in memory.
///
/// # Errors
/// Those of the writer and of `feed`.
pub(super) fn write<E: From<io::Error>>(
    mut out: &mut dyn Write,
    start: &RunStart,
    feed: impl FnOnce(&mut dyn FnMut(&Interval)) -> Result<(), E>,
) -> Result<(), E> {
    let mut serializer = V2DeflateSerializer::new();
    let began = WallClock::parse(&start.started_at).map_or(0.0, WallClock::unix_seconds).max(0.0);
    let began = UNIX_EPOCH + Duration::from_secs_f64(began);
    let mut builder = IntervalLogWriterBuilder::new();
    builder
        .add_comment("loadline: latencies in nanoseconds; the tag is the operation and the clock")
        .with_start_time(began)
        .with_base_time(began)
        .with_max_value_divisor(1e6);
    let mut log = builder.begin_log_with(&mut out, &mut serializer)?;
    let names = operation_names(start);
    let mut broken = None;
    feed(&mut |interval| {
        for operation in &names {
            let sum = sum_of(interval, start, operation);
            for (clock, histogram) in clocks(&sum) {
                let Some(counts) = histogram.counts().filter(|counts| !counts.is_empty()) else { continue };
                let (text, at) = (tag(operation, clock), Duration::from_secs(interval.index));
                if let Err(error) = log.write_histogram(counts, at, Duration::from_secs(1), Tag::new(&text)) {
                    broken.get_or_insert_with(|| io::Error::other(format!("{error:?}")));
                }
            }
        }
    })?;
    broken.map_or(Ok(()), |error| Err(error.into()))
}

fn sum_of(interval: &Interval, start: &RunStart, operation: &str) -> CellRecord {
    let mut sum = CellRecord::default();
    let cells = interval.cells.iter().zip(&start.cells).filter(|(_, (_, name))| name == operation);
    cells.for_each(|(cell, _)| sum.merge(cell));
    sum
}

/// The format forbids commas, spaces and line ends in a tag.
fn tag(operation: &str, clock: &str) -> String {
    let name: String = text::line(operation, LONGEST_TAG)
        .chars()
        .map(|c| if c == ',' || c.is_whitespace() { '_' } else { c })
        .collect();
    format!("{name}/{clock}")
}
