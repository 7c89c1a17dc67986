//! What a schema asks for, in words, and whether a value is of that kind.

use serde_json::Value;

use crate::scenario::fault::list;
use crate::scenario::node::{Kind, Node};

/// Whether the value is of a kind that the schema names. A schema without a type admits everything.
pub(super) fn admits(schema: &Value, node: &Node) -> bool {
    if let Some(constant) = schema.get("const").and_then(Value::as_bool) {
        return node.kind == Kind::Bool(constant);
    }
    let kind = match &node.kind {
        Kind::Null => "null",
        Kind::Bool(_) => "boolean",
        Kind::Int(_) => "integer",
        Kind::Float(_) => "number",
        Kind::Str(_) => "string",
        Kind::Seq(_) => "array",
        Kind::Map(_) => "object",
    };
    types(schema).is_none_or(|types| types.iter().any(|&word| word == kind || (word == "number" && kind == "integer")))
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(word) => Some(vec![word]),
        Value::Array(words) => Some(words.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// The words that a text may be, where it may not be any text.
pub(super) fn words(schema: &Value) -> Vec<&str> {
    let several = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    several.chain(schema.get("const")).filter_map(Value::as_str).collect()
}

/// What the schema asks for, for a message.
pub(super) fn expected(root: &Value, schema: &Value) -> String {
    let schema = super::resolve(root, schema);
    if let Some(choices) = super::choices(schema) {
        return alternatives(root, choices);
    }
    if let Some(constant) = schema.get("const").and_then(Value::as_bool) {
        return format!("`{constant}`");
    }
    let words = words(schema);
    if !words.is_empty() {
        return list(&words);
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("duration") => return "a duration such as `250ms`".to_owned(),
        Some("rate") => return "a rate such as `50/s`".to_owned(),
        Some("ratio") => return "a ratio such as `5%`".to_owned(),
        Some("expression") => return "an expression such as `p99(response) < 300ms`".to_owned(),
        Some("status") => return "a status such as `200` or `2xx`".to_owned(),
        _ => {}
    }
    let kinds = types(schema).unwrap_or_default().into_iter().map(|word| match word {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a block of keys",
        other => other,
    });
    or(kinds.map(str::to_owned).collect())
}

fn alternatives(root: &Value, choices: &[Value]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for choice in choices {
        let resolved = super::resolve(root, choice);
        let key = resolved.pointer("/required/0").and_then(Value::as_str).filter(|_| super::tag(resolved).is_none());
        let part = match (resolved.pointer("/required").and_then(Value::as_array).map(Vec::len), key) {
            (Some(1), Some(key)) => format!("`{{{key}: …}}`"),
            _ => expected(root, choice),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    or(parts)
}

fn or(mut parts: Vec<String>) -> String {
    match parts.pop() {
        None => "a value".to_owned(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} or {last}", parts.join(", ")),
    }
}
