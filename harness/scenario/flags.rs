//! What the flags of the command line change about a scenario. They change the tree, as `--set` does, so that the
//! resolved scenario and its digest tell what was really run.

use super::capacity_flags::{self, CapacityFlags};
use super::discover_flags::{self, DiscoverFlags};
use super::gate_flags::{self, GateFlags};
use super::node::{Entry, Kind, Node};
use super::place::{Source, Sources, Span};
use crate::units::{Nanos, Rate};

/// The flags that mean the same on every verb; each is absent where it was not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flags {
    /// `--target`: a URL in place of the scenario's target.
    pub target: Option<String>,
    /// `--rate`: the sum of the peak rates of all open workloads, which keep their ratio.
    pub rate: Option<Rate>,
    /// `--duration`: the length of every workload; stages keep their shape.
    pub duration: Option<Nanos>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--allow-host`, added to those of the scenario.
    pub allow_hosts: Vec<String>,
    /// `--max-requests`.
    pub max_requests: Option<u64>,
    /// `--threshold`, added to those of the scenario.
    pub thresholds: Vec<String>,
    /// `--seeds`: the simulations that `tune` gives each candidate.
    pub seeds: Option<u32>,
    /// `--require`, added to what `tune` requires.
    pub require: Vec<String>,
    /// What changes the block `gate`.
    pub gate: GateFlags,
    /// What changes the block `discover`.
    pub discover: DiscoverFlags,
    /// What changes the block `capacity`.
    pub capacity: CapacityFlags,
}

/// Changes the tree. What is malformed in it stays, for the walk to report.
pub(crate) fn apply(root: &mut Node, flags: &Flags, sources: &mut Sources) {
    let mut text = |name: &str, value: String| {
        let span = Span::new(sources.add(Source { name: name.to_owned(), text: value.clone() }), 0, value.len());
        Node::new(Kind::Str(value), span)
    };
    if let Some(url) = &flags.target {
        aim(root, text("--target", url.clone()));
    }
    if let Some(rate) = flags.rate {
        scale_rates(root, rate);
    }
    if let Some(duration) = flags.duration {
        for workload in workloads(root) {
            stretch(workload, duration);
        }
    }
    if let Some(seed) = flags.seed {
        let span = text("--seed", seed.to_string()).span;
        member(root, "seed", span).kind = Kind::Int(seed.into());
    }
    for host in &flags.allow_hosts {
        let host = text("--allow-host", host.clone());
        let span = host.span;
        push(member(member(root, "safety", span), "allow_hosts", span), host);
    }
    if let Some(max) = flags.max_requests {
        let span = text("--max-requests", max.to_string()).span;
        member(member(root, "safety", span), "max_requests", span).kind = Kind::Int(max.into());
    }
    for threshold in &flags.thresholds {
        let threshold = text("--threshold", threshold.clone());
        let span = threshold.span;
        push(member(root, "thresholds", span), threshold);
    }
    if let Some(seeds) = flags.seeds {
        let span = text("--seeds", seeds.to_string()).span;
        member(member(root, "tune", span), "seeds", span).kind = Kind::Int(seeds.into());
    }
    for require in &flags.require {
        let require = text("--require", require.clone());
        let span = require.span;
        push(member(member(root, "tune", span), "require", span), require);
    }
    gate_flags::apply(root, &flags.gate, sources);
    discover_flags::apply(root, &flags.discover, sources);
    capacity_flags::apply(root, &flags.capacity, sources);
}

/// Lets the load go to a URL. What goes with a URL, such as headers and signatures, stays; what chooses another address goes.
pub(super) fn aim(root: &mut Node, url: Node) {
    let span = url.span;
    let target = member(root, "target", span);
    if let Kind::Map(entries) = &mut target.kind {
        entries.retain(|entry| !matches!(entry.key.as_str(), "mock" | "fips" | "dualstack"));
    }
    *member(target, "url", span) = url;
}

/// The value of a key, added where it is missing; what is no block stays one, for the walk to report.
pub(super) fn member<'a>(node: &'a mut Node, key: &str, span: Span) -> &'a mut Node {
    if node.kind == Kind::Null {
        *node = Node::new(Kind::Map(Vec::new()), span);
    }
    if !matches!(node.kind, Kind::Map(_)) {
        return node;
    }
    let Kind::Map(entries) = &mut node.kind else { unreachable!("seen to be a map just above") };
    let index = entries.iter().position(|entry| entry.key == key).unwrap_or_else(|| {
        entries.push(Entry { key: key.to_owned(), key_span: span, value: Node::new(Kind::Null, span) });
        entries.len() - 1
    });
    &mut entries[index].value
}

fn push(list: &mut Node, item: Node) {
    match &mut list.kind {
        Kind::Seq(items) => items.push(item),
        Kind::Null => list.kind = Kind::Seq(vec![item]),
        _ => {}
    }
}

fn workloads(root: &mut Node) -> &mut [Node] {
    let Kind::Map(entries) = &mut root.kind else { return &mut [] };
    match entries.iter_mut().find(|entry| entry.key == "workloads").map(|entry| &mut entry.value.kind) {
        Some(Kind::Seq(items)) => items,
        _ => &mut [],
    }
}

fn existing<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    match &mut node.kind {
        Kind::Map(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value),
        _ => None,
    }
}

fn scale_rates(root: &mut Node, total: Rate) {
    let peak = |workload: &Node| {
        let arrivals = workload.at("arrivals");
        let stages = arrivals.at("stages").items().iter().filter_map(|stage| rate(stage.get("to")?));
        stages.chain(arrivals.get("rate").and_then(rate)).fold(0.0, f64::max)
    };
    let sum: f64 = workloads(root).iter().map(peak).sum();
    if sum <= 0.0 {
        return;
    }
    let factor = total.as_per_second() / sum;
    let scale = |node: Option<&mut Node>| {
        if let Some(node) = node
            && let Some(rate) = rate(node)
        {
            node.kind = Kind::Str(format!("{}/s", rate * factor));
        }
    };
    for workload in workloads(root) {
        let Some(arrivals) = existing(workload, "arrivals") else { continue };
        scale(existing(arrivals, "rate"));
        scale(existing(arrivals, "from"));
        if let Some(Node { kind: Kind::Seq(stages), .. }) = existing(arrivals, "stages") {
            for stage in stages {
                scale(existing(stage, "to"));
            }
        }
    }
}

fn stretch(workload: &mut Node, duration: Nanos) {
    for model in ["arrivals", "users"] {
        if let Some(length) = existing(workload, model).and_then(|model| existing(model, "duration")) {
            length.kind = Kind::Str(exact(duration));
        }
    }
    let Some(stages) = existing(workload, "arrivals").and_then(|arrivals| existing(arrivals, "stages")) else { return };
    let Kind::Seq(stages) = &mut stages.kind else { return };
    let length = |stage: &Node| stage.get("over")?.as_str()?.parse::<Nanos>().ok();
    let total: Nanos = stages.iter().filter_map(length).sum();
    if total == Nanos::ZERO {
        return;
    }
    let factor = duration.as_secs_f64() / total.as_secs_f64();
    for stage in stages {
        if let Some(over) = length(stage)
            && let Some(node) = existing(stage, "over")
        {
            node.kind = Kind::Str(exact(over.scale(factor)));
        }
    }
}

fn rate(node: &Node) -> Option<f64> {
    Some(node.as_str()?.parse::<Rate>().ok()?.as_per_second())
}

pub(super) fn exact(span: Nanos) -> String {
    let text = span.to_string();
    if text.parse() == Ok(span) { text } else { format!("{}ns", span.as_nanos()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{resolved, tree};

    #[test]
    fn flags_change_what_is_resolved() {
        let text = "target: {mock: attendees}\nworkloads:\n  - arrivals: {rate: 30/s, duration: 10s}\n  - arrivals: {from: 1/s, stages: [{to: 10/s, over: 1m}, {to: 5/s, over: 1m}]}\n";
        let mut root = tree::build(text, 0, &mut Vec::new()).expect("a tree");
        let flags = Flags {
            target: Some("http://127.0.0.1:8080".to_owned()),
            rate: Rate::per_second(80.0).ok(),
            duration: Some(Nanos::from_secs(30)),
            seed: Some(7),
            allow_hosts: vec!["a.example".to_owned()],
            max_requests: Some(5),
            thresholds: vec!["count(calls) > 1".to_owned()],
            seeds: Some(3),
            require: vec!["amplification() < 2".to_owned()],
            gate: GateFlags::default(),
            discover: DiscoverFlags::default(),
            capacity: CapacityFlags::default(),
        };
        apply(&mut root, &flags, &mut Sources::default());
        insta::assert_snapshot!(resolved::to_yaml(&root));
    }
}
