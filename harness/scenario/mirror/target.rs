//! Where requests go, how, and within which bounds.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::{Condition, Duration, Named, PerTime};

/// Where the requests go: `{mock: attendees}` or `{url: "https://…"}`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// The embedded service.
    pub(crate) mock: Option<Service>,
    /// The base URL of a real service, http or https. A host that is not loopback must be named in `safety.allow_hosts`.
    /// May be left out where `api` is `attendees` or `attendees-legacy` and `auth` is `sigv4`: AWS's own endpoint is meant then.
    pub(crate) url: Option<String>,
    /// Whether AWS's own endpoint is that with FIPS-validated cryptography; only without `url`. Default: false.
    pub(crate) fips: Option<bool>,
    /// Whether AWS's own endpoint is that with IPv6 as well; only without `url`. Default: false.
    pub(crate) dualstack: Option<bool>,
    /// How requests are signed; only with `url`.
    pub(crate) auth: Option<Auth>,
    /// Headers that every request carries, by name.
    pub(crate) headers: Option<Named<String>>,
}

/// The services that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Service {
    /// Meetings and their attendees, with the documented limits.
    Attendees,
}

/// How requests prove who sends them.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Auth {
    /// AWS Signature Version 4.
    Sigv4 {
        /// The signing name of the service, such as `chime`.
        service: String,
        /// The region, such as `us-east-1`. With `api: attendees-legacy` the scope is `us-east-1`, whatever stands here.
        region: String,
        /// The access key id; goes with `secret_key`. Without the two, keys are looked for where AWS's own tools look: the
        /// environment, profiles (SSO, roles), web identity, the metadata services of containers and instances.
        access_key: Option<String>,
        /// The secret key; write `${env:NAME}`.
        secret_key: Option<String>,
        /// The session token of temporary keys; write `${env:NAME}`.
        session_token: Option<String>,
        /// Keys of this profile alone.
        profile: Option<String>,
    },
    /// `Authorization: Bearer …`.
    Bearer {
        /// The token; write `${env:NAME}`.
        token: String,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// The user.
        user: String,
        /// The password; write `${env:NAME}`.
        password: String,
    },
}

/// Bounds that no run crosses.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Safety {
    /// Hosts that may be loaded, with `*` for any part. Loopback needs no entry.
    pub(crate) allow_hosts: Option<Vec<String>>,
    /// The most attempts that a run may send; reaching it is a normal end, marked `capped`. Default: 1,000,000.
    #[schemars(range(min = 1))]
    pub(crate) max_requests: Option<u64>,
    /// The longest that a run may last. Default: 1h.
    pub(crate) max_duration: Option<Duration>,
    /// Conditions that end the run at once, such as `ratio(calls.failed, over=10s) > 50%`.
    pub(crate) abort_when: Option<Vec<Condition>>,
}

/// How requests reach the wire.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transport {
    /// The version of HTTP. Default: 1.
    #[schemars(range(min = 1, max = 2))]
    pub(crate) http: Option<u8>,
    /// Who speaks HTTP. Default: `auto`.
    pub(crate) client: Option<WireClient>,
    /// How many lanes generate the load, each on a thread of its own; at most what keeps each client in one lane. Default: as
    /// many as the load needs and the machine has cores for.
    #[schemars(range(min = 1, max = 1_024))]
    pub(crate) lanes: Option<u32>,
    /// The most attempts in flight at a time, over the whole run, each on a connection of its own. Default: as many as it
    /// takes, up to 10,000; whoever finds all connections in use opens one more.
    #[schemars(range(min = 1, max = 65_535))]
    pub(crate) connections: Option<u32>,
    /// How long a connection may take to open. Default: 5s.
    pub(crate) connect_timeout: Option<Duration>,
    /// Whether redirects are followed. Default: false, so that a redirect is seen and not measured as one request.
    pub(crate) redirects: Option<bool>,
    /// Whether the proxy that the environment names is used. Default: false.
    pub(crate) proxy: Option<bool>,
    /// Whether compressed replies are asked for and unpacked. Default: false.
    pub(crate) decompress: Option<bool>,
    /// The longest reply body that is read, in bytes. Default: 16777216 (16 MiB).
    #[schemars(range(min = 1))]
    pub(crate) max_body: Option<u64>,
}

/// Who speaks HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireClient {
    /// Our own client, which is made for load, wherever it can do what is asked for; reqwest for HTTP/2, proxies, redirects
    /// and compressed replies.
    Auto,
    /// reqwest, whatever is asked for.
    Reqwest,
}

/// A file that supplies values: CSV with a header line, or one JSON object a line.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// The path of a CSV file, from the folder of the scenario.
    pub(crate) csv: Option<String>,
    /// The path of a file with one JSON object a line, from the folder of the scenario.
    pub(crate) json: Option<String>,
    /// The order in which rows are drawn. Default: `sequential`.
    pub(crate) order: Option<Order>,
}

/// The order in which rows are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// As in the file, and from the start again after the last.
    Sequential,
    /// Each row once in an order that the seed decides, then again.
    Shuffled,
    /// Any row at any time.
    Random,
}

/// A rate limit that we keep ourselves.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    /// Attempts in a time unit, over all operations.
    pub(crate) rate: Option<PerTime>,
    /// How many may go at once after a pause. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) burst: Option<u32>,
    /// Limits of single operations, by name, kept in addition.
    pub(crate) per_operation: Option<Named<OperationRate>>,
}

/// The limit of one operation.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationRate {
    /// Attempts in a time unit.
    pub(crate) rate: PerTime,
    /// How many may go at once after a pause. Default: 1.
    #[schemars(range(min = 1))]
    pub(crate) burst: Option<u32>,
}
