//! What the lane does with replies: captures, batches, pages, retries, timeouts.

use std::collections::{BTreeMap, BTreeSet};

use loadline::api::WireError;
use loadline::lane::Phase;
use loadline::plan::{Drive, Iterations, Workload};
use loadline::record::{Outcome, depth_bucket};
use loadline::retry::Reason;
use loadline::units::Nanos;
use serde_json::{Value, json};

use crate::virtual_time::{Answer, Run, Sent, Setting, TOKEN, get, ms, own_api, run};

const ONCE: &str = "iterations: {count: 1}";

fn reasons(expected: &[(&'static str, u64)]) -> BTreeMap<&'static str, u64> {
    expected.iter().copied().collect()
}

// ── captures ──

/// A flow that reads `answer` and asks again with what it captured.
fn capture(source: &str, answer: &Answer) -> Run {
    let plan = get(&format!(
        "workloads: [{{name: w, {ONCE}, flow: [{{call: Box, capture: {{it: '{source}'}}}}, {{call: Get, with: {{id: 'x-{{{{ it }}}}'}}}}]}}]"
    ));
    let run = run(&plan, |_| (ms(10), answer.clone()));
    run.check_conservation();
    run
}

#[test]
fn captured_values_reach_later_steps() {
    let check = |source: &str, answer: Answer, path: &str| {
        let run = capture(source, &answer);
        assert_eq!(run.sent[1].path(), path, "{source}");
        assert_eq!(run.sent[1].at, ms(10), "a step is due when the one before it is done");
        assert_eq!(run.calls(Outcome::Ok), 2);
    };
    check("$.a.b[1]", Answer::json(json!({"a": {"b": [1, "zwei/3"]}})), "/things/x-zwei%2F3");
    check("$.n", Answer::json(json!({"n": 12})), "/things/x-12");
    check("header.Location", Answer::ok().header("location", "/boxes/7"), "/things/x-%2Fboxes%2F7");
    check("status", Answer::status(201), "/things/x-201");
}

#[test]
fn a_missing_capture_fails_the_flow_by_name() {
    let check = |source: &str, answer: Answer| {
        let run = capture(source, &answer);
        assert_eq!(run.sent.len(), 1, "{source}: the next step has nothing to send");
        assert_eq!(run.reasons(), reasons(&[("capture", 1)]), "{source}");
        assert_eq!(run.calls(Outcome::Failed), 1);
    };
    check("$.a", Answer::json(json!({"b": 1})));
    check("$.a", Answer::json(json!({"a": null})));
    check("header.Location", Answer::ok());
}

#[test]
fn values_of_one_flow_never_reach_another() {
    let plan = get("workloads:
  - name: w
    iterations: {count: 20, users: 5}
    flow: [{call: Box, capture: {it: $.n}}, {call: Get, with: {id: '{{ it }}'}}, {call: Get, with: {id: '{{ it }}'}}]");
    let run = run(&plan, |sent| (ms(10 + sent.nth as u64 * 7 % 13), Answer::json(json!({"n": sent.nth}))));
    let mut asked: BTreeMap<&str, u64> = BTreeMap::new();
    run.sent.iter().filter(|sent| sent.operation == "Get").for_each(|sent| *asked.entry(sent.path()).or_default() += 1);
    assert_eq!((asked.len(), asked.values().all(|times| *times == 2)), (20, true), "{asked:?}");
}

#[test]
fn a_pool_without_members_refuses_the_call() {
    let plan = get("setup: [{call: Box, publish: {boxes: $.id}}]
workloads: [{name: w, iterations: {count: 3}, flow: [{call: Get, with: {id: '{{ boxes.next }}'}}]}]");
    let none = run(&plan, |_| (ms(1), Answer::ok()));
    assert_eq!((none.sent.len(), none.calls(Outcome::Refused)), (0, 3));
    assert_eq!(none.reasons(), reasons(&[("no_data", 3)]));
    none.check_conservation();
    let pools = vec![vec![json!("a"), json!("b")]];
    let some = Setting { pools, ..Setting::new(&plan) }.run(|_| (ms(1), Answer::ok()));
    assert_eq!(some.sent.iter().map(Sent::path).collect::<Vec<_>>(), ["/things/a", "/things/b", "/things/a"]);
}

/// Everything that a plan sends in one step of its setup.
fn setup(plan: &std::sync::Arc<loadline::plan::Plan>, step: usize) -> Run {
    let workloads = vec![plan.setup[step].clone()].into();
    Setting { phase: Phase::Setup, workloads, ..Setting::new(plan) }
        .run(|_| (ms(1), Answer::json(json!({"id": [1, 2]}))))
}

#[test]
fn what_setup_publishes_fills_the_pool_and_every_call_counts() {
    let plan = get("setup: [{call: Box, repeat: 3, publish: {boxes: '$.id[*]'}}]
workloads: [{name: w, iterations: {count: 1}, flow: [{call: Get, with: {id: '{{ boxes.next }}'}}]}]");
    assert_eq!(json!(setup(&plan, 0).published), json!([[1, 2, 1, 2, 1, 2]]));
    let workloads = vec![plan.setup[0].clone()].into();
    let failed = Setting { phase: Phase::Setup, workloads, ..Setting::new(&plan) }
        .run(|sent| (ms(1), Answer::status(if sent.nth == 1 { 400 } else { 200 })));
    assert_eq!(failed.failures.first(), Some(&Reason::Capture), "`{{}}` holds no id");
    assert!(failed.failures.contains(&Reason::Permanent));
}

#[test]
fn no_uuid_comes_twice_in_a_run_whatever_its_phases() {
    let plan = get("setup:
  - {call: Box, repeat: 5, with: {token: '{{ uuid }}'}}
  - {call: Box, repeat: 5, with: {token: '{{ uuid }}'}}
workloads:
  - {name: a, iterations: {count: 5}, flow: [{call: Box, with: {token: '{{ uuid }}', other: '{{ uuid }}'}}]}
  - {name: b, iterations: {count: 5}, flow: [{call: Box, with: {token: '{{ uuid }}'}}, {call: Box, with: {token: '{{ uuid }}'}}]}");
    let runs = [setup(&plan, 0), setup(&plan, 1), run(&plan, |_| (ms(1), Answer::ok()))];
    let bodies = runs.iter().flat_map(|run| run.sent.iter().map(Sent::body));
    let tokens: Vec<String> = bodies
        .flat_map(|body| body.as_object().expect("there").values().map(Value::to_string).collect::<Vec<_>>())
        .collect();
    assert_eq!(tokens.len(), 30);
    assert_eq!(
        tokens.iter().collect::<BTreeSet<_>>().len(),
        30,
        "an idempotency token that comes twice creates nothing"
    );
}

// ── batches ──

/// One batch of four under a policy of three attempts; `answers` are given in turn.
fn batch(answers: &[Answer]) -> Run {
    let plan = get(&format!(
        "policies: {{p: {{max_attempts: 3, backoff: {{type: constant, base: 100ms}}}}}}
retry: p
workloads: [{{name: w, {ONCE}, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 4, item: {{name: 'n{{{{ seq }}}}'}}}}}}]}}]"
    ));
    let run = run(&plan, |sent| (ms(10), answers[sent.nth].clone()));
    run.check_conservation();
    assert_eq!(run.sent.len(), answers.len());
    let all = run.all();
    assert_eq!(all.items_ok + all.items_failed, 4, "every item is accounted for");
    run
}

fn errors(items: &[(&str, &str)]) -> Answer {
    let errors: Vec<Value> = items.iter().map(|(name, code)| json!({"name": name, "code": code})).collect();
    Answer::json(json!({ "Errors": errors }))
}

#[test]
fn only_items_that_failed_are_sent_again() {
    let run = batch(&[
        errors(&[("n1", "Throttling"), ("n3", "ServiceUnavailable")]),
        errors(&[("n3", "Throttled")]),
        errors(&[]),
    ]);
    let items: Vec<_> = run.sent.iter().map(|sent| sent.items.clone().expect("there")).collect();
    assert_eq!(items, [vec![0, 1, 2, 3], vec![1, 3], vec![3]]);
    assert_eq!(run.sent[1].body()["things"], json!([{"name": "n1"}, {"name": "n3"}]));
    assert_eq!((run.calls(Outcome::Ok), run.all().items_ok, run.all().items_failed), (1, 4, 0));
}

#[test]
fn items_that_cannot_succeed_are_counted_and_not_sent_again() {
    let run = batch(&[errors(&[("n0", "Forbidden"), ("n2", "Throttling")]), errors(&[])]);
    assert_eq!(run.sent[1].items, Some(vec![2]));
    assert_eq!((run.all().items_ok, run.all().items_failed), (3, 1));
    assert_eq!((run.calls(Outcome::Failed), run.reasons()), (1, reasons(&[("permanent", 1)])));
}

#[test]
fn items_that_are_given_up_are_counted_as_failed() {
    let busy = || errors(&[("n0", "Throttling")]);
    let run = batch(&[busy(), busy(), busy()]);
    assert_eq!((run.all().items_ok, run.all().items_failed), (3, 1));
    assert_eq!((run.calls(Outcome::Throttled), run.reasons()), (1, reasons(&[("max_attempts", 1)])));
}

#[test]
fn a_batch_that_fails_as_a_whole_is_sent_again_as_a_whole() {
    let run = batch(&[Answer::status(429), errors(&[])]);
    assert_eq!(run.sent[1].items, Some(vec![0, 1, 2, 3]));
    assert_eq!((run.calls(Outcome::Ok), run.all().items_ok), (1, 4));
    let run = batch(&[Answer::status(400)]);
    assert_eq!((run.calls(Outcome::Failed), run.all().items_failed), (1, 4));
}

#[test]
fn an_error_for_an_item_that_was_not_sent_is_a_bad_body() {
    let run = batch(&[errors(&[("somebody", "Throttling")])]);
    assert_eq!(run.wire_errors(), reasons(&[("bad_body", 1)]));
    assert_eq!((run.calls(Outcome::Failed), run.all().items_failed), (1, 4));
}

#[test]
fn what_a_batch_publishes_in_parts_is_all_published() {
    let plan = get(&format!(
        "policies: {{p: {{max_attempts: 3, backoff: {{type: constant, base: 1ms}}}}}}
retry: p
workloads: [{{name: w, {ONCE}, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 4, item: {{name: 'n{{{{ seq }}}}'}}}}, publish: {{made: '$.made[*]'}}}}]}}]"
    ));
    let check = |answers: &[Value], made: Value| {
        let run = run(&plan, |sent| (ms(1), Answer::json(answers[sent.nth].clone())));
        assert_eq!(run.sent.len(), answers.len());
        assert_eq!(json!(run.published), json!([made]));
    };
    let busy = |name: &str| json!([{"name": name, "code": "Throttling"}]);
    check(&[json!({"made": [0, 1, 2], "Errors": busy("n3")}), json!({"made": [3]})], json!([0, 1, 2, 3]));
    // The last one is given up; the others exist.
    let none = json!({"made": [], "Errors": busy("n3")});
    check(&[json!({"made": [0, 1, 2], "Errors": busy("n3")}), none.clone(), none], json!([0, 1, 2]));
    let forbidden = json!([{"name": "n0", "code": "Forbidden"}]);
    check(&[json!({"made": [1, 2, 3], "Errors": forbidden})], json!([1, 2, 3]));
}

