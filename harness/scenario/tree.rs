//! YAML text into a tree of [`Node`]s with places.
//!
//! The parser's own loaders keep no places, stop at nothing and expand aliases without limit; so the tree is built
//! here, from its events.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::fault::{Fault, excerpt};
use super::node::{Entry, Kind, Node};
use super::place::Span;
use super::scalar;

/// The most nodes that a file may have once its aliases are expanded.
const MAX_NODES: usize = 100_000;
/// The most bytes of text that it may have then.
const MAX_TEXT: usize = 8 * 1024 * 1024;
/// The deepest nesting.
const MAX_DEPTH: usize = 64;

/// Reads one document. `source` is the index that the spans carry.
///
/// The tree is there whenever the text has one, so that later stages find their faults too; the faults found here are
/// added to `faults`. An empty document is an empty map.
pub(crate) fn build(text: &str, source: u32, faults: &mut Vec<Fault>) -> Option<Node> {
    let mut builder = Builder {
        source,
        offsets: offsets(text),
        end: text.len(),
        stack: Vec::new(),
        anchors: BTreeMap::new(),
        nodes: 0,
        bytes: 0,
        faults,
    };
    let mut root = None;
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let mut place = builder.span(*error.marker(), *error.marker());
                // The scanner points at the beginning of the text that the tab interrupts.
                let tab = text.get(place.start as usize..).and_then(|rest| rest.find('\t'));
                if let (true, Some(tab)) = (error.info().contains("tab"), tab) {
                    place = Span::new(source, place.start as usize + tab, place.start as usize + tab + 1);
                }
                builder.faults.push(scan_fault(place, error.info()));
                return None;
            }
        };
        let span = builder.span(span.start, span.end);
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                let fault = Fault::new(span, "a second document starts here; a file holds one scenario");
                builder.faults.push(fault.suggest("put each scenario into a file of its own"));
                return None;
            }
        }
        match builder.event(event, span) {
            Ok(Some(node)) => root = Some(node),
            Ok(None) => {}
            Err(fault) => {
                builder.faults.push(*fault);
                return None;
            }
        }
    }
    Some(root.unwrap_or_else(|| Node::new(Kind::Map(Vec::new()), Span::new(source, 0, 0))))
}

/// Byte offsets of the characters; `None` for plain ASCII, where they are the same.
fn offsets(text: &str) -> Option<Vec<u32>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|(offset, _)| offset as u32).collect())
}

fn scan_fault(place: Span, info: &str) -> Fault {
    let fault = Fault::new(place, format!("this is not YAML: {}", excerpt(info)));
    if info.contains("mapping values") {
        fault.suggest("quote a text that contains `: `, and indent the keys of one block alike")
    } else if info.contains("tab") {
        fault.suggest("indent with spaces; YAML does not allow tabs")
    } else {
        fault
    }
}

struct Builder<'f> {
    source: u32,
    offsets: Option<Vec<u32>>,
    end: usize,
    stack: Vec<Open>,
    /// What each finished anchor stands for, with its size.
    anchors: BTreeMap<usize, (Node, Size)>,
    nodes: usize,
    bytes: usize,
    faults: &'f mut Vec<Fault>,
}

/// A collection that has begun and not ended.
struct Open {
    node: Node,
    anchor: usize,
    /// The counters when it began.
    before: Size,
    /// The key that waits for its value.
    key: Option<(String, Span)>,
    /// The keys so far, with the place of each.
    seen: BTreeMap<String, Span>,
}

#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    bytes: usize,
}

// A fault is large and rare.
type Step<T> = Result<T, Box<Fault>>;

fn stop<T>(place: Span, message: &str, suggestion: &str) -> Step<T> {
    Err(Box::new(Fault::new(place, message).suggest(suggestion)))
}

