//! What is wanted from a reply.

use std::sync::Arc;

use super::hints::NotedHeaders;
use super::path::JsonPath;
use super::path_tree::PathTree;

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
    /// The header fields of a refusal that policies look at.
    pub noted: Arc<NotedHeaders>,
    /// What replies claim of the limit behind them, good ones too.
    pub claims: bool,
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
        self.places().next().is_some()
    }

    /// All places in a body at which something is wanted, with what for.
    fn places(&self) -> impl Iterator<Item = (&JsonPath, Want)> {
        let captures = self.captures.iter().enumerate().filter_map(|(index, source)| match source {
            CaptureSource::Body(path) => Some((path, Want::First(index))),
            CaptureSource::Every(path) => Some((path, Want::Every(index))),
            CaptureSource::Header(_) | CaptureSource::Status => None,
        });
        let next = self.next.iter().filter_map(|next| match next {
            NextPage::Body(path) => Some((path, Want::Next)),
            NextPage::Header(_) | NextPage::Link | NextPage::Number { .. } | NextPage::Offset { .. } => None,
        });
        let listed = self.listed.iter().map(|path| (path, Want::Listed));
        let failed = self.failed.iter().map(|failed| (&failed.path, Want::Failed));
        let keys = self.keys.iter().map(|path| (path, Want::Key));
        captures.chain(next).chain(listed).chain(failed).chain(keys)
    }

    /// All of them as one tree; `None` where a path is more than names, indices and `[*]`.
    pub(super) fn tree(&self) -> Option<PathTree> {
        let mut tree = PathTree::default();
        for (path, want) in self.places() {
            tree.insert(path.plain()?, want);
        }
        tree.settle();
        Some(tree)
    }
}

/// What a value in a body is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// For a capture, by its index: the first one that is found.
    First(usize),
    /// For a capture, by its index: all that are found.
    Every(usize),
    /// It leads to the next page.
    Next,
    /// It is counted.
    Listed,
    /// It is the entry of an item that failed, or the list of them.
    Failed,
    /// It is a name.
    Key,
}
