//! Texts and JSON values with holes, compiled once and filled for every request.

use std::fmt::Write;

use serde_json::Value;

use super::cursor::Cursor;
use super::input::Values;
use crate::rng::{Key, Purpose, format_uuid};

/// What fills a hole.
#[derive(Clone, Debug, PartialEq)]
pub enum Hole {
    /// `{{ seq }}`: a number unique in the run; a new one for each item of a batch.
    Seq,
    /// `{{ uuid }}`: a version 4 UUID, the same on each retry. The number tells holes of one step apart.
    Uuid(u32),
    /// `{{ random(a, b) }}`: a whole number from `low` to `high`, both included.
    Random {
        /// Tells holes of one step apart.
        hole: u32,
        /// The smallest number.
        low: i64,
        /// The largest number.
        high: i64,
    },
    /// `{{ user }}`.
    User,
    /// `{{ item }}`: the index of the batch item, from 0.
    Item,
    /// A value fixed when the call starts: a capture, a pick from a pool, a cell of a data file.
    Local(usize),
    /// Something of the page that is asked for.
    Page(PageHole),
}

/// Holes for pagination. Each is absent where it does not apply, and then its member, header or query parameter is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageHole {
    /// The token of a later page.
    Token,
    /// How many items to ask for.
    Size,
    /// The page's number.
    Number,
    /// How many items to skip.
    Offset,
}

/// Why a template cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` without `}}}}` in `{0}`")]
    Unclosed(String),
    /// `random` with anything but two whole numbers in order.
    #[error("`{0}` needs two whole numbers, the smaller one first, such as `random(1, 100)`")]
    BadRandom(String),
    /// A name that nothing defines.
    #[error("nothing here is called `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// The names that could have been meant.
        known: Vec<String>,
    },
}

/// What the holes of one request are filled from.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The call's values.
    pub values: &'a Values,
    /// The batch item that is being rendered.
    pub item: Option<u32>,
    /// The page that is asked for.
    pub page: Option<&'a Cursor>,
    /// The page size, where the step sets one.
    pub page_size: Option<u32>,
    /// The number of the first page.
    pub first_page: u64,
}

/// A text with holes.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Text(Box<str>),
    Hole(Hole),
}

impl Template {
    /// A text without holes.
    pub fn literal(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self { pieces: vec![Piece::Text(text.into())] } }
    }

    /// A single hole.
    pub fn hole(hole: Hole) -> Self {
        Self { pieces: vec![Piece::Hole(hole)] }
    }

    /// Compiles `text {{ name }} text`. `seq`, `uuid`, `user`, `item` and `random(a, b)` are known here, and a text in quotes
    /// stands for itself: `{{ "{{" }}` is how two braces are written. Every other name is given to `resolve`. `holes` numbers the draws of a step, so that two of them differ.
    ///
    /// # Errors
    /// [`TemplateError`], or whatever `resolve` says of a name.
    pub fn parse(
        text: &str,
        holes: &mut u32,
        resolve: &mut dyn FnMut(&str) -> Result<Self, TemplateError>,
    ) -> Result<Self, TemplateError> {
        let mut template = Self::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, after) = after.split_once("}}").ok_or_else(|| TemplateError::Unclosed(text.to_owned()))?;
            template.append(Self::literal(before));
            template.append(Self::parse_hole(inside.trim(), holes, resolve)?);
            rest = after;
        }
        template.append(Self::literal(rest));
        Ok(template)
    }

    fn parse_hole(
        name: &str,
        holes: &mut u32,
        resolve: &mut dyn FnMut(&str) -> Result<Self, TemplateError>,
    ) -> Result<Self, TemplateError> {
        let mut fresh = || {
            *holes += 1;
            *holes
        };
        Ok(Self::hole(match name {
            "seq" => Hole::Seq,
            "uuid" => Hole::Uuid(fresh()),
            "user" => Hole::User,
            "item" => Hole::Item,
            _ => {
                if let Some(text) = quoted(name) {
                    return Ok(Self::literal(text));
                }
                let Some(arguments) = name.strip_prefix("random(").and_then(|rest| rest.strip_suffix(')')) else {
                    return resolve(name);
                };
                let bad = || TemplateError::BadRandom(name.to_owned());
                let (low, high) = arguments.split_once(',').ok_or_else(bad)?;
                let low: i64 = low.trim().parse().map_err(|_| bad())?;
                let high: i64 = high.trim().parse().map_err(|_| bad())?;
                if low > high {
                    return Err(bad());
                }
                Hole::Random { hole: fresh(), low, high }
            }
        }))
    }

    /// Puts another template behind this one.
    pub fn append(&mut self, other: Self) {
        for piece in other.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Text(last)), Piece::Text(text)) => *last = format!("{last}{text}").into(),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// The text, where there is no hole in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The holes, in order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Text(_) => None,
        })
    }

    /// Writes the filled text. Returns false, having written a part, where a hole has nothing to be filled with.
    pub fn write(&self, context: &Context<'_>, out: &mut dyn Write) -> bool {
        self.pieces.iter().all(|piece| match piece {
            // Writing into a String cannot fail; the writers given here are all of that kind.
            Piece::Text(text) => out.write_str(text).is_ok(),
            Piece::Hole(hole) => write_hole(hole, context, out),
        })
    }

    /// The filled text, or `None` where a hole has nothing to be filled with.
    pub fn fill(&self, context: &Context<'_>) -> Option<String> {
        let mut text = String::new();
        self.write(context, &mut text).then_some(text)
    }
}

