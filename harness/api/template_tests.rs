use super::*;
use crate::api::{PageHole, Sequence, Values};
use proptest::prelude::*;
use serde_json::json;

fn values() -> Values {
    Values {
        seed: 1,
        call: 5,
        client: 2,
        user: 3,
        seq: Sequence { first: 100, stride: 1 },
        locals: vec![json!("m-1"), json!({"a": 1})],
    }
}

fn compile(text: &str) -> Result<Template, TemplateError> {
    let mut holes = 0;
    Template::parse(text, &mut holes, &mut |name| match name {
        "meeting" => Ok(Template::hole(Hole::Local(0))),
        "object" => Ok(Template::hole(Hole::Local(1))),
        "token" => Ok(Template::hole(Hole::Page(PageHole::Token))),
        _ => Err(TemplateError::Unknown { name: name.to_owned(), known: Vec::new() }),
    })
}

fn fill(text: &str, item: Option<u32>) -> Option<String> {
    let values = values();
    let context = Context { values: &values, items: &[], item, page: None, page_size: None, first_page: 1 };
    compile(text).expect("compiles").fill(&context)
}

#[test]
fn holes_are_filled_from_the_call_and_the_item() {
    assert_eq!(fill("user-{{ seq }}", None).as_deref(), Some("user-100"));
    assert_eq!(fill("user-{{seq}}/{{ item }}", Some(7)).as_deref(), Some("user-107/7"));
    assert_eq!(fill("{{ meeting }}!", None).as_deref(), Some("m-1!"));
    assert_eq!(fill("{{ token }}", None), None);
}

#[test]
fn a_text_in_quotes_stands_for_itself() {
    assert_eq!(fill(r#"a {{ "{{" }} b }} c"#, None).as_deref(), Some("a {{ b }} c"));
    assert_eq!(fill("{{ '\"{{' }}{{ '' }}", None).as_deref(), Some("\"{{"));
    for half in [r#"{{ "a }}"#, r#"{{ "a" + "b" }}"#, "{{ ' }}"] {
        assert!(matches!(compile(half), Err(TemplateError::Unknown { .. })), "{half}");
    }
}

#[test]
fn the_same_call_draws_the_same_numbers_again() {
    let text = "{{ uuid }} {{ uuid }} {{ random(1, 1000000) }}";
    let first = fill(text, None).expect("filled");
    assert_eq!(fill(text, None).as_deref(), Some(first.as_str()));
    assert_ne!(fill(text, Some(1)).as_deref(), Some(first.as_str()));
    let mut words = first.split(' ');
    assert_ne!(words.next(), words.next(), "two holes differ");
}

#[test]
fn bad_templates_are_named() {
    assert!(matches!(compile("{{ seq"), Err(TemplateError::Unclosed(_))));
    assert!(matches!(compile("{{ random(5, 1) }}"), Err(TemplateError::BadRandom(_))));
    assert!(matches!(compile("{{ nobody }}"), Err(TemplateError::Unknown { .. })));
}

proptest! {
    #[test]
    fn random_stays_in_its_range(low in -1000_i64..1000, width in 0_i64..1000, item in 0_u32..100) {
        let text = fill(&format!("{{{{ random({low}, {}) }}}}", low + width), Some(item)).expect("filled");
        let n: i64 = text.parse().expect("a number");
        prop_assert!((low..=low + width).contains(&n));
    }
}
