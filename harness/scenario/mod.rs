//! Scenario files: from text to something that can be planned, with every fault of a file reported at once.
//!
//! ```text
//! file ─source─→ text ─tree─→ nodes ─overrides, env─→ nodes ─walk─→ checked nodes ─decode─→ mirrors ─lower─→ plan
//! ```
//!
//! serde would stop at the first fault and knows no places; so the file is read into a tree of our own, which the schema
//! is walked over, and only then decoded.

mod capacity_flags;
mod capacity_forecast;
mod decode;
mod discover_flags;
mod env;
mod fault;
mod flags;
pub mod forecast;
mod gate_flags;
mod gate_forecast;
mod lower;
mod mirror;
mod node;
mod overrides;
mod place;
pub mod quick;
mod quote;
mod render;
mod resolved;
mod scalar;
pub mod schema;
pub mod source;
mod tree;
mod tune_forecast;
mod walk;

use std::path::{Path, PathBuf};

pub use capacity_flags::CapacityFlags;
pub use capacity_forecast::CapacityForecast;
pub use discover_flags::DiscoverFlags;
pub use fault::{Fault, Faults};
pub use flags::Flags;
pub use gate_flags::{GateFlags, SideFlag};
pub use gate_forecast::GateForecast;
pub use lower::capacity::CapacityTask;
pub use lower::discover::DiscoverTask;
pub use lower::gate::{GateSide, GateTask, Server, StoredRules, stored_rules};
pub use lower::tune::{Effort, Size};
pub use place::{Source, Sources, Span};
pub use tune_forecast::TuneForecast;

use mirror::Scenario;
use mirror::api::Catalogue;
use mirror::value::TextOr;
use node::Node;

/// Looks up an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a scenario is loaded from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Its text.
    pub source: &'a Source,
    /// The folder that paths in it start from.
    pub folder: &'a Path,
    /// `--set` arguments, each `path=value`; later ones win.
    pub overrides: &'a [String],
    /// What other flags change; they come after `--set`.
    pub flags: &'a Flags,
    /// Where `${env:NAME}` is looked up.
    pub environment: Environment<'a>,
}

/// A scenario whose every key and value is valid by itself; the rules across keys are `lower`'s.
#[derive(Clone, Debug)]
pub struct Loaded {
    tree: Node,
    scenario: Scenario,
    catalogue: Option<(Node, Catalogue)>,
    sources: Sources,
    secrets: Vec<(String, String)>,
    folder: PathBuf,
}

impl Loaded {
    /// The scenario's name.
    pub fn name(&self) -> &str {
        &self.scenario.name
    }

    /// The scenario as resolved, as YAML: with what `--set` changed, and with `${env:…}` where it was filled in.
    pub fn resolved(&self) -> String {
        resolved::to_yaml(&self.tree)
    }

    /// The values that came from the environment, each with the text to show in its place.
    pub fn secrets(&self) -> &[(String, String)] {
        &self.secrets
    }

    /// The texts that places point into.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The folder that paths in the scenario start from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Reads a scenario file and checks it.
///
/// # Errors
/// Everything that is wrong with the file by itself, at once.
pub fn read(path: &Path, overrides: &[String], flags: &Flags, environment: Environment<'_>) -> Result<Loaded, Faults> {
    let source = source::read(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    load(Input { source: &source, folder, overrides, flags, environment })
}

/// Checks a scenario whose text is at hand.
///
/// # Errors
/// As [`read`].
pub fn load(input: Input<'_>) -> Result<Loaded, Faults> {
    let (mut sources, mut faults, mut secrets) = (Sources::default(), Vec::new(), Vec::new());
    let index = sources.add(input.source.clone());
    let Some(mut tree) = tree::build(&input.source.text, index, &mut faults) else {
        return Err(Faults::new(sources, faults, &secrets));
    };
    for argument in input.overrides {
        overrides::apply(&mut tree, argument, &mut sources, &mut faults);
    }
    flags::apply(&mut tree, input.flags, &mut sources);
    env::fill(&mut tree, input.environment, &mut secrets, &mut faults);
    walk::walk(schema::scenario(), &mut tree, "the scenario", &sources, &mut faults);
    let catalogue = match tree.get("api").and_then(Node::as_str).filter(|name| is_path(name)) {
        Some(name) => {
            let path = input.folder.join(name);
            catalogue(&path, tree.at("api"), input.environment, &mut sources, &mut faults, &mut secrets)
        }
        None => None,
    };
    if !faults.is_empty() {
        return Err(Faults::new(sources, faults, &secrets));
    }
    match decode::decode(&tree) {
        Ok(scenario) => Ok(Loaded { tree, scenario, catalogue, sources, secrets, folder: input.folder.to_owned() }),
        Err(fault) => Err(Faults::new(sources, vec![fault], &secrets)),
    }
}

/// Whether the value of `api` names a file rather than a built-in catalogue.
fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some()
}

fn catalogue(
    path: &Path,
    named: &Node,
    environment: Environment<'_>,
    sources: &mut Sources,
    faults: &mut Vec<Fault>,
    secrets: &mut Vec<(String, String)>,
) -> Option<(Node, Catalogue)> {
    let source = match source::read(path) {
        Ok(source) => source,
        Err(unreadable) => {
            let messages = unreadable.list().iter();
            faults
                .extend(messages.map(|fault| Fault::new(named.span, format!("{}: {}", path.display(), fault.message))));
            return None;
        }
    };
    let before = faults.len();
    let text = source.text.clone();
    let index = sources.add(source);
    let mut tree = tree::build(&text, index, faults)?;
    env::fill(&mut tree, environment, secrets, faults);
    walk::walk(&schema::catalogue(), &mut tree, "the catalogue", sources, faults);
    if faults.len() > before {
        return None;
    }
    match decode::decode(&tree) {
        Ok(catalogue) => Some((tree, catalogue)),
        Err(fault) => {
            faults.push(fault);
            None
        }
    }
}

/// The operations written in the file, or in a file that it names; `None` where it names a built-in catalogue.
impl Loaded {
    fn operations(&self) -> Option<(&Node, &Catalogue)> {
        match (&self.catalogue, &self.scenario.api) {
            (Some((tree, catalogue)), _) => Some((tree, catalogue)),
            (None, Some(TextOr::Value(catalogue))) => Some((self.tree.at("api"), catalogue)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
