//! Latencies that a run has measured, out of its HdrHistogram interval log.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry, LogIteratorError, Tag};

use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::service::config::Point;
use crate::units::Nanos;

/// So many tags are named in a message at most.
const NAMED: usize = 20;

/// The distribution of all values that the log has under a tag. `unit` is what a unit of the values is.
pub(super) fn points(path: &Path, tag: Option<&str>, unit: Nanos, node: &Node) -> Result<Vec<Point>, Box<Fault>> {
    let place = node.at("file").span;
    let fault = |message: String| Box::new(Fault::new(place, format!("{}: {message}", path.display())));
    let mut bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fault("there is no such file".to_owned()),
        _ => fault(format!("the file cannot be read: {error}")),
    })?;
    if unit == Nanos::ZERO {
        return Err(Box::new(Fault::new(node.at("unit").span, "a unit must be above zero")));
    }
    // A reader of lines wants the last one to end, and not every writer ends it.
    if bytes.last().is_some_and(|&last| last != b'\n') {
        bytes.push(b'\n');
    }
    let log = read(&bytes, tag).map_err(&fault)?;
    match (log.merged, tag) {
        (Some(_), None) if log.tags.len() > 1 => {
            let name = |tag: &String| if tag.is_empty() { "\"\"".to_owned() } else { tag.clone() };
            let tags: Vec<String> = log.tags.iter().take(NAMED).map(name).collect();
            let fault = Fault::new(place, "the file has histograms of several tags");
            Err(Box::new(fault.suggest(format!("add `tag` with one of: {}", tags.join(", ")))))
        }
        (Some(merged), _) if !merged.is_empty() => Ok(distribution(&merged, unit)),
        (None, Some(tag)) if !log.tags.is_empty() => {
            let fault = Fault::new(node.at("tag").span, format!("the file has no tag `{}`", excerpt(tag)));
            Err(Box::new(fault.suggest_word(tag, log.tags.iter().map(String::as_str))))
        }
        _ => Err(fault("the file has no values".to_owned())),
    }
}

/// What a log holds.
#[derive(Default)]
struct Log {
    /// The sum of the histograms of the tag that was asked for, or of all.
    merged: Option<Histogram<u64>>,
    /// The tags; empty text for histograms without one.
    tags: BTreeSet<String>,
}

fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Log, String> {
    let mut log = Log::default();
    let mut deserializer = Deserializer::new();
    for entry in IntervalLogIterator::new(bytes) {
        let histogram = match entry {
            Ok(LogEntry::Interval(histogram)) => histogram,
            Ok(_) => continue,
            Err(LogIteratorError::ParseError { offset }) => {
                let line = bytes[..offset.min(bytes.len())].split(|&byte| byte == b'\n').count();
                return Err(format!("line {line} is not one of an HdrHistogram interval log"));
            }
        };
        let tag = histogram.tag().map_or("", |tag: Tag<'_>| tag.as_str());
        log.tags.insert(tag.to_owned());
        if wanted.is_some_and(|wanted| wanted != tag) {
            continue;
        }
        let broken = |why: String| format!("a histogram at {:?} cannot be read: {why}", histogram.start_timestamp());
        let encoded = STANDARD.decode(histogram.encoded_histogram()).map_err(|error| broken(error.to_string()))?;
        let decoded: Histogram<u64> =
            deserializer.deserialize(&mut encoded.as_slice()).map_err(|error| broken(error.to_string()))?;
        match &mut log.merged {
            None => {
                let mut first = decoded;
                // The next may hold higher values.
                first.auto(true);
                log.merged = Some(first);
            }
            Some(merged) => merged.add(&decoded).map_err(|error| broken(error.to_string()))?,
        }
    }
    Ok(log)
}

/// Two points for each bucket of the histogram that holds anything: its values are taken as evenly spread, and nothing lies
/// between two buckets.
fn distribution(histogram: &Histogram<u64>, unit: Nanos) -> Vec<Point> {
    let total = histogram.len() as f64;
    let mut points = Vec::new();
    let mut below = 0;
    for bucket in histogram.iter_recorded() {
        let value = bucket.value_iterated_to();
        let mut point = |count: u64, value: u64| points.push(Point { share: count as f64 / total, time: unit * value });
        point(below, histogram.lowest_equivalent(value));
        below += bucket.count_since_last_iteration();
        point(below, histogram.highest_equivalent(value));
    }
    points
}
