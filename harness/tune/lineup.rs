//! Who is compared: the task's candidates, and the one that is no retry policy.

use super::limit::Limit;
use super::task::{Candidate, Task};
use crate::plan::Plan;
use crate::retry::gate::ThrottleSpec;
use crate::retry::{AWS_STANDARD_2_1, Policy, preset};
use crate::units::Rate;

/// The name of the candidate that keeps below the limit by itself.
pub const CLIENT_LIMIT: &str = "client-limit";

/// How far below the limit it keeps.
const BELOW: f64 = 0.95;
/// What it extends: the first of these that there is.
const EXTENDED: [&str; 2] = ["full-jitter", AWS_STANDARD_2_1];

/// All that are compared.
#[derive(Clone, Debug)]
pub(super) struct Lineup {
    pub(super) candidates: Vec<Candidate>,
}

impl Lineup {
    /// The task's candidates. Where more is offered than the limit lets through and none of them holds its clients
    /// back, one that does is added: it is usually the true winner then, and a comparison that leaves it out would
    /// praise the second best.
    pub(super) fn new(task: &Task, limit: &Limit) -> Self {
        let mut candidates = task.candidates.clone();
        let holds_back = candidates.iter().any(|candidate| candidate.policy.throttle.is_some());
        if limit.is_exceeded() && !holds_back {
            candidates.extend(limit.per_s.and_then(|per_s| client_limit(&task.plan, per_s)));
        }
        Self { candidates }
    }
}

/// Full jitter behind a token bucket of the client's own: all clients together stay at 95 % of the limit.
fn client_limit(plan: &Plan, limit_per_s: f64) -> Option<Candidate> {
    let share = BELOW * limit_per_s / plan.clients as f64;
    // What is simulated is what is to be pasted, to the last digit that is printed.
    let rate: Rate = Rate::per_second(share).ok()?.to_string().parse().ok()?;
    let (extended, base) = EXTENDED.into_iter().find_map(|name| Some((name, preset(name)?)))?;
    let policy = Policy { name: CLIENT_LIMIT.into(), throttle: Some(ThrottleSpec::Fixed { rate, burst: 1 }), ..base };
    let yaml = format!(
        "policies:\n  {CLIENT_LIMIT}:\n    extends: {extended}\n    client_throttle:\n      type: fixed\n      rate: {rate}\n      burst: 1\nretry: {CLIENT_LIMIT}\n"
    );
    Some(Candidate { name: CLIENT_LIMIT.to_owned(), base: CLIENT_LIMIT.to_owned(), swept: Vec::new(), policy, yaml })
}
