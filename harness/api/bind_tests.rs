use std::rc::Rc;

use super::*;
use crate::api::{Attempt, BatchShape, Cursor, Input, Sequence, Values, attendees};
use serde_json::json;

fn text(text: &str) -> ValueTemplate {
    let mut holes = 0;
    ValueTemplate::Text(
        Template::parse(text, &mut holes, &mut |_| Ok(Template::hole(Hole::Local(0)))).expect("compiles"),
    )
}

fn input(items: Option<&[u32]>, page: Option<Cursor>) -> Input {
    let values = Values { seq: Sequence { first: 10, stride: 2 }, locals: vec![json!("m/1")], ..Values::default() };
    Input { exchange: 0, values: Rc::new(values), items: items.map(Into::into), page, attempt: Attempt::default() }
}

fn bind(operation: &str, binding: Binding) -> Result<Exchange, BindError> {
    Exchange::bind(attendees().find(operation).expect("known"), binding)
}

fn meeting() -> (Box<str>, ValueTemplate) {
    ("MeetingId".into(), text("{{ meeting }}"))
}

#[test]
fn a_batch_sends_the_items_that_are_left_and_nothing_else() {
    let item = ValueTemplate::Map(vec![("ExternalUserId".into(), text("user-{{ seq }}"))]);
    let binding = Binding { parameters: vec![meeting()], item: Some(item), ..Binding::default() };
    let exchange = bind("BatchCreateAttendee", binding).expect("binds");
    let rendered = exchange.render(&input(Some(&[0, 3]), None));
    assert_eq!(rendered.path_and_query, "/meetings/m%2F1/attendees?operation=batch-create");
    let body: serde_json::Value = serde_json::from_str(&rendered.body.expect("a body")).expect("JSON");
    assert_eq!(body, json!({"Attendees": [{"ExternalUserId": "user-10"}, {"ExternalUserId": "user-16"}]}));
    assert_eq!(exchange.key_of(&input(None, None), Some(3)).as_deref(), Some("user-16"));
    assert!(exchange.uses_seq());
}

#[test]
fn a_walk_asks_for_its_page() {
    let binding = Binding { parameters: vec![meeting()], paginate: true, page_size: Some(50), ..Binding::default() };
    let exchange = bind("ListAttendees", binding).expect("binds");
    assert_eq!(exchange.render(&input(None, None)).path_and_query, "/meetings/m%2F1/attendees?max-results=50");
    let second = Some(Cursor::Token(json!("a+b")));
    assert_eq!(
        exchange.render(&input(None, second)).path_and_query,
        "/meetings/m%2F1/attendees?max-results=50&next-token=a%2Bb"
    );
    let link = Some(Cursor::Link("/elsewhere?p=2".into()));
    assert_eq!(exchange.render(&input(None, link)).path_and_query, "/elsewhere?p=2");
}

