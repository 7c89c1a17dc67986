//! The statistics of gates beside published tables and beside scipy (`gate_theory/make_fixtures.py`).

use loadline::stats::{
    Shifts, WalshAverages, clopper_pearson_upper, rank_sum_cdf, signed_rank_cdf, signed_rank_critical, student_quantile,
};
use serde_json::Value;

fn scipy() -> Value {
    serde_json::from_str(include_str!("gate_theory/scipy.json")).expect("the fixtures are JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[track_caller]
fn near(ours: f64, theirs: f64, what: &Value) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{ours} and {theirs}: {what}");
}

/// A bound that scipy writes as `null` is none at all.
#[track_caller]
fn same_bound(ours: f64, theirs: &Value, what: &Value) {
    match theirs.as_f64() {
        Some(theirs) => near(ours, theirs, what),
        None => assert!(ours.is_infinite(), "{ours}: {what}"),
    }
}

/// R. L. McCornack, "Extended tables of the Wilcoxon matched pair signed rank statistic", JASA 60 (1965): the largest sum of
/// ranks that is significant in a one-sided test.
#[test]
fn critical_values_are_those_of_the_published_table() {
    let pairs = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 25, 30];
    let table: [(f64, [i64; 15]); 4] = [
        (0.05, [0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 30, 35, 60, 100, 151]),
        (0.025, [-1, 0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 52, 89, 137]),
        (0.01, [-1, -1, 0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 43, 76, 120]),
        (0.005, [-1, -1, -1, 0, 1, 3, 5, 7, 9, 12, 15, 19, 37, 68, 109]),
    ];
    for (alpha, row) in table {
        for (k, largest) in pairs.into_iter().zip(row) {
            // C = 1 + the largest significant sum; none at all is written as −1.
            let ours = signed_rank_critical(k, alpha).map_or(-1, |c| c as i64 - 1);
            assert_eq!(ours, largest, "{k} pairs at {alpha}");
        }
    }
}

#[test]
fn the_distribution_is_symmetric_exact_and_does_not_overflow() {
    // By hand: of the eight subsets of {1, 2, 3} one has the sum 0, one 1, one 2, two 3 …
    assert_eq!(signed_rank_cdf(3), [1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 8.0].map(|n| n / 8.0));
    for k in [1, 2, 16, 200] {
        let cdf = signed_rank_cdf(k);
        let highest = k * (k + 1) / 2;
        assert_eq!(cdf.len(), highest + 1);
        assert!((cdf[highest] - 1.0).abs() < 1e-12, "{k}");
        for s in 0..highest {
            assert!((cdf[s] + cdf[highest - s - 1] - 1.0).abs() < 1e-12, "{k}, {s}");
        }
    }
    // The least chance is 2⁻ᵏ.
    assert_eq!(signed_rank_critical(7, 0.007), None);
    assert_eq!(signed_rank_critical(7, 0.5_f64.powi(7)), Some(1));
    assert_eq!(signed_rank_critical(0, 0.5), None);
}

#[test]
fn paired_estimates_and_bounds_are_scipys() {
    let fixtures = scipy();
    let cases = fixtures["paired"].as_array().expect("a list");
    assert!(cases.len() > 20);
    for case in cases {
        let (differences, alpha) = (numbers(&case["differences"]), number(&case["alpha"]));
        let averages = WalshAverages::of(&differences);
        near(averages.estimate().expect("there are pairs"), number(&case["estimate"]), case);
        same_bound(averages.lower(alpha), &case["lower"], case);
        same_bound(averages.upper(alpha), &case["upper"], case);
        // Without ties the rank sum of the positive ones is the number of positive Walsh averages (Tukey).
        let k = differences.len();
        let mut ranked = differences.clone();
        ranked.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let sum: usize = ranked.iter().enumerate().filter(|(_, d)| **d > 0.0).map(|(rank, _)| rank + 1).sum();
        let below = if sum == 0 { 0.0 } else { signed_rank_cdf(k)[sum - 1] };
        near(1.0 - below, number(&case["p_greater"]), case);
    }
}

#[test]
fn unpaired_estimates_and_bounds_are_scipys() {
    for case in scipy()["unpaired"].as_array().expect("a list") {
        let (first, second, alpha) = (numbers(&case["first"]), numbers(&case["second"]), number(&case["alpha"]));
        let shifts = Shifts::of(&first, &second);
        near(shifts.estimate().expect("there are values"), number(&case["estimate"]), case);
        same_bound(shifts.lower(alpha), &case["lower"], case);
        same_bound(shifts.upper(alpha), &case["upper"], case);
    }
    // By hand: of the six ways to mix two and two, one has U = 0, one 1, two 2 …
    for (ours, sixths) in rank_sum_cdf(2, 2).into_iter().zip([1.0, 2.0, 4.0, 5.0, 6.0]) {
        assert!((ours - sixths / 6.0).abs() < 1e-12, "{ours}");
    }
    // Five runs a side: the least chance is 1 / C(10, 5).
    assert!((rank_sum_cdf(5, 5)[0] - 1.0 / 252.0).abs() < 1e-15);
}

#[test]
fn bounds_of_shares_and_quantiles_of_t_are_scipys() {
    let fixtures = scipy();
    for case in fixtures["binomial"].as_array().expect("a list") {
        let ours = clopper_pearson_upper(number(&case["count"]), number(&case["of"]), number(&case["alpha"]));
        assert!((ours - number(&case["upper"])).abs() < 1e-7, "{ours}: {case}");
    }
    for case in fixtures["student"].as_array().expect("a list") {
        let ours = student_quantile(number(&case["q"]), number(&case["degrees"]));
        assert!((ours / number(&case["t"]) - 1.0).abs() < 1e-6, "{ours}: {case}");
    }
    // Three in n, the rule of thumb for none of n at 95 %.
    assert!((clopper_pearson_upper(0.0, 3_000.0, 0.05) * 1_000.0 - 1.0).abs() < 0.01);
    assert!(
        (clopper_pearson_upper(0.0, 0.0, 0.05) - 1.0).abs() < 1e-15
            && (clopper_pearson_upper(5.0, 5.0, 0.05) - 1.0).abs() < 1e-15
    );
}
