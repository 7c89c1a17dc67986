//! Reading expressions. Every error says where in the text, and what to write.

use std::ops::Range;
use std::str::FromStr;

use super::{Comparison, Counted, Expression, FUNCTIONS, Function, Latency, Measure, Outcome, Subject, Unit, Value};
use crate::units::{Nanos, Rate, Ratio};

/// Why a text is not an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (column {})", .at.start + 1)]
pub struct ExpressionError {
    /// The bytes of the text that are wrong; empty where something is missing.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub suggestion: Option<String>,
}

type Result<T> = std::result::Result<T, ExpressionError>;

/// A part of the whole text that knows where it stands.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    from: usize,
}

impl Part<'_> {
    fn trim(self) -> Self {
        let from = self.from + (self.text.len() - self.text.trim_start().len());
        Self { text: self.text.trim(), from }
    }

    fn split_at(self, at: usize) -> (Self, Self) {
        let (left, right) = self.text.split_at(at);
        (Self { text: left, ..self }, Self { text: right, from: self.from + at })
    }

    /// Both sides of a separator, which is one byte long.
    fn split_once(self, separator: char) -> Option<(Self, Self)> {
        let (left, right) = self.split_at(self.text.find(separator)?);
        Some((left, right.split_at(1).1))
    }

    fn error<T>(self, message: impl Into<String>, suggestion: Option<String>) -> Result<T> {
        Err(ExpressionError { at: self.from..self.from + self.text.len(), message: message.into(), suggestion })
    }

    /// Finds the word in a table, or names the nearest one.
    fn word<T: Copy>(self, what: &str, words: &[(&'static str, T)]) -> Result<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == self.text) {
            Ok(*value)
        } else {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.error(format!("there is no {what} `{}`", self.text), Some(advice(self.text, &words)))
        }
    }
}

fn advice(written: &str, words: &[&str]) -> String {
    let near = words
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&written.to_lowercase(), word), *word))
        .min()
        .filter(|(distance, word)| written.len() < 40 && *distance <= (word.len() / 3).max(1));
    match near {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None => format!("valid here: {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// Accepts `p99(response) < 300ms` and all else that the module describes.
impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self> {
        let (measure, rest) = measure(Part { text, from: 0 })?;
        let rest = rest.trim();
        let Some((symbol, comparison)) =
            Comparison::WORDS.iter().find(|(symbol, _)| rest.text.starts_with(symbol)).copied()
        else {
            return rest.error("a comparison is missing after the measure", Some(comparison_advice(rest.text)));
        };
        let value = value(rest.split_at(symbol.len()).1.trim(), measure.function.unit())?;
        Ok(Self { text: text.trim().to_owned(), measure, comparison, value })
    }
}

fn comparison_advice(rest: &str) -> String {
    match rest.chars().next() {
        Some('=') => "write `==`".to_owned(),
        _ => "write one of `<`, `<=`, `>`, `>=`, `==` and a value".to_owned(),
    }
}

/// Accepts a measure alone: `p99(response)`.
impl FromStr for Measure {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self> {
        let (measure, rest) = measure(Part { text, from: 0 })?;
        match rest.trim() {
            rest if rest.text.is_empty() => Ok(measure),
            rest => rest.error("a measure ends here", Some("remove the rest".to_owned())),
        }
    }
}

fn measure(whole: Part<'_>) -> Result<(Measure, Part<'_>)> {
    let usage = || Some("write a function and a subject, such as `p99(response)`".to_owned());
    let Some((name, rest)) = whole.split_once('(') else {
        return whole.trim().error("this is no measure", usage());
    };
    let Some((arguments, rest)) = rest.split_once(')') else {
        return rest.trim().error("the closing parenthesis is missing", usage());
    };
    let name = name.trim();
    let function = function(name)?;
    let mut measure = Measure {
        function,
        subject: None,
        operations: Vec::new(),
        workload: None,
        outcome: None,
        depth: None,
        over: None,
    };
    let mut outcome = None;
    let mut arguments = split(arguments);
    match function {
        Function::Amplification | Function::Recovery => {}
        _ => {
            let subject = if arguments.is_empty() { Part { text: "", ..rest } } else { arguments.remove(0) };
            measure.subject = Some(self::subject(subject, function, name)?);
        }
    }
    for argument in arguments {
        match argument.split_once('=') {
            Some((key, word)) => keyed(&mut measure, key.trim(), word.trim(), &mut outcome)?,
            None => operation(&mut measure, argument)?,
        }
    }
    if let Some(word) = outcome {
        measure.outcome = Some(narrow(&measure, word)?);
    }
    Ok((measure, rest))
}

/// The arguments between the parentheses; none where there is only space.
fn split(arguments: Part<'_>) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = arguments;
    while let Some((part, tail)) = rest.split_once(',') {
        parts.push(part.trim());
        rest = tail;
    }
    if !parts.is_empty() || !rest.text.trim().is_empty() {
        parts.push(rest.trim());
    }
    parts
}

fn function(name: Part<'_>) -> Result<Function> {
    if let Some(percent) = name.text.strip_prefix('p').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return match percent.parse::<f64>() {
            Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(Function::Percentile(percent)),
            _ => name.error(
                format!("`{}` is no percentile", name.text),
                Some("write `p50`, `p99` or `p99.9`; above 0, at most 100".to_owned()),
            ),
        };
    }
    if matches!(name.text, "avg" | "average") {
        return name.error(format!("there is no function `{}`", name.text), Some("write `mean`".to_owned()));
    }
    match name.word("function", &FUNCTIONS) {
        Err(error) if error.suggestion.as_ref().is_some_and(|text| text.starts_with("valid")) => Err(ExpressionError {
            suggestion: error.suggestion.map(|text| format!("{text}, `p50`, `p99`, …")),
            ..error
        }),
        result => result,
    }
}

