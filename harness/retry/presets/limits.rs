//! Full jitter with each of the limits on retrying that books and articles recommend.

use super::Preset;
use super::generic::full_jitter;
use crate::retry::budget::{BudgetSpec, Costs};
use crate::retry::gate::{BreakerSpec, ThrottleSpec};
use crate::retry::policy::Policy;
use crate::units::{Nanos, Ratio};

pub(super) const PRESETS: &[Preset] = &[
    (
        "full-jitter-budget",
        "full jitter, and retries at most a tenth of the successes: recommended where nothing else is known",
        full_jitter_budget,
    ),
    ("sre-budget", "3 attempts, and retries at most a tenth of the requests of 2 minutes", sre_budget),
    ("sre-throttle", "the same, and requests dropped at random while fewer than half are accepted", sre_throttle),
    ("circuit-breaker", "full jitter, and nothing sent for a minute once half of 100 attempts failed", circuit_breaker),
    ("retry-breaker", "full jitter, and no retries while a tenth of the attempts fail", retry_breaker),
];

/// A bucket of 10 that each success fills by 0.1 and each retry takes 1 from. Source: Brooker, "Fixing retries with token buckets and
/// circuit breakers" (2022).
fn full_jitter_budget() -> Policy {
    let budget =
        BudgetSpec::TokenBucket { size: 10.0, per_success: 0.1, cost: Costs::all(1.0), credit_at_start: false };
    Policy { budget, ..full_jitter("full-jitter-budget") }
}

/// At most three attempts a call, retries at most a tenth of a client's requests. Source: "Site Reliability Engineering", chapter 21,
/// "Handling Overload", which leaves the window open: this is that of the chapter's throttle.
fn sre_budget() -> Policy {
    let budget = BudgetSpec::Ratio { ttl: Nanos::from_secs(120), min_per_sec: 0.0, percent: share(0.1) };
    Policy { max_attempts: 3, budget, ..full_jitter("sre-budget") }
}

/// The chapter's client-side throttling besides, with its K = 2 over 2 minutes.
fn sre_throttle() -> Policy {
    let throttle = ThrottleSpec::Sre { k: 2.0, window: Nanos::from_secs(120) };
    Policy { name: "sre-throttle".into(), throttle: Some(throttle), ..sre_budget() }
}

/// resilience4j's defaults: a window of 100 calls that all have to be there, half of them failed, a minute, ten trials.
const BREAKER: BreakerSpec = BreakerSpec {
    failure_rate: Ratio::ZERO,
    window: 100,
    min_calls: 100,
    open_for: Nanos::from_secs(60),
    half_open_calls: 10,
    only_retries: false,
};

fn circuit_breaker() -> Policy {
    let breaker = BreakerSpec { failure_rate: share(0.5), ..BREAKER };
    Policy { breaker: Some(breaker), ..full_jitter("circuit-breaker") }
}

/// First attempts always go. Source: Brooker (2022); what he leaves open is resilience4j's, with a tenth of its pause.
fn retry_breaker() -> Policy {
    let breaker =
        BreakerSpec { failure_rate: share(0.1), open_for: Nanos::from_secs(6), only_retries: true, ..BREAKER };
    Policy { breaker: Some(breaker), ..full_jitter("retry-breaker") }
}

fn share(of: f64) -> Ratio {
    Ratio::new(of).unwrap_or_default()
}
