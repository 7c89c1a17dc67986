//! Created against listed: nothing lost, nothing doubled, nothing that nobody made.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Lane;
use crate::api::{Attempt, Extracted, Input, Values};
use crate::plan::Plan;
use crate::record::{AuditEntry, AuditLine, Ledger};
use crate::stats::SetHash;

/// How many names a report lists of each kind; the counts are exact.
const MOST_NAMES: usize = 20;

/// What became of a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The service said that it is done.
    Acknowledged,
    /// It was sent, and the answer was lost.
    Indeterminate,
}

/// Notes what was created, and in the audit's phase what was listed.
#[derive(Debug)]
pub(super) struct Auditor {
    /// What this phase created.
    created: Ledger,
    /// What earlier phases created.
    earlier: Arc<Ledger>,
    /// What was listed, by parent.
    listed: BTreeMap<String, Listing>,
}

/// What one parent's walk has listed.
#[derive(Debug, Default)]
struct Listing {
    set: SetHash,
    /// Kept until the walk is over, and after it only where the parent differs.
    names: Vec<String>,
    complete: bool,
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditResult {
    /// Names whose creation the service acknowledged.
    pub acknowledged: u64,
    /// Names that were sent and whose answer was lost: they may exist or not.
    pub indeterminate: u64,
    /// Names that were listed.
    pub listed: u64,
    /// Acknowledged and not listed.
    pub missing: u64,
    /// Listed more than once, each further time counted.
    pub duplicated: u64,
    /// Listed and never sent.
    pub unexpected: u64,
    /// Parents whose listing did not come to its end.
    pub unlisted_parents: u64,
    /// Names, for parents that differ.
    pub differences: Vec<Difference>,
}

/// One name that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The parent, a meeting for example.
    pub parent: String,
    /// The name.
    pub name: String,
    /// `missing`, `duplicated` or `unexpected`.
    pub what: &'static str,
}

impl AuditResult {
    /// Whether nothing is missing, doubled or unexpected, and everything was listed.
    pub fn is_ok(&self) -> bool {
        self.missing == 0 && self.duplicated == 0 && self.unexpected == 0 && self.unlisted_parents == 0
    }

    /// What the journal says of it. Names are rendered from templates, which may hold anything; `mask` takes out what nobody
    /// may see.
    pub fn line(self, mask: impl Fn(&str) -> String) -> AuditLine {
        let shown = |d: Difference| (mask(&d.parent), mask(&d.name), d.what.to_owned());
        AuditLine {
            acknowledged: self.acknowledged,
            indeterminate: self.indeterminate,
            listed: self.listed,
            missing: self.missing,
            duplicated: self.duplicated,
            unexpected: self.unexpected,
            unlisted_parents: self.unlisted_parents,
            differences: self.differences.into_iter().map(shown).collect(),
        }
    }
}

impl Auditor {
    pub(super) fn new(earlier: Arc<Ledger>) -> Self {
        Self { created: Ledger::default(), earlier, listed: BTreeMap::new() }
    }

    /// What this phase created.
    pub(super) fn into_ledger(self) -> Ledger {
        self.created
    }

    /// Compares what was listed with what earlier phases created.
    pub(super) fn compare(&self, plan: &Plan) -> AuditResult {
        let mut result = AuditResult::default();
        for (parent, ledger) in &self.earlier.parents {
            result.acknowledged += ledger.acknowledged.count;
            result.indeterminate += ledger.indeterminate;
            let listing = self.listed.get(parent).filter(|listing| listing.complete);
            let Some(listing) = listing else {
                result.unlisted_parents += 1;
                continue;
            };
            if listing.set != ledger.acknowledged {
                let names =
                    |entries: &[AuditEntry]| entries.iter().flat_map(|entry| entry_names(plan, entry)).collect();
                let acknowledged: Vec<String> = names(&ledger.acknowledged_entries);
                let indeterminate: Vec<String> = names(&ledger.indeterminate_entries);
                compare_names(parent, &acknowledged, &indeterminate, &listing.names, &mut result);
            }
        }
        for (parent, listing) in &self.listed {
            result.listed += listing.set.count;
            if !self.earlier.parents.contains_key(parent) && listing.set.count > 0 {
                compare_names(parent, &[], &[], &listing.names, &mut result);
            }
        }
        result
    }
}