fn subject(part: Part<'_>, function: Function, name: Part<'_>) -> Result<Subject> {
    if matches!(function, Function::Percentile(_) | Function::Min | Function::Mean | Function::Max) {
        if part.text.is_empty() {
            return name.error(format!("`{}` needs a latency", name.text), Some(format!("{}(response)", name.text)));
        }
        return Ok(Subject::Latency(part.word("latency", &Latency::WORDS)?));
    }
    let (counted, outcome) = match part.split_once('.') {
        Some((counted, outcome)) => (counted.trim(), Some(outcome.trim())),
        None => (part, None),
    };
    if counted.text.is_empty() {
        let example = if function == Function::Ratio { "calls.failed" } else { "calls" };
        return name
            .error(format!("`{}` needs something to count", name.text), Some(format!("{}({example})", name.text)));
    }
    let kind = counted.word("subject", &Counted::WORDS)?;
    let outcome = match outcome {
        Some(word) => Some(self::outcome(word, counted.text, kind.outcomes(), kind == Counted::Attempts)?),
        None if function == Function::Ratio => {
            let words: Vec<String> =
                kind.outcomes().iter().map(|(word, _)| format!("`{}.{word}`", counted.text)).collect();
            let suggestion = (!words.is_empty()).then(|| format!("write one of {}", words.join(", ")));
            return part.error("`ratio` needs an outcome, whose part of the whole it gives", suggestion);
        }
        None => None,
    };
    Ok(Subject::Counted(kind, outcome))
}

fn outcome(word: Part<'_>, of: &str, outcomes: &[(&'static str, Outcome)], statuses: bool) -> Result<Outcome> {
    if statuses
        && word.text.len() == 3
        && let Ok(status) = word.text.parse::<u16>()
        && (100..=599).contains(&status)
    {
        return Ok(Outcome::Status(status));
    }
    if outcomes.is_empty() {
        return word.error(format!("`{of}` has no outcomes"), None);
    }
    word.word("outcome", outcomes)
}

