//! The embedded service: as the target of a run, and by itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::program::{Place, loadline};

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
