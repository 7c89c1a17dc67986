use super::*;
use crate::tune::Arrivals;
use crate::tune::fixture::{behind, plan, task};
use crate::units::Nanos;

fn scene(mock: &str) -> Scene {
    let mut task = task(plan(mock, "arrivals: {rate: 30/s, duration: 10s}"), &["none"]);
    task.network.round_trip = Nanos::from_millis(10);
    Scene::new(&task, Arrivals::Open)
}

#[test]
fn each_shift_changes_one_thing_by_its_factor() {
    let calm = scene(&behind("shared"));
    let limit = |shift| calm.shifted(shift, 1.2).expect("something changes").limit;
    let load = limit(Shift::Load);
    assert!((load.offered_per_s - 36.0).abs() < 1e-9 && load.per_s.is_some_and(|rate| (rate - 20.0).abs() < 1e-9));
    let faster = limit(Shift::Limit);
    assert!(faster.per_s.is_some_and(|rate| (rate - 24.0).abs() < 1e-9), "{faster:?}");
    assert!((faster.offered_per_s - 30.0).abs() < 1e-9 && (faster.burst - 10.0).abs() < 1e-9);
    assert!((limit(Shift::Burst).burst - 12.0).abs() < 1e-9);
    assert_eq!(calm.shifted(Shift::Clients, 1.2).expect("more clients").plan.clients, 12);
    let further = calm.shifted(Shift::RoundTrip, 0.8).expect("a shorter way");
    assert_eq!(further.network.round_trip, Nanos::from_millis(8));
}

#[test]
fn the_services_own_limiter_is_written_out_and_then_changed() {
    let slower = scene("{}").shifted(Shift::Limit, 0.8).expect("a slower limit");
    assert!(slower.limit.per_s.is_some_and(|rate| (rate - 8.0).abs() < 1e-9), "{:?}", slower.limit);
    slower.plan.service.check().expect("a sound configuration");
}

#[test]
fn what_is_not_there_cannot_be_shifted() {
    let window = scene(&behind("window"));
    assert!(window.shifted(Shift::Burst, 1.2).is_none());
    assert!(window.shifted(Shift::Limit, 1.2).is_some_and(|scene| scene.limit.per_s == Some(3.6)));
    assert!(scene("{throttling: off}").shifted(Shift::Limit, 1.2).is_none());
}
