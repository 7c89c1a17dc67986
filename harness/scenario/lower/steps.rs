//! Steps: bound to their operations, with every name looked up.

use std::sync::Arc;

use serde_json::Value;

use super::policies::Policies;
use super::templates::{Compiler, Names};
use super::{auth, catalogue, feeders};
use crate::api::{BindError, Binding, CaptureSource, Catalogue, Creation, Exchange, JsonPath, Operation, Template};
use crate::plan::{Audit, Cell, Drive, Feeder, Flow, Iterations, Overload, Paginate, RateLimits, Sink, Step, Workload};
use crate::retry::NONE;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::step as written;
use crate::scenario::mirror::value::Named;
use crate::scenario::node::Kind;
use crate::scenario::place::Span;
use crate::scenario::{Loaded, Node};
use crate::units::Nanos;

/// How many of a phase's steps run at the same time, unless it says otherwise.
const PHASE_USERS: u32 = 8;
/// The most pages of a walk, unless the step says otherwise.
const MAX_PAGES: u32 = 1_000;

/// Makes steps, and gathers what they share.
pub(super) struct Steps<'a> {
    loaded: &'a Loaded,
    catalogue: Catalogue,
    headers: Vec<(Box<str>, Template)>,
    limited: Vec<String>,
    pub(super) policies: Policies,
    pub(super) feeders: Vec<Feeder>,
    /// Every pool that any step publishes into.
    pub(super) pools: Vec<String>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) cells: Vec<Cell>,
}

/// Where a step stands.
pub(super) struct Scope<'a> {
    /// The name of its workload, for its cell.
    pub(super) workload: &'a str,
    /// The policy of its workload, with the place that names it.
    pub(super) retry: Option<(&'a str, Span)>,
    /// Captures of the flow so far, by slot.
    pub(super) captures: Vec<String>,
    /// Pools that can be drawn from.
    pub(super) pools: Vec<String>,
    /// Whether the step stands in `setup` or `teardown`.
    pub(super) phase: bool,
    /// Whether the step is the audit's own listing.
    pub(super) audit: bool,
}

impl<'a> Steps<'a> {
    pub(super) fn new(loaded: &'a Loaded, seed: u64, limits: &RateLimits, faults: &mut Vec<Fault>) -> Self {
        let mut steps = Self {
            loaded,
            catalogue: catalogue::catalogue(loaded, faults),
            headers: auth::headers(loaded),
            limited: limits.operations.iter().map(|(name, _)| name.clone()).collect(),
            policies: Policies::new(loaded, faults),
            feeders: feeders::feeders(loaded, seed, faults),
            pools: Vec::new(),
            exchanges: Vec::new(),
            cells: Vec::new(),
        };
        steps.find_pools(faults);
        steps
    }

    /// Every pool, in the order in which the file publishes into them.
    fn find_pools(&mut self, faults: &mut Vec<Fault>) {
        let tree = &self.loaded.tree;
        let phases = [tree.at("setup"), tree.at("teardown")];
        let workloads = tree.get("workloads").map_or(&[][..], Node::items);
        let flows = workloads.iter().flat_map(|workload| {
            let several = workload.get("flows").map_or(&[][..], Node::items).iter().filter_map(|flow| flow.get("flow"));
            several.chain(workload.get("flow"))
        });
        for step in phases.into_iter().chain(flows).flat_map(Node::items) {
            for entry in step.get("publish").map_or(&[][..], Node::entries) {
                if self.feeders.iter().any(|feeder| feeder.name == entry.key) {
                    let message = format!("`{}` is the name of a data file already", excerpt(&entry.key));
                    faults.push(Fault::new(entry.key_span, message).suggest("choose another name for the pool"));
                }
                if !self.pools.contains(&entry.key) {
                    self.pools.push(entry.key.clone());
                }
            }
        }
    }

    /// The operation of a name; an unknown one is reported.
    pub(super) fn operation(&self, name: &str, place: Span, faults: &mut Vec<Fault>) -> Option<Operation> {
        let operation = self.catalogue.find(name).cloned();
        if operation.is_none() {
            let fault = Fault::new(place, format!("there is no operation `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, self.catalogue.names()));
        }
        operation
    }

    /// Does something while every request says another value of a header, or one that it did not have.
    pub(super) fn with_header<T>(&mut self, name: &str, value: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.headers.clone();
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_ascii_lowercase().into(), Template::literal(value)));
        let made = work(self);
        self.headers = kept;
        made
    }

