//! How replies of HTTP/1.1 are read: a table of what servers send, and sentences that hold of all bytes.

pub(crate) mod case;
mod faulty;
mod generate;
mod hyper;
mod limits;
mod properties;
mod sound;

use case::{Case, End, Found, LIMITS, decode, decode_alone};
use faulty::{FAULTY, FAULTY_CHUNKS};
use loadline::api::Fields as _;
use loadline::transport::http1::reply::{Decoder, FramingError, Progress};
use sound::{CHUNKED, SOUND};

/// The whole table.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    [SOUND, CHUNKED, FAULTY, FAULTY_CHUNKS].into_iter().flatten()
}

fn expected(case: &Case) -> Result<Found, FramingError> {
    match case.end {
        End::Reply { status, body, persistence, left } => {
            Ok(Found { status, body: body.to_vec(), persistence, used: case.bytes.len() - left })
        }
        End::Error(error) => Err(error),
    }
}

#[test]
fn every_reply_of_the_table_ends_as_it_says() {
    for case in cases() {
        let found = decode_alone(case.asked_by_head, LIMITS, [case.bytes]);
        assert_eq!(found, expected(case), "{}", case.name);
    }
}

#[test]
fn byte_by_byte_it_ends_the_same() {
    for case in cases() {
        let found = decode_alone(case.asked_by_head, LIMITS, case.bytes.chunks(1));
        assert_eq!(found, expected(case), "{}", case.name);
    }
}

#[test]
fn cut_in_two_at_any_place_it_ends_the_same() {
    for case in cases() {
        for cut in 0..=case.bytes.len() {
            let (one, other) = case.bytes.split_at(cut);
            let found = decode_alone(case.asked_by_head, LIMITS, [one, other]);
            assert_eq!(found, expected(case), "{}, cut at {cut}", case.name);
        }
    }
}

#[test]
fn a_decoder_that_has_seen_all_other_replies_reads_each_the_same() {
    let mut decoder = Decoder::new(LIMITS);
    for case in cases() {
        // What is left of an earlier reply must not show in a later one. A broken connection is not used again.
        decoder.begin(case.asked_by_head);
        assert_eq!((decoder.status(), decoder.body(), decoder.has_begun()), (0, &b""[..], false));
        let found = decode(&mut decoder, [case.bytes]);
        assert_eq!(found, expected(case), "{}", case.name);
        if found.is_err() {
            decoder = Decoder::new(LIMITS);
        }
    }
}

#[test]
fn the_table_has_no_line_twice_and_names_every_error() {
    let mut names: Vec<&str> = cases().map(|case| case.name).collect();
    assert!(names.len() >= 80, "{}", names.len());
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before, "a name stands twice");
    let mut texts: Vec<&[u8]> = cases().filter(|case| !case.asked_by_head).map(|case| case.bytes).collect();
    texts.sort_unstable();
    let before = texts.len();
    texts.dedup();
    assert_eq!(texts.len(), before, "a reply stands twice");
    // Errors of size are provoked in `limits`.
    let found: std::collections::BTreeSet<String> = cases()
        .filter_map(|case| match case.end {
            End::Error(error) => Some(format!("{error:?}").split(' ').next().unwrap_or_default().to_owned()),
            End::Reply { .. } => None,
        })
        .collect();
    assert_eq!(found.len(), 17, "{found:?}");
}

