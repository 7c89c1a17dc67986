//! Replies that are errors, each by its name.

use loadline::transport::http1::reply::FramingError::{self, *};

use super::case::{Case, LIMITS, faulty};

const TOO_LONG: FramingError = BodyTooLong { limit: LIMITS.max_body };

/// Heads, lengths and closes.
pub(crate) const FAULTY: &[Case] = &[
    // Not HTTP at all.
    faulty("nothing", b"", ClosedBeforeReply),
    faulty("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n", NotHttp),
    faulty("TLS where none was asked for", b"\x15\x03\x01\x00\x02\x02\x46", NotHttp),
    faulty("HTTP/2 where none was asked for", b"\x00\x00\x06\x04\x00\x00\x00\x00\x00", NotHttp),
    faulty("HTTP/0.9", b"<html>hello</html>", NotHttp),
    faulty("an empty line first", b"\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("a bare line feed first", b"\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("a blank first", b" HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("small letters", b"http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("HTTP/2.0 in words", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("HTTP/1.2", b"HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("a version without its point", b"HTTP/11 200 OK\r\nContent-Length: 0\r\n\r\n", NotHttp),
    faulty("a request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", NotHttp),
    // Status lines.
    faulty("a version of three figures", b"HTTP/1.10 200 OK\r\n\r\n", BadStatusLine),
    faulty("two blanks before the status", b"HTTP/1.1  200 OK\r\n\r\n", BadStatusLine),
    faulty("a tab before the status", b"HTTP/1.1\t200 OK\r\n\r\n", BadStatusLine),
    faulty("a status of two digits", b"HTTP/1.1 20 OK\r\n\r\n", BadStatusLine),
    faulty("a status of four digits", b"HTTP/1.1 2000 OK\r\n\r\n", BadStatusLine),
    faulty("a status in letters", b"HTTP/1.1 two OK\r\n\r\n", BadStatusLine),
    faulty("a status with a sign", b"HTTP/1.1 -20 OK\r\n\r\n", BadStatusLine),
    faulty("a status below 100", b"HTTP/1.1 099 OK\r\n\r\n", BadStatusLine),
    faulty("a status of zero", b"HTTP/1.1 000 OK\r\n\r\n", BadStatusLine),
    faulty("no status", b"HTTP/1.1\r\n\r\n", BadStatusLine),
    faulty("a NUL in the reason", b"HTTP/1.1 200 O\0K\r\n\r\n", BadStatusLine),
    faulty("a bare CR in the reason", b"HTTP/1.1 200 O\rK\r\n\r\n", BadStatusLine),
    // Fields.
    faulty("a field without a colon", b"HTTP/1.1 200 OK\r\nContent-Length 5\r\n\r\nhello", BadField),
    faulty("a field without a name", b"HTTP/1.1 200 OK\r\n: 5\r\n\r\n", BadField),
    faulty("a blank before the colon", b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello", BadField),
    faulty("a tab before the colon", b"HTTP/1.1 200 OK\r\nContent-Length\t: 5\r\n\r\nhello", BadField),
    faulty("a blank in the name", b"HTTP/1.1 200 OK\r\nContent Length: 5\r\n\r\nhello", BadField),
    faulty("a blank before the first field", b"HTTP/1.1 200 OK\r\n Content-Length: 5\r\n\r\nhello", BadField),
    faulty("a name beyond ASCII", b"HTTP/1.1 200 OK\r\nX\xe4: 5\r\n\r\n", BadField),
    faulty("a NUL in a value", b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", BadField),
    faulty("a NUL in a name", b"HTTP/1.1 200 OK\r\nX\0: a\r\n\r\n", BadField),
    faulty("a DEL in a value", b"HTTP/1.1 200 OK\r\nX: a\x7fb\r\n\r\n", BadField),
    faulty("a bare CR in a value", b"HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5\r\n\r\n", BadField),
    faulty("a bare CR for an empty line", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\rhi\r\n\r\n", BadField),
    // Lengths.
    faulty("a length that is no number", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", BadLength),
    faulty("an empty length", b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", BadLength),
    faulty("a length with a plus", b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", BadLength),
    faulty("a negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", BadLength),
    faulty("a hexadecimal length", b"HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n", BadLength),
    faulty("a length with a fraction", b"HTTP/1.1 200 OK\r\nContent-Length: 5.0\r\n\r\nhello", BadLength),
    faulty("a length with a blank in it", b"HTTP/1.1 200 OK\r\nContent-Length: 1 0\r\n\r\n", BadLength),
    faulty("a length folded in two", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\n", BadLength),
    faulty("a length in quotes", b"HTTP/1.1 200 OK\r\nContent-Length: \"5\"\r\n\r\nhello", BadLength),
    faulty("a length of 2^64", b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n", BadLength),
    faulty("a list with an empty length", b"HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\nhello", BadLength),
    faulty("a list with no number", b"HTTP/1.1 200 OK\r\nContent-Length: 5, x\r\n\r\nhello", BadLength),
    faulty("lengths that differ", b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello", ConflictingLengths),
    faulty(
        "lengths that differ in two fields",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        ConflictingLengths,
    ),
    faulty(
        "lengths of which the last agrees again",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6, 5\r\n\r\nhello",
        ConflictingLengths,
    ),
    faulty("a length beyond the limit", b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n", TOO_LONG),
    faulty("the longest length", b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", TOO_LONG),
    // Codings.
    faulty(
        "a length and a coding",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        LengthAndCoding,
    ),
    faulty(
        "a coding and a length",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        LengthAndCoding,
    ),
    faulty(
        "gzip before chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        UnknownCoding,
    ),
    faulty(
        "gzip and chunked in two fields",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        UnknownCoding,
    ),
    faulty("gzip alone", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", UnknownCoding),
    faulty("chunked, then gzip", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nx", UnknownCoding),
    faulty("chunked twice", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", UnknownCoding),
    faulty("identity", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nx", UnknownCoding),
    faulty("an empty coding", b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nx", UnknownCoding),
    faulty(
        "chunked with a parameter",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        UnknownCoding,
    ),
    faulty("nearly chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", UnknownCoding),
    faulty(
        "chunked, folded in two",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chun\r\n ked\r\n\r\n0\r\n\r\n",
        UnknownCoding,
    ),
    faulty("chunks in HTTP/1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", CodingInOldVersion),
    // Another protocol.
    faulty("101", b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", UnexpectedUpgrade),
    faulty("101 after 100", b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 Switching\r\n\r\n", UnexpectedUpgrade),
    faulty("101 to HEAD", b"HTTP/1.1 101 Switching\r\n\r\n", UnexpectedUpgrade).to_head(),
    // Closed too early.
    faulty("closed in the version", b"HTTP/1", ClosedInHead),
    faulty("closed in the status line", b"HTTP/1.1 200", ClosedInHead),
    faulty("closed in a name", b"HTTP/1.1 200 OK\r\nContent-Le", ClosedInHead),
    faulty("closed before the empty line", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", ClosedInHead),
    faulty("closed in the empty line", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", ClosedInHead),
    faulty("closed after 100", b"HTTP/1.1 100 Continue\r\n\r\n", ClosedInHead),
    faulty("closed before the body", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ClosedInBody { missing: 5 }),
    faulty("closed in the body", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ClosedInBody { missing: 1 }),
];

/// Bodies in chunks that go wrong.
pub(crate) const FAULTY_CHUNKS: &[Case] = &[
    faulty("no size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", BadChunkSize),
    faulty("a size that is no number", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", BadChunkSize),
    faulty("a size with 0x", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n", BadChunkSize),
    faulty("a size with a plus", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n", BadChunkSize),
    faulty("a negative size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", BadChunkSize),
    faulty(
        "a blank before the size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n",
        BadChunkSize,
    ),
    faulty(
        "a size in two parts",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n",
        BadChunkSize,
    ),
    faulty(
        "a size and a comma",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5,5\r\nhello\r\n",
        BadChunkSize,
    ),
    faulty(
        "a size of 17 digits",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n00000000000000005\r\nhello\r\n",
        BadChunkSize,
    ),
    faulty(
        "a size and a bare line feed",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n",
        BadChunkSize,
    ),
    faulty("a size and a bare CR", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\rhello\r\n", BadChunkSize),
    faulty(
        "an extension with a bare line feed",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n",
        BadChunkSize,
    ),
    faulty(
        "an extension with a bare CR",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n\r\n",
        BadChunkSize,
    ),
    faulty(
        "a chunk longer than its size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
        BadChunkEnd,
    ),
    faulty(
        "a chunk shorter than its size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\r\n0\r\n\r\n",
        BadChunkEnd,
    ),
    faulty(
        "a chunk ended by a bare line feed",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n",
        BadChunkEnd,
    ),
    faulty(
        "a chunk ended by a bare CR",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r0\r\n\r\n",
        BadChunkEnd,
    ),
    faulty("a chunk beyond the limit", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nF4241\r\n", TOO_LONG),
    faulty(
        "chunks beyond the limit together",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nF4240\r\n",
        TOO_LONG,
    ),
    faulty("the largest size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", TOO_LONG),
    faulty(
        "a size of 2^64",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
        BadChunkSize,
    ),
    faulty(
        "a trailer without a colon",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n",
        BadTrailer,
    ),
    faulty(
        "a NUL in a trailer",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: \0\r\n\r\n",
        BadTrailer,
    ),
    faulty(
        "a reply where trailers should end",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 204 No\r\n\r\n",
        BadTrailer,
    ),
    faulty(
        "a trailer ended by a bare line feed",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\n\r\n",
        BadTrailer,
    ),
    faulty(
        "a bare line feed for the trailers' end",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\n",
        BadTrailer,
    ),
    faulty("closed before the chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ClosedInChunks),
    faulty("closed in a size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", ClosedInChunks),
    faulty("closed in a chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", ClosedInChunks),
    faulty(
        "closed after a chunk",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ClosedInChunks,
    ),
    faulty(
        "closed after the last chunk",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ClosedInChunks,
    ),
    faulty(
        "closed in the trailers",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n",
        ClosedInChunks,
    ),
    faulty("closed in the last line", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r", ClosedInChunks),
];