    /// `setup` or `teardown`: each step is a phase of its own.
    pub(super) fn phases(
        &mut self,
        block: &str,
        written: Option<&[written::Step]>,
        faults: &mut Vec<Fault>,
    ) -> Vec<Workload> {
        let node = self.loaded.tree.at(block);
        let mut phases: Vec<Workload> = Vec::new();
        // What setup publishes can be drawn from by its later steps; at teardown, everything can.
        let mut pools = if block == "setup" { Vec::new() } else { self.pools.clone() };
        for (index, step) in written.into_iter().flatten().enumerate() {
            let node = node.nth(index);
            if step.capture.is_some() {
                let fault =
                    Fault::new(node.key_span("capture"), format!("a capture in `{block}` has no later step to serve"));
                faults.push(fault.suggest("use `publish`, whose values every flow can take"));
            }
            let mut scope = Scope {
                workload: block,
                retry: None,
                captures: Vec::new(),
                pools: pools.clone(),
                phase: true,
                audit: false,
            };
            let made = self.step(step, node, &mut scope, faults);
            pools.extend(step.publish.iter().flat_map(Named::names).map(str::to_owned));
            let Some(made) = made else { continue };
            let count = step.repeat.unwrap_or(1);
            phases.push(Workload {
                name: format!("{block}.{index}.{}", step.call),
                drive: Drive::Count(Iterations { count, users: step.users.unwrap_or(PHASE_USERS) }),
                start: Nanos::ZERO,
                warm_up: Nanos::ZERO,
                overload: Overload { queue: u32::MAX },
                flows: vec![Flow { weight: 1, steps: vec![made], slots: 0 }],
            });
        }
        phases
    }

    /// The audit: a walk over the listing for each member of the pool. Its `count` is that of the pool, which is known
    /// only when it is filled, so the plan says 1.
    pub(super) fn audit(&mut self, faults: &mut Vec<Fault>) -> Option<Audit> {
        let audit = self.loaded.scenario.audit.as_ref()?;
        let node = self.loaded.tree.at("audit");
        let pool = self.pools.iter().position(|pool| *pool == audit.over);
        if pool.is_none() {
            let fault =
                Fault::new(node.at("over").span, format!("nothing publishes a pool `{}`", excerpt(&audit.over)));
            faults.push(fault.suggest_word(&audit.over, self.pools.iter().map(String::as_str)));
        }
        let operation = self.operation(&audit.list, node.at("list").span, faults)?;
        let (Some(Creation::Lists { parent, .. }), Some(paging)) = (&operation.creation, &operation.paging) else {
            let fault =
                Fault::new(node.at("list").span, format!("`{}` lists nothing that can be audited", operation.name));
            let lists = |operation: &&Operation| matches!(operation.creation, Some(Creation::Lists { .. }));
            let names = self.catalogue.operations.iter().filter(lists).map(|operation| operation.name.as_str());
            faults.push(fault.suggest_word("", names));
            return None;
        };
        let pool = pool?;
        let step = written::Step {
            call: audit.list.clone(),
            with: Some(Named(vec![(parent.clone(), Value::from(format!("{{{{ {}.next }}}}", audit.over)))])),
            paginate: Some(written::Paginate { page_size: paging.max_size, max_pages: Some(u32::MAX) }),
            ..written::Step::default()
        };
        let mut scope = Scope {
            workload: "audit",
            retry: None,
            captures: Vec::new(),
            pools: self.pools.clone(),
            phase: true,
            audit: true,
        };
        let step = self.step(&step, node, &mut scope, faults)?;
        let workload = Workload {
            name: "audit".to_owned(),
            drive: Drive::Count(Iterations { count: 1, users: PHASE_USERS }),
            start: Nanos::ZERO,
            warm_up: Nanos::ZERO,
            overload: Overload { queue: u32::MAX },
            flows: vec![Flow { weight: 1, steps: vec![step], slots: 0 }],
        };
        Some(Audit { workload, pool })
    }

