use super::*;
use crate::api::{Cursor, PageHole, Sequence, TemplateError, Values};
use proptest::prelude::*;
use serde_json::{Value, json};

fn values(locals: Vec<Value>) -> Values {
    Values { seed: 1, call: 5, seq: Sequence { first: 100, stride: 1 }, locals, ..Values::default() }
}

/// `a` to `c` are values of the call, `token` is the page's.
fn text(text: &str) -> Template {
    Template::parse(text, &mut 0, &mut |name| match name {
        "a" => Ok(Template::hole(Hole::Local(0))),
        "b" => Ok(Template::hole(Hole::Local(1))),
        "c" => Ok(Template::hole(Hole::Local(2))),
        "token" => Ok(Template::hole(Hole::Page(PageHole::Token))),
        _ => Err(TemplateError::Unknown { name: name.to_owned(), known: Vec::new() }),
    })
    .expect("compiles")
}

fn value(written: &str) -> ValueTemplate {
    ValueTemplate::Text(text(written))
}

fn map(members: &[(&str, &str)]) -> ValueTemplate {
    ValueTemplate::Map(members.iter().map(|(name, text)| ((*name).into(), value(text))).collect())
}

fn write(form: &Form, values: &Values, items: &[u32], page: Option<&Cursor>) -> String {
    let context = Context { values, items, item: None, page, page_size: None, first_page: 1 };
    let mut out = "before ".to_owned();
    form.write(&context, &mut out);
    out.strip_prefix("before ").expect("what was there stays").to_owned()
}

#[test]
fn json_keeps_types_and_leaves_out_what_is_absent() {
    let body = ValueTemplate::Map(vec![
        ("n".into(), value("{{ seq }}")),
        ("o".into(), value("{{ b }}")),
        ("quo\"ted".into(), value("say \"{{ a }}\"\n")),
        ("absent".into(), value("{{ token }}")),
        ("plain".into(), ValueTemplate::Plain(json!(true))),
        ("items".into(), ValueTemplate::Items),
        ("list".into(), ValueTemplate::List(vec![value("{{ token }}"), value("x"), value("{{ c }}")])),
    ]);
    let form = Form::json(&body, Some(&map(&[("id", "u-{{ seq }}"), ("at", "{{ item }}")])));
    let values = values(vec![json!("m-1"), json!({"a": 1}), Value::Null]);
    let out = write(&form, &values, &[0, 3], None);
    let read: Value = serde_json::from_str(&out).expect("valid JSON");
    let items = json!([{"id": "u-100", "at": 0}, {"id": "u-103", "at": 3}]);
    let expected = json!({
        "n": 100, "o": {"a": 1}, "quo\"ted": "say \"m-1\"\n", "plain": true, "items": items, "list": ["x", null],
    });
    assert_eq!(read, expected);
}

#[test]
fn what_is_always_the_same_is_one_piece() {
    let form = Form::json(&map(&[("a", "x"), ("b", "y\n"), ("c", "{{ seq }}")]), None);
    assert!(matches!(form.pieces.as_slice(), [Piece::Text(_), Piece::Hole(..), Piece::Text(_)]), "{form:?}");
    assert!(form.has(&Hole::Seq) && !form.has(&Hole::User));
}

#[test]
fn a_query_is_marked_once() {
    let check = |marked: bool, parameters: &[(&str, &str)], locals: &[Value], expected: &str| {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| ((*name).into(), text(value))).collect();
        let path = if marked { "/p?q" } else { "/p" };
        let forms = [Form::path(&[(path.into(), None)]), Form::query(&parameters, marked)];
        let values = values(locals.to_vec());
        let context = Context { values: &values, items: &[], item: None, page: None, page_size: None, first_page: 1 };
        let mut out = "GET? ".to_owned();
        let start = out.len();
        for form in forms {
            assert!(form.write_behind(start, &context, &mut out));
        }
        assert_eq!(&out[start..], expected);
    };
    let three = [("x", "{{ a }}"), ("y", "{{ b }}/"), ("z z", "1")];
    check(false, &three, &[json!("1"), json!(2)], "/p?x=1&y=2%2F&z%20z=1");
    check(false, &three, &[Value::Null, json!(2)], "/p?y=2%2F&z%20z=1");
    check(false, &three, &[], "/p?z%20z=1");
    check(true, &three, &[], "/p?q&z%20z=1");
    check(false, &three[..2], &[], "/p");
    check(false, &[("z", "1"), ("x", "{{ a }}")], &[json!("é")], "/p?z=1&x=%C3%A9");
}

#[test]
fn a_token_may_be_an_object() {
    let page = Cursor::Token(json!({"k": "v w"}));
    let values = values(Vec::new());
    assert_eq!(
        write(&Form::json(&map(&[("t", "{{ token }}")]), None), &values, &[], Some(&page)),
        r#"{"t":{"k":"v w"}}"#
    );
    assert_eq!(
        write(&Form::text(&text("{{ token }}"), Fit::Url), &values, &[], Some(&page)),
        "%7B%22k%22%3A%22v%20w%22%7D"
    );
}

proptest! {
    /// Whichever members are absent, what is left is an object of the others, in their order.
    #[test]
    fn any_members_may_be_absent(
        members in prop::collection::vec(("[a-z\"\\\\]{1,3}", prop::sample::select(vec!["{{ a }}!", "{{ b }}!", "{{ c }}!", "x"])), 0..6),
        present in prop::array::uniform3(any::<bool>()),
    ) {
        let locals = present.map(|there| if there { json!("v\n") } else { Value::Null });
        let written: Vec<(&str, &str)> = members.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let out = write(&Form::json(&map(&written), None), &values(locals.to_vec()), &[], None);
        let filled = |text: &str| match text {
            "x" => Some("x"),
            hole => present[usize::from(hole.as_bytes()[3] - b'a')].then_some("v\n!"),
        };
        let expected: Vec<String> = members.iter().filter_map(|(name, text)| Some(format!("{}:{}", json!(name), json!(filled(text)?)))).collect();
        prop_assert_eq!(out, format!("{{{}}}", expected.join(",")));
    }
}
