//! `junit.xml` of a gate: each metric is a test case, and the runs are one more.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::super::junit::{in_class, non_success};
use super::super::model::gate::{Gate, GateKind, GateMetric, GateVerdict};
use super::super::text::line;
use super::words;

/// Adds the cases of a gate to a suite. A metric that got worse is a failure; one that could not be judged is an error, since then
/// nothing is known of it; one that nobody can tell is skipped, and the message says why.
pub(in super::super) fn cases(suite: &mut TestSuite, gate: &Gate) {
    suite.add_test_case(runs(gate));
    for metric in &gate.metrics {
        suite.add_test_case(case(metric, gate));
    }
}

fn case(metric: &GateMetric, gate: &Gate) -> TestCase {
    let mut case = TestCase::new(metric.expression.as_str(), TestCaseStatus::success());
    let surer = words::surer(metric, gate).map(|surer| format!(" {surer}")).unwrap_or_default();
    let message = format!("{}{surer}", words::metric_sentence(metric));
    match metric.verdict {
        // A calibration compares a side with itself: it finds noise and judges nothing.
        GateVerdict::Fail | GateVerdict::Inconclusive if gate.kind == GateKind::Calibration => {}
        GateVerdict::Pass => {}
        GateVerdict::Fail => case.status = non_success(NonSuccessKind::Failure, "regression", &message),
        GateVerdict::Invalid => case.status = non_success(NonSuccessKind::Error, "invalid", &message),
        GateVerdict::Inconclusive => {
            case.status = TestCaseStatus::skipped();
            case.status.set_message(line(&message, 2_000));
        }
    }
    in_class(case, "gate")
}

/// Whether there were enough runs that could be judged.
fn runs(gate: &Gate) -> TestCase {
    let mut case = TestCase::new("the runs could be judged", TestCaseStatus::success());
    let judged = gate.metrics.iter().any(|metric| metric.verdict != GateVerdict::Invalid);
    if gate.verdict == GateVerdict::Invalid && !judged {
        let reasons: Vec<&str> = gate.reasons.iter().map(|reason| &**reason).collect();
        let message = if reasons.is_empty() { words::answer(gate) } else { reasons.join("; ") };
        case.status = non_success(NonSuccessKind::Error, "runs", &message);
    }
    in_class(case, "runs")
}
