//! Lanes on every core: the same load, however many they are.

use std::collections::BTreeMap;

use loadline::engine::lane_count;

use crate::program::Place;
use crate::server::{Server, ok};
use crate::virtual_time::plan;

fn scenario(url: &str, lanes: u64, drive: &str) -> String {
    format!(
        "name: lanes
target: {{url: '{url}'}}
transport: {{lanes: {lanes}, connections: 16}}
api: {{operations: {{Get: {{method: GET, path: '/{{a}}/{{b}}'}}}}}}
retry: none
seed: 11
workloads:
  - name: read
    {drive}
    flow:
      - call: Get
        with: {{a: '{{{{ seq }}}}', b: '{{{{ random(1, 1000000) }}}}'}}
"
    )
}

/// What a run with so many lanes asks for, and how often.
fn asked(lanes: u64, drive: &str) -> BTreeMap<String, u64> {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&scenario(&server.url(), lanes, drive));
    let said = place.run(&["--json", "-q"]);
    let report = said.json();
    assert_eq!(report["engine"]["lanes"], lanes);
    assert_eq!(report["totals"]["calls"]["count"], report["totals"]["calls"]["ok"]);
    let mut asked = BTreeMap::new();
    for head in server.requests.try_iter() {
        let target = head.split(' ').nth(1).expect("a request line").to_owned();
        *asked.entry(target).or_default() += 1;
    }
    asked
}

#[test]
fn work_is_striped_exactly() {
    for drive in ["arrivals: {rate: 200/s, duration: 1s, spacing: poisson}", "iterations: {count: 101, users: 7}"] {
        let alone = asked(1, drive);
        assert!(alone.values().all(|count| *count == 1) && alone.len() > 100, "{alone:?}");
        for lanes in [2, 5] {
            assert_eq!(asked(lanes, drive), alone, "{lanes} lanes, {drive}");
        }
    }
}

/// The number of lanes on a machine with eight cores.
fn on_eight_cores(target: &str, rest: &str, drive: &str) -> u64 {
    let yaml = format!(
        "name: lanes
target: {target}
api: {{operations: {{Get: {{method: GET, path: /}}}}}}
safety: {{max_requests: 100000000}}
{rest}
workloads: [{{name: read, {drive}, flow: [{{call: Get}}]}}]
"
    );
    lane_count(&plan(&yaml), 8)
}

#[test]
fn lanes_are_as_many_as_the_load_needs() {
    let url = "{url: 'http://127.0.0.1:1'}";
    let check = |expected, target, rest, drive| {
        assert_eq!(on_eight_cores(target, rest, drive), expected, "{target} {rest} {drive}");
    };
    check(1, url, "retry: none", "arrivals: {rate: 50/s, duration: 1m}");
    check(3, url, "retry: none", "arrivals: {rate: 25000/s, duration: 1m}");
    check(8, url, "retry: none", "arrivals: {rate: 200000/s, duration: 1m}");
    check(8, url, "retry: none", "users: {count: 64, duration: 1m}");
    check(1, url, "retry: none", "users: {count: 1000, duration: 1m, think_time: 1s}");
    check(5, url, "retry: none", "users: {count: 10000, duration: 1m, think_time: 1s}");
    // The embedded service keeps a core.
    check(7, "{mock: attendees}", "retry: none", "users: {count: 64, duration: 1m}");
    // Nobody to do a lane's share, or nothing to do it with.
    check(3, url, "retry: none\ntransport: {lanes: 8}", "iterations: {count: 100, users: 3}");
    check(2, url, "retry: none\ntransport: {connections: 2}", "users: {count: 64, duration: 1m}");
    // A client whose calls share a budget lives in one lane.
    check(1, url, "retry: aws-standard-2.1", "users: {count: 64, duration: 1m}");
    check(5, url, "retry: aws-standard-2.1\nclients: 20", "users: {count: 64, duration: 1m}");
    check(
        4,
        url,
        "retry: aws-standard-2.1\nclients: 20\ntransport: {lanes: 4}",
        "arrivals: {rate: 10/s, duration: 1s}",
    );
}
