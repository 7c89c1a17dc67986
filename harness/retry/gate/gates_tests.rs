//! The gates together.

use proptest::prelude::*;

use super::*;
use crate::limit::Algorithm;
use crate::retry::gate::{BreakerSpec, ConcurrencySpec, ThrottleSpec};
use crate::retry::{FailureKind, preset};
use crate::units::{Rate, Ratio};

const SUCCESS: Ended = Ended::Success { service: Nanos::from_millis(5) };
const THROTTLED: Ended = Ended::Failure { kind: FailureKind::Throttling, service: Nanos::from_millis(1) };
const OPEN_FOR: Nanos = Nanos::from_secs(10);

fn share(share: f64) -> Ratio {
    Ratio::new(share).expect("a part")
}

/// A breaker that needs 4 attempts, and 2 to close; 10 attempts a second; 3 in flight.
fn gates() -> Box<Gates> {
    let mut policy = preset("none").expect("a preset");
    policy.breaker = Some(BreakerSpec {
        failure_rate: share(0.5),
        window: 4,
        min_calls: 4,
        open_for: OPEN_FOR,
        half_open_calls: 2,
        only_retries: false,
    });
    policy.throttle = Some(ThrottleSpec::Fixed { rate: Rate::per_second(10.0).expect("a rate"), burst: 1 });
    let algorithm = Algorithm::Aimd { target: Nanos::from_secs(5), backoff: share(0.9) };
    policy.concurrency = Some(ConcurrencySpec { algorithm, initial: 3, min: 3, max: 3 });
    Gates::new(&policy).expect("it has gates")
}

fn ask(gates: &mut Gates, millis: u64, asked_before: bool) -> Passage {
    gates.pass(Nanos::from_millis(millis), asked_before, 0.5)
}

fn at(millis: u64) -> Passage {
    Passage::At(Nanos::from_millis(millis))
}

#[test]
fn a_policy_without_any_has_none_to_ask() {
    let policy = preset("none").expect("a preset");
    assert!(Gates::new(&policy).is_none());
}

#[test]
fn each_in_turn_and_what_was_taken_is_not_taken_again() {
    let mut gates = gates();
    assert_eq!(ask(&mut gates, 0, false), Passage::Go);
    assert_eq!(ask(&mut gates, 0, false), at(100));
    assert_eq!(ask(&mut gates, 100, true), Passage::Go);
    assert_eq!(ask(&mut gates, 200, false), Passage::Go);
    // The token of 300 ms is taken, and kept while all three places are.
    assert_eq!(ask(&mut gates, 300, false), Passage::AfterAnother);
    assert_eq!(ask(&mut gates, 350, true), Passage::AfterAnother);
    gates.end(Nanos::from_millis(350), SUCCESS);
    assert_eq!(ask(&mut gates, 350, true), Passage::Go, "its token waited with it");
    gates.end(Nanos::from_millis(350), SUCCESS);
    assert_eq!(ask(&mut gates, 350, false), at(400));
}

#[test]
fn who_leaves_the_line_gives_back_what_it_took() {
    let mut gates = gates();
    for millis in [0, 100, 200] {
        assert_eq!(ask(&mut gates, millis, false), Passage::Go);
    }
    assert_eq!(ask(&mut gates, 300, false), Passage::AfterAnother);
    // It left, with a token in hand. The next one finds that token.
    assert_eq!(ask(&mut gates, 300, false), Passage::AfterAnother);
    gates.end(Nanos::from_millis(300), Ended::Cancelled);
    assert_eq!(ask(&mut gates, 300, true), Passage::Go);
}

#[test]
fn an_open_breaker_refuses_before_anything_is_taken() {
    let mut gates = gates();
    for number in 0..4 {
        assert_eq!(ask(&mut gates, number * 100, false), Passage::Go);
        gates.end(Nanos::from_millis(number * 100), THROTTLED);
    }
    let opened = Nanos::from_millis(300);
    for millis in [300, 5_000, 10_299] {
        assert_eq!(ask(&mut gates, millis, false), Passage::Refused(Reason::CircuitOpen));
    }
    // Half open: two permits. Who takes one and leaves gives it back, so that the breaker does not wait for it for ever.
    let open = (opened + OPEN_FOR).as_nanos() / 1_000_000;
    assert_eq!(ask(&mut gates, open, false), Passage::Go);
    assert_eq!(ask(&mut gates, open, false), at(open + 100), "it has a permit and waits for a token");
    assert_eq!(ask(&mut gates, open + 100, false), Passage::Go, "another one instead");
    assert_eq!(ask(&mut gates, open + 300, false), Passage::Refused(Reason::CircuitOpen), "two decide");
    gates.end(Nanos::from_millis(open + 300), Ended::NeverSent);
    assert_eq!(ask(&mut gates, open + 300, false), Passage::Go, "a permit came back");
    (0..2).for_each(|_| gates.end(Nanos::from_millis(open + 300), SUCCESS));
    for millis in [400, 500, 600] {
        assert_eq!(ask(&mut gates, open + millis, false), Passage::Go, "closed");
    }
}

