//! `budget`: what all calls of a client may spend on retries together.

use crate::retry::budget::BudgetSpec;
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;

/// Makes a budget.
pub(super) fn budget(
    written: &written::Budget,
    node: &Node,
    before: BudgetSpec,
    faults: &mut Vec<Fault>,
) -> BudgetSpec {
    use written::Budget;
    match written {
        Budget::None => BudgetSpec::Unlimited,
        Budget::TokenBucket { size, per_success, .. } => {
            if !(*size > 0.0 && *per_success >= 0.0) {
                faults.push(Fault::new(
                    node.span,
                    "a budget needs a `size` above zero and a `per_success` of zero or more",
                ));
            }
            BudgetSpec::TokenBucket { size: *size, per_success: *per_success }
        }
        Budget::AwsQuota { initial, cost, .. } => {
            let (capacity, throttling, other) = match before {
                BudgetSpec::AwsQuota { capacity, throttling_cost, other_cost } => {
                    (capacity, throttling_cost, other_cost)
                }
                _ => (500.0, 5.0, 14.0),
            };
            let cost = cost.clone().unwrap_or_default();
            BudgetSpec::AwsQuota {
                capacity: initial.map_or(capacity, f64::from),
                throttling_cost: cost.throttling.unwrap_or(throttling),
                other_cost: cost.transient.unwrap_or(other),
            }
        }
        Budget::Grpc { .. } | Budget::Ratio { .. } | Budget::Concurrent { .. } => {
            faults.push(super::super::not_yet(node.at("type").span, "this type of budget"));
            before
        }
    }
}