    /// One step. Its captures are added to the scope.
    pub(super) fn step(
        &mut self,
        written: &written::Step,
        node: &Node,
        scope: &mut Scope<'_>,
        faults: &mut Vec<Fault>,
    ) -> Option<Step> {
        let policy = self.policy(written, node, scope, faults);
        if !scope.phase {
            for entry in node.entries().iter().filter(|entry| matches!(entry.key.as_str(), "repeat" | "users")) {
                let fault =
                    Fault::new(entry.key_span, format!("`{}` belongs to steps of `setup` and `teardown`", entry.key));
                faults.push(fault.suggest("the workload says how often its flow runs"));
            }
        }
        let operation = self.operation(&written.call, node.at("call").span, faults);
        let known = Names {
            captures: &scope.captures,
            pools: &scope.pools,
            all_pools: &self.pools,
            feeders: &self.feeders,
            sources: &self.loaded.sources,
        };
        let mut compiler = Compiler { names: known, locals: Vec::new(), holes: 0 };
        let with = written.with.iter().flatten();
        let with_node = node.at("with");
        let parameters =
            with.map(|(name, value)| (name.into(), compiler.value(value, with_node.at(name), faults))).collect();
        let item = written.batch.as_ref().map(|batch| compiler.value(&batch.item, node.at("batch").at("item"), faults));
        let (locals, holes) = (compiler.locals, compiler.holes);
        let (captures, names, sinks) = self.sinks(written, node, scope, faults);
        let operation = operation?;
        check_sizes(written, &operation, node, faults);
        let binding = Binding {
            parameters,
            headers: self.headers.clone(),
            item,
            paginate: written.paginate.is_some(),
            page_size: written.paginate.as_ref().and_then(|paginate| paginate.page_size),
            captures,
            names: scope.audit,
            holes,
        };
        let mut exchange = match Exchange::bind(&operation, binding) {
            Ok(exchange) => exchange,
            Err(error) => {
                faults.push(bind_fault(&error, node));
                return None;
            }
        };
        if let Some(status) = written.expect.as_ref().and_then(|expect| expect.status.as_ref()) {
            exchange.success = catalogue::statuses(status);
        }
        exchange.capture_names = names;
        exchange.idempotent = written.idempotent.unwrap_or(exchange.idempotent);
        exchange.wants.noted = Arc::clone(&self.policies.noted);
        self.check_hedging(policy, &exchange, node, faults);
        let uses_seq = exchange.uses_seq();
        self.exchanges.push(exchange);
        self.cells.push(Cell { workload: scope.workload.to_owned(), operation: operation.name.clone() });
        let has_audit = self.loaded.scenario.audit.is_some();
        if has_audit && operation.creation == Some(Creation::Removes) && scope.workload != "teardown" {
            let message = format!("`{}` removes what the audit would miss", operation.name);
            let fault = Fault::new(node.at("call").span, message);
            faults.push(fault.suggest("leave out `audit`, or move the step to `teardown`, which comes after it"));
        }
        let audited = has_audit
            && match operation.creation {
                Some(Creation::Creates { .. }) => true,
                // A listing amid the load sees what is being made; only the audit's own can be held to anything.
                Some(Creation::Lists { .. }) => scope.audit,
                Some(Creation::Removes) | None => false,
            };
        Some(Step {
            exchange: self.exchanges.len() - 1,
            policy,
            limiter: self.limited.iter().position(|name| *name == operation.name),
            batch: written.batch.as_ref().map(|batch| batch.size),
            paginate: written
                .paginate
                .as_ref()
                .map(|paginate| Paginate { max_pages: paginate.max_pages.unwrap_or(MAX_PAGES) }),
            locals,
            sinks,
            uses_seq,
            audited,
        })
    }

    fn policy(&mut self, written: &written::Step, node: &Node, scope: &Scope<'_>, faults: &mut Vec<Fault>) -> usize {
        let global = self.loaded.scenario.retry.as_deref();
        let (name, place) = match (written.retry.as_deref(), scope.retry, global) {
            (Some(name), ..) => (name, node.at("retry").span),
            (None, Some(named), _) => named,
            (None, None, Some(name)) => (name, self.loaded.tree.at("retry").span),
            (None, None, None) => (NONE, node.span),
        };
        self.policies.index(name, place, faults)
    }

    /// Hedging sends a request twice though the first may be doing its work.
    fn check_hedging(&self, policy: usize, exchange: &Exchange, node: &Node, faults: &mut Vec<Fault>) {
        let Some(policy) = self.policies.used.get(policy).filter(|policy| policy.hedge.is_some()) else { return };
        if !exchange.idempotent {
            let (operation, name) = (&exchange.operation, excerpt(&policy.name));
            let message = format!("`{name}` hedges, and `{operation}` may do its work twice");
            let fault = Fault::new(node.get("retry").unwrap_or(node.at("call")).span, message);
            faults.push(
                fault.suggest(
                    "say `idempotent: true` on the step if that does no harm, or use a policy without `hedge`",
                ),
            );
        }
    }

