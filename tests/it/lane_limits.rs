//! What bounds the lane: its own rate limits, connections, the overload policy, caps, and being told to stop.

use std::sync::Arc;

use loadline::api::WireError;
use loadline::limit::ClientLimiter;
use loadline::plan::Plan;
use loadline::record::Outcome;
use loadline::rng::{Key, Purpose};
use loadline::schedule::Stripe;
use loadline::units::Nanos;
use proptest::prelude::*;
use serde_json::json;

use crate::virtual_time::{Answer, Run, Sent, Setting, TOKEN, get, ms, own_api, run, run_ok};

const FLOW: &str = "flow: [{call: Get, with: {id: a}}]";

/// No window of any length holds more sends than the bucket gives in it. `ahead` is how many may have taken their token
/// earlier. The limiter counts in whole nanoseconds, so its rate is off by a millionth.
fn check_rate(what: &str, at: &[Nanos], rate: f64, burst: u32, ahead: f64) {
    for (first, from) in at.iter().enumerate() {
        for (count, to) in at[first..].iter().enumerate().map(|(index, to)| (index + 1, to)) {
            let most = f64::from(burst) + rate * (*to - *from).as_secs_f64() + ahead + 1e-3;
            assert!(count as f64 <= most, "{what}: {count} sends from {from} to {to}, and at most {most}");
        }
    }
}

#[test]
fn the_clients_own_limit_spreads_what_comes_at_once() {
    let plan = get(&format!(
        "rate_limit: {{rate: 10/s, burst: 3}}\nworkloads: [{{name: w, arrivals: {{rate: 1000/s, duration: 10ms}}, {FLOW}}}]"
    ));
    let run = run_ok(&plan);
    let at: Vec<Nanos> = run.sent.iter().map(|sent| sent.at).collect();
    assert_eq!(at.len(), 10);
    // Three at once, and from then on one every 100 ms.
    for (index, at) in at.iter().enumerate().skip(3) {
        let planned = Nanos::from_micros(500) + ms(100) * (index as u64 - 2);
        assert!(*at >= planned && *at - planned < ms(1), "{index}: {at}, not {planned}");
    }
    assert_eq!(run.all().lag.max(), Nanos::ZERO, "what our own limiter holds back is no lag");
    assert!(run.all().admission.max() > ms(690));
    assert!(run.all().response_ok.max() > ms(700), "and it is part of the response");
    run.check_conservation();
}

#[test]
fn retries_pass_the_limit_too() {
    let rest = format!(
        "policies: {{p: {{max_attempts: 3, backoff: {{type: constant, base: 1ms}}}}}}
retry: p
rate_limit: {{rate: 10/s, burst: 1}}
workloads: [{{name: w, arrivals: {{rate: 2/s, duration: 2s}}, {FLOW}}}]"
    );
    let run = run(&get(&rest), |_| (ms(1), Answer::status(500)));
    assert_eq!(run.sent.len(), 12);
    let at: Vec<Nanos> = run.sent.iter().map(|sent| sent.at).collect();
    check_rate("retries", &at, 10.0, 1, 0.0);
    assert_eq!(run.all().admission.count(), 12, "each attempt is admitted");
}

#[test]
fn an_operations_limit_holds_while_connections_are_busy() {
    // The only connection hangs for two seconds. Tokens that fall due meanwhile must not pile up behind it.
    let rest = format!(
        "rate_limit: {{per_operation: {{Get: {{rate: 10/s, burst: 1}}}}}}
transport: {{connections: 1}}
workloads: [{{name: w, arrivals: {{rate: 10/s, duration: 4s}}, {FLOW}}}]"
    );
    let run = run(&get(&rest), |sent| (ms(if sent.nth == 0 { 2_000 } else { 1 }), Answer::ok()));
    let at: Vec<Nanos> = run.sent.iter().map(|sent| sent.at).collect();
    assert_eq!(at.len(), 40);
    check_rate("Get", &at, 10.0, 1, 1.0);
    run.check_conservation();
}