#[test]
fn left_over_parameters_make_up_the_body() {
    let parameters = vec![meeting(), ("ExternalUserId".into(), text("x"))];
    let exchange = bind("CreateAttendee", Binding { parameters, ..Binding::default() }).expect("binds");
    assert_eq!(exchange.render(&input(None, None)).body.as_deref(), Some(r#"{"ExternalUserId":"x"}"#));
}

#[test]
fn a_token_object_goes_into_the_body_at_its_pointer() {
    let mut operation = attendees().find("ListAttendees").expect("known").clone();
    operation.method = "POST".into();
    operation.body = Body::Json(json!({"Table": "{{ table }}", "Limit": 5, "Absent": "{{ nothing }}"}));
    operation.path = "/".into();
    operation.paging.as_mut().expect("has paging").dialect =
        Dialect::Token { from: "$.Last".into(), to: Place::Body("/Query/Start".into()) };
    let binding = Binding { parameters: vec![("table".into(), text("t"))], paginate: true, ..Binding::default() };
    let exchange = Exchange::bind(&operation, binding).expect("binds");
    let body = |page| exchange.render(&input(None, page)).body.expect("a body");
    assert_eq!(body(None), r#"{"Table":"t","Limit":5,"Query":{}}"#);
    assert_eq!(body(Some(Cursor::Token(json!({"k": 1})))), r#"{"Table":"t","Limit":5,"Query":{"Start":{"k":1}}}"#);
}

#[test]
fn a_body_that_is_a_text_is_sent_as_it_stands() {
    let mut operation = attendees().find("ListAttendees").expect("known").clone();
    operation.body = Body::Text("a={{ a }}&{{ \"{{\" }}\n".into());
    let bound = |operation: &Operation| {
        let binding = Binding { parameters: vec![meeting(), ("a".into(), text("<{{ x }}>"))], ..Binding::default() };
        Exchange::bind(operation, binding).expect("binds").render(&input(None, None))
    };
    let rendered = bound(&operation);
    assert_eq!(rendered.body.as_deref(), Some("a=<m/1>&{{\n"));
    assert_eq!(rendered.headers, [("content-type".into(), Body::TEXT.to_owned())]);
    operation.headers = vec![("Content-Type".into(), "text/csv".into())];
    assert_eq!(bound(&operation).headers, [("Content-Type".into(), "text/csv".to_owned())], "its own type holds");
}

#[test]
fn what_does_not_fit_is_named() {
    let check = |operation: &str, binding: Binding, part: &str| {
        let message = bind(operation, binding).expect_err(part).to_string();
        assert!(message.contains(part), "{message}");
    };
    check("GetMeeting", Binding::default(), "needs `MeetingId`");
    check(
        "GetMeeting",
        Binding { parameters: vec![meeting(), ("Colour".into(), text("red"))], ..Binding::default() },
        "takes no `Colour`",
    );
    check(
        "GetMeeting",
        Binding { parameters: vec![meeting()], item: Some(text("x")), ..Binding::default() },
        "takes no batch",
    );
    check("GetMeeting", Binding { parameters: vec![meeting()], paginate: true, ..Binding::default() }, "has no pages");
    check("BatchCreateAttendee", Binding { parameters: vec![meeting()], ..Binding::default() }, "needs a `batch`");
    check(
        "ListAttendees",
        Binding { parameters: vec![meeting()], page_size: Some(101), ..Binding::default() },
        "at most 100",
    );
}

/// DynamoDB's batch: the table's name is a member's name, and an item's key lies deep inside it.
fn write_batch() -> Operation {
    Operation {
        path: "/".into(),
        query: Vec::new(),
        creation: None,
        batch: Some(BatchShape {
            items: "/RequestItems/{Table}".into(),
            max: Some(25),
            key: Some("/PutRequest/Item/pk/S".into()),
            failed: Some("$.UnprocessedItems.*[*]".into()),
            failed_key: "/PutRequest/Item/pk/S".into(),
            failed_code: String::new(),
            default_code: "ThrottlingException".into(),
        }),
        ..attendees().find("BatchCreateAttendee").expect("known").clone()
    }
}

fn put() -> ValueTemplate {
    let map = |name: &str, value| ValueTemplate::Map(vec![(name.into(), value)]);
    map("PutRequest", map("Item", map("pk", map("S", text("k-{{ seq }}")))))
}

#[test]
fn a_batch_goes_to_a_member_that_the_step_names() {
    let binding = Binding { parameters: vec![("Table".into(), text("a/b"))], item: Some(put()), ..Binding::default() };
    let exchange = Exchange::bind(&write_batch(), binding).expect("binds");
    let body = exchange.render(&input(Some(&[1]), None)).body.expect("a body");
    assert_eq!(body, r#"{"RequestItems":{"a/b":[{"PutRequest":{"Item":{"pk":{"S":"k-12"}}}}]}}"#);
    assert_eq!(exchange.key_of(&input(None, None), Some(1)).as_deref(), Some("k-12"));
    let binding =
        Binding { parameters: vec![("Table".into(), text("{{ t }}"))], item: Some(put()), ..Binding::default() };
    let message = Exchange::bind(&write_batch(), binding).expect_err("a hole").to_string();
    assert!(message.contains("`Table` names a member"), "{message}");
}

#[test]
fn items_that_the_service_did_not_get_to_are_found_and_named() {
    let binding = Binding { parameters: vec![("Table".into(), text("t"))], item: Some(put()), ..Binding::default() };
    let exchange = Exchange::bind(&write_batch(), binding).expect("binds");
    let read = |body: serde_json::Value| {
        let headers = http::HeaderMap::new();
        exchange.read(&input(Some(&[0, 1, 2]), None), "h:1", 200, &headers, body.to_string().as_bytes())
    };
    let left = json!({"UnprocessedItems": {"t": [{"PutRequest": {"Item": {"pk": {"S": "k-14"}}}}]}});
    let failed = read(left).expect("reads").failed;
    assert_eq!(failed.iter().map(|item| (item.index, &*item.code)).collect::<Vec<_>>(), [(2, "ThrottlingException")]);
    assert!(read(json!({"UnprocessedItems": {}})).expect("reads").failed.is_empty());
}
