//! Stored runs: sets of them, baselines, and comparisons that never pass on what they cannot know.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Place, Said, loadline};
use crate::server::{Server, ok};

const SCENARIO: &str = "
name: words
target: {mock: attendees}
mock: {throttling: off, latency: {type: log_normal, median: 10ms, p99: 14ms}}
gate: {metrics: [{of: p50(response), tolerance: 5%}]}
setup:
  - call: CreateMeeting
    with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}
    publish: {meetings: $.Meeting.MeetingId}
workloads:
  - {name: w, arrivals: {rate: 60/s, duration: 4s}, flow: [{call: GetMeeting, with: {MeetingId: '{{ meetings.next }}'}}]}
";

const SLOWER: [&str; 2] = ["--set", "mock.latency={type: log_normal, median: 13ms, p99: 18ms}"];

/// Simulates so many runs into a folder: they are runs as any others, and the same on any machine.
fn simulate(place: &Place, folder: &str, seeds: std::ops::Range<u64>, more: &[&str]) {
    for seed in seeds {
        let seed = seed.to_string();
        let said = place.command("simulate", &["-q", "-o", folder, "--seed", &seed]).args(more).output();
        let said: Said = said.expect("it starts").into();
        assert_eq!(said.code, Some(0), "{said:?}");
    }
}

fn compare(place: &Place, arguments: &[&str]) -> Said {
    let mut command = loadline();
    command.current_dir(place.path()).arg("compare").args(arguments).output().expect("it starts").into()
}

fn runs(folder: &Path) -> Vec<PathBuf> {
    let mut runs: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()).collect();
    runs.sort();
    runs
}

/// Copies a folder of runs, and changes the journal of the first.
fn changed(place: &Place, from: &str, to: &str, change: impl Fn(String) -> String) {
    for (index, run) in runs(&place.path().join(from)).iter().enumerate() {
        let copy = place.path().join(to).join(run.file_name().expect("a name"));
        fs::create_dir_all(&copy).expect("made");
        let journal = fs::read_to_string(run.join("journal.jsonl")).expect("a journal");
        let journal = if index == 0 { change(journal) } else { journal };
        fs::write(copy.join("journal.jsonl"), journal).expect("written");
    }
}

#[test]
fn sets_of_runs_are_compared() {
    let place = Place::with(SCENARIO);
    simulate(&place, "base", 0..5, &[]);
    simulate(&place, "equal", 10..15, &[]);
    simulate(&place, "slower", 20..25, &SLOWER);
    let equal = compare(&place, &["base", "equal", "--json"]);
    equal.check_code(0);
    assert_eq!(equal.json()["gate"]["verdict"], "pass", "{}", equal.out);
    assert_eq!(equal.json()["gate"]["kind"], "stored");
    assert_eq!(equal.json()["gate"]["metrics"][0]["method"], "rank_sum");
    let slower = compare(&place, &["base", "slower"]);
    slower.check_code(110);
    assert!(slower.err.contains("loadline gate"), "the weaker claim is stated: {}", slower.err);
    compare(&place, &["slower", "base"]).check_code(0);
    // One run a side proves nothing, whatever it shows.
    let [base, slower] = ["base", "slower"].map(|folder| runs(&place.path().join(folder))[0].display().to_string());
    let single = compare(&place, &[&base, &slower, "--json"]);
    single.check_code(0);
    assert_eq!(single.json()["gate"]["verdict"], "inconclusive");
    assert_eq!(single.json()["gate"]["metrics"][0]["reason"], "indicative_only");
    compare(&place, &[&base, &slower, "--on-inconclusive", "fail"]).check_code(111);
    // Another machine: a warning.
    let from = slower.as_str();
    changed(&place, "slower", "elsewhere", |journal| {
        assert!(journal.contains("\"cores\":0"), "{from}");
        journal.replacen("\"cores\":0", "\"cores\":64", 1)
    });
    let elsewhere = compare(&place, &["base", "elsewhere", "--json"]);
    elsewhere.check_code(0);
    assert_eq!(elsewhere.json()["gate"]["metrics"][0]["reason"], "not_comparable");
}

