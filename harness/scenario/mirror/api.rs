//! A catalogue: the operations of a service, as data.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::value::{Named, OneOrMany, Status};

/// The operations of a service.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    /// The operations, by name.
    pub(crate) operations: Named<Operation>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    /// The method.
    pub(crate) method: Method,
    /// The path, with a parameter in braces for each part that changes: `/things/{id}`.
    pub(crate) path: String,
    /// Query parameters, by name; a value whose parameters are not given is left out.
    pub(crate) query: Option<Named<String>>,
    /// Headers, by name.
    pub(crate) headers: Option<Named<String>>,
    /// The JSON body; texts in it may hold templates; `false` for no body. Default for POST, PUT and PATCH: the parameters of the
    /// step that nothing else names.
    pub(crate) body: Option<Value>,
    /// In place of `body`: a text that is no JSON and is sent as it stands; it may hold templates, and `{{ "{{" }}` writes two
    /// braces. Its content type is `text/plain; charset=utf-8`, unless `headers` name another.
    pub(crate) body_text: Option<String>,
    /// How many items go into one request.
    pub(crate) batch: Option<Batch>,
    /// How the pages of a listing follow each other.
    pub(crate) paging: Option<Paging>,
    /// Statuses that mean success: `200`, `2xx`, or a list of those. Default: `2xx`.
    pub(crate) success: Option<OneOrMany<Status>>,
    /// Whether the call may be sent twice without harm. Default: true for GET, HEAD, PUT, DELETE and OPTIONS.
    pub(crate) idempotent: Option<bool>,
    /// For the audit: what the operation creates.
    pub(crate) creates: Option<Marker>,
    /// For the audit: what the operation lists.
    pub(crate) lists: Option<Marker>,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

/// Where the items of a batch go, and where its failures come back.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// The member of the body that takes the items: a name, or a JSON pointer such as `/data/items`. A parameter in braces takes
    /// a plain text of the step: `/RequestItems/{TableName}`.
    pub(crate) items: String,
    /// The member of an item that identifies it: a name, or a JSON pointer.
    pub(crate) key: Option<String>,
    /// The entries of the reply that stand for items that failed, as a JSONPath.
    pub(crate) failed: Option<String>,
    /// The member of such an entry that identifies the item: a name, or a JSON pointer; an empty text where the entry is the
    /// item's key itself. Default: `key`.
    pub(crate) failed_key: Option<String>,
    /// The member of such an entry that holds the error code: a name, or a JSON pointer.
    pub(crate) failed_code: Option<String>,
    /// The error code of an entry that holds none, such as `ThrottlingException` where the service only returns what it did not
    /// get to. By default such an entry has failed for good.
    pub(crate) default_code: Option<String>,
    /// The most items that one request may carry.
    #[schemars(range(min = 1))]
    pub(crate) max: Option<u32>,
}

/// How the pages of a listing follow each other.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// The items of a page, as a JSONPath.
    pub(crate) items: Option<String>,
    /// What leads to the next page. Default: `token`.
    pub(crate) dialect: Option<Dialect>,
    /// Where the next token stands in a reply: `$.NextToken` or `header.Name`.
    pub(crate) next: Option<String>,
    /// Where token, page number or offset goes in the next request: `query.next-token`, `body./pointer` or `header.Name`.
    pub(crate) send: Option<String>,
    /// Where the page size goes: `query.max-results` or `body./pointer`.
    pub(crate) size: Option<String>,
    /// The number of the first page, for the dialect `page`. Default: 1.
    pub(crate) first: Option<u64>,
    /// The largest page that the service gives.
    #[schemars(range(min = 1))]
    pub(crate) max_size: Option<u32>,
}

/// What leads to the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dialect {
    /// A token of the reply.
    Token,
    /// `Link: <…>; rel="next"`.
    Link,
    /// The number of the page.
    Page,
    /// The number of items before it.
    Offset,
}

/// What the audit compares: items that belong to a parent.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marker {
    /// The parameter that names what the items belong to, such as `MeetingId`.
    pub(crate) parent: Option<String>,
    /// The member of an item that identifies it, such as `ExternalUserId`.
    pub(crate) key: String,
}