#[test]
fn waits_for_a_connection_are_told_from_waits_for_our_own_limit() {
    let waits = |rest: &str, took: u64| {
        let run = run(&get(rest), |_| (ms(took), Answer::ok()));
        run.seconds.iter().fold((0, Nanos::ZERO), |(count, longest), second| {
            (count + second.connection_waits.count, longest.max(second.connection_waits.longest))
        })
    };
    // Ten calls, one every 10 ms, each 25 ms long on the only connection: all but the first wait, each 15 ms longer.
    let arrivals = format!("arrivals: {{rate: 100/s, duration: 100ms}}, {FLOW}");
    let narrow = format!("grace: 10s\ntransport: {{connections: 1}}\nworkloads: [{{name: w, {arrivals}}}]");
    let (count, longest) = waits(&narrow, 25);
    assert_eq!(count, 9);
    assert!(longest > ms(130) && longest < ms(140), "{longest}");
    assert_eq!(waits(&narrow, 5).0, 0, "each is gone before the next one comes");
    // Our own limit makes the same calls wait, and a connection is always free.
    let limited = format!("grace: 10s\nrate_limit: {{rate: 10/s, burst: 1}}\nworkloads: [{{name: w, {arrivals}}}]");
    assert_eq!(waits(&limited, 25).0, 0);
}

#[test]
fn an_operation_without_a_limit_does_not_wait_behind_one_that_has() {
    let rest = "grace: 1m
rate_limit: {rate: 1000/s, burst: 10, per_operation: {Get: {rate: 1/s, burst: 1}}}
workloads:
  - {name: slow, arrivals: {rate: 10/s, duration: 2s}, flow: [{call: Get, with: {id: a}}]}
  - {name: fast, arrivals: {rate: 10/s, duration: 2s}, flow: [{call: Put, with: {id: a}}]}";
    let run = run_ok(&get(rest));
    let late = run.of("fast").iter().enumerate().map(|(n, sent)| sent.at - (ms(50) + ms(100) * n as u64)).max();
    assert!(late.expect("there") < ms(3), "{late:?}");
    assert_eq!(run.of("slow").len(), 20);
    // Nor does the one that has a limit starve behind a crowd that has none.
    let rest = "rate_limit: {rate: 20/s, burst: 1, per_operation: {Get: {rate: 5/s, burst: 1}}}
grace: 1h
workloads:
  - {name: crowd, overload: {queue: 100000}, arrivals: {rate: 100/s, duration: 10s}, flow: [{call: Put, with: {id: a}}]}
  - {name: few, arrivals: {rate: 1/s, duration: 10s}, flow: [{call: Get, with: {id: a}}]}";
    let run = run_ok(&get(rest));
    // First in, first out: nobody who came later is sent before.
    let last = run.of("few").last().expect("there").at;
    assert!(last < Nanos::from_secs(49), "{last}");
}

/// A service that takes its time and fails in all ways, by the seed.
fn moody(seed: u64, trouble: f64) -> impl Fn(&Sent) -> (Nanos, Answer) {
    move |sent| {
        let key = |attempt| Key { seed, purpose: Purpose::Fault, client: 0, call: sent.nth as u64, attempt };
        let delay = Nanos::from_micros(key(0).below(400_000));
        if key(1).unit() >= trouble {
            let answer = json!({"id": 1, "next": (key(4).below(3) > 0).then(|| key(5).below(20)), "things": [{}, {}]});
            return (delay, Answer::json(answer));
        }
        match key(2).below(7) {
            0 => (delay, Answer::status(429)),
            1 => (delay, Answer::status(429).header("retry-after", "1")),
            2 => (delay, Answer::status(500)),
            3 => (delay, Answer::status(404)),
            4 => (delay, Answer::wire(WireError::Reset)),
            5 => (Nanos::MAX, Answer::ok()),
            _ => match sent.items.as_deref() {
                Some([first, ..]) => {
                    let names = sent.body()["things"].as_array().expect("there").clone();
                    let code = if first % 2 == 0 { "Throttling" } else { "Forbidden" };
                    (delay, Answer::json(json!({"Errors": [{"name": names[0]["name"], "code": code}]})))
                }
                _ => (delay, Answer::json(json!({"id": null}))),
            },
        }
    }
}

/// A scenario of everything, under limits.
#[derive(Clone, Debug)]
struct Mix {
    seed: u64,
    rate: u32,
    burst: u32,
    op_rate: u32,
    op_burst: u32,
    connections: u32,
    queue: u32,
    arrivals: u32,
    poisson: bool,
    users: u32,
    policy: &'static str,
}

