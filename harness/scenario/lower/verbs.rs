//! Names in blocks that lower to nothing here: expressions, and the blocks of single verbs. Every verb checks them all.

use super::steps::Steps;
use super::{capacity, gate, service};
use crate::plan::expression::{Expression, Measure};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::value::Condition;
use crate::scenario::{Loaded, Node};

/// Checks every name that nothing else has looked up.
pub(super) fn check(loaded: &Loaded, steps: &Steps<'_>, faults: &mut Vec<Fault>) {
    let (scenario, tree) = (&loaded.scenario, &loaded.tree);
    let check = Check { loaded, steps };
    check.conditions(scenario.thresholds.as_deref(), tree.at("thresholds"), faults);
    if let Some(safety) = &scenario.safety {
        check.conditions(safety.abort_when.as_deref(), tree.at("safety").at("abort_when"), faults);
    }
    if let Some(name) = &scenario.retry {
        steps.policies.check(name, tree.at("retry").span, faults);
    }
    check.tune(tree.at("tune"), faults);
    gate::check(loaded, &check, tree.at("gate"), faults);
    capacity::check(loaded, &check, tree.at("capacity"), faults);
    check.discover(tree.at("discover"), faults);
}

/// Looks names up.
pub(super) struct Check<'a> {
    loaded: &'a Loaded,
    steps: &'a Steps<'a>,
}

impl Check<'_> {
    fn conditions(&self, written: Option<&[Condition]>, node: &Node, faults: &mut Vec<Fault>) {
        for (index, condition) in written.into_iter().flatten().enumerate() {
            self.expression(&condition.0, node.nth(index), faults);
        }
    }

    fn expression(&self, expression: &Expression, node: &Node, faults: &mut Vec<Fault>) {
        self.measure(&expression.measure, node, faults);
    }

    /// The operations and the workload that a measure names.
    pub(super) fn measure(&self, measure: &Measure, node: &Node, faults: &mut Vec<Fault>) {
        for operation in &measure.operations {
            self.steps.operation(operation, node.span, faults);
        }
        if let Some(name) = &measure.workload {
            self.workload(name, node, faults);
        }
    }

    pub(super) fn workload(&self, name: &str, node: &Node, faults: &mut Vec<Fault>) {
        let names = || self.loaded.scenario.workloads.iter().flatten().map(|workload| workload.name.as_str());
        if !names().any(|known| known == name) {
            let fault = Fault::new(node.span, format!("there is no workload `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, names()));
        }
    }

    fn tune(&self, node: &Node, faults: &mut Vec<Fault>) {
        let Some(tune) = &self.loaded.scenario.tune else { return };
        let named = tune.policies.iter().flatten();
        for (index, name) in named.clone().enumerate() {
            self.steps.policies.check(name, node.at("policies").nth(index).span, faults);
        }
        // Where none is named, all are compared.
        let compared: Vec<&str> = match &tune.policies {
            Some(_) => named.map(String::as_str).collect(),
            None => self.steps.policies.names().collect(),
        };
        for (path, _) in tune.sweep.iter().flatten() {
            // The names of presets contain dots, so each name that fits is tried.
            if !path.match_indices('.').any(|(dot, _)| compared.contains(&&path[..dot])) {
                let place = node.at("sweep").key_span(path);
                let first = path.split('.').next().unwrap_or(path);
                let fault = Fault::new(place, format!("`{}` begins with no policy of this block", excerpt(path)));
                faults.push(fault.suggest_word(first, compared.iter().copied()));
            }
        }
        if let Some(trigger) = &tune.trigger {
            let limiters = self.loaded.scenario.limiters.clone().unwrap_or_default();
            service::changes(&trigger.set, &limiters, node.at("trigger").at("set"), faults);
        }
        self.conditions(tune.require.as_deref(), node.at("require"), faults);
    }

    fn discover(&self, node: &Node, faults: &mut Vec<Fault>) {
        if let Some(name) = self.loaded.scenario.discover.as_ref().and_then(|discover| discover.operation.as_deref()) {
            self.steps.operation(name, node.at("operation").span, faults);
        }
    }
}
