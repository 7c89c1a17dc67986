//! The embedded service and the model behind it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::value::{Duration, Named, Share};

/// The embedded service.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mock {
    /// The address to listen on. Default: `127.0.0.1:0`, any free port.
    pub(crate) listen: Option<String>,
    /// Whether the documented limits of the service hold. Default: `service`.
    pub(crate) throttling: Option<Throttling>,
    /// Limits in place of the service's own. The first rule that fits an operation decides; every limiter that it names
    /// must accept.
    pub(crate) limits: Option<Vec<LimitRule>>,
    /// What a throttled request is answered.
    pub(crate) reject: Option<Reject>,
    /// How much the service holds.
    pub(crate) quotas: Option<Quotas>,
    /// How long a request takes once a worker has it.
    pub(crate) latency: Option<Latency>,
    /// How many requests are worked on at a time.
    pub(crate) workers: Option<Workers>,
    /// Faults by chance.
    pub(crate) faults: Option<Vec<Fault>>,
    /// Faults and changes by the clock, counted from the first arrival.
    pub(crate) events: Option<Vec<Event>>,
    /// What own operations answer, by name, for `simulate` and `tune`.
    pub(crate) models: Option<Named<Model>>,
    /// Whether signatures are checked. Default: `lenient`.
    pub(crate) authentication: Option<Authentication>,
    /// Whose signatures are good, with `authentication: strict`.
    pub(crate) credentials: Option<Vec<Credential>>,
    /// The region where no signature names one. Default: `us-east-1`.
    pub(crate) region: Option<String>,
    /// Which of the two interfaces answers where a request does not tell. Default: `legacy` for `api: attendees-legacy`, else
    /// `meetings`.
    pub(crate) namespace: Option<Namespace>,
    /// How long a meeting lives that nobody ends, such as `24h`; replicas end with their primary. Default: for ever.
    pub(crate) meeting_lifetime: Option<Duration>,
    /// The type of the error for a request that breaks a constraint of the API's model, all of them 400. Default:
    /// `bad_request`.
    pub(crate) validation_error: Option<ValidationError>,
}

/// Whether the documented limits of the service hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Throttling {
    /// The documented limits.
    Service,
    /// No limits.
    Off,
}

/// Whether signatures are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Authentication {
    /// Requests are served without, or with a wrong one.
    Lenient,
    /// Requests without a right one are refused.
    Strict,
}

/// A key that signs.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    /// The access key id; it names the account.
    pub(crate) access_key: String,
    /// The secret key; write `${env:NAME}`.
    pub(crate) secret_key: String,
    /// The session token that goes with a temporary key; write `${env:NAME}`.
    pub(crate) session_token: Option<String>,
    /// Operations that it may not use, by name. Default: none.
    pub(crate) deny: Option<Vec<String>>,
}

/// Says whose it is, and nothing of its secrets.
impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// An interface of the attendees service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Namespace {
    /// The present one.
    Meetings,
    /// The one before it.
    Legacy,
}

/// The type of the error for a request that breaks a constraint of the API's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValidationError {
    /// `BadRequestException`, as documented.
    BadRequest,
    /// `ValidationException`, as seen on the wire of the real service; no client knows it.
    ValidationException,
}

/// Which limiters guard which operations.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitRule {
    /// The operations, by name. Default: all.
    pub(crate) operations: Option<Vec<String>>,
    /// The limiters, by name; every one must accept, and all are charged or none.
    pub(crate) all_of: Vec<String>,
}

/// What a throttled request is answered.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reject {
    /// The status. Default: 429.
    #[schemars(range(min = 400, max = 599))]
    pub(crate) status: Option<u16>,
    /// The error code. Default: what each interface calls it, `ThrottlingException` or `ThrottledClientException`.
    pub(crate) error_code: Option<String>,
    /// The header `Retry-After`: `none`, `true` (the true wait), `ceil_seconds` (that, in whole seconds), `{fixed: 2s}` or
    /// `{wrong: 3}` (the true wait times a factor). Default: `none`.
    pub(crate) retry_after: Option<RetryAfter>,
    /// More headers that tell of the limit.
    pub(crate) headers: Option<Vec<RejectHeader>>,
    /// The form of the body. Default: `aws_json`.
    pub(crate) body: Option<RejectBody>,
    /// How long a rejection takes. Default: 0s.
    pub(crate) latency: Option<Duration>,
    /// How much of a worker's time a rejection takes, as a part of a request's. Default: 0%.
    pub(crate) cost: Option<Share>,
}

