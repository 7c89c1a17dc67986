//! A limit on the attempts that a client has in flight.

use super::spec::ConcurrencySpec;
use crate::limit::Adaptive;
use crate::retry::{Ended, FailureKind};
use crate::units::Nanos;

/// The adaptive limit of [`limit`](crate::limit), told of ends as they happen. As Netflix/concurrency-limits counts: what the service
/// turned away or did not answer in time was dropped; from an answer that the request was wrong nothing is learned. Like the
/// original, the gradient looks at latency alone: quick refusals do not lower it.
#[derive(Clone, Debug)]
pub(super) struct Concurrency {
    limit: Adaptive,
}

impl Concurrency {
    pub(super) fn new(spec: &ConcurrencySpec) -> Self {
        Self { limit: Adaptive::new(spec.algorithm, spec.initial, spec.min, spec.max) }
    }

    /// Takes a place, if there is one.
    pub(super) fn take(&mut self, now: Nanos) -> bool {
        let free = self.limit.check(now).is_ok();
        if free {
            self.limit.charge();
        }
        free
    }

    pub(super) fn end(&mut self, ended: Ended) {
        match ended {
            Ended::Success { service } => self.limit.ended(service, false),
            Ended::Failure { kind: FailureKind::Permanent, .. } | Ended::Cancelled | Ended::NeverSent => {
                self.limit.release();
            }
            Ended::Failure { service, .. } => self.limit.ended(service, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Algorithm;
    use crate::units::Ratio;

    fn aimd(initial: u32) -> Concurrency {
        let backoff = Ratio::new(0.9).expect("a part");
        let algorithm = Algorithm::Aimd { target: Nanos::from_secs(5), backoff };
        Concurrency::new(&ConcurrencySpec { algorithm, initial, min: 1, max: 200 })
    }

    fn fill(limit: &mut Concurrency) -> u32 {
        std::iter::from_fn(|| limit.take(Nanos::ZERO).then_some(())).count() as u32
    }

    const GOOD: Ended = Ended::Success { service: Nanos::from_millis(10) };
    const THROTTLED: Ended = Ended::Failure { kind: FailureKind::Throttling, service: Nanos::from_millis(1) };
    const WRONG: Ended = Ended::Failure { kind: FailureKind::Permanent, service: Nanos::from_millis(1) };

    #[test]
    fn so_many_are_in_flight_and_no_more() {
        let mut limit = aimd(10);
        assert_eq!(fill(&mut limit), 10);
        for ended in [WRONG, Ended::Cancelled, Ended::NeverSent] {
            limit.end(ended);
            assert_eq!(fill(&mut limit), 1, "{ended:?} teaches nothing");
        }
    }

    #[test]
    fn a_success_at_work_adds_one_and_a_refusal_takes_a_part() {
        let mut limit = aimd(10);
        assert_eq!(fill(&mut limit), 10);
        limit.end(GOOD);
        assert_eq!(fill(&mut limit), 2, "eleven now");
        limit.end(THROTTLED);
        assert_eq!(limit.limit.limit(), 9, "9.9, without its part");
        assert_eq!(fill(&mut limit), 0, "ten are still out");
        (0..10).for_each(|_| limit.end(Ended::Cancelled));
        assert_eq!(fill(&mut limit), 9, "every place has come back");
    }
}
