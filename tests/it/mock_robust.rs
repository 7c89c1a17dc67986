//! Bad input for the mock: it answers in order or closes, keeps its memory, and goes on serving everybody else.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::mock_process::{ABSENT, Client, Mock, Reply};

/// How much memory a test may cost the mock at its worst, in KiB.
const ROOM: u64 = 64 << 10;

/// The mock still serves whoever asks, and has not grown.
struct Unharmed {
    mock: Mock,
    before: u64,
}

impl Unharmed {
    fn start(arguments: &[&str]) -> Self {
        let mock = Mock::start(&[&["--unlimited"], arguments].concat());
        assert_eq!(mock.client().get(ABSENT).status, 404);
        let before = mock.peak_kib();
        Self { mock, before }
    }

    #[track_caller]
    fn check(&self) {
        assert_eq!(self.mock.client().get(ABSENT).status, 404);
        // The kernel counts pages in batches for each processor, so that even a peak may read lower than before.
        let grown = self.mock.peak_kib().saturating_sub(self.before);
        assert!(grown < ROOM, "the mock has grown by {grown} KiB");
    }
}

#[track_caller]
fn check_error(reply: &Reply, status: u16, type_name: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(reply.head.contains(&format!("x-amzn-errortype: {type_name}\r\n")), "{reply:?}");
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_else(|fault| panic!("{fault}: {reply:?}"));
    assert_eq!(body["Code"], type_name.trim_end_matches("Exception"));
}

/// Sends a byte now and then until the other side has had enough; reading is what passes the time in between.
fn trickle(client: &mut Client, bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    client.0.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
    let mut seen = Vec::new();
    for byte in bytes {
        let mut buffer = [0; 1024];
        if client.0.write_all(&[byte]).is_err() {
            return seen;
        }
        match client.0.read(&mut buffer) {
            Ok(0) => return seen,
            Ok(length) => seen.extend_from_slice(&buffer[..length]),
            Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return seen,
        }
    }
    panic!("still open after {} bytes", seen.len());
}

#[test]
fn a_head_that_trickles_in_ends_its_connection_alone() {
    let mock = Unharmed::start(&["--head-timeout", "300ms"]);
    let endless = || b"GET / HTTP/1.1\r\nx: ".iter().copied().chain(std::iter::repeat_n(b'a', 500));
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(|| assert_eq!(trickle(&mut mock.mock.client(), endless()), b""));
        }
        // Meanwhile others are served, also on connections that have been there for longer.
        let mut other = mock.mock.client();
        while mock.mock.count("connections_late_total") < 30 {
            assert_eq!(other.get(ABSENT).status, 404);
        }
    });
    mock.check();
}

#[test]
fn a_body_that_trickles_in_is_given_up() {
    let mock = Unharmed::start(&["--body-timeout", "300ms"]);
    let mut client = mock.mock.client();
    client.send("POST /meetings HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n");
    let seen = trickle(&mut client, std::iter::repeat_n(b' ', 999));
    let seen = String::from_utf8(seen).expect("text");
    assert!(seen.starts_with("HTTP/1.1 408 ") && seen.contains("RequestTimeoutException"), "{seen}");
    mock.check();
}

#[test]
fn an_idle_connection_is_closed_in_the_end() {
    let mock = Unharmed::start(&["--idle-timeout", "300ms"]);
    mock.mock.client().ends();
    let mut client = mock.mock.client();
    assert_eq!(client.get(ABSENT).status, 404);
    client.ends();
    mock.check();
}

#[test]
fn long_heads_are_refused() {
    let mock = Unharmed::start(&[]);
    let head = |value: usize| format!("GET {ABSENT} HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(value));
    let mut client = mock.mock.client();
    client.send(head(64 << 10));
    check_error(&client.reply(), 400, "BadRequestException");
    assert_eq!(client.get(ABSENT).status, 404, "the connection goes on");
    for head in [head(300 << 10), format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(300 << 10))] {
        let mut client = mock.mock.client();
        client.send(head);
        let reply = client.reply();
        assert!(matches!(reply.status, 414 | 431), "{reply:?}");
        client.ends();
    }
    let mut client = mock.mock.client();
    client.send(format!("GET {ABSENT} HTTP/1.1\r\n{}\r\n", "x-many: 1\r\n".repeat(1_000)));
    assert_eq!(client.reply().status, 431);
    client.ends();
    mock.check();
}

#[test]
fn bodies_of_a_hundred_megabytes_are_refused_and_not_kept() {
    let mock = Unharmed::start(&[]);
    let piece = vec![b' '; 1 << 20];
    for chunked in [false, true] {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut client = mock.mock.client();
                    let coding = if chunked { "transfer-encoding: chunked" } else { "content-length: 104857600" };
                    client.send(format!("POST /meetings HTTP/1.1\r\nhost: x\r\n{coding}\r\n\r\n"));
                    let sender = Client(client.0.try_clone().expect("a second handle"));
                    scope.spawn(|| {
                        let mut sender = sender;
                        for _ in 0..100 {
                            let sent = if chunked {
                                sender
                                    .0
                                    .write_all(b"100000\r\n")
                                    .and_then(|()| sender.0.write_all(&piece))
                                    .and_then(|()| sender.0.write_all(b"\r\n"))
                            } else {
                                sender.0.write_all(&piece)
                            };
                            // The mock has said what it had to say, and went.
                            if sent.is_err() {
                                return;
                            }
                        }
                        let _ = sender.0.shutdown(Shutdown::Write);
                    });
                    check_error(&client.reply(), 413, "RequestEntityTooLargeException");
                });
            }
        });
    }
    mock.check();
    assert_eq!(mock.mock.count("requests_total{operation=\"CreateMeeting\",status=\"413\"}"), 8);
}

