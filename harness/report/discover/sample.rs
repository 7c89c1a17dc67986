//! Discoveries for tests: real probes of targets of known truth, and what a discovery would have said of them.

use crate::discover::{
    Answer, Class, CostProbe, Dimension, Discovered, Fit, HintLine, Honesty, KnownTarget, Limiter, Parameter,
    ParameterName, RecoveryPoint, RejectLine, Rules, RunnerUp, ScopeLine, Sharing, Stage, Validation, Way,
};
use crate::limit::{Align, Kind, Limiter as Model, Options, Place};
use crate::plan::{Shot, Stretch, Until};
use crate::record::{RunStart, Sighting};
use crate::runner::Prober as _;
use crate::units::{Nanos, Rate};

use super::super::Report;
use super::build;

/// A token bucket with everything known of it, hints that mislead, and a header that makes no difference.
pub(super) fn bucket() -> Report {
    report(&bucket_discovered(), YAML)
}

const YAML: &str = "limiters:\n  found: {type: token_bucket, rate: 20/s, burst: 50}\nmock:\n  throttling: off\n  limits: [found]\n  \
                    reject: {status: 429, retry_after: ceil_seconds}\n";

fn bucket_discovered() -> Discovered {
    let kind = bucket_kind();
    let mut found = identified(
        Class::Bucket,
        kind,
        vec![
            Parameter { name: ParameterName::Rate, value: 20.0, low: 19.92, high: 20.07 },
            Parameter::exact(ParameterName::Burst, 50.0),
        ],
    );
    found.rules.dimensions = vec![Dimension { name: "header.X-Api-Key".into(), variants: vec![0, 1] }];
    found.scope = vec![ScopeLine {
        dimension: "header.X-Api-Key".into(),
        sharing: Sharing::Shared,
        why: "two keys together were let in 20.1 times a second, one alone 20.0 times".into(),
    }];
    found.hints = vec![
        HintLine {
            field: "Retry-After".into(),
            seen: 812,
            honesty: Honesty::Cautious,
            why: "it says 1 s, and 0.05 s are enough for one request".into(),
        },
        HintLine {
            field: "X-RateLimit-Limit".into(),
            seen: 1_104,
            honesty: Honesty::Wrong,
            why: "it claims 1,000 requests a minute, and 20.0/s with a burst of 50 were measured".into(),
        },
    ];
    found.evidence = vec![
        "accepts are evenly spaced while it is saturated: one every 50 ms".into(),
        "a silence of 1.25 s gave back 25 requests, one of 2.5 s all 50".into(),
        "the rate is the same at 40 and at 80 requests a second: rejected requests are not charged".into(),
    ];
    found
}

fn bucket_kind() -> Kind {
    Kind::TokenBucket { rate: Rate::nearest(20.0), burst: 50, refill: None }
}

/// A window on the clock.
pub(super) fn window() -> Report {
    let kind = Kind::FixedWindow { limit: 100, window: Nanos::from_secs(5), align: Align::Epoch };
    let mut found = identified(
        Class::FixedWindow,
        kind,
        vec![
            Parameter::exact(ParameterName::Limit, 100.0),
            Parameter { name: ParameterName::Window, value: 5.0, low: 4.98, high: 5.02 },
        ],
    );
    found.runner_up = Some(RunnerUp {
        class: Class::AnchoredWindow,
        log_odds: 31.0,
        violations: (44, 1_204),
        why: "its edges would follow the first request, and those that were seen stay put on the clock".into(),
    });
    found.evidence = vec!["100 requests were let in at each full 5 s of the clock, and then none".into()];
    report(
        &found,
        "limiters:\n  found: {type: fixed_window, limit: 100, window: 5s, align: epoch}\nmock: {throttling: off, limits: [found]}\n",
    )
}

/// A limit on concurrent requests, on a slow operation.
pub(super) fn concurrency() -> Report {
    let way = Way { service: Nanos::from_millis(200), ..Way::default() };
    let kind = Kind::Concurrency { limit: 8, queue: 0 };
    let mut found = identified_at(
        KnownTarget::new(3, way),
        Class::Concurrency,
        kind,
        vec![Parameter::exact(ParameterName::Limit, 8.0)],
    );
    found.runner_up = Some(RunnerUp {
        class: Class::Bucket,
        log_odds: 4.1,
        violations: (38, 1_104),
        why: "none of ten requests one after the other was throttled, whatever their rate".into(),
    });
    found.evidence = vec!["of the requests that were throttled each met at least 8 that were not answered yet".into()];
    report(&found, "limiters:\n  found: {type: concurrency, limit: 8}\nmock: {throttling: off, limits: [found]}\n")
}

