//! resilience4j with Spring Boot. Source: resilience4j's `CommonRetryConfigurationProperties` and `IntervalFunction`, and the
//! user guide on circuit breakers and rate limiters.

use std::fmt::Write as _;

use super::{Notes, cap, milliseconds, the_backoff};
use crate::report::model::tune::Setting;
use crate::retry::backoff::{Backoff, Shape};
use crate::retry::gate::ThrottleSpec;
use crate::retry::{HintUse, Policy};
use crate::units::Nanos;

/// The policy as instances called `backend`.
pub(super) fn setting(policy: &Policy) -> Setting {
    let mut notes = Notes::default();
    let mut text = String::from("resilience4j:\n");
    instance(&mut text, "retry");
    let _ = writeln!(text, "        maxAttempts: {}", policy.max_attempts);
    if policy.max_attempts > 1 {
        let backoff = the_backoff(policy, &mut notes);
        waits(&mut text, backoff, &mut notes);
    }
    if let Some(timeout) = policy.attempt_timeout {
        instance(&mut text, "timelimiter");
        let _ = writeln!(text, "        timeoutDuration: {}", milliseconds(timeout));
    }
    if let Some(breaker) = policy.breaker {
        instance(&mut text, "circuitbreaker");
        let _ = write!(
            text,
            "        slidingWindowType: COUNT_BASED\n        slidingWindowSize: {}\n        minimumNumberOfCalls: {}\n        \
             failureRateThreshold: {}\n        waitDurationInOpenState: {}\n        permittedNumberOfCallsInHalfOpenState: {}\n",
            breaker.window,
            breaker.min_calls,
            breaker.failure_rate.get() * 100.0,
            milliseconds(breaker.open_for),
            breaker.half_open_calls
        );
        notes.say_if(
            breaker.only_retries,
            "The breaker here stops first attempts too; the policy's stops retries alone.",
        );
    }
    match policy.throttle {
        None => {}
        Some(ThrottleSpec::Fixed { rate, burst }) => {
            instance(&mut text, "ratelimiter");
            let period = Nanos::from_secs(1).scale(f64::from(burst) / rate.as_per_second());
            let _ = write!(
                text,
                "        limitForPeriod: {burst}\n        limitRefreshPeriod: {}\n        timeoutDuration: {}\n",
                milliseconds(period),
                milliseconds(policy.call_timeout.unwrap_or(Nanos::from_secs(60)))
            );
            notes.say("The rate limiter here is a fixed window: the same rate, but up to twice the burst at the edge of two windows.");
        }
        Some(_) => {
            notes
                .say("This client-side throttle does not exist here; a ratelimiter of a constant rate is the nearest.");
        }
    }
    notes
        .say("Put the decorators on in this order: Retry around CircuitBreaker around RateLimiter around TimeLimiter.");
    notes.say(
        "Which results and exceptions are retried is said with retryExceptions, or a resultPredicate for 429 and 5xx.",
    );
    notes.say_if(
        policy.budget.is_shared(),
        "There is no retry budget: when everything fails, every call makes all its attempts.",
    );
    notes.say_if(
        policy.call_timeout.is_some(),
        "There is no timeout for a call with its retries: put a TimeLimiter around the Retry.",
    );
    notes.say_if(
        policy.hint.mode != HintUse::Ignore,
        "Retry-After is not read: that takes an intervalBiFunction of your own.",
    );
    notes.say_if(policy.hedge.is_some(), "There is no hedging.");
    notes.say_if(
        policy.concurrency.is_some(),
        "There is no adaptive limit on attempts in flight; a bulkhead has a fixed one.",
    );
    notes.setting("resilience4j (Spring Boot)", text)
}

fn instance(text: &mut String, module: &str) {
    let _ = write!(text, "  {module}:\n    instances:\n      backend:\n");
}

/// The waits. resilience4j knows one jitter, a part given or taken, and every range of waits is one around its middle.
fn waits(text: &mut String, backoff: &Backoff, notes: &mut Notes) {
    // The middle of the range as a part of the exponential wait, and how far it reaches to both sides. The library takes less than 1.
    let (middle, spread) = match backoff.shape {
        Shape::FullJitter => {
            notes.say("Full jitter is written as half the wait, give or take 99 %: the same range.");
            (0.5, 0.99)
        }
        Shape::EqualJitter => (0.75, 0.333),
        Shape::DecorrelatedJitter => {
            notes.say("Decorrelated jitter does not exist here; this is full jitter over the same base.");
            (0.5, 0.99)
        }
        Shape::ProportionalJitter => (1.0, backoff.jitter.get().min(0.99)),
        Shape::Constant | Shape::Linear | Shape::Exponential | Shape::Fibonacci => (1.0, 0.0),
    };
    let _ = writeln!(text, "        waitDuration: {}", milliseconds(backoff.base.scale(middle)));
    match backoff.shape {
        Shape::Constant => return,
        Shape::Linear | Shape::Fibonacci => {
            notes.say(format!(
                "{} needs an intervalBiFunction of your own; the waits double instead.",
                backoff.shape.word()
            ));
        }
        _ => {}
    }
    let multiplier = if matches!(backoff.shape, Shape::Linear | Shape::Fibonacci) { 2.0 } else { backoff.multiplier };
    let _ = write!(
        text,
        "        enableExponentialBackoff: true\n        exponentialBackoffMultiplier: {multiplier}\n        \
         exponentialMaxWaitDuration: {}\n",
        milliseconds(cap(backoff))
    );
    if spread > 0.0 {
        let _ = writeln!(text, "        enableRandomizedWait: true\n        randomizedWaitFactor: {spread}");
        notes.say("The longest wait cuts the drawn wait, not the range it is drawn from: late retries crowd at it.");
    }
}
