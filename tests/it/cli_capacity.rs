//! `loadline capacity` as a user sees it: what it finds where the truth is known, what it refuses, and how it ends.

use std::io::{self, BufRead as _, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::{Place, Said};

const CREATE: &str = "{call: CreateMeeting, with: {ClientRequestToken: \"{{ uuid }}\", MediaRegion: us-east-1, ExternalMeetingId: \"m-{{ seq }}\"}}";

/// A service without limits of its own, so that the mock's block decides what it carries.
fn scenario(mock: &str, spacing: &str, capacity: &str) -> String {
    format!(
        "name: carry
target: {{mock: attendees}}
grace: 500ms
limiters: {{bucket: {{type: token_bucket, rate: 400/s, burst: 10}}}}
mock: {{throttling: off, quotas: {{meetings: unlimited}}, {mock}}}
workloads:
  - {{name: load, arrivals: {{rate: 40/s, duration: 1s, spacing: {spacing}}}, flow: [{CREATE}]}}
capacity: {{{capacity}}}
"
    )
}

const BUCKET: &str = "limits: [{operations: [CreateMeeting], all_of: [bucket]}], latency: {type: constant, value: 1ms}";
/// Short trials, for a target that does not tire of them.
const SHORT: &str = "start: 250/s, max: 3200/s, width: 2%, settle: 200ms, trial: 1600ms, duration_sum: 4800ms, verify: {trials: 2, trial: 3s}, max_duration: 90s";

fn capacity(place: &Place, arguments: &[&str]) -> Said {
    place.command("capacity", arguments).output().expect("it starts").into()
}

/// The bounds that a report tells.
fn bounds(report: &Value) -> (f64, f64) {
    let bound = |name: &str| {
        let path = format!("/capacity/bounds/{name}");
        report.pointer(&path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} in {}", report["capacity"]))
    };
    (bound("lower"), bound("upper"))
}

/// What breaks first.
fn binding(report: &Value) -> &str {
    report.pointer("/capacity/binding/kind").and_then(Value::as_str).unwrap_or_default()
}

/// P(W ≤ t) of the wait in the queue M/D/1 at the load ρ, with services of length `d`: Erlang's formula,
/// (1 − ρ) Σ ((λ(kd − t))^k / k!) e^{−λ(kd − t)} over k from 0 to ⌊t/d⌋ (for instance Gross, Shortle, Thompson and Harris, Fundamentals of
/// Queueing Theory, section 6.1.4).
fn waits_at_most(t: f64, d: f64, rate: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..=(t / d + 1e-9) as u32 {
        let x = rate * (f64::from(k) * d - t);
        let factorial: f64 = (1..=k).map(f64::from).product();
        sum += x.powf(f64::from(k)) / factorial * (-x).exp();
    }
    (1.0 - rate * d) * sum
}

/// The highest rate at which a share `q` of responses takes at most `limit`.
fn capacity_of_m_d_1(d: f64, limit: f64, q: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0 / d);
    for _ in 0..60 {
        let rate = f64::midpoint(low, high);
        if waits_at_most(limit - d, d, rate) >= q { low = rate } else { high = rate }
    }
    low
}

#[test]
fn the_formula_of_the_queue_is_that_of_the_books() {
    // No wait at all: 1 − ρ.
    assert!((waits_at_most(0.0, 1.0, 0.7) - 0.3).abs() < 1e-12);
    // Within one service: (1 − ρ) e^ρ.
    assert!((waits_at_most(1.0 - 1e-12, 1.0, 0.5) - 0.5 * 0.5_f64.exp()).abs() < 1e-6);
    assert!((waits_at_most(30.0, 1.0, 0.5) - 1.0).abs() < 1e-6);
}

