//! What the code does not hold: most invariants of ARCHITECTURE.md are absences.

use super::source::{Source, files, tokens};

/// Modules that are told the time and reach no wire.
const SANS_IO: &[&str] = &["lane", "schedule", "limit", "retry", "service", "record"];

/// Files that may hold `unsafe`, each with a reasoned `#[expect]` at its place: an allocator is an unsafe trait.
const UNSAFE_ALLOWED: &[&str] = &["tests/allocations/counting.rs"];

/// The most lines of a file.
const LONGEST_FILE: usize = 600;

/// Every place of a file's code, tests included, at which `wanted` holds of the words that begin there.
fn places(source: &Source, wanted: impl Fn(&[&str]) -> bool) -> Vec<String> {
    let tokens = tokens(&source.bare);
    let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    let hits = (0..words.len()).filter(|&at| wanted(&words[at..]));
    hits.map(|at| format!("{}:{}: `{}`", source.path, tokens[at].line, words[at])).collect()
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

fn reads_a_clock_or_a_wire(source: &Source) -> Vec<String> {
    // `type Instant = …` is how a clock of governor names its own unit of time.
    let clock = places(source, |words| words.starts_with(&["SystemTime"]) || words.starts_with(&["tokio"]));
    let instant = places(source, |words| words.len() > 1 && words[0] != "type" && words[1] == "Instant");
    let wire = places(source, |words| words.starts_with(&["reqwest"]) || words.starts_with(&["hyper"]));
    [clock, instant, wire].concat()
}

fn is_unsafe(source: &Source) -> Vec<String> {
    places(source, |words| words.starts_with(&["unsafe"]))
}

fn is_unfinished(source: &Source) -> Vec<String> {
    places(source, |words| {
        words.starts_with(&["todo", "!"])
            || words.starts_with(&["unimplemented", "!"])
            || words.starts_with(&["#", "[", "ignore"])
    })
}

#[test]
fn decisions_know_no_clock_no_runtime_and_no_wire() {
    let sources = files(&["harness"]);
    let inside = |source: &&Source| SANS_IO.iter().any(|module| source.path.starts_with(&format!("harness/{module}/")));
    let inside: Vec<&Source> = sources.iter().filter(inside).collect();
    assert!(inside.len() > 40, "only {} files were found", inside.len());
    let found: Vec<String> = inside.into_iter().flat_map(reads_a_clock_or_a_wire).collect();
    assert_none("decisions take `now` as an argument and reach no wire", &found);
}

#[test]
fn nothing_is_unsafe_but_what_the_list_names() {
    let sources = files(&["harness", "tests", "benches"]);
    let others = sources.iter().filter(|source| !UNSAFE_ALLOWED.contains(&source.path.as_str()));
    assert_none("unsafe code outside the list", &others.flat_map(is_unsafe).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_unfinished_or_ignored() {
    let sources = files(&["harness", "tests", "benches"]);
    assert_none("unfinished or ignored", &sources.iter().flat_map(is_unfinished).collect::<Vec<_>>());
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    let sources = files(&["harness", "tests", "benches"]);
    let long = sources.iter().filter(|source| source.text.lines().count() > LONGEST_FILE);
    let long: Vec<String> =
        long.map(|source| format!("{}: {} lines", source.path, source.text.lines().count())).collect();
    assert_none("longer than 600 lines; split it by its ideas", &long);
}

#[test]
fn the_checks_can_fail() {
    let bad = "use std::time::{Duration, Instant};\nuse std::time::SystemTime;\nuse tokio::net;\nfn f() { reqwest::get() }\n\
               unsafe fn g() { todo!() }\n#[test]\n#[ignore = \"slow\"]\nfn h() { unimplemented!() }\n";
    let bad = Source::new("harness/lane/bad.rs", bad);
    assert_eq!(reads_a_clock_or_a_wire(&bad).len(), 4);
    assert_eq!(is_unsafe(&bad), ["harness/lane/bad.rs:5: `unsafe`"]);
    assert_eq!(is_unfinished(&bad).len(), 3);

    let good =
        "// unsafe, tokio\nimpl Clock for TurnClock {\n    type Instant = u64;\n}\nconst A: &str = \"todo!()\";\n";
    let good = Source::new("harness/lane/good.rs", good);
    assert!(
        reads_a_clock_or_a_wire(&good).is_empty() && is_unsafe(&good).is_empty() && is_unfinished(&good).is_empty()
    );
}