/// The names that a creation sent, rendered again from its values.
fn entry_names(plan: &Plan, entry: &AuditEntry) -> Vec<String> {
    let exchange = &plan.exchanges[entry.exchange];
    let values = Values {
        seed: plan.seed,
        call: entry.call,
        client: entry.client,
        user: entry.user,
        seq: entry.seq,
        locals: entry.locals.iter().cloned().collect(),
    };
    let input = Input {
        exchange: entry.exchange,
        values: Rc::new(values),
        items: None,
        page: None,
        attempt: Attempt::default(),
    };
    match &entry.items {
        None => exchange.key_of(&input, None).into_iter().collect(),
        Some(items) => items.iter().filter_map(|&item| exchange.key_of(&input, Some(item))).collect(),
    }
}

fn compare_names(
    parent: &str,
    acknowledged: &[String],
    indeterminate: &[String],
    listed: &[String],
    result: &mut AuditResult,
) {
    let mut seen: FxHashMap<&str, u64> = FxHashMap::default();
    for name in listed {
        *seen.entry(name).or_default() += 1;
    }
    let mut differ = |what: &'static str, name: &str| {
        let named = result.differences.iter().filter(|difference| difference.what == what).count();
        if named < MOST_NAMES {
            result.differences.push(Difference { parent: parent.to_owned(), name: name.to_owned(), what });
        }
    };
    // The same name may be created twice; it still stands for one thing.
    let mut known: FxHashSet<&str> = FxHashSet::default();
    for name in acknowledged {
        if known.insert(name) && !seen.contains_key(name.as_str()) {
            result.missing += 1;
            differ("missing", name);
        }
    }
    known.extend(indeterminate.iter().map(String::as_str));
    let mut names: Vec<(&str, u64)> = seen.into_iter().collect();
    names.sort_unstable();
    for (name, times) in names {
        if times > 1 {
            result.duplicated += times - 1;
            differ("duplicated", name);
        }
        if !known.contains(name) {
            result.unexpected += times;
            differ("unexpected", name);
        }
    }
}

impl Lane {
    /// Notes what became of a creation, where the audit wants to know.
    pub(super) fn note_creation(&mut self, key: usize, fate: Fate, items: Option<&[u32]>) {
        let call = &self.calls[key];
        if !self.is_audited(call.flow) || items.is_some_and(<[u32]>::is_empty) {
            return;
        }
        let exchange = &self.plan.run.exchanges[call.exchange];
        let input = call.input();
        let Some(parent) = exchange.parent.as_ref().and_then(|parent| parent.fill(&exchange.context(&input))) else {
            return;
        };
        if exchange.key.is_none() {
            return;
        }
        let values = &call.values;
        let entry = AuditEntry {
            exchange: call.exchange,
            call: values.call,
            client: values.client,
            user: values.user,
            seq: values.seq,
            locals: values.locals.iter().cloned().collect(),
            items: items.map(<[u32]>::to_vec),
        };
        let ledger = self.auditor.created.parents.entry(parent).or_default();
        match fate {
            Fate::Acknowledged => {
                match items {
                    None => exchange.key_of(&input, None).iter().for_each(|name| ledger.acknowledged.insert(name)),
                    Some(items) => items
                        .iter()
                        .filter_map(|&item| exchange.key_of(&input, Some(item)))
                        .for_each(|name| ledger.acknowledged.insert(&name)),
                }
                ledger.acknowledged_entries.push(entry);
            }
            Fate::Indeterminate => {
                ledger.indeterminate += items.map_or(1, |items| items.len() as u64);
                ledger.indeterminate_entries.push(entry);
            }
        }
    }

    /// Notes what a page of the audit listed.
    pub(super) fn note_listing(&mut self, key: usize, extracted: &Extracted, last: bool) {
        if self.plan.phase != super::Phase::Audit {
            return;
        }
        let call = &self.calls[key];
        let exchange = &self.plan.run.exchanges[call.exchange];
        let Some(parent) = exchange.parent.as_ref().and_then(|parent| parent.fill(&exchange.context(&call.input())))
        else {
            return;
        };
        let expected = self.auditor.earlier.parents.get(&parent).map(|ledger| ledger.acknowledged);
        let listing = self.auditor.listed.entry(parent).or_default();
        for name in &extracted.keys {
            listing.set.insert(name);
            listing.names.push(name.clone());
        }
        if last {
            listing.complete = true;
            if Some(listing.set) == expected {
                // As it should be: its names are not needed any more.
                listing.names = Vec::new();
            }
        }
    }

    fn is_audited(&self, flow: usize) -> bool {
        let flow = &self.flows[flow];
        self.plan.workloads[flow.workload].flows[flow.variant].steps[flow.step].audited
    }
}
