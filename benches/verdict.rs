//! The statistics of a whole gate: sixteen pairs that never decide, three metrics, both looks.

use std::hint::black_box;

use criterion::Criterion;
use loadline::gate::{Judged, Metric, Position, Reading, Rules, Run, Session, Side, Step, calibrate};
use loadline::rng::{Key, Purpose};

pub(crate) fn bench(criterion: &mut Criterion) {
    let metrics = ["p50(response)", "p90(response)", "p99(response)"]
        .map(|text| Metric::new(text, text.parse().expect("a measure"), 0.05));
    let rules = Rules { metrics: metrics.to_vec(), ..Rules::default() };
    let mut group = criterion.benchmark_group("gate");
    assert_eq!(gate(&rules).pairs, 16, "the noise is such that the second look is taken");
    group.bench_function("16 pairs, 3 metrics", |bencher| bencher.iter(|| gate(black_box(&rules))));
    let runs: Vec<Run> = (1..=8).flat_map(|pair| Side::BOTH.map(|side| run(side, pair))).collect();
    group.bench_function("calibrate 8 pairs, 3 metrics", |bencher| {
        bencher.iter(|| calibrate(black_box(&rules), black_box(&runs)));
    });
    group.finish();
}

fn gate(rules: &Rules) -> Judged {
    let mut session = Session::new(rules.clone());
    while let Step::Pair(pair) = session.next() {
        session.take(Side::BOTH.map(|side| run(side, pair.number)));
    }
    session.judged()
}

/// A run whose numbers vary by a fifth, which no sixteen pairs see through.
fn run(side: Side, pair: u32) -> Run {
    let reading = |metric: u64| {
        let key = Key { seed: 7, purpose: Purpose::Latency, client: side as u64, call: pair.into(), attempt: metric };
        Reading { value: Some(0.05 * (0.2 * key.normal()).exp()), samples: 20_000, ..Reading::default() }
    };
    Run {
        pair,
        side,
        position: Position::First,
        again: 0,
        seed: 1,
        run_id: String::new(),
        calls: 20_000,
        ok: 20_000,
        measured_s: 10.0,
        readings: (0..3).map(reading).collect(),
        faults: Vec::new(),
        remarks: Vec::new(),
    }
}
