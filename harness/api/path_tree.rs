//! All places that are wanted of a body, as one tree, along which the body is read in a single pass.
//!
//! Reading a page of 15 kB into a document, to take one token out of it, costs seven times as much as stepping over what
//! nobody wants. What is stepped over has to be JSON by its grammar and no more: a number that no machine can hold, half a
//! surrogate pair or a nesting beyond 128 levels spoils a reply only where something is wanted from inside it.

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess};
use serde_json::Value;

use super::found::Found;
use super::lenient::{Known, Lenient, Reader};
use super::path::Segment;
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
        // What is stepped over is not looked at, so it has to be text as a whole.
        let text = std::str::from_utf8(body).map_err(|_| ReadError::NotJson)?;
        let mut found = Found::nothing(wants);
        let mut odd = false;
        let mut json = serde_json::Deserializer::from_str(text);
        let step = Step { tree: self, found: &mut found, odd: &mut odd };
        let read = step.deserialize(&mut json).and_then(|()| json.end());
        match read {
            Ok(()) => Ok(found),
            Err(_) if odd => Found::in_json(wants, body),
            Err(_) => Err(ReadError::NotJson),
        }
    }

    /// Takes what is wanted of a value that had to be read as a whole.
    fn take(&self, value: Value, found: &mut Found) {
        self.take_inner(&value, found);
        if let Some((last, others)) = self.wants.split_last() {
            others.iter().for_each(|want| found.put(*want, value.clone()));
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

/// One step into a body.
struct Step<'a> {
    tree: &'a PathTree,
    found: &'a mut Found,
    /// Set where the body has to be read the slow way: members of one name, of which the last counts, or every member of an
    /// object, whose order such members would change.
    odd: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Step<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let Step { tree, found, .. } = self;
        if tree.wants.iter().any(|want| found.lacks(*want)) {
            tree.take(serde::Deserialize::deserialize(json)?, found);
            return Ok(());
        }
        found.listed += tree.wants.iter().filter(|want| **want == Want::Listed).count() as u32;
        if tree.is_leaf() {
            return json.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        Lenient(Step { tree, found, odd: self.odd }).deserialize(json)
    }
}

impl<'de> Reader<'de> for Step<'_> {
    fn members<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Step { tree, found, odd } = self;
        if tree.every.is_some() || tree.names.len() > MOST_NAMES {
            *odd = true;
            return Err(A::Error::custom("every member is wanted"));
        }
        let known = |name: &str| tree.names.iter().position(|(known, _)| known.as_ref() == name);
        let mut seen = 0_u64;
        while let Some(wanted) = members.next_key_seed(Known(known))? {
            let Some(index) = wanted else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen & (1 << index) != 0 {
                *odd = true;
                return Err(A::Error::custom("a member comes twice"));
            }
            seen |= 1 << index;
            members.next_value_seed(Step { tree: &tree.names[index].1, found, odd })?;
        }
        Ok(())
    }

    fn items<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Step { tree, found, odd } = self;
        for index in 0.. {
            let more = match tree.item(index) {
                Some(inner) => items.next_element_seed(Step { tree: inner, found, odd })?,
                None => items.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "path_tree_tests.rs"]
mod tests;
