//! `junit.xml`: thresholds, audit and validity as test cases, for the test panels of CI systems.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Xml, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::model::{Report, ValidityWord, Word};
use super::{story, table};

/// The document. A broken threshold or audit is a failure; a run that could not be done or measured is an error, since
/// then nothing is known of the target; what was not asked for is absent, and what nobody can know is skipped.
///
/// # Errors
/// Where the writer fails, which it does for no text that a report can hold.
pub fn render(report: &Report) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(format!("loadline.{}", report.scenario.name));
    suite.set_time(Duration::try_from_secs_f64(report.duration_s).unwrap_or_default());
    suite.add_test_case(run(report));
    if let Some(tune) = &report.tune {
        super::tune::cases(&mut suite, tune);
        return document(suite);
    }
    if let Some(gate) = &report.gate {
        super::gate::cases(&mut suite, gate);
        return document(suite);
    }
    if let Some(capacity) = &report.capacity {
        super::capacity::cases(&mut suite, capacity);
        return document(suite);
    }
    if let Some(discover) = &report.discover {
        super::discover::cases(&mut suite, discover);
        return document(suite);
    }
    for threshold in &report.thresholds {
        let mut case = TestCase::new(threshold.expression.as_str(), TestCaseStatus::success());
        if !threshold.ok {
            let message = format!("observed {} over {} samples", table::observed(threshold), threshold.samples);
            case.status = non_success(NonSuccessKind::Failure, "threshold", &message);
        }
        suite.add_test_case(in_class(case, "thresholds"));
    }
    if let (Some(audit), Some(sentence)) = (&report.audit, story::audit_sentence(report)) {
        let mut case = TestCase::new("every created item is listed once", TestCaseStatus::success());
        if !audit.ok {
            case.status = non_success(NonSuccessKind::Failure, "audit", &sentence);
        }
        suite.add_test_case(in_class(case, "audit"));
    }
    suite.add_test_case(validity(report));
    document(suite)
}

fn document(suite: TestSuite) -> Result<String, SerializeError> {
    let mut xml = Xml::new("loadline");
    xml.add_test_suite(suite);
    xml.to_string()
}

fn run(report: &Report) -> TestCase {
    let mut case = TestCase::new("the run was done", TestCaseStatus::success());
    let broken = matches!(report.verdict.word, Word::Error | Word::Interrupted | Word::Aborted);
    if broken || report.interrupted || report.incomplete {
        let message = story::caveats(report).join(" ");
        let message = if message.is_empty() { story::headline(report).to_owned() } else { message };
        let kind = if report.verdict.word == Word::Aborted { NonSuccessKind::Failure } else { NonSuccessKind::Error };
        case.status = non_success(kind, "run", &message);
    }
    in_class(case, "run")
}

/// A suspect run passes with a remark, as long as nothing required it to be valid.
fn validity(report: &Report) -> TestCase {
    let mut case = TestCase::new("the generator kept up", TestCaseStatus::success());
    let reasons = report.validity.reasons.iter().map(super::text::Text::as_str).collect::<Vec<_>>().join("; ");
    match report.validity.verdict {
        ValidityWord::Valid => {}
        ValidityWord::Suspect => {
            case.status = TestCaseStatus::skipped();
            case.status.set_message(format!("suspect: {reasons}"));
        }
        ValidityWord::Invalid => {
            case.status = non_success(NonSuccessKind::Error, "validity", &format!("invalid: {reasons}"));
        }
    }
    in_class(case, "validity")
}

/// A case that failed, and why.
pub(super) fn non_success(kind: NonSuccessKind, class: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(class).set_message(super::text::line(message, 2_000));
    status
}

/// The case under a class of ours.
pub(super) fn in_class(mut case: TestCase, class: &str) -> TestCase {
    case.set_classname(format!("loadline.{class}"));
    case
}
