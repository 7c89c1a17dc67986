use super::*;
use crate::tune::fixture::{behind, plan};

/// The drive of a workload under the other model, each call taking a tenth of a second.
fn other(workload: &str, arrivals: Arrivals) -> Drive {
    let plan = plan(&behind("shared"), workload);
    assert_ne!(own(&plan), arrivals);
    drive(&plan.workloads[0], arrivals, plan.clients, Nanos::from_millis(100))
}

#[test]
fn clients_as_users_offer_the_same_rate() {
    let Drive::Closed(users) = other("arrivals: {rate: 40/s, duration: 20s}", Arrivals::Closed) else {
        panic!("users are a closed model")
    };
    // Ten clients, each every quarter of a second, and evenly apart.
    assert_eq!((users.count, users.duration), (10, Nanos::from_secs(20)));
    assert_eq!((users.rhythm, users.ramp), (Rhythm::Pace(Nanos::from_millis(250)), Nanos::from_millis(250)));
}

#[test]
fn users_as_strangers_come_at_the_rate_that_the_users_would_offer() {
    let Drive::Open { profile, spacing } = other("users: {count: 6, duration: 10s, think_time: 200ms}", Arrivals::Open)
    else {
        panic!("arrivals are an open model")
    };
    assert!((profile.count() - 200.0).abs() < 1e-6 && profile.duration() == Nanos::from_secs(10));
    assert_eq!(spacing, Spacing::Poisson);
}

#[test]
fn a_number_of_flows_stays_that_number() {
    let Drive::Open { profile, spacing } = other("iterations: {count: 50, users: 10}", Arrivals::Open) else {
        panic!("arrivals are an open model")
    };
    // Ten users with a tenth of a second for each: a hundred a second.
    assert!((profile.count() - 50.0).abs() < 1e-6 && profile.duration() == Nanos::from_millis(500));
    assert_eq!(spacing, Spacing::Even);
}

#[test]
fn a_scenarios_own_model_stays_as_it_is() {
    let plan = plan(&behind("shared"), "arrivals: {rate: 40/s, duration: 20s}");
    let kept = drive(&plan.workloads[0], Arrivals::Open, plan.clients, Nanos::from_millis(100));
    assert_eq!(kept, plan.workloads[0].drive);
}
