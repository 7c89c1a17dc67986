//! The bench's server: what it reads, what it answers, what it counts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;
use std::time::Duration;

use super::clock;
use super::target::control::{Control, Mode};
use super::target::reader::{Asked, Reader, Request, Unreadable};
use super::target::reply::{ITEMS, THING, batch};
use super::target::serve;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST: &[u8] = b"POST /batch HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\n\r\nabcde";

const THING_ASKED: Request = Request { asked: Asked::Thing, body: 0 };
const BATCH_ASKED: Request = Request { asked: Asked::Batch, body: 5 };

/// What a reader makes of pieces.
fn read(pieces: &[&[u8]]) -> Result<Vec<Request>, Unreadable> {
    let mut reader = Reader::default();
    let mut whole = Vec::new();
    for piece in pieces {
        reader.feed(piece, &mut whole)?;
    }
    Ok(whole)
}

#[test]
fn requests_are_read_however_they_are_cut() {
    let both = [GET, POST, GET].concat();
    let expected = Ok(vec![THING_ASKED, BATCH_ASKED, THING_ASKED]);
    assert_eq!(read(&[&both]), expected);
    for cut in 1..both.len() {
        assert_eq!(read(&[&both[..cut], &both[cut..]]), expected, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = both.chunks(1).collect();
    assert_eq!(read(&bytes), expected);
}

#[test]
fn a_body_without_a_length_is_not_guessed_at() {
    assert_eq!(read(&[b"POST /batch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"]), Err(Unreadable));
    assert_eq!(read(&[b"POST /batch HTTP/1.1\r\nContent-Length: five\r\n\r\n"]), Err(Unreadable));
    assert_eq!(read(&[b"\x16\x03\x01\x02\x00\x01\x00"]), Err(Unreadable));
}

#[test]
fn replies_are_as_long_as_the_documents_say() {
    assert_eq!(THING.len(), 44);
    let batch = batch();
    assert!((13_900..14_300).contains(&batch.len()), "{}", batch.len());
    let read: serde_json::Value = serde_json::from_str(&batch).expect("JSON");
    assert_eq!(read["Attendees"].as_array().map(Vec::len), Some(ITEMS));
}

/// A server in a thread, and the bench's end of its line.
fn server() -> (SocketAddr, Control, JoinHandle<std::io::Result<()>>) {
    let listener = mio::net::TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("a port of loopback");
    let address = listener.local_addr().expect("its address");
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    ours.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit, lest a fault hangs the test");
    (address, Control::new(ours), std::thread::spawn(move || serve(listener, theirs)))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit, lest a fault hangs the test");
    stream
}

/// Sends a request and reads a reply that ends so.
fn ask(stream: &mut TcpStream, request: &[u8], end: &str) -> String {
    stream.write_all(request).expect("room for a request");
    let mut reply = Vec::new();
    let mut room = [0; 4096];
    while !reply.ends_with(end.as_bytes()) {
        let length = stream.read(&mut room).expect("a reply");
        assert!(length > 0, "the connection closed after {:?}", String::from_utf8_lossy(&reply));
        reply.extend_from_slice(&room[..length]);
    }
    String::from_utf8(reply).expect("text")
}

#[test]
fn the_server_answers_counts_and_stamps() {
    let (address, mut control, server) = server();
    let mut stream = connect(address);
    assert!(ask(&mut stream, GET, THING).starts_with("HTTP/1.1 200 OK\r\n"));

    for mode in [Mode::Plain, Mode::Spin, Mode::Stall] {
        control.reset(mode).expect("a reset");
        let before = clock::now();
        ask(&mut stream, GET, THING);
        ask(&mut stream, POST, &batch());
        let pipelined = ask(&mut stream, &[GET, GET].concat(), THING);
        // Both replies may come at once or one after the other.
        if pipelined.matches("HTTP/1.1 200 OK").count() == 1 {
            ask(&mut stream, b"", THING);
        }
        assert!(ask(&mut stream, b"GET /other HTTP/1.1\r\n\r\n", "{}").starts_with("HTTP/1.1 404 "));
        let after = clock::now();

        let counts = control.counts().expect("counts");
        assert_eq!((counts.things, counts.batches, counts.others, counts.body_bytes), (3, 1, 1, 5), "{mode:?}");
        assert_eq!((counts.requests(), counts.connections), (4, 0));
        let stamps = control.stamps().expect("stamps");
        assert_eq!(stamps.arrivals.len(), 5);
        assert!(stamps.arrivals.is_sorted() && stamps.arrivals[0] >= before && stamps.arrivals[4] <= after);
        assert_eq!((counts.first, counts.last), (stamps.arrivals[0], stamps.arrivals[4]));
        assert!((counts.span() - (counts.last - counts.first) as f64 / 1e9).abs() < 1e-12);
        // Long before the first stall, replies leave as requests come.
        assert_eq!(stamps.replies, stamps.arrivals);
    }

    drop(control);
    server.join().expect("no panic").expect("a quiet end");
}

#[test]
fn nonsense_closes_its_connection_and_no_other() {
    let (address, mut control, server) = server();
    let (mut good, mut bad) = (connect(address), connect(address));
    bad.write_all(b"\0\0\0\0 nonsense\r\n\r\n").expect("room for nonsense");
    let mut left = Vec::new();
    bad.read_to_end(&mut left).expect("a closed connection");
    assert!(left.is_empty());
    ask(&mut good, GET, THING);
    let counts = control.counts().expect("counts");
    assert_eq!((counts.connections, counts.requests()), (2, 1));
    drop(control);
    server.join().expect("no panic").expect("a quiet end");
}
