use std::path::Path;
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::api::{Attempt, Input, Rendered, Sequence, Values};
use crate::plan::{Drive, Plan, Target};
use crate::scenario::{self, Flags, source};

fn line(url: &str) -> Line {
    Line { url: url.to_owned(), ..Line::default() }
}

fn typed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> Typed<T> {
    text.parse().expect("a value")
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Plans a line by way of its text alone.
fn plan(line: &Line) -> Plan {
    let written = write(line).unwrap_or_else(|faults| panic!("{faults}"));
    let environment = |name: &str| {
        let typed = written.secrets.iter().find(|(known, _)| known == name);
        typed.map(|(_, value)| value.clone()).or_else(|| (name == "TOKEN").then(|| "from-outside".to_owned()))
    };
    let source = source::text("quick", written.text.clone().into_bytes()).expect("text");
    let (folder, flags) = (Path::new(""), &Flags::default());
    let input = scenario::Input { source: &source, folder, overrides: &[], flags, environment: &environment };
    let plan = scenario::load(input).and_then(|loaded| loaded.plan());
    plan.unwrap_or_else(|faults| panic!("{}\n{faults}", written.text))
}

fn rendered(plan: &Plan) -> Rendered {
    let values = Rc::new(Values { seq: Sequence { first: 7, stride: 1 }, ..Values::default() });
    plan.exchanges[0].render(&Input { exchange: 0, values, items: None, page: None, attempt: Attempt::default() })
}

fn faults(line: &Line) -> String {
    write(line).expect_err("faults").to_string()
}

#[test]
fn a_line_is_written_as_people_would_write_it() {
    let small = Line {
        connections: Some(64),
        rate: Some(typed("500/s")),
        duration: Some(typed("30s")),
        ..line("127.0.0.1:8080/things?x=1")
    };
    let large = Line {
        rate: Some(typed("20000/s")),
        duration: Some(typed("2h")),
        poisson: true,
        warm_up: Some(typed("5s")),
        method: Some("PUT".to_owned()),
        headers: strings(&["Accept: a/b", "accept: c/d", "X-Api-Key: hunter2", "X-Id: {{ uuid }}"]),
        body: Some(r#"{"name":"it","tags":[1,2.5,null]}"#.to_owned()),
        retry: Some("aws-standard-2.1".to_owned()),
        timeout: Some(typed("5s")),
        thresholds: strings(&["p99(response) < 300ms"]),
        allow_hosts: strings(&["*.example.com"]),
        seed: Some(9),
        ..line("https://me:pass@api.example.com/a%2Fb/{{ seq }}?q=1,2&key=${env:TOKEN}")
    };
    insta::assert_snapshot!("a_short_line", write(&small).expect("written").text);
    insta::assert_snapshot!("a_long_line", write(&large).expect("written").text);
    plan(&small);
    plan(&large);
}

/// A URL, where it leads, and what is asked for there.
#[track_caller]
fn check_url(url: &str, origin: &str, path_and_query: &str) {
    let plan = plan(&line(url));
    assert_eq!(plan.target, Target::Url(origin.parse().expect("a URL")), "{url}");
    assert_eq!(rendered(&plan).path_and_query, path_and_query, "{url}");
}

#[test]
fn a_url_is_asked_for_as_it_was_typed() {
    check_url("http://127.0.0.1:8080", "http://127.0.0.1:8080", "/");
    check_url("http://127.0.0.1/a?x=1", "http://127.0.0.1", "/a?x=1");
    check_url("localhost:8080/x", "http://localhost:8080", "/x");
    check_url("localhost/x?next=http://y/z", "http://localhost", "/x?next=http://y/z");
    check_url("[::1]:8080/x", "http://[::1]:8080", "/x");
    check_url("https://[::1]/x", "https://[::1]", "/x");
    check_url("HTTP://LOCALHOST:80/Case", "http://localhost", "/Case");
    check_url("http://localhost/a%2Fb%20c/d;e=f/ü", "http://localhost", "/a%2Fb%20c/d;e=f/%C3%BC");
    check_url("http://localhost/a#part", "http://localhost", "/a");
    check_url("http://localhost/?a=1&a=2", "http://localhost", "/?a=1&a=2");
    check_url("http://localhost/?flag", "http://localhost", "/?flag");
    check_url("http://localhost/?", "http://localhost", "/?");
    check_url("http://localhost/?a=x+y&b=x%20y&c=%2b", "http://localhost", "/?a=x+y&b=x%20y&c=%2b");
    check_url("http://localhost/?a=1,2&b={x}", "http://localhost", "/?a=1,2&b=%7Bx%7D");
    check_url("http://localhost/?a=%7B%7B%20seq%20%7D%7D", "http://localhost", "/?a=%7B%7B%20seq%20%7D%7D");
    check_url("http://localhost/?=1&<<=2", "http://localhost", "/?=1&%3C%3C=2");
    check_url("http://localhost/{id}?q=caf%C3%A9", "http://localhost", "/%7Bid%7D?q=caf%C3%A9");
}

#[test]
fn a_url_may_hold_templates_and_variables() {
    check_url("http://localhost/t/{{ seq }}/{{seq}}", "http://localhost", "/t/7/7");
    check_url("http://localhost/t?a={{ seq }}&b=x-{{ seq }}", "http://localhost", "/t?a=7&b=x-7");
    check_url("http://localhost/t?a=1,{{ seq }}", "http://localhost", "/t?a=1,7");
    check_url("http://localhost/${env:TOKEN}?k=${env:TOKEN}", "http://localhost", "/from-outside?k=from-outside");
    let plan = plan(&line("http://localhost/${env:TOKEN}?k=${env:TOKEN}"));
    assert!(!plan.resolved.contains("from-outside") && !plan.description.contains("from-outside"));
}

#[test]
fn what_proves_who_sends_is_in_no_file() {
    let line = Line {
        headers: strings(&["Cookie: a=hunter2", "cookie: b=hunter2", "X-Api-Key: hunter2", "X-Other: ${env:TOKEN}"]),
        ..line("http://me:hunter2%21@localhost/")
    };
    let written = write(&line).expect("written");
    let plan = plan(&line);
    for text in [&written.text, &format!("{written:?}"), &plan.resolved, &format!("{:?}", plan.secrets)] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let headers = rendered(&plan).headers;
    let header = |name: &str| headers.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("Cookie"), Some("a=hunter2; b=hunter2"));
    assert_eq!(header("X-Api-Key"), Some("hunter2"));
    assert_eq!(header("X-Other"), Some("from-outside"));
    assert_eq!(header("authorization"), Some("Basic bWU6aHVudGVyMiE="));
}

/// A body and the content type that goes with it; `None` is that of the grammar's JSON.
#[track_caller]
fn check_body(body: &str, sent: &str, kind: Option<&str>) {
    let plan = plan(&Line { body: Some(body.to_owned()), ..line("http://localhost/") });
    let rendered = rendered(&plan);
    assert_eq!(&*plan.exchanges[0].method, "POST");
    assert_eq!(rendered.body.as_deref(), Some(sent));
    let header = rendered.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    assert_eq!(header.map(|(_, value)| value.as_str()), kind, "{body}");
}

#[test]
fn a_body_is_sent_to_the_byte_with_the_type_that_it_speaks_for() {
    let (json, form, text) =
        (Some("application/json"), Some("application/x-www-form-urlencoded"), Some("text/plain; charset=utf-8"));
    check_body(r#"{"a":1,"b":[true,null,"x"]}"#, r#"{"a":1,"b":[true,null,"x"]}"#, None);
    check_body(r#"{"a": 1}"#, r#"{"a": 1}"#, json);
    check_body(r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#, json);
    check_body(r#"{"":1}"#, r#"{"":1}"#, json);
    check_body(r#"{"a":1e3}"#, r#"{"a":1e3}"#, json);
    check_body(r#"{"id":"{{ seq }}","n":{{ seq }}}"#, r#"{"id":"7","n":7}"#, json);
    check_body("[]", "[]", None);
    check_body("a=1&b={{ seq }}", "a=1&b=7", form);
    check_body("a=1&b", "a=1&b", text);
    check_body("plain words = 5\n", "plain words = 5\n", text);
    check_body("", "", text);
    check_body("false", "false", text);
    check_body("{{ \"{{\" }} }}", "{{ }}", json);
}

#[test]
fn methods_without_a_body_have_none() {
    for method in METHODS {
        let plan = plan(&Line { method: Some(method.to_owned()), ..line("http://localhost/") });
        assert_eq!((&*plan.exchanges[0].method, rendered(&plan).body), (method, None));
    }
}

#[test]
fn a_rate_and_a_number_of_requests_come_to_that_number() {
    for (rate, count) in [("300/s", 500), ("7/min", 3), ("0.3/s", 1), ("99999/s", 1_000_003), ("1/3s", 10)] {
        let plan = plan(&Line { rate: Some(typed(rate)), requests: Some(count), ..line("http://localhost/") });
        let Drive::Open { profile, spacing } = &plan.workloads[0].drive else { panic!("open") };
        let arrivals = crate::schedule::Arrivals::new(profile.clone(), *spacing, crate::schedule::Stripe::WHOLE, 1, 0);
        assert_eq!(arrivals.count() as u64, count, "{rate}");
        assert!(plan.caps.max_requests >= count);
    }
}

#[test]
fn no_usual_cap_cuts_off_what_was_asked_for() {
    let caps = |line: Line| plan(&line).caps;
    let long = caps(Line { duration: Some(typed("2h")), ..line("http://localhost/") });
    assert!(long.max_duration > Nanos::from_secs(7_200) && long.max_requests >= 7_200_000_000);
    let retried =
        Line { retry: Some("aws-standard-2.1".to_owned()), requests: Some(1_000_000), ..line("http://localhost/") };
    assert_eq!(caps(retried).max_requests, 3_000_000);
    let own = Line { max_requests: Some(5), duration: Some(typed("2h")), ..line("http://localhost/") };
    assert_eq!(caps(own).max_requests, 5);
    let small = Line { requests: Some(5), ..line("http://localhost/") };
    assert_eq!(caps(small), crate::plan::Caps::default());
}

#[test]
fn every_mistake_is_named_at_once() {
    let line = Line {
        rate: None,
        poisson: true,
        requests: Some(0),
        duration: Some(typed("0s")),
        connections: Some(0),
        headers: strings(&[
            "Authorization hunter2",
            "A B: hunter2",
            "X: a\nb",
            "Content-Length: 5",
            "X-A: {{ nobody }}",
        ]),
        body: Some("first\n{{ item }} {{".to_owned()),
        thresholds: strings(&["p99(respnse) < 1s"]),
        ..line("ftp://me:hunter2@localhost/")
    };
    let said = faults(&line);
    assert!(!said.contains("hunter2"), "{said}");
    insta::assert_snapshot!(said);
}

#[test]
fn a_url_that_is_none_is_named() {
    let said = |url: &str| faults(&line(url));
    for (url, words) in [
        ("", "this is no URL: empty host"),
        ("http://", "this is no URL: empty host"),
        ("http://local host/", "this is no URL: invalid international domain name"),
        ("http://localhost:99999/", "this is no URL: invalid port number"),
        ("http://me:hunter2@:80/", "this is no URL: empty host"),
        ("http://${env:HOST}/", "the host cannot be a template"),
        ("http://localhost/{{ seq", "a `{{` is not closed"),
        ("http://localhost/{{ nobody }}", "nothing here is called `nobody`"),
        ("ws://localhost/", "the scheme `ws` is neither http nor https"),
    ] {
        let said = said(url);
        assert!(said.contains(words) && !said.contains("hunter2"), "{url}: {said}");
    }
    let twice = Line { headers: strings(&["Authorization: Basic x"]), ..line("http://a:b@localhost/") };
    assert!(faults(&twice).contains("both say who sends"));
}

proptest! {
    // Each case loads a whole scenario.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_body_arrives_as_it_was_typed(body in "\\PC{0,40}|[\\x00-\\u{9f}\u{2028}\u{feff}]{0,20}|[{}\\[\\]\",:0-9.eE+ a-]{0,20}") {
        prop_assume!(!body.contains("{{") && !body.contains("${env:"));
        let plan = plan(&Line { body: Some(body.clone()), ..line("http://localhost/") });
        prop_assert_eq!(rendered(&plan).body, Some(body));
    }

    #[test]
    fn any_query_is_asked_for_as_a_browser_would(query in "[a-c=&+%0-9A-F,;/?:@!~.é{}<>\"' -]{0,24}", path in "[a-z%/.{}é -]{0,12}") {
        prop_assume!(!format!("{path}?{query}").contains("{{"));
        let typed = format!("http://localhost:1/{path}?{query}");
        let url = url::Url::parse(&typed).expect("a URL");
        let plan = plan(&line(&typed));
        let asked = rendered(&plan).path_and_query;
        let braces = |text: &str| text.replace('{', "%7B").replace('}', "%7D");
        prop_assert_eq!(asked, format!("{}?{}", url.path(), braces(url.query().unwrap_or_default())));
    }

    #[test]
    fn no_text_makes_the_writer_panic(url in "\\PC{0,40}|[{}$env:TOKEN/@?#%é-]{0,20}", header in "\\PC{0,20}", body in "[{}\"' a-z]{0,20}") {
        let _ = write(&Line { headers: vec![header], body: Some(body), ..line(&url) });
    }
}
