//! Expressions: a measure of a run, compared with a value. Thresholds, `abort_when`, `require`, `objectives` and gates
//! all speak this one language.
//!
//! ```text
//! EXPR    := MEASURE ("<" | "<=" | ">" | ">=" | "==") VALUE
//! MEASURE := FN "(" [SUBJECT] {"," OPERATION} {"," KEY "=" WORD} ")"
//! ```

mod parse;

use std::fmt;

use crate::units::{Nanos, Rate, Ratio};

pub use parse::ExpressionError;

/// A measure compared with a value: `p99(response, ListAttendees) < 3s`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// As it was written, for reports.
    pub text: String,
    /// What is measured.
    pub measure: Measure,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; always of the kind that the function gives.
    pub value: Value,
}

/// A number that a run yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// How the number is made of the subject.
    pub function: Function,
    /// What is looked at; `None` only for `amplification` and `recovery`.
    pub subject: Option<Subject>,
    /// The operations that count; all where this is empty.
    pub operations: Vec<String>,
    /// The workload that counts; all where this is `None`.
    pub workload: Option<String>,
    /// For a latency: the calls or attempts that count. `None` counts all.
    pub outcome: Option<Outcome>,
    /// The depths of pages that count, the first page being 1; both ends included.
    pub depth: Option<(u32, u32)>,
    /// The length of a sliding window; `None` is the whole run after its warm-up.
    pub over: Option<Nanos>,
}

/// How a number is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// A percentile of a latency, in per cent: above 0, at most 100.
    Percentile(f64),
    /// The shortest latency.
    Min,
    /// The mean latency.
    Mean,
    /// The longest latency.
    Max,
    /// How many.
    Count,
    /// How many a second.
    Rate,
    /// The part of the subject that has its outcome.
    Ratio,
    /// Attempts for each call.
    Amplification,
    /// How long it took after a disturbance until things were as before.
    Recovery,
}

/// The kind of value that a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A span of time.
    Duration,
    /// Events in a second.
    Rate,
    /// A share.
    Ratio,
    /// A plain number.
    Number,
}

impl Function {
    /// The kind of value that it gives.
    pub fn unit(self) -> Unit {
        match self {
            Self::Percentile(_) | Self::Min | Self::Mean | Self::Max | Self::Recovery => Unit::Duration,
            Self::Rate => Unit::Rate,
            Self::Ratio => Unit::Ratio,
            Self::Count | Self::Amplification => Unit::Number,
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A latency.
    Latency(Latency),
    /// Something that is counted, and the outcome that it must have.
    Counted(Counted, Option<Outcome>),
}

/// A latency, named by its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// From the due time to the first send: the generator's own debt.
    Lag,
    /// One attempt, from send to last byte.
    Service,
    /// One call, from due to done, with every wait and retry.
    Response,
    /// What an attempt waited for our own rate limit.
    Admission,
    /// What a call waited between attempts.
    Backoff,
}

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// What the user wanted.
    Calls,
    /// What went over the wire.
    Attempts,
    /// The items of batches and listings.
    Items,
    /// The pages of listings.
    Pages,
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A call or item that succeeded.
    Ok,
    /// An attempt that succeeded.
    Success,
    /// The service said: slower.
    Throttled,
    /// A failure of any other kind.
    Failed,
    /// A call that ran out of time.
    TimedOut,
    /// A call that was never sent, for want of room.
    Dropped,
    /// A call that the end of the run cut off.
    Abandoned,
    /// A call that a policy refused on our side.
    Refused,
    /// An attempt that was answered with this status.
    Status(u16),
}

/// How a measure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Comparison {
    /// Whether `left` compares so with `right`. Never true for NaN: a measure without samples holds nothing.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
            #[expect(clippy::float_cmp, reason = "counts compare exactly; for anything else the user asked for it")]
            Self::Equal => left == right,
        }
    }
}

/// What a measure is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A span of time.
    Duration(Nanos),
    /// Events in a second.
    Rate(Rate),
    /// A share.
    Ratio(Ratio),
    /// A plain number.
    Number(f64),
}

impl Value {
    /// The number to compare with: seconds, events in a second, a share from zero to one, or the plain number.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Duration(span) => span.as_secs_f64(),
            Self::Rate(rate) => rate.as_per_second(),
            Self::Ratio(ratio) => ratio.get(),
            Self::Number(number) => number,
        }
    }
}