fn operation(measure: &mut Measure, argument: Part<'_>) -> Result<()> {
    if argument.text.is_empty() {
        return argument.error("an argument is missing between the commas", None);
    }
    if let Some((key, word)) = argument.split_once(':') {
        return argument
            .error("a key and its word have `=` between them", Some(format!("{}={}", key.text, word.text.trim())));
    }
    if measure.workload.is_some() || measure.over.is_some() || measure.depth.is_some() {
        return argument.error("operations stand before `workload=` and the like", None);
    }
    measure.operations.push(argument.text.to_owned());
    Ok(())
}

fn keyed<'a>(measure: &mut Measure, key: Part<'a>, word: Part<'a>, outcome: &mut Option<Part<'a>>) -> Result<()> {
    #[derive(Clone, Copy)]
    enum Key {
        Workload,
        Outcome,
        Depth,
        Over,
    }
    let keys = [("workload", Key::Workload), ("outcome", Key::Outcome), ("depth", Key::Depth), ("over", Key::Over)];
    let found = key.word("key", &keys)?;
    if word.text.is_empty() {
        return word.error(format!("a word is missing after `{}=`", key.text), None);
    }
    let twice = match found {
        Key::Workload => measure.workload.replace(word.text.to_owned()).is_some(),
        Key::Outcome => outcome.replace(word).is_some(),
        Key::Depth => measure.depth.replace(depth(word)?).is_some(),
        Key::Over => match word.text.parse::<Nanos>() {
            Ok(Nanos::ZERO) => return word.error("a window must be longer than nothing", None),
            Ok(span) => measure.over.replace(span).is_some(),
            Err(error) => return word.error(error.to_string(), None),
        },
    };
    if twice { key.error(format!("`{}` is there twice", key.text), None) } else { Ok(()) }
}

fn depth(word: Part<'_>) -> Result<(u32, u32)> {
    let (from, to) = word.text.split_once('-').unwrap_or((word.text, word.text));
    match (from.trim().parse(), to.trim().parse()) {
        (Ok(from), Ok(to)) if from >= 1 && from <= to => Ok((from, to)),
        _ => word.error(
            format!("`{}` is no depth", word.text),
            Some("write `depth=3` or `depth=3-10`; the first page is 1".to_owned()),
        ),
    }
}

fn narrow(measure: &Measure, word: Part<'_>) -> Result<Outcome> {
    match measure.subject {
        Some(Subject::Latency(latency)) => {
            outcome(word, super::word(&Latency::WORDS, &latency), latency.outcomes(), latency == Latency::Service)
        }
        Some(subject @ Subject::Counted(..)) => {
            word.error("`outcome=` narrows a latency", Some(format!("write `{subject}.{}`", word.text)))
        }
        None => word.error(format!("`{}` has no outcomes", measure.function), None),
    }
}

fn value(part: Part<'_>, unit: Unit) -> Result<Value> {
    if part.text.is_empty() {
        let example = match unit {
            Unit::Duration => "250ms",
            Unit::Rate => "50/s",
            Unit::Ratio => "5%",
            Unit::Number => "1.5",
        };
        return part
            .error("a value is missing after the comparison", Some(format!("write a value such as `{example}`")));
    }
    let parsed = match unit {
        Unit::Duration => part.text.parse::<Nanos>().map(Value::Duration).map_err(|error| error.to_string()),
        Unit::Rate => part.text.parse::<Rate>().map(Value::Rate).map_err(|error| error.to_string()),
        Unit::Ratio => part.text.parse::<Ratio>().map(Value::Ratio).map_err(|error| error.to_string()),
        Unit::Number => match part.text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Number(number)),
            _ => Err(format!("`{}` is not a number", part.text)),
        },
    };
    parsed.or_else(|message| part.error(message, None))
}
