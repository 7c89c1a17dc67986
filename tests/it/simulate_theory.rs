//! Whole simulations, through lane and service, against what is known without them: closed forms within three standard errors,
//! exact counts where nothing is random, and policies that must not differ.

use loadline::record::{AttemptOutcome, Trace};
use loadline::units::Nanos;

use crate::simulate::{own, plan, trace};

/// Seeds, whose scatter gives the standard error.
const SEEDS: u64 = 24;
/// What is left out of each run: it starts from idle.
const START_S: u64 = 20;

/// A service under Poisson arrivals at a rate, for so long.
fn scenario(limiter: &str, mock: &str, rate: f64, seconds: u64) -> String {
    let rest = format!(
        "
limiters: {{it: {limiter}}}
workloads:
  - name: w
    arrivals: {{rate: {rate}/s, duration: {seconds}s, spacing: poisson}}
    flow: [{{call: GetThing, with: {{id: a}}}}]"
    );
    let mock = format!("mock: {{limits: [{{all_of: [it]}}], {mock}");
    own("{GetThing: {}}", &rest)
        .replace("mock: {", &mock)
        .replace("PAGING", "{dialect: offset, send: query.from, size: query.size}")
}

/// The mean of a measure over the seeds agrees with the theory.
fn agrees(what: &str, theory: f64, of: impl Fn(&Trace) -> f64, text: &str) {
    let seen: Vec<f64> = (1..=SEEDS).map(|seed| of(&trace(text, seed))).collect();
    let count = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / count;
    let variance = seen.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    assert!((mean - theory).abs() <= 3.0 * error, "{what}: {mean} ± {error}, and in theory {theory}");
    assert!(error < 0.05 * theory, "{what}: an error of {error} proves nothing of {theory}");
}

/// The share of attempts that were throttled, once the start is over.
fn refused(trace: &Trace) -> f64 {
    let late = trace.attempts.iter().filter(|attempt| attempt.sent >= Nanos::from_secs(START_S));
    let (all, lost) = late.fold((0_u32, 0_u32), |(all, lost), attempt| {
        (all + 1, lost + u32::from(attempt.outcome == AttemptOutcome::Throttled))
    });
    f64::from(lost) / f64::from(all)
}

/// The loss of M/D/1/b with the one in service among the b places, for two small b, solved by hand from the chain that is seen by
/// those who leave: P(loss) = 1 − 1 / (π0 + ρ).
fn loss_of_m_d_1(load: f64, places: u32) -> f64 {
    let none = (-load).exp();
    let idle = match places {
        1 => 1.0,
        // From 0 or 1 one leaves 0 behind where nobody comes meanwhile.
        2 => none,
        other => panic!("no formula for {other} places"),
    };
    1.0 - 1.0 / (idle + load)
}

/// Erlang's loss formula (1917).
fn erlang_b(load: f64, places: u32) -> f64 {
    (1..=places).fold(1.0, |loss, place| load * loss / (f64::from(place) + load * loss))
}

#[test]
fn a_token_bucket_loses_what_m_d_1_b_loses() {
    for (load, burst) in [(0.9, 1), (0.8, 2), (1.5, 2)] {
        let text = scenario(&format!("{{type: token_bucket, rate: 10/s, burst: {burst}}}"), "", 10.0 * load, 220);
        agrees(&format!("{burst} tokens at a load of {load}"), loss_of_m_d_1(load, burst), refused, &text);
    }
}

#[test]
fn a_concurrency_limit_loses_what_erlang_says() {
    let latency = "latency: {type: exponential, mean: 100ms},";
    for (load, limit) in [(0.7, 1), (3.0, 4)] {
        let text = scenario(&format!("{{type: concurrency, limit: {limit}}}"), latency, 10.0 * load, 120);
        agrees(&format!("{limit} places at a load of {load}"), erlang_b(load, limit), refused, &text);
    }
}

