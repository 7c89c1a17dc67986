use super::*;
use crate::tune::Arrivals;
use crate::tune::fixture::{behind, plan, policy, task};
use crate::tune::sample;

/// The causes of a preset under forty calls at once against a bucket of ten that refills at twenty a second.
fn causes_of(name: &str) -> Vec<String> {
    let plan = plan(&behind("shared"), "iterations: {count: 40, users: 40}");
    let scene = Scene::new(&task(plan, &[name]), Arrivals::Closed);
    let measured = sample::look(&scene, &policy(name), 0, None).unwrap_or_else(|error| panic!("{error}"));
    causes(&scene, &policy(name), None, &measured)
}

#[test]
fn a_policy_that_never_retries_loses_what_is_turned_away() {
    insta::assert_snapshot!(causes_of("none").join("\n"), @"30 of 40 calls were lost: 30 had no attempt left");
}

#[test]
fn a_policy_without_jitter_is_told_by_its_busiest_second() {
    insta::assert_snapshot!(causes_of("exponential").join("\n"), @r"
    no jitter: 122 attempts in one second, 24 accepted
    3.05 attempts for each call, 153 a second against a limit of 20; 80.3 % of all attempts were turned away or failed
    16 of 40 calls were lost: 16 had no attempt left
    88.3 % of calls' time is spent waiting between attempts; 1 % of those that succeed take longer than 800ms
    ");
}
