use std::fmt;

use super::*;
use crate::api::path::JsonPath;
use crate::api::wants::{CaptureSource, FailedItems, NextPage};
use proptest::prelude::*;
use serde_json::json;

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).expect("a path")
}

/// Everything is wanted that can be, at these places.
fn wants(places: &[String]) -> Wants {
    let place = |index: usize| path(&places[index % places.len()]);
    let failed =
        FailedItems { path: place(2), key: Box::default(), code: Box::default(), default_code: Box::default() };
    let captures = places.iter().flat_map(|text| [CaptureSource::Body(path(text)), CaptureSource::Every(path(text))]);
    Wants {
        captures: captures.collect(),
        next: Some(NextPage::Body(place(0))),
        listed: Some(place(1)),
        failed: Some(failed),
        keys: Some(place(3)),
        ..Wants::default()
    }
}

fn tree(wants: &Wants) -> PathTree {
    wants.tree().expect("plain paths")
}

/// A document as it is written, so that members may come twice.
#[derive(Clone, Debug)]
enum Written {
    Plain(&'static str),
    Array(Vec<Written>),
    Object(Vec<(&'static str, Written)>),
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(text) => f.write_str(text),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Object(members) => {
                let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
                write!(f, "{{{}}}", members.join(","))
            }
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    let plain = vec!["null", "true", "-1.5e2", "7", "\"\"", "\"text\"", "\"\\u00e9\\n\"", "\"é\""];
    let plain = prop::sample::select(plain).prop_map(Written::Plain);
    plain.prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(vec!["a", "b", "c", "\\u0061"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Written::Array),
            prop::collection::vec((name, inner), 0..4).prop_map(Written::Object),
        ]
    })
}

fn place() -> impl Strategy<Value = String> {
    let segment = prop::sample::select(vec![".a", ".b", "[0]", "[1]", "[*]"]);
    prop::collection::vec(segment, 0..4).prop_map(|segments| format!("${}", segments.concat()))
}

proptest! {
    #[test]
    fn reading_in_one_pass_finds_what_the_whole_document_holds(
        document in written(),
        places in prop::collection::vec(place(), 1..5),
    ) {
        let (wants, text) = (wants(&places), document.to_string());
        let expected = Found::in_json(&wants, text.as_bytes());
        prop_assert!(expected.is_ok(), "{}", text);
        prop_assert_eq!(tree(&wants).read(&wants, text.as_bytes()), expected, "{}", text);
    }

    /// A document that was cut, or in which one byte is another, is refused by both or means the same to both.
    #[test]
    fn what_is_no_json_is_refused_alike(
        document in written(),
        places in prop::collection::vec(place(), 1..4),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"{}[],:\"\\ x1\xff".to_vec()),
        cut in any::<bool>(),
    ) {
        let wants = wants(&places);
        let mut text = document.to_string().into_bytes();
        let at = at.index(text.len());
        if cut {
            text.truncate(at);
        } else {
            text[at] = byte;
        }
        let (one_pass, whole) = (tree(&wants).read(&wants, &text), Found::in_json(&wants, &text));
        prop_assert_eq!(one_pass, whole, "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn of_members_of_one_name_the_last_counts() {
    let wants = Wants { next: Some(NextPage::Body(path("$.a.b"))), ..Wants::default() };
    let next = |text: &str| tree(&wants).read(&wants, text.as_bytes()).expect("JSON").next;
    assert_eq!(next(r#"{"a": {"b": 1, "b": 2}}"#), Some(json!(2)));
    assert_eq!(next(r#"{"a": {"b": 1}, "a": {}}"#), None);
    assert_eq!(next(r#"{"b": 1, "b": 2, "a": {"b": 3}}"#), Some(json!(3)));
}

#[test]
fn what_stands_behind_a_document_spoils_it() {
    let wants = wants(&["$.a".to_owned()]);
    for text in ["{} x", "{}{}", "", "{\"z\": \"\u{1}\"}"] {
        assert_eq!(tree(&wants).read(&wants, text.as_bytes()), Err(ReadError::NotJson), "{text}");
    }
    assert!(tree(&wants).read(&wants, b"{\"a\": 1} \n").is_ok());
    assert_eq!(tree(&wants).read(&wants, b"{\"z\": \"\xff\"}"), Err(ReadError::NotJson));
}

#[test]
fn what_nobody_wants_has_only_to_be_written_like_json() {
    let wants = Wants { next: Some(NextPage::Body(path("$.n"))), ..Wants::default() };
    for odd in ["1e999", "\"\\ud800\""] {
        let text = format!(r#"{{"z": {odd}, "n": "t"}}"#);
        assert_eq!(tree(&wants).read(&wants, text.as_bytes()).expect("JSON").next, Some(json!("t")), "{text}");
        let wanted = format!(r#"{{"n": {odd}}}"#);
        assert_eq!(tree(&wants).read(&wants, wanted.as_bytes()), Err(ReadError::NotJson), "{wanted}");
    }
}

#[test]
fn a_path_that_is_more_has_no_tree() {
    let wants = Wants { listed: Some(path("$.a[?@.b > 1]")), ..Wants::default() };
    assert!(wants.tree().is_none());
}
