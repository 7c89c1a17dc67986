//! When the lane sends: arrivals, users, iterations, several workloads at once, warm-up, seeds, lanes.

use std::collections::BTreeMap;

use loadline::plan::Drive;
use loadline::record::Outcome;
use loadline::schedule::{Arrivals, Spacing, Stripe};
use loadline::stats::LatencyHistogram;
use loadline::units::Nanos;

use crate::virtual_time::{Answer, Run, Sent, Setting, get, ms, run, run_ok};

const FLOW: &str = "flow: [{call: Get, with: {id: 'thing-{{ seq }}'}}]";

/// An open workload is sent when its schedule says, and every arrival of it.
fn check_arrivals(arrivals: &str, expected: &[u64]) {
    let run = run_ok(&get(&format!("workloads: [{{name: w, arrivals: {arrivals}, {FLOW}}}]")));
    assert_eq!(run.times(), expected, "{arrivals}");
    run.check_conservation();
}

#[test]
fn open_arrivals_are_sent_when_they_are_due() {
    check_arrivals("{rate: 4/s, duration: 1s}", &[125, 375, 625, 875]);
    check_arrivals("{rate: 120/min, duration: 2s, spacing: even}", &[250, 750, 1250, 1750]);
    // From 0 to 4/s in 2 s: t(n) = sqrt(n), at n = ½, 1½, 2½, 3½.
    check_arrivals("{stages: [{to: 4/s, over: 2s}]}", &[707, 1224, 1581, 1870]);
    check_arrivals(
        "{from: 4/s, stages: [{to: 4/s, over: 500ms}, {to: 8/s, over: 0s}, {to: 8/s, over: 250ms}]}",
        &[125, 375, 562, 687],
    );
    // Down by as much as it went up: the instants mirror each other.
    check_arrivals("{from: 3/s, stages: [{to: 1/s, over: 1s}, {to: 3/s, over: 1s}]}", &[177, 633, 1366, 1822]);
}

#[test]
fn poisson_arrivals_are_all_sent_at_their_instants() {
    let plan =
        get(&format!("workloads: [{{name: w, arrivals: {{rate: 50/s, duration: 20s, spacing: poisson}}, {FLOW}}}]"));
    let Drive::Open { profile, .. } = &plan.workloads[0].drive else { panic!("an open workload") };
    let planned: Vec<Nanos> = Arrivals::new(profile.clone(), Spacing::Poisson, Stripe::WHOLE, plan.seed, 0)
        .map(|arrival| arrival.at)
        .collect();
    let run = run_ok(&plan);
    assert_eq!(run.sent.iter().map(|sent| sent.at).collect::<Vec<_>>(), planned);
    // 1,000 expected; four standard deviations.
    assert!(planned.len().abs_diff(1_000) < 127, "{}", planned.len());
    run.check_conservation();
}

#[test]
fn users_without_think_time_go_round_without_a_pause() {
    let run = run_ok(&get(&format!("workloads: [{{name: w, users: {{count: 2, duration: 35ms}}, {FLOW}}}]")));
    assert_eq!(run.times(), [0, 0, 10, 10, 20, 20, 30, 30]);
    assert_eq!(run.ended, ms(40), "the last round ends after the duration");
    run.check_conservation();
}

#[test]
fn users_come_in_over_the_ramp() {
    let users = "{count: 4, duration: 1s, ramp: 400ms, pacing: 500ms}";
    let run = run_ok(&get(&format!("workloads: [{{name: w, users: {users}, {FLOW}}}]")));
    assert_eq!(run.times(), [0, 100, 200, 300, 500, 600, 700, 800]);
    run.check_conservation();
}

