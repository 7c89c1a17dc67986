//! The block `gate`: what is compared, how often, by which rules, and what each side is.

mod metrics;
mod samples;
mod sides;
mod stored;
#[cfg(test)]
mod tests;

use super::verbs::Check;
use crate::gate::{OnInconclusive, Rules, Trim};
use crate::plan::{Plan, Target};
use crate::scenario::fault::{Fault, Faults};
use crate::scenario::mirror::verbs as written;
use crate::scenario::{GateForecast, Loaded, Node};

pub use sides::{GateSide, Server};
pub use stored::{StoredRules, stored_rules};

/// Pairs at the first look, unless the scenario says otherwise.
const PAIRS: u32 = 8;

/// Everything that `loadline gate` does.
#[derive(Clone, Debug)]
pub struct GateTask {
    /// What decides.
    pub rules: Rules,
    /// Both sides, the baseline first.
    pub sides: [GateSide; 2],
    /// Whether both run at the same time.
    pub duet: bool,
    /// What has to be known of the comparison before it is made; sentences.
    pub notes: Vec<String>,
}

impl GateTask {
    /// The baseline compared with itself, which finds nothing but noise: all pairs of the first look, and no second.
    #[must_use]
    pub fn against_itself(mut self) -> Self {
        self.sides[1] = self.sides[0].clone();
        self.rules.max_pairs = self.rules.pairs;
        self.notes = sides::notes(&self.sides);
        self
    }
}

impl Loaded {
    /// What `loadline gate` would do; `None` where the scenario has no such block.
    ///
    /// # Errors
    /// As [`Self::gate`].
    pub fn gate_forecast(&self) -> Result<Option<GateForecast>, Faults> {
        if self.scenario.gate.is_none() {
            return Ok(None);
        }
        self.gate().map(|task| Some(GateForecast::of(&task)))
    }

    /// Makes the task of `loadline gate`. A side that says nothing is the scenario's own target.
    ///
    /// # Errors
    /// As [`Self::plan`], for each side; and what cannot be compared, or not be found out with as many calls as a run has.
    pub fn gate(&self) -> Result<GateTask, Faults> {
        let mut faults = Vec::new();
        let task = task(self, &mut faults);
        match task {
            Some(task) if faults.is_empty() => Ok(task),
            _ => Err(Faults::new(self.sources.clone(), faults, &self.secrets)),
        }
    }
}

/// The rules that every verb checks: they need no plan.
pub(super) fn check(loaded: &Loaded, names: &Check<'_>, node: &Node, faults: &mut Vec<Fault>) {
    let Some(gate) = &loaded.scenario.gate else { return };
    let pairs = gate.pairs.unwrap_or(PAIRS);
    if gate.max_pairs.is_some_and(|max| max < pairs) {
        let fault = Fault::new(node.at("max_pairs").span, format!("`max_pairs` is below `pairs`, which is {pairs}"));
        faults.push(fault.suggest(format!("at least {pairs}; {} looks twice", pairs * 2)));
    }
    for (key, side) in [("baseline", &gate.baseline), ("candidate", &gate.candidate)] {
        if let Some(side) = side {
            sides::check(loaded, side, node.at(key), faults);
        }
    }
    metrics::check(gate, Some(names), node.at("metrics"), faults);
}

/// An absent block is one that says nothing.
fn block(loaded: &Loaded) -> written::Gate {
    loaded.scenario.gate.clone().unwrap_or_default()
}

fn task(loaded: &Loaded, faults: &mut Vec<Fault>) -> Option<GateTask> {
    let (gate, node) = (block(loaded), loaded.tree.at("gate"));
    let baseline = sides::side(loaded, "baseline", gate.baseline.as_ref(), faults);
    let candidate = sides::side(loaded, "candidate", gate.candidate.as_ref(), faults);
    let sides = [baseline?, candidate?];
    let duet = gate.duet == Some(true);
    if duet {
        check_duet(&sides, node, faults);
    }
    let mut notes = Vec::new();
    let metrics = metrics::metrics(&gate, &sides[0].plan, node, &mut notes, faults);
    let pairs = gate.pairs.unwrap_or(PAIRS);
    let rules = Rules {
        metrics,
        pairs,
        max_pairs: gate.max_pairs.unwrap_or(pairs * 2),
        strict: gate.strict == Some(true),
        on_inconclusive: on_inconclusive(&gate),
        spare_pairs: gate.spare_pairs.unwrap_or(pairs),
        seed: sides[0].plan.seed,
        trim: trim(&gate),
        ..Rules::default()
    };
    notes.extend(sides::notes(&sides));
    notes.extend(too_few(&rules));
    Some(GateTask { rules, sides, duet, notes })
}

fn on_inconclusive(gate: &written::Gate) -> OnInconclusive {
    match gate.on_inconclusive {
        None | Some(written::OnInconclusive::Warn) => OnInconclusive::Warn,
        Some(written::OnInconclusive::Fail) => OnInconclusive::Fail,
        Some(written::OnInconclusive::Pass) => OnInconclusive::Pass,
    }
}

fn trim(gate: &written::Gate) -> Trim {
    match gate.trim {
        None | Some(written::Trim::None) => Trim::Nothing,
        Some(written::Trim::Mser5) => Trim::Mser5,
    }
}

/// Both at the same time need a server each.
fn check_duet(sides: &[GateSide; 2], node: &Node, faults: &mut Vec<Fault>) {
    let place = node.key_span("duet");
    if sides[0].server == Server::Ready && sides[0].plan.target == sides[1].plan.target {
        let fault = Fault::new(place, "`duet` runs both sides at the same time, and here both are one server");
        faults.push(fault.suggest("give each side a `url` or a `command` of its own, or leave `duet` out"));
    }
    let fixed = |plan: &Plan| match plan.target {
        Target::Mock { listen } => (listen.port() != 0).then_some(listen),
        Target::Url(_) => None,
    };
    let commands = sides.iter().filter_map(|side| match &side.server {
        Server::Command(command) => command.url.as_ref(),
        _ => None,
    });
    let commands: Vec<_> = commands.collect();
    let is_shared = matches!(commands[..], [first, second] if first == second);
    if is_shared || fixed(&sides[0].plan).is_some_and(|listen| fixed(&sides[1].plan) == Some(listen)) {
        let fault = Fault::new(place, "`duet` runs both sides at the same time, and both would listen on one port");
        faults.push(fault.suggest("let them listen on any free port: port 0"));
    }
}

/// Too few pairs for any certainty are allowed, and said: the smallest chance that k pairs can show is 2^-k.
fn too_few(rules: &Rules) -> Option<String> {
    // One look spends all of the certainty, and the last of two three quarters of it.
    let share = if rules.max_pairs == rules.pairs { 1.0 } else { 0.75 };
    let needed = rules.alpha * share / rules.metrics.len().max(1) as f64;
    let least = (1..64).find(|&pairs| 2_f64.powi(-pairs) <= needed)?;
    (i64::from(rules.max_pairs) < i64::from(least)).then(|| {
        let what = match rules.metrics.len() {
            0 | 1 => "the metric".to_owned(),
            metrics => format!("any of {metrics} metrics"),
        };
        format!("{} pairs are too few to fail {what}: that takes at least {least}", rules.max_pairs)
    })
}