#[test]
fn a_token_bucket_carries_its_rate_and_what_breaks_first_is_the_throttle() {
    let asked = "start: 60/s, max: 200/s, mode: compare, width: 2%, settle: 200ms, trial: 3s, duration_sum: 6s, verify: {trials: 1, trial: 3s}, max_duration: 90s";
    let text = scenario(BUCKET, "even", asked).replace("rate: 400/s, burst: 10", "rate: 100/s, burst: 4");
    // What is asked for here is not that the machine has time.
    let found = (0..3).find_map(|_| {
        let place = Place::with(&text);
        let said = capacity(&place, &["--json", "--quiet"]);
        (said.code != Some(112)).then(|| (place, said.json()))
    });
    let (place, report) = found.expect("three times in a row the machine had no time");
    let (lower, upper) = bounds(&report);
    assert!((lower / 100.0 - 1.0).abs() <= 0.03 && upper > lower, "{lower} to {upper}: {}", report["capacity"]);
    assert_eq!(binding(&report), "throttle", "{}", report["capacity"]);
    assert!(place.run_folder().expect("a folder").join("trials/01-idle/report.json").exists());
}

#[test]
fn a_simulated_bucket_carries_its_rate() {
    let place = Place::with(&scenario(BUCKET, "even", "start: 50/s, max: 3200/s, mode: compare"));
    let said = capacity(&place, &["--simulate", "--quiet"]);
    said.check_code(0);
    let report = place.read_report();
    let (lower, upper) = bounds(&report);
    assert!((lower / 400.0 - 1.0).abs() <= 0.03 && upper / lower <= 1.031, "{lower} to {upper}");
    assert_eq!(binding(&report), "throttle");
    // The same search writes the same report.
    assert!(said.out.is_empty(), "{}", said.out);
}

