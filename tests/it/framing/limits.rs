//! Replies that are too large, and large ones that are not.

use loadline::transport::http1::reply::{FramingError, Limits};

use super::case::decode_alone;

const SMALL: Limits = Limits { max_head: 100, max_fields: 4, max_body: 10 };

/// However it is cut, it ends so.
fn check(reply: &[u8], limits: Limits, expected: Result<&[u8], FramingError>) {
    for size in [1, 13, reply.len()] {
        let found = decode_alone(false, limits, reply.chunks(size)).map(|found| found.body);
        assert_eq!(found.as_deref().map_err(|error| *error), expected, "in pieces of {size}");
    }
}

#[test]
fn a_head_may_be_as_long_as_its_limit_and_no_longer() {
    let head = |length: usize| {
        let rest = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \r\n\r\n".len();
        format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: {}\r\n\r\n", "x".repeat(length - rest)).into_bytes()
    };
    let too_long = FramingError::HeadTooLong { limit: 100 };
    check(&head(100), SMALL, Ok(b""));
    check(&head(101), SMALL, Err(too_long));
    // It need not be whole to be too long.
    check(&head(1_000)[..101], SMALL, Err(too_long));
    check(&head(1_000)[..100], SMALL, Err(FramingError::ClosedInHead));
}

#[test]
fn interim_replies_count_as_the_head() {
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
    let last = b"HTTP/1.1 204 No\r\n\r\n";
    check(&[&interim.repeat(3), &last[..]].concat(), SMALL, Ok(b""));
    check(&interim.repeat(1_000), SMALL, Err(FramingError::HeadTooLong { limit: 100 }));
}

#[test]
fn there_may_be_so_many_fields_and_no_more() {
    let head = |count: usize| [b"HTTP/1.1 204 No\r\n", "X: 1\r\n".repeat(count).as_bytes(), b"\r\n"].concat();
    check(&head(4), SMALL, Ok(b""));
    check(&head(5), SMALL, Err(FramingError::TooManyFields { limit: 4 }));
    let most = Limits { max_fields: usize::MAX, ..Limits::default() };
    check(&head(256), most, Ok(b""));
    check(&head(257), most, Err(FramingError::TooManyFields { limit: 256 }));
}

#[test]
fn a_body_may_be_as_long_as_its_limit_and_no_longer() {
    let too_long = FramingError::BodyTooLong { limit: 10 };
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", SMALL, Ok(b"0123456789"));
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", SMALL, Err(too_long));
    check(b"HTTP/1.1 200 OK\r\n\r\n0123456789", SMALL, Ok(b"0123456789"));
    check(b"HTTP/1.1 200 OK\r\n\r\n0123456789x", SMALL, Err(too_long));
    let chunks = |last: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n0123456\r\n{last}");
    check(chunks("3\r\n789\r\n0\r\n\r\n").as_bytes(), SMALL, Ok(b"0123456789"));
    check(chunks("4\r\n").as_bytes(), SMALL, Err(too_long));
}

#[test]
fn extensions_and_trailers_are_bounded() {
    let chunks = |text: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{text}").into_bytes();
    let extensions = |each: usize| chunks(&format!("1;{}\r\nx\r\n", "x".repeat(each - 1)).repeat(10));
    check(&[&extensions(10), &b"0\r\n\r\n"[..]].concat(), SMALL, Ok(b"xxxxxxxxxx"));
    check(&extensions(11), SMALL, Err(FramingError::ExtensionsTooLong { limit: 100 }));
    check(&chunks(&format!("0{}", " ".repeat(101))), SMALL, Err(FramingError::ExtensionsTooLong { limit: 100 }));
    let trailers = |length: usize| chunks(&format!("0\r\nX: {}\r\n\r\n", "x".repeat(length - 7)));
    check(&trailers(100), SMALL, Ok(b""));
    check(&trailers(101), SMALL, Err(FramingError::TrailersTooLong { limit: 100 }));
    check(
        &chunks("0\r\na:b\r\na:b\r\na:b\r\na:b\r\na:b\r\n\r\n"),
        SMALL,
        Err(FramingError::TooManyFields { limit: 4 }),
    );
}

#[test]
fn a_hundred_fields_of_8_kb_are_read_byte_by_byte_in_one_pass() {
    // 800 kB: a reader that looked at the whole head for every byte would look at 330 GB, and this test would not end.
    let field = format!("X: {}\r\n", "x".repeat(8 << 10));
    let reply = format!("HTTP/1.1 200 OK\r\n{}Content-Length: 2\r\n\r\nhi", field.repeat(100)).into_bytes();
    check(&reply, Limits { max_head: 1 << 20, ..Limits::default() }, Ok(b"hi"));
    check(&reply, Limits::default(), Err(FramingError::HeadTooLong { limit: 256 << 10 }));
}
