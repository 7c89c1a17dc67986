//! What the clients would ask of the service if nothing stood in their way.

use crate::plan::{Drive, Flow, Plan, Workload};
use crate::schedule::Rhythm;
use crate::service::config::{Latency, Point};
use crate::sim::Network;
use crate::units::Nanos;

/// The load of one step of a measured workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StepDemand {
    /// Its exchange.
    pub(super) exchange: usize,
    /// The items of each call.
    pub(super) items: u32,
    /// Calls a second; a walk over pages counts as one.
    pub(super) calls_per_s: f64,
}

/// The shortest time that a call is thought to take: a service without any latency would be asked infinitely often.
const SHORTEST: Nanos = Nanos::from_millis(1);

/// The load of every measured step.
pub(super) fn steps(plan: &Plan, network: Network) -> Vec<StepDemand> {
    let call = unthrottled(plan, network);
    let mut demands = Vec::new();
    for workload in &plan.workloads {
        let flows_per_s = flow_rate(workload, call);
        let weights: u32 = workload.flows.iter().map(|flow| flow.weight).sum();
        for flow in &workload.flows {
            let share = f64::from(flow.weight) / f64::from(weights.max(1));
            demands.extend(flow.steps.iter().map(|step| StepDemand {
                exchange: step.exchange,
                items: step.batch.unwrap_or(1),
                calls_per_s: flows_per_s * share,
            }));
        }
    }
    demands
}

/// How long a call takes that nobody turns away: the mean service time, the way there and back, and at least a
/// millisecond.
pub(super) fn unthrottled(plan: &Plan, network: Network) -> Nanos {
    (mean_service(plan) + network.round_trip).max(SHORTEST)
}

/// The mean service time of the measured steps, each counting alike.
pub(super) fn mean_service(plan: &Plan) -> Nanos {
    let steps = plan.workloads.iter().flat_map(|workload| &workload.flows).flat_map(|flow| &flow.steps);
    let (sum, count) = steps.fold((Nanos::ZERO, 0), |(sum, count), step| {
        let operation = plan.exchanges.get(step.exchange).map(|exchange| &*exchange.operation);
        let own = plan.service.own.iter().find(|own| Some(&*own.name) == operation);
        let latency = own.and_then(|own| own.latency.as_ref()).unwrap_or(&plan.service.latency);
        (sum + mean(latency), count + 1)
    });
    Nanos::new(sum.as_nanos() / count.max(1))
}

/// Flows a second, each call taking `call`: of the open model their mean rate; of users, what they offer if none of
/// them ever waits for more than that.
pub(super) fn flow_rate(workload: &Workload, call: Nanos) -> f64 {
    let round = call.as_secs_f64() * mean_steps(&workload.flows);
    match &workload.drive {
        Drive::Open { profile, .. } => profile.count() / profile.duration().as_secs_f64().max(1e-9),
        Drive::Closed(users) => {
            let between = match users.rhythm {
                Rhythm::Think(time) => round + time.as_secs_f64(),
                Rhythm::Pace(every) => round.max(every.as_secs_f64()),
            };
            f64::from(users.count) / between
        }
        Drive::Count(iterations) => f64::from(iterations.users) / round,
    }
}

/// The mean number of steps of a flow.
fn mean_steps(flows: &[Flow]) -> f64 {
    let (steps, weights) = flows.iter().fold((0.0, 0.0), |(steps, weights), flow| {
        let weight = f64::from(flow.weight);
        (steps + weight * flow.steps.len() as f64, weights + weight)
    });
    if weights > 0.0 { steps / weights } else { 1.0 }
}

/// The mean of a distribution of service times.
pub(super) fn mean(latency: &Latency) -> Nanos {
    let seconds = |span: &Nanos| span.as_secs_f64();
    match latency {
        Latency::None => Nanos::ZERO,
        Latency::Constant(time) | Latency::Exponential { mean: time } | Latency::Normal { mean: time, .. } => *time,
        Latency::Uniform { min, max } => Nanos::from_secs_f64(f64::midpoint(seconds(min), seconds(max))),
        Latency::LogNormal { median, p99 } => {
            // The 99th percentile of the standard normal distribution is 2.3263; the mean is median · exp(σ²/2).
            let sigma = libm::log(seconds(p99) / seconds(median)) / 2.326_347_874;
            Nanos::from_secs_f64(seconds(median) * libm::exp(sigma * sigma / 2.0))
        }
        Latency::Pareto { min, shape, max } => Nanos::from_secs_f64(pareto_mean(seconds(min), *shape, seconds(max))),
        Latency::Bimodal { fast, slow, share_slow } => {
            let share = share_slow.get();
            Nanos::from_secs_f64(seconds(fast) * (1.0 - share) + seconds(slow) * share)
        }
        Latency::Table(points) => {
            let piece = |pair: &[Point]| {
                (pair[1].share - pair[0].share) * f64::midpoint(seconds(&pair[0].time), seconds(&pair[1].time))
            };
            Nanos::from_secs_f64(points.windows(2).map(piece).sum())
        }
    }
}

/// The mean of min(X, max) where X is Pareto: `min + ∫ (min/x)^shape dx` from `min` to `max`.
fn pareto_mean(min: f64, shape: f64, max: f64) -> f64 {
    let ratio = max / min;
    let tail = if (shape - 1.0).abs() < 1e-9 {
        libm::log(ratio)
    } else {
        (libm::pow(ratio, 1.0 - shape) - 1.0) / (1.0 - shape)
    };
    min + min * tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Ratio;

    #[test]
    fn the_mean_of_every_distribution_is_its_mean() {
        let ms = Nanos::from_millis;
        let check = |latency: Latency, expected: f64| {
            let mean = mean(&latency).as_millis_f64();
            assert!((mean - expected).abs() < 0.01 * expected.max(1.0), "{latency:?}: {mean}");
        };
        check(Latency::None, 0.0);
        check(Latency::Uniform { min: ms(10), max: ms(30) }, 20.0);
        // σ = ln(10) / 2.3263 = 0.98978; exp(σ²/2) = 1.632.
        check(Latency::LogNormal { median: ms(10), p99: ms(100) }, 16.32);
        // Without a cap in sight the mean is shape · min / (shape − 1).
        check(Latency::Pareto { min: ms(10), shape: 3.0, max: ms(1_000_000) }, 15.0);
        check(Latency::Pareto { min: ms(10), shape: 1.0, max: ms(10) }, 10.0);
        let share_slow = Ratio::new(0.25).expect("in range");
        check(Latency::Bimodal { fast: ms(10), slow: ms(50), share_slow }, 20.0);
    }
}