/// The header `Retry-After` of a rejection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RetryAfter {
    /// No header.
    None,
    /// The true wait, in whole seconds rounded up where the header has no finer unit.
    True,
    /// The true wait, in whole seconds rounded up.
    CeilSeconds,
    /// Always the same.
    Fixed(Duration),
    /// The true wait times a factor.
    Wrong(f64),
}

/// More headers of a rejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RejectHeader {
    /// `RateLimit` and `RateLimit-Policy`.
    Ratelimit,
    /// `X-RateLimit-Limit`, `-Remaining` and `-Reset`.
    XRatelimit,
    /// `x-amz-retry-after`, in milliseconds.
    XAmzRetryAfter,
}

/// The form of a rejection's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RejectBody {
    /// As AWS services with JSON.
    AwsJson,
    /// As AWS services with XML.
    AwsXml,
    /// RFC 9457.
    ProblemJson,
    /// Plain text.
    Text,
}

/// How much the service holds; `unlimited` or a number.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quotas {
    /// Attendees in a meeting. Default: 250.
    pub(crate) attendees_per_meeting: Option<Quota>,
    /// Meetings at a time. Default: 250.
    pub(crate) meetings: Option<Quota>,
}

/// A number, or no limit at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quota {
    /// No limit.
    Unlimited,
    /// At most so many.
    AtMost(u32),
}

/// How long a request takes once a worker has it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Latency {
    /// Always the same.
    Constant {
        /// The time.
        value: Duration,
    },
    /// Anything between two bounds, all equally likely.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// Without memory: most are short, some long.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// Around a mean; cut at zero.
    Normal {
        /// The mean.
        mean: Duration,
        /// The standard deviation.
        deviation: Duration,
    },
    /// The usual shape of services: a hump and a long tail.
    LogNormal {
        /// Half of the requests are faster.
        median: Duration,
        /// One request in a hundred is slower.
        p99: Duration,
    },
    /// A heavy tail.
    Pareto {
        /// The shortest.
        min: Duration,
        /// The shape; the smaller, the heavier the tail.
        shape: f64,
        /// Nothing takes longer. Default: 60s.
        max: Option<Duration>,
    },
    /// Two kinds of requests, such as hits and misses of a cache.
    Bimodal {
        /// The fast kind.
        fast: Duration,
        /// The slow kind.
        slow: Duration,
        /// How many are slow.
        share_slow: Share,
    },
    /// Percentiles that were measured, with straight lines between them.
    Percentiles {
        /// The time at each percentile, such as `{p50: 8ms, p99: 60ms, p100: 200ms}`. Without `p0` the line begins at
        /// zero; without `p100` nothing is slower than the last.
        points: Named<Duration>,
    },
    /// What a run has measured: the values of an HdrHistogram interval log, such as a report's `latency.hlog`.
    Hlog {
        /// The file, from the folder of the scenario.
        file: String,
        /// Which of its histograms, such as `GetMeeting/service`. Needed where the file has several tags.
        tag: Option<String>,
        /// What a unit of the recorded values is. Default: 1ns, as in a report.
        unit: Option<Duration>,
    },
}

/// How many requests are worked on at a time.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workers {
    /// How many at a time.
    #[schemars(range(min = 1, max = 100_000))]
    pub(crate) count: u32,
    /// How many may wait for a worker; more are answered 503. Default: 100.
    pub(crate) queue: Option<u32>,
}

/// A fault now and then: by `chance`, by `every`, or for a while by `at` and `for`. Exactly one other key says which.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The operations, by name. Default: all.
    pub(crate) operations: Option<Vec<String>>,
    /// How likely it is for each request. Default: 0%.
    pub(crate) chance: Option<Share>,
    /// It strikes every n-th request, besides.
    #[schemars(range(min = 1))]
    pub(crate) every: Option<u64>,
    /// It strikes only from this time on, counted from the first arrival; without `chance` and `every`, each time.
    pub(crate) at: Option<Duration>,
    /// It strikes only for so long. Default: to the end.
    #[serde(rename = "for")]
    pub(crate) lasting: Option<Duration>,
    /// The connection is reset.
    pub(crate) reset: Option<Reset>,
    /// The request is answered with this status and not done.
    #[schemars(range(min = 400, max = 599))]
    pub(crate) status: Option<u16>,
    /// The error code that goes with `status`.
    pub(crate) error_code: Option<String>,
    /// `true`: the connection ends in the middle of the body.
    pub(crate) truncate: Option<bool>,
    /// The body trickles out over this time.
    pub(crate) slow_body: Option<Duration>,
    /// `true`: bytes come that are not HTTP.
    pub(crate) garbage: Option<bool>,
    /// `true`: `Content-Length` says less than the body holds.
    pub(crate) wrong_length: Option<bool>,
    /// `true`: the body is not JSON.
    pub(crate) invalid_json: Option<bool>,
    /// `true`: the reply comes twice.
    pub(crate) duplicate: Option<bool>,
    /// `true`: half of the body comes, then nothing.
    pub(crate) stall: Option<bool>,
    /// The listener accepts nobody for this time. `chance` and `every` count connections; it has no `operations`, and
    /// ends with `for`.
    pub(crate) stall_accept: Option<Duration>,
}