/// The text between the quotes, where a hole is a text in quotes.
fn quoted(name: &str) -> Option<&str> {
    let inside = |quote| name.strip_prefix(quote)?.strip_suffix(quote).filter(|text| !text.contains(quote));
    inside('"').or_else(|| inside('\''))
}

fn write_hole(hole: &Hole, context: &Context<'_>, out: &mut dyn Write) -> bool {
    match hole {
        Hole::Local(index) => match context.values.locals.get(*index) {
            Some(Value::String(text)) => out.write_str(text).is_ok(),
            Some(Value::Null) | None => false,
            Some(value) => write!(out, "{value}").is_ok(),
        },
        Hole::Page(PageHole::Token) => match context.page {
            Some(Cursor::Token(Value::String(token))) => out.write_str(token).is_ok(),
            Some(Cursor::Token(value)) => write!(out, "{value}").is_ok(),
            _ => false,
        },
        Hole::Uuid(number) => out.write_str(&format_uuid(draw(context, Purpose::Uuid, *number).uuid())).is_ok(),
        other => number(other, context).is_some_and(|number| write!(out, "{number}").is_ok()),
    }
}

/// The number that fills a hole, where it is filled by a number.
fn number(hole: &Hole, context: &Context<'_>) -> Option<i128> {
    Some(match hole {
        Hole::Seq => context.values.seq.nth(u64::from(context.item.unwrap_or(0))).into(),
        Hole::User => context.values.user.into(),
        Hole::Item => context.item?.into(),
        Hole::Random { hole, low, high } => {
            let span = high.abs_diff(*low).saturating_add(1);
            i128::from(*low) + i128::from(draw(context, Purpose::Template, *hole).below(span))
        }
        Hole::Page(PageHole::Size) => context.page_size?.into(),
        Hole::Page(PageHole::Number) => match context.page {
            Some(Cursor::Number(number)) => (*number).into(),
            _ => context.first_page.into(),
        },
        Hole::Page(PageHole::Offset) => match context.page {
            Some(Cursor::Offset(offset)) => (*offset).into(),
            _ => 0,
        },
        Hole::Local(_) | Hole::Uuid(_) | Hole::Page(PageHole::Token) => return None,
    })
}

fn draw(context: &Context<'_>, purpose: Purpose, hole: u32) -> Key {
    let item = context.item.map_or(0, |item| u64::from(item) + 1);
    let values = context.values;
    Key { seed: values.seed, purpose, client: u64::from(hole), call: values.call, attempt: item }
}

