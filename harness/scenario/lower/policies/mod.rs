//! Retry policies: presets, and those of the file, which extend one another.

mod backoff;
mod budget;
mod classes;
mod draft;
mod gates;
mod hedge;
mod hint;

use std::collections::BTreeMap;

use std::sync::Arc;

use self::draft::Draft;
use crate::api::NotedHeaders;
use crate::retry::{NONE, PRESETS, Policy, preset};
use crate::scenario::Loaded;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::value::Named;
use crate::scenario::place::Span;

/// The policies of a plan, by name.
pub(super) struct Policies {
    /// Those of the file; `None` where one is broken, which has been reported.
    defined: BTreeMap<String, Option<Policy>>,
    /// Those that steps use, in the order of their first use.
    pub(super) used: Vec<Policy>,
    /// The header fields that any of them looks at.
    pub(super) noted: Arc<NotedHeaders>,
}

impl Policies {
    /// Makes all policies of the file, used or not, so that each fault is found.
    pub(super) fn new(loaded: &Loaded, faults: &mut Vec<Fault>) -> Self {
        let written = loaded.scenario.policies.iter().flatten();
        let node = loaded.tree.at("policies");
        let (mut defined, mut noted) = (BTreeMap::new(), NotedHeaders::default());
        for (name, _) in written {
            if preset(name).is_some() {
                let fault =
                    Fault::new(node.key_span(name), format!("`{name}` is a preset; a definition cannot replace it"));
                faults.push(fault.suggest(format!("choose another name, with `extends: {name}`")));
                continue;
            }
            let before = faults.len();
            let policy = policy(loaded, name, &mut noted, faults);
            defined.insert(name.to_owned(), policy.filter(|_| faults.len() == before));
        }
        Self { defined, used: Vec::new(), noted: Arc::new(noted) }
    }

    /// The index of a policy among those in use; zero where it is broken or unknown, which is reported.
    pub(super) fn index(&mut self, name: &str, place: Span, faults: &mut Vec<Fault>) -> usize {
        if let Some(index) = self.used.iter().position(|policy| policy.name == name) {
            return index;
        }
        if let Some(policy) = self.named(name) {
            self.used.push(policy);
            self.used.len() - 1
        } else {
            self.check(name, place, faults);
            0
        }
    }

    /// The policy of a name; `None` where it is broken or unknown.
    pub(super) fn named(&self, name: &str) -> Option<Policy> {
        match self.defined.get(name) {
            Some(defined) => defined.clone(),
            None => preset(name),
        }
    }

    /// Reports a name that means nothing.
    pub(super) fn check(&self, name: &str, place: Span, faults: &mut Vec<Fault>) {
        if !self.defined.contains_key(name) && preset(name).is_none() {
            let fault = Fault::new(place, format!("there is no policy `{}`", excerpt(name)));
            faults.push(fault.suggest_word(name, self.names()));
        }
    }

    /// Every name that means something.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.defined.keys().map(String::as_str).chain(PRESETS.iter().map(|(name, ..)| *name))
    }
}

/// Makes one policy of the file: the preset at the end of its chain, and every definition on the way back.
fn policy(loaded: &Loaded, name: &str, noted: &mut NotedHeaders, faults: &mut Vec<Fault>) -> Option<Policy> {
    let mut chain = Vec::new();
    let mut next = name.to_owned();
    let node = loaded.tree.at("policies");
    let base = loop {
        // A definition cannot replace a preset, which has been reported.
        if preset(&next).is_some() {
            break next;
        }
        let Some(written) = loaded.scenario.policies.as_ref().and_then(|policies| policies.get(&next)) else {
            break next;
        };
        let place = node.at(&next);
        if chain.iter().any(|(known, ..): &(String, _, _)| *known == next) {
            // Each policy of the circle reports it, at its own key.
            faults.push(Fault::new(node.key_span(name), format!("`{name}` extends itself in a circle")));
            return None;
        }
        let extends = written.extends.clone().unwrap_or_else(|| NONE.to_owned());
        chain.push((next, written, place));
        next = extends;
    };
    let Some(base) = preset(&base) else {
        let place = chain.last().map_or(node.span, |(_, _, place)| place.at("extends").span);
        // A broken base is reported once, by the policy that names it.
        if chain.len() == 1 {
            let defined = loaded.scenario.policies.iter().flat_map(Named::names);
            let known = defined.chain(PRESETS.iter().map(|(name, ..)| *name));
            faults
                .push(Fault::new(place, format!("there is no policy `{}`", excerpt(&base))).suggest_word(&base, known));
        }
        return None;
    };
    let mut draft = Draft::new(base);
    // Faults of a policy that this one extends are reported there.
    let mut elsewhere = Vec::new();
    while let Some((_, written, place)) = chain.pop() {
        let leaf = chain.is_empty();
        draft.apply(written, place, noted, if leaf { &mut *faults } else { &mut elsewhere });
    }
    Some(draft.finish(name))
}

#[cfg(test)]
mod tests;
