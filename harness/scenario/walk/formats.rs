//! Texts with a meaning: units, expressions, statuses.

use crate::plan::expression::{Expression, ExpressionError, Measure};
use crate::scenario::fault::Fault;
use crate::scenario::node::{Kind, Node};
use crate::scenario::place::Sources;
use crate::units::{Nanos, Rate, Ratio};

/// Checks a value against one of our own formats; `None` where the format is not ours, or the value is no scalar.
pub(super) fn check(format: &str, node: &Node, sources: &Sources) -> Option<Result<(), Fault>> {
    let number;
    let text = match &node.kind {
        Kind::Str(text) => text,
        // YAML sees a number in `5`; the parsers of units say what is missing.
        Kind::Int(value) => {
            number = value.to_string();
            &number
        }
        Kind::Float(value) => {
            number = value.to_string();
            &number
        }
        _ => return None,
    };
    let unit = |error: Option<String>| match error {
        None => Ok(()),
        Some(message) => Err(Fault::new(node.span, shown(node, format, message))),
    };
    Some(match format {
        "duration" => unit(text.parse::<Nanos>().err().map(|error| error.to_string())),
        "rate" => unit(text.parse::<Rate>().err().map(|error| error.to_string())),
        "ratio" => unit(text.parse::<Ratio>().err().map(|error| error.to_string())),
        "status" => {
            unit((!is_status(text)).then(|| format!("`{text}` is not a status; write `200`, or a class such as `2xx`")))
        }
        "expression" => text.parse::<Expression>().map(drop).map_err(|error| expression(node, text, error, sources)),
        "measure" => text.parse::<Measure>().map(drop).map_err(|error| expression(node, text, error, sources)),
        _ => return None,
    })
}

/// A message must not repeat a value from the environment.
fn shown(node: &Node, format: &str, message: String) -> String {
    if node.masked.is_some() { format!("{} is not a {format}", node.describe()) } else { message }
}

fn is_status(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3
        && matches!(bytes[0], b'1'..=b'5')
        && (text.ends_with("xx") || bytes.iter().all(u8::is_ascii_digit))
}

fn expression(node: &Node, text: &str, error: ExpressionError, sources: &Sources) -> Fault {
    // Without escapes the text stands in the file as it is, perhaps in quotes.
    let offset = sources.slice(node.span).find(text).filter(|_| node.masked.is_none());
    let place = match offset {
        Some(offset) => node.span.part(offset + error.at.start, error.at.len()),
        None => node.span,
    };
    let fault = Fault::new(place, shown(node, "valid expression", error.message));
    match error.suggestion {
        Some(suggestion) if node.masked.is_none() => fault.suggest(suggestion),
        _ => fault,
    }
}
