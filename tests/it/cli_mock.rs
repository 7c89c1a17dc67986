//! The embedded service: as the target of a run, and by itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::mock_process::{ABSENT, Mock};
use crate::program::{Place, Said, loadline, say};

#[test]
fn a_run_against_the_mock_creates_lists_and_audits() {
    let place = Place::with(
        "name: small
target: {mock: attendees}
api: attendees
mock: {throttling: off, quotas: {attendees_per_meeting: unlimited}}
grace: 20s
setup: [{call: CreateMeeting, repeat: 3, with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}, publish: {meetings: $.Meeting.MeetingId}}]
workloads:
  - name: fill
    arrivals: {rate: 20/s, duration: 500ms}
    flow: [{call: BatchCreateAttendee, with: {MeetingId: '{{ meetings.next }}'}, batch: {size: 30, item: {ExternalUserId: 'u-{{ seq }}'}}}]
  - name: browse
    iterations: {count: 4, users: 2}
    flow: [{call: ListAttendees, with: {MeetingId: '{{ meetings.random }}'}, paginate: {page_size: 20}}]
audit: {list: ListAttendees, over: meetings}
thresholds: ['ratio(calls.ok) == 100%', 'count(items.ok, BatchCreateAttendee) == 300']",
    );
    let report = place.report(0);
    assert_eq!(
        report["audit"],
        json!({"acknowledged": 300, "indeterminate": 0, "listed": 300, "missing": 0, "duplicated": 0, "unexpected": 0, "ok": true})
    );
    assert_eq!(report["target"]["kind"], "mock");
    let names: Vec<_> = report["operations"].as_array().expect("a list").iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["BatchCreateAttendee", "ListAttendees"], "setup and audit are not measured");
}

#[test]
fn a_run_in_the_legacy_namespace_needs_no_more_than_its_catalogue() {
    let place = Place::with(
        "name: legacy
target: {mock: attendees}
api: attendees-legacy
mock: {throttling: off, meeting_lifetime: 24h, validation_error: validation_exception}
setup: [{call: CreateMeeting, repeat: 2, with: {ClientRequestToken: '{{ uuid }}'}, publish: {meetings: $.Meeting.MeetingId}}]
workloads:
  - name: fill
    iterations: {count: 4, users: 1}
    flow:
      - {call: BatchCreateAttendee, with: {MeetingId: '{{ meetings.next }}'}, batch: {size: 50, item: {ExternalUserId: 'aws:{{ seq }}', Tags: [{Key: k, Value: v}]}}, capture: {id: '$.Attendees[0].AttendeeId'}}
      - {call: TagMeeting, with: {MeetingId: '{{ meetings.next }}', Tags: [{Key: team, Value: blue}]}}
      - {call: ListMeetings, paginate: {page_size: 1}}
audit: {list: ListAttendees, over: meetings}
thresholds: ['ratio(calls.ok) == 100%', 'count(items.ok, BatchCreateAttendee) == 200']",
    );
    let report = place.report(0);
    assert_eq!((&report["audit"]["listed"], &report["audit"]["ok"]), (&json!(200), &json!(true)));
    assert_eq!(report["totals"]["attempts"]["by_status"]["201"], 4, "{}", report["totals"]["attempts"]);
}

#[test]
fn a_throttled_run_tells_throttling_from_failure() {
    let place = Place::with(
        "name: throttled
target: {mock: attendees}
api: attendees
limiters: {tight: {type: token_bucket, rate: 5/s, burst: 5, scope: [account]}}
mock: {limits: [{operations: [GetMeeting], all_of: [tight]}]}
setup: [{call: CreateMeeting, with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: mm}, publish: {meetings: $.Meeting.MeetingId}}]
workloads: [{name: w, arrivals: {rate: 50/s, duration: 1s}, flow: [{call: GetMeeting, with: {MeetingId: '{{ meetings.next }}'}}]}]
thresholds: ['ratio(attempts.throttled) < 1%', 'ratio(calls.failed) == 0%']",
    );
    let report = place.report(99);
    let calls = &report["totals"]["calls"];
    let (ok, throttled) = (calls["ok"].as_u64().expect("a number"), calls["throttled"].as_u64().expect("a number"));
    // The burst and five a second; how many seconds pass on a busy machine is not ours to say.
    assert!(ok >= 5 && throttled > 0 && ok + throttled == 50, "{calls}");
    assert_eq!(report["totals"]["attempts"]["by_status"]["429"], throttled);
    let held: Vec<_> = report["thresholds"].as_array().expect("a list").iter().map(|it| it["ok"].clone()).collect();
    assert_eq!(held, [false, true], "throttling is no failure, and no success");
}