#[test]
fn pacing_counts_from_the_start_and_thinking_from_the_end() {
    let rounds = |users: &str| {
        let plan = get(&format!("workloads: [{{name: w, users: {users}, {FLOW}}}]"));
        run(&plan, |_| (ms(100), Answer::ok()))
    };
    assert_eq!(rounds("{count: 1, duration: 1s, pacing: 300ms}").times(), [0, 300, 600, 900]);
    assert_eq!(
        rounds("{count: 1, duration: 300ms, pacing: 50ms}").times(),
        [0, 100, 200],
        "late rounds follow at once"
    );
    let thinking = rounds("{count: 3, duration: 60s, think_time: 200ms}");
    let mut last: BTreeMap<u64, Nanos> = BTreeMap::new();
    let (mut pauses, mut total) = (0_u64, Nanos::ZERO);
    for sent in &thinking.sent {
        // A round's number is the user's plus a multiple of the users.
        let user = (sent.call >> 16 & 0xf_ffff_ffff) % 3;
        if let Some(before) = last.insert(user, sent.at) {
            let pause = sent.at - before - ms(100);
            assert!(pause >= ms(100) && pause < ms(300), "{pause}");
            (pauses, total) = (pauses + 1, total + pause);
        }
    }
    // About 600 draws, uniform in [100 ms, 300 ms): a standard deviation of the mean of 2.4 ms.
    let mean = total.as_millis_f64() / pauses as f64;
    assert!(pauses > 550 && (mean - 200.0).abs() < 10.0, "{pauses} pauses of {mean} ms");
    thinking.check_conservation();
}

#[test]
fn users_who_sleep_when_the_time_is_up_do_not_hold_the_run() {
    let run =
        run_ok(&get(&format!("workloads: [{{name: w, users: {{count: 2, duration: 1s, think_time: 10m}}, {FLOW}}}]")));
    assert_eq!(run.sent.len(), 2);
    assert!(run.ended <= ms(1_000), "{}", run.ended);
}

#[test]
fn iterations_are_counted_and_bounded_by_their_users() {
    let run = run_ok(&get(&format!("workloads: [{{name: w, iterations: {{count: 7, users: 3}}, {FLOW}}}]")));
    assert_eq!(run.times(), [0, 0, 0, 10, 10, 10, 20]);
    run.check_conservation();
    let one = run_ok(&get(&format!("workloads: [{{name: w, iterations: {{count: 3}}, {FLOW}}}]")));
    assert_eq!(one.times(), [0, 10, 20]);
}

#[test]
fn iterations_have_no_time_limit_but_the_caps() {
    let rest = format!(
        "safety: {{max_duration: 25ms}}\nworkloads: [{{name: w, iterations: {{count: 100, users: 2}}, {FLOW}}}]"
    );
    let run = run(&get(&rest), |sent| (ms(if sent.nth == 5 { 50 } else { 10 }), Answer::ok()));
    assert_eq!(run.times(), [0, 0, 10, 10, 20, 20], "nothing starts once the time is up");
    assert!(run.capped);
    assert_eq!(run.ended, ms(70), "what is under way may end");
    run.check_conservation();
}

#[test]
fn workloads_begin_at_their_offsets_and_run_side_by_side() {
    let run = run_ok(&get(&format!(
        "workloads:
  - {{name: early, arrivals: {{rate: 10/s, duration: 300ms}}, {FLOW}}}
  - {{name: late, start: 2s, arrivals: {{rate: 10/s, duration: 300ms}}, {FLOW}}}
  - {{name: people, start: 1s, users: {{count: 1, duration: 25ms}}, {FLOW}}}
  - {{name: counted, start: 3s, iterations: {{count: 2}}, {FLOW}}}"
    )));
    let times = |name: &str| run.of(name).iter().map(|sent| sent.at.as_nanos() / 1_000_000).collect::<Vec<_>>();
    assert_eq!(times("early"), [50, 150, 250]);
    assert_eq!(times("late"), [2050, 2150, 2250]);
    assert_eq!(times("people"), [1000, 1010, 1020]);
    assert_eq!(times("counted"), [3000, 3010]);
    let mut names: Vec<&str> = run.sent.iter().map(Sent::path).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), run.sent.len(), "`seq` never comes twice, in whatever workload");
    run.check_conservation();
}

#[test]
fn flows_are_mixed_by_weight() {
    let flow = |weight: u32, id: &str| format!("{{weight: {weight}, flow: [{{call: Get, with: {{id: {id}}}}}]}}");
    let flows = [flow(1, "a"), flow(3, "b"), flow(6, "c")].join(", ");
    let plan = get(&format!("workloads: [{{name: w, arrivals: {{rate: 1000/s, duration: 10s}}, flows: [{flows}]}}]"));
    let run = run_ok(&plan);
    for (path, share) in [("/things/a", 0.1), ("/things/b", 0.3), ("/things/c", 0.6)] {
        let count = run.sent.iter().filter(|sent| sent.path() == path).count() as f64;
        // 10,000 draws: four standard deviations of a binomial.
        let off = 4.0 * (10_000.0_f64 * share * (1.0 - share)).sqrt();
        assert!((count - 10_000.0 * share).abs() < off, "{path}: {count}");
    }
}

