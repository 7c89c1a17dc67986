//! A body as it was typed: sent to the byte, and written in the file as JSON where that says the same.

use serde_json::{Map, Value};

use super::desk::Desk;
use super::header::Headers;

/// The flag that faults point at.
const FLAG: &str = "--body";

/// A longer body is written as a text: nobody would read it as a block.
const LONGEST_BLOCK: usize = 4_096;

/// The deepest JSON that is written as a block.
const DEEPEST_BLOCK: usize = 16;

/// Adds the words for a body to an operation, and its content type to the headers.
pub(super) fn write(typed: &str, operation: &mut Map<String, Value>, headers: &mut Headers, desk: &mut Desk) {
    desk.check_template(FLAG, typed);
    if let Some(value) = block(typed) {
        operation.insert("body".into(), value);
        return;
    }
    if !headers.has("content-type")
        && let Some(kind) = kind(typed)
    {
        headers.request.push(("Content-Type".into(), kind.into()));
    }
    operation.insert("body_text".into(), typed.into());
}

/// The body as a block of the file, where that is sent as the very bytes that were typed.
fn block(typed: &str) -> Option<Value> {
    if typed.len() > LONGEST_BLOCK || typed.contains("{{") || !typed.starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(typed).ok()?;
    let compact = serde_json::to_string(&value).ok()?;
    (compact == typed && can_be_written(&value, 0)).then_some(value)
}

/// Whether YAML has words for it: no empty key, no merge key, no variable in a key, not too deep.
fn can_be_written(value: &Value, depth: usize) -> bool {
    depth <= DEEPEST_BLOCK
        && match value {
            Value::Object(members) => members.iter().all(|(key, value)| {
                !key.is_empty() && key != "<<" && !key.contains("${env:") && can_be_written(value, depth + 1)
            }),
            Value::Array(items) => items.iter().all(|item| can_be_written(item, depth + 1)),
            _ => true,
        }
}

/// The content type that a text speaks for; `None` for plain text, which the grammar has a default for.
fn kind(typed: &str) -> Option<&'static str> {
    if typed.trim_start().starts_with(['{', '[']) {
        Some("application/json")
    } else if is_form(typed) {
        Some("application/x-www-form-urlencoded")
    } else {
        None
    }
}

/// `a=1&b=2`: names and values without a space outside of a template.
fn is_form(typed: &str) -> bool {
    let mut outside = String::new();
    let mut rest = typed;
    while let Some((before, after)) = rest.split_once("{{") {
        outside.push_str(before);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    outside.push_str(rest);
    !outside.contains(char::is_whitespace)
        && outside.split('&').all(|pair| pair.split_once('=').is_some_and(|(name, _)| !name.is_empty()))
}
