//! How long a disturbance may last before a candidate does not come back.

use super::sample;
use super::scene::Scene;
use crate::retry::Policy;
use crate::sim::SimError;
use crate::units::Nanos;

/// The longest disturbance that is tried.
const LONGEST: Nanos = Nanos::from_secs(60);
/// The shortest that is told from none.
const SHORTEST: Nanos = Nanos::from_millis(250);

/// The shortest trigger, to 10 %, that leaves a candidate metastable, in seconds; infinite where a minute does not,
/// either. By bisection with one seed, taking it that a longer disturbance does no less harm.
pub(super) fn vulnerability(scene: &Scene, policy: &Policy) -> Result<f64, SimError> {
    let is_stuck = |lasting| {
        let look = sample::look(scene, policy, 0, Some(lasting))?;
        Ok(look.metrics.recovery.is_some_and(|recovery| recovery.metastable))
    };
    if !is_stuck(LONGEST)? {
        return Ok(f64::INFINITY);
    }
    bisect(is_stuck).map(Nanos::as_secs_f64)
}

fn bisect(is_stuck: impl Fn(Nanos) -> Result<bool, SimError>) -> Result<Nanos, SimError> {
    let (mut survived, mut stuck) = (Nanos::ZERO, LONGEST);
    while (stuck - survived).as_nanos() * 10 > stuck.as_nanos() && stuck > SHORTEST {
        let middle = Nanos::new(u64::midpoint(survived.as_nanos(), stuck.as_nanos()));
        if is_stuck(middle)? {
            stuck = middle;
        } else {
            survived = middle;
        }
    }
    Ok(stuck)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_that_sticks_is_found_to_a_tenth() {
        for truth in [0.3, 1.0, 7.0, 33.0, 59.0] {
            let found = bisect(|lasting| Ok(lasting.as_secs_f64() >= truth)).unwrap_or_else(|error| panic!("{error}"));
            let found = found.as_secs_f64();
            assert!(found >= truth && found <= truth * 1.12 + 0.25, "{found} for {truth}");
        }
    }
}
