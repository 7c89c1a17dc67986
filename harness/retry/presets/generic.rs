//! Policies of nobody in particular: the shapes of backoff by themselves, to tell what each is worth.

use super::Preset;
use crate::retry::backoff::{Backoff, Backoffs, Shape};
use crate::retry::budget::BudgetSpec;
use crate::retry::classify::Classifier;
use crate::retry::hint::{HintHeaders, HintPolicy, HintUse};
use crate::retry::policy::Policy;
use crate::units::{Nanos, Ratio};

/// Never retries.
pub const NONE: &str = "none";

pub(super) const PRESETS: &[Preset] = &[
    (NONE, "one attempt, never a retry", none),
    ("fixed", "4 attempts, always 1 s between them", || shaped("fixed", Shape::Constant, Nanos::from_secs(1))),
    ("exponential", "4 attempts, 100 ms doubled up to 20 s, no jitter: for contrast", || {
        shaped("exponential", Shape::Exponential, BASE)
    }),
    ("full-jitter", "4 attempts, anything up to 100 ms doubled up to 20 s", || {
        shaped("full-jitter", Shape::FullJitter, BASE)
    }),
    ("equal-jitter", "4 attempts, half of 100 ms doubled up to 20 s, and up to the other half", || {
        shaped("equal-jitter", Shape::EqualJitter, BASE)
    }),
    ("decorrelated-jitter", "4 attempts, from 100 ms to three times the last wait, up to 20 s", || {
        shaped("decorrelated-jitter", Shape::DecorrelatedJitter, BASE)
    }),
    ("full-jitter-hints", "full jitter that waits at least as long as the server says", full_jitter_hints),
];

/// The first wait of the generic presets.
const BASE: Nanos = Nanos::from_millis(100);

/// One attempt. Every other preset is this one with fields changed.
pub(super) fn none() -> Policy {
    Policy {
        name: NONE.into(),
        max_attempts: 1,
        // The commonest ceiling of HTTP clients and gateways; without any, a silent server would hold a run open for ever.
        attempt_timeout: Some(Nanos::from_secs(30)),
        call_timeout: None,
        // What a definition begins with that allows a second attempt and says no more.
        backoff: Backoffs::default(),
        hint: HintPolicy::IGNORE,
        budget: BudgetSpec::Unlimited,
        throttle: None,
        breaker: None,
        concurrency: None,
        hedge: None,
        long_polling: false,
        classifier: Classifier::default(),
    }
}

/// Four attempts with one shape of backoff, and nothing that limits them. "Exponential Backoff And Jitter" (AWS Architecture Blog,
/// 2015) compares the jittered ones.
fn shaped(name: &str, shape: Shape, base: Nanos) -> Policy {
    let backoff = Backoffs::same(Backoff::new(shape, base));
    Policy { name: name.into(), max_attempts: 4, backoff, ..none() }
}

/// [`shaped`] with full jitter: what the presets that limit retries wait.
pub(super) fn full_jitter(name: &str) -> Policy {
    shaped(name, Shape::FullJitter, BASE)
}

/// Full jitter that believes every header field, and spreads what it is told by a tenth.
fn full_jitter_hints() -> Policy {
    let jitter = Ratio::new(0.1).unwrap_or_default();
    let hint = HintPolicy { mode: HintUse::AtLeast, max: HintPolicy::MAX, jitter, headers: HintHeaders::ALL };
    Policy { hint, ..full_jitter("full-jitter-hints") }
}
