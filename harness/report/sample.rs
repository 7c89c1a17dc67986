//! A made-up but coherent run for tests: throttling, retries, an outage, pages, an audit. Every statistic is computed
//! from the same draws, so that the outputs look and add up like those of a real run.

use std::collections::BTreeMap;

use super::model::{
    Activity, Attempts, AttemptsPerCall, Audit, Calls, Check, ClientShare, Depth, Engine, Environment, Event, Hedges,
    Hints, Latency, PERCENTILES, Pages, Percentile, Point, PointLatency, Report, ResponseLatency, Retry, ScenarioInfo,
    ServiceLatency, Target, Threshold, Tool, Unit, Validity, ValidityWord, Verdict, WireTrouble, Word,
};
use super::text::Text;
use super::view::{Clock, Curve, CurvePoint, HeatMap, View, WaitBucket};
use crate::api::WireError;
use crate::rng::{Key, Purpose};

/// One call of the made-up run.
struct Call {
    operation: usize,
    second: u32,
    attempts: u32,
    ok: bool,
    service_ms: f64,
    backoffs_ms: Vec<f64>,
    lag_ms: f64,
    depth: u64,
}

impl Call {
    fn response_ms(&self) -> f64 {
        self.lag_ms + self.service_ms + self.backoffs_ms.iter().sum::<f64>() + f64::from(self.attempts - 1) * 2.0
    }
}

const NAMES: [&str; 2] = ["BatchCreateAttendee", "ListAttendees"];

/// A run of so many seconds, and what the page shows beside it.
pub(super) fn run(seconds: u32) -> (Report, View) {
    let outage = seconds / 2..seconds / 2 + seconds / 10;
    let calls: Vec<Call> = (0..seconds).flat_map(|second| second_of_calls(second, outage.contains(&second))).collect();
    let all: Vec<&Call> = calls.iter().collect();
    let of = |operation| all.iter().copied().filter(|c: &&Call| c.operation == operation).collect::<Vec<_>>();
    let (fill, browse) = (of(0), of(1));
    let length = f64::from(seconds);
    let totals = activity("all", &all, length);
    let report = Report {
        schema_version: super::model::SCHEMA_VERSION.into(),
        tool: Tool { name: "loadline".into(), version: "0.1.0".into(), commit: "3e5e107".into() },
        run_id: "batch-create-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        duration_s: length,
        warm_up_s: 2.0,
        seed: 42,
        verdict: Verdict {
            word: Word::ThresholdFailed,
            exit_code: 99,
            reasons: vec![
                "p99(response, ListAttendees) was above its limit of 300 ms during and after the outage".into(),
            ],
        },
        scenario: ScenarioInfo {
            name: "batch-create".into(),
            digest: "xxh3:9f2c4a7e11d0b8a3".into(),
            load_digest: "5b1e09d4c2aa7f36".into(),
            resolved: serde_json::json!({"name": "batch-create", "clients": 20}),
        },
        target: Target { url: "http://127.0.0.1:41873".into(), ..Target::default() },
        environment: Environment {
            os: "linux x86_64".into(),
            cpu: "Example CPU @ 2.60GHz".into(),
            cores: 2,
            kernel: "6.1.0".into(),
            fingerprint: "xxh3:77aa01".into(),
        },
        engine: Engine {
            transport: "reqwest".into(),
            timer: "timerfd".into(),
            lanes: 1,
            clients: 20,
            ..Engine::default()
        },
        validity: Validity {
            offered_per_s: totals.calls.per_s,
            sent_per_s: totals.calls.per_s,
            lag_ms: totals.lag_ms.clone(),
            cpu_ratio: 0.31,
            steal_ratio: 0.004,
            checks: checks(&totals),
            notes: vec![
                "3 of 60 connections took 1 s or longer to open and half of them at most 0.2 ms: requests to connect \
                         were dropped; raise the target's listen backlog"
                    .into(),
            ],
            ..Validity::default()
        },
        operations: vec![activity(NAMES[0], &fill, length), activity(NAMES[1], &browse, length)],
        workloads: vec![activity("fill", &fill, length), activity("browse", &browse, length)],
        clients: (0..4).map(|client| ClientShare { client, calls: 90, ok: 88, attempts: 110, throttled: 20 }).collect(),
        thresholds: thresholds(&browse, &totals),
        audit: Some(Audit { acknowledged: 18_400, indeterminate: 100, listed: 18_500, ok: true, ..Audit::default() }),
        series: series(&calls, seconds, &outage),
        events: vec![Event {
            at_s: f64::from(outage.start),
            for_s: Some(f64::from(seconds / 10)),
            what: "service down, status 503".into(),
        }],
        wire_errors: vec![WireTrouble {
            kind: "reset".into(),
            count: 2,
            advice: WireError::Reset.advice().into(),
            example: Some("connection error: Connection reset by peer (os error 104)".into()),
        }],
        totals,
        ..Report::default()
    };
    let view = view(&calls, length);
    (report, view)
}

