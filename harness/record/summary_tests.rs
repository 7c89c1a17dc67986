use super::*;
use crate::record::{AttemptOutcome, AttemptRecord, CallRecord, Outcome, Recorder};
use crate::retry::{AttemptKind, Reason};
use crate::units::Nanos;
use proptest::prelude::*;

fn recorded(calls: &[(u8, u64, bool)]) -> Interval {
    let mut recorder = Recorder::new(2, 2);
    for &(outcome, millis, warm_up) in calls {
        let outcome = Outcome::ALL[usize::from(outcome) % Outcome::ALL.len()];
        let response = Nanos::from_millis(millis);
        recorder.offered();
        recorder.sent(0, warm_up, true, Nanos::from_micros(millis));
        recorder.attempt(&AttemptRecord {
            cell: 0,
            client: millis % 2,
            warm_up,
            outcome: AttemptOutcome::Success,
            status: Ok(200),
            service: response,
            first_byte: Some(response),
            kind: AttemptKind::First,
            sent: Nanos::ZERO,
            hint_seen: false,
            after_hint: false,
        });
        recorder.call(&CallRecord {
            due: Nanos::ZERO,
            waited: Nanos::ZERO,
            cell: 0,
            client: millis % 2,
            warm_up,
            outcome,
            reason: (outcome != Outcome::Ok).then_some(Reason::Permanent),
            response,
            lag: Some(Nanos::from_micros(5)),
            attempts: 1,
            items: (1, 0),
            page: Some(1),
        });
    }
    recorder.swap(Interval::new(2, 2))
}

fn added(intervals: &[&Interval]) -> Summary {
    let mut summary = Summary::new(2, 2);
    for interval in intervals {
        summary.add(interval);
    }
    summary
}

#[test]
fn warm_up_shows_over_time_and_nowhere_else() {
    let interval = recorded(&[(0, 5, true), (0, 7, false)]);
    assert_eq!(interval.gauges.offered, 2);
    assert_eq!(interval.gauges.ok, 2);
    assert_eq!(interval.cells[0].call_count(), 1);
    assert_eq!(interval.cells[0].attempt_count(), 1);
    assert_eq!(interval.clients.iter().map(|client| client.calls).sum::<u64>(), 1);
}

#[test]
fn a_swapped_buffer_starts_from_nothing() {
    let mut recorder = Recorder::new(2, 2);
    let full = recorded(&[(1, 5, false)]);
    let first = recorder.swap(full);
    assert_eq!(first.index, 0);
    let second = recorder.swap(Interval::new(2, 2));
    assert_eq!(second.index, 1);
    assert!(second.cells.iter().all(CellRecord::is_empty));
    assert_eq!(second.gauges, crate::record::Gauges::default());
}

proptest! {
    // Histograms are large; thirty cases find what a thousand would.
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn summaries_add_up_exactly_in_any_order(
        a in prop::collection::vec((0_u8..7, 0_u64..5_000, any::<bool>()), 0..20),
        b in prop::collection::vec((0_u8..7, 0_u64..5_000, any::<bool>()), 0..20),
        c in prop::collection::vec((0_u8..7, 0_u64..5_000, any::<bool>()), 0..20),
    ) {
        let together = recorded(&[a.clone(), b.clone(), c.clone()].concat());
        let (a, b, c) = (recorded(&a), recorded(&b), recorded(&c));
        let whole = added(&[&together]);
        prop_assert!(added(&[&a, &b, &c]) == whole);
        prop_assert!(added(&[&c, &a, &b]) == whole);
        let mut right = added(&[&b, &c]);
        right.merge(&added(&[&a]));
        prop_assert!(right == whole);
    }

    #[test]
    fn an_interval_survives_the_journal(a in prop::collection::vec((0_u8..7, 0_u64..5_000, any::<bool>()), 0..20)) {
        let interval = recorded(&a);
        let text = serde_json::to_string(&interval).expect("serialises");
        prop_assert!(serde_json::from_str::<Interval>(&text).expect("reads back") == interval);
    }
}
