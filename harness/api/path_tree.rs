//! All places that are wanted of a body, as one tree, along which the body is read in a single pass.
//!
//! Reading a page of 15 kB into a document, to take one token out of it, is many times the work of stepping over what nobody
//! wants. What is stepped over has to be JSON by its grammar and no more: a number that no machine can hold, or half a surrogate
//! pair, spoils a reply only where something is wanted from inside it.

use serde_json::Value;

use super::found::Found;
use super::path::Segment;
use super::scan::{NotJson, Scan};
use super::wants::{ReadError, Want, Wants};

/// A place in a body, with those inside it.
#[derive(Clone, Debug, Default)]
pub(super) struct PathTree {
    /// What the value here is wanted for.
    wants: Vec<Want>,
    /// Wanted members. Few, so that looking through them is faster than a map.
    names: Vec<(Box<str>, Self)>,
    /// Wanted items of an array; each has also what is wanted of every item.
    indices: Vec<(usize, Self)>,
    /// What is wanted of every other item.
    every: Option<Box<Self>>,
}

/// The most members of one object that can be told apart while reading; more than that are read the slow way.
const MOST_NAMES: usize = 64;

impl PathTree {
    /// Wants the value at a place. Nothing may be [settled](Self::settle) yet.
    pub(super) fn insert(&mut self, place: &[Segment], want: Want) {
        let Some((segment, rest)) = place.split_first() else {
            self.wants.push(want);
            return;
        };
        let inner = match segment {
            Segment::Name(name) => child(&mut self.names, name),
            Segment::Index(index) => child(&mut self.indices, index),
            Segment::Every => self.every.get_or_insert_default(),
        };
        inner.insert(rest, want);
    }

    /// Lets each item of an array be found at one place: what is wanted of every item is wanted of the first one too.
    pub(super) fn settle(&mut self) {
        if let Some(every) = &self.every {
            self.indices.iter_mut().for_each(|(_, item)| item.merge(every));
        }
        let names = self.names.iter_mut().map(|(_, inner)| inner);
        let items = self.indices.iter_mut().map(|(_, inner)| inner);
        names.chain(items).chain(self.every.as_deref_mut()).for_each(Self::settle);
    }

    fn merge(&mut self, other: &Self) {
        self.wants.extend(&other.wants);
        other.names.iter().for_each(|(name, inner)| child(&mut self.names, name).merge(inner));
        other.indices.iter().for_each(|(index, inner)| child(&mut self.indices, index).merge(inner));
        if let Some(every) = &other.every {
            self.every.get_or_insert_default().merge(every);
        }
    }

    fn is_leaf(&self) -> bool {
        self.names.is_empty() && self.indices.is_empty() && self.every.is_none()
    }

    fn item(&self, index: usize) -> Option<&Self> {
        let single = self.indices.iter().find(|(known, _)| *known == index).map(|(_, inner)| inner);
        single.or(self.every.as_deref())
    }

    /// Reads a body. Of members of one name the last counts, as everywhere else.
    pub(super) fn read(&self, wants: &Wants, body: &[u8]) -> Result<Found, ReadError> {
        let text = std::str::from_utf8(body).map_err(|_| ReadError::NotJson)?;
        let (mut scan, mut found) = (Scan::new(text), Found::nothing(wants));
        match self.step(&mut scan, &mut found).and_then(|()| Ok(scan.end()?)) {
            Ok(()) => Ok(found),
            Err(Stop::NotJson) => Err(ReadError::NotJson),
            Err(Stop::Odd) => Found::in_json(wants, body),
        }
    }

