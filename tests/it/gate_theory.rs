//! The statistics of gates, beside published tables and what SciPy says.

use loadline::stats::{
    Shifts, WalshAverages, clopper_pearson_upper, rank_sum_cdf, signed_rank_cdf, signed_rank_critical, student_quantile,
};
use serde_json::Value;

/// `gate_theory/make_fixtures.py` wrote it.
fn fixtures(of: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("gate_theory/fixtures.json")).expect("fixtures are JSON");
    let of = all[of].as_array().expect("a list").clone();
    assert!(!of.is_empty());
    of
}

fn number(of: &Value, field: &str) -> f64 {
    of[field].as_f64().expect("a number")
}

fn numbers(of: &Value, field: &str) -> Vec<f64> {
    of[field].as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn close(ours: f64, theirs: f64, what: &Value) {
    assert!((ours - theirs).abs() <= 1e-8 * theirs.abs().max(1e-4), "{ours} and {theirs} of {what}");
}

/// SciPy has nothing where we have infinity.
fn close_bound(ours: f64, theirs: &Value, what: &Value) {
    match theirs.as_f64() {
        Some(theirs) => close(ours, theirs, what),
        None => assert!(ours.is_infinite(), "{ours} should be no bound: {what}"),
    }
}

/// The largest T that is significant, from k = 5 on, one-sided: F. Wilcoxon and R. A. Wilcox, "Some rapid approximate statistical
/// procedures" (1964), table 2.
#[test]
fn critical_values_are_those_of_the_published_table() {
    const NONE: i32 = -1;
    let table: [(f64, [i32; 16]); 4] = [
        (0.05, [0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 30, 35, 41, 47, 53, 60]),
        (0.025, [NONE, 0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52]),
        (0.01, [NONE, NONE, 0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 27, 32, 37, 43]),
        (0.005, [NONE, NONE, NONE, 0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 27, 32, 37]),
    ];
    for (alpha, row) in table {
        for (k, largest) in (5..).zip(row) {
            let critical = signed_rank_critical(k, alpha).map_or(NONE, |c| i32::try_from(c).expect("a small rank") - 1);
            assert_eq!(critical, largest, "{k} pairs, one-sided {alpha}");
        }
    }
}

/// Fair coins have few states: all of them, counted one by one.
#[test]
fn the_distribution_of_signed_ranks_is_exact() {
    for k in 1..=12_usize {
        let mut counts = vec![0_u32; k * (k + 1) / 2 + 1];
        for signs in 0..1_usize << k {
            counts[(1..=k).filter(|rank| (signs >> (rank - 1)) & 1 == 1).sum::<usize>()] += 1;
        }
        let mut sum = 0;
        for (count, ours) in counts.iter().zip(signed_rank_cdf(k)) {
            sum += count;
            let exact = f64::from(sum) / f64::from(1_u32 << k);
            assert!((ours - exact).abs() < 1e-14, "{k}: {ours} and {exact}");
        }
    }
}

#[test]
fn two_hundred_pairs_overflow_nothing() {
    let cdf = signed_rank_cdf(200);
    let total = cdf.last().copied().expect("never empty");
    assert!((total - 1.0).abs() < 1e-12, "{total}");
    // Half of all sums lie below the middle one, 10,050, which has a chance of its own.
    assert!((cdf[10_049] + cdf[10_050] - 1.0).abs() < 1e-12);
    assert!(cdf.windows(2).all(|two| two[0] <= two[1]));
}

#[test]
fn bounds_of_pairs_are_those_of_scipys_test() {
    for case in fixtures("paired") {
        let differences = numbers(&case, "differences");
        let averages = WalshAverages::of(&differences);
        let alpha = number(&case, "alpha");
        close(averages.estimate().expect("pairs"), number(&case, "estimate"), &case);
        close_bound(averages.lower(alpha), &case["lower"], &case);
        close_bound(averages.upper(alpha), &case["upper"], &case);
        // P(T⁺ ≥ t) is P(T⁺ ≤ most − t): the distribution is its own mirror image.
        let k = differences.len();
        let from_top = k * (k + 1) / 2 - number(&case, "rank_sum") as usize;
        close(signed_rank_cdf(k)[from_top], number(&case, "p_greater"), &case);
    }
}

#[test]
fn bounds_of_stored_runs_are_those_of_scipys_test() {
    for case in fixtures("stored") {
        let (first, second) = (numbers(&case, "first"), numbers(&case, "second"));
        let shifts = Shifts::of(&first, &second);
        let alpha = number(&case, "alpha");
        close(shifts.estimate().expect("runs"), number(&case, "estimate"), &case);
        close_bound(shifts.lower(alpha), &case["lower"], &case);
        close_bound(shifts.upper(alpha), &case["upper"], &case);
        let (m, n) = (first.len(), second.len());
        close(rank_sum_cdf(m, n)[m * n - number(&case, "u") as usize], number(&case, "p_greater"), &case);
    }
}

#[test]
fn bounds_of_counts_are_scipys() {
    for case in fixtures("binomial") {
        let upper = clopper_pearson_upper(number(&case, "count"), number(&case, "of"), number(&case, "alpha"));
        // The inverse of the incomplete beta function is found step by step, and not to the last digit: a hundred-thousandth of a point
        // is a hundredth of the smallest tolerance that anyone asks for.
        assert!((upper - number(&case, "upper")).abs() < 1e-7, "{upper} of {case}");
    }
}

#[test]
fn quantiles_of_student_are_scipys() {
    for case in fixtures("student") {
        close(student_quantile(number(&case, "q"), number(&case, "degrees")), number(&case, "t"), &case);
    }
}