#[test]
fn what_is_no_json_and_no_http_is_told() {
    let mock = Unharmed::start(&[]);
    let mut client = mock.mock.client();
    let bodies: [Vec<u8>; 6] = [
        vec![b'['; 1 << 20],
        br#"{"a":"#.repeat(100_000),
        b"{\"ExternalMeetingId\": \"\xff\xfe\xed\xa0\x80\"}".to_vec(),
        b"{\"ExternalMeetingId\": \"\\ud800\"}".to_vec(),
        b"\0".repeat(1_000),
        Vec::new(),
    ];
    for body in bodies {
        check_error(&client.post("/meetings", body), 400, "BadRequestException");
    }
    for path in ["/%ff%fe/%00", "/meetings/%", "/meetings/%zz/attendees/%c3%28", "/..//meetings"] {
        let status = client.get(path).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage of another kind",
    ] {
        let mut client = mock.mock.client();
        client.send(garbage);
        client.0.shutdown(Shutdown::Write).expect("half of it closes");
        let mut seen = Vec::new();
        // An answer of HTTP/1.1, a farewell of HTTP/2, or nothing; but an end.
        let ended = client.0.read_to_end(&mut seen);
        assert!(ended.is_ok() || ended.is_err_and(|fault| fault.kind() == ErrorKind::ConnectionReset));
    }
    mock.check();
}

#[test]
fn pipelined_requests_are_all_answered_in_their_order() {
    let mock = Unharmed::start(&[]);
    let mut client = mock.mock.client();
    let count = 500_u64;
    let id = |number: u64| format!("00000000-0000-4000-8000-{number:012}");
    let all: Vec<String> =
        (0..count).map(|number| format!("GET /meetings/{} HTTP/1.1\r\nhost: x\r\n\r\n", id(number))).collect();
    client.send(all.concat());
    client.0.shutdown(Shutdown::Write).expect("half of it closes");
    for number in 0..count {
        let reply = client.reply();
        assert!(reply.status == 404 && reply.body.contains(&id(number)), "{number}: {reply:?}");
    }
    client.ends();
    mock.check();
    assert_eq!(mock.mock.answered(), count + 2, "and not one more");
}

#[test]
fn replies_that_nobody_reads_are_not_heaped_up() {
    let mock = Unharmed::start(&[]);
    let mut client = mock.mock.client();
    client.0.set_write_timeout(Some(Duration::from_millis(300))).expect("a timeout");
    let many = format!("GET {ABSENT} HTTP/1.1\r\nhost: x\r\n\r\n").repeat(1_000);
    // Until the system takes no more for a mock that takes no more.
    let stuck = (0..10_000).find_map(|_| client.0.write_all(many.as_bytes()).err()).expect("back pressure");
    assert!(matches!(stuck.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{stuck}");
    mock.check();
}

#[test]
fn a_connection_too_many_is_closed_and_the_others_go_on() {
    let mock = Mock::start(&["--unlimited", "--max-connections", "3"]);
    let mut clients: Vec<Client> = (0..3).map(|_| mock.client()).collect();
    for client in &mut clients {
        assert_eq!(client.get(ABSENT).status, 404);
    }
    mock.client().ends();
    for client in &mut clients {
        assert_eq!(client.get(ABSENT).status, 404);
    }
    assert_eq!(mock.count("connections_refused_total"), 1);
    drop(clients);
    // As soon as the mock has noticed.
    while mock.count("connections") > 0 {}
    assert_eq!(mock.client().get(ABSENT).status, 404);
}

#[cfg(unix)]
#[test]
fn five_thousand_idle_connections_leave_room_for_another() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    const IDLE: u64 = 5_000;
    let limit = getrlimit(Resource::Nofile);
    let wanted = IDLE + 1_000;
    if limit.current.is_some_and(|current| current < wanted) {
        assert!(
            limit.maximum.is_none_or(|most| most >= wanted),
            "this test needs {wanted} open files, and the hard limit is {:?}: raise `ulimit -Hn`",
            limit.maximum
        );
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })
            .expect("below the maximum");
    }
    let mock = Unharmed::start(&[]);
    let idle: Vec<Client> = (0..IDLE).map(|_| mock.mock.client()).collect();
    let mut other = mock.mock.client();
    for _ in 0..1_000 {
        assert_eq!(other.get(ABSENT).status, 404);
    }
    while mock.mock.count("connections") < IDLE + 1 {}
    mock.check();
    // None of them was forgotten.
    for mut client in idle.into_iter().step_by(50) {
        assert_eq!(client.get(ABSENT).status, 404);
    }
    assert_eq!(mock.mock.answered(), 1_000 + 100 + 2);
}
