//! What kind of failure it was: throttling, transient, timeout or permanent.

use crate::api::{StatusSet, WireError};

/// What a failed attempt calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The service said that this caller, or everyone, is asking too much.
    Throttling,
    /// The service or the wire hiccuped.
    Transient,
    /// No reply in time.
    Timeout,
    /// Asking again would get the same answer.
    Permanent,
}

impl FailureKind {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 4] = [Self::Throttling, Self::Transient, Self::Timeout, Self::Permanent];

    /// The word for it in scenario files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Throttling => "throttling",
            Self::Transient => "transient",
            Self::Timeout => "timeout",
            Self::Permanent => "permanent",
        }
    }
}

/// What is known of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The status, or what happened to the wire.
    pub status: Result<u16, WireError>,
    /// The service's error code.
    pub code: Option<&'a str>,
    /// Whether the reply said when to come back.
    pub hinted: bool,
}

/// Error codes by which AWS services say "slow down"; the list of botocore's standard mode
/// (`botocore/retries/standard.py`), which smithy-rs and aws-sdk-go-v2 share.
const THROTTLING_CODES: [&str; 15] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
    // The legacy Chime namespace says it so.
    "ThrottledClientException",
];

/// What our own transport puts in the place of a refused signature once it has set its clock right: the next attempt is signed
/// with the right time, so the failure is passing trouble, where the service's own code would be permanent.
pub const CLOCK_CORRECTED: &str = "ClockSkewCorrected";

/// Error codes of passing trouble, from the same source, with the short forms that batch items carry.
const TRANSIENT_CODES: [&str; 7] = [
    CLOCK_CORRECTED,
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceFailure",
    "ServiceFailureException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// One exception to the default classification. Every condition that is given must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The statuses it is for.
    pub statuses: Option<StatusSet>,
    /// The error code it is for.
    pub code: Option<Box<str>>,
    /// The wire errors it is for.
    pub wire: Option<Vec<WireError>>,
    /// What such a failure is.
    pub kind: FailureKind,
}

impl Rule {
    fn matches(&self, facts: &Facts<'_>) -> bool {
        let status = self.statuses.is_none_or(|set| facts.status.is_ok_and(|status| set.contains(status)));
        let code = self.code.as_deref().is_none_or(|code| facts.code == Some(code));
        let wire = self.wire.as_ref().is_none_or(|wire| facts.status.is_err_and(|error| wire.contains(&error)));
        status && code && wire
    }
}

/// Judges failed attempts: own rules first, then the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classifier {
    /// Exceptions, the first that matches wins.
    pub rules: Vec<Rule>,
}

impl Classifier {
    /// The kind of a failure. The default: 429 and any throttling code at any status are throttling, as is 503 with a hint;
    /// transient codes, 408, 500, 502, 503 and 504 are transient; a timeout is a timeout; all else on the wire is transient;
    /// the rest is permanent.
    ///
    /// The error code is looked at before the status: AWS services throttle with 400, 403, 429, 503 and 509.
    pub fn classify(&self, facts: &Facts<'_>) -> FailureKind {
        if let Some(rule) = self.rules.iter().find(|rule| rule.matches(facts)) {
            return rule.kind;
        }
        if let Some(kind) = facts.code.and_then(kind_of_code) {
            return kind;
        }
        match facts.status {
            Ok(429) => FailureKind::Throttling,
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
        self.classify(&Facts { status: Ok(400), code: Some(code), hinted: false })
    }
}

fn kind_of_code(code: &str) -> Option<FailureKind> {
    // Batch items carry the short form: the type's name without "Exception".
    if THROTTLING_CODES.contains(&code) || code == "Throttled" {
        Some(FailureKind::Throttling)
    } else if TRANSIENT_CODES.contains(&code) {
        Some(FailureKind::Transient)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureKind::{Permanent, Throttling, Timeout, Transient};

    fn check(status: Result<u16, WireError>, code: Option<&str>, hinted: bool, expected: FailureKind) {
        let facts = Facts { status, code, hinted };
        assert_eq!(Classifier::default().classify(&facts), expected, "{facts:?}");
    }

    #[test]
    fn the_default_classification() {
        check(Ok(429), None, false, Throttling);
        check(Ok(400), Some("ThrottlingException"), false, Throttling);
        check(Ok(503), None, false, Transient);
        check(Ok(503), None, true, Throttling);
        check(Ok(503), Some("SlowDown"), false, Throttling);
        check(Ok(408), None, false, Transient);
        check(Ok(500), None, false, Transient);
        check(Ok(501), None, false, Permanent);
        check(Ok(404), Some("NotFoundException"), false, Permanent);
        check(Err(WireError::Timeout), None, false, Timeout);
        check(Err(WireError::ConnectTimeout), None, false, Timeout);
        check(Err(WireError::Reset), None, false, Transient);
        check(Err(WireError::BadBody), None, false, Permanent);
    }

    #[test]
    fn own_rules_come_first_and_need_all_their_conditions() {
        let rule = Rule {
            statuses: Some(StatusSet::EMPTY.with(409)),
            code: Some("Busy".into()),
            wire: None,
            kind: Throttling,
        };
        let classifier = Classifier { rules: vec![rule] };
        let classify = |status, code| classifier.classify(&Facts { status: Ok(status), code, hinted: false });
        assert_eq!(classify(409, Some("Busy")), Throttling);
        assert_eq!(classify(409, None), Permanent);
        assert_eq!(classify(410, Some("Busy")), Permanent);
    }

    #[test]
    fn items_are_judged_by_their_code_alone() {
        let kind = |code| Classifier::default().classify_item(code);
        assert_eq!(kind("Throttling"), Throttling);
        assert_eq!(kind("ServiceUnavailable"), Transient);
        assert_eq!(kind("BadRequest"), Permanent);
        assert_eq!(kind("LimitExceeded"), Permanent);
    }
}