#[test]
fn items_of_calls_that_run_out_of_time_are_counted_as_failed() {
    let plan = get(&format!(
        "policies: {{p: {{call_timeout: 1s}}}}
retry: p
workloads: [{{name: w, {ONCE}, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 4, item: {{name: 'n{{{{ seq }}}}'}}}}}}]}}]"
    ));
    let silent = |_: &Sent| (Nanos::MAX, Answer::ok());
    let late = run(&plan, silent);
    assert_eq!((late.calls(Outcome::TimedOut), late.all().items_failed), (1, 4));
    let stopped = Setting { stop_at: Some(ms(100)), ..Setting::new(&get(&format!(
        "grace: 1s\nworkloads: [{{name: w, {ONCE}, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 4, item: {{name: 'n{{{{ seq }}}}'}}}}}}]}}]"
    ))) }
    .run(silent);
    assert_eq!((stopped.calls(Outcome::Abandoned), stopped.all().items_failed), (1, 4));
}

// ── pages ──

/// Walks over `pages` pages; `next` says what leads from a page (counted from 0) to the next one.
fn walk(paging: &str, pages: usize, next: impl Fn(usize, Answer) -> Answer) -> Run {
    let rest = format!(
        "workloads: [{{name: w, {ONCE}, flow: [{{call: List, with: {{box: b}}, paginate: {{page_size: 2, max_pages: 50}}}}, {{call: Get, with: {{id: after}}}}]}}]"
    );
    let run = run(&own_api(paging, &rest), |sent| {
        let last = sent.nth + 1 >= pages;
        let things: Vec<Value> =
            (0..if last { 1 } else { 2 }).map(|n| json!({"name": format!("{}-{n}", sent.nth)})).collect();
        let answer = Answer::json(json!({ "things": things }));
        // Every page takes 1 ms longer than the one before.
        (ms(10 + sent.nth as u64), if last { answer } else { next(sent.nth, answer) })
    });
    run.check_conservation();
    run
}

