use super::*;
use crate::tune::metrics::fixture::{call, trace};
use crate::units::Nanos;

fn of<'a>(confirmation: &'a Confirmation, what: &str) -> &'a Comparison {
    confirmation.comparisons.iter().find(|comparison| comparison.what == what).expect("a line of that name")
}

/// A hundred calls, one every tenth of a second, of which the first `lost` fail, each taking so long.
fn run(lost: u64, millis: u64) -> Trace {
    let calls = (0..100).map(|at| call(0, at * 100, at * 100 + millis, u32::from(at < lost) + 1, at >= lost));
    trace(calls.collect())
}

fn context() -> Context {
    Context { until: Some(Nanos::from_secs(10)), open: true, ..Context::default() }
}

#[test]
fn a_run_agrees_with_itself_in_every_line() {
    let runs = [run(3, 50), run(5, 60)];
    let confirmation = compare("polite", "the winner", &runs, &runs, &context());
    let outside: Vec<_> = confirmation.comparisons.iter().filter(|comparison| !comparison.within).collect();
    assert!(outside.is_empty() && confirmation.comparisons.len() == 13, "{outside:?}");
    assert_eq!(confirmation.runs, (2, 2));
}

#[test]
fn each_line_holds_up_to_its_tolerance_and_no_further() {
    let against = |real: Trace| compare("polite", "the winner", &[real], &[run(10, 100)], &context());
    // A percentage point of success is within, two are not.
    assert!(of(&against(run(11, 100)), "success_ratio").within);
    let two = against(run(12, 100));
    assert!(!of(&two, "success_ratio").within);
    assert_eq!(of(&two, "success_ratio").tolerance, "±1 points");
    // 5 % and 2 ms of 100 ms.
    assert!(of(&against(run(10, 107)), "p50").within);
    let slower = against(run(10, 108));
    assert!(!of(&slower, "p50").within);
    assert_eq!(of(&slower, "p50").tolerance, "±(5 % + 2ms)");
    assert_eq!(of(&slower, "response_distribution").measured, 1.0);
    assert!(!of(&slower, "response_distribution").within);
    // Three calls of a hundred more with a second attempt: a total variation of three hundredths is too much.
    assert!(of(&against(run(12, 100)), "attempts_distribution").within);
    assert!(!of(&against(run(14, 100)), "attempts_distribution").within);
}

#[test]
fn what_lies_among_the_simulated_ones_is_as_predicted() {
    // Forty simulated runs from 50 ms to 206 ms; fewer than twenty would say nothing of chance.
    let simulated: Vec<Trace> = (0..40).map(|number| run(0, 50 + 4 * number)).collect();
    let check = |millis, within| {
        let confirmation = compare("polite", "the winner", &[run(0, millis)], &simulated, &context());
        for what in ["p50", "p99"] {
            assert_eq!(of(&confirmation, what).within, within, "{what} of {millis}");
        }
        let few = compare("polite", "the winner", &[run(0, millis)], &simulated[..19], &context());
        assert!(!of(&few, "p50").within || millis == 86, "{millis}");
    };
    check(206, true);
    check(60, true);
    check(210, false);
}

#[test]
fn the_distance_of_two_samples_is_their_largest_gap() {
    assert_eq!(ks_distance(&[1, 2, 3, 4], &[1, 2, 3, 4]), 0.0);
    assert_eq!(ks_distance(&[1, 2, 3, 4], &[5, 6]), 1.0);
    assert_eq!(ks_distance(&[1, 2, 3, 4], &[3, 4, 5, 6]), 0.5);
    assert_eq!(ks_distance(&[1, 1, 1, 2], &[1, 2, 2, 2]), 0.5);
}

#[test]
fn the_order_agrees_where_no_pair_that_can_be_told_apart_is_the_other_way_round() {
    let scores = |name: &str, predicted: f64, measured: f64| Scores {
        name: name.to_owned(),
        predicted: vec![predicted - 0.01, predicted + 0.01],
        measured: vec![measured - 0.01, measured + 0.01],
    };
    let same = compare_ranking(&[scores("a", 0.9, 0.8), scores("b", 0.5, 0.4), scores("c", 0.1, 0.1)]);
    assert!(same.iter().all(|comparison| comparison.within), "{same:?}");
    // `a` and `b` are tied when predicted: their order is no error.
    let tied = compare_ranking(&[scores("a", 0.9, 0.4), scores("b", 0.899, 0.8), scores("c", 0.1, 0.1)]);
    assert!(tied.iter().all(|comparison| comparison.within), "{tied:?}");
    let wrong = compare_ranking(&[scores("a", 0.9, 0.1), scores("b", 0.5, 0.4), scores("c", 0.1, 0.8)]);
    assert!(wrong.iter().all(|comparison| !comparison.within), "{wrong:?}");
    assert_eq!((wrong[0].measured, wrong[1].measured), (-1.0, 3.0));
    assert!(compare_ranking(&[scores("a", 0.9, 0.8)]).is_empty());
}
