//! The holes of a request, and what they are filled with.

use std::fmt::Write as _;

use serde_json::Value;

use super::cursor::Cursor;
use super::fit::Fit;
use super::input::Values;
use crate::rng::{Key, Purpose, push_uuid};

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

/// What the holes of one request are filled from.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The call's values.
    pub values: &'a Values,
    /// All items of the batch, by index; empty where the call is no batch.
    pub items: &'a [u32],
    /// The batch item that is being rendered.
    pub item: Option<u32>,
    /// The page that is asked for.
    pub page: Option<&'a Cursor>,
    /// The page size, where the step sets one.
    pub page_size: Option<u32>,
    /// The number of the first page.
    pub first_page: u64,
}

impl Hole {
    /// Whether there may be nothing to fill it with.
    pub(super) fn may_be_absent(&self) -> bool {
        match self {
            Self::Item | Self::Local(_) | Self::Page(PageHole::Token | PageHole::Size) => true,
            Self::Seq
            | Self::Uuid(_)
            | Self::Random { .. }
            | Self::User
            | Self::Page(PageHole::Number | PageHole::Offset) => false,
        }
    }

    /// Fills it. False, with nothing written, where there is nothing to fill it with.
    pub(super) fn write(&self, context: &Context<'_>, fit: Fit, out: &mut String) -> bool {
        let values = context.values;
        match self {
            Self::Seq => push_number(out, values.seq.nth(u64::from(context.item.unwrap_or(0)))),
            Self::User => push_number(out, values.user),
            Self::Item => match context.item {
                Some(item) => push_number(out, item),
                None => return false,
            },
            Self::Random { hole, low, high } => {
                let span = high.abs_diff(*low).saturating_add(1);
                // Within the bounds, so the sum is too.
                push_number(out, low.wrapping_add_unsigned(draw(context, Purpose::Template, *hole).below(span)));
            }
            Self::Uuid(hole) => {
                let uuid = draw(context, Purpose::Uuid, *hole).uuid();
                let quote = if fit == Fit::JsonValue { "\"" } else { "" };
                out.push_str(quote);
                push_uuid(out, uuid);
                out.push_str(quote);
            }
            Self::Local(index) => return values.locals.get(*index).is_some_and(|value| write_value(value, fit, out)),
            Self::Page(hole) => return write_page(*hole, context, fit, out),
        }
        true
    }
}

fn write_page(hole: PageHole, context: &Context<'_>, fit: Fit, out: &mut String) -> bool {
    match (hole, context.page) {
        (PageHole::Token, Some(Cursor::Token(token))) => return write_value(token, fit, out),
        (PageHole::Token, _) => return false,
        (PageHole::Size, _) => match context.page_size {
            Some(size) => push_number(out, size),
            None => return false,
        },
        (PageHole::Number, Some(Cursor::Number(number))) => push_number(out, *number),
        (PageHole::Number, _) => push_number(out, context.first_page),
        (PageHole::Offset, Some(Cursor::Offset(offset))) => push_number(out, *offset),
        (PageHole::Offset, _) => push_number(out, 0_u64),
    }
    true
}

/// Writes a value where a text belongs, or a JSON value. Null is no text.
fn write_value(value: &Value, fit: Fit, out: &mut String) -> bool {
    match value {
        Value::String(text) => fit.push(text, out),
        Value::Null if fit != Fit::JsonValue => return false,
        // Nothing in these is ever escaped. Writing into a String cannot fail.
        Value::Number(_) | Value::Bool(_) => return write!(out, "{value}").is_ok(),
        value if fit == Fit::JsonValue => return write!(out, "{value}").is_ok(),
        value => fit.push(&value.to_string(), out),
    }
    true
}

/// Digits need no escaping anywhere.
fn push_number(out: &mut String, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
}

fn draw(context: &Context<'_>, purpose: Purpose, hole: u32) -> Key {
    let item = context.item.map_or(0, |item| u64::from(item) + 1);
    let values = context.values;
    Key { seed: values.seed, purpose, client: u64::from(hole), call: values.call, attempt: item }
}
