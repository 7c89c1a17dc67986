//! A retry policy in the words of other programs: what to paste where, and what is lost on the way. A program more is one file here
//! and one line in [`all`].

mod aws;
mod envoy;
mod grpc;
mod resilience4j;
#[cfg(test)]
mod tests;

use super::model::tune::Setting;
use crate::retry::Policy;
use crate::retry::backoff::{Backoff, Shape};
use crate::units::Nanos;

/// The settings of every program that is known here.
pub(super) fn all(policy: &Policy) -> Vec<Setting> {
    [aws::setting, grpc::setting, envoy::setting, resilience4j::setting].map(|setting| setting(policy)).into()
}

/// What a program cannot express, sentence by sentence.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    /// Says something.
    fn say(&mut self, sentence: impl Into<String>) {
        self.0.push(sentence.into());
    }

    /// Says something where it is so.
    fn say_if(&mut self, so: bool, sentence: impl Into<String>) {
        if so {
            self.say(sentence);
        }
    }

    /// The setting with these notes.
    fn setting(self, target: &str, text: String) -> Setting {
        Setting { target: target.into(), text: text.into(), notes: self.0.into_iter().map(Into::into).collect() }
    }
}

/// The backoff that a program with but one gets: that after throttling, which this whole comparison is about.
fn the_backoff<'a>(policy: &'a Policy, notes: &mut Notes) -> &'a Backoff {
    let backoff = &policy.backoff.throttling;
    let same = policy.backoff.all().into_iter().all(|other| other == backoff);
    let other = &policy.backoff.transient;
    notes.say_if(
        !same,
        format!(
            "There is one backoff for all failures: this is the one after throttling. After other failures the policy waits {}.",
            in_words(other)
        ),
    );
    backoff
}

/// A backoff in a few words: `full_jitter from 200ms, doubled, at most 5s`.
fn in_words(backoff: &Backoff) -> String {
    let cap = if backoff.cap == Nanos::MAX { String::new() } else { format!(", at most {}", backoff.cap) };
    match backoff.shape {
        Shape::Constant => format!("{} each time", backoff.base),
        Shape::Linear => format!("{} and {} more each time{cap}", backoff.base, backoff.step),
        Shape::Fibonacci | Shape::DecorrelatedJitter => format!("{} from {}{cap}", backoff.shape.word(), backoff.base),
        shape => format!("{} from {}, times {} each time{cap}", shape.word(), backoff.base, backoff.multiplier),
    }
}

/// Seconds as protobuf's JSON writes a duration: `0.2s`.
fn seconds(span: Nanos) -> String {
    format!("{}s", span.as_secs_f64())
}

/// Whole milliseconds, as Spring reads a duration: `200ms`; at least one.
fn milliseconds(span: Nanos) -> String {
    format!("{}ms", millis(span).max(1))
}

/// Whole milliseconds.
fn millis(span: Nanos) -> u64 {
    span.as_millis_f64().round() as u64
}

/// The longest wait that a program is told where the policy has none: a day is as good as for ever.
fn cap(backoff: &Backoff) -> Nanos {
    backoff.cap.min(Nanos::from_secs(86_400)).max(backoff.base)
}
