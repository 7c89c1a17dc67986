//! hyper's client beside ours: of a reply that both take, both read the same.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::{Builder, Runtime};

use super::case::{End, LIMITS, decode_alone};
use super::generate::reply;
use super::{cases, sound};

/// What hyper may refuse and we take: section 5.2 asks user agents to unfold, which hyper leaves to its users to ask for.
const OURS_ALONE: &[&str] = &[
    "a folded field",
    "a folded length",
    "a field folded to a blank line",
    "a fold after a bare line feed",
    "a folded coding",
];

/// What hyper may take and we refuse, each with the reason.
const THEIRS_ALONE: &[(&str, &[&str])] = &[
    (
        "section 2.2 lets servers skip empty lines before a request, and says nothing of replies",
        &["an empty line first", "a bare line feed first"],
    ),
    ("section 6.3: ought to be handled as an error", &["a length and a coding", "a coding and a length"]),
    (
        "section 6.1: a coding that we did not ask for; hyper hands the body over as it is, or drops the rest",
        &[
            "gzip before chunked",
            "gzip and chunked in two fields",
            "gzip alone",
            "chunked, then gzip",
            "chunked twice",
            "identity",
            "an empty coding",
            "chunked with a parameter",
            "nearly chunked",
        ],
    ),
    ("section 7.8 of RFC 9110: only after an Upgrade", &["101", "101 after 100", "101 to HEAD"]),
];

/// What hyper makes of the bytes: status and body.
async fn ask(bytes: &[u8], asked_by_head: bool) -> Option<(u16, Vec<u8>)> {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    let (mut sender, connection) = http1::handshake(TokioIo::new(ours)).await.ok()?;
    let connection = tokio::spawn(connection);
    let method = if asked_by_head { Method::HEAD } else { Method::GET };
    let request = Request::builder().method(method).uri("/").body(Empty::<Bytes>::new()).ok()?;
    let server = async {
        // The request's end, so that the reply is not one to nothing.
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(theirs.read_u8().await.ok()?);
        }
        theirs.write_all(bytes).await.ok()?;
        theirs.shutdown().await.ok()
    };
    let client = async {
        let reply = sender.send_request(request).await.ok()?;
        let status = reply.status().as_u16();
        Some((status, reply.into_body().collect().await.ok()?.to_bytes().to_vec()))
    };
    let (_, reply) = tokio::join!(server, client);
    connection.abort();
    reply
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

#[test]
fn hyper_reads_the_sound_replies_of_the_table_the_same() {
    let runtime = runtime();
    for case in sound::SOUND.iter().chain(sound::CHUNKED) {
        let End::Reply { status, body, .. } = case.end else { panic!("{} is no reply", case.name) };
        match runtime.block_on(ask(case.bytes, case.asked_by_head)) {
            Some(theirs) => assert_eq!(theirs, (status, body.to_vec()), "{}", case.name),
            None => assert!(OURS_ALONE.contains(&case.name), "{}", case.name),
        }
    }
}

#[test]
fn what_hyper_takes_and_we_refuse_is_listed() {
    let runtime = runtime();
    for case in cases().filter(|case| case.kind().is_some()) {
        let known = THEIRS_ALONE.iter().any(|(_, names)| names.contains(&case.name));
        if !known {
            assert_eq!(runtime.block_on(ask(case.bytes, case.asked_by_head)), None, "{}", case.name);
        }
    }
}

proptest! {
    #[test]
    fn hyper_reads_random_sound_replies_the_same(sound in reply()) {
        let bytes = sound.bytes();
        let ours = decode_alone(sound.asked_by_head, LIMITS, [&bytes[..]]).expect("it is sound");
        let theirs = runtime().block_on(ask(&bytes, sound.asked_by_head));
        prop_assert_eq!(theirs, Some((ours.status, ours.body)));
    }
}
