//! What the two sides of a gate are: the scenario as it is, with another address or other values of the embedded service.

use url::Url;

use crate::engine::ServerCommand;
use crate::plan::{Plan, Refusal, Target};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::lower::plan;
use crate::scenario::mirror::verbs::Side;
use crate::scenario::node::{Kind, Node};
use crate::scenario::{Loaded, decode, flags, overrides, schema, walk};
use crate::units::Nanos;

/// How long a command may take until it listens, unless the scenario says otherwise.
const READY_WITHIN: Nanos = Nanos::from_secs(30);
/// What stands for the address of a server that nobody has started yet: the port of `discard`, where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// One side.
#[derive(Clone, Debug)]
pub struct GateSide {
    /// What it is, for people, secrets masked.
    pub what: String,
    /// Who serves it.
    pub server: Server,
    /// What is sent. Of a command without a `url` the target is not known before it runs.
    pub plan: Plan,
    /// The hosts that may be loaded besides this machine.
    allowed: Vec<String>,
}

/// Who serves a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// The embedded service, afresh for every run.
    Mock,
    /// Someone else, who is there already.
    Ready,
    /// A command, started afresh for every run.
    Command(ServerCommand),
}

impl GateSide {
    /// The plan with the address that a server turned out to have; its refusal says whether that may be loaded.
    pub fn plan_at(&self, url: Url) -> Plan {
        let target = Target::Url(url);
        Plan { refusal: Refusal::of(&target, &self.allowed), target, ..self.plan.clone() }
    }
}

/// The rules of a side that need no plan.
pub(super) fn check(loaded: &Loaded, side: &Side, node: &Node, faults: &mut Vec<Fault>) {
    if side.ready_within.is_some() && side.command.is_none() {
        let fault =
            Fault::new(node.key_span("ready_within"), "`ready_within` is the time of a `command`, and there is none");
        faults.push(fault.suggest("remove it, or add `command`"));
    }
    if side.set.is_none() {
        return;
    }
    let set = node.at("set");
    let is_mock = loaded.scenario.target.as_ref().is_none_or(|target| target.mock.is_some());
    if side.url.is_some() || side.command.is_some() || !is_mock {
        let fault =
            Fault::new(node.key_span("set"), "`set` changes the embedded service, and this side is another server");
        faults.push(fault.suggest("remove it, or let the side be the scenario's `target: {mock: attendees}`"));
    }
    for entry in set.entries() {
        let first = entry.key.split('.').next().unwrap_or_default();
        if !matches!(first, "mock" | "limiters") {
            let fault = Fault::new(
                entry.key_span,
                format!("`{}` is not the service's: both sides must get the same load", excerpt(&entry.key)),
            );
            faults
                .push(fault.suggest("change values of `mock` or `limiters` here, and everything else for both sides"));
        }
    }
}

/// Makes a side.
pub(super) fn side(loaded: &Loaded, key: &str, side: Option<&Side>, faults: &mut Vec<Fault>) -> Option<GateSide> {
    let own = Side::default();
    let side = side.unwrap_or(&own);
    let node = loaded.tree.at("gate").at(key);
    let changed = changed(loaded, side, node, faults)?;
    let plan = plan(&changed, faults)?;
    let safety = loaded.scenario.safety.as_ref();
    let allowed = safety.and_then(|safety| safety.allow_hosts.clone()).unwrap_or_default();
    let server = match (&side.command, &plan.target) {
        (None, Target::Mock { .. }) => Server::Mock,
        (None, Target::Url(_)) => Server::Ready,
        (Some(words), target) => {
            let (program, arguments) = words.split_first()?;
            let url = match target {
                Target::Url(url) if side.url.is_some() => Some(url.clone()),
                _ => None,
            };
            Server::Command(ServerCommand {
                program: program.clone(),
                arguments: arguments.to_vec(),
                url,
                ready_within: side.ready_within.as_ref().map_or(READY_WITHIN, |within| within.0),
                allowed: allowed.clone(),
                secrets: plan.secrets.clone(),
            })
        }
    };
    let what = match (&server, &plan.target) {
        (Server::Command(command), _) => command.shown(),
        (_, Target::Url(url)) => plan.secrets.mask(url.as_str()),
        (_, Target::Mock { .. }) => mock(loaded, node),
    };
    Some(GateSide { what: plan.secrets.mask(&what), server, plan, allowed })
}

/// The embedded service, and how it differs from the scenario's.
fn mock(loaded: &Loaded, node: &Node) -> String {
    let set = node.get("set").map(Node::entries).unwrap_or_default();
    let changes: Vec<String> = set
        .iter()
        .map(|entry| format!("{} = {}", entry.key, excerpt(loaded.sources.slice(entry.value.span).trim())))
        .collect();
    if changes.is_empty() {
        "the embedded mock".to_owned()
    } else {
        format!("the embedded mock with {}", changes.join(", "))
    }
}

/// The scenario with what the side changes, checked again as a whole.
fn changed(loaded: &Loaded, side: &Side, node: &Node, faults: &mut Vec<Fault>) -> Option<Loaded> {
    let mut tree = loaded.tree.clone();
    for entry in node.get("set").map(Node::entries).unwrap_or_default() {
        if let Err(fault) = overrides::set(&mut tree, &entry.key, entry.key_span, entry.value.clone()) {
            faults.push(*fault);
        }
    }
    if side.url.is_some() {
        flags::aim(&mut tree, node.at("url").clone());
    } else if side.command.is_some() {
        flags::aim(&mut tree, Node::new(Kind::Str(NOWHERE.to_owned()), node.at("command").span));
    } else if node.get("set").is_none() {
        return Some(loaded.clone());
    }
    let before = faults.len();
    walk::walk(schema::scenario(), &mut tree, "the scenario", &loaded.sources, faults);
    if faults.len() > before {
        return None;
    }
    match decode::decode(&tree) {
        Ok(scenario) => Some(Loaded { tree, scenario, ..loaded.clone() }),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

/// What is known of the sides beforehand.
pub(super) fn notes(sides: &[GateSide; 2]) -> Vec<String> {
    let mut notes = Vec::new();
    let [baseline, candidate] = sides;
    if baseline.server == candidate.server
        && baseline.plan.target == candidate.plan.target
        && baseline.plan.service == candidate.plan.service
    {
        notes.push("both sides are the same: whatever is found here is noise".to_owned());
    }
    if sides.iter().any(|side| side.server == Server::Ready) {
        notes.push(
            "a server behind a URL is not started afresh for each run: what differs from one start of it to another is not seen"
                .to_owned(),
        );
    }
    notes
}
