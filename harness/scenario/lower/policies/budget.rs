//! `budget`: what all calls of a client may spend on retries together.

use crate::retry::budget::{BudgetSpec, Costs};
use crate::scenario::Node;
use crate::scenario::fault::Fault;
use crate::scenario::mirror::policy as written;
use crate::units::{Nanos, Ratio};

/// How long a call counts where retries are a part of calls, and the retries a second that are always allowed (Finagle).
const TTL: Nanos = Nanos::from_secs(10);
const MIN_PER_SEC: f64 = 10.0;
/// The part that retries may be, of calls and of what is under way (Finagle, Envoy).
const PERCENT: f64 = 0.2;

/// Makes a budget. What is not said holds as before where the type is the same.
pub(super) fn budget(
    written: &written::Budget,
    node: &Node,
    before: BudgetSpec,
    faults: &mut Vec<Fault>,
) -> BudgetSpec {
    use written::Budget;
    let spec = match written {
        Budget::None => BudgetSpec::Unlimited,
        Budget::TokenBucket { size, per_success, cost, credit_at_start } => {
            let (size_before, part_before, cost_before, start_before) = match before {
                BudgetSpec::TokenBucket { size, per_success, cost, credit_at_start } => {
                    (size, per_success, cost, credit_at_start)
                }
                _ => (10.0, 0.1, Costs::all(1.0), false),
            };
            BudgetSpec::TokenBucket {
                size: size.unwrap_or(size_before),
                per_success: per_success.unwrap_or(part_before),
                cost: costs(cost.as_ref(), cost_before),
                credit_at_start: credit_at_start.unwrap_or(start_before),
            }
        }
        Budget::AwsQuota { initial, cost, refund } => {
            let (capacity_before, cost_before, refund_before) = match before {
                BudgetSpec::AwsQuota { capacity, cost, refund } => (capacity, cost, refund),
                _ => (500.0, Costs { throttling: 5.0, ..Costs::all(14.0) }, 1.0),
            };
            BudgetSpec::AwsQuota {
                capacity: initial.map_or(capacity_before, f64::from),
                cost: costs(cost.as_ref(), cost_before),
                refund: refund.map_or(refund_before, f64::from),
            }
        }
        Budget::Grpc { max_tokens, token_ratio } => {
            let (most_before, ratio_before) = match before {
                BudgetSpec::Grpc { max_tokens, token_ratio } => (max_tokens, token_ratio),
                _ => (10.0, 0.1),
            };
            BudgetSpec::Grpc {
                max_tokens: max_tokens.unwrap_or(most_before),
                token_ratio: token_ratio.unwrap_or(ratio_before),
            }
        }
        Budget::Ratio { ttl, min_per_sec, percent } => {
            let (ttl_before, min_before, percent_before) = match before {
                BudgetSpec::Ratio { ttl, min_per_sec, percent } => (ttl, min_per_sec, percent),
                _ => (TTL, MIN_PER_SEC, Ratio::new(PERCENT).unwrap_or_default()),
            };
            BudgetSpec::Ratio {
                ttl: ttl.as_ref().map_or(ttl_before, |ttl| ttl.0),
                min_per_sec: min_per_sec.as_ref().map_or(min_before, |rate| rate.0.as_per_second()),
                percent: percent.as_ref().map_or(percent_before, |percent| percent.0),
            }
        }
        Budget::Concurrent { percent, min } => {
            let (percent_before, min_before) = match before {
                BudgetSpec::Concurrent { percent, min } => (percent, min),
                _ => (Ratio::new(PERCENT).unwrap_or_default(), 3),
            };
            BudgetSpec::Concurrent {
                percent: percent.as_ref().map_or(percent_before, |percent| percent.0),
                min: min.unwrap_or(min_before),
            }
        }
        Budget::MaxRetries { most } => {
            let before = match before {
                BudgetSpec::MaxRetries { most } => most,
                _ => 3,
            };
            BudgetSpec::MaxRetries { most: most.unwrap_or(before) }
        }
    };
    check(&spec, node, faults);
    spec
}

fn costs(written: Option<&written::Costs>, before: Costs) -> Costs {
    let Some(written) = written else { return before };
    let transient = written.transient.unwrap_or(before.transient);
    // The two are told apart only by those who say both.
    let timeout = if written.transient.is_some() { transient } else { before.timeout };
    Costs {
        throttling: written.throttling.unwrap_or(before.throttling),
        transient,
        timeout: written.timeout.unwrap_or(timeout),
    }
}

/// A budget of which nothing can ever be spent is a mistake: `max_attempts: 1` says it better.
fn check(spec: &BudgetSpec, node: &Node, faults: &mut Vec<Fault>) {
    let advice = "make it larger, or write `max_attempts: 1` if nothing is to be retried";
    let mut fault = |key: &str, message: String, advice: &str| {
        faults.push(Fault::new(node.at(key).span, message).suggest(advice));
    };
    match *spec {
        BudgetSpec::TokenBucket { size, per_success, cost, .. } => {
            let least = cost.throttling.min(cost.transient).min(cost.timeout);
            if !(size.is_finite() && size > least) {
                let message = format!("a retry needs more than the {least} tokens that it costs, and there are {size}");
                fault("size", message, advice);
            }
            if !(per_success.is_finite() && per_success >= 0.0) {
                fault("per_success", "a success cannot take tokens away".to_owned(), "write zero or more");
            }
        }
        BudgetSpec::AwsQuota { capacity, cost, .. } => {
            let least = cost.throttling.min(cost.transient).min(cost.timeout);
            if capacity < least {
                let message = format!("no retry costs less than {least} tokens, and there are {capacity}");
                fault("initial", message, advice);
            }
        }
        BudgetSpec::Grpc { max_tokens, token_ratio } => {
            if !(max_tokens > 0.0 && max_tokens <= 1_000.0) {
                fault("max_tokens", "gRPC takes more than 0 tokens and at most 1000".to_owned(), "change `max_tokens`");
            }
            if !(token_ratio.is_finite() && token_ratio > 0.0) {
                let message = "gRPC wants a `token_ratio` above zero".to_owned();
                fault("token_ratio", message, "change `token_ratio`");
            }
        }
        BudgetSpec::Ratio { ttl, min_per_sec, percent } => {
            if ttl == Nanos::ZERO {
                fault("ttl", "a call that counts for no time counts for nothing".to_owned(), "write a longer `ttl`");
            }
            if percent == Ratio::ZERO && min_per_sec <= 0.0 {
                fault(
                    "percent",
                    "no part of the calls and no retries a second leave nothing to spend".to_owned(),
                    advice,
                );
            }
        }
        BudgetSpec::Concurrent { percent, min } => {
            if percent == Ratio::ZERO && min == 0 {
                fault(
                    "percent",
                    "no part of what is under way and no retries besides leave nothing to spend".to_owned(),
                    advice,
                );
            }
        }
        BudgetSpec::MaxRetries { most } => {
            if most == 0 {
                fault("most", "no retry may be under way".to_owned(), advice);
            }
        }
        BudgetSpec::Unlimited => {}
    }
    let (BudgetSpec::TokenBucket { cost, .. } | BudgetSpec::AwsQuota { cost, .. }) = *spec else { return };
    for (key, cost) in [("throttling", cost.throttling), ("transient", cost.transient), ("timeout", cost.timeout)] {
        if !(cost.is_finite() && cost >= 0.0) {
            let fault = Fault::new(node.at("cost").at(key).span, "a retry cannot bring tokens");
            faults.push(fault.suggest("write zero or more"));
        }
    }
}
