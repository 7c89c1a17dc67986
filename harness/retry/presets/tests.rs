use super::*;
use crate::retry::budget::BudgetSpec;
use crate::retry::{CallProgress, Client, Decision, FailureKind};
use crate::units::Nanos;

#[test]
fn every_preset_is_found_by_its_own_name_and_says_what_it_is() {
    for (index, (name, about, make)) in PRESETS.iter().enumerate() {
        assert_eq!(make().name, *name);
        assert!(PRESETS[..index].iter().all(|(other, ..)| other != name), "{name} twice");
        assert!(about.len() > 20 && !about.ends_with('.'), "{name}: {about}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte)));
    }
    assert_eq!(preset(AWS_STANDARD_2_1).map(|policy| policy.max_attempts), Some(3));
    assert!(preset("nonesuch").is_none());
}

/// Two calls of the same client never wait alike under a jittered preset, and always under one that is not.
#[test]
fn jitter_is_where_the_names_say_it_is() {
    let second_wait = |policy: &Policy, call| {
        let progress = CallProgress { attempts: 1, previous: Nanos::ZERO, deadline: Nanos::MAX, client: 1, call };
        match policy.decide(
            &mut Client::new(policy),
            &progress,
            FailureKind::Transient,
            &crate::api::Hints::default(),
            Nanos::ZERO,
            7,
        ) {
            Decision::Retry { backoff, .. } => Some(backoff),
            _ => None,
        }
    };
    let rigid = ["none", "fixed", "exponential", "aws-legacy-dynamodb", "aws-cpp-legacy", "finagle", "linkerd"];
    for (name, _, make) in PRESETS {
        // Some budgets have nothing to spend before calls were made.
        let policy = Policy { budget: BudgetSpec::Unlimited, ..make() };
        let same = second_wait(&policy, 1) == second_wait(&policy, 2);
        assert_eq!(same, rigid.contains(name), "{name}");
    }
}

#[test]
fn only_what_says_so_runs_without_limits_of_its_own() {
    let unlimited = |policy: &Policy| !policy.joins_calls() && policy.max_attempts > 1;
    let found: Vec<_> = PRESETS.iter().filter(|(.., make)| unlimited(&make())).map(|(name, ..)| *name).collect();
    let expected = [
        "fixed",
        "exponential",
        "full-jitter",
        "equal-jitter",
        "decorrelated-jitter",
        "full-jitter-hints",
        "aws-legacy",
        "aws-legacy-dynamodb",
        "aws-cpp-legacy",
    ];
    assert_eq!(found, expected);
}

/// The page that explains them has a row for each.
#[test]
fn the_documentation_names_every_preset() {
    let page = include_str!("../../../docs/policies.md");
    for (name, ..) in PRESETS {
        assert!(page.contains(&format!("| `{name}` |")), "docs/policies.md has no row for `{name}`");
    }
}
