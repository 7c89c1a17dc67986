//! Candidates: every policy that is named, with every combination of what is swept.
//!
//! A combination is written into the policy's definition as if it had stood there, and takes the same way as the file: the walk
//! over the schema, the decoding and the rules of policies. So a bad value is a fault at its own place in the sweep.

use std::path::PathBuf;

use super::super::policies::Policies;
use super::sweep::{Axis, combination, combinations, in_line, labels};
use crate::retry::{PRESETS, preset};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::node::{Entry, Kind};
use crate::scenario::place::Span;
use crate::scenario::{Loaded, Node, decode, overrides, resolved, schema, walk};
use crate::tune::Candidate;

/// Every policy that is compared, with what is swept of it.
pub(super) struct Bases<'a>(Vec<Base<'a>>);

struct Base<'a> {
    name: &'a str,
    /// Where it is named.
    place: Span,
    axes: Vec<Axis<'a>>,
}

/// A candidate in the making.
struct Draft<'a> {
    base: &'a str,
    name: String,
    swept: Vec<(String, String)>,
    /// Its definition; `None` where it is the base itself.
    node: Option<Node>,
}

impl<'a> Bases<'a> {
    /// What the block names; every preset and every policy of the file where it names none.
    pub(super) fn of(loaded: &'a Loaded, faults: &mut Vec<Fault>) -> Self {
        let node = loaded.tree.at("tune");
        let named = node.get("policies").map(Node::items).unwrap_or_default();
        let mut bases: Vec<Base<'a>> = named
            .iter()
            .filter_map(|item| Some(Base { name: item.as_str()?, place: item.span, axes: Vec::new() }))
            .collect();
        if named.is_empty() {
            let presets = PRESETS.iter().map(|(name, ..)| *name);
            let defined = loaded.tree.at("policies").entries().iter().map(|entry| entry.key.as_str());
            let all = presets.chain(defined.filter(|_| loaded.tree.get("policies").is_some()));
            bases.extend(all.map(|name| Base { name, place: node.span, axes: Vec::new() }));
        }
        for index in 1..bases.len() {
            if bases[..index].iter().any(|other| other.name == bases[index].name) {
                let message = format!("`{}` is compared twice", excerpt(bases[index].name));
                faults.push(Fault::new(bases[index].place, message).suggest("remove one of them"));
            }
        }
        for entry in node.get("sweep").map(Node::entries).unwrap_or_default() {
            // The names of presets contain dots, so the longest name that fits is meant. One that fits none has been reported.
            let fits =
                |base: &&mut Base<'_>| entry.key.strip_prefix(base.name).is_some_and(|rest| rest.starts_with('.'));
            if let Some(base) = bases.iter_mut().filter(fits).max_by_key(|base| base.name.len()) {
                let quoted = loaded.sources.slice(entry.key_span).starts_with(['"', '\'']);
                base.axes.push(Axis::new(base.name, &entry.key, entry.key_span, &entry.value, quoted, faults));
            }
        }
        Self(bases)
    }

    /// How many candidates there are.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum: u64, base| sum.saturating_add(combinations(&base.axes)))
    }

    /// Makes all of them. Faults of a combination are reported where its values stand.
    pub(super) fn candidates(&self, loaded: &Loaded, faults: &mut Vec<Fault>) -> Vec<Candidate> {
        let drafts: Vec<Draft<'_>> = self.0.iter().flat_map(|base| base.drafts(loaded, faults)).collect();
        let Some(policies) = define(loaded, &drafts, faults) else { return Vec::new() };
        let candidate = |draft: Draft<'_>| {
            let policy = policies.named(&draft.name)?;
            let yaml = paste(loaded, draft.base, draft.node.as_ref());
            Some(Candidate { base: draft.base.to_owned(), name: draft.name, swept: draft.swept, policy, yaml })
        };
        drafts.into_iter().filter_map(candidate).collect()
    }
}

impl<'a> Base<'a> {
    fn drafts(&self, loaded: &Loaded, faults: &mut Vec<Fault>) -> Vec<Draft<'a>> {
        if self.axes.is_empty() {
            return vec![Draft { base: self.name, name: self.name.to_owned(), swept: Vec::new(), node: None }];
        }
        let labels = labels(&self.axes);
        (0..combinations(&self.axes))
            .map(|number| {
                let values = combination(&self.axes, number);
                let mut node = definition(loaded, self.name, self.place);
                for (axis, value) in self.axes.iter().zip(&values) {
                    inherit(loaded, &mut node, axis.path);
                    if let Err(fault) = overrides::set(&mut node, axis.path, axis.place, (*value).clone()) {
                        faults.push(*fault);
                    }
                }
                let texts: Vec<String> = values.iter().map(|value| in_line(value)).collect();
                let pairs: Vec<String> =
                    labels.iter().zip(&texts).map(|(label, text)| format!("{label}={text}")).collect();
                let swept = self.axes.iter().map(|axis| axis.path.to_owned()).zip(texts).collect();
                Draft {
                    base: self.name,
                    name: format!("{} ({})", self.name, pairs.join(", ")),
                    swept,
                    node: Some(node),
                }
            })
            .collect()
    }
}

