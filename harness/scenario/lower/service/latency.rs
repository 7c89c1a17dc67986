//! How long an operation takes.

use std::path::Path;

use super::hlog;
use crate::scenario::Node;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::mock as written;
use crate::scenario::mirror::value::{Duration, Named};
use crate::service::config::{ConfigError, Latency, Point};
use crate::units::Nanos;

/// The longest time of a Pareto distribution that names none.
const PARETO_MAX: Nanos = Nanos::from_secs(60);

pub(super) fn latency(written: &written::Latency, node: &Node, folder: &Path, faults: &mut Vec<Fault>) -> Latency {
    let latency = match written {
        written::Latency::Constant { value } => Latency::Constant(value.0),
        written::Latency::Uniform { min, max } => Latency::Uniform { min: min.0, max: max.0 },
        written::Latency::Exponential { mean } => Latency::Exponential { mean: mean.0 },
        written::Latency::Normal { mean, deviation } => Latency::Normal { mean: mean.0, deviation: deviation.0 },
        written::Latency::LogNormal { median, p99 } => Latency::LogNormal { median: median.0, p99: p99.0 },
        written::Latency::Pareto { min, shape, max } => {
            Latency::Pareto { min: min.0, shape: *shape, max: max.as_ref().map_or(PARETO_MAX, |max| max.0) }
        }
        written::Latency::Bimodal { fast, slow, share_slow } => {
            Latency::Bimodal { fast: fast.0, slow: slow.0, share_slow: share_slow.0 }
        }
        written::Latency::Percentiles { points } => {
            let Some(points) = percentiles(points, node.at("points"), faults) else { return Latency::None };
            Latency::Table(points.into())
        }
        written::Latency::Hlog { file, tag, unit } => {
            let unit = unit.as_ref().map_or(Nanos::new(1), |unit| unit.0);
            match hlog::points(&folder.join(file), tag.as_deref(), unit, node) {
                Ok(points) => Latency::Table(points.into()),
                Err(fault) => {
                    faults.push(*fault);
                    return Latency::None;
                }
            }
        }
    };
    if let Err(ConfigError::Latency { field, message }) = latency.check() {
        faults.push(Fault::new(node.at(field).span, message));
        return Latency::None;
    }
    latency
}

/// The points of the distribution function, from 0 to 1.
fn percentiles(written: &Named<Duration>, node: &Node, faults: &mut Vec<Fault>) -> Option<Vec<Point>> {
    let mut points = Vec::new();
    for (name, time) in written {
        let percent = name.strip_prefix('p').and_then(|percent| percent.parse::<f64>().ok());
        let Some(percent) = percent.filter(|percent| (0.0..=100.0).contains(percent)) else {
            let fault = Fault::new(node.key_span(name), format!("`{}` is no percentile", excerpt(name)));
            faults.push(fault.suggest("write for example `p50`, `p99.9` or `p100`"));
            return None;
        };
        points.push(Point { share: percent / 100.0, time: time.0 });
    }
    points.sort_by(|a, b| a.share.total_cmp(&b.share));
    // Where there is none at all, the check of the whole says so.
    if points.first().is_some_and(|first| first.share > 0.0) {
        points.insert(0, Point { share: 0.0, time: Nanos::ZERO });
    }
    if let Some(&last) = points.last().filter(|last| last.share < 1.0) {
        points.push(Point { share: 1.0, ..last });
    }
    Some(points)
}