#[test]
fn bytes_that_nobody_asked_for_are_an_error() {
    let mut decoder = Decoder::new(LIMITS);
    assert_eq!(decoder.feed(b"", |_| 0), Ok(Progress::More));
    assert_eq!(decoder.feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n", |_| 0), Err(FramingError::Unsolicited));
    assert_eq!(decoder.close(), Err(FramingError::Unsolicited), "it stays so");

    let mut decoder = Decoder::new(LIMITS);
    decoder.begin(false);
    assert_eq!(decoder.feed(b"HTTP/1.1 204 No\r\n\r\n", |_| 0), Ok(Progress::Done { used: 19 }));
    assert_eq!(decoder.feed(b"x", |_| 0), Err(FramingError::Unsolicited));
    assert_eq!(decoder.status(), 204, "the reply is what it was");
}

#[test]
fn an_idle_connection_may_be_closed_by_the_server() {
    let mut decoder = Decoder::new(LIMITS);
    assert_eq!(decoder.close(), Ok(()));
    let mut decoder = Decoder::new(LIMITS);
    decoder.begin(false);
    assert_eq!(decoder.feed(b"HTTP/1.1 204 No\r\n\r\n", |_| 0), Ok(Progress::Done { used: 19 }));
    assert_eq!(decoder.close(), Ok(()));
}

#[test]
fn a_broken_connection_stays_broken() {
    let mut decoder = Decoder::new(LIMITS);
    decoder.begin(false);
    assert_eq!(decoder.feed(b"what?", |_| 0), Err(FramingError::NotHttp));
    assert_eq!(decoder.feed(b"HTTP/1.1 204 No\r\n\r\n", |_| 0), Err(FramingError::NotHttp));
    assert_eq!(decoder.close(), Err(FramingError::NotHttp));
}

#[test]
fn head_and_first_byte_are_told_apart() {
    let mut decoder = Decoder::new(LIMITS);
    decoder.begin(false);
    assert!(!decoder.has_begun() && !decoder.has_head());
    for (piece, has_head) in
        [(&b"HTTP/1.1 100 C\r\n\r\n"[..], false), (b"HTTP/1.1 200 OK\r\nX: 1\r\n\r", false), (b"\n", true)]
    {
        assert_eq!(decoder.feed(piece, |_| 0), Ok(Progress::More));
        assert!(decoder.has_begun());
        assert_eq!(decoder.has_head(), has_head, "{piece:?}");
    }
    assert_eq!(decoder.status(), 200);
}

#[test]
fn the_fields_of_the_final_head_can_be_read_until_the_next_request() {
    let read = |decoder: &Decoder| {
        decoder.with_fields(|fields| {
            let line =
                |field: &httparse::Header<'_>| format!("{}={}", field.name, String::from_utf8_lossy(field.value));
            fields.iter().map(line).collect::<Vec<_>>()
        })
    };
    let reply = b"HTTP/1.1 103 E\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nX: 1\r\n 2\r\nY: b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nZ: trailer\r\n\r\n";
    for size in [1, 7, reply.len()] {
        let mut decoder = Decoder::new(LIMITS);
        decoder.begin(false);
        assert!(read(&decoder).is_empty());
        for piece in reply.chunks(size) {
            decoder.feed(piece, |_| 0).expect("it is sound");
        }
        assert_eq!(read(&decoder), ["X=1   2", "Y=b", "Transfer-Encoding=chunked"], "in pieces of {size}");
        assert_eq!((decoder.get("x"), decoder.get("Y"), decoder.get("Link")), (Some("1   2"), Some("b"), None));
        decoder.begin(false);
        assert!(read(&decoder).is_empty());
        assert_eq!(decoder.get("x"), None);
    }
}

#[test]
fn fields_are_found_by_name_as_the_parser_finds_them() {
    for case in cases() {
        let mut decoder = Decoder::new(LIMITS);
        decoder.begin(case.asked_by_head);
        let _ = decoder.feed(case.bytes, |_| 0);
        let texts = |values: Vec<&[u8]>| -> Vec<String> {
            values.into_iter().filter_map(|value| String::from_utf8(value.to_vec()).ok()).collect()
        };
        decoder.with_fields(|fields| {
            for field in fields {
                let named = fields.iter().filter(|other| other.name.eq_ignore_ascii_case(field.name));
                let parsed = texts(named.map(|field| field.value).collect());
                let mut found = Vec::new();
                decoder.each(&field.name.to_uppercase(), &mut |value| found.push(value.to_owned()));
                assert_eq!(found, parsed, "{}", case.name);
                assert_eq!(decoder.get(field.name), parsed.first().map(String::as_str), "{}", case.name);
            }
        });
        assert_eq!((decoder.get(""), decoder.get("HTTP/1.1 200 OK"), decoder.get("Absent")), (None, None, None));
    }
}

#[test]
fn a_body_that_ends_with_the_connection_is_whole_only_if_that_ended_well() {
    let check = |reply: &[u8], expected: Result<(), FramingError>| {
        let mut decoder = Decoder::new(LIMITS);
        decoder.begin(false);
        decoder.feed(reply, |_| 0).expect("it is sound");
        assert_eq!(decoder.cut_off(), expected, "{reply:?}");
    };
    check(b"HTTP/1.1 200 OK\r\n\r\nhello", Err(FramingError::CutOff));
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Ok(()));
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", Err(FramingError::ClosedInBody { missing: 1 }));
    check(b"HTTP/1.1 200 OK\r\n", Err(FramingError::ClosedInHead));
}

#[test]
fn a_body_is_kept_as_far_as_it_is_wanted() {
    let check = |reply: &[u8], keep: u64, kept: &[u8], length: u64| {
        for size in [1, reply.len()] {
            let mut decoder = Decoder::new(LIMITS);
            decoder.begin(false);
            for piece in reply.chunks(size) {
                let wanted = |status| if status == 200 { keep } else { 0 };
                decoder.feed(piece, wanted).expect("it is sound");
            }
            decoder.close().expect("it is whole");
            assert_eq!((decoder.body(), decoder.body_length()), (kept, length), "{keep} of {reply:?}");
        }
    };
    let length = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    check(length, u64::MAX, b"hello", 5);
    check(length, 5, b"hello", 5);
    check(length, 2, b"he", 5);
    check(length, 0, b"", 5);
    check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 3, b"hel", 5);
    check(b"HTTP/1.1 200 OK\r\n\r\nhello", 3, b"hel", 5);
    check(b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello", u64::MAX, b"", 5);
}
