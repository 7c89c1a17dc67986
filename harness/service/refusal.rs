//! How a refusal is told.

use super::answer::{Hints, LimitState, Refusal, Rejection, ServiceError};
use super::caller::Namespace;
use super::config::{Reject, RetryAfter};
use crate::units::Nanos;

const MESSAGE: &str = "Rate exceeded";

impl Reject {
    /// Whether a header tells of the limit itself.
    pub(super) const fn tells_limit(&self) -> bool {
        self.ratelimit || self.x_ratelimit
    }

    /// The refusal of a request that could come again after `wait`.
    pub(super) fn rejection(&self, namespace: Namespace, wait: Nanos, limit: Option<LimitState>) -> Rejection {
        // Where no wait is long enough, there is nothing true to tell.
        let ever = wait < Nanos::MAX;
        let retry_after = match self.retry_after {
            RetryAfter::None => None,
            RetryAfter::Ceil | RetryAfter::Factor(_) if !ever => None,
            RetryAfter::Ceil => Some(seconds(wait)),
            RetryAfter::Fixed(fixed) => Some(u64::from(fixed)),
            RetryAfter::Factor(factor) => Some(seconds(wait.scale(factor.get()))),
        };
        let aws_retry_after = (self.aws_retry_after && ever).then(|| wait.as_nanos().div_ceil(1_000_000));
        let type_name = self.error_code.clone().unwrap_or_else(|| throttled(namespace).into());
        Rejection {
            error: ServiceError::new(self.status, type_name, MESSAGE),
            hints: Hints { retry_after, aws_retry_after },
            wait,
            delay: self.latency,
            refusal: Some(Refusal { body: self.body, limit: limit.map(Box::new) }),
        }
    }
}

/// What the model of each namespace calls a throttled request. Clients of the one do not know the other's name.
const fn throttled(namespace: Namespace) -> &'static str {
    match namespace {
        Namespace::Meetings => "ThrottlingException",
        Namespace::Legacy => "ThrottledClientException",
    }
}

fn seconds(wait: Nanos) -> u64 {
    wait.as_nanos().div_ceil(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Ratio;

    #[test]
    fn a_refusal_tells_the_wait_as_configured() {
        let check = |retry_after, expected| {
            let reject = Reject { retry_after, aws_retry_after: true, ..Reject::default() };
            let hints = reject.rejection(Namespace::Meetings, Nanos::from_micros(1_200_100), None).hints;
            assert_eq!(hints, Hints { retry_after: expected, aws_retry_after: Some(1_201) });
        };
        check(RetryAfter::None, None);
        check(RetryAfter::Ceil, Some(2));
        check(RetryAfter::Fixed(7), Some(7));
        check(RetryAfter::Factor(Ratio::new(3.0).expect("a ratio")), Some(4));
        assert_eq!(Reject::default().rejection(Namespace::Meetings, Nanos::from_secs(9), None).hints, Hints::default());
    }

    #[test]
    fn each_namespace_has_its_own_name_for_it() {
        let name = |reject: &Reject, namespace| reject.rejection(namespace, Nanos::ZERO, None).error.type_name;
        let default = Reject::default();
        assert_eq!(name(&default, Namespace::Meetings), "ThrottlingException");
        assert_eq!(name(&default, Namespace::Legacy), "ThrottledClientException");
        let own = Reject { error_code: Some("SlowDown".into()), ..default };
        assert_eq!(name(&own, Namespace::Meetings), "SlowDown");
        assert_eq!(name(&own, Namespace::Legacy), "SlowDown");
    }
}
