//! What is read from a successful reply.

use serde_json::Value;

use super::cursor::Cursor;
use super::error_code::ErrorCode;
use super::exchange::Exchange;
use super::fields::Fields;
use super::input::Input;
use super::path::JsonPath;
use super::reply::{Extracted, FailedItem};
use super::xml;

/// What an exchange wants from its replies. Where all of it is absent, the body is not even parsed.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    /// Values to capture or publish.
    pub captures: Vec<CaptureSource>,
    /// Where the next page stands, in a walk.
    pub next: Option<NextPage>,
    /// The items on a page.
    pub listed: Option<JsonPath>,
    /// The batch items that failed.
    pub failed: Option<FailedItems>,
    /// The names on a page, for the audit.
    pub keys: Option<JsonPath>,
}

/// Where a captured value comes from.
#[derive(Clone, Debug)]
pub enum CaptureSource {
    /// The first value at a JSONPath.
    Body(JsonPath),
    /// All values at a JSONPath, as an array; for `publish`.
    Every(JsonPath),
    /// A header.
    Header(Box<str>),
    /// The status, as a number.
    Status,
}

/// What leads to the next page.
#[derive(Clone, Debug)]
pub enum NextPage {
    /// A token in the body.
    Body(JsonPath),
    /// A token in a header.
    Header(Box<str>),
    /// `Link: <…>; rel="next"`.
    Link,
    /// The next number, after a full page.
    Number {
        /// The number of the first page.
        first: u64,
        /// What a full page holds.
        page_size: u32,
    },
    /// The next offset, after a full page.
    Offset {
        /// What a full page holds.
        page_size: u32,
    },
}

/// Where a reply lists the batch items that failed.
#[derive(Clone, Debug)]
pub struct FailedItems {
    /// The list, or each of its entries.
    pub path: JsonPath,
    /// The JSON pointer to the item's key in an entry.
    pub key: Box<str>,
    /// The JSON pointer to the error code in an entry; empty where entries hold none.
    pub code: Box<str>,
    /// The code of an entry that holds none.
    pub default_code: Box<str>,
}

/// Why a reply does not give what is wanted. The call fails, and its connection is fine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// Said to be XML, and it is not.
    #[error("the body is not XML")]
    NotXml,
    /// An error entry for an item that was not sent.
    #[error("the reply names a failed item that was not in the request")]
    UnknownItem,
    /// A link to another host: following it would send load where nobody allowed it.
    #[error("the link to the next page leads to another host")]
    ForeignLink,
}

impl Wants {
    /// Whether the body has to be parsed.
    pub fn needs_body(&self) -> bool {
        self.listed.is_some()
            || self.failed.is_some()
            || self.keys.is_some()
            || matches!(self.next, Some(NextPage::Body(_)))
            || self.captures.iter().any(|capture| matches!(capture, CaptureSource::Body(_) | CaptureSource::Every(_)))
    }
}

impl Exchange {
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
        let is_xml = is_xml(fields);
        let document: Value = match (wants.needs_body(), is_xml) {
            (false, _) => Value::Null,
            (true, false) => serde_json::from_slice(body).map_err(|_| ReadError::NotJson)?,
            (true, true) => xml::parse(body).ok_or(ReadError::NotXml)?,
        };
        let all = |path: &JsonPath| if is_xml { path.all_of_xml(&document) } else { path.all(&document) };
        let first = |path: &JsonPath| if is_xml { all(path).first().copied() } else { path.first(&document) };
        let listed = match &wants.listed {
            Some(path) => all(path).len() as u32,
            None => 0,
        };
        let captures = wants.captures.iter().map(|source| match source {
            CaptureSource::Body(path) => first(path).cloned().unwrap_or(Value::Null),
            CaptureSource::Every(path) => Value::Array(all(path).into_iter().cloned().collect()),
            CaptureSource::Header(name) => fields.get(name).map_or(Value::Null, Value::from),
            CaptureSource::Status => Value::from(status),
        });
        let next = match &wants.next {
            None => None,
            Some(NextPage::Body(path)) => first(path).filter(|token| is_token(token)).cloned().map(Cursor::Token),
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
        let keys = wants.keys.iter().flat_map(all);
        Ok(Extracted {
            captures: captures.collect(),
            next,
            listed,
            failed: self.read_failed(input, all)?,
            keys: keys.filter_map(|key| key.as_str().map(str::to_owned)).collect(),
        })
    }

    fn read_failed<'a>(
        &self,
        input: &Input,
        all: impl Fn(&JsonPath) -> Vec<&'a Value>,
    ) -> Result<Vec<FailedItem>, ReadError> {
        let (Some(failed), Some(items)) = (&self.wants.failed, &input.items) else { return Ok(Vec::new()) };
        let entries = all(&failed.path);
        let entries: Vec<&Value> = match entries.as_slice() {
            [Value::Array(list)] => list.iter().collect(),
            _ => entries,
        };
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<Option<String>> = items.iter().map(|&item| self.key_of(input, Some(item))).collect();
        let find = |entry: &Value| {
            let position = match entry.pointer(&failed.key)? {
                Value::String(name) => names.iter().position(|known| known.as_ref() == Some(name))?,
                Value::Number(index) => usize::try_from(index.as_u64()?).ok()?,
                _ => return None,
            };
            let code = entry.pointer(&failed.code).filter(|_| !failed.code.is_empty()).map(|code| match code {
                Value::String(code) => code.clone(),
                other => other.to_string(),
            });
            let code = code.map_or_else(|| ErrorCode::new(&failed.default_code), |code| ErrorCode::new(&code));
            Some(FailedItem { index: *items.get(position)?, code })
        };
        entries.into_iter().map(|entry| find(entry).ok_or(ReadError::UnknownItem)).collect()
    }
}

/// Whether the reply says that it is XML, as S3 does; all else is taken for JSON.
fn is_xml(fields: &dyn Fields) -> bool {
    let kind = fields.get("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.ends_with("/xml") || kind.ends_with("+xml")
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

/// The target of `rel="next"` in the `Link` headers (RFC 8288), as path and query.
fn next_link(fields: &dyn Fields, authority: &str) -> Result<Option<Cursor>, ReadError> {
    let mut found = Ok(None);
    fields.each("link", &mut |link| {
        if let (Ok(None), Some(target)) = (&found, next_target(link)) {
            found = same_host(target, authority).map(|target| Some(Cursor::Link(target.into())));
        }
    });
    found
}

/// The target of `rel="next"` in one `Link` header.
fn next_target(link: &str) -> Option<&str> {
    let mut rest = link;
    while let Some((target, parameters)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        let end = parameters.find('<').unwrap_or(parameters.len());
        let is_next = parameters[..end].split([';', ',']).any(|parameter| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"').split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(target);
        }
        rest = parameters;
    }
    None
}

fn same_host<'a>(target: &'a str, authority: &str) -> Result<&'a str, ReadError> {
    let absolute = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    match absolute {
        None if target.starts_with('/') && !target.starts_with("//") => Ok(target),
        None => Err(ReadError::ForeignLink),
        Some(rest) => {
            let path = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(path);
            if host.eq_ignore_ascii_case(authority) && path.starts_with('/') {
                Ok(path)
            } else {
                Err(ReadError::ForeignLink)
            }
        }
    }
}

#[cfg(test)]
#[path = "wants_tests.rs"]
mod tests;
