//! What a simulation needs besides a plan: a model that can supply everything that the steps read from replies.

use crate::api::CaptureSource;
use crate::plan::Plan;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::{Faults, Loaded, Node};

/// Reports what the model of a plan cannot supply.
pub(super) fn check(loaded: &Loaded, plan: &Plan, faults: &mut Vec<Fault>) {
    // Each step has an exchange of its own, in the order of the file; the audit's comes last and has no step.
    for (exchange, node) in plan.exchanges.iter().zip(steps(&loaded.tree)) {
        let operation = excerpt(&exchange.operation);
        let model = plan.service.own.iter().find(|own| own.name == exchange.operation);
        for (source, name) in exchange.wants.captures.iter().zip(&exchange.capture_names) {
            let missing = match (source, model) {
                // What says the status says it anyway.
                (source, Some(model)) if matches!(source, CaptureSource::Status) || model.capture(name).is_some() => {
                    None
                }
                (_, Some(_)) => Some((
                    format!("the model does not know the `{name}` of `{operation}`"),
                    format!(
                        "write `mock: {{models: {{{operation}: {{captures: {{{name}: \"{name}-{{{{ seq }}}}\"}}}}}}}}`"
                    ),
                )),
                (CaptureSource::Header(header), None) => Some((
                    format!("a simulated reply has no header `{}`", excerpt(header)),
                    "capture the value from the body, or leave the step out of the simulation".to_owned(),
                )),
                (CaptureSource::Status | CaptureSource::Body(_) | CaptureSource::Every(_), None) => None,
            };
            if let Some((message, advice)) = missing {
                faults.push(Fault::new(place(node, name).span, message).suggest(advice));
            }
        }
        if node.get("paginate").is_some() && model.is_some_and(|model| model.items.is_none()) {
            let message = format!("the model does not know how many items `{operation}` lists");
            let advice = format!("write `mock: {{models: {{{operation}: {{items: 1000}}}}}}`");
            faults.push(Fault::new(node.key_span("paginate"), message).suggest(advice));
        }
    }
}

/// Where a step says what it captures or publishes under a name.
fn place<'a>(step: &'a Node, name: &str) -> &'a Node {
    let named = |block: &str| step.get(block).and_then(|block| block.get(name));
    named("capture").or_else(|| named("publish")).unwrap_or(step)
}

/// All steps of a scenario in the order in which they get their exchanges.
fn steps(tree: &Node) -> impl Iterator<Item = &Node> {
    let block = |name: &str| tree.get(name).map_or(&[][..], Node::items);
    let flows = block("workloads").iter().flat_map(|workload| {
        let several = workload.get("flows").map_or(&[][..], Node::items).iter().filter_map(|flow| flow.get("flow"));
        workload.get("flow").into_iter().chain(several)
    });
    block("setup").iter().chain(flows.flat_map(Node::items)).chain(block("teardown"))
}

impl Loaded {
    /// Makes the plan of a simulation: that of a run, of which the model can supply everything that steps read from replies.
    ///
    /// # Errors
    /// As [`Loaded::plan`], and every value that the model cannot supply.
    pub fn simulation(&self) -> Result<Plan, Faults> {
        let plan = self.plan()?;
        let mut faults = Vec::new();
        check(self, &plan, &mut faults);
        debug_assert!(plan.exchanges.len() >= steps(&self.tree).count());
        if faults.is_empty() { Ok(plan) } else { Err(Faults::new(self.sources.clone(), faults, &self.secrets)) }
    }
}
