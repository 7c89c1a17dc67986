//! The operation as it is written: which one is sent, and with what.

use super::super::steps::Steps;
use super::block;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::step as written;
use crate::scenario::mirror::value::Named;
use crate::scenario::{Loaded, Node};

/// The request that all variants are made of.
pub(super) struct Base<'a> {
    pub(super) step: written::Step,
    /// The place of what it is made of, for faults.
    pub(super) node: &'a Node,
}

/// Finds it: the operation that the block names or the only one that the workloads call, with what the first step says that calls it,
/// and with `discover.with` on top.
pub(super) fn base<'a>(loaded: &'a Loaded, steps: &Steps<'_>, faults: &mut Vec<Fault>) -> Option<Base<'a>> {
    let (block, node) = (block(loaded), loaded.tree.at("discover"));
    let calls = calls(loaded);
    let mut names: Vec<&str> = calls.iter().map(|(step, _)| step.call.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let name = match (&block.operation, names.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [only]) => (*only).to_owned(),
        (None, several) => {
            let fault = Fault::new(node.span, "which operation is to be probed? The workloads call several");
            let fault = fault.suggest(format!(
                "name one: `discover: {{operation: …}}`, or `--operation`; of {}",
                several.join(", ")
            ));
            faults.push(fault);
            return None;
        }
    };
    let found = calls.into_iter().find(|(step, _)| step.call == name);
    let place = if node.get("operation").is_some() { node.at("operation").span } else { node.span };
    let (mut step, node) = match found {
        Some((step, node)) => (step.clone(), node),
        None => (written::Step { call: name.clone(), ..written::Step::default() }, node),
    };
    // A probe is a request and no more: nothing follows from its reply.
    (step.capture, step.publish) = (None, None);
    if let Some(more) = &block.with {
        more.iter().for_each(|(name, value)| put(&mut step, name, value.clone()));
    }
    let operation = steps.operation(&name, place, faults)?;
    let harmless =
        step.idempotent.unwrap_or(operation.idempotent) || matches!(operation.method.as_str(), "GET" | "HEAD");
    if !harmless && block.operation.is_none() {
        let message =
            format!("`{name}` changes something each time it is sent, and a discovery sends it hundreds of times");
        let fault = Fault::new(place, message);
        faults.push(
            fault.suggest(format!("if that does no harm, say so by its name: `discover: {{operation: {name}}}`")),
        );
        return None;
    }
    Some(Base { step, node })
}

/// Sets a parameter, in the place of one that is there.
pub(super) fn put(step: &mut written::Step, name: &str, value: serde_json::Value) {
    let with = step.with.get_or_insert_with(Named::default);
    match with.0.iter_mut().find(|(known, _)| known == name) {
        Some((_, place)) => *place = value,
        None => with.0.push((name.to_owned(), value)),
    }
}

/// Every call of the workloads with its place.
fn calls(loaded: &Loaded) -> Vec<(&written::Step, &Node)> {
    let list = loaded.tree.at("workloads");
    let mut calls = Vec::new();
    for (index, workload) in loaded.scenario.workloads.iter().flatten().enumerate() {
        let node = list.nth(index);
        if let Some(flow) = &workload.flow {
            let node = node.at("flow");
            calls.extend(flow.iter().enumerate().map(|(index, step)| (step, node.nth(index))));
        }
        for (number, each) in workload.flows.iter().flatten().enumerate() {
            let node = node.at("flows").nth(number).at("flow");
            calls.extend(each.flow.iter().enumerate().map(|(index, step)| (step, node.nth(index))));
        }
    }
    calls
}
