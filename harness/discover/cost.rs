//! Whether some requests cost more than others: the same limiter, met by requests that carry much.

use super::book::Book;
use super::pace::{pace, with};
use super::stretches::{as_variant, even, stretch, volley};
use super::{CostProbe, Fit, Parameter, ParameterName, Rules, explain};
use crate::plan::Stretch;
use crate::record::Sighting;
use crate::units::Nanos;

/// What was asked about costs, and what was found.
#[derive(Clone, Debug)]
pub(super) struct Costs {
    probe: Option<CostProbe>,
    /// How many stretches of the large request there were.
    parts: u32,
    /// The answers to the large request.
    large: Vec<Sighting>,
    pub(super) found: Option<Cost>,
}

/// What a request costs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cost {
    /// One, however much it carries.
    One,
    /// As much as it carries.
    Carried,
    /// One of a limit on requests, and as much as it carries of this limit on resources.
    Both(Box<Fit>),
}

impl Costs {
    pub(super) fn new(rules: &Rules) -> Self {
        Self { probe: rules.cost.clone(), parts: 0, large: Vec::new(), found: None }
    }

    /// Requests and seconds that it needs.
    pub(super) fn needs(&self) -> (u64, f64) {
        if self.probe.is_some() && self.parts < PARTS { (300, 25.0) } else { (0, 0.0) }
    }

    /// How the cost is called, and how many small ones a large one is.
    pub(super) fn words(&self) -> Option<(&str, f64)> {
        self.probe
            .as_ref()
            .map(|probe| (probe.name.as_str(), f64::from(probe.large.1) / f64::from(probe.small.1.max(1))))
    }

    /// The large request after a silence, first at once, then at four times what is let in.
    pub(super) fn next(&mut self, book: &Book, fit: &Fit) -> Option<Stretch> {
        let probe = self.probe.as_ref()?;
        let pace = pace(fit.kind);
        if self.parts >= PARTS || !pace.rate.is_finite() {
            return None;
        }
        let (_, ratio) = self.words()?;
        let variant = probe.large.0;
        if self.parts == 0 {
            let quiet = (2.0 * pace.period).clamp(3.0, 12.0).min((book.seconds_left() - 12.0).max(0.5));
            let count = (pace.burst as u64 + 3).min(book.requests_left() / 4);
            return Some(stretch(Nanos::from_secs_f64(quiet), as_variant(volley(count, Nanos::ZERO), variant)));
        }
        // Slow enough that a limit on resources alone shows its edge, fast enough for one on requests.
        let fastest = book.rules.max_rate.as_per_second();
        let slowest = pace.rate / ratio;
        let rate = (4.0 * pace.rate).min(fastest).min((book.requests_left() as f64 - 60.0).max(20.0) / 4.0 / SPAN_S);
        let span = (8.0 / slowest).clamp(3.0, SPAN_S).min((book.seconds_left() - 11.0).max(1.0));
        Some(stretch(Nanos::from_millis(5), as_variant(even(rate, span, Nanos::ZERO, book.rules.seed + 9), variant)))
    }

    /// Concludes from the answers.
    pub(super) fn take(&mut self, book: &Book, fit: Option<&Fit>) {
        self.parts += 1;
        // The models know one request only: to them this one costs one.
        self.large.extend(book.last().iter().cloned().map(|seen| Sighting { variant: 0, ..seen }));
        if self.parts < PARTS {
            return;
        }
        let (Some(fit), Some((_, ratio))) = (fit, self.words()) else { return };
        let Some(other) = explain(&book.log_of(&self.large)).into_iter().next() else { return };
        let (small, large) = (pace(fit.kind), pace(other.kind));
        let about = |one: f64, two: f64, slack: f64| (one - two).abs() <= slack.max(0.1 * two);
        self.found = Some(if about(large.rate, small.rate, 0.0) && about(large.burst, small.burst, 1.0) {
            Cost::One
        } else if about(large.rate * ratio, small.rate, 0.0) && about(large.burst * ratio, small.burst, ratio) {
            Cost::Carried
        } else {
            Cost::Both(Box::new(scaled(&other, ratio)))
        });
    }
}

/// The large request is sent in so many stretches.
const PARTS: u32 = 2;
/// The longest of them, in seconds.
const SPAN_S: f64 = 8.0;

/// A limiter in units of what requests carry, from what requests that carry so many each showed.
fn scaled(fit: &Fit, ratio: f64) -> Fit {
    let mut scaled = fit.clone();
    for parameter in &mut scaled.parameters {
        let Parameter { name, value, low, high } = *parameter;
        match name {
            ParameterName::Rate => {
                *parameter = Parameter { name, value: value * ratio, low: low * ratio, high: high * ratio }
            }
            // What is left over after the last whole request is not seen.
            ParameterName::Burst | ParameterName::Limit | ParameterName::Amount => {
                let high = (high + 1.0) * ratio - 1.0;
                *parameter = Parameter { name, value: value * ratio, low: low * ratio, high };
            }
            _ => {}
        }
        scaled.kind = with(scaled.kind, name, parameter.value);
    }
    scaled
}
