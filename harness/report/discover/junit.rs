//! `junit.xml` of a discovery: that the question was answered is a test case, that predictions came true and that hints are honest are others.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::super::junit::{in_class, non_success};
use super::super::model::discover::{Discover, DiscoverAnswer, DiscoverHonesty};
use super::super::story::{Tone, sentence};
use super::super::text::line;
use super::words;

/// Adds the cases of a discovery to a suite. An open question is an error, since then nothing is known; what several limiters explain
/// is skipped; a hint that misleads is a failure of the target.
pub(in super::super) fn cases(suite: &mut TestSuite, discover: &Discover) {
    suite.add_test_case(answered(discover));
    if discover.validation.is_some_and(|validation| validation.agreement_ratio.is_some()) {
        suite.add_test_case(predicted(discover));
    }
    for hint in &discover.hints {
        let mut case = TestCase::new(format!("{} is honest", hint.field), TestCaseStatus::success());
        match hint.honesty {
            DiscoverHonesty::Honest | DiscoverHonesty::Cautious => {}
            DiscoverHonesty::Hasty | DiscoverHonesty::Wrong => {
                case.status = non_success(NonSuccessKind::Failure, "hint", &sentence(&hint.why));
            }
            DiscoverHonesty::Unknown => {
                case.status = TestCaseStatus::skipped();
                case.status.set_message(line(&sentence(&hint.why), 2_000));
            }
        }
        suite.add_test_case(in_class(case, "hints"));
    }
}

fn answered(discover: &Discover) -> TestCase {
    let mut case = TestCase::new("the limiter is known", TestCaseStatus::success());
    let reasons: Vec<String> = discover.reasons.iter().map(|reason| sentence(reason)).collect();
    let message = format!("{}. {} {}", words::headline(discover), words::answer(discover), reasons.join(" "));
    match discover.answer {
        DiscoverAnswer::Identified | DiscoverAnswer::NoLimiter => {}
        DiscoverAnswer::CannotTell => {
            case.status = TestCaseStatus::skipped();
            case.status.set_message(line(&message, 2_000));
        }
        _ => case.status = non_success(NonSuccessKind::Error, "discovery", message.trim_end()),
    }
    in_class(case, "discover")
}

fn predicted(discover: &Discover) -> TestCase {
    let mut case = TestCase::new("fresh answers come as predicted", TestCaseStatus::success());
    if discover.answer == DiscoverAnswer::Identified && words::tone(discover) != Tone::Good {
        let message = words::predicted(discover).unwrap_or_default();
        case.status = non_success(NonSuccessKind::Failure, "prediction", &message);
    }
    in_class(case, "discover")
}
