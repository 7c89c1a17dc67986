//! What a request asks of the allocator, from the instant it falls due to the record of its reply: nothing, in the steady state.
//!
//! A program of its own, because a program has one allocator.

mod counting;
mod turns;

use counting::allocations;
use turns::{Answer, Turns};

const HEAD: &str = "
name: steady
target: {mock: attendees, headers: {X-Run: \"load\"}}
api: attendees
safety: {max_requests: 1000000000, max_duration: 24h}
retry: aws-standard-2.1
clients: 20
setup:
  - {call: CreateMeeting, repeat: 10, publish: {meetings: $.Meeting.MeetingId}}
";

/// Attempts that are measured, after as many that are not.
const MEASURED: usize = 100_000;

fn ok(body: &str) -> Answer {
    (200, body.into())
}

fn throttled() -> Answer {
    (
        429,
        br#"{"Code": "ThrottledClientException", "Message": "Rate exceeded", "Details": {"Limit": [10, "s"]}}"#.into(),
    )
}

/// Allocations by `attempts` attempts, once a lane has been at work for some virtual seconds.
fn measured(rest: &str, answers: Vec<Answer>, attempts: usize) -> (u64, Turns) {
    let mut turns = Turns::new(&format!("{HEAD}{rest}"), answers);
    turns.run(attempts);
    let before = allocations();
    turns.run(attempts);
    (allocations() - before, turns)
}

fn check_none(rest: &str, answers: Vec<Answer>, attempts: usize) -> Turns {
    let (allocations, turns) = measured(rest, answers, attempts);
    assert_eq!(allocations, 0, "in {attempts} attempts");
    turns
}

/// At most so many for each attempt; a few more for tables that still grow.
fn check_at_most(each: usize, rest: &str, answers: Vec<Answer>) {
    let (allocations, turns) = measured(rest, answers, MEASURED);
    assert!(allocations <= (each * MEASURED + 50) as u64, "{allocations} in {MEASURED} attempts");
    assert_eq!(turns.successes, turns.attempts, "every reply is read and liked");
}

#[test]
fn reading_what_a_pool_holds() {
    let turns = check_none(
        "workloads:
  - name: read
    arrivals: {rate: 5000/s, duration: 10h, spacing: even}
    flow:
      - {call: GetMeeting, with: {MeetingId: \"{{ meetings.next }}\"}}
      - {call: GetAttendee, with: {MeetingId: \"{{ meetings.random }}\", AttendeeId: \"{{ uuid }}/é\"}}
",
        vec![ok("{}")],
        MEASURED,
    );
    assert_eq!(turns.successes, turns.attempts);
}

#[test]
fn waiting_for_the_clients_own_limiter() {
    check_none(
        "rate_limit: {rate: 4000/s, burst: 100, per_operation: {GetMeeting: {rate: 3900/s, burst: 50}}}
workloads:
  - name: read
    arrivals: {rate: 3800/s, duration: 10h}
    flow: [{call: GetMeeting, with: {MeetingId: \"meeting-{{ random(1, 100) }}\"}}]
",
        vec![ok("{}")],
        MEASURED,
    );
}

#[test]
fn sending_batches_of_a_hundred() {
    check_none(
        "workloads:
  - name: fill
    arrivals: {rate: 5000/s, duration: 10h, spacing: even}
    flow:
      - call: BatchCreateAttendee
        with: {MeetingId: \"{{ meetings.next }}\"}
        batch: {size: 100, item: {ExternalUserId: \"user-{{ seq }}\"}}
",
        vec![ok(r#"{"Attendees": [{"ExternalUserId": "user-1", "Capabilities": "none"}], "Errors": []}"#)],
        // Each of them is as much work as fifty others.
        MEASURED / 5,
    );
}

#[test]
fn being_throttled_and_sending_again() {
    let turns = check_none(
        "workloads:
  - name: read
    arrivals: {rate: 5000/s, duration: 10h}
    flow: [{call: GetMeeting, with: {MeetingId: \"{{ meetings.next }}\"}}]
",
        vec![ok("{}"), ok("{}"), throttled(), ok("{}"), throttled()],
        MEASURED,
    );
    assert_eq!(turns.successes * 5, turns.attempts * 3);
}

#[test]
fn users_who_go_round() {
    check_none(
        "workloads:
  - name: read
    users: {count: 50, duration: 10h, think_time: 10ms}
    flow: [{call: GetMeeting, with: {MeetingId: \"{{ meetings.next }}\"}}]
",
        vec![ok("{}")],
        MEASURED,
    );
}

/// A token is kept for the next page, and a copy goes to the wire.
#[test]
fn walking_over_pages() {
    let page = |number: u32| match number {
        9 => ok(r#"{"Attendees": [{"ExternalUserId": "a"}]}"#),
        _ => ok(&format!(r#"{{"Attendees": [{{"ExternalUserId": "a"}}], "NextToken": "token-{number}"}}"#)),
    };
    check_at_most(
        2,
        "workloads:
  - name: list
    arrivals: {rate: 500/s, duration: 10h, spacing: even}
    flow:
      - call: ListAttendees
        with: {MeetingId: \"{{ meetings.next }}\"}
        paginate: {page_size: 1}
",
        (0..10).map(page).collect(),
    );
}

/// The list of captures and the text in it, at every second call.
#[test]
fn capturing_a_value() {
    check_at_most(
        1,
        "workloads:
  - name: visit
    arrivals: {rate: 2500/s, duration: 10h, spacing: even}
    flow:
      - call: CreateMeeting
        with: {ClientRequestToken: \"{{ uuid }}\", MediaRegion: eu-central-1, ExternalMeetingId: \"m-{{ seq }}\"}
        capture: {meeting: $.Meeting.MeetingId}
      - {call: GetMeeting, with: {MeetingId: \"{{ meeting }}\"}}
",
        vec![ok(r#"{"Meeting": {"MediaRegion": "eu-central-1", "MeetingId": "0123456789"}}"#)],
    );
}

/// Whatever a client asks itself and counts is kept in places that are there from the beginning.
#[test]
fn asking_every_gate_and_every_budget() {
    let gates = [
        "client_throttle: {type: sre, window: 5s}, budget: {type: grpc}",
        "client_throttle: {type: admission_control, window: 5s, floor: 1/s}, budget: {type: ratio}",
        "client_throttle: {type: fixed, rate: 1000/s, burst: 5}, budget: {type: max_retries, most: 3}",
        "client_throttle: {type: cubic}, concurrency: {type: aimd}, budget: {type: concurrent}",
        "concurrency: {type: gradient}, budget: {type: token_bucket, size: 10, per_success: 0.1}",
        "circuit_breaker: {window: 50, min_calls: 50, open_for: 10ms}, concurrency: {type: vegas}, budget: {type: aws_quota}",
        "circuit_breaker: {window: 50, min_calls: 50, only_retries: true}, hedge: {after: p95}",
    ];
    for gate in gates {
        let rest = format!(
            "policies: {{guarded: {{extends: aws-standard-2.1, backoff: {{type: constant, base: 1ms}}, {gate}}}}}
workloads:
  - name: read
    users: {{count: 50, duration: 10h, think_time: 10ms}}
    flow: [{{call: GetMeeting, retry: guarded, with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}}}]
"
        );
        let answers = (0..50).map(|number| if number % 10 == 9 { throttled() } else { ok("{}") }).collect();
        let (allocations, turns) = measured(&rest, answers, MEASURED / 20);
        assert_eq!(allocations, 0, "{gate}");
        assert_eq!(turns.successes * 10, turns.attempts * 9, "{gate}");
    }
}
