//! `junit.xml` of a comparison: each requirement is a test case, and so is each prediction that was measured.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::super::junit::{in_class, non_success};
use super::super::model::tune::Tune;
use super::super::table::in_unit;
use super::{tables, words};

/// Adds the cases of a comparison to a suite.
pub(in super::super) fn cases(suite: &mut TestSuite, tune: &Tune) {
    for requirement in &tune.requirements {
        let mut case = TestCase::new(requirement.expression.as_str(), TestCaseStatus::success());
        if !requirement.ok {
            let closest = requirement.closest.as_deref().unwrap_or("nothing");
            let why = requirement.why.as_deref().unwrap_or_default();
            let message = format!("closest: {closest}, {}. {why}", tables::observed(requirement));
            case.status = non_success(NonSuccessKind::Failure, "requirement", &message);
        }
        suite.add_test_case(in_class(case, "requirements"));
    }
    let mut case = TestCase::new("there is a policy to deploy", TestCaseStatus::success());
    if tune.verdict.winner.is_none() && tune.verdict.throttled {
        case.status = non_success(NonSuccessKind::Failure, "verdict", &tune.verdict.sentence);
    } else {
        case.status.set_message(super::super::text::line(&words::headline(tune), 300));
    }
    suite.add_test_case(in_class(case, "verdict"));
    for confirmation in &tune.confirmations {
        for comparison in &confirmation.comparisons {
            let name = format!("{}: {} is as predicted", confirmation.name, comparison.what);
            let mut case = TestCase::new(name, TestCaseStatus::success());
            if !comparison.ok {
                let say =
                    |value: Option<f64>| value.map_or_else(|| "none".into(), |value| in_unit(value, comparison.unit));
                // A prediction that failed is a doubt about the simulation, not about a policy: it gates nothing.
                case.status = TestCaseStatus::skipped();
                case.status.set_message(format!(
                    "predicted {}, measured {}, may differ by {}",
                    say(comparison.predicted),
                    say(comparison.measured),
                    comparison.tolerance
                ));
            }
            suite.add_test_case(in_class(case, "predictions"));
        }
    }
}
