//! The stored corpora of the fuzz targets, replayed: they have to stay readable, and to reach what they are there for.

#[path = "../../fuzz/read.rs"]
mod read;
#[path = "../../fuzz/replay.rs"]
mod replay;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use read::read;
use replay::replay;

use crate::framing::case::{Case, End};
use crate::framing::cases;

#[test]
fn the_corpus_holds_what_the_service_serves_and_what_it_refuses() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/requests");
    let mut statuses: BTreeMap<String, Vec<u16>> = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        statuses.insert(name, replay(&fs::read(path).expect("readable")));
    }
    let (good, bad): (Vec<_>, Vec<_>) = statuses.iter().partition(|(name, _)| name.starts_with("good"));
    assert!(good.len() >= 4 && bad.len() >= 8, "{statuses:?}");
    for (name, statuses) in good {
        assert!(!statuses.is_empty() && statuses.iter().all(|status| *status < 300), "{name}: {statuses:?}");
    }
    for (name, statuses) in bad {
        assert!(statuses.iter().any(|status| *status >= 400), "{name}: {statuses:?}");
    }
}

/// A line of the table of replies as an input of the fuzzer.
fn input(case: &Case) -> Vec<u8> {
    let method = if case.asked_by_head { "HEAD" } else { "GET" };
    [method.as_bytes(), b"\n", case.bytes].concat()
}

fn file_name(case: &Case) -> String {
    case.name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect()
}

#[test]
fn the_corpus_of_replies_is_the_table_and_ends_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/replies");
    let wanted: BTreeMap<String, Vec<u8>> = cases().map(|case| (file_name(case), input(case))).collect();
    assert_eq!(wanted.len(), cases().count(), "two names make one file");
    if env::var_os("UPDATE_CORPUS").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, input) in &wanted {
            fs::write(folder.join(name), input).expect("written");
        }
    }
    let stored = fs::read_dir(&folder).expect("the corpus").map(|entry| {
        let path = entry.expect("readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        (name, fs::read(path).expect("readable"))
    });
    let stored: BTreeMap<String, Vec<u8>> = stored.collect();
    let differing: Vec<&String> =
        wanted.keys().chain(stored.keys()).filter(|&name| wanted.get(name) != stored.get(name)).collect();
    assert!(differing.is_empty(), "UPDATE_CORPUS=1 cargo test --test it corpus, for {differing:?}");
    for case in cases() {
        let replies = read(&stored[&file_name(case)]);
        let first = replies.first().expect("every input asks for one").as_ref();
        match case.end {
            End::Reply { status, body, persistence, .. } => {
                let first = first.expect(case.name);
                assert_eq!(
                    (first.status, &first.body[..], first.persistence),
                    (status, body, persistence),
                    "{}",
                    case.name
                );
            }
            // The limits are others here, and some errors are of size.
            End::Error(error) if error.kind() == loadline::api::WireError::TooLarge => {}
            End::Error(error) => assert_eq!(first.expect_err(case.name), &error, "{}", case.name),
        }
    }
}