    /// Takes what is wanted of the next value, and steps over it.
    fn step(&self, scan: &mut Scan<'_>, found: &mut Found) -> Result<(), Stop> {
        if self.wants.iter().any(|want| found.lacks(*want)) {
            let value = serde_json::from_str(scan.value()?).map_err(|_| Stop::NotJson)?;
            self.take(value, found);
            return Ok(());
        }
        found.listed += self.wants.iter().filter(|want| **want == Want::Listed).count() as u32;
        if scan.is_object() && (self.every.is_some() || self.names.len() > MOST_NAMES) {
            return Err(Stop::Odd);
        }
        if scan.is_object() && !self.names.is_empty() {
            return self.step_members(scan, found);
        }
        if scan.is_array() && !self.is_leaf() {
            return scan.items(|scan, index| match self.item(index) {
                Some(inner) => inner.step(scan, found),
                None => Ok(scan.value().map(drop)?),
            });
        }
        Ok(scan.value().map(drop)?)
    }

    fn step_members(&self, scan: &mut Scan<'_>, found: &mut Found) -> Result<(), Stop> {
        let mut seen = 0_u64;
        scan.members(|scan, name| {
            let known = |name: &str| self.names.iter().position(|(known, _)| known.as_ref() == name);
            let Some(index) = name.read(known) else { return Ok(scan.value().map(drop)?) };
            if seen & (1 << index) != 0 {
                return Err(Stop::Odd);
            }
            seen |= 1 << index;
            self.names[index].1.step(scan, found)
        })
    }

    /// Takes what is wanted of a value that had to be read as a whole.
    fn take(&self, value: Value, found: &mut Found) {
        self.take_inner(&value, found);
        if let Some((last, others)) = self.wants.split_last() {
            for want in others {
                found.put(*want, value.clone());
            }
            found.put(*last, value);
        }
    }

    fn take_inner(&self, value: &Value, found: &mut Found) {
        match value {
            Value::Object(members) => {
                for (name, inner) in &self.names {
                    members.get(name.as_ref()).into_iter().for_each(|value| inner.visit(value, found));
                }
                let every = self.every.iter().flat_map(|inner| members.values().map(move |value| (inner, value)));
                every.for_each(|(inner, value)| inner.visit(value, found));
            }
            Value::Array(items) if !self.is_leaf() => {
                for (index, value) in items.iter().enumerate() {
                    self.item(index).into_iter().for_each(|inner| inner.visit(value, found));
                }
            }
            _ => {}
        }
    }

    fn visit(&self, value: &Value, found: &mut Found) {
        self.wants.iter().for_each(|want| found.put(*want, value.clone()));
        self.take_inner(value, found);
    }
}

/// The subtree of a key, made where there is none.
fn child<'a, K: PartialEq + Clone>(children: &'a mut Vec<(K, PathTree)>, key: &K) -> &'a mut PathTree {
    let at = children.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
        children.push((key.clone(), PathTree::default()));
        children.len() - 1
    });
    &mut children[at].1
}

impl Found {
    /// Whether a value has to be read for a want; one that is only counted has not.
    fn lacks(&self, want: Want) -> bool {
        match want {
            Want::First(capture) => self.captures[capture].is_none(),
            Want::Next => self.next.is_none(),
            Want::Listed => false,
            Want::Every(_) | Want::Failed | Want::Key => true,
        }
    }

    fn put(&mut self, want: Want, value: Value) {
        match want {
            Want::First(capture) => {
                self.captures[capture].get_or_insert(value);
            }
            Want::Every(capture) => {
                if let Some(Value::Array(values)) = &mut self.captures[capture] {
                    values.push(value);
                }
            }
            Want::Next => {
                self.next.get_or_insert(value);
            }
            Want::Listed => self.listed += 1,
            Want::Failed => self.failed.push(value),
            Want::Key => {
                if let Value::String(name) = value {
                    self.keys.push(name);
                }
            }
        }
    }
}

/// Why a body cannot be read in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// It is not JSON.
    NotJson,
    /// It has to be read the slow way: it has members of one name, of which the last counts, or every member of an object is
    /// wanted, whose order such members would change.
    Odd,
}

impl From<NotJson> for Stop {
    fn from(_: NotJson) -> Self {
        Self::NotJson
    }
}

#[cfg(test)]
#[path = "path_tree_tests.rs"]
mod tests;
