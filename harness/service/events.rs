//! The script of events: what holds at which time.

use super::answer::ServiceError;
use super::config::{Change, Event};
use crate::units::{Nanos, Ratio};

/// The script and how far it has been played.
#[derive(Debug)]
pub(super) struct Script {
    events: Vec<Event>,
    /// When the script began; nothing happens before.
    origin: Option<Nanos>,
    /// Every time at which something begins or ends, counted from the origin, the latest first.
    edges: Vec<Nanos>,
}

/// What holds besides the configuration, other than the limiters' parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Conditions {
    /// The answer to everything, during an outage.
    pub(super) down: Option<ServiceError>,
    /// The number of workers, where that is set.
    pub(super) workers: Option<u32>,
    /// Multiplies every service time.
    pub(super) latency_factor: Option<Ratio>,
    /// The share of requests that fail.
    pub(super) error_rate: Ratio,
}

impl Conditions {
    pub(super) const CALM: Self = Self { down: None, workers: None, latency_factor: None, error_rate: Ratio::ZERO };
}

impl Script {
    pub(super) fn new(events: &[Event]) -> Self {
        Self { events: events.to_vec(), origin: None, edges: Vec::new() }
    }

    /// Begins, or begins anew.
    pub(super) fn start(&mut self, at: Nanos) {
        self.origin = Some(at);
        self.edges = self.events.iter().flat_map(|event| [event.at, event.at + event.lasts]).collect();
        self.edges.sort_unstable_by(|a, b| b.cmp(a));
        self.edges.dedup();
    }

    /// The next edge that is not later than `now`, and what is active from it on. To be asked until there is none.
    pub(super) fn next(&mut self, now: Nanos) -> Option<Edge<'_>> {
        let origin = self.origin?;
        let &edge = self.edges.last()?;
        let at = origin + edge;
        // `Nanos::MAX` is never, even where `now` says so.
        if at > now || at == Nanos::MAX {
            return None;
        }
        self.edges.pop();
        let holds = move |event: &&Event| event.at <= edge && edge < event.at + event.lasts;
        Some(Edge { at, active: self.events.iter().filter(holds).map(|event| &event.set).collect() })
    }
}

/// A moment at which the script changes something.
pub(super) struct Edge<'a> {
    /// When, on the service's clock.
    pub(super) at: Nanos,
    /// Everything that holds from then on, in the order of the script.
    pub(super) active: Vec<&'a Change>,
}

impl Edge<'_> {
    /// What holds besides the limiters' parameters.
    pub(super) fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::CALM;
        for change in &self.active {
            match change {
                Change::Down { status, error_code } => {
                    let mut error = ServiceError::unavailable(*status);
                    if let Some(code) = error_code {
                        error.type_name.clone_from(code);
                    }
                    conditions.down = Some(error);
                }
                Change::Workers(count) => conditions.workers = Some(*count),
                Change::LatencyFactor(factor) => conditions.latency_factor = Some(*factor),
                Change::ErrorRate(rate) => conditions.error_rate = *rate,
                Change::Rate { .. } | Change::Burst { .. } | Change::Limit { .. } | Change::Window { .. } => {}
            }
        }
        conditions
    }
}
