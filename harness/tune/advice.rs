//! What to do that is no retry policy.

use super::judge::Judged;
use super::lineup::{CLIENT_LIMIT, Lineup};
use super::scene::Scene;
use super::task::Arrivals;
use super::tuned::Advice;
use super::words::{number, percent, seconds};
use crate::plan::Drive;

/// All advice, the most important first.
pub(super) fn advice(lineup: &Lineup, scene: &Scene, judged: &[Judged], troubled: bool) -> Vec<Advice> {
    if !troubled {
        return vec![nothing_throttled(scene)];
    }
    let advice = [overload(scene), batch(scene), hold_back(lineup, scene, judged)];
    advice.into_iter().flatten().collect()
}

fn nothing_throttled(scene: &Scene) -> Advice {
    let limit = scene.limit.per_s.map_or_else(
        || "no limit is known".to_owned(),
        |limit| format!("the limit lets {} a second through", number(limit)),
    );
    Advice {
        headline: "Nothing was turned away".to_owned(),
        text: format!(
            "Every attempt was accepted: {}, and {limit}. No policy had anything to do, so none is better than \
             another. \
             Raise the load, lower the limit in `mock.limits`, or give `tune.trigger` an outage to compare \
             policies by.",
            if scene.is_batch() {
                "all calls at once are not too many".to_owned()
            } else {
                format!("{} calls a second are offered", number(scene.limit.offered_per_s))
            }
        ),
    }
}

/// More is offered than is let through: no retry policy helps.
fn overload(scene: &Scene) -> Option<Advice> {
    let limit = scene.limit.per_s.filter(|_| scene.limit.is_exceeded())?;
    if scene.is_batch() {
        return None;
    }
    let offered = scene.limit.offered_per_s;
    let text = match scene.arrivals {
        Arrivals::Open => format!(
            "Offered {}/s > limit {}/s: at most {} can ever succeed in time. Retries only move who loses, and \
             add load; a client that queues instead trades \
             failures for a delay that grows for as long as the load lasts. Lower the rate to {}/s, or have the \
             limit raised.",
            number(offered),
            number(limit),
            percent(limit / offered),
            number(limit)
        ),
        Arrivals::Closed => format!(
            "The users would make {} calls a second if nothing stopped them; the limit lets {} a second \
             through. They will be slowed down to that in any \
             case: the only question is whether by waits or by failures. Have fewer users, let them pause for \
             longer, or have the limit raised.",
            number(offered),
            number(limit)
        ),
    };
    Some(Advice { headline: "More is offered than the limit lets through".to_owned(), text })
}

/// A number of calls that compete: how fast it could be at best.
fn batch(scene: &Scene) -> Option<Advice> {
    let limit = scene.limit.per_s.filter(|_| scene.is_batch())?;
    let calls: f64 = scene
        .plan
        .workloads
        .iter()
        .map(|workload| match &workload.drive {
            Drive::Count(iterations) => {
                let steps = workload.flows.first().map_or(1, |flow| flow.steps.len());
                iterations.count as f64 * steps as f64
            }
            _ => 0.0,
        })
        .sum();
    let best = ((calls - scene.limit.burst) / limit).max(0.0);
    (best > 0.0).then(|| Advice {
        headline: format!("No policy can be done before {}", seconds(best)),
        text: format!(
            "{} calls against {} a second, {} of them at once: that takes {} at best, whatever the policy. What \
             is slower than that waits in vain; what is \
             to be faster needs fewer calls (larger batches) or a higher limit.",
            number(calls),
            number(limit),
            number(scene.limit.burst),
            seconds(best)
        ),
    })
}

/// A client-side limiter that wins, or would save most of the load.
fn hold_back(lineup: &Lineup, scene: &Scene, judged: &[Judged]) -> Option<Advice> {
    let limit = scene.limit.per_s?;
    let place = judged.iter().position(|judged| {
        let candidate = &lineup.candidates[judged.candidate];
        candidate.base == CLIENT_LIMIT || candidate.policy.throttle.is_some()
    })?;
    let name = &lineup.candidates[judged[place].candidate].name;
    let clients = scene.plan.clients;
    let share = number(0.95 * limit / clients as f64);
    let standing = if place == 0 { "is the best of all here".to_owned() } else { format!("takes place {}", place + 1) };
    Some(Advice {
        headline: "Let clients keep below the limit by themselves".to_owned(),
        text: format!(
            "A limiter of the client's own, just below its share of the limit ({share}/s for each of {clients} \
             clients), {standing} (`{name}`): what is not sent \
             is not turned away. It is no retry policy, and it needs to know the limit and the number of clients."
        ),
    })
}
