//! What is written for CI systems, as programs of others read it; and what is shipped for them, run as they would.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::{output, package, printed};
use crate::run;

const PIP: &str = "python3 -m pip install --requirement .ci/requirements.txt, in a venv whose bin/ is on the PATH";

/// A folder of a test's own, below target/, so that what a failed test looked at is still there.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("ci-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).expect("a writable folder");
    folder
}

fn text(path: &str) -> String {
    fs::read_to_string(package(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The blocks of code in docs/ci.md that begin with a line of comment that names this file.
fn documented(file: &str) -> String {
    let page = text("docs/ci.md");
    let marker = format!("```yaml\n# {file}\n");
    let (_, rest) = page.split_once(&marker).unwrap_or_else(|| panic!("docs/ci.md shows no {file}"));
    rest.split_once("\n```").expect("a block ends").0.to_owned() + "\n"
}

/// Whether a text satisfies a schema that check-jsonschema brings along.
fn satisfies(schema: &str, name: &str, text: &str) -> Result<(), String> {
    let path = folder("schemas").join(name);
    fs::write(&path, text).expect("a writable folder");
    let ended = output(
        Command::new("check-jsonschema")
            .args(["--builtin-schema", schema])
            .args(["--regex-variant", "nonunicode"])
            .arg(path),
        PIP,
    );
    if ended.status.success() { Ok(()) } else { Err(format!("{name}: {}", String::from_utf8_lossy(&ended.stdout))) }
}

#[test]
fn what_is_shipped_and_shown_satisfies_the_schemas_of_its_systems() {
    let (action, workflow) = ("vendor.github-actions", "vendor.github-workflows");
    satisfies(action, "action.yml", &text("action.yml")).expect("valid");
    satisfies(workflow, "gate.yml", &documented(".github/workflows/gate.yml")).expect("valid");
    satisfies(workflow, "ci.yml", &text(".github/workflows/ci.yml")).expect("valid");
    satisfies("vendor.gitlab-ci", "include.yml", &documented(".gitlab-ci.yml")).expect("valid");
    // A component is two documents; GitLab reads each by itself.
    let component = text("templates/loadline.yml");
    let (head, jobs) = component.split_once("\n---\n").expect("a head and jobs");
    satisfies("vendor.gitlab-ci", "head.yml", head).expect("valid");
    satisfies("vendor.gitlab-ci", "jobs.yml", jobs).expect("valid");

    // The validator has teeth.
    satisfies(action, "bad-action.yml", &text("action.yml").replace("shell: bash", "sell: bash")).expect_err("no key");
    satisfies("vendor.gitlab-ci", "bad-jobs.yml", &jobs.replace("  script:", "  scripts:")).expect_err("no key");
}

/// The scripts of a YAML file: what follows `run: |`, `- |` or `run: `, without its indentation.
fn scripts(yaml: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut lines = yaml.lines().peekable();
    while let Some(line) = lines.next() {
        let begun = line.trim_start();
        if let Some(short) = begun.strip_prefix("run: ").filter(|short| *short != "|") {
            scripts.push(short.to_owned());
        } else if begun == "run: |" || begun == "- |" {
            let outer = line.len() - begun.len();
            let mut script = String::new();
            let mut inner = None;
            while let Some(next) =
                lines.next_if(|next| next.trim().is_empty() || next.len() - next.trim_start().len() > outer)
            {
                let indent = *inner.get_or_insert(next.len() - next.trim_start().len());
                let _ = writeln!(script, "{}", next.get(indent..).unwrap_or_default());
            }
            scripts.push(script);
        }
    }
    scripts
}

#[test]
fn no_script_holds_what_comes_from_outside_and_all_are_sound() {
    let action = scripts(&text("action.yml"));
    let gitlab = scripts(&text("templates/loadline.yml"));
    let shown = scripts(&documented(".github/workflows/gate.yml"));
    assert!(action.len() >= 4 && gitlab.len() >= 3 && !shown.is_empty(), "{action:?} {gitlab:?}");
    let sh = gitlab.iter().map(|script| ("sh", script));
    for (index, (shell, script)) in action.iter().chain(&shown).map(|script| ("bash", script)).chain(sh).enumerate() {
        assert!(!script.contains("${{") && !script.contains("$[["), "an expression becomes code:\n{script}");
        let path = folder("scripts").join(format!("{index}.sh"));
        fs::write(&path, script).expect("a writable folder");
        printed(Command::new("bash").arg("-n").arg(&path), "bash");
        // SC2086: words are split where that is meant, with patterns switched off.
        let mut check = Command::new("shellcheck");
        check.args(["--norc", "--exclude=SC2086", "--severity=warning", "--shell", shell]).arg(&path);
        printed(&mut check, PIP);
    }
}

/// The script of the action's step with this text in it.
fn step(containing: &str) -> String {
    scripts(&text("action.yml")).into_iter().find(|script| script.contains(containing)).expect("a step")
}

fn with_loadline_on_path(command: &mut Command) -> &mut Command {
    let program = Path::new(env!("CARGO_BIN_EXE_loadline")).parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&path))).expect("a path");
    command.env("PATH", path).env("GITHUB_ACTIONS", "").env_remove("GITHUB_STEP_SUMMARY")
}

