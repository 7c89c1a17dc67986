//! Reading a successful reply.

use serde_json::Value;

use super::cursor::Cursor;
use super::error_code::ErrorCode;
use super::exchange::Exchange;
use super::fields::Fields;
use super::found::Found;
use super::input::Input;
use super::link::next_link;
use super::reply::{Extracted, FailedItem};
use super::wants::{CaptureSource, FailedItems, NextPage, ReadError, Wants};
use super::xml;

impl Exchange {
    /// Says what is wanted from replies.
    pub(super) fn want(&mut self, wants: Wants) {
        self.tree = wants.tree();
        self.wants = wants;
    }

    /// Reads a successful reply to `input`. `authority` is the target's own, which links must not leave.
    ///
    /// # Errors
    /// [`ReadError`] where the body is not what is wanted.
    pub fn read(
        &self,
        input: &Input,
        authority: &str,
        status: u16,
        fields: &dyn Fields,
        body: &[u8],
    ) -> Result<Extracted, ReadError> {
        let wants = &self.wants;
        let found = self.find(fields, body)?;
        let listed = found.listed;
        let next = match &wants.next {
            None => None,
            Some(NextPage::Body(_)) => found.next.filter(is_token).map(Cursor::Token),
            Some(NextPage::Header(name)) => {
                fields.get(name).filter(|token| !token.is_empty()).map(|token| Cursor::Token(Value::from(token)))
            }
            Some(NextPage::Link) => next_link(fields, authority)?,
            Some(NextPage::Number { first, page_size }) => (listed >= *page_size).then(|| match input.page {
                Some(Cursor::Number(number)) => Cursor::Number(number + 1),
                _ => Cursor::Number(first + 1),
            }),
            Some(NextPage::Offset { page_size }) => (listed >= *page_size).then(|| match input.page {
                Some(Cursor::Offset(offset)) => Cursor::Offset(offset + u64::from(listed)),
                _ => Cursor::Offset(u64::from(listed)),
            }),
        };
        let mut captures = found.captures;
        for (source, capture) in wants.captures.iter().zip(&mut captures) {
            match source {
                CaptureSource::Body(_) | CaptureSource::Every(_) => {}
                CaptureSource::Header(name) => *capture = fields.get(name).map(Value::from),
                CaptureSource::Status => *capture = Some(Value::from(status)),
            }
        }
        let captures = captures.into_iter().map(Option::unwrap_or_default).collect();
        let failed = match &wants.failed {
            Some(wanted) if !found.failed.is_empty() => self.failed_items(input, wanted, &found.failed)?,
            _ => Vec::new(),
        };
        Ok(Extracted { captures, next, listed, failed, keys: found.keys })
    }

    /// What of the body is wanted.
    fn find(&self, fields: &dyn Fields, body: &[u8]) -> Result<Found, ReadError> {
        let wants = &self.wants;
        if !wants.needs_body() {
            return Ok(Found::nothing(wants));
        }
        if is_xml(fields) {
            let document = xml::parse(body).ok_or(ReadError::NotXml)?;
            return Ok(Found::in_xml(wants, &document));
        }
        match &self.tree {
            Some(tree) => tree.read(wants, body),
            None => Found::in_json(wants, body),
        }
    }

    /// Which items of the batch the entries name.
    fn failed_items(
        &self,
        input: &Input,
        wanted: &FailedItems,
        entries: &[Value],
    ) -> Result<Vec<FailedItem>, ReadError> {
        let items = input.items.as_deref().unwrap_or_default();
        let entries = match entries {
            [Value::Array(list)] => list.as_slice(),
            entries => entries,
        };
        if items.is_empty() || entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: Vec<(Option<u32>, &Value)> = entries.iter().map(|entry| (None, entry)).collect();
        for (index, entry) in &mut found {
            // Entries that give a number count the items from 0.
            if let Some(Value::Number(number)) = entry.pointer(&wanted.key) {
                *index = number.as_u64().and_then(|at| items.get(usize::try_from(at).ok()?)).copied();
            }
        }
        let mut name = String::new();
        for &item in items {
            name.clear();
            if !self.write_key(input, Some(item), &mut name) {
                continue;
            }
            for (index, entry) in found.iter_mut().filter(|(index, _)| index.is_none()) {
                if entry.pointer(&wanted.key).and_then(Value::as_str) == Some(&name) {
                    *index = Some(item);
                }
            }
        }
        let code = |entry: &Value| match entry.pointer(&wanted.code).filter(|_| !wanted.code.is_empty()) {
            None => ErrorCode::new(&wanted.default_code),
            Some(Value::String(code)) => ErrorCode::new(code),
            Some(other) => ErrorCode::new(&other.to_string()),
        };
        let item = |(index, entry): (Option<u32>, &Value)| {
            Ok(FailedItem { index: index.ok_or(ReadError::UnknownItem)?, code: code(entry) })
        };
        found.into_iter().map(item).collect()
    }
}

/// Whether the reply says that it is XML, as S3 does; all else is taken for JSON.
fn is_xml(fields: &dyn Fields) -> bool {
    let kind = fields.get("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.len()
        .checked_sub(4)
        .and_then(|at| kind.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case("/xml") || end.eq_ignore_ascii_case("+xml"))
}

/// A token that leads on: services end a walk by leaving it out, by null, by an empty text or by an empty object.
fn is_token(token: &Value) -> bool {
    match token {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