#[test]
fn a_fixed_window_accepts_the_smaller_of_poisson_and_limit() {
    for (mean, limit) in [(10.0_f64, 10_u32), (5.0, 8)] {
        let text = scenario(&format!("{{type: fixed_window, limit: {limit}, window: 1s}}"), "", mean, 200);
        // E[min(N, L)] = L − Σ (L − n) P(N = n) over n below L.
        let (mut chance, mut expected) = ((-mean).exp(), f64::from(limit));
        for n in 0..limit {
            expected -= f64::from(limit - n) * chance;
            chance *= mean / f64::from(n + 1);
        }
        let accepted = |trace: &Trace| trace.calls.iter().filter(|call| call.is_ok()).count() as f64 / 200.0;
        agrees(&format!("{limit} of {mean} a window"), expected, accepted, &text);
    }
}

#[test]
fn even_arrivals_without_jitter_and_latency_give_exact_counts() {
    // Twenty arrivals a second at a bucket of ten that refills at ten: by arrival i it has given ⌊10 + i/2⌋.
    let even = |limiter: &str, policy: &str| {
        let text = scenario(limiter, "", 20.0, 10).replace("spacing: poisson", "spacing: even");
        let trace = trace(
            &format!(
                "{text}\npolicies: {{thrice: {{max_attempts: 3, backoff: {{type: constant, base: 100ms}}, budget: {{type: none}}}}}}\nretry: {policy}"
            ),
            1,
        );
        let count = |outcome| trace.attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
        (trace.calls.len(), count(AttemptOutcome::Success), count(AttemptOutcome::Throttled))
    };
    assert_eq!(even("{type: token_bucket, rate: 10/s, burst: 10}", "none"), (200, 109, 91));
    assert_eq!(even("{type: fixed_window, limit: 7, window: 1s}", "none"), (200, 70, 130));
    // A bucket that never refills: 5 calls at once, and 195 that try three times.
    assert_eq!(even("{type: token_bucket, rate: 0.000001/s, burst: 5}", "thrice"), (200, 5, 3 * 195));
}

#[test]
fn what_happens_to_the_service_happens_at_its_instant() {
    let events = "events: [{at: 3s, for: 2s, set: {down: {status: 503}}}, {at: 6s, for: 1s, set: {latency: 5}}], latency: {type: constant, value: 10ms}, faults: [{at: 8s, for: 1s, status: 500}],";
    let text =
        scenario("{type: token_bucket, rate: 1000/s, burst: 1000}", events, 100.0, 10).replace("poisson", "even");
    let trace = trace(&text, 1);
    assert_eq!(trace.attempts.len(), 1_000);
    for attempt in &trace.attempts {
        let (at, good) = (attempt.sent.as_secs_f64(), attempt.outcome == AttemptOutcome::Success);
        assert_eq!(good, !(3.0..5.0).contains(&at) && !(8.0..9.0).contains(&at), "{at}");
        let took = match at {
            at if (3.0..5.0).contains(&at) => 0,
            at if (6.0..7.0).contains(&at) => 50,
            _ => 10,
        };
        assert_eq!(attempt.done - attempt.sent, Nanos::from_millis(took), "{at}");
    }
}

#[test]
fn workers_serve_one_after_another_and_a_full_queue_refuses() {
    // One worker, 100 ms each: of three that come every 100 ms one waits and two find the queue full, from the start on.
    let workers = "workers: {count: 1, queue: 1}, latency: {type: constant, value: 100ms},";
    let text =
        scenario("{type: token_bucket, rate: 1000/s, burst: 1000}", workers, 30.0, 10).replace("poisson", "even");
    let trace = trace(&text, 1);
    let good = trace.calls.iter().filter(|call| call.is_ok()).count();
    // A hundred fit into ten seconds, the one that waits at the end comes besides.
    assert!((100..=101).contains(&good), "{good}");
}

#[test]
fn standard_mode_is_the_same_in_both_generations_where_everything_that_fails_is_throttled() {
    let text = scenario("{type: token_bucket, rate: 20/s, burst: 20}", "", 40.0, 60);
    let of = |policy: &str, seed| trace(&format!("{text}\nretry: {policy}\nclients: 5"), seed);
    for seed in 1..=3 {
        let (older, newer) = (of("aws-standard-2.0", seed), of("aws-standard-2.1", seed));
        assert!(older.attempts.len() > 2_500, "{}", older.attempts.len());
        assert!(older == newer, "seed {seed}: {} and {} attempts", older.attempts.len(), newer.attempts.len());
    }
    assert_eq!(plan(&format!("{text}\nretry: aws-standard-2.0"), 1).policies.len(), 1);
}
