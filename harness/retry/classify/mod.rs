//! What kind of failure it was: throttling, transient, timeout or permanent.

mod codes;
mod kind;
mod rule;

use crate::api::{Hints, Noted, WireError};

pub use codes::CLOCK_CORRECTED;
pub use kind::FailureKind;
pub use rule::{Rule, Verdict};

/// What is known of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The status, or what happened to the wire.
    pub status: Result<u16, WireError>,
    /// The service's error code.
    pub code: Option<&'a str>,
    /// Whether `Retry-After` or `x-amz-retry-after` said when to come back.
    pub hinted: bool,
    /// Which of the header fields that policies look at it had.
    pub noted: Noted,
}

impl<'a> Facts<'a> {
    /// The facts of a reply.
    pub fn new(status: Result<u16, WireError>, code: Option<&'a str>, hints: &Hints) -> Self {
        Self { status, code, hinted: hints.asks_to_wait(), noted: hints.noted }
    }

    /// Of a status, a code or a wire error alone, without header fields.
    pub fn bare(status: Result<u16, WireError>, code: Option<&'a str>) -> Self {
        Self { status, code, hinted: false, noted: Noted::NONE }
    }
}

/// Judges attempts: own rules first, then the default.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// Exceptions, the first that fits wins.
    pub rules: Vec<Rule>,
    /// What is retried in addition: these rules are asked only about failures that would be permanent otherwise, so that what is
    /// retried anyway keeps its kind.
    pub also_retried: Vec<Rule>,
    /// What a 429 without a known error code is. Throttling by default, as to the AWS SDKs for JavaScript and Ruby and to nearly
    /// everyone else; those for Python (standard mode), Rust and Go retry no such reply, to which it is permanent.
    pub bare_429: FailureKind,
}

impl Default for Classifier {
    fn default() -> Self {
        Self { rules: Vec::new(), also_retried: Vec::new(), bare_429: FailureKind::Throttling }
    }
}

impl Classifier {
    /// Whether a rule says that an attempt succeeded, which its status does not say. One that had no reply never does.
    pub fn accepts(&self, facts: &Facts<'_>) -> bool {
        facts.status.is_ok() && Self::verdict_of(&self.rules, facts) == Some(Verdict::Success)
    }

    /// The kind of a failure. The default: 429 and any throttling code at any status are throttling, as is 503 with a hint;
    /// transient codes, 408, 500, 502, 503 and 504 are transient; a timeout is a timeout; all else on the wire is transient;
    /// the rest is permanent.
    ///
    /// The error code is looked at before the status: AWS services throttle with 400, 403, 429, 503 and 509.
    pub fn classify(&self, facts: &Facts<'_>) -> FailureKind {
        if let Some(Verdict::Failure(kind)) = Self::verdict_of(&self.rules, facts) {
            return kind;
        }
        match Self::verdict_of(&self.also_retried, facts) {
            Some(Verdict::Failure(kind)) if self.usual(facts) == FailureKind::Permanent => kind,
            _ => self.usual(facts),
        }
    }

    /// The kind by code and status alone.
    fn usual(&self, facts: &Facts<'_>) -> FailureKind {
        if let Some(kind) = facts.code.and_then(codes::kind_of) {
            return kind;
        }
        match facts.status {
            Ok(429) => self.bare_429,
            Ok(503) if facts.hinted => FailureKind::Throttling,
            Ok(408 | 500 | 502 | 503 | 504) => FailureKind::Transient,
            Err(WireError::Timeout | WireError::ConnectTimeout) => FailureKind::Timeout,
            // A body that is too large or not understood would be so again.
            Ok(_) | Err(WireError::TooLarge | WireError::BadBody) => FailureKind::Permanent,
            Err(_) => FailureKind::Transient,
        }
    }

    /// The kind of a batch item's failure, of which only the code is known.
    pub fn classify_item(&self, code: &str) -> FailureKind {
        // An item has no status of its own; 400 keeps the default at "permanent" where the code says nothing.
        self.classify(&Facts::bare(Ok(400), Some(code)))
    }

    fn verdict_of(rules: &[Rule], facts: &Facts<'_>) -> Option<Verdict> {
        rules.iter().find(|rule| rule.fits(facts)).map(|rule| rule.verdict)
    }
}

#[cfg(test)]
mod tests;