/// Two limits at once: requests, and what they ask for.
pub(super) fn two() -> Report {
    let mut found = bucket_discovered();
    found.rules.cost = Some(CostProbe { name: "query.count".into(), small: (0, 1), large: (1, 10) });
    found.hints.clear();
    "requests".clone_into(&mut found.limiters[0].name);
    let mut resources = found.limiters[0].clone();
    "resources".clone_into(&mut resources.name);
    resources.cost = Some("query.count".into());
    resources.scope = vec!["header.X-Api-Key".into()];
    resources.fit.options.count_rejected = true;
    resources.fit.parameters = vec![
        Parameter { name: ParameterName::Rate, value: 100.0, low: 99.0, high: 101.0 },
        Parameter { name: ParameterName::Burst, value: 250.0, low: 248.0, high: 252.0 },
    ];
    found.limiters.push(resources);
    let yaml = "limiters:\n  requests: {type: token_bucket, rate: 20/s, burst: 50}\n  resources:\n    type: token_bucket\n    rate: 100/s\n    \
                burst: 250\n    cost: query.count\n    scope: [header.X-Api-Key]\n    count_rejected: true\nmock:\n  throttling: off\n  \
                limits: [requests, resources]\n";
    report(&found, yaml)
}

/// Several limiters explain what was seen.
pub(super) fn cannot_tell() -> Report {
    let mut found = bucket_discovered();
    found.answer = Answer::CannotTell;
    found.hints.clear();
    found.runner_up = Some(RunnerUp {
        class: Class::SlidingCounter,
        log_odds: 1.1,
        violations: (4, 1_204),
        why: "a burst after a longer silence would tell: one of them gives back all at once".into(),
    });
    found.reasons =
        vec!["a token bucket and a sliding window by two counters explain the answers about as well".into()];
    report(&found, "")
}

/// Nothing is limited.
pub(super) fn no_limiter() -> Report {
    let mut found = unknown(KnownTarget::new(5, Way::default()), Answer::NoLimiter);
    found.rejects.clear();
    found.evidence = vec!["every request was let in, also 140 within a second".into()];
    report(&found, "")
}

/// Another limit after twenty seconds.
pub(super) fn changing() -> Report {
    let slower = Kind::TokenBucket { rate: Rate::nearest(5.0), burst: 10, refill: None };
    let target = limited(1, bucket_kind()).changing(Nanos::from_secs(20), vec![slower]);
    let mut found = unknown(target, Answer::Changing);
    found.reasons = vec!["until 20 s it let in 20.0 requests a second, and 5.0 after that".into()];
    report(&found, "")
}

/// Two clients share the limit, and the other one is not seen.
pub(super) fn unexplained() -> Report {
    let mut found = unknown(limited(2, bucket_kind()), Answer::Unexplained);
    let fit = fit(
        Class::Bucket,
        bucket_kind(),
        vec![Parameter { name: ParameterName::Rate, value: 13.0, low: 9.0, high: 17.0 }],
    );
    found.limiters =
        vec![Limiter { name: "found".into(), fit: Fit { violations: 211, ..fit }, cost: None, scope: Vec::new() }];
    report(&found, "")
}

/// Every other request fails.
pub(super) fn failing() -> Report {
    let mut found = unknown(limited(3, bucket_kind()).failing(0.5), Answer::Failing);
    found.reasons = vec!["more than 5 % of the requests failed: nothing more was sent".into()];
    report(&found, "")
}

/// Replies take half a second.
pub(super) fn too_slow() -> Report {
    let way = Way { round_trip: Nanos::from_millis(500), jitter: 0.6, ..Way::default() };
    let target = KnownTarget::new(4, way).limited(bucket_kind(), Options::default());
    report(&unknown(target, Answer::TooSlow), "")
}

