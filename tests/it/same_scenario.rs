//! One scenario on the embedded service, and signed at a strict one that runs by itself: the same counts, both audits pass.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::program::{Place, loadline};

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIDLOADLINETEST"), ("AWS_SECRET_ACCESS_KEY", "a-secret-of-tests")];

/// The scenario, but for where it is sent.
const SCENARIO: &str = "name: same
target: TARGET
api: attendees
mock: {quotas: {attendees_per_meeting: unlimited}}
policies: {patient: {extends: aws-standard-2.1, max_attempts: 15, backoff: {type: full_jitter, base: 200ms, cap: 4s}, budget: {type: none}}}
retry: patient
grace: 20s
setup: [{call: CreateMeeting, repeat: 4, with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}, publish: {meetings: $.Meeting.MeetingId}}]
workloads:
  - name: fill
    arrivals: {rate: 60/s, duration: 1s}
    flow: [{call: BatchCreateAttendee, with: {MeetingId: '{{ meetings.next }}'}, batch: {size: 10, item: {ExternalUserId: 'u-{{ seq }}'}}}]
  - name: browse
    iterations: {count: 6, users: 2}
    flow: [{call: ListAttendees, with: {MeetingId: '{{ meetings.random }}'}, paginate: {page_size: 50}}]
audit: {list: ListAttendees, over: meetings}
thresholds: ['ratio(calls.ok) == 100%', 'count(items.ok, BatchCreateAttendee) == 600']";

/// A strict mock of its own; ended when it is dropped.
struct Strict {
    child: Child,
    url: String,
}

impl Strict {
    fn start() -> Self {
        let mut command = loadline();
        command.args(["mock", "--strict", "--set", "mock.quotas.attendees_per_meeting=unlimited"]);
        let mut child = command.envs(KEYS).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut url).expect("a line");
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Strict {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(target: &str, code: i32) -> Value {
    let place = Place::with(&SCENARIO.replace("TARGET", target));
    let said: crate::program::Said = place.command("run", &[]).envs(KEYS).output().expect("it starts").into();
    said.check_code(code);
    place.read_report()
}

fn signed(strict: &Strict, secret: &str) -> String {
    format!(
        "{{url: '{}', auth: {{type: sigv4, service: chime, region: us-east-1, access_key: '${{env:AWS_ACCESS_KEY_ID}}', \
         secret_key: '{secret}'}}}}",
        strict.url
    )
}

#[test]
fn a_scenario_does_the_same_on_the_mock_and_signed_at_a_strict_service() {
    let strict = Strict::start();
    let reports = [run("{mock: attendees}", 0), run(&signed(&strict, "${env:AWS_SECRET_ACCESS_KEY}"), 0)];
    for report in &reports {
        let audit = &report["audit"];
        assert_eq!((&audit["ok"], &audit["acknowledged"], &audit["listed"]), (&true.into(), &600.into(), &600.into()));
    }
    let kinds = reports.each_ref().map(|report| report["target"]["kind"].as_str().expect("a kind"));
    assert_eq!(kinds, ["mock", "url"]);
    let throttled = |report: &Value| report["totals"]["attempts"]["by_status"]["429"].as_u64().unwrap_or_default();
    assert!(
        reports.iter().all(|report| throttled(report) > 0),
        "both throttle: 60 against 10 a second and a burst of 20"
    );
}

#[test]
fn a_strict_service_refuses_what_another_key_signed() {
    let strict = Strict::start();
    let place = Place::with(&SCENARIO.replace("TARGET", &signed(&strict, "${env:OTHER}")));
    let mut command = place.command("run", &[]);
    let said: crate::program::Said = command.envs(KEYS).env("OTHER", "another").output().expect("it starts").into();
    assert_eq!(said.code, Some(1), "setup cannot be done: {said:?}");
    assert!(said.err.contains("401") || said.err.contains("Unauthorized"), "{}", said.err);
}
