//! A value of the file with its place.

use super::fault::excerpt;
use super::place::Span;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it stands.
    pub(crate) span: Span,
    /// The text as written, where `${env:…}` in it has been filled in. Messages and reports show this and never `kind`.
    pub(crate) masked: Option<String>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Str(String),
    /// A list.
    Seq(Vec<Node>),
    /// Keys and values, in the order of the text; no key occurs twice.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The key's text; a key that looks like a number is its text, too.
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) key_span: Span,
    /// The value.
    pub(crate) value: Node,
}

impl Node {
    /// A value.
    pub(crate) fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span, masked: None }
    }

    /// The value of a key, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key, if this is a map that has it.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a map; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Seq(items) => items,
            _ => &[],
        }
    }

    /// The value of a key, or this node itself where the key is missing: the nearest place to point at.
    #[must_use]
    pub(crate) fn at(&self, key: &str) -> &Node {
        self.get(key).unwrap_or(self)
    }

    /// An item, or this node itself where there is no such item.
    #[must_use]
    pub(crate) fn nth(&self, index: usize) -> &Node {
        self.items().get(index).unwrap_or(self)
    }

    /// The place of a key, or of this node where the key is missing.
    pub(crate) fn key_span(&self, key: &str) -> Span {
        self.entry(key).map_or(self.span, |entry| entry.key_span)
    }

    /// The text of a scalar that is text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for a message: `the number 5`, `the text "yes"`, `a list`. Never shows what came from the environment.
    pub(crate) fn describe(&self) -> String {
        if let Some(masked) = &self.masked {
            return format!("the value of `{}`", excerpt(masked));
        }
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::Int(number) => format!("the number {number}"),
            Kind::Float(number) => format!("the number {number}"),
            Kind::Str(text) => format!("the text `{}`", excerpt(text)),
            Kind::Seq(_) => "a list".to_owned(),
            Kind::Map(_) => "a block of keys".to_owned(),
        }
    }
}
