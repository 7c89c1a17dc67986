use std::path::Path;

use proptest::prelude::*;

use super::*;

/// A scenario that uses nearly every key of the grammar.
const WHOLE: &str = include_str!("tests/whole.yaml");

fn load_with(text: &str, overrides: &[&str]) -> Result<Loaded, Faults> {
    let source = source::text("scenario.yaml", text.as_bytes().to_vec())?;
    let overrides: Vec<String> = overrides.iter().map(|&argument| argument.to_owned()).collect();
    let environment = |name: &str| match name {
        "TOKEN" => Some("hunter2-secret".to_owned()),
        "COUNT" => Some("12".to_owned()),
        _ => None,
    };
    load(Input {
        source: &source,
        folder: Path::new(""),
        overrides: &overrides,
        flags: &Flags::default(),
        environment: &environment,
    })
}

fn faults(text: &str) -> String {
    load_with(text, &[]).map(|loaded| loaded.name().to_owned()).expect_err(text).to_string()
}

#[test]
fn the_whole_grammar_is_understood() {
    let loaded = load_with(WHOLE, &[]).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(loaded.name(), "batch-create");
    insta::assert_debug_snapshot!(loaded.scenario);
}

#[test]
fn what_is_resolved_reads_back_the_same() {
    let loaded = load_with(WHOLE, &["seed=7"]).unwrap_or_else(|faults| panic!("{faults}"));
    let again = load_with(&loaded.resolved(), &[]).unwrap_or_else(|faults| panic!("{}\n{faults}", loaded.resolved()));
    assert_eq!(again.scenario, loaded.scenario);
    assert_eq!(loaded.scenario.seed, Some(7));
}

#[test]
fn a_secret_appears_nowhere() {
    let text =
        "name: a\ntarget: {url: 'http://127.0.0.1', auth: {type: bearer, token: '${env:TOKEN}'}}\nseed: ${env:COUNT}\n";
    let loaded = load_with(text, &[]).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(loaded.scenario.seed, Some(12));
    assert!(format!("{:?}", loaded.scenario).contains("hunter2-secret"));
    assert!(!loaded.resolved().contains("hunter2") && loaded.resolved().contains("${env:TOKEN}"));
    for text in [
        "seed: ${env:TOKEN}",
        "grace: ${env:TOKEN}",
        "mock: {throttling: '${env:TOKEN}'}",
        "thresholds: ['${env:TOKEN}']",
    ] {
        let message = faults(&format!("name: a\n{text}\n"));
        assert!(!message.contains("hunter2") && message.contains("TOKEN"), "{message}");
    }
}

macro_rules! fault_snapshots {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(faults($text));
        }
    )*};
}

fault_snapshots! {
    unknown_key: "name: a\nworkloads:\n  - name: fill\n    arrivals: {rate: 5/s, dutation: 20s}\n    flow: [{call: A}]\n";
    unknown_key_without_a_near_one: "name: a\naudit: {list: A, over: b, elephant: 1}\n";
    wrong_type: "name: a\nclients: many\nworkloads: fill\nsafety: {allow_hosts: a.example}\ndescription: 5\n";
    bad_unit: "name: a\ngrace: 5\nworkloads:\n  - name: w\n    arrivals: {rate: 50, duration: 2 weeks}\n    flow: [{call: A}]\n";
    duplicate_key: "name: a\nseed: 1\nretry: none\nseed: 2\n";
    missing_required: "workloads:\n  - arrivals: {rate: 5/s, duration: 1s}\n    flow: [{with: {}}]\nlimiters:\n  api: {type: token_bucket, burst: 5}\n";
    several_at_once: "nam: a\ntarget: {mock: atendees}\nclients: 0\nlimiters:\n  a: {type: tokenbucket, rate: 5/s}\n  b: {rate: 5/s}\nthresholds:\n  - p99(respnse) < 3s\n  - \"ratio(calls.failed) < 3s\"\n";
    typing_traps: "name: a\ntransport: {redirects: yes, connections: '12', max_body: 1_000}\nseed: 007\nmock: {quotas: {meetings: 1.5}}\nretry:\n";
    template_without_quotes: "name: a\nsetup:\n  - call: A\n    with: {MeetingId: {{ meetings.next }}}\n";
    alternatives: "name: a\nworkloads:\n  - {name: a, overload: drip, flow: [{call: A}]}\n  - {name: b, overload: {que: 5}, flow: [{call: A}]}\n  - {name: c, overload: 5, flow: [{call: A}]}\nmock: {reject: {retry_after: false}}\n";
    out_of_range: "name: a\nclients: 99999999999\ntransport: {http: 3}\nseed: -1\nworkloads: []\n";
    alias_bomb: "name: a\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n";
    alias_of_itself: "name: &a [*a]\n";
    two_documents: "name: a\n---\nname: b\n";
    merge_key: "name: a\nmock: &m {workers: {count: 1}}\ntransport: {<<: *m}\n";
    not_yaml: "name: a\n\tclients: 5\n";
    mapping_in_text: "name: a\ndescription: note: this\n";
    empty: "  \n";
    control_characters: "name: \"a\"\n\u{202e}evil: 1\n";
    missing_variable: "name: ${env:NOPE}\n";
}

#[test]
fn a_fault_on_the_command_line_points_there() {
    let faults = load_with("name: a\n", &["seed=many", "sed=1", "retry"]).expect_err("faults").to_string();
    insta::assert_snapshot!(faults);
}

#[test]
fn a_missing_catalogue_is_a_fault_of_the_scenario() {
    insta::assert_snapshot!(faults("name: a\napi: nowhere/api.yaml\n"));
}

#[test]
fn deep_nesting_is_refused() {
    for text in [format!("name: {}{}", "[".repeat(200), "]".repeat(200)), format!("{}x", "- ".repeat(2000))] {
        let message = faults(&text);
        assert!(message.contains("more than 64 deep") || message.contains("recursion"), "{message}");
    }
}

#[test]
fn a_large_file_is_read_in_a_moment() {
    let many: String = (0..40_000).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join("\n");
    assert!(faults(&many).contains("faults; the first 50"));
    let long = format!("name: [{}]\n", "\"é\\u202e\", ".repeat(40_000));
    assert!(faults(&long).len() < 2_000);
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "([a-z&*!|>'\"%@`#?:, \\[\\]{}\n\t-]|name|workloads|é|\u{feff}){0,60}") {
        let _ = load_with(&text, &[]).map_err(|faults| faults.render(true));
    }

    #[test]
    fn no_change_of_a_good_file_makes_the_reader_panic(
        at in any::<prop::sample::Index>(),
        len in 0_usize..20,
        with in "[a-z0-9:{}\\[\\]\n \"-]{0,6}|\\PC{0,3}",
    ) {
        let chars: Vec<char> = WHOLE.chars().collect();
        let at = at.index(chars.len());
        let end = (at + len).min(chars.len());
        let text: String = chars[..at].iter().copied().chain(with.chars()).chain(chars[end..].iter().copied()).collect();
        let _ = load_with(&text, &[]).map_err(|faults| faults.render(false));
    }

    #[test]
    fn no_override_makes_the_reader_panic(argument in "[a-z.0-9=\\[{: ]{0,24}|\\PC{0,20}") {
        let _ = load_with("name: a\nworkloads: [{name: w, flow: [{call: A}]}]\n", &[&argument]).map_err(|faults| faults.to_string());
    }
}