fn body(next: Value) -> Answer {
    let mut page = json!({"things": [{"name": "a"}, {"name": "b"}]});
    page["next"] = next;
    Answer::json(page)
}

/// A walk of three pages asks for these, and then the flow goes on.
fn check_walk(paging: &str, next: impl Fn(usize, Answer) -> Answer, expected: [&str; 3]) -> Run {
    let run = walk(paging, 3, next);
    assert_eq!(
        run.sent.iter().map(Sent::path).collect::<Vec<_>>(),
        [&expected[..], &["/things/after"]].concat(),
        "{paging}"
    );
    assert_eq!((run.cell("List").pages, run.cell("List").depth_max, run.calls(Outcome::Ok)), (3, 3, 4), "{paging}");
    run
}

#[test]
fn every_dialect_of_pages_is_walked() {
    let base = "/boxes/b/things";
    check_walk(
        TOKEN,
        |page, _| body(json!(format!("t/{page}"))),
        [&format!("{base}?size=2"), &format!("{base}?size=2&token=t%2F0"), &format!("{base}?size=2&token=t%2F1")],
    );
    check_walk(
        "{items: '$.things[*]', next: header.X-Next, send: query.token}",
        |page, answer| answer.header("x-next", &format!("h{page}")),
        [base, &format!("{base}?token=h0"), &format!("{base}?token=h1")],
    );
    check_walk(
        "{items: '$.things[*]', dialect: link}",
        |page, answer| answer.header("link", &format!("<http://127.0.0.1:1/other?page={page}&x=%20>; rel=\"next\"")),
        [base, "/other?page=0&x=%20", "/other?page=1&x=%20"],
    );
    check_walk(
        "{items: '$.things[*]', dialect: page, send: query.page, size: query.size, first: 0}",
        |_, answer| answer,
        [&format!("{base}?size=2&page=0"), &format!("{base}?size=2&page=1"), &format!("{base}?size=2&page=2")],
    );
    check_walk(
        "{items: '$.things[*]', dialect: offset, send: query.from, size: query.size}",
        |_, answer| answer,
        [&format!("{base}?size=2&from=0"), &format!("{base}?size=2&from=2"), &format!("{base}?size=2&from=4")],
    );
    let headed = check_walk(
        "{items: '$.things[*]', next: $.next, send: header.X-Token}",
        |page, _| body(json!(page + 7)),
        [base; 3],
    );
    let tokens: Vec<_> = headed.sent.iter().map(|sent| sent.request.headers.clone()).collect();
    assert_eq!(tokens[..3], [vec![], vec![("X-Token".into(), "7".into())], vec![("X-Token".into(), "8".into())]]);
}

