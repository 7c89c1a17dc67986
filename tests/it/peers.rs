//! The bench beside other tools: its truths, its readers and its server, held against what is known.

#[path = "../../benches/peers/budget.rs"]
mod budget;
#[path = "../../benches/peers/clock.rs"]
mod clock;
#[path = "../../benches/peers/figures.rs"]
mod figures;
#[path = "../../benches/peers/heard.rs"]
mod heard;
#[path = "../../benches/peers/stall.rs"]
mod stall;
#[path = "../../benches/peers/table.rs"]
mod table;
#[path = "../../benches/peers/target/mod.rs"]
mod target;
#[path = "../../benches/peers/truth.rs"]
mod truth;

mod outputs;
mod serving;
mod truths;

use budget::{Planned, fit, seconds};
use table::{Table, cell, signed_percent, thousands};

fn planned(job: &'static str, seconds: f64, rank: u8) -> Planned<&'static str> {
    Planned { job, seconds, rank }
}

fn jobs(planned: &[Planned<&'static str>]) -> Vec<&'static str> {
    planned.iter().map(|each| each.job).collect()
}

#[test]
fn a_plan_that_fits_stays_whole() {
    let plan = vec![planned("ours", 3.0, 0), planned("theirs", 3.0, 2)];
    let (stays, left) = fit(plan.clone(), 6.0);
    assert_eq!(stays, plan);
    assert!(left.is_empty());
}

#[test]
fn the_last_of_the_least_important_are_left_out_first() {
    let plan = vec![
        planned("ours, round 1", 2.0, 0),
        planned("theirs, round 1", 2.0, 2),
        planned("wrk, round 1", 2.0, 1),
        planned("ours, round 2", 2.0, 0),
        planned("theirs, round 2", 2.0, 2),
        planned("wrk, round 2", 2.0, 1),
    ];
    let (stays, left) = fit(plan.clone(), 10.0);
    assert_eq!(jobs(&left), ["theirs, round 2"]);
    assert!((seconds(&stays) - 10.0).abs() < 1e-9);
    let (stays, left) = fit(plan, 5.0);
    assert_eq!(jobs(&stays), ["ours, round 1", "ours, round 2"]);
    assert_eq!(jobs(&left), ["theirs, round 1", "wrk, round 1", "theirs, round 2", "wrk, round 2"]);
}

#[test]
fn tables_are_readable_without_a_renderer() {
    let mut table = Table::new(&["tool", "CPU µs"]);
    table.row(vec!["loadline".to_owned(), cell(Some(7.259), 2)]);
    table.row(vec!["wrk".to_owned(), cell(None, 2)]);
    let expected = "\
| tool     | CPU µs |
| -------- | -----: |
| loadline |   7.26 |
| wrk      |      – |
";
    assert_eq!(table.markdown(), expected);
}

#[test]
fn figures_are_written_with_signs_and_commas() {
    assert_eq!(signed_percent(Some(-0.00123), 2), "-0.12 %");
    assert_eq!(signed_percent(Some(0.5), 1), "+50.0 %");
    assert_eq!(signed_percent(None, 1), "–");
    let counts = [0, 12, 999, 1_000, 20_000, 1_234_567];
    assert_eq!(counts.map(thousands), ["0", "12", "999", "1,000", "20,000", "1,234,567"]);
}
