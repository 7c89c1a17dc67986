//! What is missing on our own side: the name, the listener, descriptors, ports.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::program::{Place, Said};
use crate::raw_server::RawServer;

/// Calls at planned instants, to this target.
fn scenario(target: &str, rate: &str) -> Place {
    Place::with(&format!(
        "name: machine
target: {target}
api: {{operations: {{Get: {{method: GET, path: /}}}}}}
policies: {{once: {{max_attempts: 1, attempt_timeout: 1500ms}}}}
retry: once
transport: {{connect_timeout: 500ms}}
workloads: [{{name: w, arrivals: {{rate: {rate}, duration: 500ms}}, flow: [{{call: Get}}]}}]
"
    ))
}

fn by_error(report: &Value) -> &Value {
    &report["totals"]["attempts"]["by_error"]
}

fn words(report: &Value) -> BTreeSet<&str> {
    by_error(report).as_object().expect("counts").keys().map(String::as_str).collect()
}

fn count(report: &Value, word: &str) -> u64 {
    by_error(report)[word].as_u64().unwrap_or_default()
}

#[test]
fn a_name_without_an_address_is_counted_so() {
    // `.invalid` has no address anywhere (RFC 6761).
    let place = scenario("{url: 'http://nobody.invalid'}\nsafety: {allow_hosts: [nobody.invalid]}", "20/s");
    let report = place.report(0);
    assert_eq!(by_error(&report), &json!({"dns": 10}));
    assert_eq!(report["totals"]["calls"]["count"], 10);
}

#[test]
fn nobody_listening_is_counted_so() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    assert_eq!(by_error(&scenario(&format!("{{url: 'http://{address}'}}"), "20/s").report(0)), &json!({"refused": 10}));
}

#[test]
fn a_backlog_that_is_full_is_a_connection_that_was_not_made_in_time() {
    // The system takes 129 connections for a listener that never accepts, and leaves all others unanswered.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let place = scenario(&format!("{{url: 'http://{address}'}}"), "400/s");
    let report = place.report(0);
    assert_eq!(words(&report), BTreeSet::from(["connect_timeout", "timeout"]), "{}", by_error(&report));
    assert_eq!(count(&report, "connect_timeout") + count(&report, "timeout"), 200);
    drop(listener);
}

/// The program's run by way of a shell, which prepares what it has.
fn run_in_shell(place: &Place, prepare: &str, wrap: &[&str]) -> Output {
    let run = place.command("run", &[]);
    let program = run.get_program().to_str().expect("a path");
    let script = format!("{prepare} && exec '{program}' run scenario.yaml");
    let [first, rest @ ..] = wrap else { panic!("nothing to run it with") };
    Command::new(first).args(rest).arg(script).current_dir(place.path()).output().expect("it starts")
}

#[test]
fn a_run_with_few_descriptors_goes_on_with_those_and_ends_every_call_by_name() {
    let server = RawServer::start(|visit| {
        visit.is_closed();
    });
    let place = scenario(&format!("{{url: '{}'}}", server.url()), "200/s");
    let said = Said::from(run_in_shell(&place, "ulimit -n 64", &["sh", "-c"]));
    said.check_code(0);
    let report = place.read_report();
    // A run takes no more connections than it has room for, and calls wait for one; where its reckoning is off, the system's
    // refusal has a word of its own.
    assert!(words(&report).is_subset(&BTreeSet::from(["descriptors", "timeout"])), "{}", by_error(&report));
    assert!(count(&report, "timeout") > 0, "those that got a connection are told apart: {}", by_error(&report));
    assert_eq!(report["totals"]["calls"]["count"], 100, "{}", report["totals"]["calls"]);
    assert_eq!(report["incomplete"], false);
}

#[test]
fn ports_that_run_out_are_counted_so_and_the_run_goes_on() {
    // A network of its own, with eleven ports. The service is inside too.
    let prepare = "ip link set lo up && echo '20000 20010' > /proc/sys/net/ipv4/ip_local_port_range";
    let namespace = ["unshare", "-rn", "sh", "-c"];
    let allowed = Command::new("unshare").args(["-rn", "sh", "-c", prepare]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        let mut err = std::io::stderr();
        std::io::Write::write_all(
            &mut err,
            b"no network namespace can be made here: running out of ports is not shown\n",
        )
        .expect("written");
        return;
    }
    let place = Place::with(
        "name: ports
target: {mock: attendees}
api: attendees
policies: {once: {max_attempts: 1}}
retry: once
mock: {latency: {type: constant, value: 1s}}
workloads: [{name: w, arrivals: {rate: 100/s, duration: 500ms}, flow: [{call: GetMeeting, with: {MeetingId: a}}]}]
",
    );
    let said = Said::from(run_in_shell(&place, prepare, &namespace));
    said.check_code(0);
    let report = place.read_report();
    assert_eq!(words(&report), BTreeSet::from(["ports"]), "{}", by_error(&report));
    assert!(count(&report, "ports") >= 30, "{}", by_error(&report));
    let served = &report["totals"]["attempts"]["by_status"];
    assert_eq!(served.as_object().expect("counts").len(), 1, "those that got one are served: {served}");
    assert_eq!(report["incomplete"], false);
}