/// A JSON value with holes in its texts.
///
/// A text that is one hole and nothing else takes the hole's own type: `"{{ seq }}"` becomes a number, a captured object
/// stays an object. Members whose hole has nothing to be filled with are left out.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueTemplate {
    /// A value without holes: null, a boolean, a number.
    Plain(Value),
    /// A text.
    Text(Template),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order it was written.
    Map(Vec<(Box<str>, Self)>),
    /// The array of the batch's items.
    Items,
    /// A text that is no JSON and is written as it stands: a whole body, never a part of one.
    Raw(Template),
}

impl ValueTemplate {
    /// The text template, where the value is a text or a plain number or boolean.
    pub fn as_text(&self) -> Option<Template> {
        match self {
            Self::Text(template) | Self::Raw(template) => Some(template.clone()),
            Self::Plain(Value::Null) | Self::List(_) | Self::Map(_) | Self::Items => None,
            Self::Plain(value) => Some(Template::literal(&value.to_string())),
        }
    }

    /// Calls `visit` for every hole in it.
    pub fn for_each_hole(&self, visit: &mut dyn FnMut(&Hole)) {
        match self {
            Self::Text(template) | Self::Raw(template) => template.holes().for_each(visit),
            Self::List(values) => values.iter().for_each(|value| value.for_each_hole(visit)),
            Self::Map(members) => members.iter().for_each(|(_, value)| value.for_each_hole(visit)),
            Self::Plain(_) | Self::Items => {}
        }
    }

    /// Writes JSON. `items` writes the batch's items where they belong. Returns false where the whole value is absent.
    pub fn write_json(&self, context: &Context<'_>, items: &mut dyn FnMut(&mut String), out: &mut String) -> bool {
        match self {
            Self::Plain(value) => push_json(out, value),
            Self::Text(template) => return write_text(template, context, out),
            Self::Raw(template) => return template.write(context, out),
            Self::Items => items(out),
            Self::List(values) => {
                out.push('[');
                let mut first = true;
                for value in values {
                    write_member(&mut first, out, |out| value.write_json(context, items, out));
                }
                out.push(']');
            }
            Self::Map(members) => {
                out.push('{');
                let mut first = true;
                for (name, value) in members {
                    write_member(&mut first, out, |out| {
                        push_json(out, name.as_ref());
                        out.push(':');
                        value.write_json(context, items, out)
                    });
                }
                out.push('}');
            }
        }
        true
    }
}

/// Writes a separator and a member, and takes both back where the member is absent.
fn write_member(first: &mut bool, out: &mut String, write: impl FnOnce(&mut String) -> bool) {
    let before = out.len();
    if !*first {
        out.push(',');
    }
    if write(out) { *first = false } else { out.truncate(before) }
}

fn write_text(template: &Template, context: &Context<'_>, out: &mut String) -> bool {
    if let [Piece::Hole(hole)] = template.pieces.as_slice() {
        match hole {
            Hole::Local(index) => match context.values.locals.get(*index) {
                None => return false,
                Some(value) => push_json(out, value),
            },
            Hole::Page(PageHole::Token) => match context.page {
                Some(Cursor::Token(value)) => push_json(out, value),
                _ => return false,
            },
            Hole::Uuid(_) => return write_quoted(template, context, out),
            other => match number(other, context) {
                Some(number) => return write!(out, "{number}").is_ok(),
                None => return false,
            },
        }
        return true;
    }
    write_quoted(template, context, out)
}

fn write_quoted(template: &Template, context: &Context<'_>, out: &mut String) -> bool {
    out.push('"');
    let present = template.write(context, &mut JsonText(out));
    out.push('"');
    present
}

fn push_json<T: serde::Serialize + ?Sized>(out: &mut String, value: &T) {
    // Serialising plain values and texts into memory has no way to fail.
    if let Ok(text) = serde_json::to_string(value) {
        out.push_str(&text);
    }
}

/// Escapes what JSON wants escaped inside a text.
struct JsonText<'a>(&'a mut String);

impl Write for JsonText<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for c in text.chars() {
            match c {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                c if c < ' ' => write!(self.0, "\\u{:04x}", u32::from(c))?,
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
