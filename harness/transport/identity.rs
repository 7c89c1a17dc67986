//! Which attempt of which call a request is, in the form of AWS's SDKs.

use crate::api::Attempt;
use crate::rng::{Key, Purpose, format_uuid};

/// The fields that say it: all attempts of a call carry one id, and count up.
pub(super) fn identify(seed: u64, attempt: Attempt) -> [(&'static str, String); 2] {
    // Templates number their draws with 32 bits, so no id is ever that of a `{{ uuid }}`.
    let key = Key { seed, purpose: Purpose::Uuid, client: u64::MAX, call: attempt.call, attempt: 0 };
    let count = match attempt.max {
        u32::MAX => format!("attempt={}", attempt.number),
        max => format!("attempt={}; max={max}", attempt.number),
    };
    [("amz-sdk-invocation-id", format_uuid(key.uuid())), ("amz-sdk-request", count)]
}