#[test]
fn what_the_throttle_drops_gives_its_permit_back() {
    let mut policy = preset("none").expect("a preset");
    policy.breaker = Some(BreakerSpec {
        failure_rate: share(1.0),
        window: 1,
        min_calls: 1,
        open_for: OPEN_FOR,
        half_open_calls: 1,
        only_retries: false,
    });
    policy.throttle = Some(ThrottleSpec::Sre { k: 2.0, window: Nanos::from_secs(120) });
    let mut gates = Gates::new(&policy).expect("it has gates");
    assert_eq!(gates.pass(Nanos::ZERO, false, 0.9), Passage::Go);
    gates.end(Nanos::ZERO, THROTTLED);
    // One request, none accepted: P = 1/2, then 2/3.
    assert_eq!(gates.pass(OPEN_FOR, false, 0.4), Passage::Refused(Reason::ClientThrottle));
    assert_eq!(gates.pass(OPEN_FOR, false, 0.9), Passage::Go, "the one permit is there again");
}

/// What a client's driver does: it asks for the head of a line, and tells of every end.
#[derive(Clone, Copy, Debug)]
enum Step {
    Ask,
    HeadLeaves,
    End(usize),
    Pause(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Ask),
        1 => Just(Step::HeadLeaves),
        3 => (0_usize..4).prop_map(Step::End),
        2 => (1_u64..400).prop_map(Step::Pause),
    ]
}

proptest! {
    /// Whatever happens, no more are in flight than the limit, no more are sent than the rate allows, and once all is over every
    /// place is free.
    #[test]
    fn no_gate_lets_more_through_than_its_rule_and_no_place_is_lost(steps in prop::collection::vec(step(), 1..400)) {
        let mut gates = gates();
        let (mut now, mut asked, mut in_flight, mut sent) = (0_u64, false, 0_u32, 0_u64);
        for step in steps {
            match step {
                Step::Ask => match ask(&mut gates, now, asked) {
                    Passage::Go => {
                        (in_flight, sent, asked) = (in_flight + 1, sent + 1, false);
                        prop_assert!(in_flight <= 3);
                    }
                    Passage::At(at) => {
                        prop_assert!(at > Nanos::from_millis(now), "a wait that is over already");
                        asked = true;
                    }
                    Passage::AfterAnother => {
                        prop_assert_eq!(in_flight, 3);
                        asked = true;
                    }
                    Passage::Refused(reason) => {
                        prop_assert_eq!(reason, Reason::CircuitOpen);
                        asked = false;
                    }
                },
                Step::HeadLeaves => asked = false,
                Step::End(how) if in_flight > 0 => {
                    in_flight -= 1;
                    let ended = [SUCCESS, THROTTLED, Ended::Cancelled, Ended::NeverSent][how];
                    gates.end(Nanos::from_millis(now), ended);
                    // What was not sent took nothing of the rate.
                    sent -= u64::from(ended == Ended::NeverSent);
                }
                Step::End(_) => {}
                Step::Pause(millis) => now += millis,
            }
            // A token in hand at 10 a second, and those that came since. A place that was given back to a full bucket is not
            // owed twice.
            prop_assert!(sent <= 1 + now / 100, "{} sent by {} ms", sent, now);
        }
        for _ in 0..in_flight {
            gates.end(Nanos::from_millis(now), SUCCESS);
        }
        // One at a time, each long after the breaker's wait: what succeeds closes it in the end.
        for _ in 0..8 {
            now += 20_000;
            prop_assert_eq!(ask(&mut gates, now, false), Passage::Go);
            gates.end(Nanos::from_millis(now), SUCCESS);
        }
        now += 100;
        for _ in 0..3 {
            prop_assert_eq!(ask(&mut gates, now, false), Passage::Go);
            now += 100;
        }
        prop_assert_eq!(ask(&mut gates, now, false), Passage::AfterAnother);
    }
}