/// A scenario of a third of a second at the embedded service, in a folder.
fn short(folder: &Path, name: &str) {
    let yaml = "name: short
target: {mock: attendees}
api: attendees
mock: {throttling: off}
workloads: [{name: w, arrivals: {rate: 20/s, duration: 300ms}, flow: [{call: CreateMeeting, with: {ClientRequestToken: '{{ uuid }}', MediaRegion: us-east-1, ExternalMeetingId: 'm-{{ seq }}'}}]}]
";
    fs::write(folder.join(name), yaml).expect("a writable folder");
}

/// Runs the action's own script as a runner does: `bash --noprofile --norc -eo pipefail {0}`.
fn act(folder: &Path, scenario: &str, verb: &str, arguments: &str) -> (Output, String) {
    let outputs = folder.join("outputs.txt");
    fs::write(&outputs, "").expect("a writable folder");
    let script = folder.join("script.sh");
    fs::write(&script, step("loadline \"$VERB\"")).expect("a writable folder");
    let mut bash = Command::new("bash");
    with_loadline_on_path(&mut bash).args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script);
    bash.current_dir(folder).env("GITHUB_OUTPUT", &outputs).env("REPORTS", "loadline reports");
    bash.env("SCENARIO", scenario).env("VERB", verb).env("ARGUMENTS", arguments);
    (output(&mut bash, "bash"), fs::read_to_string(&outputs).expect("text"))
}

#[test]
fn the_action_runs_a_scenario_and_says_what_came_of_it() {
    let folder = folder("action");
    short(&folder, "a scenario.yaml");
    let check = |arguments: &str, code: i32, verdict: &str| {
        let (ended, outputs) = act(&folder, "a scenario.yaml", "run", arguments);
        assert_eq!(ended.status.code(), Some(code), "{}", String::from_utf8_lossy(&ended.stderr));
        let lines: Vec<&str> = outputs.lines().collect();
        assert_eq!(lines[..2], [format!("exit-code={code}"), format!("verdict={verdict}")], "{outputs}");
        let report = Path::new(lines[2].strip_prefix("report=").expect("the third output"));
        assert!(lines.len() == 3 && report.join("junit.xml").is_file(), "{outputs}");
    };
    check("", 0, "pass");
    check("--seed=7\n\n--no-progress\r\n", 0, "pass");
    check("--threshold=p99(response) < 1us", 99, "threshold_failed");
}

#[test]
fn nothing_that_is_given_to_the_action_becomes_code() {
    let folder = folder("injection");
    let evil = "$(touch pwned)`touch pwned`; touch pwned #\"'";
    for (scenario, verb, arguments, code) in [
        (evil, "run", "", 2),
        ("missing.yaml", evil, "", 2),
        ("missing.yaml", "run", "--set=name=$(touch pwned)\n--set=description=`touch pwned`; touch pwned", 2),
        ("--help", "run", "", 2),
    ] {
        let (ended, outputs) = act(&folder, scenario, verb, arguments);
        assert_eq!(ended.status.code(), Some(code), "{scenario} {verb}: {}", String::from_utf8_lossy(&ended.stderr));
        assert!(!folder.join("pwned").exists(), "{scenario} {verb} {arguments}");
        assert!(!outputs.contains("verdict=pass"), "{outputs}");
    }
}

#[test]
fn the_component_runs_a_scenario_and_hands_in_its_reports() {
    let folder = folder("component");
    short(&folder, "scenario.yaml");
    let all = scripts(&text("templates/loadline.yml"));
    let find = |containing: &str| all.iter().find(|script| script.contains(containing)).expect("a script").clone();
    let program = folder.join(".loadline/bin");
    fs::create_dir_all(&program).expect("a writable folder");
    fs::copy(env!("CARGO_BIN_EXE_loadline"), program.join("loadline")).expect("copied");
    // The install step finds the program of the cache, and builds none.
    let script =
        [find("cargo install"), "rm -rf loadline-reports metrics.txt\n".into(), find("--out"), find("metrics.txt")];
    let mut sh = Command::new("sh");
    sh.current_dir(&folder).arg("-ec").arg(script.concat()).env("LOADLINE_VERB", "run").env("GITHUB_ACTIONS", "");
    sh.env("LOADLINE_SCENARIO", "scenario.yaml")
        .env("LOADLINE_ARGUMENTS", "--set=description=$(touch pwned) * `touch pwned`\n--seed=7");
    printed(&mut sh, "sh");
    assert!(!folder.join("pwned").exists());
    let metrics = fs::read_to_string(folder.join("metrics.txt")).expect("handed in");
    assert!(metrics.contains("\nloadline_passed 1\n"), "{metrics}");
}

