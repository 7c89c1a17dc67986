//! Error codes whose meaning is known.

use super::FailureKind;

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
    // Python counts it as transient, too; throttling wins there as here.
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

/// What a code means; `None` where nobody knows.
pub(super) fn kind_of(code: &str) -> Option<FailureKind> {
    // Batch items carry the short form: the type's name without "Exception".
    if THROTTLING_CODES.contains(&code) || code == "Throttled" {
        Some(FailureKind::Throttling)
    } else if TRANSIENT_CODES.contains(&code) {
        Some(FailureKind::Transient)
    } else {
        None
    }
}
