//! What policies make of replies: hints in every header field, failures told apart by header fields, and what a server forbids.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use loadline::api::{Attempt, Hints, Input, Values};
use loadline::mock::Front;
use loadline::record::Outcome;
use loadline::retry::read_hints;
use loadline::service::Service;
use loadline::time::MonotonicClock;
use loadline::transport::InProcess;
use loadline::units::Nanos;

use crate::virtual_time::{Answer, Run, get, ms, plan, run};

/// One call under a policy; `answers` are given in turn, the last one for ever.
fn call(policy: &str, answers: &[Answer]) -> Run {
    let plan = get(&format!(
        "policies: {{p: {policy}}}\nretry: p\nworkloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: Get, with: {{id: a}}}}]}}]"
    ));
    let run = run(&plan, |sent| (ms(10), answers[sent.nth.min(answers.len() - 1)].clone()));
    run.check_conservation();
    run
}

fn hinted(name: &'static str, value: &str) -> [Answer; 2] {
    [Answer::status(429).header(name, value), Answer::ok()]
}

/// Seen, obeyed, accepted.
fn hints(run: &Run) -> [u64; 3] {
    let all = run.all();
    [all.hints_seen, all.hints_obeyed, all.hints_accepted]
}

const EXACT: &str = "{max_attempts: 3, backoff: {type: constant, base: 100ms}, hint: {use: exact, jitter: 0%}}";

#[test]
fn every_header_field_sets_the_wait_and_is_counted() {
    for (name, value, wait) in [
        ("grpc-retry-pushback-ms", "250", 250),
        ("x-amz-retry-after", "1500", 1_500),
        ("retry-after", "2", 2_000),
        ("ratelimit", "\"default\";r=0;t=3", 3_000),
        ("ratelimit-reset", "4", 4_000),
        ("x-ratelimit-reset", "5", 5_000),
        // Longer than a minute counts as a minute.
        ("retry-after", "86400", 60_000),
    ] {
        let run = call(EXACT, &hinted(name, value));
        assert_eq!(run.times(), [0, 10 + wait], "{name}: {value}");
        assert_eq!(hints(&run), [1, 1, 1], "{name}: {value}");
    }
}

#[test]
fn hints_that_nobody_listens_to_are_seen_and_not_obeyed() {
    let deaf = "{max_attempts: 3, backoff: {type: constant, base: 100ms}}";
    let run = call(deaf, &hinted("retry-after", "2"));
    assert_eq!((run.times(), hints(&run)), (vec![0, 110], [1, 0, 0]));
    let picky = "{max_attempts: 3, backoff: {type: constant, base: 100ms}, hint: {use: exact, jitter: 0%, headers: [ratelimit]}}";
    let run = call(picky, &hinted("retry-after", "2"));
    assert_eq!((run.times(), hints(&run)), (vec![0, 110], [1, 0, 0]));
}

#[test]
fn a_server_that_says_stop_ends_the_call() {
    let run = call(EXACT, &[Answer::status(503).header("grpc-retry-pushback-ms", "-1")]);
    assert_eq!((run.sent.len(), run.calls(Outcome::Failed)), (1, 1));
    assert_eq!(run.reasons().into_iter().collect::<Vec<_>>(), [("pushback", 1)]);
    assert_eq!(hints(&run), [1, 0, 0]);
}

#[test]
fn a_header_field_decides_what_is_retried() {
    let refused = Answer::status(503).header("x-envoy-ratelimited", "true");
    assert_eq!(call("{extends: envoy}", &[refused.clone(), Answer::ok()]).sent.len(), 1);
    assert_eq!(call("{extends: envoy}", &[Answer::status(503), Answer::ok()]).sent.len(), 2);
    let own = "{extends: full-jitter, never_retry_on: {header: X-Stop}, retry_on: {header: X-Again}, classify: [{when: {header: X-Busy}, as: throttling}]}";
    let sent = |status, name| call(own, &[Answer::status(status).header(name, ""), Answer::ok()]).sent.len();
    assert_eq!(sent(503, "x-stop"), 1);
    assert_eq!(sent(418, "x-again"), 2);
    assert_eq!(sent(418, "x-other"), 1);
    let busy = call(own, &[Answer::status(418).header("x-busy", "1")]);
    assert_eq!((busy.sent.len(), busy.calls(Outcome::Throttled)), (4, 1));
}

