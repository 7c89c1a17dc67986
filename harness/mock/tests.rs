//! What a client sees, byte by byte where a fault is meant.

mod connections;

use std::borrow::Cow;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::service::OperationKind;
use crate::service::config::{
    Change, Cost, Dimension, Event, Fault, FaultKind, Latency, LimitRule, LimiterDef, LimiterKind, Reject, RejectBody,
    ResetAt, RetryAfter, Throttling, WireFault,
};
use crate::units::Ratio;

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";
const MEETING: &str = r#"{"ClientRequestToken": "token", "MediaRegion": "us-east-1", "ExternalMeetingId": "meeting"}"#;

fn unthrottled() -> ServiceConfig {
    ServiceConfig { throttling: Throttling::Off, ..ServiceConfig::default() }
}

/// Strikes every request of that operation.
fn always(operation: OperationKind, kind: FaultKind) -> ServiceConfig {
    let fault = Fault { operations: vec![operation], chance: Ratio::ZERO, every: Some(1), during: None, kind };
    ServiceConfig { faults: vec![fault], ..unthrottled() }
}

fn start(config: ServiceConfig) -> MockServer {
    MockServer::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port")
}

/// One HTTP/1.1 connection.
struct Client(TcpStream);

/// A reply as it came.
#[derive(Debug)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    #[track_caller]
    fn expect_error(&self, status: u16, type_name: &str, part: &str) {
        assert_eq!((self.status, self.header("x-amzn-errortype")), (status, Some(type_name)), "{self:?}");
        let body = self.json();
        assert_eq!(body["Code"], type_name.trim_end_matches("Exception"));
        assert_eq!(body["RequestId"].as_str(), self.header("x-amzn-requestid"));
        assert!(body["Message"].as_str().is_some_and(|message| message.contains(part)), "{part} in {self:?}");
    }
}

impl Client {
    fn new(server: &MockServer) -> Self {
        let stream = TcpStream::connect(server.addr()).expect("the mock listens");
        // Only so that a fault in the mock fails the test instead of hanging it.
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Self(stream)
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\n{headers}content-length: {}\r\n\r\n", body.len());
        self.0.write_all(&[head.as_bytes(), body].concat()).expect("the request goes out");
    }

    fn read_head(&mut self) -> Seen {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte).expect("a whole head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("a readable head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned()));
        Seen { status: status.expect("a status"), headers: headers.collect(), body: String::new() }
    }

    fn read(&mut self) -> Seen {
        let mut seen = self.read_head();
        let length = seen.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a whole body");
        seen.body = String::from_utf8(body).expect("a readable body");
        seen
    }

    fn ask(&mut self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Seen {
        self.send(method, path, "", body);
        self.read()
    }

    /// Creates the meeting and gives its path.
    fn meeting(&mut self) -> String {
        let seen = self.ask("POST", "/meetings", MEETING);
        assert_eq!(seen.status, 200, "{seen:?}");
        format!("/meetings/{}", seen.json()["Meeting"]["MeetingId"].as_str().expect("an id"))
    }

    /// Everything up to the end of the connection, and whether that was a reset.
    fn drain(&mut self) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        match self.0.read_to_end(&mut bytes) {
            Ok(_) => (bytes, false),
            Err(fault) if fault.kind() == ErrorKind::ConnectionReset => (bytes, true),
            Err(fault) => panic!("{fault} after {}", String::from_utf8_lossy(&bytes)),
        }
    }
}