/// The words of the language; each list is in the order in which messages name them.
impl Latency {
    const WORDS: [(&'static str, Self); 5] = [
        ("response", Self::Response),
        ("service", Self::Service),
        ("lag", Self::Lag),
        ("admission", Self::Admission),
        ("backoff", Self::Backoff),
    ];

    /// The outcomes that this latency can be narrowed to.
    fn outcomes(self) -> &'static [(&'static str, Outcome)] {
        match self {
            Self::Service => Counted::Attempts.outcomes(),
            Self::Response => Counted::Calls.outcomes(),
            Self::Lag | Self::Admission | Self::Backoff => &[],
        }
    }
}

impl Counted {
    const WORDS: [(&'static str, Self); 4] =
        [("calls", Self::Calls), ("attempts", Self::Attempts), ("items", Self::Items), ("pages", Self::Pages)];

    /// The outcomes that it can have; an attempt also every status.
    fn outcomes(self) -> &'static [(&'static str, Outcome)] {
        match self {
            Self::Calls => &[
                ("ok", Outcome::Ok),
                ("throttled", Outcome::Throttled),
                ("failed", Outcome::Failed),
                ("timed_out", Outcome::TimedOut),
                ("dropped", Outcome::Dropped),
                ("abandoned", Outcome::Abandoned),
                ("refused", Outcome::Refused),
            ],
            Self::Attempts => {
                &[("success", Outcome::Success), ("throttled", Outcome::Throttled), ("failed", Outcome::Failed)]
            }
            Self::Items => &[("ok", Outcome::Ok), ("failed", Outcome::Failed)],
            Self::Pages => &[],
        }
    }
}

impl Comparison {
    // Longest first, so that `<=` is not read as `<`.
    const WORDS: [(&'static str, Self); 5] =
        [("<=", Self::AtMost), (">=", Self::AtLeast), ("==", Self::Equal), ("<", Self::Less), (">", Self::Greater)];
}

const FUNCTIONS: [(&str, Function); 8] = [
    ("min", Function::Min),
    ("mean", Function::Mean),
    ("max", Function::Max),
    ("count", Function::Count),
    ("rate", Function::Rate),
    ("ratio", Function::Ratio),
    ("amplification", Function::Amplification),
    ("recovery", Function::Recovery),
];

fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find_map(|(word, candidate)| (candidate == value).then_some(*word)).unwrap_or("?")
}

/// The canonical form, which reads back as the same expression.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.measure, self.comparison, self.value)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arguments: Vec<String> = self.subject.iter().map(ToString::to_string).collect();
        arguments.extend(self.operations.iter().cloned());
        arguments.extend(self.workload.iter().map(|workload| format!("workload={workload}")));
        arguments.extend(self.outcome.iter().map(|outcome| format!("outcome={outcome}")));
        arguments.extend(
            self.depth
                .iter()
                .map(|(from, to)| if from == to { format!("depth={from}") } else { format!("depth={from}-{to}") }),
        );
        arguments.extend(self.over.iter().map(|&span| format!("over={}", Value::Duration(span))));
        write!(f, "{}({})", self.function, arguments.join(", "))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percentile(percent) => write!(f, "p{percent}"),
            other => f.write_str(word(&FUNCTIONS, other)),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(latency) => f.write_str(word(&Latency::WORDS, latency)),
            Self::Counted(counted, None) => f.write_str(word(&Counted::WORDS, counted)),
            Self::Counted(counted, Some(outcome)) => write!(f, "{}.{outcome}", word(&Counted::WORDS, counted)),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::Success => f.write_str("success"),
            other => f.write_str(word(Counted::Calls.outcomes(), other)),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(&Self::WORDS, self))
    }
}

/// As people write it where that is exact, and else with every digit.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(span) if span.to_string().parse() == Ok(*span) => write!(f, "{span}"),
            Self::Duration(span) => write!(f, "{}ns", span.as_nanos()),
            Self::Rate(rate) if rate.to_string().parse() == Ok(*rate) => write!(f, "{rate}"),
            Self::Rate(rate) => write!(f, "{}/s", rate.as_per_second()),
            Self::Ratio(ratio) if ratio.to_string().parse() == Ok(*ratio) => write!(f, "{ratio}"),
            Self::Ratio(ratio) => write!(f, "{}", ratio.get()),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests;