/// Fifty throttled requests, and the door was shut.
pub(super) fn banned() -> Report {
    let mut found = unknown(limited(5, bucket_kind()).banning(50, Nanos::from_secs(600)), Answer::Banned);
    found.reasons = vec!["after 50 throttled requests nothing was let in for 30 s of silence".into()];
    report(&found, "")
}

/// Two hundred requests were too few.
pub(super) fn budget_spent() -> Report {
    let mut found = unknown(limited(6, bucket_kind()), Answer::BudgetSpent);
    found.rules.requests = 200;
    found.reasons = vec!["a window of about 20 s needs 44 s of saturation, and 12 s were left".into()];
    report(&found, "")
}

/// Someone stopped it.
pub(super) fn interrupted() -> Report {
    report(&unknown(limited(7, bucket_kind()), Answer::Interrupted), "")
}

fn report(discovered: &Discovered, yaml: &str) -> Report {
    let start = RunStart {
        tool_version: "0.1.0".into(),
        run_id: "attendees-discover-20260102T030405Z".into(),
        started_at: "2026-01-02T03:04:05Z".into(),
        scenario: "attendees".into(),
        digest: "9f2c4a7e11d0b8a3".into(),
        resolved: "name: attendees\ntarget: {url: \"http://127.0.0.1:8080\"}\n".into(),
        url: "http://127.0.0.1:8080".into(),
        seed: 42,
        ..RunStart::default()
    };
    build(&start, discovered, yaml)
}

fn limited(seed: u64, kind: Kind) -> KnownTarget {
    KnownTarget::new(seed, Way::default()).limited(kind, Options::default())
}

fn fit(class: Class, kind: Kind, parameters: Vec<Parameter>) -> Fit {
    Fit { class, kind, options: Options::default(), parameters, violations: 2, of: 1_204, evidence: -12.0 }
}

fn identified(class: Class, kind: Kind, parameters: Vec<Parameter>) -> Discovered {
    identified_at(KnownTarget::new(1, Way::default()), class, kind, parameters)
}

/// What was found of a target that has that limiter and no other.
fn identified_at(target: KnownTarget, class: Class, kind: Kind, parameters: Vec<Parameter>) -> Discovered {
    let mut found = unknown(target.limited(kind, Options::default()), Answer::Identified);
    let limiter = fit(class, kind, parameters);
    found.limiters = vec![Limiter { name: "found".into(), fit: limiter, cost: None, scope: Vec::new() }];
    found.runner_up = Some(RunnerUp {
        class: Class::FixedWindow,
        log_odds: 49.0,
        violations: (38, 1_204),
        why: "a window would let in its limit at once at each edge, and accepts are evenly spaced".into(),
    });
    told(&mut found, kind);
    found
}

