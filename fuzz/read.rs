// A connection's bytes, and what must hold of the replies that are read off it. Shared by the fuzz target and by the test that
// replays the stored corpus.
//
// An input's first line is the method, `GET` or `HEAD`; all that follows is what the server sends.

use loadline::transport::http1::reply::{Decoder, FramingError, Limits, Persistence, Progress};

/// Small enough for short inputs to reach them.
const TIGHT: Limits = Limits { max_head: 200, max_fields: 8, max_body: 100 };

/// Replies of an input at most; more only make it slow.
const MOST: usize = 8;

/// A reply, and how many bytes belong to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) persistence: Persistence,
    used: usize,
}

/// Reads all replies of an input, one after another, in several ways that have to agree.
pub(crate) fn read(input: &[u8]) -> Vec<Result<Read, FramingError>> {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (method, bytes) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let head = method == b"HEAD";
    for limits in [TIGHT, Limits::default()] {
        let whole = connection(bytes, head, limits, usize::MAX);
        for size in [1, 3, 16] {
            assert_eq!(connection(bytes, head, limits, size), whole, "in pieces of {size}");
        }
    }
    connection(bytes, head, Limits::default(), usize::MAX)
}

/// Asks for one reply after another until the bytes are used up or one is an error.
fn connection(bytes: &[u8], head: bool, limits: Limits, size: usize) -> Vec<Result<Read, FramingError>> {
    let mut decoder = Decoder::new(limits);
    let (mut rest, mut replies) = (bytes, Vec::new());
    while replies.len() < MOST {
        let reply = one(&mut decoder, rest, head, &limits, size);
        let used = reply.as_ref().map_or(rest.len(), |reply| reply.used);
        replies.push(reply);
        rest = &rest[used..];
        if rest.is_empty() {
            break;
        }
    }
    replies
}

fn one(decoder: &mut Decoder, bytes: &[u8], head: bool, limits: &Limits, size: usize) -> Result<Read, FramingError> {
    decoder.begin(head);
    let (mut used, mut is_whole) = (0, false);
    for piece in bytes.chunks(size) {
        match decoder.feed(piece, |_| u64::MAX)? {
            Progress::More => used += piece.len(),
            Progress::Done { used: last } => {
                assert!(last <= piece.len());
                used += last;
                is_whole = true;
                break;
            }
        }
    }
    if !is_whole {
        decoder.close()?;
    }
    let body = decoder.body().to_vec();
    assert!(decoder.has_begun() && decoder.has_head());
    assert!((200..1_000).contains(&decoder.status()), "{}", decoder.status());
    assert!(body.len() <= used && body.len() as u64 <= limits.max_body);
    assert_eq!(decoder.body_length(), body.len() as u64);
    assert!(!head || body.is_empty());
    assert!(is_whole || !decoder.persistence().reusable, "what ends with the connection is its last reply");
    decoder.with_fields(|fields| {
        assert!(fields.len() <= limits.max_fields);
        for field in fields {
            assert!(!field.name.is_empty());
            assert!(!field.value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        }
    });
    Ok(Read { status: decoder.status(), body, persistence: decoder.persistence(), used })
}