#[test]
fn what_cannot_be_compared_never_passes() {
    let place = Place::with(SCENARIO);
    simulate(&place, "base", 0..3, &[]);
    simulate(&place, "other", 10..13, &[]);
    simulate(&place, "faster", 10..13, &["--rate", "61/s"]);
    let broken = "mock.faults=[{operations: [GetMeeting], every: 1, status: 500}]";
    simulate(&place, "broken", 10..13, &["--set", broken, "--set", "retry=none"]);
    simulate(&place, "healthy", 0..3, &["--set", "retry=none"]);
    fs::create_dir(place.path().join("empty")).expect("made");
    let truncated = |journal: String| journal[..journal.len() * 2 / 3].to_owned();
    changed(&place, "other", "truncated", truncated);
    changed(&place, "other", "newer", |journal| journal.replacen("\"version\":3", "\"version\":4", 1));
    changed(&place, "other", "damaged", |journal| journal.replacen("{\"line\":\"interval\"", "{#", 1));
    changed(&place, "other", "foreign", |_| "{}\n".to_owned());
    changed(&place, "other", "live", |journal| journal.replacen("\"simulated\":true,", "", 1));
    let version = format!("\"tool_version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    changed(&place, "other", "older", |journal| journal.replacen(&version, "\"tool_version\":\"0.0.1\"", 1));
    let cases: [(&[&str], i32, &str); 15] = [
        (
            &["base", "nowhere"],
            1,
            "`nowhere` is no folder of runs and no baseline: there are no baselines in `reports`",
        ),
        (&["base", "empty"], 1, "`empty` holds no run: there is no journal.jsonl in it"),
        (&["base", "newer"], 1, "this journal has version 4, and this program reads version 3"),
        (&["base", "foreign"], 1, "this is not a journal of loadline"),
        (&["base", "damaged"], 1, "of the journal is damaged"),
        (&["base", "base"], 2, "are the same run: compare runs that were made apart"),
        (&["base", "other", "--metric", "p50(respons)=5%"], 2, "p50(respons)"),
        (&["base", "other", "--alpha", "80%"], 2, "above 0 and at most 50%"),
        (&["base", "faster"], 112, "another load was sent"),
        (&["base", "truncated"], 112, "the journal ends before the run does"),
        (&["base", "live"], 112, "that one is simulated and this one is live"),
        (&["base", "older"], 112, "make the baseline again"),
        (&["healthy", "broken"], 112, "none of them well"),
        (&["base", "other", "--metric", "p50(response, Nobody)=5%"], 112, "has no samples"),
        (&["base", "other", "--metric", "p99(response)=5%"], 112, "has 240 samples and needs 10000"),
    ];
    for (arguments, code, told) in cases {
        let said = compare(&place, arguments);
        assert_eq!(said.code, Some(code), "{arguments:?}: {said:?}");
        let prose = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(prose.contains(told), "{arguments:?} says `{told}`: {}", said.err);
    }
}

/// Real runs, which a busy machine may spoil: then they are not stored, and made again.
#[test]
fn a_set_is_made_stored_and_compared_with() {
    let server = Server::start(|_, _| ok("{}"));
    let place = Place::with(&format!(
        "name: words
target: {{url: '{}'}}
api: {{operations: {{Get: {{method: GET, path: /things}}}}}}
gate: {{metrics: [{{of: ratio(calls.failed), tolerance: 30%}}]}}
workloads: [{{name: w, arrivals: {{rate: 20/s, duration: 300ms}}, flow: [{{call: Get}}]}}]
",
        server.url()
    ));
    let unknown = place.run(&["--baseline", "main"]);
    unknown.check_code(1);
    assert!(unknown.err.contains("`main` is no folder of runs and no baseline"), "{}", unknown.err);
    place.run(&["--save-baseline", "../up"]).check_code(2);
    assert!(!place.path().join("reports").exists(), "nothing was run");
    let again = |arguments: &[&str]| {
        for _ in 0..10 {
            let said = place.run(arguments);
            if said.code != Some(112) {
                return said;
            }
            assert!(said.err.contains("bottleneck") || said.err.contains("machine"), "{}", said.err);
        }
        panic!("ten times in a row the machine was too busy");
    };
    again(&["--runs", "2", "--save-baseline", "main"]).check_code(0);
    let baseline = place.path().join("reports/baselines/main");
    assert_eq!(runs(&baseline).len(), 2, "{:?}", runs(&baseline));
    assert!(baseline.join("run-01/journal.jsonl").is_file() && baseline.join("run-02/journal.jsonl").is_file());
    assert_eq!(runs(&place.path().join("reports/baselines")).len(), 1, "nothing is left beside it");
    let compared = again(&["--runs", "2", "--baseline", "main", "--save-baseline", "main", "--json"]);
    compared.check_code(0);
    assert_eq!(compared.json()["gate"]["verdict"], "pass", "{}", compared.err);
    assert!(compared.err.contains("stored as the baseline `main`"), "{}", compared.err);
}