fn checks(totals: &Activity) -> Vec<Check> {
    let check = |name: &str, unit, observed, suspect_above, invalid_above| Check {
        name: name.into(),
        observed,
        unit,
        suspect_above,
        invalid_above,
        verdict: ValidityWord::Valid,
        advice: "lower the rate".into(),
    };
    vec![
        check("lag p99", Unit::Ms, totals.lag_ms.at(0.99).unwrap_or_default(), 2.0, Some(8.0)),
        check("time a lane's loop stood still", Unit::Ratio, 0.0004, 0.001, Some(0.02)),
        check("calls dropped", Unit::Count, 0.0, 0.0, None),
    ]
}

fn draw(purpose: Purpose, call: u64, attempt: u64) -> Key {
    Key { seed: 7, purpose, client: 0, call, attempt }
}

fn second_of_calls(second: u32, down: bool) -> Vec<Call> {
    let count = 40 + draw(Purpose::Arrival, u64::from(second), 0).below(9);
    (0..count)
        .map(|index| {
            let id = u64::from(second) * 1_000 + index;
            let mut attempts = 1;
            let refusal = if down { 0.8 } else { 0.22 };
            while attempts < 6 && draw(Purpose::Fault, id, u64::from(attempts)).unit() < refusal {
                attempts += 1;
            }
            let depth = 1 + draw(Purpose::Pool, id, 0).below(40);
            let median = if index % 3 == 0 { 18.0 } else { 6.0 + depth as f64 * 0.2 };
            Call {
                operation: usize::from(index % 3 != 0),
                second,
                attempts,
                ok: attempts < 6,
                service_ms: median * (0.45 * draw(Purpose::Latency, id, 0).normal()).exp(),
                backoffs_ms: (1..attempts)
                    .map(|n| draw(Purpose::Backoff, id, u64::from(n)).unit() * 100.0 * f64::from(1 << n))
                    .collect(),
                lag_ms: 0.08 + 0.1 * draw(Purpose::Think, id, 0).exponential(),
                depth,
            }
        })
        .collect()
}

