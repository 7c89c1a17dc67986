use std::rc::Rc;

use super::*;
use crate::api::path::JsonPath;
use crate::api::{Attempt, Binding, Sequence, Template, ValueTemplate, Values, attendees};
use http::HeaderMap;
use serde_json::json;

fn input(items: Option<&[u32]>) -> Input {
    let values = Values { seq: Sequence { first: 0, stride: 1 }, ..Values::default() };
    Input {
        exchange: 0,
        values: Rc::new(values),
        items: items.map(Into::into),
        page: None,
        attempt: Attempt::default(),
    }
}

fn batch() -> Exchange {
    let mut holes = 0;
    let name = Template::parse("user-{{ seq }}", &mut holes, &mut |_| Ok(Template::default())).expect("compiles");
    let binding = Binding {
        parameters: vec![("MeetingId".into(), ValueTemplate::Text(Template::literal("m")))],
        item: Some(ValueTemplate::Map(vec![("ExternalUserId".into(), ValueTemplate::Text(name))])),
        captures: vec![CaptureSource::Status, CaptureSource::Header("x-one".into())],
        ..Binding::default()
    };
    Exchange::bind(attendees().find("BatchCreateAttendee").expect("known"), binding).expect("binds")
}

fn read(exchange: &Exchange, items: Option<&[u32]>, body: &Value) -> Result<Extracted, ReadError> {
    let mut headers = HeaderMap::new();
    headers.insert("x-one", "1".parse().expect("a value"));
    exchange.read(&input(items), "h:1", 200, &headers, body.to_string().as_bytes())
}

#[test]
fn errors_inside_a_success_name_their_items() {
    let body = json!({"Errors": [{"ExternalUserId": "user-7", "ErrorCode": "Throttling"}]});
    let extracted = read(&batch(), Some(&[3, 7]), &body).expect("reads");
    assert_eq!(extracted.failed, [FailedItem { index: 7, code: "Throttling".into() }]);
    assert_eq!(extracted.captures, [json!(200), json!("1")]);
    let stranger = json!({"Errors": [{"ExternalUserId": "user-9", "ErrorCode": "Throttling"}]});
    assert_eq!(read(&batch(), Some(&[3, 7]), &stranger), Err(ReadError::UnknownItem));
}

#[test]
fn a_body_that_is_not_json_is_an_error_only_where_it_is_needed() {
    let exchange = batch();
    assert_eq!(exchange.read(&input(None), "h:1", 200, &HeaderMap::new(), b"<html>"), Err(ReadError::NotJson));
    let mut careless = exchange;
    careless.want(Wants::default());
    assert!(careless.read(&input(None), "h:1", 200, &HeaderMap::new(), b"<html>").is_ok());
}

fn walk(next: NextPage) -> Exchange {
    let mut exchange = batch();
    let listed = Some(JsonPath::parse("$.i[*]").expect("a path"));
    exchange.want(Wants { next: Some(next), listed, ..Wants::default() });
    exchange
}

#[test]
fn every_dialect_finds_its_next_page() {
    let token = || NextPage::Body(JsonPath::parse("$.n").expect("a path"));
    let next = |next, body: Value| read(&walk(next), None, &body).expect("reads").next;
    assert_eq!(next(token(), json!({"n": "t"})), Some(Cursor::Token(json!("t"))));
    assert_eq!(next(token(), json!({"n": {"k": 1}})), Some(Cursor::Token(json!({"k": 1}))));
    for end in [json!({}), json!({"n": null}), json!({"n": ""}), json!({"n": {}})] {
        assert_eq!(next(token(), end.clone()), None, "{end}");
    }
    assert_eq!(next(NextPage::Header("x-one".into()), json!({})), Some(Cursor::Token(json!("1"))));
    assert_eq!(next(NextPage::Number { first: 0, page_size: 2 }, json!({"i": [1, 2]})), Some(Cursor::Number(1)));
    assert_eq!(next(NextPage::Number { first: 0, page_size: 2 }, json!({"i": [1]})), None);
    assert_eq!(next(NextPage::Offset { page_size: 2 }, json!({"i": [1, 2]})), Some(Cursor::Offset(2)));
}

#[test]
fn a_link_leads_on_but_never_to_another_host() {
    let check = |link: &str, expected: Result<Option<&str>, ReadError>| {
        let mut headers = HeaderMap::new();
        headers.insert("link", link.parse().expect("a value"));
        let found = next_link(&headers, "h:1");
        assert_eq!(found, expected.map(|address| address.map(|address| Cursor::Link(address.into()))), "{link}");
    };
    check("</a?p=2>; rel=\"next\"", Ok(Some("/a?p=2")));
    check("</a?p=0>; rel=prev, </a?p=2>; rel=next", Ok(Some("/a?p=2")));
    check("<http://h:1/a?p=2>; rel=next", Ok(Some("/a?p=2")));
    check("<http://other/a>; rel=next", Err(ReadError::ForeignLink));
    check("<//other/a>; rel=next", Err(ReadError::ForeignLink));
    check("</a>; rel=last", Ok(None));
    check("garbage", Ok(None));
}

#[test]
fn a_page_in_xml_is_read_like_one_in_json() {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/xml; charset=utf-8".parse().expect("a value"));
    let mut exchange = batch();
    let path = |text| JsonPath::parse(text).expect("a path");
    exchange.want(Wants {
        next: Some(NextPage::Body(path("$.List.Next"))),
        listed: Some(path("$.List.Contents[*]")),
        keys: Some(path("$.List.Contents[*].Key")),
        captures: vec![CaptureSource::Body(path("$.List.Contents[0].Key"))],
        ..Wants::default()
    });
    let read = |body: &str| exchange.read(&input(None), "h:1", 200, &headers, body.as_bytes());
    let one = read("<List><Contents><Key>a</Key></Contents><Next>t&amp;u</Next></List>").expect("reads");
    assert_eq!((one.listed, one.next), (1, Some(Cursor::Token(json!("t&u")))));
    assert_eq!((one.keys, one.captures), (vec!["a".to_owned()], vec![json!("a")]));
    let last = read("<List><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents><Next/></List>");
    assert_eq!(last.map(|page| (page.listed, page.next)), Ok((2, None)));
    assert_eq!(read("{}"), Err(ReadError::NotXml));
}
