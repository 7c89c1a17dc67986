//! What came of a probe.

pub use crate::api::Claim;
use crate::api::{Exchange, Hints, Reply};
use crate::retry::{Classifier, Facts, FailureKind};
use crate::units::Nanos;

/// A probe and its answer. Times count from the begin of the probing, and never restart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The number of its stretch, from 0.
    pub stretch: u32,
    /// Which request it was; see [`Shot`](crate::plan::Shot).
    pub variant: u32,
    /// When it was planned.
    pub due: Nanos,
    /// When it was sent.
    pub sent: Nanos,
    /// When the last byte of its reply had come, or when it was given up.
    pub done: Nanos,
    /// What became of it.
    pub sight: Sight,
    /// What the service said of when to come back, and of its limit.
    pub hints: Hints,
    /// What `RateLimit-Limit` or `X-RateLimit-Limit` claims, and what is left of it, where the reply has them.
    pub claim: Option<Claim>,
}

/// What became of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It was let in, and answered with a success.
    Accepted,
    /// It was throttled; the status, and the service's error code where it gave one.
    Throttled {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: Option<String>,
    },
    /// Anything else: another status or error code, in a few words.
    Failed(String),
    /// There was no answer: refused, reset or timed out, in a few words.
    Broken(String),
}

impl Sight {
    /// What became of a probe by its reply: the exchange says what success is, the classifier what throttling is. A batch that was
    /// answered with a success and whose items were throttled was throttled.
    pub fn of(reply: &Reply, exchange: &Exchange, classifier: &Classifier) -> Self {
        let status = match reply.status {
            Ok(status) => status,
            Err(error) => return Self::Broken(error.word().to_owned()),
        };
        let code = reply.error_code.as_deref();
        let facts = Facts::new(reply.status, code, &reply.hints);
        if exchange.success.contains(status) || classifier.accepts(&facts) {
            let throttled = |code: &str| classifier.classify_item(code) == FailureKind::Throttling;
            return match reply.extracted.failed.iter().find(|item| throttled(&item.code)) {
                Some(item) => Self::Throttled { status, code: Some(item.code.to_string()) },
                None => Self::Accepted,
            };
        }
        match classifier.classify(&facts) {
            FailureKind::Throttling => Self::Throttled { status, code: code.map(str::to_owned) },
            _ => Self::Failed(format!("{status} {}", code.unwrap_or_default()).trim_end().to_owned()),
        }
    }
}

impl Sighting {
    /// Whether it was let in.
    pub fn is_accepted(&self) -> bool {
        self.sight == Sight::Accepted
    }

    /// Whether it was throttled.
    pub fn is_throttled(&self) -> bool {
        matches!(self.sight, Sight::Throttled { .. })
    }

    /// Whether it was neither let in nor throttled.
    pub fn is_trouble(&self) -> bool {
        matches!(self.sight, Sight::Failed(_) | Sight::Broken(_))
    }

    /// Sent to done.
    pub fn took(&self) -> Nanos {
        self.done - self.sent
    }
}
