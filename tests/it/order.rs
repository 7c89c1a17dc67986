//! The order of the modules, as ARCHITECTURE.md states it: each module uses only what stands to its left.
//!
//! The checker reads text and not compiled code, so it sees every path of `harness/`, also behind a `cfg`. Test-only code
//! is left out: it may look ahead.

mod invariants;
mod source;

use source::{Source, Token, files, is_test_file, tokens};

/// The groups from left to right. Modules of one group do not use each other.
const ORDER: &[&[&str]] = &[
    &["units", "rng"],
    &["time", "stats"],
    &["api"],
    &["schedule", "limit"],
    &["retry"],
    &["service"],
    &["plan"],
    &["record"],
    &["lane"],
    &["mock", "transport"],
    &["engine", "sim"],
    &["runner"],
    &["capacity", "gate", "tune", "discover"],
    &["distributed"],
    &["report", "scenario"],
    &["cli"],
];

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|group| group.contains(&module))
}

/// The roots of the library: they name every module and belong to none.
fn is_root(path: &str) -> bool {
    matches!(path, "harness/lib.rs" | "harness/main.rs")
}

/// The module path of a file: `harness/lane/settle.rs` is `[lane, settle]`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("harness/").unwrap_or(path).trim_end_matches(".rs").trim_end_matches("/mod");
    inner.split('/').map(str::to_owned).collect()
}