    /// What `capture` and `publish` read, and where it goes.
    fn sinks(
        &self,
        written: &written::Step,
        node: &Node,
        scope: &mut Scope<'_>,
        faults: &mut Vec<Fault>,
    ) -> (Vec<CaptureSource>, Vec<Box<str>>, Vec<Sink>) {
        let (mut sources, mut names, mut sinks) = (Vec::new(), Vec::new(), Vec::new());
        for (name, text) in written.capture.iter().flatten() {
            let place = node.at("capture");
            if self.pools.iter().any(|pool| pool == name) || self.feeders.iter().any(|feeder| feeder.name == name) {
                faults.push(Fault::new(
                    place.key_span(name),
                    format!("`{}` is the name of a pool or a data file", excerpt(name)),
                ));
            }
            let slot = scope.captures.iter().position(|known| known == name).unwrap_or_else(|| {
                scope.captures.push(name.to_owned());
                scope.captures.len() - 1
            });
            if let Some(source) = source(text, place.at(name), CaptureSource::Body, faults) {
                sources.push(source);
                names.push(name.into());
                sinks.push(Sink::Slot(slot));
            }
        }
        for (name, text) in written.publish.iter().flatten() {
            let pool = self.pools.iter().position(|pool| pool == name);
            if let (Some(source), Some(pool)) =
                (source(text, node.at("publish").at(name), CaptureSource::Every, faults), pool)
            {
                sources.push(source);
                names.push(name.into());
                sinks.push(Sink::Pool(pool));
            }
        }
        (sources, names, sinks)
    }
}

fn source(
    text: &str,
    node: &Node,
    of_path: fn(JsonPath) -> CaptureSource,
    faults: &mut Vec<Fault>,
) -> Option<CaptureSource> {
    if text == "status" {
        return Some(CaptureSource::Status);
    }
    if let Some(name) = text.strip_prefix("header.").filter(|name| !name.is_empty()) {
        return Some(CaptureSource::Header(name.into()));
    }
    if !text.starts_with('$') {
        let fault = Fault::new(node.span, format!("`{}` is nothing that a reply has", excerpt(text)));
        faults.push(fault.suggest("write `$.json.path`, `header.Name` or `status`"));
        return None;
    }
    match JsonPath::parse(text) {
        Ok(path) => Some(of_path(path)),
        Err(error) => {
            faults.push(Fault::new(node.span, error.to_string()));
            None
        }
    }
}

fn check_sizes(written: &written::Step, operation: &Operation, node: &Node, faults: &mut Vec<Fault>) {
    let max = operation.batch.as_ref().and_then(|shape| shape.max);
    if let (Some(batch), Some(max)) = (&written.batch, max)
        && batch.size > max
    {
        let message = format!("`{}` takes at most {max} items, not {}", operation.name, batch.size);
        faults.push(Fault::new(node.at("batch").at("size").span, message).suggest(format!("write `size: {max}`")));
    }
    if written.batch.is_some() && written.paginate.is_some() {
        let fault = Fault::new(node.key_span("paginate"), "a step is either a batch or a walk over pages");
        faults.push(fault.suggest("make two steps of it"));
    }
}

/// A step that does not fit its operation, at the key that is to blame.
fn bind_fault(error: &BindError, node: &Node) -> Fault {
    let message = error.to_string();
    match error {
        BindError::MissingParameter { .. } => Fault::new(node.get("with").unwrap_or(node.at("call")).span, message),
        BindError::UnknownParameter { parameter, known, .. } => {
            let fault = Fault::new(node.at("with").key_span(parameter), message);
            fault.suggest_word(parameter, known.iter().map(String::as_str))
        }
        BindError::NotAText { parameter, .. } | BindError::NotALiteral { parameter } => {
            Fault::new(node.at("with").at(parameter).span, message)
        }
        BindError::NoBatch(_) => Fault::new(node.key_span("batch"), message).suggest("remove `batch`"),
        BindError::NoPaging(_) | BindError::NeedsPageSize(_) => Fault::new(node.key_span("paginate"), message),
        BindError::PageTooLarge { max, .. } => {
            Fault::new(node.at("paginate").at("page_size").span, message).suggest(format!("write `page_size: {max}`"))
        }
        BindError::NeedsBatch(_) | BindError::Template(_) | BindError::Path(_) => {
            let place = if node.kind == Kind::Null { node } else { node.at("call") };
            Fault::new(place.span, message)
        }
    }
}