#[test]
fn a_meeting_and_its_attendees_live_over_one_connection() {
    let server = start(unthrottled());
    let mut client = Client::new(&server);
    let path = client.meeting();
    let meeting = client.ask("GET", &path, "");
    assert_eq!(meeting.header("content-type"), Some("application/json"));
    assert_eq!(meeting.json()["Meeting"]["TenantIds"], json!([]));
    let attendees = format!("{path}/attendees");
    let one = client.ask("POST", &attendees, r#"{"ExternalUserId": "user-1"}"#).json();
    assert_eq!(
        one["Attendee"]["Capabilities"],
        json!({"Audio": "SendReceive", "Video": "SendReceive", "Content": "SendReceive"})
    );
    let batch = r#"{"Attendees": [{"ExternalUserId": "user-2"}, {"ExternalUserId": "aws:3"}]}"#;
    let batch = client.ask("POST", &format!("{attendees}?operation=batch-create"), batch).json();
    assert_eq!(batch["Attendees"].as_array().map(Vec::len), Some(1));
    assert_eq!(batch["Errors"][0]["ErrorCode"], "BadRequest");
    let page = client.ask("GET", &format!("{attendees}?max-results=1"), "").json();
    assert_eq!(page["Attendees"][0], one["Attendee"]);
    let token = page["NextToken"].as_str().expect("a further page");
    let page = client.ask("GET", &format!("{attendees}?max-results=1&next-token={token}"), "").json();
    assert_eq!(page["Attendees"][0]["ExternalUserId"], "user-2");
    assert_eq!(page.get("NextToken"), None);
    let attendee = format!("{attendees}/{}", one["Attendee"]["AttendeeId"].as_str().expect("an id"));
    assert_eq!(client.ask("GET", &attendee, "").json(), one);
    let gone = client.ask("DELETE", &attendee, "");
    assert_eq!((gone.status, gone.header("content-type"), &*gone.body), (204, None, ""));
    client.ask("GET", &attendee, "").expect_error(404, "NotFoundException", "not found");
    assert_eq!(client.ask("DELETE", &path, "").status, 204);
    client.ask("GET", &path, "").expect_error(404, "NotFoundException", "Meeting <");
    let stats = server.shutdown();
    assert_eq!(stats.count(OperationKind::GetMeeting, 200), 1);
    assert_eq!(stats.count(OperationKind::GetMeeting, 404), 1);
    assert_eq!(stats.total(), 11);
}

#[test]
fn answers_without_output_say_so_in_their_own_way() {
    let server = start(unthrottled());
    let mut client = Client::new(&server);
    let path = client.meeting();
    let attendees = format!("{path}/attendees");
    let excluded = r#"{"ExcludedAttendeeIds": [{"AttendeeId": "00000000-0000-4000-8000-000000000000"}],
        "Capabilities": {"Audio": "None", "Video": "None", "Content": "None"}}"#;
    let updated = client.ask("PUT", &format!("{attendees}/capabilities?operation=batch-update-except"), excluded);
    assert_eq!((updated.status, &*updated.body), (200, ""));
    assert_eq!(updated.header("content-type"), Some("application/json"));
    let arn = client.ask("GET", &path, "").json()["Meeting"]["MeetingArn"].as_str().expect("an ARN").to_owned();
    let tags = format!(r#"{{"ResourceARN": "{arn}", "Tags": [{{"Key": "k", "Value": "v"}}]}}"#);
    let tagged = client.ask("POST", "/tags?operation=tag-resource", tags);
    assert_eq!((tagged.status, &*tagged.body, tagged.header("content-type")), (204, "", None));
    let shown = client.ask("GET", &format!("/tags?arn={}", arn.replace(':', "%3A")), "");
    assert_eq!(shown.json(), json!({"Tags": [{"Key": "k", "Value": "v"}]}));
    let absent = client.ask("GET", "/tags?arn=arn:x", "");
    absent.expect_error(404, "ResourceNotFoundException", "arn:x");
    assert_eq!(absent.json()["ResourceName"], "arn:x");
}

#[test]
fn the_legacy_namespace_creates_with_201_and_lists_meetings() {
    let server = start(ServiceConfig { namespace: crate::service::Namespace::Legacy, ..unthrottled() });
    let mut client = Client::new(&server);
    let made = client.ask("POST", "/meetings", r#"{"ClientRequestToken": "token"}"#);
    assert_eq!(made.status, 201);
    let meeting = made.json()["Meeting"].clone();
    assert_eq!(meeting["MediaRegion"], "us-east-1");
    assert_eq!(client.ask("GET", "/meetings", "").json(), json!({"Meetings": [meeting]}));
    let path = format!("/meetings/{}/attendees", meeting["MeetingId"].as_str().expect("an id"));
    let made = client.ask("POST", &path, r#"{"ExternalUserId": "aws:any thing *"}"#);
    assert_eq!((made.status, made.json()["Attendee"].get("Capabilities")), (201, None));
}

#[test]
fn bad_requests_are_told_in_the_format_of_the_service_and_keep_the_connection() {
    let server = start(unthrottled());
    let mut client = Client::new(&server);
    let attendees = format!("{}/attendees", client.meeting());
    let deep = format!("{{\"ExternalUserId\": {}", "[".repeat(10_000));
    let bodies: [(&[u8], &str); 7] = [
        (b"{\"ExternalUserId\": \"one\", \"ExternalUserId\": \"two\"}", "appears twice"),
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[1]", "must be a JSON object"),
        (b"{\"ExternalUserId\": \"\xff\xfe\"}", "not valid JSON"),
        (deep.as_bytes(), "not valid JSON"),
        (b"{\"ExternalUserId\": \"x\"}", "Value 'x' at 'externalUserId' failed to satisfy constraint"),
    ];
    for (body, part) in bodies {
        client.ask("POST", &attendees, body).expect_error(400, "BadRequestException", part);
    }
    client.ask("GET", &format!("{attendees}?max-results=many"), "").expect_error(
        400,
        "BadRequestException",
        "maxResults",
    );
    client.ask("GET", "/other", "").expect_error(404, "UnknownOperationException", "no such operation");
    let wrong_method = client.ask("PUT", &attendees, "");
    wrong_method.expect_error(405, "MethodNotAllowedException", "GET, POST");
    assert_eq!(wrong_method.header("allow"), Some("GET, POST"));
    let large = client.ask("POST", &attendees, vec![b' '; (1 << 20) + 1]);
    large.expect_error(413, "RequestEntityTooLargeException", "1048576");
    client.send("GET", &attendees, &format!("x-long: {}\r\n", "x".repeat(70_000)), "");
    client.read().expect_error(400, "BadRequestException", "headers");
    assert_eq!(client.ask("GET", &attendees, "").status, 200);
}

#[test]
fn a_throttle_is_told_before_the_body_is_looked_at_and_not_across_accounts() {
    let reject = Reject { retry_after: RetryAfter::Ceil, aws_retry_after: true, ..Reject::default() };
    let server = start(ServiceConfig { reject, ..ServiceConfig::default() });
    let mut client = Client::new(&server);
    // More than the burst, faster than the rate: some are refused, the first twenty are not.
    let statuses: Vec<u16> = (0..40).map(|_| client.ask("POST", "/meetings", "{").status).collect();
    assert!(statuses[..20].iter().all(|&status| status == 400), "{statuses:?}");
    let refused = (0..100).map(|_| client.ask("POST", "/meetings", "{")).find(|seen| seen.status == 429);
    let refused = refused.expect("a refusal");
    refused.expect_error(429, "ThrottlingException", "Rate exceeded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let millis: u64 = refused.header("x-amz-retry-after").and_then(|text| text.parse().ok()).expect("a number");
    assert!((1..=100).contains(&millis), "{millis}");
    let scope =
        "authorization: AWS4-HMAC-SHA256 Credential=AKIA2/20260101/us-east-1/chime/aws4_request, Signature=0\r\n";
    client.send("POST", "/meetings", scope, MEETING);
    let meeting = client.read();
    assert_eq!(meeting.status, 200);
    assert!(
        meeting.json()["Meeting"]["MeetingArn"].as_str().is_some_and(|arn| arn.starts_with("arn:aws:chime:us-east-1:"))
    );
    assert_eq!(client.ask("GET", "/nowhere", "").status, 404, "an unknown route uses no token");
}

#[test]
fn limiters_see_the_path_the_query_and_the_body_and_refuse_as_configured() {
    let slow = crate::units::Rate::per_second(1e-6).expect("a rate");
    let kind = LimiterKind::TokenBucket { rate: slow, burst: 5, refill: None };
    let bucket = |cost, scope: &[Dimension]| LimiterDef { cost, ..LimiterDef::new("five", kind, scope) };
    let rule = |operation, limiter| LimitRule { operations: vec![operation], all_of: vec![limiter] };
    let server = start(ServiceConfig {
        limiters: vec![
            bucket(Cost::Fixed(5), &[Dimension::Path]),
            bucket(Cost::Query("max-results".into()), &[]),
            bucket(Cost::Body("Attendees".into()), &[]),
        ],
        limits: vec![
            rule(OperationKind::GetMeeting, 0),
            rule(OperationKind::ListAttendees, 1),
            rule(OperationKind::BatchCreateAttendee, 2),
        ],
        reject: Reject {
            body: RejectBody::AwsXml,
            ratelimit: true,
            error_code: Some("SlowDown".into()),
            ..Reject::default()
        },
        ..unthrottled()
    });
    let mut client = Client::new(&server);
    let one = client.meeting();
    let other = "/meetings/00000000-0000-4000-8000-000000000000";
    let statuses = [&*one, &*one, other].map(|path| client.ask("GET", path, "").status);
    assert_eq!(statuses, [200, 429, 404], "each path has a bucket");
    let list = |number| format!("{one}/attendees?max-results={number}");
    let statuses = [3, 3, 2, 1].map(|number| client.ask("GET", &list(number), "").status);
    assert_eq!(statuses, [200, 429, 200, 429]);
    let batch = |number: usize| json!({"Attendees": vec![json!({"ExternalUserId": "user"}); number]}).to_string();
    let path = format!("{one}/attendees?operation=batch-create");
    let refused = [4, 2, 1].map(|number| client.ask("POST", &path, batch(number)).status == 429);
    assert_eq!(refused, [false, true, false]);
    let refused = client.ask("POST", &path, batch(1));
    assert_eq!((refused.status, refused.header("content-type")), (429, Some("text/xml")));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"five\";q=5;w=5000000"));
    assert_eq!((refused.header("x-amzn-errortype"), refused.header("retry-after")), (None, None));
    assert!(refused.body.contains("<Code>SlowDown</Code>"), "{}", refused.body);
}

#[test]
fn latency_delays_the_answer() {
    let clock = crate::time::MonotonicClock::start();
    let latency = Latency::Constant(Nanos::from_millis(30));
    let server = start(ServiceConfig { latency, ..unthrottled() });
    let before = clock.now();
    Client::new(&server).meeting();
    assert!(clock.now() - before >= Nanos::from_millis(30));
}

#[test]
fn an_outage_begins_with_its_event() {
    let down = Event { at: Nanos::ZERO, lasts: Nanos::MAX, set: Change::DOWN };
    let server = start(ServiceConfig { events: vec![down], ..unthrottled() });
    let mut client = Client::new(&server);
    client.meeting();
    server.start_events();
    client.ask("POST", "/meetings", MEETING).expect_error(503, "ServiceUnavailableException", "unavailable");
}

#[test]
fn a_reset_cuts_the_reply_where_it_says() {
    let path = format!("/meetings/{ABSENT}");
    let run = |at| {
        let server = start(always(OperationKind::GetMeeting, FaultKind::Wire(WireFault::Reset(at))));
        let mut client = Client::new(&server);
        client.send("GET", &path, "", "");
        let (bytes, reset) = client.drain();
        assert!(reset, "{at:?}: {}", String::from_utf8_lossy(&bytes));
        String::from_utf8(bytes).expect("text")
    };
    assert_eq!(run(ResetAt::BeforeReply), "");
    let during = run(ResetAt::DuringReply);
    assert!(during.starts_with("HTTP/1.1 404 Not Found\r\n") && !during.ends_with('}'), "{during}");
    let after = run(ResetAt::AfterReply);
    assert!(after.ends_with('}'), "{after}");
}

#[test]
fn a_reset_before_the_reply_leaves_the_effect() {
    let server = start(always(OperationKind::DeleteMeeting, FaultKind::Wire(WireFault::Reset(ResetAt::BeforeReply))));
    let path = Client::new(&server).meeting();
    let mut client = Client::new(&server);
    client.send("DELETE", &path, "", "");
    assert_eq!(client.drain(), (vec![], true));
    assert_eq!(Client::new(&server).ask("GET", &path, "").status, 404);
}

#[test]
fn other_damage_is_what_a_client_sees() {
    let path = format!("/meetings/{ABSENT}");
    let serve = |fault| {
        let server = start(always(OperationKind::GetMeeting, FaultKind::Wire(fault)));
        let mut client = Client::new(&server);
        client.send("GET", &path, "", "");
        (server, client)
    };
    let announced =
        |seen: &Seen| seen.header("content-length").and_then(|text| text.parse::<usize>().ok()).expect("a length");

    let (_server, mut client) = serve(WireFault::Truncate);
    let length = announced(&client.read_head());
    assert_eq!(client.drain(), (client_half(&path, length), false));

    let (_server, mut client) = serve(WireFault::Garbage);
    let (bytes, reset) = client.drain();
    assert!(!reset && !bytes.starts_with(b"HTTP"));

    let (_server, mut client) = serve(WireFault::WrongLength);
    let cut = client.read();
    assert!(serde_json::from_str::<Value>(&cut.body).is_err(), "{cut:?}");
    let mut surplus = vec![0; cut.body.len()];
    client.0.read_exact(&mut surplus).expect("more than was announced, on an open connection");

    let (_server, mut client) = serve(WireFault::InvalidJson);
    let seen = client.read();
    assert!(serde_json::from_str::<Value>(&seen.body).is_err());
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(client.ask("GET", "/nowhere", "").status, 404, "the connection goes on");

    let (_server, mut client) = serve(WireFault::SlowBody { over: Nanos::from_millis(64) });
    let clock = crate::time::MonotonicClock::start();
    client.read_head();
    let begun = clock.now();
    let mut body = vec![0; 64];
    client.0.read_exact(&mut body).expect("all of it, in the end");
    assert!(clock.now() - begun >= Nanos::from_millis(10), "in pieces");

    let (_server, mut client) = serve(WireFault::Stall);
    let length = announced(&client.read_head());
    let mut half = vec![0; length / 2];
    client.0.read_exact(&mut half).expect("half of it");
    client.0.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
    let silence = client.0.read(&mut [0]).expect_err("nothing more");
    assert!(matches!(silence.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

/// The first half of a not-found error of that length.
fn client_half(path: &str, length: usize) -> Vec<u8> {
    let id = path.trim_start_matches("/meetings/");
    let whole = format!(r#"{{"Code":"NotFound","Message":"Meeting <{id}> not found","RequestId":""#);
    whole.as_bytes()[..length / 2].to_vec()
}

#[test]
fn a_status_fault_is_an_error_of_that_type() {
    let kind = FaultKind::Status { status: 500, error_code: Cow::Borrowed("ServiceFailureException") };
    let server = start(always(OperationKind::CreateMeeting, kind));
    let mut client = Client::new(&server);
    client.ask("POST", "/meetings", MEETING).expect_error(500, "ServiceFailureException", "on purpose");
}

#[test]
fn two_servers_run_side_by_side_and_end_when_dropped() {
    let (one, two) = (start(unthrottled()), start(unthrottled()));
    let path = Client::new(&one).meeting();
    let mut client = Client::new(&two);
    assert_eq!(client.ask("GET", &path, "").status, 404);
    let addr = two.addr();
    drop(two);
    assert!(TcpStream::connect(addr).is_err());
    assert_eq!(client.drain().0, b"");
    assert_eq!(Client::new(&one).ask("GET", &path, "").status, 200);
}

#[test]
fn a_bad_configuration_is_refused_with_its_reason() {
    let config = ServiceConfig { reject: Reject { status: 1, ..Reject::default() }, ..ServiceConfig::default() };
    let fault = MockServer::start(config, SocketAddr::from(([127, 0, 0, 1], 0))).expect_err("no such status");
    assert_eq!(fault.kind(), ErrorKind::InvalidInput);
    assert!(fault.to_string().contains("reject.status"));
}

/// Over HTTP/2, through a client that checks the protocol.
mod http2 {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
    }

    async fn get(server: &MockServer, path: &str) -> (reqwest::Client, reqwest::Result<String>) {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().expect("a client");
        let reply = client.get(format!("http://{}{path}", server.addr())).send().await;
        let text = match reply {
            Ok(reply) => {
                assert_eq!(reply.version(), http::Version::HTTP_2);
                reply.text().await
            }
            Err(fault) => Err(fault),
        };
        (client, text)
    }

    #[test]
    fn the_same_service_speaks_http2() {
        let server = start(unthrottled());
        let (_, text) = run(get(&server, &format!("/meetings/{ABSENT}")));
        assert!(text.is_ok_and(|text| text.contains("not found")));
    }

    #[test]
    fn faults_break_the_reply() {
        let faults = [
            WireFault::Reset(ResetAt::BeforeReply),
            WireFault::Reset(ResetAt::DuringReply),
            WireFault::Truncate,
            WireFault::Garbage,
            WireFault::WrongLength,
        ];
        for fault in faults {
            let server = start(always(OperationKind::GetMeeting, FaultKind::Wire(fault)));
            let (_, text) = run(get(&server, &format!("/meetings/{ABSENT}")));
            assert!(text.is_err(), "{fault:?}: {text:?}");
        }
    }
}

#[test]
fn serving_alone_ends_when_told_and_lets_idle_clients_go() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (ready, addr) = mpsc::channel();
    let server = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            ready.send(listener.local_addr().expect("an address")).expect("the test waits");
            let front = Rc::new(Front::new(Service::new(unthrottled()).expect("a sound configuration")));
            let shutdown = async { drop(stopped.await) };
            serve(listener, Rc::clone(&front), shutdown, Nanos::from_secs(20)).await;
            front.stats().total()
        })
    });
    let mut client = Client(TcpStream::connect(addr.recv().expect("an address")).expect("it listens"));
    client.meeting();
    stop.send(()).expect("it still serves");
    assert_eq!(client.drain(), (vec![], false), "an orderly end for an idle connection");
    assert_eq!(server.join().expect("no panic"), 1);
}