#[test]
fn a_token_may_be_an_object() {
    let plan = crate::virtual_time::plan(
        "name: test
target: {url: 'http://127.0.0.1:1'}
api:
  operations:
    Scan:
      method: POST
      path: /scan
      paging: {items: '$.Items[*]', next: $.LastEvaluatedKey, send: body./ExclusiveStartKey, size: body.Limit}
workloads: [{name: w, iterations: {count: 1}, flow: [{call: Scan, with: {TableName: t}, paginate: {page_size: 5}}]}]",
    );
    let key = |page: usize| json!({"pk": {"S": format!("k{page}")}});
    let run = run(&plan, |sent| {
        let next = if sent.nth < 2 { key(sent.nth) } else { json!({}) };
        (ms(1), Answer::json(json!({"Items": [1, 2], "LastEvaluatedKey": next})))
    });
    let bodies: Vec<Value> = run.sent.iter().map(Sent::body).collect();
    assert_eq!(bodies[0], json!({"TableName": "t", "Limit": 5}));
    assert_eq!(bodies[1]["ExclusiveStartKey"], key(0));
    assert_eq!((bodies.len(), &bodies[2]["ExclusiveStartKey"]), (3, &key(1)));
}

#[test]
fn latency_is_kept_by_depth() {
    let run = walk(TOKEN, 9, |page, _| body(json!(format!("t{page}"))));
    let list = run.cell("List");
    assert_eq!(list.depth_max, 9);
    for (first, last) in [(1_u32, 1_u32), (2, 3), (4, 7), (8, 9)] {
        let seen = &list.depth[depth_bucket(first)];
        assert_eq!(seen.count(), u64::from(last - first + 1), "depth {first}");
        let (min, max) = (seen.min().as_millis_f64(), seen.max().as_millis_f64());
        assert!(
            (min - f64::from(9 + first)).abs() < 0.1 && (max - f64::from(9 + last)).abs() < 0.1,
            "{first}: {min} to {max}"
        );
    }
}

