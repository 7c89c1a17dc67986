//! How long an operation takes.

use super::super::not_yet;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::mock as written;
use crate::service::config::Latency;
use crate::units::Nanos;

pub(super) fn latency(written: &written::Latency, node: &Node, faults: &mut Vec<Fault>) -> Latency {
    let mut order = |low: Nanos, high: Nanos, key: &str, message: &str| {
        if high < low {
            faults.push(Fault::new(node.at(key).span, format!("{message}: {high} is below {low}")));
        }
    };
    match written {
        written::Latency::Constant { value } => Latency::Constant(value.0),
        written::Latency::Uniform { min, max } => {
            order(min.0, max.0, "max", "the longest time must not be shorter than the shortest");
            Latency::Uniform { min: min.0, max: max.0 }
        }
        written::Latency::Exponential { mean } => Latency::Exponential { mean: mean.0 },
        written::Latency::LogNormal { median, p99 } => {
            order(median.0, p99.0, "p99", "the 99th percentile must not be below the median");
            if median.0 == Nanos::ZERO {
                faults.push(Fault::new(node.at("median").span, "the median must be above zero"));
            }
            Latency::LogNormal { median: median.0, p99: p99.0 }
        }
        _ => {
            let kind = node.at("type").as_str().unwrap_or_default().to_owned();
            faults.push(not_yet(node.at("type").span, &format!("the latency `{kind}`")));
            Latency::None
        }
    }
}
