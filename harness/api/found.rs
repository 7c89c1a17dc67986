//! What is found in a body of what is wanted, by walking over the whole document.

use serde_json::Value;

use super::path::JsonPath;
use super::wants::{CaptureSource, NextPage, ReadError, Wants};

/// What was found in a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// One for each capture.
    pub(super) captures: Vec<Option<Value>>,
    /// What leads to the next page.
    pub(super) next: Option<Value>,
    /// How many items were listed.
    pub(super) listed: u32,
    /// The entries of items that failed.
    pub(super) failed: Vec<Value>,
    /// Names, those that are texts.
    pub(super) keys: Vec<String>,
}

impl Found {
    /// Nothing yet: no value, and no entry in any list.
    pub(super) fn nothing(wants: &Wants) -> Self {
        let captures = wants.captures.iter().map(|source| match source {
            CaptureSource::Every(_) => Some(Value::Array(Vec::new())),
            CaptureSource::Body(_) | CaptureSource::Header(_) | CaptureSource::Status => None,
        });
        Self { captures: captures.collect(), ..Self::default() }
    }

    /// Parses the whole body and looks at each place. For paths that are more than names and indices, there is no other way.
    pub(super) fn in_json(wants: &Wants, body: &[u8]) -> Result<Self, ReadError> {
        let document: Value = serde_json::from_slice(body).map_err(|_| ReadError::NotJson)?;
        Ok(Self::in_document(wants, |path| path.first(&document), |path| path.all(&document)))
    }

    /// What is found in a document that was XML.
    pub(super) fn in_xml(wants: &Wants, document: &Value) -> Self {
        let all = |path: &JsonPath| path.all_of_xml(document);
        Self::in_document(wants, |path| all(path).first().copied(), all)
    }

    fn in_document<'a>(
        wants: &Wants,
        first: impl Fn(&JsonPath) -> Option<&'a Value>,
        all: impl Fn(&JsonPath) -> Vec<&'a Value>,
    ) -> Self {
        let owned = |path: &JsonPath| all(path).into_iter().cloned();
        let captures = wants.captures.iter().map(|source| match source {
            CaptureSource::Body(path) => first(path).cloned(),
            CaptureSource::Every(path) => Some(owned(path).collect()),
            CaptureSource::Header(_) | CaptureSource::Status => None,
        });
        let next = match &wants.next {
            Some(NextPage::Body(path)) => first(path).cloned(),
            _ => None,
        };
        let keys = wants.keys.iter().flat_map(&all).filter_map(|key| key.as_str().map(str::to_owned));
        Self {
            captures: captures.collect(),
            next,
            listed: wants.listed.as_ref().map_or(0, |path| all(path).len() as u32),
            failed: wants.failed.iter().flat_map(|failed| owned(&failed.path)).collect(),
            keys: keys.collect(),
        }
    }
}