#[test]
fn a_page_is_due_when_its_predecessor_ended() {
    let run = walk(TOKEN, 3, |page, _| body(json!(page)));
    assert_eq!(run.times(), [0, 10, 21, 33]);
    assert_eq!(run.cell("List").response_ok.max().as_nanos() / 100_000, 120, "no page carries the time of another");
}

#[test]
fn walks_that_never_end_are_stopped_by_name() {
    let check = |next: &dyn Fn(usize) -> Value, reason: &'static str, sent: usize| {
        let run = walk(TOKEN, usize::MAX, |page, _| body(next(page)));
        assert_eq!(run.reasons(), reasons(&[(reason, 1)]));
        assert_eq!((run.sent.len(), run.calls(Outcome::Failed)), (sent, 1), "{reason}");
    };
    check(&|_| json!("same"), "page_loop", 2);
    check(&|page| json!(format!("t{}", page % 3)), "page_loop", 4);
    check(&|_| json!({"an": "object"}), "page_loop", 2);
    check(&|page| json!(page), "page_limit", 50);
}

#[test]
fn a_link_to_another_host_is_not_followed() {
    let run = walk("{items: '$.things[*]', dialect: link}", usize::MAX, |_, answer| {
        answer.header("link", "<http://example.org/next>; rel=\"next\"")
    });
    assert_eq!((run.sent.len(), run.calls(Outcome::Failed)), (1, 1));
    assert_eq!(run.wire_errors(), reasons(&[("bad_body", 1)]));
}

