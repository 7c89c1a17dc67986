//! What real runs say of the way to the service, so that simulations may be given the same.

use std::sync::Arc;

use crate::record::{AttemptOutcome, AttemptTrace, Trace};
use crate::service::config::{Latency, Point};
use crate::units::Nanos;

/// Points of a measured distribution: enough that a straight line between two of them hides nothing that a 99th percentile
/// would show.
const POINTS: usize = 200;

/// What lies between the clients and the service, as real runs found it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// The way to the service and back.
    pub round_trip: Nanos,
    /// How long the service takes; `None` where that is known already.
    pub latency: Option<Latency>,
}

impl Inputs {
    /// Of a service whose latency is known, as the mock's is: `known` are simulations of the same load without any way at all.
    /// What real attempts took longer, in the median, is the way.
    pub fn beside_model(real: &[Trace], known: &[Trace]) -> Self {
        let median = |traces: &[Trace], outcome| quantile(&service_times(traces, outcome), 0.5);
        let way = |outcome| Some(median(real, outcome)?.saturating_sub(median(known, outcome)?));
        // One kind of reply at a time: where both were mixed, a median could fall on either.
        let way = way(AttemptOutcome::Success).or_else(|| way(AttemptOutcome::Throttled));
        Self { round_trip: way.unwrap_or_default(), latency: None }
    }

    /// Of a service that is not known: a refusal takes hardly any work, so the median refusal shows the way, and what other
    /// attempts took longer is the service. Where nothing was refused, all of it counts as the service's.
    pub fn of_service(real: &[Trace]) -> Self {
        let refusals = service_times(real, AttemptOutcome::Throttled);
        let mut worked = service_times(real, AttemptOutcome::Success);
        let Some(fastest) = worked.first().copied() else { return Self::default() };
        // The way is never longer than the fastest reply that took it.
        let round_trip = quantile(&refusals, 0.5).unwrap_or_default().min(fastest);
        for time in &mut worked {
            *time = time.saturating_sub(round_trip);
        }
        Self { round_trip, latency: Some(table(&worked)) }
    }
}

/// How long attempts with this outcome took, sorted.
fn service_times(traces: &[Trace], outcome: AttemptOutcome) -> Vec<Nanos> {
    let attempts = traces.iter().flat_map(|trace| &trace.attempts);
    let counted = attempts.filter(|attempt: &&AttemptTrace| attempt.outcome == outcome);
    let mut times: Vec<Nanos> = counted.map(|attempt| attempt.done - attempt.sent).collect();
    times.sort_unstable();
    times
}

/// The nearest rank.
fn quantile(sorted: &[Nanos], share: f64) -> Option<Nanos> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

fn table(sorted: &[Nanos]) -> Latency {
    let points = POINTS.min(sorted.len().max(2) - 1);
    let at = |index: usize| {
        let share = index as f64 / points as f64;
        Point { share, time: quantile(sorted, share).unwrap_or_default() }
    };
    Latency::Table((0..=points).map(at).collect::<Arc<[Point]>>())
}

#[cfg(test)]
mod tests {
    use AttemptOutcome::{Failed, Success, Throttled};

    use super::*;
    use crate::retry::AttemptKind;

    fn trace(attempts: &[(AttemptOutcome, u64)]) -> Trace {
        let mut trace = Trace::default();
        trace.attempts.extend(attempts.iter().map(|&(outcome, millis)| AttemptTrace {
            sent: Nanos::from_secs(1),
            done: Nanos::from_secs(1) + Nanos::from_millis(millis),
            cell: 0,
            client: 0,
            outcome,
            kind: AttemptKind::First,
            after_hint: false,
            warm_up: false,
        }));
        trace
    }

    #[test]
    fn what_a_known_service_does_not_explain_is_the_way() {
        let known = trace(&[(Success, 8), (Success, 9), (Success, 10)]);
        let real = trace(&[(Success, 11), (Success, 11), (Success, 14)]);
        let inputs = Inputs::beside_model(&[real], std::slice::from_ref(&known));
        assert_eq!(inputs, Inputs { round_trip: Nanos::from_millis(2), latency: None });
        // A real run that was faster than the model has no way of negative length.
        let faster = trace(&[(Success, 5)]);
        assert_eq!(Inputs::beside_model(&[faster], &[known]).round_trip, Nanos::ZERO);
        assert_eq!(Inputs::beside_model(&[], &[]), Inputs::default());
    }

    #[test]
    fn refusals_tell_the_way_and_the_rest_is_the_service() {
        let real = trace(&[
            (Throttled, 2),
            (Throttled, 3),
            (Throttled, 40),
            (Success, 13),
            (Success, 23),
            (Success, 33),
            (Failed, 900),
        ]);
        let inputs = Inputs::of_service(&[real]);
        assert_eq!(inputs.round_trip, Nanos::from_millis(3));
        let Some(Latency::Table(points)) = &inputs.latency else { panic!("a table: {inputs:?}") };
        let ends = [points[0], points[points.len() - 1]].map(|point| (point.share, point.time.as_millis_f64()));
        assert_eq!(ends, [(0.0, 10.0), (1.0, 30.0)]);
        assert_eq!(inputs.latency.map(|latency| latency.check()), Some(Ok(())));
    }

    #[test]
    fn one_reply_is_a_table_too_and_none_is_nothing() {
        let inputs = Inputs::of_service(&[trace(&[(Throttled, 9), (Success, 5)])]);
        assert_eq!(inputs.round_trip, Nanos::from_millis(5));
        assert_eq!(inputs.latency.map(|latency| latency.check()), Some(Ok(())));
        assert_eq!(Inputs::of_service(&[trace(&[(Throttled, 9)])]), Inputs::default());
    }
}