#[test]
fn the_warm_up_shows_over_time_and_in_no_result() {
    let plan = get(&format!("workloads: [{{name: w, warm_up: 1s, arrivals: {{rate: 10/s, duration: 3s}}, {FLOW}}}]"));
    // The service is slow while it is cold.
    let run = run(&plan, |sent| (ms(if sent.at < ms(1_000) { 500 } else { 10 }), Answer::ok()));
    assert_eq!((run.sent.len(), run.offered()), (30, 30));
    assert_eq!(run.calls(Outcome::Ok), 20);
    assert_eq!(run.all().attempt_count(), 20);
    assert!(run.all().response_all.max() < ms(11), "{}", run.all().response_all.max());
    let ok: Vec<u64> = run.seconds.iter().map(|second| second.ok).collect();
    assert_eq!(ok.iter().sum::<u64>(), 30);
    let offered: Vec<u64> = run.seconds.iter().take(3).map(|second| second.offered).collect();
    assert_eq!(offered, [10, 10, 10]);
}

/// A retried, jittered, random load: what it sends, and when.
fn commands(seed: u64) -> Vec<Sent> {
    let plan = get(&format!(
        "seed: {seed}
retry: aws-standard-2.1
workloads:
  - name: w
    arrivals: {{rate: 20/s, duration: 5s, spacing: poisson}}
    flows:
      - {{weight: 2, flow: [{{call: Get, with: {{id: '{{{{ uuid }}}}', n: '{{{{ random(1, 1000000) }}}}'}}}}]}}
      - {{weight: 1, flow: [{{call: Get, with: {{id: other}}}}]}}
  - {{name: people, users: {{count: 3, duration: 5s, think_time: 300ms}}, {FLOW}}}"
    ));
    run(&plan, |sent| (ms(7), Answer::status(if sent.nth % 3 == 0 { 429 } else { 200 }))).sent
}

#[test]
fn the_same_seed_gives_the_same_commands_and_another_one_other_jitter() {
    let one = commands(5);
    assert!(one.len() > 150, "{}", one.len());
    assert_eq!(one, commands(5));
    let other = commands(6);
    assert_ne!(
        one.iter().map(|sent| sent.at).collect::<Vec<_>>(),
        other.iter().map(|sent| sent.at).collect::<Vec<_>>()
    );
    assert_ne!(one.iter().map(Sent::path).collect::<Vec<_>>(), other.iter().map(Sent::path).collect::<Vec<_>>());
}

#[test]
fn the_seed_alone_moves_the_jitter_of_a_retry() {
    let second = |seed: u64| {
        let rest = format!(
            "seed: {seed}\nretry: aws-standard-2.1\nworkloads: [{{name: w, iterations: {{count: 1}}, {FLOW}}}]"
        );
        run(&get(&rest), |sent| (ms(1), Answer::status(if sent.nth == 0 { 500 } else { 200 }))).sent[1].at
    };
    assert_eq!(second(1), second(1));
    assert_ne!(second(1), second(2));
}

/// What a number of lanes send together: (instant, request), sorted.
fn together(lanes: u64, yaml: &str) -> Vec<(Nanos, String)> {
    let plan = get(yaml);
    let runs = (0..lanes).map(|index| {
        let setting = Setting { stripe: Stripe { index, of: lanes }, ..Setting::new(&plan) };
        let run = setting.run(|_| (ms(10), Answer::ok()));
        run.check_conservation();
        run
    });
    let mut all: Vec<_> = runs
        .flat_map(|run| run.sent)
        .map(|sent| (sent.at, format!("{} {:?} {:?}", sent.path(), sent.request.headers, sent.request.body)))
        .collect();
    all.sort();
    all
}