impl Builder<'_> {
    fn span(&self, start: Marker, end: Marker) -> Span {
        let byte = |index: usize| match &self.offsets {
            Some(offsets) => offsets.get(index).map_or(self.end, |&offset| offset as usize),
            None => index.min(self.end),
        };
        Span::new(self.source, byte(start.index()), byte(end.index()))
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Step<Option<Node>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(span, text.len())?;
                let plain = style == ScalarStyle::Plain && !Self::is_text(tag.as_deref(), span)?;
                let waits_for_key = self.waits_for_key();
                if plain && !waits_for_key && scalar::has_leading_zeros(&text) {
                    let fault = Fault::new(span, format!("the leading zeros of `{}` would be lost", excerpt(&text)));
                    self.faults.push(fault.suggest("quote it, or write the number without them"));
                }
                let size = Size { nodes: 1, bytes: text.len() };
                let kind = if plain && !waits_for_key { scalar::resolve(&text) } else { Kind::Str(text.into_owned()) };
                let node = Node::new(kind, span);
                if anchor != 0 {
                    self.anchors.insert(anchor, (node.clone(), size));
                }
                self.attach(node)
            }
            Event::SequenceStart(anchor, tag) => self.open(Kind::Seq(Vec::new()), anchor, tag.as_deref(), span),
            Event::MappingStart(anchor, tag) => self.open(Kind::Map(Vec::new()), anchor, tag.as_deref(), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return stop(span, "this alias stands inside of what it names", "write the value out");
                };
                let (nodes, bytes) = (self.nodes + size.nodes, self.bytes + size.bytes);
                if nodes > MAX_NODES || bytes > MAX_TEXT {
                    return Self::too_large(span);
                }
                (self.nodes, self.bytes) = (nodes, bytes);
                if self.stack.len() + depth(node) > MAX_DEPTH {
                    return Self::too_deep(span);
                }
                let node = Node { span, ..node.clone() };
                self.attach(node)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(None)
            }
        }
    }

    fn open(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, span: Span) -> Step<Option<Node>> {
        let before = Size { nodes: self.nodes, bytes: self.bytes };
        self.count(span, 0)?;
        if tag.is_some() {
            return stop(span, "tags have no meaning here", "remove the tag");
        }
        if self.waits_for_key() {
            return stop(span, "a block cannot be a key", "if this is a template, quote it: \"{{ … }}\"");
        }
        if self.stack.len() >= MAX_DEPTH {
            return Self::too_deep(span);
        }
        self.stack.push(Open { node: Node::new(kind, span), anchor, before, key: None, seen: BTreeMap::new() });
        Ok(None)
    }

    fn close(&mut self, span: Span) -> Step<Option<Node>> {
        let Some(Open { mut node, anchor, before, .. }) = self.stack.pop() else { return Ok(None) };
        if span.end > span.start {
            // A flow collection: from bracket to bracket.
            node.span.end = span.end;
        } else if let Some(first) = node.entries().first().map(|entry| entry.key_span) {
            // A block: its first key is a better place for a caret than all of its lines.
            node.span = first;
        } else if let Some(first) = node.items().first().map(|item| item.span) {
            node.span = first;
        }
        if anchor != 0 {
            let size = Size { nodes: self.nodes - before.nodes, bytes: self.bytes - before.bytes };
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.attach(node)
    }

    fn waits_for_key(&self) -> bool {
        self.stack.last().is_some_and(|open| matches!(open.node.kind, Kind::Map(_)) && open.key.is_none())
    }

    /// Puts a finished node where it belongs; gives it back when it is the document itself.
    fn attach(&mut self, node: Node) -> Step<Option<Node>> {
        let Some(open) = self.stack.last_mut() else { return Ok(Some(node)) };
        match &mut open.node.kind {
            Kind::Map(entries) => match open.key.take() {
                Some((key, key_span)) => {
                    if let Some(first) = open.seen.get(&key) {
                        let fault = Fault::new(key_span, format!("the key `{}` is already there", excerpt(&key)));
                        let fault = fault.relate(*first, "first here");
                        self.faults.push(fault.suggest("keep one of the two"));
                    } else {
                        open.seen.insert(key.clone(), key_span);
                        entries.push(Entry { key, key_span, value: node });
                    }
                }
                None => open.key = Some(key(node)?),
            },
            Kind::Seq(items) => items.push(node),
            _ => {}
        }
        Ok(None)
    }

    fn count(&mut self, span: Span, bytes: usize) -> Step<()> {
        self.nodes += 1;
        self.bytes += bytes;
        if self.nodes > MAX_NODES || self.bytes > MAX_TEXT { Self::too_large(span) } else { Ok(()) }
    }

    fn too_large<T>(span: Span) -> Step<T> {
        let message = format!("the file has more than {MAX_NODES} values once its aliases are filled in");
        stop(span, &message, "use fewer aliases of aliases")
    }

    fn too_deep<T>(span: Span) -> Step<T> {
        stop(span, &format!("blocks are nested more than {MAX_DEPTH} deep"), "no scenario needs that")
    }

    fn is_text(tag: Option<&Tag>, span: Span) -> Step<bool> {
        match tag {
            None => Ok(false),
            Some(tag) if tag.suffix == "str" && tag.is_yaml_core_schema() => Ok(true),
            Some(_) => stop(span, "tags have no meaning here", "remove the tag"),
        }
    }
}

fn key(node: Node) -> Step<(String, Span)> {
    match node.kind {
        Kind::Str(key) if key == "<<" => stop(
            node.span,
            "merge keys are not supported",
            "write the keys out, or name a definition, as `extends` does",
        ),
        Kind::Str(key) if key.is_empty() => stop(node.span, "a key is missing here", "write a key before the colon"),
        Kind::Str(key) => Ok((key, node.span)),
        _ => stop(node.span, "only text can be a key", "write the key out"),
    }
}

fn depth(node: &Node) -> usize {
    let children = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    1 + children.map(depth).max().unwrap_or(0)
}
