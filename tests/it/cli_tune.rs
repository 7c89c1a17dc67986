//! `loadline tune` as a user sees it: what it compares, what it refuses, and what real runs say of its predictions.

use std::io::{self, BufRead as _, Read as _};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::{Place, Said};

/// Ten calls in two seconds meet four tokens and forty more a minute; nothing is drawn, so every run is like every other. The waits
/// are such that no attempt comes within 30 ms of a new token or of another attempt: real runs cannot fall on another side of either. The limit that `hasty`
/// keeps is never reached; with it no client-side limiter is added to those that are compared.
fn scenario(tune: &str) -> String {
    format!(
        "name: pick
target: {{mock: attendees}}
limiters: {{few: {{type: token_bucket, rate: 40/min, burst: 4, scope: [account]}}}}
mock: {{limits: [{{all_of: [few]}}]}}
policies:
  steady: {{max_attempts: 6, backoff: {{type: constant, base: 570ms}}}}
  hasty: {{max_attempts: 3, backoff: {{type: constant, base: 230ms}}, client_throttle: {{type: fixed, rate: 100/s, burst: 100}}}}
workloads:
  - name: open
    arrivals: {{rate: 5/s, duration: 2s, spacing: even}}
    flow:
      - call: CreateMeeting
        with: {{ClientRequestToken: \"{{{{ uuid }}}}\", MediaRegion: us-east-1, ExternalMeetingId: \"m-{{{{ seq }}}}\"}}
{tune}"
    )
}

const TUNE: &str =
    "tune: {policies: [none, steady, hasty], arrivals: [open], weights: {success_ratio: 20}, seeds: 3}\n";

fn tune(place: &Place, arguments: &[&str]) -> Said {
    place.command("tune", arguments).output().expect("it starts").into()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {value}"))
}

#[test]
fn policies_are_compared_and_the_report_says_which_is_best() {
    let place = Place::with(&scenario(TUNE));
    let said = tune(&place, &["--json", "--threads", "2"]);
    said.check_code(0);
    let report = said.json();
    assert_eq!(report, place.read_report(), "standard output is the report and nothing else");
    assert_eq!(text(&report, "/tune/verdict/winner"), "steady");
    let names: Vec<&str> =
        report["tune"]["candidates"].as_array().expect("a list").iter().map(|row| text(row, "/name")).collect();
    assert!(["none", "steady", "hasty"].iter().all(|name| names.contains(name)), "{names:?}");
    assert!(text(&report, "/tune/verdict/yaml").contains("base: 570ms"), "{report}");
    assert!(
        said.err.contains("comparing 3 candidates under 1 model of arrivals, each with up to 3 seeds"),
        "{}",
        said.err
    );
    let folder = place.run_folder().expect("a folder");
    assert!(folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pick-tune-")), "{folder:?}");
    for name in ["report.json", "report.html", "summary.md", "junit.xml", "scenario.yaml"] {
        assert!(!place.read(name).is_empty(), "{name}");
    }
}

#[test]
fn the_same_seed_gives_the_same_answer_on_any_number_of_threads() {
    let answer = |arguments: &[&str]| {
        let place = Place::with(&scenario(TUNE));
        let said = tune(&place, &[&["--json", "--quiet"], arguments].concat());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        let mut tune = said.json()["tune"].take();
        // The only thing about a comparison that is the machine's.
        tune["cost"]["wall_s"] = Value::Null;
        tune
    };
    assert_eq!(answer(&["--threads", "1"]), answer(&["--threads", "3"]));
    assert_ne!(answer(&["--rtt", "20ms"]), answer(&[]), "the way to the service is part of the answer");
}

#[test]
fn without_a_block_every_preset_is_compared_and_said_to_be() {
    let place = Place::with(&scenario(""));
    let said = tune(&place, &["--json", "--seeds", "1"]);
    said.check_code(0);
    assert!(said.err.contains("the scenario names no policies in `tune`"), "{}", said.err);
    let report = said.json();
    let candidates = report["tune"]["candidates"].as_array().expect("a list");
    let has = |name: &str| candidates.iter().any(|row| row["name"] == name);
    assert!(has("aws-standard-2.1") && has("none") && has("steady"), "{report}");
}

#[test]
fn what_explodes_is_refused_with_its_size_and_a_cap_takes_fewer_seeds() {
    let values = (1..=40).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let sweep = format!(
        "tune: {{policies: [steady], arrivals: [open], seeds: 9, sweep: {{steady.max_attempts: [{values}], steady.backoff.multiplier: [{values}]}}}}\n"
    );
    let place = Place::with(&scenario(&sweep));
    let said = tune(&place, &[]);
    said.check_code(2);
    for part in ["1,600 candidates", "14,400 simulations", "--yes", "--max-runs N"] {
        assert!(said.err.contains(part), "{part} in {}", said.err);
    }
    assert_eq!(place.run_folder(), None, "nothing is made before it is refused");
    let checked = place.check(&[]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.contains("refused      without `--yes`"), "{}", checked.out);
    let few = Place::with(&scenario(TUNE));
    let said = tune(&few, &["--json", "--max-runs", "7"]);
    said.check_code(0);
    assert!(said.err.contains("each with up to 2 seeds"), "{}", said.err);
    let said = tune(&few, &["--max-runs", "2"]);
    said.check_code(2);
    assert!(said.err.contains("one seed alone takes 3"), "{}", said.err);
}

#[test]
fn whoever_insists_gets_more_candidates_than_usual() {
    let values = |count: u32| (1..=count).map(|value| value.to_string()).collect::<Vec<_>>().join(", ");
    let sweep = format!(
        "tune: {{policies: [steady], arrivals: [open], seeds: 1, sweep: {{steady.max_attempts: [{}], steady.backoff.multiplier: [{}]}}}}\n",
        values(3),
        values(334)
    );
    let place = Place::with(&scenario(&sweep));
    let said = tune(&place, &["--yes", "--json", "-d", "200ms"]);
    said.check_code(0);
    assert!(said.err.contains("comparing 1002 candidates"), "{}", said.err);
}

#[test]
fn what_nothing_meets_is_a_failure_that_names_the_closest() {
    let place = Place::with(&scenario(TUNE));
    let said = tune(&place, &["--json", "--require", "ratio(calls.ok) >= 99%"]);
    said.check_code(99);
    let report = said.json();
    assert_eq!(report["tune"]["verdict"]["winner"], Value::Null);
    let requirement = &report["tune"]["requirements"][0];
    assert_eq!((text(requirement, "/expression"), &requirement["ok"]), ("ratio(calls.ok) >= 99%", &Value::Bool(false)));
    let reason = text(&report, "/verdict/reasons/0");
    assert!(reason.contains("nothing meets ratio(calls.ok) >= 99%"), "{reason}");
    assert_eq!(text(requirement, "/closest"), "steady", "{requirement}");
}

#[test]
fn a_target_that_turns_nothing_away_is_said_to() {
    let place = Place::with(&scenario(TUNE).replace("rate: 40/min, burst: 4", "rate: 100/s, burst: 100"));
    let said = tune(&place, &["--json"]);
    said.check_code(0);
    let report = said.json();
    assert_eq!(report["tune"]["verdict"]["throttled"], Value::Bool(false));
    assert_eq!(report["tune"]["verdict"]["winner"], Value::Null, "where nothing differs nothing wins");
}

#[test]
fn a_bad_value_of_a_sweep_is_shown_where_it_stands() {
    let tune_block = "tune:\n  policies: [steady]\n  sweep:\n    steady.backoff.base: [100ms, soon]\n";
    let place = Place::with(&scenario(tune_block));
    for said in [tune(&place, &[]), place.check(&[])] {
        said.check_code(2);
        insta::assert_snapshot!("a_bad_value_of_a_sweep", said.err);
    }
}

#[test]
fn a_check_prints_how_much_a_comparison_is() {
    let block = "tune:\n  policies: [none, steady]\n  sweep: {steady.max_attempts: [2, 3, 4]}\n  seeds: 20\n  trigger: {set: {down: true}, for: [1s, 2s]}\n  confirm: {top: 2, runs: 5}\n";
    let said = Place::with(&scenario(block)).check(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    insta::assert_snapshot!(said.out);
}

#[test]
fn real_runs_are_refused_before_anything_is_simulated_where_nobody_allowed_the_host() {
    let block = "tune: {policies: [none, steady], seeds: 2, confirm: {top: 1, runs: 1}}\n";
    let place = Place::with(&scenario(block));
    let said = tune(&place, &["-t", "http://service.example"]);
    said.check_code(113);
    assert!(said.err.contains("--no-confirm"), "{}", said.err);
    assert_eq!(place.run_folder(), None);
    let simulated = tune(&place, &["-t", "http://service.example", "--no-confirm"]);
    simulated.check_code(0);
}

/// Runs for real; again where the generator says of itself that this machine had no time for it.
fn confirmed() -> Value {
    let block = "tune: {policies: [none, steady, hasty], arrivals: [open], weights: {success_ratio: 20}, seeds: 3, confirm: {top: 2, runs: 1}}\n";
    let mut last = Value::Null;
    for _ in 0..10 {
        let said = tune(&Place::with(&scenario(block)), &["--json"]);
        said.check_code(0);
        assert!(said.err.contains("confirming with 3 real runs, 6s of load in all"), "{}", said.err);
        last = said.json();
        let confirmations = last["tune"]["confirmations"].as_array().expect("a list");
        let refused = confirmations.iter().flat_map(|one| one["comparisons"].as_array().expect("a list"));
        let mut refused = refused.filter(|line| text(line, "/what").starts_with("generator"));
        if refused.next().is_none() {
            return last;
        }
    }
    panic!("ten times in a row the generator was the bottleneck: {last}");
}

/// The exactness check: even arrivals, no jitter and no latency leave nothing to chance, so simulated and real counts are equal.
#[test]
fn real_runs_of_what_leaves_nothing_to_chance_count_what_was_predicted() {
    let report = confirmed();
    let confirmations = report["tune"]["confirmations"].as_array().expect("a list");
    let roles: Vec<&str> = confirmations.iter().map(|one| text(one, "/role")).collect();
    assert_eq!(roles, ["the winner", "the runner-up", "the contrast", "their order"]);
    for one in &confirmations[..3] {
        assert_eq!((&one["real_runs"], &one["simulated_runs"]), (&Value::from(1), &Value::from(40)));
        let line = |what: &str| {
            let lines = one["comparisons"].as_array().expect("a list");
            lines.iter().find(|line| text(line, "/what") == what).unwrap_or_else(|| panic!("{what} in {one}"))
        };
        for what in ["success_ratio", "amplification", "reject_fraction", "fairness"] {
            assert_eq!(line(what)["predicted"], line(what)["measured"], "{what} of {one}");
        }
        assert_eq!(line("attempts_distribution")["measured"], 0.0, "{one}");
    }
    let order = &confirmations[3]["comparisons"];
    assert!(order.as_array().is_some_and(|lines| lines.iter().all(|line| line["ok"] == true)), "{order}");
}

fn interrupt(child: &Child) {
    let status = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().expect("a shell");
    assert!(status.success());
}

#[test]
fn ctrl_c_ends_with_what_is_known() {
    let block = "tune: {policies: [none, steady, hasty], arrivals: [open], weights: {success_ratio: 20}, seeds: 2, confirm: {top: 2, runs: 100}}\n";
    let place = Place::with(&scenario(block));
    let mut child =
        place.command("tune", &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut err = io::BufReader::new(child.stderr.take().expect("piped"));
    let mut said = String::new();
    // Real runs are under way, which would go on for five minutes.
    while !said.contains("run 1 of 100") {
        assert!(err.read_line(&mut said).expect("text") > 0, "{said}");
    }
    interrupt(&child);
    err.read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{said}");
    assert!(said.contains("stopping: what is known by now is reported"), "{said}");
    assert!(said.lines().last().is_some_and(|line| line.starts_with("exit 130: ")), "{said}");
    let report = place.read_report();
    assert_eq!((&report["interrupted"], &report["verdict"]["exit_code"]), (&Value::Bool(true), &Value::from(130)));
    assert_eq!(text(&report, "/tune/verdict/winner"), "steady", "what was simulated before stands");
}