#[test]
fn lanes_send_together_what_one_lane_sends_alone() {
    let yaml = "workloads:
  - name: w
    arrivals: {stages: [{to: 100/s, over: 2s}, {to: 20/s, over: 2s}], spacing: poisson}
    flows:
      - {weight: 2, flow: [{call: Get, with: {id: '{{ uuid }}', n: '{{ random(1, 1000000) }}'}}]}
      - {weight: 1, flow: [{call: Put, with: {id: x, value: '{{ uuid }}'}}]}
  - name: steady
    arrivals: {rate: 30/s, duration: 3s}
    flow: [{call: Get, with: {id: a}}, {call: Get, with: {id: 'b-{{ random(1, 9) }}'}}]
  - name: people
    users: {count: 7, duration: 2s, pacing: 300ms, ramp: 200ms}
    flow: [{call: Get, with: {id: 'user-{{ user }}-{{ uuid }}'}}]
  - {name: counted, iterations: {count: 11, users: 4}, flow: [{call: Get, with: {id: 'i-{{ uuid }}'}}]}";
    let one = together(1, yaml);
    assert!(one.len() > 400, "{}", one.len());
    let paths = |all: &[(Nanos, String)]| {
        let mut paths: Vec<String> = all.iter().map(|(_, request)| request.clone()).collect();
        paths.sort();
        paths
    };
    for lanes in [2, 3, 4] {
        let shared = together(lanes, yaml);
        assert_eq!(paths(&shared), paths(&one), "{lanes} lanes: the same requests");
        let timed = |all: &[(Nanos, String)]| {
            all.iter().filter(|(_, path)| !path.starts_with("/things/i-")).cloned().collect::<Vec<_>>()
        };
        assert_eq!(timed(&shared), timed(&one), "{lanes} lanes: at the same instants");
    }
}

#[test]
fn sequence_numbers_of_lanes_never_meet() {
    let plan = get(&format!("workloads: [{{name: w, arrivals: {{rate: 50/s, duration: 2s}}, {FLOW}}}]"));
    let lane =
        |index| Setting { stripe: Stripe { index, of: 3 }, ..Setting::new(&plan) }.run(|_| (ms(1), Answer::ok()));
    let runs: Vec<Run> = (0..3).map(lane).collect();
    let mut paths: Vec<&str> = runs.iter().flat_map(|run| run.sent.iter().map(Sent::path)).collect();
    assert_eq!(paths.len(), 100);
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), 100);
}

/// The service answers in 2 ms, one connection after another, and stands still in the first second of every five.
fn stalled(now: Nanos) -> Nanos {
    let in_cycle = now.as_nanos() % 5_000_000_000;
    if in_cycle < 1_000_000_000 { Nanos::new(1_000_000_000 - in_cycle) + ms(2) } else { ms(2) }
}

#[test]
fn a_stalled_server_is_seen_at_its_full_length() {
    let connections = 10_usize;
    let plan = get(&format!(
        "transport: {{connections: {connections}}}
workloads: [{{name: w, overload: {{queue: 100000}}, arrivals: {{rate: 500/s, duration: 20s}}, {FLOW}}}]"
    ));
    let run = run(&plan, |sent| (stalled(sent.at), Answer::ok()));
    run.check_conservation();
    // The truth by a queue in two lines: who is due first goes first, on the connection that is free first.
    let mut free = vec![Nanos::ZERO; connections];
    let mut truth: Vec<Nanos> = (0..10_000_u64)
        .map(|n| {
            let due = Nanos::new(1_000_000 + n * 2_000_000);
            let first = free.iter_mut().min().expect("there");
            let sent = due.max(*first);
            *first = sent + stalled(sent);
            *first - due
        })
        .collect();
    truth.sort_unstable();
    let seen: &LatencyHistogram = &run.all().response_ok;
    assert_eq!(seen.count(), 10_000);
    for q in [0.5, 0.9, 0.99, 1.0] {
        let rank = ((q * truth.len() as f64).ceil() as usize).max(1) - 1;
        let (truth, seen) = (truth[rank].as_secs_f64(), seen.quantile(q).expect("there").as_secs_f64());
        assert!((seen - truth).abs() <= truth * 0.002, "p{}: {seen} s, and the truth is {truth} s", q * 100.0);
    }
    assert!(truth[9_999] > ms(990), "the stall is in it");
}
