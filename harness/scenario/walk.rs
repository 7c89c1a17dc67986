//! The schema, walked over the tree: every fault of the file at once, each with its place.
//!
//! It understands as much of JSON Schema as the mirrors generate, and no more.

use serde_json::Value;

use super::fault::{Fault, excerpt, list, nearest};
use super::node::{Kind, Node};
use super::place::Sources;
use super::scalar;

mod expected;
mod formats;

use expected::{admits, expected, words};

/// A file with more faults than this is not a scenario.
const ENOUGH: usize = 500;

/// Checks a tree against a schema. Values from the environment, which are text until now, become the numbers or booleans
/// that the schema asks for.
pub(crate) fn walk(schema: &Value, node: &mut Node, what: &str, sources: &Sources, faults: &mut Vec<Fault>) {
    Walker { root: schema, sources, faults }.check(schema, node, what);
}

struct Walker<'a> {
    root: &'a Value,
    sources: &'a Sources,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Walker<'a> {
    /// `what` is what messages call the value: most often the key that it belongs to, in backticks.
    fn check(&mut self, schema: &'a Value, node: &mut Node, what: &str) {
        if self.faults.len() >= ENOUGH {
            return;
        }
        let schema = resolve(self.root, schema);
        if !schema.is_object() || schema.as_object().is_some_and(serde_json::Map::is_empty) {
            return;
        }
        self.take_from_environment(schema, node);
        if let Some(choices) = choices(schema) {
            return self.choose(schema, choices, node, what);
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && let Some(checked) = formats::check(format, node, self.sources)
        {
            self.faults.extend(checked.err());
            return;
        }
        if !admits(schema, node) {
            return self.wrong_type(schema, node, what);
        }
        match &mut node.kind {
            Kind::Str(_) => self.text(schema, node, what),
            Kind::Int(_) | Kind::Float(_) => self.number(schema, node, what),
            Kind::Seq(items) => {
                if items.is_empty() && schema.get("minItems").is_some() {
                    self.faults.push(Fault::new(node.span, format!("{what} is an empty list")));
                }
                if let Some(item_schema) = schema.get("items") {
                    let what = format!("an item of {what}");
                    for item in items {
                        self.check(item_schema, item, &what);
                    }
                }
            }
            Kind::Map(_) => self.block(schema, node, what),
            Kind::Null | Kind::Bool(_) => {}
        }
    }

    fn take_from_environment(&self, schema: &Value, node: &mut Node) {
        if node.masked.is_some()
            && !admits_resolved(self.root, schema, node)
            && let Kind::Str(text) = &node.kind
        {
            node.kind = scalar::resolve(text);
        }
    }

    fn text(&mut self, schema: &Value, node: &Node, what: &str) {
        let text = node.as_str().unwrap_or_default();
        let words = words(schema);
        if !words.is_empty() && !words.contains(&text) {
            let fault = Fault::new(node.span, format!("{what} cannot be {}", node.describe()));
            self.faults.push(fault.suggest_word(text, words));
        } else if text.is_empty() && schema.get("minLength").is_some() {
            self.faults.push(Fault::new(node.span, format!("{what} is empty")));
        }
    }

    fn number(&mut self, schema: &Value, node: &Node, what: &str) {
        let number = match node.kind {
            Kind::Int(number) => number as f64,
            Kind::Float(number) => number,
            _ => return,
        };
        let low = schema.get("minimum").and_then(Value::as_f64);
        let high =
            schema.get("maximum").and_then(Value::as_f64).or(match schema.get("format").and_then(Value::as_str) {
                Some("uint32") => Some(f64::from(u32::MAX)),
                Some("uint16") => Some(f64::from(u16::MAX)),
                Some("uint64") => Some(u64::MAX as f64),
                _ => None,
            });
        let range = match (low, high) {
            (Some(low), _) if number < low => format!("at least {low}"),
            (_, Some(high)) if number > high => format!("at most {high}"),
            _ if !number.is_finite() => "finite".to_owned(),
            _ => return,
        };
        self.faults.push(Fault::new(node.span, format!("{what} must be {range}, not {}", node.describe())));
    }

    fn block(&mut self, schema: &'a Value, node: &mut Node, what: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let more = schema.get("additionalProperties");
        let span = node.span;
        let Kind::Map(entries) = &mut node.kind else { return };
        for entry in entries.iter_mut() {
            match (properties.and_then(|properties| properties.get(&entry.key)), more) {
                (Some(schema), _) => self.check(schema, &mut entry.value, &format!("`{}`", entry.key)),
                (None, Some(Value::Bool(false))) => {
                    let valid = properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str));
                    let fault = Fault::new(entry.key_span, format!("unknown key `{}` in {what}", excerpt(&entry.key)));
                    self.faults.push(fault.suggest_word(&entry.key, valid));
                }
                (None, Some(schema)) => self.check(schema, &mut entry.value, &format!("`{}`", excerpt(&entry.key))),
                (None, None) => {}
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for key in required.filter(|key| !entries.iter().any(|entry| entry.key == **key)) {
            // Where the key is there but misspelt, one message is enough.
            let near = entries.iter().any(|entry| {
                let known = properties.is_some_and(|properties| properties.contains_key(&entry.key));
                !known && nearest(&entry.key, [key]).is_some()
            });
            if !near {
                let meaning = properties.and_then(|properties| properties.get(key)).and_then(first_sentence);
                let fault = Fault::new(span, format!("{what} has no `{key}`"));
                let suggestion = meaning.map_or(String::new(), |meaning| format!(": {meaning}"));
                self.faults.push(fault.suggest(format!("add `{key}`{suggestion}")));
            }
        }
    }

    fn choose(&mut self, schema: &'a Value, choices: &'a [Value], node: &mut Node, what: &str) {
        let choices: Vec<&'a Value> = choices.iter().map(|choice| resolve(self.root, choice)).collect();
        let fitting: Vec<&'a Value> =
            choices.iter().copied().filter(|choice| admits_resolved(self.root, choice, node)).collect();
        match (fitting.as_slice(), &node.kind) {
            ([], _) => self.wrong_type(schema, node, what),
            (_, Kind::Str(text)) => {
                let words: Vec<&str> = fitting.iter().flat_map(|choice| words(choice)).collect();
                if let Some(free) = fitting.iter().find(|choice| expected::words(choice).is_empty()) {
                    self.check(free, node, what);
                } else if !words.contains(&text.as_str()) {
                    let fault = Fault::new(node.span, format!("{what} cannot be {}", node.describe()));
                    self.faults.push(fault.suggest_word(text, words));
                }
            }
            ([only], _) => self.check(only, node, what),
            (several, _) => match several.iter().find(|choice| tag(choice).is_some()) {
                Some(_) => self.choose_by_tag(several, node, what),
                None => self.choose_by_key(several, node, what),
            },
        }
    }

    /// Blocks that a `type` tells apart.
    fn choose_by_tag(&mut self, choices: &[&'a Value], node: &mut Node, what: &str) {
        let Some((key, _)) = choices.iter().find_map(|choice| tag(choice)) else { return };
        let kinds: Vec<&str> = choices.iter().filter_map(|choice| tag(choice)).map(|(_, word)| word).collect();
        let Some(entry) = node.entry(key) else {
            let fault = Fault::new(node.span, format!("{what} has no `{key}`"));
            self.faults.push(fault.suggest(format!("add `{key}`: one of {}", list(&kinds))));
            return;
        };
        let kind = entry.value.as_str().unwrap_or_default().to_owned();
        if let Some(choice) = choices.iter().find(|choice| tag(choice).is_some_and(|(_, word)| word == kind)) {
            self.check(choice, node, &format!("{what} of {key} `{kind}`"));
        } else {
            let fault = Fault::new(entry.value.span, format!("`{key}` cannot be {}", entry.value.describe()));
            self.faults.push(fault.suggest_word(&kind, kinds));
        }
    }

    /// Blocks that their one key tells apart.
    fn choose_by_key(&mut self, choices: &[&'a Value], node: &mut Node, what: &str) {
        let key_of = |choice: &&'a Value| choice.pointer("/required/0").and_then(Value::as_str);
        if let Some(choice) = choices.iter().find(|choice| key_of(choice).is_some_and(|key| node.get(key).is_some())) {
            self.check(choice, node, what);
        } else {
            let keys: Vec<&str> = choices.iter().filter_map(key_of).collect();
            let place = node.entries().first().map_or(node.span, |entry| entry.key_span);
            let written = node.entries().first().map_or("", |entry| &entry.key);
            self.faults.push(Fault::new(place, format!("{what} has none of its keys")).suggest_word(written, keys));
        }
    }

    fn wrong_type(&mut self, schema: &Value, node: &Node, what: &str) {
        let wanted = expected(self.root, schema);
        if node.kind == Kind::Null && node.masked.is_none() {
            let fault = Fault::new(node.span, format!("{what} has no value"));
            self.faults.push(fault.suggest(format!("write {wanted}, or remove the key")));
            return;
        }
        let fault = Fault::new(node.span, format!("{what} must be {wanted}, not {}", node.describe()));
        self.faults.push(match remedy(self.root, schema, node, self.sources) {
            Some(remedy) => fault.suggest(remedy),
            None => fault,
        });
    }
}

/// What to write instead, where YAML's typing has probably misled.
fn remedy(root: &Value, schema: &Value, node: &Node, sources: &Sources) -> Option<String> {
    if node.masked.is_some() {
        return None;
    }
    let wants = |kind: Kind| admits_resolved(root, schema, &Node::new(kind, node.span));
    let wants_text = || {
        let schema = resolve(root, schema);
        let alone = std::slice::from_ref(schema);
        let mut choices = choices(schema).unwrap_or(alone).iter().map(|choice| resolve(root, choice));
        choices
            .any(|choice| words(choice).is_empty() && admits(choice, &Node::new(Kind::Str(String::new()), node.span)))
    };
    match &node.kind {
        Kind::Str(text) if wants(Kind::Bool(true)) => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" => Some("write `true`; in YAML 1.2 this word is text".to_owned()),
            "no" | "off" | "n" => Some("write `false`; in YAML 1.2 this word is text".to_owned()),
            "true" | "false" => Some("remove the quotes".to_owned()),
            _ => None,
        },
        Kind::Str(text) if wants(Kind::Int(1)) && text.trim().parse::<f64>().is_ok() => {
            Some("remove the quotes".to_owned())
        }
        Kind::Str(text) if wants(Kind::Int(1)) => {
            let digits = text.replace(['_', ',', ' '], "");
            (digits != *text && digits.parse::<u64>().is_ok()).then(|| format!("write `{digits}`"))
        }
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) if wants_text() => {
            Some(format!("put it in quotes: \"{}\"", excerpt(sources.slice(node.span))))
        }
        Kind::Seq(_) => None,
        _ if wants(Kind::Seq(Vec::new())) => Some("put it in brackets: […]".to_owned()),
        _ => None,
    }
}

/// The schema that a reference stands for.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|path| root.pointer(path.strip_prefix('#')?));
    target.unwrap_or(schema)
}

fn choices(schema: &Value) -> Option<&[Value]> {
    schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array).map(Vec::as_slice)
}

/// Whether a schema, or any of its choices, admits the kind of a value.
fn admits_resolved(root: &Value, schema: &Value, node: &Node) -> bool {
    let schema = resolve(root, schema);
    match choices(schema) {
        Some(choices) => choices.iter().any(|choice| admits_resolved(root, choice, node)),
        None => admits(schema, node),
    }
}

/// The key and the word that tell a block of a tagged enum from the others.
fn tag(schema: &Value) -> Option<(&str, &str)> {
    let properties = schema.get("properties")?.as_object()?;
    properties.iter().find_map(|(key, value)| Some((key.as_str(), value.get("const")?.as_str()?)))
}

fn first_sentence(schema: &Value) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    let sentence = text.split(['.', ';', '\n']).next()?.trim();
    let mut letters = sentence.chars();
    Some(letters.next()?.to_lowercase().chain(letters).collect())
}
