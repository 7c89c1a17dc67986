//! The AWS SDKs: the shared configuration file, the environment, and code where those cannot say it. Source: AWS SDKs and Tools
//! Reference Guide, "Retry behavior".

use super::{Notes, cap, in_words, millis};
use crate::report::model::tune::Setting;
use crate::retry::backoff::Shape;
use crate::retry::budget::BudgetSpec;
use crate::retry::gate::ThrottleSpec;
use crate::retry::{AWS_STANDARD_2_1, HintUse, Policy, preset};

/// The policy as a profile.
pub(super) fn setting(policy: &Policy) -> Setting {
    let mut notes = Notes::default();
    let adaptive = matches!(policy.throttle, Some(ThrottleSpec::Cubic(_)));
    let mode = if adaptive { "adaptive" } else { "standard" };
    let attempts = policy.max_attempts;
    let mut text = format!(
        "# ~/.aws/config\n[default]\nretry_mode = {mode}\nmax_attempts = {attempts}\n\
         # The same in the environment: AWS_RETRY_MODE={mode} AWS_MAX_ATTEMPTS={attempts}\n"
    );
    let standard = preset(AWS_STANDARD_2_1);
    let same = standard.as_ref().is_some_and(|standard| standard.backoff == policy.backoff);
    if same {
        notes.say(
            "The waits are those of mode 2.1 of the SDKs; versions in which it is not yet the default take it with \
             AWS_NEW_RETRIES_2026=true in the environment.",
        );
    } else if attempts > 1 {
        text.push_str(&code(policy));
        notes.say(format!(
            "Neither the file nor the environment sets the waits (here {}): the comments do so in code.",
            in_words(&policy.backoff.throttling)
        ));
        notes.say_if(
            policy.backoff.throttling.shape != Shape::FullJitter,
            format!(
                "The SDKs' own waits have full jitter; {} needs a strategy of your own.",
                policy.backoff.throttling.shape.word()
            ),
        );
    }
    notes.say_if(
        !matches!(policy.budget, BudgetSpec::AwsQuota { .. }),
        "The SDKs keep a retry quota of their own (500 tokens for each client) in place of this policy's budget.",
    );
    notes.say_if(
        policy.attempt_timeout.is_some() || policy.call_timeout.is_some(),
        format!(
            "Timeouts are set in code: {}{}.",
            policy.attempt_timeout.map(|timeout| format!("{timeout} for an attempt")).unwrap_or_default(),
            policy
                .call_timeout
                .map(|timeout| format!(
                    "{}{timeout} for a call",
                    if policy.attempt_timeout.is_some() { ", " } else { "" }
                ))
                .unwrap_or_default(),
        ),
    );
    notes.say_if(
        !matches!(policy.hint.mode, HintUse::Ignore | HintUse::Clamp { .. }),
        "The SDKs obey x-amz-retry-after alone, between the own backoff and 5 s more; Retry-After is not read.",
    );
    notes.say_if(
        policy.throttle.is_some() && !adaptive,
        "The SDKs have no client-side throttle but that of the adaptive mode.",
    );
    notes.say_if(policy.breaker.is_some(), "The SDKs have no circuit breaker.");
    notes.say_if(policy.concurrency.is_some(), "The SDKs have no adaptive limit on attempts in flight.");
    notes.say_if(policy.hedge.is_some(), "The SDKs do not hedge.");
    notes.say_if(!policy.classifier.rules.is_empty(), "Rules of your own on what is retried need code.");
    notes.setting("AWS SDKs (~/.aws/config)", text)
}

/// What sets the waits in code, as comments.
fn code(policy: &Policy) -> String {
    let (backoff, attempts) = (&policy.backoff.throttling, policy.max_attempts);
    let (base, most) = (millis(backoff.base), millis(cap(backoff)));
    format!(
        "# The waits, in code:\n\
         #   Rust: RetryConfig::standard().with_max_attempts({attempts}).with_initial_backoff(Duration::from_millis({base})).with_max_backoff(Duration::from_millis({most}))\n\
         #   Go: retry.NewStandard(func(o *retry.StandardOptions) {{ o.MaxAttempts = {attempts}; o.MaxBackoff = {most} * time.Millisecond }})\n\
         #   JavaScript: new ConfiguredRetryStrategy({attempts}, (attempt) => Math.random() * Math.min({most}, {base} * {multiplier} ** (attempt - 1)))\n",
        multiplier = backoff.multiplier,
    )
}