#[test]
fn a_page_that_fails_is_asked_for_again_and_the_walk_goes_on() {
    let rest = format!(
        "retry: aws-standard-2.1\nworkloads: [{{name: w, {ONCE}, flow: [{{call: List, with: {{box: b}}, paginate: {{}}}}]}}]"
    );
    let run = run(&own_api(TOKEN, &rest), |sent| {
        let answer = match sent.nth {
            0 => body(json!("second")),
            1 => Answer::status(503),
            _ => Answer::json(json!({"things": []})),
        };
        (ms(5), answer)
    });
    assert_eq!(run.sent[1].path(), run.sent[2].path());
    assert_eq!((run.sent.len(), run.calls(Outcome::Ok), run.all().pages), (3, 2, 2));
    run.check_conservation();
}

// ── retries and timeouts ──

/// One call under a policy; `answers` are given in turn, the last one for ever.
fn call(policy: &str, answers: &[(Nanos, Answer)]) -> Run {
    let plan = get(&format!(
        "policies: {{p: {policy}}}\nretry: p\nworkloads: [{{name: w, {ONCE}, flow: [{{call: Get, with: {{id: a}}}}]}}]"
    ));
    let run = run(&plan, |sent| answers[sent.nth.min(answers.len() - 1)].clone());
    run.check_conservation();
    run
}

const STEADY: &str = "{max_attempts: 4, attempt_timeout: 1s, backoff: {type: constant, base: 100ms}}";

fn at(millis: u64, status: u16) -> (Nanos, Answer) {
    (ms(millis), Answer::status(status))
}

#[test]
fn failures_are_retried_after_their_wait() {
    let run = call(STEADY, &[at(10, 500), at(20, 429), at(5, 200)]);
    assert_eq!(run.times(), [0, 110, 230]);
    assert_eq!((run.calls(Outcome::Ok), run.all().attempts_per_call[2]), (1, 1));
    assert!(run.all().response_ok.max() >= ms(235), "the waits are in the response");
    assert_eq!(run.all().backoff.count(), 2);
    let spent = call(STEADY, &[at(10, 429)]);
    assert_eq!((spent.sent.len(), spent.calls(Outcome::Throttled)), (4, 1));
    assert_eq!(spent.reasons(), reasons(&[("max_attempts", 1)]));
    let permanent = call(STEADY, &[at(10, 404)]);
    assert_eq!((permanent.sent.len(), permanent.calls(Outcome::Failed)), (1, 1));
    assert_eq!(permanent.reasons(), reasons(&[("permanent", 1)]));
}

#[test]
fn wire_errors_are_counted_by_kind() {
    for (error, attempts) in [
        (WireError::Refused, 4),
        (WireError::Reset, 4),
        (WireError::Closed, 4),
        (WireError::Protocol, 4),
        (WireError::BadBody, 1),
        (WireError::TooLarge, 1),
    ] {
        let run = call(STEADY, &[(ms(1), Answer::wire(error))]);
        assert_eq!((run.wire_errors(), run.calls(Outcome::Failed)), (reasons(&[(error.word(), attempts)]), 1));
    }
}

#[test]
fn a_silent_attempt_is_given_up_and_sent_again() {
    let run = call(STEADY, &[(Nanos::MAX, Answer::ok()), at(10, 200)]);
    assert_eq!(run.times(), [0, 1100]);
    assert_eq!(run.cancelled, [(0, ms(1_000))]);
    assert_eq!((run.calls(Outcome::Ok), run.wire_errors()), (1, reasons(&[("timeout", 1)])));
    let dead = call(STEADY, &[(Nanos::MAX, Answer::ok())]);
    assert_eq!((dead.sent.len(), dead.calls(Outcome::TimedOut)), (4, 1));
}

#[test]
fn a_late_reply_counts_for_nothing() {
    // The first answer comes while the second attempt is on the wire, and says something else.
    let run = call(STEADY, &[(ms(1_105), Answer::status(400)), at(50, 200)]);
    assert_eq!((run.sent.len(), run.calls(Outcome::Ok)), (2, 1));
    assert_eq!(run.all().by_status.get(400), 0);
    assert!(run.ended >= ms(1_150));
}