fn mixes() -> impl Strategy<Value = Mix> {
    let policies = [
        "{max_attempts: 1, attempt_timeout: 700ms}",
        "{max_attempts: 4, attempt_timeout: 500ms, backoff: {base: 50ms}, hint: {use: clamp}}",
        "{max_attempts: 3, attempt_timeout: 600ms, call_timeout: 900ms, backoff: {type: constant, base: 100ms}}",
        "{extends: aws-standard-2.1, attempt_timeout: 300ms, budget: {type: token_bucket, size: 8, per_success: 0.1}}",
    ];
    let limits = (1_u32..80, 1_u32..10, 1_u32..40, 1_u32..8, 1_u32..20);
    let load = (any::<u64>(), 0_u32..30, 1_u32..60, any::<bool>(), 1_u32..6, prop::sample::select(policies.to_vec()));
    (limits, load).prop_map(
        |((rate, burst, op_rate, op_burst, connections), (seed, queue, arrivals, poisson, users, policy))| Mix {
            seed: seed >> 1,
            rate,
            burst,
            op_rate,
            op_burst,
            connections,
            queue,
            arrivals,
            poisson,
            users,
            policy,
        },
    )
}

impl Mix {
    fn plan(&self) -> Arc<Plan> {
        let Self { seed, rate, burst, op_rate, op_burst, connections, queue, arrivals, poisson, users, policy } = self;
        let spacing = if *poisson { "poisson" } else { "even" };
        own_api(TOKEN, &format!(
            "seed: {seed}
clients: 3
grace: 2s
policies: {{p: {policy}}}
retry: p
transport: {{connections: {connections}}}
rate_limit: {{rate: {rate}/s, burst: {burst}, per_operation: {{Get: {{rate: {op_rate}/s, burst: {op_burst}}}, Make: {{rate: 5/s}}}}}}
workloads:
  - name: open
    overload: {{queue: {queue}}}
    arrivals: {{rate: {arrivals}/s, duration: 3s, spacing: {spacing}}}
    flows:
      - {{weight: 3, flow: [{{call: Box, capture: {{id: $.id}}}}, {{call: Get, with: {{id: '{{{{ id }}}}'}}}}]}}
      - {{weight: 1, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 3, item: {{name: 'n{{{{ seq }}}}'}}}}}}]}}
  - {{name: dropping, start: 500ms, overload: drop, arrivals: {{rate: 10/s, duration: 2s}}, flow: [{{call: Get, with: {{id: a}}}}]}}
  - name: people
    users: {{count: {users}, duration: 3s, think_time: 50ms}}
    flow: [{{call: List, with: {{box: b}}, paginate: {{max_pages: 4}}}}, {{call: Get, with: {{id: b}}}}]
  - {{name: counted, iterations: {{count: 10, users: 2}}, flow: [{{call: Get, with: {{id: c}}}}]}}"
        ))
    }

    fn check(&self, run: &Run) {
        run.check_conservation();
        let at = |wanted: &dyn Fn(&Sent) -> bool| {
            run.sent.iter().filter(|sent| wanted(sent)).map(|sent| sent.at).collect::<Vec<_>>()
        };
        check_rate("the scenario", &at(&|_| true), self.rate.into(), self.burst, 0.0);
        check_rate("Get", &at(&|sent| sent.operation == "Get"), self.op_rate.into(), self.op_burst, 1.0);
        check_rate("Make", &at(&|sent| sent.operation == "Make"), 5.0, 1, 1.0);
        let make = run.cell("Make");
        assert_eq!(make.items_ok + make.items_failed, 3 * make.call_count(), "every item is accounted for");
        let busiest = run.seconds.iter().map(|second| second.in_flight).max();
        assert!(busiest <= Some(self.connections.into()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_is_lost_and_no_limit_is_crossed_whatever_the_service_does(mix in mixes(), trouble in 0.0..1.0_f64) {
        mix.check(&run(&mix.plan(), moody(mix.seed, trouble)));
    }

    #[test]
    fn nothing_is_sent_once_the_run_is_told_to_stop(mix in mixes(), trouble in 0.0..1.0_f64, at in 0_u64..4_000) {
        let run = Setting { stop_at: Some(ms(at)), ..Setting::new(&mix.plan()) }.run(moody(mix.seed, trouble));
        mix.check(&run);
        prop_assert!(run.sent.iter().all(|sent| sent.at <= ms(at)));
        prop_assert!(run.ended <= ms(at + 2_000), "the grace time is 2 s: {}", run.ended);
    }

    #[test]
    fn no_more_is_sent_than_the_cap_allows(mix in mixes(), trouble in 0.0..1.0_f64, cap in 1_u64..60) {
        let mut plan = Plan::clone(&mix.plan());
        plan.caps.max_requests = cap;
        let run = run(&Arc::new(plan), moody(mix.seed, trouble));
        mix.check(&run);
        prop_assert!(run.sent.len() as u64 <= cap);
        prop_assert_eq!(run.capped, run.sent.len() as u64 == cap);
    }
}

#[test]
fn lanes_share_one_limit() {
    let plan = get(&format!(
        "rate_limit: {{rate: 20/s, burst: 2}}\nworkloads: [{{name: w, arrivals: {{rate: 100/s, duration: 1s}}, {FLOW}}}]"
    ));
    let alone = Setting::new(&plan);
    let limiters = alone.limiters.clone();
    drop(alone);
    // One lane after the other, each in its own time: the second finds the bucket as the first one left it.
    let lane = |index| Setting { stripe: Stripe { index, of: 2 }, limiters: limiters.clone(), ..Setting::new(&plan) };
    let first = lane(0).run(|_| (ms(1), Answer::ok()));
    let second = lane(1).run(|_| (ms(1), Answer::ok()));
    assert_eq!((first.sent.len(), second.sent.len()), (50, 50));
    assert!(second.sent[0].at >= first.sent[49].at, "{} after {}", second.sent[0].at, first.sent[49].at);
    let one: ClientLimiter = limiters.scenario.expect("a limit");
    assert!(one.try_take(Nanos::from_secs(1)).is_err(), "and it is the same bucket still");
}

#[test]
fn lanes_share_one_cap() {
    for (cap, lanes) in [(10, 4), (3, 4), (8, 2), (1, 3)] {
        let rest = format!(
            "safety: {{max_requests: {cap}}}\nworkloads: [{{name: w, arrivals: {{rate: 100/s, duration: 1s}}, {FLOW}}}]"
        );
        let plan = get(&rest);
        let lane = |index| Setting { stripe: Stripe { index, of: lanes }, ..Setting::new(&plan) };
        let runs: Vec<Run> = (0..lanes).map(|index| lane(index).run(|_| (ms(1), Answer::ok()))).collect();
        runs.iter().for_each(Run::check_conservation);
        assert_eq!(runs.iter().map(|run| run.sent.len()).sum::<usize>(), cap, "{lanes} lanes");
        assert!(runs.iter().all(|run| run.capped), "{lanes} lanes");
    }
}

#[test]
fn what_cannot_be_queued_is_dropped_and_counted() {
    let check = |overload: &str, connections: u32, sent: usize, dropped: u64| {
        let rest = format!(
            "transport: {{connections: {connections}}}\nworkloads: [{{name: w, overload: {overload}, arrivals: {{rate: 1000/s, duration: 20ms}}, {FLOW}}}]"
        );
        let run = run(&get(&rest), |_| (ms(100), Answer::ok()));
        assert_eq!((run.sent.len(), run.calls(Outcome::Dropped)), (sent, dropped), "{overload}");
        assert_eq!(run.reasons().get("dropped").copied().unwrap_or(0), dropped);
        let at_once = run.sent.iter().filter(|sent| sent.at < ms(20)).count();
        assert_eq!(at_once, connections as usize);
        run.check_conservation();
        run
    };
    check("drop", 4, 4, 16);
    check("{queue: 5}", 4, 9, 11);
    check("{queue: 16}", 4, 20, 0);
    let run = check("{queue: 15}", 4, 19, 1);
    assert_eq!(run.all().response_all.count(), 20, "what is dropped is in the latency of all calls");
}

#[test]
fn users_are_never_dropped() {
    let rest =
        format!("transport: {{connections: 1}}\nworkloads: [{{name: w, users: {{count: 50, duration: 1s}}, {FLOW}}}]");
    let run = run(&get(&rest), |_| (ms(50), Answer::ok()));
    assert_eq!(run.calls(Outcome::Dropped), 0);
    assert!(run.calls(Outcome::Ok) >= 20);
    run.check_conservation();
}

#[test]
fn later_steps_of_a_flow_are_never_dropped() {
    let rest = "transport: {connections: 1}
workloads: [{name: w, overload: drop, arrivals: {rate: 100/s, duration: 1s}, flow: [{call: Put, with: {id: a}}, {call: Get, with: {id: a}}]}]";
    let run = run(&get(rest), |_| (ms(15), Answer::ok()));
    assert_eq!(run.cell("Get").calls_of(Outcome::Dropped), 0);
    assert_eq!(run.cell("Get").calls_of(Outcome::Ok), run.cell("Put").calls_of(Outcome::Ok));
    assert!(run.cell("Put").calls_of(Outcome::Dropped) > 0);
    run.check_conservation();
}

#[test]
fn a_stop_lets_calls_in_flight_end_and_abandons_the_rest() {
    let rest = format!(
        "grace: 1s\ntransport: {{connections: 10}}\nworkloads: [{{name: w, arrivals: {{rate: 100/s, duration: 10s}}, {FLOW}}}]"
    );
    // Every second attempt takes 300 ms, the others for ever.
    let script = |sent: &Sent| (if sent.nth.is_multiple_of(2) { ms(300) } else { Nanos::MAX }, Answer::ok());
    let run = Setting { stop_at: Some(ms(150)), ..Setting::new(&get(&rest)) }.run(script);
    assert_eq!(run.sent.len(), 10);
    assert_eq!(
        (run.calls(Outcome::Ok), run.calls(Outcome::Abandoned)),
        (5, 10),
        "five of them waited and were never sent"
    );
    assert_eq!(run.ended, ms(1_150));
    assert_eq!(run.cancelled.len(), 5);
    assert!(run.cancelled.iter().all(|(_, at)| *at == ms(1_150)));
    assert!(!run.capped);
    run.check_conservation();
}

#[test]
fn a_stop_ends_backoffs_and_walks_at_once() {
    let rest = "retry: aws-standard-2.1\nworkloads: [{name: w, iterations: {count: 3, users: 3}, flow: [{call: List, with: {box: b}, paginate: {}}]}]";
    let run = Setting { stop_at: Some(ms(50)), ..Setting::new(&get(rest)) }.run(|sent| match sent.nth {
        // One is in backoff at the stop, one fails after it, one has a further page.
        0 => (ms(49), Answer::status(429)),
        1 => (ms(60), Answer::status(429)),
        _ => (ms(70), Answer::json(json!({"things": [], "next": "more"}))),
    });
    assert_eq!((run.sent.len(), run.ended), (3, ms(70)));
    assert_eq!((run.calls(Outcome::Ok), run.calls(Outcome::Abandoned)), (1, 2));
    run.check_conservation();
}

#[test]
fn the_grace_time_ends_what_outlives_the_last_arrival() {
    let rest = format!("grace: 2s\nworkloads: [{{name: w, arrivals: {{rate: 10/s, duration: 1s}}, {FLOW}}}]");
    let run = run(&get(&rest), |sent| (if sent.nth == 3 { Nanos::MAX } else { ms(10) }, Answer::ok()));
    assert_eq!((run.calls(Outcome::Ok), run.calls(Outcome::Abandoned)), (9, 1));
    assert!(run.ended >= ms(2_950) && run.ended <= ms(3_000), "{}", run.ended);
    assert!(run.all().response_all.max() > ms(2_500), "at the age that it reached");
    run.check_conservation();
}

#[test]
fn a_cap_is_a_normal_end() {
    let rest = format!(
        "safety: {{max_requests: 5}}\nworkloads: [{{name: w, arrivals: {{rate: 10/s, duration: 10s}}, {FLOW}}}]"
    );
    let run = run_ok(&get(&rest));
    assert_eq!((run.sent.len(), run.capped, run.calls(Outcome::Ok)), (5, true, 5));
    assert_eq!(run.ended, ms(460));
    run.check_conservation();
}
