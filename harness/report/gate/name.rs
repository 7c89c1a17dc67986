//! Measures in words.

use crate::gate::Metric;
use crate::plan::expression::{Counted, Function, Latency, Outcome, Subject};

/// A measure in words: `p99 of response`, `share of failed calls (ListAttendees)`.
pub(super) fn in_words(metric: &Metric) -> String {
    let what = match metric.measure.subject {
        Some(Subject::Latency(latency)) => match latency {
            Latency::Lag => "lag",
            Latency::Service => "service",
            Latency::Response => "response",
            Latency::Admission => "admission",
            Latency::Backoff => "backoff",
        }
        .to_owned(),
        Some(Subject::Counted(counted, outcome)) => counted_in_words(counted, outcome),
        None => String::new(),
    };
    let words = match metric.measure.function {
        Function::Percentile(percent) => format!("p{percent} of {what}"),
        Function::Min => format!("shortest {what}"),
        Function::Mean => format!("mean {what}"),
        Function::Max => format!("longest {what}"),
        Function::Count => format!("number of {what}"),
        Function::Rate => format!("rate of {what}"),
        Function::Ratio => format!("share of {what}"),
        Function::Amplification => "amplification".into(),
        Function::Recovery => "time to recovery".into(),
    };
    // What narrows a measure is said as it was written.
    match metric.text.split_once(',').and_then(|(_, rest)| rest.rsplit_once(')')) {
        Some((rest, _)) => format!("{words} ({})", rest.trim()),
        None => words,
    }
}

fn counted_in_words(counted: Counted, outcome: Option<Outcome>) -> String {
    let noun = match counted {
        Counted::Calls => "calls",
        Counted::Attempts => "attempts",
        Counted::Items => "items",
        Counted::Pages => "pages",
    };
    match outcome {
        None => noun.into(),
        Some(Outcome::Ok) => format!("{noun} that end well"),
        Some(Outcome::Success) => format!("successful {noun}"),
        Some(Outcome::Throttled) => format!("throttled {noun}"),
        Some(Outcome::Failed) => format!("failed {noun}"),
        Some(Outcome::TimedOut) => format!("{noun} that time out"),
        Some(Outcome::Dropped) => format!("dropped {noun}"),
        Some(Outcome::Abandoned) => format!("abandoned {noun}"),
        Some(Outcome::Refused) => format!("refused {noun}"),
        Some(Outcome::Status(status)) => format!("{noun} answered with {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::expression::Expression;

    #[test]
    fn a_measure_is_said_with_all_that_narrows_it() {
        let check = |text: &str, value: &str, words: &str| {
            let expression: Expression = format!("{text} < {value}").parse().expect("an expression");
            assert_eq!(in_words(&Metric::new(text, expression.measure, 0.05)), words);
        };
        check("p99(response)", "1s", "p99 of response");
        check("p99.9(service, ListAttendees)", "1s", "p99.9 of service (ListAttendees)");
        check("mean(backoff)", "1s", "mean backoff");
        check("ratio(attempts.throttled)", "1 %", "share of throttled attempts");
        check("rate(calls.ok)", "1/s", "rate of calls that end well");
        check("amplification()", "2", "amplification");
    }
}