/// Four decimals, which JSON gives back as they were.
fn four(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Nearest-rank statistics of some samples.
fn latency(mut samples: Vec<f64>) -> Latency {
    for value in &mut samples {
        *value = four(*value);
    }
    samples.sort_by(f64::total_cmp);
    let count = samples.len();
    let (Some(min), Some(max)) = (samples.first().copied(), samples.last().copied()) else { return Latency::default() };
    let percentile = |(q, label): (f64, &str)| {
        let rank = ((q * count as f64).ceil() as usize).clamp(1, count);
        Percentile { q, label: label.into(), value: samples[rank - 1], samples_above: (count - rank) as u64 }
    };
    let percentiles = PERCENTILES.map(percentile).to_vec();
    Latency { count: count as u64, mean: four(samples.iter().sum::<f64>() / count as f64), min, max, percentiles }
}

fn activity(name: &str, calls: &[&Call], length: f64) -> Activity {
    let ok: Vec<&&Call> = calls.iter().filter(|c| c.ok).collect();
    let (count, attempts) = (calls.len() as u64, calls.iter().map(|c| u64::from(c.attempts)).sum::<u64>());
    let failed = count - ok.len() as u64;
    let refused = attempts - ok.len() as u64;
    let tally =
        |n: u32| AttemptsPerCall { attempts: n, calls: calls.iter().filter(|c| c.attempts == n).count() as u64 };
    let backoffs: Vec<f64> = calls.iter().flat_map(|c| c.backoffs_ms.iter().copied()).collect();
    let hints = backoffs.len() as u64 / 2;
    Activity {
        name: name.into(),
        calls: Calls {
            count,
            ok: ok.len() as u64,
            throttled: failed,
            per_s: four(count as f64 / length),
            goodput_per_s: four(ok.len() as f64 / length),
            items_ok: ok.iter().filter(|c| c.operation == 0).count() as u64 * 100,
            response_ms: ResponseLatency {
                ok: latency(ok.iter().map(|c| c.response_ms()).collect()),
                all: latency(calls.iter().map(|c| c.response_ms()).collect()),
            },
            by_failure: BTreeMap::from([(Text::new("attempts_exhausted"), failed)]),
            ..Calls::default()
        },
        attempts: Attempts {
            count: attempts,
            first: count,
            by_status: BTreeMap::from([(Text::new("200"), ok.len() as u64), (Text::new("429"), refused)]),
            by_error: BTreeMap::from([(Text::new("reset"), 2)]),
            service_ms: ServiceLatency {
                success: latency(ok.iter().map(|c| c.service_ms).collect()),
                throttled: latency((0..refused).map(|n| 1.0 + draw(Purpose::Hint, n, 0).unit()).collect()),
                failed: Latency::default(),
            },
            first_byte_ms: latency(ok.iter().map(|c| c.service_ms * 0.8).collect()),
            hedges: Some(Hedges { sent: 3, won: 1 }),
        },
        retry: Retry {
            amplification: four(attempts as f64 / count.max(1) as f64),
            attempts_per_call: (1..=6).map(tally).collect(),
            backoff_ms: latency(backoffs),
            hints: Hints { seen: hints, obeyed: hints, accepted: hints * 4 / 5 },
        },
        admission_ms: Latency::default(),
        lag_ms: latency(calls.iter().map(|c| c.lag_ms).collect()),
        pages: pages(calls),
    }
}

fn pages(calls: &[&Call]) -> Option<Pages> {
    let walked: Vec<&&Call> = calls.iter().filter(|c| c.operation == 1).collect();
    let bands = [(1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 32), (33, 64)];
    let depth = |(from, to)| {
        let samples = walked.iter().filter(|c| c.ok && (from..=to).contains(&c.depth)).map(|c| c.response_ms());
        Depth { from, to, response_ms: latency(samples.collect()) }
    };
    let depth_max = walked.iter().map(|c| c.depth).max()?;
    Some(Pages { count: walked.len() as u64, depth_max, by_depth: bands.into_iter().map(depth).collect() })
}

fn thresholds(browse: &[&Call], totals: &Activity) -> Vec<Threshold> {
    let p99 = latency(browse.iter().filter(|c| c.ok).map(|c| c.response_ms()).collect()).at(0.99);
    let ratio = totals.calls.ok as f64 / totals.calls.count.max(1) as f64;
    vec![
        Threshold {
            expression: "p99(response, ListAttendees) < 300ms".into(),
            observed: p99,
            unit: Unit::Ms,
            samples: browse.len() as u64,
            ok: false,
        },
        Threshold {
            expression: "ratio(calls.ok) >= 90%".into(),
            observed: Some(four(ratio)),
            unit: Unit::Ratio,
            samples: totals.calls.count,
            ok: true,
        },
        Threshold {
            expression: "amplification() <= 2".into(),
            observed: Some(totals.retry.amplification),
            unit: Unit::Number,
            samples: totals.calls.count,
            ok: true,
        },
    ]
}

fn series(calls: &[Call], seconds: u32, outage: &std::ops::Range<u32>) -> Vec<Point> {
    let point = |second: u32| {
        let now: Vec<&Call> = calls.iter().filter(|c| c.second == second).collect();
        let sent: u64 = now.iter().map(|c| u64::from(c.attempts)).sum();
        let ok = now.iter().filter(|c| c.ok).count() as u64;
        let down = outage.contains(&second);
        let response = latency(now.iter().filter(|c| c.ok).map(|c| c.response_ms()).collect());
        let at = |q| response.at(q).unwrap_or(0.0);
        Point {
            t_s: f64::from(second),
            offered: now.len() as u64,
            sent,
            ok,
            throttled: if down { 0 } else { sent - ok },
            failed: if down { sent - ok } else { 0 },
            in_flight: 2 + sent / 25,
            queued: if down { 30 } else { 0 },
            retries: sent - now.len() as u64,
            lag_ms: latency(now.iter().map(|c| c.lag_ms).collect()).at(0.99).unwrap_or(0.0),
            busy: four(0.2 + 0.2 * draw(Purpose::LimiterNoise, u64::from(second), 1).unit()),
            stall_ms: if second % 11 == 7 { 12.5 } else { 0.0 },
            steal: four(draw(Purpose::LimiterNoise, u64::from(second), 0).unit() * 0.008),
            response_ms: (response.count > 0).then(|| PointLatency {
                p50: at(0.5),
                p90: at(0.9),
                p99: at(0.99),
                p999: at(0.999),
                max: response.max,
            }),
        }
    };
    // One second is missing, as after a stalled collector.
    (0..seconds).filter(|second| *second != seconds / 4).map(point).collect()
}

fn view(calls: &[Call], length: f64) -> View {
    let ok: Vec<f64> = calls.iter().filter(|c| c.ok).map(Call::response_ms).collect();
    let mut heat = HeatMap::new(length, 1.0, 8_000.0);
    for call in calls.iter().filter(|c| c.ok) {
        heat.add(f64::from(call.second), call.response_ms(), 1);
    }
    let waits: Vec<f64> = calls.iter().flat_map(|c| c.backoffs_ms.iter().copied()).collect();
    let edges: Vec<f64> = (0..=12).map(|n| 1.0 * 2_f64.powi(n)).collect();
    View {
        heat: Some(heat),
        curves: vec![
            curve(Clock::ResponseOk, ok),
            curve(Clock::ResponseAll, calls.iter().map(Call::response_ms).collect()),
            curve(Clock::Service, calls.iter().map(|c| c.service_ms).collect()),
        ],
        waits: edges
            .windows(2)
            .map(|w| WaitBucket { from_ms: w[0], to_ms: w[1], count: waits.iter().filter(|v| (w[0]..w[1]).contains(*v)).count() as u64 })
            .collect(),
        scenario_yaml: "name: batch-create\ntarget: {mock: attendees}\nworkloads:\n  - name: fill\n    arrivals: {rate: 15/s, duration: 30s}\n"
            .into(),
    }
}

fn curve(clock: Clock, mut samples: Vec<f64>) -> Curve {
    samples.sort_by(f64::total_cmp);
    let count = samples.len();
    let ranks = (0..=80).map(|step| 1.0 - 10_f64.powf(-f64::from(step) / 16.0));
    let points = ranks.filter_map(|q| {
        let rank = ((q * count as f64).ceil() as usize).max(1);
        (count >= rank + 10).then(|| CurvePoint { q, ms: samples[rank - 1] })
    });
    Curve { clock, points: points.collect() }
}