/// The top-level modules that a file's code names, with the line of each.
fn uses(path: &str, code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let text = |index: usize| tokens.get(index).map_or("", |token: &Token<'_>| token.text);
    let file = module_path(path);
    // The modules inside the file that are open, each with the depth of braces at which it closes.
    let mut inner: Vec<usize> = Vec::new();
    let (mut depth, mut index) = (0_usize, 0);
    let mut found = Vec::new();
    while index < tokens.len() {
        match text(index) {
            "{" => {
                depth += 1;
                if index >= 2 && text(index - 2) == "mod" {
                    inner.push(depth);
                }
            }
            "}" => {
                if inner.last() == Some(&depth) {
                    inner.pop();
                }
                depth = depth.saturating_sub(1);
            }
            "crate" if text(index + 1) == "::" => heads(&tokens, index + 2, &mut found),
            "super" if text(index + 1) == "::" => {
                let mut ups = 1;
                while text(index + 2 * ups) == "super" && text(index + 2 * ups + 1) == "::" {
                    ups += 1;
                }
                // Only a path that climbs to the root names another top-level module.
                if ups == file.len() + inner.len() {
                    heads(&tokens, index + 2 * ups, &mut found);
                }
                index += 2 * ups - 1;
            }
            _ => {}
        }
        index += 1;
    }
    found
}

/// The first names of a path, or of each path of a group in braces.
fn heads(tokens: &[Token<'_>], from: usize, found: &mut Vec<(usize, String)>) {
    let Some(first) = tokens.get(from) else { return };
    if first.text != "{" {
        found.push((first.line, first.text.to_owned()));
        return;
    }
    let (mut depth, mut expected) = (0, false);
    for token in &tokens[from..] {
        match token.text {
            "{" => {
                depth += 1;
                expected = depth == 1;
            }
            "}" if depth == 1 => return,
            "}" => depth -= 1,
            "," => expected = depth == 1,
            name if expected => {
                found.push((token.line, name.to_owned()));
                expected = false;
            }
            _ => {}
        }
    }
}

/// What is wrong with a file, one line each.
fn faults(path: &str, code: &str) -> Vec<String> {
    let own = module_path(path).swap_remove(0);
    let Some(own_rank) = rank(&own) else { return vec![format!("{path}: `{own}` has no place in the order")] };
    let mut faults = Vec::new();
    for (line, module) in uses(path, code) {
        let fault = match rank(&module) {
            _ if module == own => continue,
            None => "which has no place in the order",
            Some(rank) if rank > own_rank => "which stands to its right",
            Some(rank) if rank == own_rank => "which stands beside it",
            Some(_) => continue,
        };
        faults.push(format!("{path}:{line}: `{own}` uses `{module}`, {fault}"));
    }
    faults
}

#[test]
fn no_arrow_runs_back() {
    let sources = files(&["harness"]);
    assert!(sources.len() > 100, "only {} files were found", sources.len());
    let faults: Vec<String> = sources
        .iter()
        .filter(|source| !is_root(&source.path) && !is_test_file(&source.path, &sources))
        .flat_map(|source| faults(&source.path, &source.code))
        .collect();
    assert!(faults.is_empty(), "{} arrows run back:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_module_of_the_library_has_its_place() {
    let sources = files(&["harness"]);
    let root = sources.iter().find(|source| source.path == "harness/lib.rs").expect("the library has a root");
    let tokens = tokens(&root.code);
    let declared: Vec<&str> = tokens.windows(2).filter(|pair| pair[0].text == "mod").map(|pair| pair[1].text).collect();
    assert!(!declared.is_empty());
    let ranks: Vec<Option<usize>> = declared.iter().map(|module| rank(module)).collect();
    assert!(ranks.iter().all(Option::is_some), "{declared:?} against {ranks:?}");
    assert!(ranks.is_sorted(), "lib.rs lists its modules in the order: {declared:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let source = Source::new(path, text);
        assert_eq!(faults(path, &source.code), expected, "{text}");
    }

    #[test]
    fn an_arrow_that_runs_back_is_a_fault() {
        let text = "//! Docs.\n\nuse crate::units::Nanos;\nuse crate::report::Report;\n";
        check("harness/lane/bad.rs", text, &["harness/lane/bad.rs:4: `lane` uses `report`, which stands to its right"]);
        check(
            "harness/units.rs",
            "use crate::rng::Key;",
            &["harness/units.rs:1: `units` uses `rng`, which stands beside it"],
        );
        check("harness/cli/run.rs", text, &[]);
    }

    #[test]
    fn groups_inline_paths_and_supers_are_seen() {
        check(
            "harness/api/bad.rs",
            "use crate::{units::{Nanos, Rate}, lane::{Lane, plan}};",
            &["harness/api/bad.rs:1: `api` uses `lane`, which stands to its right"],
        );
        check(
            "harness/api/bad.rs",
            "fn f() -> crate::engine::Live { crate::units::g() }",
            &["harness/api/bad.rs:1: `api` uses `engine`, which stands to its right"],
        );
        check(
            "harness/api/bad.rs",
            "use super::super::cli;\nuse super::cli;\n",
            &["harness/api/bad.rs:1: `api` uses `cli`, which stands to its right"],
        );
        check(
            "harness/rng.rs",
            "use super::stats;",
            &["harness/rng.rs:1: `rng` uses `stats`, which stands to its right"],
        );
        check(
            "harness/rng.rs",
            "mod inner { use super::stats; use super::super::time; }",
            &["harness/rng.rs:1: `rng` uses `time`, which stands to its right"],
        );
    }

    #[test]
    fn a_module_without_a_place_is_a_fault() {
        check("harness/other/mod.rs", "", &["harness/other/mod.rs: `other` has no place in the order"]);
        check(
            "harness/cli/mod.rs",
            "use crate::helpers;",
            &["harness/cli/mod.rs:1: `cli` uses `helpers`, which has no place in the order"],
        );
    }

    #[test]
    fn comments_strings_and_tests_may_look_ahead() {
        let text = "// use crate::cli;\n/* crate::cli /* crate::cli */ crate::cli */\nconst A: &str = \"crate::cli \\\" crate::cli\";\n\
                    const B: &str = r#\"crate::cli \" crate::cli\"#;\nconst C: char = '\"';\nfn f<'a>(x: &'a str) {}\n\
                    #[cfg(test)]\n#[path = \"x.rs\"]\nmod tests {\n    use crate::cli;\n    fn f() { crate::cli::x() }\n}\n";
        check("harness/units.rs", text, &[]);
        let after = format!("{text}use crate::cli;\n");
        check("harness/units.rs", &after, &["harness/units.rs:13: `units` uses `cli`, which stands to its right"]);
    }
}