#[test]
fn a_call_ends_when_its_time_is_up_wherever_it_stands() {
    let policy = "{max_attempts: 9, call_timeout: 250ms, backoff: {type: constant, base: 100ms}}";
    let in_flight = call(policy, &[(Nanos::MAX, Answer::ok())]);
    assert_eq!((in_flight.calls(Outcome::TimedOut), in_flight.cancelled.clone()), (1, vec![(0, ms(250))]));
    // Fails at 60, 220: the next would be sent at 320, so there is no point in waiting.
    let waiting = call(policy, &[at(60, 500)]);
    assert_eq!((waiting.times(), waiting.reasons()), (vec![0, 160], reasons(&[("deadline", 1)])));
    assert_eq!(waiting.ended, ms(220));
}

#[test]
fn a_call_that_waits_for_admission_runs_out_of_time_too() {
    let plan = get("rate_limit: {rate: 1/s, burst: 1}
policies: {p: {call_timeout: 2500ms}}
retry: p
workloads: [{name: w, arrivals: {rate: 100/s, duration: 100ms}, flow: [{call: Get, with: {id: a}}]}]");
    let run = run(&plan, |_| (ms(1), Answer::ok()));
    assert_eq!((run.sent.len(), run.calls(Outcome::Ok), run.calls(Outcome::TimedOut)), (3, 3, 7));
    assert!(run.ended < ms(2_601), "{}", run.ended);
    run.check_conservation();
}

#[test]
fn hints_of_the_service_are_obeyed_and_counted() {
    let policy = "{max_attempts: 3, backoff: {type: constant, base: 10ms}, hint: {use: exact, jitter: 0%}}";
    let run = call(policy, &[(ms(10), Answer::status(429).header("retry-after", "2")), at(10, 200)]);
    assert_eq!(run.times(), [0, 2010]);
    let all = run.all();
    assert_eq!((all.hints_seen, all.hints_obeyed, all.hints_accepted), (1, 1, 1));
    let amz = call(policy, &[(ms(10), Answer::status(503).header("x-amz-retry-after", "1500")), at(10, 200)]);
    assert_eq!(amz.times(), [0, 1510]);
}

#[test]
fn a_spent_quota_ends_retries() {
    let rest = "policies: {p: {max_attempts: 10, backoff: {type: constant, base: 1ms}, budget: {type: token_bucket, size: 5, per_success: 0}}}
retry: p
workloads: [{name: w, iterations: {count: 4}, flow: [{call: Get, with: {id: a}}]}]";
    let run = run(&get(rest), |_| (ms(1), Answer::status(500)));
    assert_eq!(run.sent.len(), 4 + 4, "a retry needs more than one token");
    assert_eq!(run.reasons(), reasons(&[("quota", 4)]));
    run.check_conservation();
}

#[test]
fn a_success_of_the_wrong_status_is_not_what_was_expected() {
    let plan = get(
        "workloads: [{name: w, iterations: {count: 1}, flow: [{call: Get, with: {id: a}, expect: {status: 201}}]}]",
    );
    let run = run(&plan, |_| (ms(1), Answer::ok()));
    assert_eq!((run.calls(Outcome::Failed), run.reasons()), (1, reasons(&[("expectation", 1)])));
}

// ── audit ──

/// Creates with `creating`, then lists `listed` for box `b`.
fn audit(creating: &[Answer], listed: &[&str]) -> loadline::lane::AuditResult {
    let plan = get(&format!(
        "policies: {{p: {{max_attempts: 1, attempt_timeout: 1s}}}}
retry: p
setup: [{{call: Box, publish: {{boxes: $.id}}}}]
audit: {{list: List, over: boxes}}
workloads: [{{name: w, iterations: {{count: {}}}, flow: [{{call: Make, with: {{box: b}}, batch: {{size: 2, item: {{name: 'n{{{{ seq }}}}'}}}}}}]}}]",
        creating.len()
    ));
    let created = run(&plan, |sent| (ms(1), creating[sent.nth].clone()));
    let audit = plan.audit.clone().expect("an audit");
    let drive = Drive::Count(Iterations { count: 1, users: 8 });
    let setting = Setting {
        phase: Phase::Audit,
        workloads: vec![Workload { drive, ..audit.workload }].into(),
        pools: vec![vec![json!("b")]],
        audited: created.ledger.into(),
        ..Setting::new(&plan)
    };
    // Two names a page.
    let run = setting.run(|sent| {
        let page: Vec<Value> = listed.iter().skip(sent.nth * 2).take(2).map(|name| json!({ "name": name })).collect();
        let next = if listed.len() > sent.nth * 2 + 2 { json!(sent.nth) } else { Value::Null };
        (ms(1), Answer::json(json!({"things": page, "next": next})))
    });
    run.audit.expect("an audit was made")
}

#[test]
fn the_audit_tells_what_is_lost_doubled_or_nobodys() {
    let check = |creating: &[Answer], listed: &[&str], expected: [u64; 6], names: &[&str]| {
        let found = audit(creating, listed);
        let counts =
            [found.acknowledged, found.indeterminate, found.listed, found.missing, found.duplicated, found.unexpected];
        assert_eq!(counts, expected, "{listed:?}");
        let named: Vec<String> = found.differences.iter().map(|it| format!("{} {}", it.what, it.name)).collect();
        assert_eq!(named, names);
        assert_eq!(found.is_ok(), names.is_empty());
    };
    let ok = || errors(&[]);
    let lost = || Answer::wire(WireError::Reset);
    check(&[ok(), ok()], &["n0", "n1", "n2", "n3"], [4, 0, 4, 0, 0, 0], &[]);
    check(&[ok(), ok()], &["n3", "n0", "n2", "n1"], [4, 0, 4, 0, 0, 0], &[]);
    check(&[ok(), ok()], &["n0", "n1", "n3"], [4, 0, 3, 1, 0, 0], &["missing n2"]);
    check(&[ok()], &["n0", "n1", "n0"], [2, 0, 3, 0, 1, 0], &["duplicated n0"]);
    check(&[ok()], &["n0", "x", "n1"], [2, 0, 3, 0, 0, 1], &["unexpected x"]);
    // One may replace another and the count is as it should be.
    check(&[ok()], &["n0", "x"], [2, 0, 2, 1, 0, 1], &["missing n1", "unexpected x"]);
    // A lost answer: there or not, both are right.
    check(&[ok(), lost()], &["n0", "n1"], [2, 2, 2, 0, 0, 0], &[]);
    check(&[ok(), lost()], &["n0", "n1", "n3"], [2, 2, 3, 0, 0, 0], &[]);
    check(&[ok(), lost()], &["n0", "n1", "n3", "n3"], [2, 2, 4, 0, 1, 0], &["duplicated n3"]);
    // What was refused for good is not there.
    check(&[errors(&[("n1", "Forbidden")])], &["n0"], [1, 0, 1, 0, 0, 0], &[]);
    check(&[errors(&[("n1", "Forbidden")])], &["n0", "n1"], [1, 0, 2, 0, 0, 1], &["unexpected n1"]);
    check(&[Answer::status(400)], &["n0"], [0, 0, 1, 0, 0, 1], &["unexpected n0"]);
}

#[test]
fn a_parent_whose_listing_fails_is_not_passed_over() {
    let plan = get("setup: [{call: Box, publish: {boxes: $.id}}]
audit: {list: List, over: boxes}
workloads: [{name: w, iterations: {count: 1}, flow: [{call: Make, with: {box: b}, batch: {size: 2, item: {name: 'n{{ seq }}'}}}]}]");
    let created = run(&plan, |_| (ms(1), errors(&[])));
    let setting = Setting {
        phase: Phase::Audit,
        workloads: vec![plan.audit.clone().expect("there").workload].into(),
        pools: vec![vec![json!("b")]],
        audited: created.ledger.into(),
        ..Setting::new(&plan)
    };
    let found = setting.run(|_| (ms(1), Answer::status(500))).audit.expect("there");
    assert_eq!((found.unlisted_parents, found.missing, found.is_ok()), (1, 0, false));
}