#[test]
fn prometheus_and_gitlab_find_the_same_metrics() {
    let metrics = run::smoke().join("metrics.txt");
    let script = package("tests/external/read_metrics.py");
    let read = printed(Command::new("python3").arg(script).arg(&metrics), PIP);
    let read: Value = serde_json::from_str(&read).expect("the script prints JSON");
    let (prometheus, gitlab) =
        (read["prometheus"].as_object().expect("found"), read["gitlab"].as_object().expect("found"));
    assert!(prometheus.len() > 10 && prometheus.len() == gitlab.len(), "{read}");
    let report = run::report();
    let p99 = report.pointer("/totals/calls/response_ms/ok/percentiles").and_then(Value::as_array).expect("a list");
    let p99 = p99.iter().find(|at| at["label"] == "p99").and_then(|at| at["value"].as_f64()).expect("a number") / 1e3;
    let ours = prometheus["loadline_response_seconds{operation=all,q=0.99}"].as_f64().expect("a number");
    assert!((ours - p99).abs() <= 0.05 * p99, "{ours} s here, {p99} s in the report");
    for (name, value) in gitlab {
        let number: f64 = value.as_str().and_then(|text| text.parse().ok()).expect("a number");
        // Labels keep their order in GitLab's names and are sorted in Prometheus'.
        let found = prometheus.get(name).or_else(|| prometheus.get(&sorted(name))).and_then(Value::as_f64);
        assert_eq!(found, Some(number), "{name}");
    }
}

/// A series with its labels in the order of their names.
fn sorted(series: &str) -> String {
    let Some((name, labels)) = series.split_once('{') else { return series.to_owned() };
    let mut labels: Vec<&str> = labels.trim_end_matches('}').split(',').collect();
    labels.sort_unstable();
    format!("{name}{{{}}}", labels.join(","))
}

#[test]
fn otava_finds_the_night_at_which_a_history_changed() {
    const CHANGED: usize = 25;
    let folder = folder("otava");
    let path = folder.join("history.csv");
    // The head and a real row come from loadline; the nights are made of that row.
    short(&folder, "scenario.yaml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadline"));
    command.current_dir(&folder).args(["run", "scenario.yaml", "--history=history.csv", "--quiet"]);
    command
        .env("GITHUB_SHA", "c00")
        .env("GITHUB_REF_NAME", "main")
        .env_remove("GITHUB_HEAD_REF")
        .env("GITHUB_ACTIONS", "");
    let _ = fs::remove_file(&path);
    printed(&mut command, "cargo build");
    let history = fs::read_to_string(&path).expect("a history");
    let (head, row) = history.trim_end().split_once('\n').expect("a head and a row");
    let place = |name: &str| head.split(',').position(|column| column == name).expect("a column");
    let row: Vec<&str> = row.split(',').collect();
    let mut nights = format!("{head}\n");
    for night in 0..40_usize {
        let mut cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        // A spread of about 1 %, the same each time, and a step of 10 %.
        let noise = ((night * 37 + 11) % 17) as f64 / 16.0 - 0.5;
        let step = if night >= CHANGED { 1.1 } else { 1.0 };
        cells[place("time")] = format!("2026-{:02}-{:02}T02:00:00Z", night / 28 + 1, night % 28 + 1);
        cells[place("commit")] = format!("c{night:02}");
        cells[place("response_p99_ms")] = (40.0 * (1.0 + 0.03 * noise) * step).to_string();
        cells[place("goodput_per_s")] = (100.0 * (1.0 + 0.01 * noise)).to_string();
        let _ = writeln!(nights, "{}", cells.join(","));
    }
    fs::write(&path, nights).expect("a writable folder");
    fs::write(folder.join("otava.yaml"), documented("otava.yaml")).expect("a writable folder");
    let mut otava = Command::new("otava");
    otava.current_dir(&folder).env("OTAVA_CONFIG", "otava.yaml");
    otava.args(["analyze", "nightly", "--since", "2026-01-01", "--output", "json"]);
    let found: Value = serde_json::from_str(&printed(&mut otava, PIP)).expect("JSON");
    let changes = found["nightly"].as_array().expect("a list");
    assert_eq!(changes.len(), 1, "{found}");
    assert_eq!(changes[0]["attributes"]["commit"], format!("c{CHANGED}"), "{found}");
    let of = changes[0]["changes"].as_array().expect("a list");
    assert!(of.len() == 1 && of[0]["metric"] == "p99" && of[0]["index"] == CHANGED, "{found}");
    assert!(matches!(of[0]["forward_change_percent"].as_str(), Some("9" | "10" | "11")), "{found}");
}