/// When a connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the words of the grammar")]
pub(crate) enum Reset {
    /// Before the reply begins; the request is done.
    BeforeReply,
    /// In the middle of the reply.
    DuringReply,
    /// After the reply.
    AfterReply,
}

/// A change by the clock.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    /// When it begins, counted from the first arrival.
    pub(crate) at: Duration,
    /// How long it lasts. Default: to the end.
    #[serde(rename = "for")]
    pub(crate) lasting: Option<Duration>,
    /// What changes.
    pub(crate) set: Named<Change>,
}

/// A changed value. The key says what: `limiters.NAME.rate`, `.burst`, `.limit` or `.window`; `down` (`true`, or `{status:
/// 503, error_code: …}`); `latency` (a factor); `error_rate` (a chance); `workers` (a number).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Change(pub(crate) Value);

/// What an operation that the scenario describes answers in a simulation. It has no state.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// How many items a listing has in all; with the step's page size that says how many pages.
    pub(crate) items: Option<u64>,
    /// The values of what steps capture and publish, by name, as templates. `{{ seq }}` counts the items of a listing, or else the
    /// requests.
    pub(crate) captures: Option<Named<String>>,
    /// The status. Default: 200.
    #[schemars(range(min = 100, max = 599))]
    pub(crate) status: Option<u16>,
    /// How long it takes. Default: `mock.latency`.
    pub(crate) latency: Option<Latency>,
}

mod by_hand {
    //! Words beside numbers and booleans: what serde cannot derive without `untagged`.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer};

    use super::super::value::{Duration, TextOr};
    use super::{Quota, RetryAfter};

    impl<'de> Deserialize<'de> for Quota {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            match TextOr::<u32>::deserialize(deserializer)? {
                TextOr::Text(_) => Ok(Self::Unlimited),
                TextOr::Value(number) => Ok(Self::AtMost(number)),
            }
        }
    }

    impl JsonSchema for Quota {
        fn schema_name() -> Cow<'static, str> {
            "Quota".into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"anyOf": [
                {"type": "string", "enum": ["unlimited"]},
                {"type": "integer", "format": "uint32", "minimum": 0}
            ]})
        }
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[schemars(inline)]
    enum Long {
        /// Always the same.
        Fixed(Duration),
        /// The true wait times this factor.
        Wrong(f64),
    }

    impl<'de> Deserialize<'de> for RetryAfter {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let value = serde_json::Value::deserialize(deserializer)?;
            if value == serde_json::Value::Bool(true) {
                return Ok(Self::True);
            }
            match TextOr::<Long>::deserialize(value).map_err(serde::de::Error::custom)? {
                TextOr::Text(word) => match word.as_str() {
                    "none" => Ok(Self::None),
                    "ceil_seconds" => Ok(Self::CeilSeconds),
                    _ => Err(serde::de::Error::custom("neither `none` nor `ceil_seconds`")),
                },
                TextOr::Value(Long::Fixed(wait)) => Ok(Self::Fixed(wait)),
                TextOr::Value(Long::Wrong(factor)) => Ok(Self::Wrong(factor)),
            }
        }
    }

    impl JsonSchema for RetryAfter {
        fn schema_name() -> Cow<'static, str> {
            "RetryAfter".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let long = Long::json_schema(generator).to_value();
            let mut choices = vec![
                serde_json::json!({"type": "string", "enum": ["none", "ceil_seconds"]}),
                serde_json::json!({"type": "boolean", "const": true}),
            ];
            choices.extend(long.get("oneOf").and_then(|list| list.as_array()).cloned().unwrap_or_default());
            json_schema!({"oneOf": choices})
        }
    }
}
