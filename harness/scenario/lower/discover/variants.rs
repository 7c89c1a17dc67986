//! The variants: the request as it is written, and those that differ from it in one thing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::steps::{Scope, Steps};
use super::super::target;
use super::base::{Base, base, put};
use super::block;
use crate::discover::{CostProbe, Dimension};
use crate::plan::{Refusal, Step, Target};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::step as written;
use crate::scenario::mirror::value::TextOr;
use crate::scenario::{Loaded, Node};

/// Values that are made up for a dimension; with the one that is sent anyway that makes four, enough to tell a limit of all above them.
const MADE_UP: [&str; 3] = ["loadline-probe-1", "loadline-probe-2", "loadline-probe-3"];
/// What a small and a large request ask for.
const COSTS: [u32; 2] = [1, 10];
/// The cell of the probes.
const WORKLOAD: &str = "discover";

/// What the block comes to.
pub(super) struct Made {
    pub(super) operation: String,
    pub(super) steps: Vec<Step>,
    pub(super) words: Vec<String>,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) cost: Option<CostProbe>,
    pub(super) notes: Vec<String>,
}

/// A thing that can be varied.
enum Place<'t> {
    Header(&'t str),
    Parameter(&'t str),
    Items,
}

/// Makes all variants.
pub(super) fn variants(loaded: &Loaded, steps: &mut Steps<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let base = base(loaded, steps, faults)?;
    let first = make(steps, &base.step, base.node, faults)?;
    let words = vec![format!("{} as it is written", base.step.call)];
    let operation = base.step.call.clone();
    let mut made = Made { operation, steps: vec![first], words, dimensions: Vec::new(), cost: None, notes: Vec::new() };
    let node = loaded.tree.at("discover");
    let block = block(loaded);
    for (index, written) in block.dimensions.iter().flatten().enumerate() {
        let node = node.at("dimensions").nth(index);
        match written {
            TextOr::Text(name) if name == "address" => made
                .notes
                .push("`address` is left out: no transport can send from another address of this machine yet.".into()),
            TextOr::Text(name) => {
                if !is_here(loaded) {
                    let message = format!(
                        "values of `{}` cannot be made up for a server that is not this machine",
                        excerpt(name)
                    );
                    let fault = Fault::new(node.span, message);
                    faults.push(fault.suggest(format!("write the values to try: `{{{name}: [one, another]}}`")));
                    continue;
                }
                let values: Vec<Value> = MADE_UP.into_iter().map(Value::from).collect();
                dimension(steps, &base, name, &values, node, &mut made, faults);
            }
            TextOr::Value(named) => {
                for (name, values) in named {
                    dimension(steps, &base, name, values, node.at(name), &mut made, faults);
                }
            }
        }
    }
    if let Some(name) = &block.cost {
        made.cost = cost(steps, &base, name, node.at("cost"), &mut made, faults);
    }
    for exchange in made.steps.iter().map(|step| step.exchange).collect::<BTreeSet<_>>() {
        steps.exchanges[exchange].wants.claims = true;
    }
    Some(made)
}

/// Whether the target is this machine, where made-up values do no harm.
fn is_here(loaded: &Loaded) -> bool {
    let target = target::target(loaded, &mut Vec::new());
    target.is_some_and(|target| matches!(target, Target::Mock { .. }) || Refusal::of(&target, &[]).is_none())
}

fn dimension(
    steps: &mut Steps<'_>,
    base: &Base<'_>,
    name: &str,
    values: &[Value],
    node: &Node,
    made: &mut Made,
    faults: &mut Vec<Fault>,
) {
    let Some(place) = place(name, node, faults).filter(|place| !matches!(place, Place::Items)) else { return };
    if values.is_empty() {
        faults.push(Fault::new(node.span, format!("`{}` has no values to try", excerpt(name))));
    }
    let mut variants = vec![0];
    for value in values {
        let Some(step) = vary(steps, base, &place, value, node, faults) else { return };
        variants.push(made.steps.len() as u32);
        made.steps.push(step);
        made.words.push(format!("with another value of {name}"));
    }
    made.dimensions.push(Dimension { name: name.to_owned(), variants });
}

fn cost(
    steps: &mut Steps<'_>,
    base: &Base<'_>,
    name: &str,
    node: &Node,
    made: &mut Made,
    faults: &mut Vec<Fault>,
) -> Option<CostProbe> {
    let place = place(name, node, faults)?;
    if matches!(place, Place::Items) && base.step.batch.is_none() {
        let fault =
            Fault::new(node.span, format!("`{}` is sent here without a batch, so it has no items", base.step.call));
        faults.push(
            fault.suggest("name a parameter: `query.NAME` or `body.NAME`, or give the step of the workload a `batch`"),
        );
        return None;
    }
    let mut each = Vec::new();
    for size in COSTS {
        let step = vary(steps, base, &place, &Value::from(size), node, faults)?;
        each.push((made.steps.len() as u32, size));
        made.steps.push(step);
        made.words.push(format!("with {name} = {size}"));
    }
    Some(CostProbe { name: name.to_owned(), small: each[0], large: each[1] })
}

fn place<'t>(name: &'t str, node: &Node, faults: &mut Vec<Fault>) -> Option<Place<'t>> {
    let place = match name.split_once('.') {
        Some(("header", header)) if !header.is_empty() => Some(Place::Header(header)),
        Some(("query" | "path" | "body", parameter)) if !parameter.is_empty() => Some(Place::Parameter(parameter)),
        Some(("batch", "items")) => Some(Place::Items),
        _ => None,
    };
    if place.is_none() {
        let fault = Fault::new(node.span, format!("`{}` is nothing that requests could differ in", excerpt(name)));
        faults.push(
            fault.suggest("write `header.NAME`, `query.NAME`, `path.NAME`, `body.NAME` or, as a cost, `batch.items`"),
        );
    }
    place
}

fn vary(
    steps: &mut Steps<'_>,
    base: &Base<'_>,
    place: &Place<'_>,
    value: &Value,
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Option<Step> {
    let mut step = base.step.clone();
    match place {
        Place::Header(name) => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            steps.with_header(name, &text, |steps| make(steps, &step, base.node, faults))
        }
        Place::Parameter(name) => {
            put(&mut step, name, value.clone());
            make(steps, &step, node, faults)
        }
        Place::Items => {
            if let Some(batch) = &mut step.batch {
                batch.size = value.as_u64().map_or(batch.size, |size| size as u32);
            }
            make(steps, &step, node, faults)
        }
    }
}

fn make(steps: &mut Steps<'_>, step: &written::Step, node: &Node, faults: &mut Vec<Fault>) -> Option<Step> {
    let pools = steps.pools.clone();
    let mut scope = Scope { workload: WORKLOAD, retry: None, captures: Vec::new(), pools, phase: false, audit: false };
    steps.step(step, node, &mut scope, faults)
}
