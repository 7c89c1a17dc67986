//! The stored corpus of the fuzz target, replayed: it has to stay readable, and to reach every operation.

#[path = "../../fuzz/replay.rs"]
mod replay;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use replay::replay;

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
