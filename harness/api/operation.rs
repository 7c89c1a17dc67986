//! A catalogue of operations: what a service offers, how requests to it look and how its replies are read.

use super::status::StatusSet;

/// The operations of one API.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// In the order they were written.
    pub operations: Vec<Operation>,
}

impl Catalogue {
    /// The operation of a name.
    pub fn find(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name == name)
    }

    /// All names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().map(|operation| operation.name.as_str())
    }
}

/// One operation. Texts may hold `{{ Parameter }}` holes, the path `{Parameter}`; a step's `with` gives the parameters.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What steps call it.
    pub name: String,
    /// The HTTP method, upper case.
    pub method: String,
    /// The path, with `{Parameter}` segments.
    pub path: String,
    /// Query parameters. One whose hole has nothing to be filled with is left out.
    pub query: Vec<(String, String)>,
    /// Headers, likewise.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// How a batch travels, where the operation takes one.
    pub batch: Option<BatchShape>,
    /// How a walk over its pages goes, where it lists.
    pub paging: Option<Paging>,
    /// Which statuses are success.
    pub success: StatusSet,
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// What an audit needs to know of it.
    pub creation: Option<Creation>,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// A JSON object of all parameters that neither path, query nor headers name.
    Parameters,
    /// JSON with holes in its texts.
    Json(serde_json::Value),
    /// A text with holes that is no JSON. Its content type is [`Body::TEXT`] unless the operation's headers name another.
    Text(String),
}

impl Body {
    /// The content type of a body that is a text.
    pub const TEXT: &str = "text/plain; charset=utf-8";
}

/// How a batch travels.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchShape {
    /// The member of the body that holds the items, or a JSON pointer; `{Parameter}` in it takes a parameter that is a plain text.
    pub items: String,
    /// The most items that one request may carry.
    pub max: Option<u32>,
    /// The member of an item that tells it from the others, or a JSON pointer.
    pub key: Option<String>,
    /// Where a reply lists the items that failed (JSONPath).
    pub failed: Option<String>,
    /// The member of such an entry that holds the item's key, or a JSON pointer; empty where the entry is the key itself.
    pub failed_key: String,
    /// The member of such an entry that holds the error code, or a JSON pointer; empty where entries hold none.
    pub failed_code: String,
    /// The error code of an entry that holds none.
    pub default_code: String,
}

/// How a walk over pages goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Paging {
    /// What leads from one page to the next.
    pub dialect: Dialect,
    /// Where the page size goes.
    pub size: Option<Place>,
    /// The largest page size that the service accepts.
    pub max_size: Option<u32>,
    /// Where a page holds its items (JSONPath to each of them).
    pub items: Option<String>,
}

/// What leads from one page to the next.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialect {
    /// A token of the reply goes into the next request; no token ends the walk. A token may be an object.
    Token {
        /// Where the reply holds it: a JSONPath, or `header.Name`.
        from: String,
        /// Where the request takes it.
        to: Place,
    },
    /// A `Link` header with `rel="next"` (RFC 8288).
    Link,
    /// Pages are numbered; a page with fewer items than asked for ends the walk.
    Number {
        /// Where the request takes the number.
        to: Place,
        /// The number of the first page.
        first: u64,
    },
    /// The request says how many items to skip; a page with fewer items than asked for ends the walk.
    Offset {
        /// Where the request takes the offset.
        to: Place,
    },
}

/// A place in a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A query parameter.
    Query(String),
    /// A header.
    Header(String),
    /// A member of the JSON body, as a JSON pointer such as `/page/token` (RFC 6901).
    Body(String),
}

impl Place {
    /// Reads `query.name`, `header.Name` or `body./pointer`; `body.name` stands for `body./name`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('.')?;
        if name.is_empty() {
            return None;
        }
        Some(match kind {
            "query" => Self::Query(name.to_owned()),
            "header" => Self::Header(name.to_owned()),
            "body" if name.starts_with('/') => Self::Body(name.to_owned()),
            "body" => Self::Body(format!("/{name}")),
            _ => return None,
        })
    }
}

/// What an audit needs to know of an operation that makes, removes or lists things.
#[derive(Clone, Debug, PartialEq)]
pub enum Creation {
    /// It makes things.
    Creates {
        /// The parameter that names where they are made.
        parent: String,
        /// The member of the body, or of a batch item, that names the thing made.
        key: String,
    },
    /// It lists them.
    Lists {
        /// The parameter that names where they are.
        parent: String,
        /// JSONPath to the names on a page.
        keys: String,
    },
    /// It removes them, singly or with all that is in them.
    Removes,
}
