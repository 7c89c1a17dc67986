//! `loadline discover` as a user sees it.

use std::fs;

use crate::program::{Place, Said, loadline};
use crate::server::{Server, answer};

/// A service with a limit of its own, in virtual time: nothing here takes long.
fn scenario(limiters: &str, discover: &str) -> String {
    format!(
        "name: hidden
target: {{mock: attendees}}
limiters: {{secret: {limiters}}}
mock:
  throttling: off
  limits: [{{operations: [GetMeeting], all_of: [secret]}}]
  latency: {{type: constant, value: 4ms}}
setup:
  - call: CreateMeeting
    with: {{ClientRequestToken: one, MediaRegion: us-east-1, ExternalMeetingId: m}}
    publish: {{meetings: $.Meeting.MeetingId}}
workloads:
  - name: load
    arrivals: {{rate: 1/s, duration: 1s}}
    flow: [{{call: GetMeeting, with: {{MeetingId: \"{{{{ meetings.next }}}}\"}}}}]
discover: {discover}
"
    )
}

const BUCKET: &str = "{type: token_bucket, rate: 20/s, burst: 30, scope: [global]}";

fn discover(place: &Place, arguments: &[&str]) -> Said {
    loadline().current_dir(place.path()).arg("discover").args(arguments).output().expect("it starts").into()
}

#[test]
fn the_plan_comes_first_and_the_limiters_go_straight_into_a_scenario() {
    let place = Place::with(&scenario(BUCKET, "{quiet: 3s}"));
    let said = discover(&place, &["scenario.yaml", "--simulate", "--yaml"]);
    said.check_code(0);
    let plan = said.err.find("discover the limiter of GetMeeting").expect("a plan");
    let first = said.err.find("baseline: 2000 requests").expect("a stage");
    assert!(plan < first && said.err.contains("at most 2000 requests in 90s"), "{}", said.err);
    assert!(said.out.contains("type: token_bucket") && said.out.contains("burst: 30"), "{}", said.out);
    let folder = fs::read_dir(place.path().join("reports")).expect("a folder").next().expect("one").expect("readable");
    let probes = fs::read_to_string(folder.path().join("sightings.jsonl")).expect("probes");
    let last = probes.lines().last().expect("a probe");
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert!(last["sent_s"].as_f64().is_some_and(|sent| sent > 3.0) && last["saw"].is_string(), "{last}");
    // What was found is a service that can be probed again.
    let known = ["limiters", "mock", "  throttling", "  limits", "  latency"];
    let whole = scenario(BUCKET, "{quiet: 3s}");
    let rest: Vec<&str> = whole.lines().filter(|line| !known.iter().any(|key| line.starts_with(key))).collect();
    let again = format!("{}\n{}", rest.join("\n"), said.out);
    let said = discover(&Place::with(&again), &["scenario.yaml", "--simulate", "--yaml"]);
    said.check_code(0);
    assert!(said.out.contains("burst: 30"), "{}", said.out);
}

#[test]
fn a_simulated_discovery_is_the_same_each_time() {
    let place = Place::with(&scenario(BUCKET, "{quiet: 3s, requests: 600}"));
    let once = || discover(&place, &["scenario.yaml", "--simulate", "--json"]).json()["discover"].clone();
    assert_eq!(once(), once());
}

#[test]
fn no_limiter_is_an_answer() {
    let high = "{type: token_bucket, rate: 100000/s, burst: 100000, scope: [global]}";
    let said = discover(&Place::with(&scenario(high, "{quiet: 1s, max_rate: 40/s, requests: 400}")), &["scenario.yaml", "--simulate", "--json"]);
    said.check_code(0);
    assert_eq!(said.json()["discover"]["answer"], "no_limiter", "{said:?}");
}

#[test]
fn an_address_that_does_not_answer_as_it_should_is_no_limiter() {
    let place = Place::with("");
    let server = Server::start(|_, _| answer("500 Internal Server Error", "", "no"));
    let said = discover(&place, &[&server.url(), "--pause", "200ms", "--json"]);
    said.check_code(1);
    assert_eq!(said.json()["discover"]["answer"], "failing", "{said:?}");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let place = Place::with(&scenario(BUCKET, "{}"));
    discover(&place, &["scenario.yaml", "-X", "GET"]).check_code(2);
    let said = discover(&place, &["scenario.yaml", "--operation", "GetMeetings"]);
    said.check_code(2);
    assert!(said.err.contains("there is no operation `GetMeetings`"), "{}", said.err);
    let said = discover(&place, &["scenario.yaml", "--dimension", "cookie"]);
    said.check_code(2);
    assert!(said.err.contains("nothing that requests could differ in"), "{}", said.err);
    discover(&place, &["nowhere.yaml"]).check_code(2);
    discover(&place, &["http://192.0.2.1/"]).check_code(113);
}