/// Probes a target as a discovery does, without knowing anything of it.
fn unknown(mut target: KnownTarget, answer: Answer) -> Discovered {
    let every = |rate: u64, count: u64| -> Stretch {
        let shot = |index| Shot { at: Nanos::from_micros(1_000_000 * index / rate), variant: 0 };
        Stretch {
            quiet: Nanos::from_millis(200),
            shots: (0..count).map(shot).collect(),
            serial: false,
            until: Until::default(),
        }
    };
    let volley = |silence: Nanos, count: u64| Stretch {
        quiet: silence,
        shots: (0..count).map(|_| Shot { at: Nanos::ZERO, variant: 0 }).collect(),
        serial: false,
        until: Until::default(),
    };
    let after = |quiet: u64, stretch: Stretch| Stretch { quiet: Nanos::from_secs(quiet), ..stretch };
    let slow = |count: u64| Stretch { serial: true, ..every(2, count) };
    let recovery = [250, 500, 1_250, 2_500, 5_000].map(Nanos::from_millis);
    let mut plan: Vec<(&'static str, &str, Vec<Stretch>)> = vec![
        ("baseline", "what a quiet request takes", vec![after(10, slow(5))]),
        ("ramp", "where throttling begins", [10, 20, 40, 80].map(|rate| every(rate, rate)).to_vec()),
        (
            "volleys",
            "whether requests at the same time are limited",
            vec![after(5, volley(Nanos::ZERO, 120)), after(3, slow(10))],
        ),
        ("saturation", "the rate, and its rhythm", vec![every(80, 700)]),
        ("recovery", "what a silence gives back", Vec::new()),
        ("validation", "whether the model predicts what is new", Vec::new()),
    ];
    for silence in recovery {
        plan[4].2.extend([every(80, 20), volley(silence, 60)]);
    }
    plan[5].2 = (0..10).map(|k| every([7, 33, 120, 12, 90][k % 5], 50)).collect();
    let mut found = Discovered {
        rules: Rules { seed: 42, ..Rules::default() },
        answer,
        reasons: Vec::new(),
        limiters: Vec::new(),
        runner_up: None,
        scope: Vec::new(),
        rejects: Vec::new(),
        hints: Vec::new(),
        evidence: Vec::new(),
        validation: None,
        stages: Vec::new(),
        sightings: Vec::new(),
        level: Vec::new(),
        recovery: Vec::new(),
        timing_s: 0.001,
        round_trip_s: 0.002_7,
        epoch: target.epoch(),
        requests: 0,
        seconds: 0.0,
    };
    let mut number = 0;
    for (name, why, stretches) in plan {
        let (begin, first, before) = (target.now().as_secs_f64(), number, found.sightings.len());
        for stretch in &stretches {
            let Ok(seen) = target.probe(stretch);
            if name == "recovery" && stretch.shots.len() == 60 {
                let accepted = seen.iter().filter(|sighting| sighting.is_accepted()).count() as u64;
                let silence_s = stretch.quiet.as_secs_f64();
                found.recovery.push(RecoveryPoint { silence_s, accepted, predicted: None });
            }
            found.sightings.extend(seen);
            number += 1;
        }
        found.stages.push(Stage {
            name,
            why: why.into(),
            span_s: (begin, target.now().as_secs_f64()),
            stretches: (first, number - 1),
            requests: (found.sightings.len() - before) as u64,
        });
    }
    found.requests = found.sightings.len() as u64;
    found.seconds = target.now().as_secs_f64();
    let throttled = found.sightings.iter().filter(|sighting| sighting.is_throttled()).count() as u64;
    found.rejects = vec![RejectLine { status: 429, code: Some("TooManyRequests".into()), count: throttled }];
    found
}

/// Tells a limiter what was seen, and asks it what it would have said.
fn told(found: &mut Discovered, kind: Kind) {
    let place = Place { epoch: found.epoch, ..Place::default() };
    let mut model = Model::new(kind, Options::default(), place);
    let (mut validation, mut predicted) = (Validation::default(), Vec::new());
    let (recovery, last) = (&found.stages[4], &found.stages[5]);
    let mut volley = u32::MAX;
    for (index, sighting) in found.sightings.iter().enumerate() {
        let at = sighting.sent + Nanos::from_micros(300);
        let level = level(&model, kind, &found.sightings[..index], at);
        found.level.push((at.as_secs_f64(), level));
        let accepts = level >= 1.0;
        if (last.stretches.0..=last.stretches.1).contains(&sighting.stretch) {
            let pair = if accepts { &mut validation.predicted_accept } else { &mut validation.predicted_reject };
            if sighting.is_accepted() == accepts { pair.0 += 1 } else { pair.1 += 1 }
        }
        let within = (recovery.stretches.0..=recovery.stretches.1).contains(&sighting.stretch);
        if within && sighting.stretch != volley {
            volley = sighting.stretch;
            predicted.push((level as u64).min(60));
        }
        if sighting.is_accepted() {
            model.charge(at, 1);
            model.begin(at);
            model.finish(at, sighting.done, false);
            found.level.push((at.as_secs_f64(), level - 1.0));
        }
    }
    // Every other stretch of the recovery drains; the volleys stand between them.
    for (point, predicted) in found.recovery.iter_mut().zip(predicted.into_iter().skip(1).step_by(2)) {
        point.predicted = Some(predicted);
    }
    found.validation = Some(validation);
}

/// How many requests the model would let in at once.
fn level(model: &Model, kind: Kind, before: &[Sighting], at: Nanos) -> f64 {
    if let Kind::Concurrency { limit, .. } = kind {
        let busy = before.iter().filter(|sighting| sighting.is_accepted() && sighting.done > at).count();
        return f64::from(limit) - busy as f64;
    }
    let fits = |cost: u32| model.clone().check(at, cost).is_ok();
    f64::from((1..=400).take_while(|cost| fits(*cost)).last().unwrap_or(0))
}
