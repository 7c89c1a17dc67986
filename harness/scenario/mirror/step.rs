//! A step of a flow: one call, a batch of items, or a walk over pages.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::value::{Named, OneOrMany, Status};

/// One step: a call, a batch, or a walk over pages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// The operation, by its name in the catalogue.
    pub(crate) call: String,
    /// The parameters of the operation; texts may hold templates such as `{{ meetings.next }}`. What no path, query, header
    /// or body of the operation names becomes a member of the JSON body.
    pub(crate) with: Option<Named<Value>>,
    /// Sends many items in one request.
    pub(crate) batch: Option<Batch>,
    /// Walks over the pages of a listing.
    pub(crate) paginate: Option<Paginate>,
    /// Values of the reply that later steps of this flow use, by name: `$.json.path`, `header.Location` or `status`.
    pub(crate) capture: Option<Named<String>>,
    /// What a good reply looks like.
    pub(crate) expect: Option<Expect>,
    /// The retry policy of this step: a preset or a name from `policies`.
    pub(crate) retry: Option<String>,
    /// Values of the reply that go into pools for all flows, by pool: `$.json.path`, `header.Location` or `status`.
    pub(crate) publish: Option<Named<String>>,
    /// Whether the call may be sent twice without harm. Default: what the operation says.
    pub(crate) idempotent: Option<bool>,
    /// How many times the step is done; only in `setup` and `teardown`. Default: 1.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub(crate) repeat: Option<u64>,
    /// How many are done at the same time; only in `setup` and `teardown`. Default: 8.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) users: Option<u32>,
}

/// Many items in one request.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// How many items a request carries.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) size: u32,
    /// One item; `{{ seq }}` in it is different in each.
    pub(crate) item: Value,
}

/// A walk over the pages of a listing.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paginate {
    /// How many items a page should have. Default: what the service gives.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) page_size: Option<u32>,
    /// The most pages of a walk. Default: 1000.
    #[schemars(range(min = 1))]
    pub(crate) max_pages: Option<u32>,
}

/// What a good reply looks like.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// Statuses that count as success: `200`, `2xx`, or a list of those. Default: those of the operation.
    pub(crate) status: Option<OneOrMany<Status>>,
}