#[test]
fn the_mock_says_where_it_listens_and_ends_when_told() {
    let mut child =
        loadline().args(["mock", "--unlimited"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut address = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("a line");
    let host = address.trim().strip_prefix("http://").expect("an address").to_owned();
    let mut stream = TcpStream::connect(&host).expect("it listens");
    write!(
        stream,
        "GET /meetings/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("a reply");
    assert!(reply.starts_with("HTTP/1.1 404"), "{reply}");
    let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status().expect("a shell");
    assert!(told.success());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(0));
    let said = String::from_utf8(ended.stderr).expect("text");
    assert!(said.contains("GetMeeting 404: 1") && said.contains("1 requests answered"), "{said}");
}

#[test]
fn the_administrative_port_tells_what_was_done() {
    let mock = Mock::start(&[
        "--set",
        "mock.limits=[{all_of: [one]}]",
        "--set",
        "limiters.one={type: token_bucket, rate: 1/h, burst: 2}",
    ]);
    assert_eq!(mock.admin("/health").body, "{\"status\":\"ok\"}\n");
    assert_eq!(mock.admin("/other").status, 404);
    let mut client = mock.client();
    let statuses: Vec<u16> = (0..5).map(|_| client.get(ABSENT).status).collect();
    assert_eq!(statuses, [404, 404, 429, 429, 429]);
    assert_eq!(client.get("/nowhere").status, 404);
    let metrics = mock.metrics();
    let expected = [
        ("requests_total{operation=\"GetMeeting\",status=\"404\"}", 2),
        ("requests_total{operation=\"GetMeeting\",status=\"429\"}", 3),
        ("requests_total{operation=\"unknown\",status=\"404\"}", 1),
        ("throttled_total", 3),
        ("in_flight", 0),
        ("connections", 1),
        ("connections_total", 1),
        ("duration_seconds_bucket{le=\"+Inf\"}", 6),
        ("duration_seconds_count", 6),
    ];
    for (name, value) in expected {
        assert_eq!(metrics.get(name).map(|value| *value as u64), Some(value), "{name} in {metrics:?}");
    }
    for name in ["received_bytes_total", "sent_bytes_total", "uptime_seconds", "duration_seconds_sum"] {
        assert!(metrics[name] > 0.0, "{name}");
    }
}

#[test]
fn the_request_log_has_a_line_for_each_request_and_no_secret() {
    let place = Place::with("name: mock\n");
    let log = place.path().join("requests.jsonl");
    let mock = Mock::start(&["--namespace", "legacy", "--request-log", log.to_str().expect("text")]);
    let mut client = mock.client();
    client.send(format!(
        "GET {ABSENT}?token=hunter1 HTTP/1.1\r\nhost: x\r\namz-sdk-invocation-id: call-1\r\namz-sdk-request: attempt=2; max=3\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=AKIA1/20260101/us-east-1/chime/aws4_request, SignedHeaders=host, Signature=hunter2\r\n\
         x-amz-security-token: hunter3\r\n\r\n"
    ));
    let reply = client.reply();
    assert_eq!(client.get("/nowhere").status, 404);
    mock.signal("TERM");
    assert_eq!(mock.wait().0, Some(0));
    let text = std::fs::read_to_string(&log).expect("written");
    assert!(!text.contains("hunter"), "{text}");
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    let first = &lines[0];
    let expected = json!({
        "method": "GET", "path": ABSENT, "operation": "GetMeeting", "namespace": "legacy", "account": "AKIA1", "status": 404,
        "error_type": "NotFoundException", "bytes_in": 0, "bytes_out": reply.body.len(),
        "amz-sdk-invocation-id": "call-1", "amz-sdk-request": "attempt=2; max=3",
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&first[name], value, "{name} in {first}");
    }
    assert!(reply.head.contains(first["request_id"].as_str().expect("an id")));
    assert!(first["duration_ms"].is_number() && first["peer"].is_string() && first["time"].is_string());
    assert_eq!((&lines[1]["operation"], &lines[1]["error_type"]), (&json!(null), &json!("UnknownOperationException")));
}

#[test]
fn a_reply_under_way_ends_before_the_mock_does() {
    let mock = Mock::start(&["--unlimited", "--set", "mock.latency={type: constant, value: 500ms}"]);
    // An idle connection, and one that has said nothing yet, hold nobody up.
    let (mut idle, _silent) = (mock.client(), mock.client());
    assert_eq!(idle.get(ABSENT).status, 404);
    let mut client = mock.client();
    client.send(format!("GET {ABSENT} HTTP/1.1\r\nhost: x\r\n\r\n"));
    while mock.count("in_flight") < 1 {}
    mock.signal("INT");
    assert_eq!(client.reply().status, 404);
    let (code, said) = mock.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 requests answered"), "{said}");
}

#[test]
fn a_strict_mock_takes_its_key_from_the_environment_alone() {
    let strict = || {
        let mut command = loadline();
        command.args(["mock", "--strict", "--admin", "127.0.0.1:0"]);
        command.env_remove("AWS_SESSION_TOKEN").env_remove("AWS_SECRET_ACCESS_KEY").env("AWS_ACCESS_KEY_ID", "AKIA1");
        command
    };
    let said: Said = strict().output().expect("it starts").into();
    said.check_code(1);
    assert!(said.err.contains("export AWS_SECRET_ACCESS_KEY=…"), "{}", said.err);
    let mock = Mock::spawn(strict().env("AWS_SECRET_ACCESS_KEY", "hunter2"));
    let refused = mock.client().get(ABSENT);
    assert!(refused.status == 401 && refused.body.contains("Missing Authentication Token"), "{refused:?}");
}

#[test]
fn a_mock_that_cannot_be_served_says_why() {
    let said = say(&["mock", "--set", "mock.authentication=strict", "--set", "mock.region=7"]);
    said.check_code(2);
    insta::assert_snapshot!(said.err);
}
