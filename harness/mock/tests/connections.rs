//! Windows of time, ends of connections, namespaces and signatures, as a client sees them.

use std::net::Shutdown;

use super::*;
use crate::service::config::{Authentication, Credential, Window};

#[test]
fn a_duplicated_reply_is_sent_twice_on_one_connection() {
    let server = start(always(OperationKind::GetMeeting, FaultKind::Wire(WireFault::Duplicate)));
    let mut client = Client::new(&server);
    let first = client.ask("GET", &format!("/meetings/{ABSENT}"), "");
    let second = client.read();
    assert_eq!((first.status, &first.body), (404, &second.body));
    assert_eq!(client.ask("GET", "/nowhere", "").status, 404, "the connection goes on");
}

#[test]
fn a_stalled_listener_accepts_nobody_for_a_while() {
    let lasts = Nanos::from_millis(60);
    let kind = FaultKind::StallAccept { lasts };
    let every_second = Fault { operations: vec![], chance: Ratio::ZERO, every: Some(2), during: None, kind };
    let server = start(ServiceConfig { faults: vec![every_second], ..unthrottled() });
    let clock = crate::time::MonotonicClock::start();
    let ask = || {
        let before = clock.now();
        assert_eq!(Client::new(&server).ask("GET", "/nowhere", "").status, 404);
        clock.now() - before
    };
    ask();
    assert!(ask() >= lasts, "the second connection waits");
}

#[test]
fn faults_strike_inside_their_window_alone() {
    let window = Window { at: Nanos::ZERO, lasts: Nanos::from_secs(3_600) };
    let kind = FaultKind::Status { status: 503, error_code: Cow::Borrowed("ServiceUnavailableException") };
    let during = Fault { operations: vec![], chance: Ratio::ZERO, every: Some(1), during: Some(window), kind };
    let server = start(ServiceConfig { faults: vec![during], ..unthrottled() });
    let mut client = Client::new(&server);
    let path = format!("/meetings/{ABSENT}");
    assert_eq!(client.ask("GET", &path, "").status, 404, "the clock of the windows has not begun");
    server.start_events();
    assert_eq!(client.ask("GET", &path, "").status, 503);
}

#[test]
fn a_client_that_has_said_its_last_word_still_gets_its_reply() {
    let latency = Latency::Constant(Nanos::from_millis(30));
    let server = start(ServiceConfig { latency, ..unthrottled() });
    let mut client = Client::new(&server);
    client.send("GET", &format!("/meetings/{ABSENT}"), "", "");
    client.0.shutdown(Shutdown::Write).expect("half of it closes");
    assert_eq!(client.read().status, 404);
    assert_eq!(client.drain(), (vec![], false), "and then the connection ends");
}

#[test]
fn a_stalled_reply_ends_when_the_client_goes_away() {
    let server = start(always(OperationKind::GetMeeting, FaultKind::Wire(WireFault::Stall)));
    let mut client = Client::new(&server);
    client.send("GET", &format!("/meetings/{ABSENT}"), "", "");
    client.read_head();
    client.0.shutdown(Shutdown::Write).expect("half of it closes");
    // Without this the connection would be kept for ever.
    let (_, reset) = client.drain();
    assert!(!reset);
}

#[test]
fn the_base_path_and_the_host_lead_to_the_older_namespace() {
    let server = start(unthrottled());
    let mut client = Client::new(&server);
    let meeting = client.meeting();
    assert_eq!(client.ask("GET", &meeting, "").status, 200);
    assert_eq!(client.ask("GET", &format!("/console{meeting}"), "").status, 404, "nothing is shared");
    let mut client = Client::new(&server);
    client
        .0
        .write_all(format!("GET {meeting} HTTP/1.1\r\nhost: service.chime.aws.amazon.com\r\n\r\n").as_bytes())
        .expect("sent");
    assert_eq!(client.read().status, 404);
}

#[test]
fn a_strict_service_serves_nobody_without_a_signature_and_tells_after_route_and_size() {
    let credential = Credential {
        access_key: "AKIA1".to_owned(),
        secret_key: "secret".to_owned(),
        session_token: None,
        deny: vec![],
    };
    let server = start(ServiceConfig { authentication: Authentication::Strict(vec![credential]), ..unthrottled() });
    let mut client = Client::new(&server);
    client.ask("GET", "/nowhere", "").expect_error(404, "UnknownOperationException", "no such");
    let large = vec![b' '; (1 << 20) + 1];
    client.ask("POST", "/meetings", large).expect_error(413, "RequestEntityTooLargeException", "1048576");
    let refused = client.ask("POST", "/meetings", "{");
    refused.expect_error(401, "UnauthorizedException", "Missing Authentication Token");
    assert!(refused.header("date").is_some(), "by which a client sets its clock");
    let refused = client.ask("POST", "/console/meetings", "{");
    refused.expect_error(401, "UnauthorizedClientException", "Missing Authentication Token");
}

#[test]
fn a_request_at_hand_is_answered_without_a_socket() {
    let front = Front::new(Service::new(unthrottled()).expect("a sound configuration"));
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let request = http::Request::post("/meetings").body(bytes::Bytes::from(MEETING)).expect("a request");
    let reply = front.answer(peer, request);
    assert_eq!(reply.status(), 200);
    assert!(serde_json::from_slice::<Value>(reply.body()).is_ok_and(|body| body["Meeting"]["MeetingId"].is_string()));
    assert_eq!(front.stats().total(), 1);
}
