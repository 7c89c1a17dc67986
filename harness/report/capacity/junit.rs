//! `junit.xml` of a search: that it came to an answer is a test case, and each objective at the load that was asked about is another.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::super::junit::{in_class, non_success};
use super::super::model::capacity::{Capacity, CapacityOutcome};
use super::super::story::sentence;
use super::super::text::line;
use super::words;

/// Adds the cases of a search to a suite. A load that does not hold is a failure of the target; where nothing is known of it, that is an
/// error.
pub(in super::super) fn cases(suite: &mut TestSuite, capacity: &Capacity) {
    suite.add_test_case(carried(capacity));
    if let Some(ratio) = capacity.headroom_ratio.filter(|_| capacity.rules.assert.is_none()) {
        let mut case = TestCase::new("it carries what is expected", TestCaseStatus::success());
        if ratio < 0.0 {
            case.status = non_success(NonSuccessKind::Failure, "headroom", &words::answer(capacity));
        }
        suite.add_test_case(in_class(case, "capacity"));
    }
    if let Some(verification) = &capacity.verification {
        for limit in &verification.limits {
            let mut case = TestCase::new(limit.expression.as_str(), TestCaseStatus::success());
            if limit.surely_below_ratio > limit.allowed_ratio {
                let message = sentence(&verification.statement);
                case.status = match capacity.outcome {
                    CapacityOutcome::Breaks => non_success(NonSuccessKind::Failure, "objective", &message),
                    _ => skipped(&message),
                };
            }
            suite.add_test_case(in_class(case, "objectives"));
        }
    }
}

fn carried(capacity: &Capacity) -> TestCase {
    let name = if capacity.rules.assert.is_some() { "the load holds" } else { "the capacity is known" };
    let mut case = TestCase::new(name, TestCaseStatus::success());
    let mut message = format!("{}. {}", words::headline(capacity), words::answer(capacity));
    if let Some(binding) = words::binding(capacity) {
        message = format!("{message} {binding}");
    }
    match capacity.outcome {
        CapacityOutcome::Found | CapacityOutcome::AboveMax | CapacityOutcome::Holds => {}
        CapacityOutcome::BelowStart | CapacityOutcome::Breaks => {
            case.status = non_success(NonSuccessKind::Failure, "capacity", &message);
        }
        CapacityOutcome::Inconclusive | CapacityOutcome::Irregular => case.status = skipped(&message),
        CapacityOutcome::GeneratorLimited | CapacityOutcome::Invalid | CapacityOutcome::Interrupted => {
            case.status = non_success(NonSuccessKind::Error, "capacity", &message);
        }
    }
    in_class(case, "capacity")
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(line(message, 2_000));
    status
}