#[test]
fn a_reply_can_be_a_success_by_rule() {
    let rule = "{classify: [{when: {status: 410}, as: success}]}";
    let run = call(rule, &[Answer::status(410)]);
    assert_eq!((run.sent.len(), run.calls(Outcome::Ok)), (1, 1));
    assert_eq!(call(rule, &[Answer::status(404)]).calls(Outcome::Failed), 1);
}

#[test]
fn decorrelated_waits_grow_from_the_one_before() {
    let policy = "{max_attempts: 12, backoff: {type: decorrelated_jitter, base: 100ms, cap: 1h}}";
    let times = call(policy, &[Answer::status(503)]).times();
    let waits: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0] - 10).collect();
    for pair in waits.windows(2) {
        assert!((100..=3 * pair[0] + 3).contains(&pair[1]), "{waits:?}");
    }
    assert!(waits.iter().max() > waits.first(), "{waits:?}");
}

/// The same refusal, read off the header fields that the mock's front writes, and told in process.
#[test]
fn hints_are_the_same_in_process_and_over_http() {
    for reject in [
        "{retry_after: ceil_seconds}",
        "{headers: [x_amz_retry_after]}",
        "{headers: [ratelimit]}",
        "{headers: [x_ratelimit], body: text}",
        "{retry_after: none}",
    ] {
        let text = format!(
            "name: a
target: {{mock: attendees}}
limiters: {{slow: {{type: token_bucket, rate: 1/h, burst: 1}}}}
mock: {{throttling: off, limits: [{{operations: [GetMeeting], all_of: [slow]}}], reject: {reject}}}
policies: {{p: {{classify: [{{when: {{header: [retry-after, x-amz-retry-after, ratelimit, ratelimit-policy, x-ratelimit-limit, x-ratelimit-reset, x-amzn-errortype, content-type, x-none]}}, as: transient}}]}}}}
workloads: [{{name: w, iterations: {{count: 1}}, flow: [{{call: GetMeeting, with: {{MeetingId: m}}}}]}}]
"
        );
        let plan = plan(&text);
        let service = || Service::new(plan.service.clone()).expect("a sound configuration");
        let front = Front::new(service());
        let clock = MonotonicClock::start();
        let transport = InProcess::new(Arc::clone(&plan), Rc::new(RefCell::new(service())), clock);
        let exchange = &plan.exchanges[0];
        let input = Input {
            exchange: 0,
            values: Rc::new(Values::default()),
            items: None,
            page: None,
            attempt: Attempt::default(),
        };
        let over_http = || {
            let request = http::Request::builder().uri(exchange.render(&input).path_and_query).body(Bytes::new());
            let reply = front.answer(SocketAddr::from(([127, 0, 0, 1], 1)), request.expect("a sound request"));
            (reply.status().as_u16(), read_hints(reply.headers(), &exchange.wants.noted, || 0.0))
        };
        let in_process = || {
            let (_, reply) = transport.ask(clock.now(), &input);
            (reply.status.expect("there is no wire to break"), reply.hints)
        };
        // The first takes the only token.
        assert_ne!((over_http().0, in_process().0), (429, 429));
        let ((wire, written), (direct, told)) = (over_http(), in_process());
        assert_eq!((wire, direct), (429, 429));
        assert_eq!(about(&told), about(&written), "{reject}");
        assert_eq!(told.noted, written.noted, "{reject}");
    }
}

/// Whether each hint is there and is about an hour: the two are not asked at the same instant.
fn about(hints: &Hints) -> [Option<bool>; 4] {
    assert_eq!(hints.pushback, None);
    [hints.amz_retry_after, hints.retry_after, hints.ratelimit, hints.x_ratelimit_reset]
        .map(|hint| hint.map(|hint| hint > Nanos::from_secs(3_000)))
}