#[test]
fn a_single_worker_carries_what_the_theory_of_queues_says() {
    let mock = "workers: {count: 1, queue: 100000}, latency: {type: constant, value: 5ms}";
    let long = "start: 120/s, max: 190/s, objectives: [\"p99(response) < 50ms\"], mode: compare, trial: 20s, settle: 2s, duration_sum: 100s, verify: {trials: 1, trial: 20s}, max_duration: 59m";
    let place = Place::with(&scenario(mock, "poisson", long));
    let said = capacity(&place, &["--simulate", "--quiet"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let report = place.read_report();
    let (lower, upper) = bounds(&report);
    let truth = capacity_of_m_d_1(0.005, 0.050, 0.99);
    let found = f64::midpoint(lower, upper);
    assert!((found / truth - 1.0).abs() <= 0.05, "{lower} to {upper}, and in theory {truth}");
    assert_eq!(binding(&report), "latency");
}

#[test]
fn the_launch_question_is_answered_without_a_search() {
    let place = || Place::with(&scenario(BUCKET, "even", "verify: {trials: 3, trial: 20s}"));
    let holds = capacity(&place(), &["--simulate", "--assert", "300/s", "--margin", "20%"]);
    holds.check_code(0);
    assert!(holds.err.contains("tried with 360/s"), "{}", holds.err);
    capacity(&place(), &["--simulate", "--assert", "350/s", "--margin", "30%"]).check_code(99);
}

#[test]
fn users_are_varied_where_journeys_are_asked_for() {
    let place = Place::with(&format!(
        "name: people
target: {{mock: attendees}}
mock: {{throttling: off, quotas: {{meetings: unlimited}}, workers: {{count: 1, queue: 1000}}, latency: {{type: constant, value: 10ms}}}}
workloads: [{{name: people, users: {{count: 2, duration: 5s, think_time: 190ms}}, flow: [{CREATE}]}}]
"
    ));
    // One worker serves 100 calls a second; twenty users who think ask for as many, and more than that must wait.
    let arguments = [
        "--simulate",
        "--journeys",
        "--start",
        "2",
        "--max",
        "400",
        "--mode",
        "compare",
        "--objective",
        "p90(response) < 100ms",
        "--quiet",
    ];
    let said = capacity(&place, &arguments);
    assert_eq!(said.code, Some(0), "{said:?}");
    let (lower, upper) = bounds(&place.read_report());
    assert!(lower >= 19.0 && upper <= 32.0, "{lower} to {upper}");
    assert!(lower.fract() == 0.0 && upper.fract() == 0.0, "half a user: {lower} to {upper}");
}

#[test]
fn a_generator_that_is_not_up_to_it_says_nothing_of_the_target() {
    let place = Place::with(&scenario(
        "latency: {type: constant, value: 1ms}",
        "even",
        "start: 40000/s, max: 80000/s, settle: 200ms, trial: 1s, duration_sum: 2s, max_duration: 20s, objectives: [\"p99(response) < 20ms\"]",
    ));
    let said = capacity(&place, &["--no-progress"]);
    said.check_code(112);
    assert!(said.err.contains("void"), "{}", said.err);
}

#[test]
fn the_cap_on_requests_holds_for_the_whole_search() {
    let place = Place::with(&scenario(BUCKET, "even", "start: 50/s, max: 3200/s"));
    let said = capacity(&place, &["--simulate", "--max-requests", "3000"]);
    let reasons = place.read_report()["capacity"]["reasons"].to_string();
    assert!(reasons.contains("of the 3000 that the whole search may send"), "{reasons} {}", said.err);
    let trials = std::fs::read_dir(place.run_folder().expect("a folder").join("trials")).expect("trials");
    let sent: u64 = trials
        .map(|entry| std::fs::read_to_string(entry.expect("readable").path().join("report.json")))
        .filter_map(Result::ok)
        .map(|text| {
            serde_json::from_str::<Value>(&text).expect("JSON")["totals"]["attempts"]["count"].as_u64().unwrap_or(0)
        })
        .sum();
    assert!(sent > 0 && sent <= 3_000, "{sent}");
}

#[test]
fn a_target_that_is_not_there_has_no_capacity() {
    // Port 1 of the loopback: nobody listens.
    let place = Place::with(&scenario("latency: {type: constant, value: 1ms}", "even", SHORT));
    let said = capacity(&place, &["--target", "http://127.0.0.1:1", "--no-progress"]);
    said.check_code(1);
    assert!(said.err.contains("nothing answered: start the target, or correct its address"), "{}", said.err);
}

#[test]
fn a_host_that_nobody_allowed_is_refused_before_anything_is_sent() {
    let place = Place::with(&scenario("latency: {type: constant, value: 1ms}", "even", SHORT));
    capacity(&place, &["--target", "http://elsewhere.example"]).check_code(113);
    assert_eq!(place.run_folder(), None);
}

#[test]
fn what_cannot_be_meant_is_said_before_anything_is_sent() {
    let place = Place::with(&scenario("latency: {type: constant, value: 1ms}", "even", SHORT));
    let check = |arguments: &[&str], part: &str| {
        let said = capacity(&place, arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        assert!(said.err.contains(part), "{arguments:?}: {}", said.err);
        assert_eq!(place.run_folder(), None, "{arguments:?}");
    };
    check(&["--objective", "p99(response) > 300ms"], "write `p99(response) < 300ms`");
    check(&["--objective", "p99(response, GetMeeting) < 1s"], "never have a sample");
    check(&["--max", "10/s"], "below the first");
    check(&["--set", "capacity.vary=nobody"], "there is no workload `nobody`");
    check(&["--journeys"], "no workload has users to vary");
    check(&["--margin", "30%"], "a load that is asserted");
    check(&["--assert", "400"], "400");
}

#[test]
fn check_prints_the_search_and_its_cost() {
    let place = Place::with(&scenario(BUCKET, "even", SHORT));
    let said = place.check(&["--max-requests", "20000"]);
    assert!(said.out.contains("range        250/s to 3200/s"), "{}", said.out);
    assert!(said.out.contains("longest      90s") && said.out.contains("20,000 attempts in all"), "{}", said.out);
}

fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().expect("a shell");
    assert!(status.success());
}

#[test]
fn ctrl_c_ends_with_what_is_known() {
    let place = Place::with(&scenario(BUCKET, "even", SHORT));
    let mut child =
        place.command("capacity", &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut err = io::BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    while !said.contains("trial 3, ") {
        assert!(err.read_line(&mut said).expect("text") > 0, "{said}");
    }
    interrupt(&child);
    err.read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{said}");
    assert!(said.lines().last().is_some_and(|line| line.starts_with("exit 130: ")), "{said}");
    assert_eq!(place.read_report()["verdict"]["exit_code"], 130);
}