/// The definition of a policy; of a preset, one that extends it.
fn definition(loaded: &Loaded, name: &str, place: Span) -> Node {
    let written = loaded.tree.get("policies").and_then(|policies| policies.get(name));
    written.cloned().unwrap_or_else(|| {
        let extends = Node::new(Kind::Str(name.to_owned()), place);
        map(vec![("extends".to_owned(), extends)], place)
    })
}

/// Where a swept field stands in a block that only a policy further up the chain has, that block is taken over: what is inside
/// of it, such as its `type`, goes with the field.
fn inherit(loaded: &Loaded, node: &mut Node, path: &str) {
    let Some((block, _)) = path.split_once('.') else { return };
    let mut visited = Vec::new();
    let mut above = node.clone();
    let found = loop {
        if let Some(entry) = above.entry(block) {
            break entry.clone();
        }
        let Some(extends) = above.get("extends").and_then(Node::as_str).map(str::to_owned) else { return };
        let defined = loaded.tree.get("policies").and_then(|policies| policies.get(&extends));
        let (Some(defined), false) = (defined, visited.contains(&extends)) else { return };
        above = defined.clone();
        visited.push(extends);
    };
    if visited.is_empty() {
        return;
    }
    if let Kind::Map(entries) = &mut node.kind {
        entries.push(found);
    }
}

/// Policies of the file and of all drafts, made together.
fn define(loaded: &Loaded, drafts: &[Draft<'_>], faults: &mut Vec<Fault>) -> Option<Policies> {
    let span = loaded.tree.span;
    let mut defined = loaded.tree.get("policies").cloned().unwrap_or_else(|| map(Vec::new(), span));
    if let Kind::Map(entries) = &mut defined.kind {
        entries.extend(drafts.iter().filter_map(|draft| {
            let value = draft.node.clone()?;
            Some(Entry { key: draft.name.clone(), key_span: value.span, value })
        }));
    }
    let name = Node::new(Kind::Str("candidates".to_owned()), span);
    let mut tree = map(vec![("name".to_owned(), name), ("policies".to_owned(), defined)], span);
    let before = faults.len();
    walk::walk(schema::scenario(), &mut tree, "the scenario", &loaded.sources, faults);
    if faults.len() > before {
        return None;
    }
    let scenario = decode::decode(&tree).map_err(|fault| faults.push(fault)).ok()?;
    let sources = loaded.sources.clone();
    let alone = Loaded { tree, scenario, catalogue: None, sources, secrets: Vec::new(), folder: PathBuf::new() };
    Some(Policies::new(&alone, faults))
}

/// What to paste into a scenario: the definition with all that it extends, and its use.
fn paste(loaded: &Loaded, base: &str, node: Option<&Node>) -> String {
    let defined = |name: &str| loaded.tree.get("policies").and_then(|policies| policies.get(name)).cloned();
    let span = loaded.tree.span;
    let (name, node) = match (node.cloned(), preset(base)) {
        // A definition cannot replace a preset.
        (Some(node), Some(_)) => (format!("{base}-tuned"), Some(node)),
        (Some(node), None) => (base.to_owned(), Some(node)),
        (None, _) => (base.to_owned(), defined(base)),
    };
    let mut chain = Vec::new();
    let mut next = node.map(|node| (name.clone(), node));
    while let Some((name, node)) = next {
        // A circle has been reported; here it would have no end.
        let extends = node.get("extends").and_then(Node::as_str).map(str::to_owned);
        let extends = extends.filter(|extends| chain.iter().all(|(known, _)| known != extends) && *extends != name);
        chain.push((name, node));
        next = extends.and_then(|extends| defined(&extends).map(|node| (extends, node)));
    }
    chain.reverse();
    let mut entries = vec![("retry".to_owned(), Node::new(Kind::Str(name), span))];
    if !chain.is_empty() {
        entries.insert(0, ("policies".to_owned(), map(chain, span)));
    }
    resolved::to_yaml(&map(entries, span))
}

fn map(entries: Vec<(String, Node)>, span: Span) -> Node {
    let entries = entries.into_iter().map(|(key, value)| Entry { key, key_span: span, value }).collect();
    Node::new(Kind::Map(entries), span)
}
