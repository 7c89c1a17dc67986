//! Which attempt of which call a request is, in the form of AWS's SDKs.

use crate::api::Attempt;
use crate::rng::{Key, Purpose, push_uuid};

/// Gives the fields that say it: all attempts of a call carry one id, and count up. `scratch` is overwritten.
pub(super) fn identify(seed: u64, attempt: Attempt, scratch: &mut String, field: &mut dyn FnMut(&str, &str)) {
    // Templates number their draws with 32 bits, so no id is ever that of a `{{ uuid }}`.
    let key = Key { seed, purpose: Purpose::Uuid, client: u64::MAX, call: attempt.call, attempt: 0 };
    scratch.clear();
    push_uuid(scratch, key.uuid());
    field("amz-sdk-invocation-id", scratch);
    let mut digits = itoa::Buffer::new();
    scratch.clear();
    scratch.push_str("attempt=");
    scratch.push_str(digits.format(attempt.number));
    if attempt.max < u32::MAX {
        scratch.push_str("; max=");
        scratch.push_str(digits.format(attempt.max));
    }
    field("amz-sdk-request", scratch);
}
