//! What the flags of `loadline discover` change: the block `discover` of the tree, so that the resolved scenario tells what was really
//! sent.

use super::flags::{exact, member};
use super::node::{Kind, Node};
use super::place::{Source, Sources, Span};
use crate::units::{Nanos, Rate};

/// The flags of `discover`; each is absent where it was not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiscoverFlags {
    /// `--operation`.
    pub operation: Option<String>,
    /// `--requests`.
    pub requests: Option<u64>,
    /// `--duration`.
    pub duration: Option<Nanos>,
    /// `--max-rate`.
    pub max_rate: Option<Rate>,
    /// `--pause`.
    pub quiet: Option<Nanos>,
    /// `--dimension`, in place of the scenario's.
    pub dimensions: Vec<String>,
    /// `--cost`.
    pub cost: Option<String>,
}

/// Changes the tree. What is malformed in it stays, for the walk to report.
pub(super) fn apply(root: &mut Node, flags: &DiscoverFlags, sources: &mut Sources) {
    if *flags == DiscoverFlags::default() {
        return;
    }
    let mut text = |name: &str, value: &str| {
        let span = Span::new(sources.add(Source { name: name.to_owned(), text: value.to_owned() }), 0, value.len());
        Node::new(Kind::Str(value.to_owned()), span)
    };
    let mut values: Vec<(&str, Node)> = Vec::new();
    if let Some(operation) = &flags.operation {
        values.push(("operation", text("--operation", operation)));
    }
    if let Some(requests) = flags.requests {
        let span = text("--requests", &requests.to_string()).span;
        values.push(("requests", Node::new(Kind::Int(requests.into()), span)));
    }
    for (key, flag, value) in [("duration", "--duration", flags.duration), ("quiet", "--pause", flags.quiet)] {
        if let Some(value) = value {
            values.push((key, text(flag, &exact(value))));
        }
    }
    if let Some(rate) = flags.max_rate {
        values.push(("max_rate", text("--max-rate", &format!("{}/s", rate.as_per_second()))));
    }
    if let Some(cost) = &flags.cost {
        values.push(("cost", text("--cost", cost)));
    }
    if !flags.dimensions.is_empty() {
        let whole = text("--dimension", &flags.dimensions.join(" ")).span;
        let each = flags.dimensions.iter().map(|name| text("--dimension", name)).collect();
        values.push(("dimensions", Node::new(Kind::Seq(each), whole)));
    }
    let Some(span) = values.first().map(|(_, node)| node.span) else { return };
    let block = member(root, "discover", span);
    for (key, value) in values {
        let span = value.span;
        *member(block, key, span) = value;
    }
}
