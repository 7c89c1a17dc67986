//! What the bench computes from stamps, for schedules whose truth is plain.

use super::figures::{Percentiles, median, nearest_rank, ratio};
use super::stall::Stall;
use super::truth::{fidelity, served, stalled};

/// Arrivals every millisecond from some instant on.
fn every_millisecond(count: u64) -> Vec<u64> {
    (0..count).map(|n| 77_000_000 + n * 1_000_000).collect()
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

#[test]
fn a_perfect_schedule_deviates_by_nothing() {
    let found = fidelity(&every_millisecond(1_000), 1_000.0).expect("a thousand arrivals");
    near(found.mean_deviation_us, 0.0, 1e-6);
    near(found.rate_error, 0.0, 1e-12);
}

#[test]
fn a_schedule_that_is_late_as_a_whole_deviates_by_nothing() {
    // The first arrival was early, as where the first connection was open before the others.
    let mut arrivals = every_millisecond(1_001);
    arrivals.iter_mut().skip(1).for_each(|at| *at += 400_000);
    let found = fidelity(&arrivals, 1_000.0).expect("a thousand arrivals");
    // 400 µs of one in 1,001.
    near(found.mean_deviation_us, 400.0 / 1_001.0, 1e-6);
}

#[test]
fn alternating_lateness_is_seen_whole() {
    let mut arrivals = every_millisecond(1_000);
    arrivals.iter_mut().step_by(2).for_each(|at| *at += 300_000);
    let found = fidelity(&arrivals, 1_000.0).expect("a thousand arrivals");
    near(found.mean_deviation_us, 150.0, 1e-6);
}

#[test]
fn bursts_deviate_by_a_quarter_of_their_distance() {
    // Fifty at a time, every 50 ms, as tools send that wait for the same tick on every connection.
    let arrivals: Vec<u64> = (0..3_000).map(|n| n / 50 * 50_000_000).collect();
    let found = fidelity(&arrivals, 1_000.0).expect("three thousand arrivals");
    near(found.mean_deviation_us, 12_500.0, 10.0);
}

#[test]
fn stamps_may_come_in_any_order() {
    let mut arrivals = every_millisecond(100);
    arrivals.reverse();
    let found = fidelity(&arrivals, 1_000.0).expect("a hundred arrivals");
    near(found.mean_deviation_us, 0.0, 1e-6);
}

#[test]
fn a_rate_that_is_missed_is_told_with_its_sign() {
    let found = fidelity(&every_millisecond(1_000), 1_250.0).expect("a thousand arrivals");
    near(found.rate_error, -0.2, 1e-9);
    assert_eq!(fidelity(&[], 1_000.0), None);
    assert_eq!(fidelity(&[5], 1_000.0), None);
    assert_eq!(fidelity(&[5, 5], 1_000.0), None);
}

#[test]
fn replies_are_held_until_the_stall_ends() {
    let held = |milliseconds: u64| Stall::ONE_IN_FIVE.held(milliseconds * 1_000_000);
    assert_eq!(held(0), 0);
    assert_eq!(held(3_999), 0);
    assert_eq!(held(4_000), 1_000_000_000);
    assert_eq!(held(4_999), 1_000_000);
    assert_eq!(held(5_000), 0);
    assert_eq!(held(14_250), 750_000_000);
}

#[test]
fn the_truth_of_a_stalled_server_follows_from_its_schedule() {
    // Two of ten thousand in every thousandth: a fifth waits, evenly from 2 ms to 1 s.
    let truth = stalled(Stall::ONE_IN_FIVE, 500, 20);
    assert_eq!(truth.all(), [0.0, 500.0, 950.0, 996.0, 1_000.0].map(Some));
}

#[test]
fn what_was_served_late_counts_from_when_it_was_due() {
    // Ten a second; the server had all at once, after the last was due, and answered 10 ms later.
    let arrivals: Vec<u64> = (0..10).map(|n| if n == 0 { 0 } else { 900_000_000 }).collect();
    let replies: Vec<u64> = (0..10).map(|n| if n == 0 { 0 } else { 910_000_000 }).collect();
    let found = served(&arrivals, &replies, 10);
    assert_eq!(found.max, Some(810.0));
    assert_eq!(found.p50, Some(310.0));
}

#[test]
fn a_first_request_that_was_late_does_not_move_the_schedule() {
    // Every 100 ms from 0 on, but the first one took 30 ms to come; each is answered 1 ms after it came.
    let arrivals: Vec<u64> = (0..10).map(|n| if n == 0 { 30_000_000 } else { n * 100_000_000 }).collect();
    let replies: Vec<u64> = arrivals.iter().map(|at| at + 1_000_000).collect();
    let found = served(&arrivals, &replies, 10);
    assert_eq!((found.p50, found.max), (Some(1.0), Some(31.0)));
}

#[test]
fn medians_ratios_and_ranks() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    assert_eq!(ratio(Some(3.0), Some(2.0)), Some(1.5));
    assert_eq!(ratio(Some(3.0), Some(0.0)), None);
    assert_eq!(ratio(Some(3.0), None), None);
    let sorted: Vec<f64> = (1..=1_000).map(f64::from).collect();
    assert_eq!(nearest_rank(&sorted, 0.5), Some(500.0));
    assert_eq!(nearest_rank(&sorted, 0.999), Some(999.0));
    assert_eq!(nearest_rank(&sorted, 0.0), Some(1.0));
    assert_eq!(nearest_rank(&[], 0.5), None);
    let found = Percentiles::of(sorted.into_iter().rev().collect());
    assert_eq!(found.all(), [500.0, 900.0, 990.0, 999.0, 1_000.0].map(Some));
}
