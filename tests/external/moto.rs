//! Our signatures before a judge that is not ours: moto plays AWS, and checks each of them with botocore's own code.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::program::{loadline, output, package};

const INSTALL: &str = "pip install -r .ci/requirements.txt";

/// Numbers the folders of runs.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// moto on a port of its own, checking signatures.
struct Moto {
    child: Child,
    url: String,
    keys: Value,
}

impl Moto {
    fn start() -> Self {
        let mut command = Command::new("python3");
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]);
        // As many calls as `moto_keys.py` makes go unchecked: somebody has to make the keys.
        command.env("INITIAL_NO_AUTH_ACTION_COUNT", "6").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("python3 cannot be run: {error}; {INSTALL}"));
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines().map_while(Result::ok);
        let mut said = String::new();
        let url = lines.find_map(|line| {
            let url = line.split_once("Running on ").map(|(_, url)| url.trim().to_owned());
            said.push_str(&line);
            url
        });
        let url = url.unwrap_or_else(|| panic!("moto does not start; {INSTALL}\n{said}"));
        // A pipe that nobody reads fills up, and then moto stands still.
        std::thread::spawn(move || lines.for_each(drop));
        let script = package("tests/external/moto_keys.py");
        let made = output(Command::new("python3").arg(script).arg(&url), INSTALL);
        let keys = serde_json::from_slice(&made.stdout);
        let keys = keys.unwrap_or_else(|_| panic!("no keys: {}", String::from_utf8_lossy(&made.stderr)));
        Self { child, url, keys }
    }

    /// `loadline run SCENARIO` with keys of this user or role; `change` may spoil the secret one.
    fn run(&self, scenario: &str, who: &str, change: impl FnOnce(&str) -> String) -> (Output, Option<Value>) {
        let key = |index: usize| self.keys[who][index].as_str().unwrap_or_default().to_owned();
        let folder = format!("moto-{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
        let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let mut command = loadline();
        command.args(["run", scenario, "--target", &self.url, "--no-progress", "--out"]).arg(&out);
        command.env("AWS_ACCESS_KEY_ID", key(0)).env("AWS_SECRET_ACCESS_KEY", change(&key(1)));
        command.env("AWS_EC2_METADATA_DISABLED", "true").env_remove("AWS_PROFILE");
        match key(2).as_str() {
            "" => command.env_remove("AWS_SESSION_TOKEN"),
            token => command.env("AWS_SESSION_TOKEN", token),
        };
        let ended = output(&mut command, "cargo build");
        let folder = fs::read_dir(&out).ok().and_then(|mut folders| Some(folders.next()?.ok()?.path()));
        let report = folder.and_then(|folder| fs::read_to_string(folder.join("report.json")).ok());
        (ended, report.map(|report| serde_json::from_str(&report).expect("JSON")))
    }

    /// A scenario that has to work.
    fn passes(&self, scenario: &str, who: &str) -> Value {
        let (ended, report) = self.run(scenario, who, str::to_owned);
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{scenario} as {who}: {said}");
        let report = report.expect("a run leaves a report");
        assert_eq!(report["totals"]["calls"]["ok"], report["totals"]["calls"]["count"], "{said}");
        report
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn services_of_other_shapes_accept_our_signatures() {
    let moto = Moto::start();
    let batches = moto.passes("scenarios/sqs-batches.yaml", "user");
    assert_eq!(batches["totals"]["calls"]["items_ok"], 500, "50 batches of 10");
    for (scenario, created) in [("scenarios/dynamodb-pages.yaml", 500), ("scenarios/s3-listing.yaml", 200)] {
        let report = moto.passes(scenario, "user");
        let audit = &report["audit"];
        assert_eq!((&audit["ok"], &audit["listed"]), (&json!(true), &json!(created)), "{scenario}: {audit}");
        assert!(report["totals"]["pages"]["depth_max"].as_u64() > Some(2), "{scenario}: {}", report["totals"]["pages"]);
    }
}

#[test]
fn temporary_keys_are_accepted_with_their_token() {
    let moto = Moto::start();
    let report = moto.passes("scenarios/dynamodb-pages.yaml", "role");
    assert_eq!(report["audit"]["ok"], true, "{}", report["audit"]);
}

#[test]
fn wrong_keys_are_refused_and_the_report_says_so() {
    let moto = Moto::start();
    let scenario = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("moto-wrong-{}.yaml", std::process::id()));
    let text = "name: wrong
target: {url: 'http://127.0.0.1:1', auth: {type: sigv4, service: s3, region: us-east-1}}
api: {operations: {ListBuckets: {method: GET, path: /}}}
workloads: [{name: w, iterations: {count: 3}, flow: [{call: ListBuckets}]}]
thresholds: ['ratio(calls.ok) == 100%']
";
    fs::write(&scenario, text).expect("a writable folder");
    let (ended, report) = moto.run(scenario.to_str().expect("UTF-8"), "user", |secret| format!("{secret}x"));
    assert_eq!(ended.status.code(), Some(99), "{}", String::from_utf8_lossy(&ended.stderr));
    let totals = &report.expect("a run leaves a report")["totals"];
    assert_eq!(totals["attempts"]["by_status"], json!({"403": 3}), "{totals}");
    assert_eq!(totals["calls"]["failed"], 3);
    // With the right ones the same goes well.
    moto.passes(scenario.to_str().expect("UTF-8"), "user");
}
