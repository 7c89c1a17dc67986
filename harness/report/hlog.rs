//! `latency.hlog`: the HdrHistogram interval log, a tag for each operation and clock; every HdrHistogram port reads it.

use std::io::{self, Write};
use std::time::Duration;

use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use super::build::{clocks, operation_names};
use super::text;
use crate::record::{Interval, RunStart, Summary};

/// The longest tag, in characters.
const LONGEST_TAG: usize = 120;

/// Writes a run's seconds, one line for each operation and clock that recorded something. Values are nanoseconds.
///
/// # Errors
/// Those of the writer.
pub(super) fn write(
    out: &mut dyn Write,
    start: &RunStart,
    intervals: impl Iterator<Item = Interval>,
) -> io::Result<()> {
    let mut serializer = V2DeflateSerializer::new();
    let began = crate::time::WallClock::parse(&start.started_at).map_or(0.0, crate::time::WallClock::unix_seconds);
    let mut builder = IntervalLogWriterBuilder::new();
    builder
        .add_comment("loadline: latencies in nanoseconds; the tag is the operation and the clock")
        .with_start_time(std::time::UNIX_EPOCH + Duration::from_secs_f64(began.max(0.0)))
        .with_base_time(std::time::UNIX_EPOCH + Duration::from_secs_f64(began.max(0.0)))
        .with_max_value_divisor(1e6);
    let mut buffer = Vec::new();
    let mut log = builder.begin_log_with(&mut buffer, &mut serializer)?;
    let names = operation_names(start);
    for interval in intervals {
        let mut second = Summary::new(start.cells.len(), 0);
        second.add(&interval);
        for operation in &names {
            let sum = second.sum(|index| start.cells.get(index).is_some_and(|(_, name)| name == operation));
            for (clock, histogram) in clocks(&sum) {
                let Some(counts) = histogram.counts().filter(|counts| !counts.is_empty()) else { continue };
                let text = tag(operation, clock);
                let at = Duration::from_secs(interval.index);
                log.write_histogram(counts, at, Duration::from_secs(1), Tag::new(&text))
                    .map_err(|error| io::Error::other(format!("{error:?}")))?;
            }
        }
    }
    drop(log);
    out.write_all(&buffer)
}

/// The format forbids commas, spaces and line ends in a tag.
fn tag(operation: &str, clock: &str) -> String {
    let name: String = text::line(operation, LONGEST_TAG)
        .chars()
        .map(|c| if c == ',' || c.is_whitespace() { '_' } else { c })
        .collect();
    format!("{name}/{clock}")
}
