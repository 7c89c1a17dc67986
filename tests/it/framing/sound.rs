//! Replies that are sound, if only just.

use super::case::{Case, sound};

/// Where the body ends, and what else a sound reply may hold.
pub(crate) const SOUND: &[Case] = &[
    // Lengths.
    sound("a length", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello"),
    sound("a length of nothing", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
    sound("a length with zeros before it", b"HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\nhello", 200, b"hello"),
    sound("a length in other letters", b"HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:5\r\n\r\nhello", 200, b"hello"),
    sound("a length between blanks", b"HTTP/1.1 200 OK\r\nContent-Length: \t 5 \t\r\n\r\nhello", 200, b"hello"),
    sound("a list of equal lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", 200, b"hello"),
    sound(
        "equal lengths in two fields",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        200,
        b"hello",
    ),
    sound(
        "lengths of equal value, written differently",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\nhello",
        200,
        b"hello",
    ),
    sound("a body of any bytes", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x00\xff\r\n", 200, b"\x00\xff\r\n"),
    sound(
        "a body that looks like a reply",
        b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHTTP/1.1 500 No\r\n\r\n",
        200,
        b"HTTP/1.1 500 No\r\n\r\n",
    ),
    // Status lines.
    sound("no reason", b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("no reason and no blank", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("a reason of several words", b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", 429, b""),
    sound("a reason beyond ASCII", b"HTTP/1.1 200 \xc3\x9c\xff\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("a status nobody registered", b"HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n", 799, b""),
    sound("an error with a body", b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", 503, b"busy"),
    sound("a redirection", b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 302, b""),
    sound("205 is read like any other", b"HTTP/1.1 205 Reset\r\nContent-Length: 2\r\n\r\nhi", 205, b"hi"),
    // Fields.
    sound("an empty field", b"HTTP/1.1 200 OK\r\nX:\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("a field beyond ASCII", b"HTTP/1.1 200 OK\r\nX: \xe4\xff\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound(
        "a name of odd letters",
        b"HTTP/1.1 200 OK\r\nX-!#$%&'*+.^_`|~9: 1\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
    sound("bare line feeds in the head", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", 200, b"hi"),
    sound("both ends of lines", b"HTTP/1.1 200 OK\r\nX: 1\nContent-Length: 2\r\n\nhi", 200, b"hi"),
    sound("a folded field", b"HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\t3\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("a folded length", b"HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nhi", 200, b"hi"),
    sound("a field folded to a blank line", b"HTTP/1.1 200 OK\r\nX: 1\r\n \r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound("a fold after a bare line feed", b"HTTP/1.1 200 OK\nX: 1\n 2\nContent-Length: 2\n\nhi", 200, b"hi"),
    // No body, whatever the fields say.
    sound("204", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    sound("204 with a length", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, b""),
    sound("204 with a coding", b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204, b""),
    sound("304 with the length of the other", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", 304, b""),
    sound("304 without", b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", 304, b""),
    sound("HEAD with a length", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 200, b"").to_head(),
    sound("HEAD with chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, b"").to_head(),
    sound("HEAD with neither", b"HTTP/1.1 200 OK\r\n\r\n", 200, b"").to_head(),
    sound("HEAD with a length beyond all limits", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", 200, b"")
        .to_head(),
    sound("HEAD refused", b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n", 404, b"").to_head(),
    // Interim replies.
    sound("100 first", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
    sound(
        "103 with fields first",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
    sound(
        "102, 100 and 199 first",
        b"HTTP/1.1 102 P\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 199 X\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
        204,
        b"",
    ),
    sound(
        "an interim reply has no body, though it announces one",
        b"HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
    sound(
        "an interim reply says nothing of the connection",
        b"HTTP/1.1 100 C\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
    sound("100 to HEAD", b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 200, b"").to_head(),
    // Until the connection closes.
    sound("a body until close", b"HTTP/1.1 200 OK\r\n\r\nall of it", 200, b"all of it").last(),
    sound("no body until close", b"HTTP/1.1 200 OK\r\n\r\n", 200, b"").last(),
    sound("until close in HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nold", 200, b"old").last(),
    sound(
        "until close, though it would be kept alive",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nold",
        200,
        b"old",
    )
    .last(),
    // What the connection is good for.
    sound("close", b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi").last(),
    sound("close in other letters", b"HTTP/1.1 204 No\r\ncONNECTION: cLOSE\r\n\r\n", 204, b"").last(),
    sound("close in a list", b"HTTP/1.1 204 No\r\nConnection: foo , close,bar\r\n\r\n", 204, b"").last(),
    sound("close in a second field", b"HTTP/1.1 204 No\r\nConnection: x\r\nConnection: close\r\n\r\n", 204, b"").last(),
    sound("close outweighs keep-alive", b"HTTP/1.1 204 No\r\nConnection: keep-alive, close\r\n\r\n", 204, b"").last(),
    sound("a word that has close in it", b"HTTP/1.1 204 No\r\nConnection: enclosed\r\n\r\n", 204, b""),
    sound("close in another field", b"HTTP/1.1 204 No\r\nX-Connection: close\r\n\r\n", 204, b""),
    sound("HTTP/1.0 closes", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi").last(),
    sound(
        "HTTP/1.0 kept alive",
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi",
        200,
        b"hi",
    ),
    sound("a timeout", b"HTTP/1.1 204 No\r\nKeep-Alive: timeout=5\r\n\r\n", 204, b"").hints(Some(5), None),
    sound("both hints", b"HTTP/1.1 204 No\r\nKeep-Alive: timeout=5, max=100\r\n\r\n", 204, b"")
        .hints(Some(5), Some(100)),
    sound("hints of nothing", b"HTTP/1.1 204 No\r\nKeep-Alive: MAX = 0 ,Timeout=0\r\n\r\n", 204, b"")
        .hints(Some(0), Some(0)),
    sound("hints that say nothing", b"HTTP/1.1 204 No\r\nKeep-Alive: timeout, max=-1, timeout=soon\r\n\r\n", 204, b""),
    sound("more requests than anyone sends", b"HTTP/1.1 204 No\r\nKeep-Alive: max=4294967296\r\n\r\n", 204, b"")
        .hints(None, Some(u32::MAX)),
    // Bytes that nobody asked for. The reply is what it is; the connection is finished.
    sound("bytes after the body", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there", 200, b"hi").leaves(6),
    sound("a second reply", b"HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 204, b"").leaves(19),
    sound("a body to HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"").to_head().leaves(2),
    sound("a body to 304", b"HTTP/1.1 304 Not\r\nContent-Length: 2\r\n\r\nhi", 304, b"").leaves(2),
];

/// Bodies in chunks.
pub(crate) const CHUNKED: &[Case] = &[
    chunks("one chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
    chunks(
        "several chunks",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n2\r\nel\r\n2\r\nlo\r\n0\r\n\r\n",
        b"hello",
    ),
    chunks("no chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
    chunks("other letters", b"HTTP/1.1 200 OK\r\ntransfer-encoding:CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"hi"),
    chunks(
        "hexadecimal of both cases",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\nB\r\n0123456789x\r\n0\r\n\r\n",
        b"01234567890123456789x",
    ),
    chunks(
        "zeros before the size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0000000000000002\r\nhi\r\n000\r\n\r\n",
        b"hi",
    ),
    chunks(
        "blanks after the size",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \t\r\nhi\r\n0 \r\n\r\n",
        b"hi",
    ),
    chunks(
        "extensions",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b;c=\"d;\t\xff\"\r\nhi\r\n0 ; last\r\n\r\n",
        b"hi",
    ),
    chunks(
        "a chunk that looks like the last",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
        b"0\r\n\r\n",
    ),
    chunks(
        "trailers",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nDigest: x\r\nExpires: 0\r\n\r\n",
        b"hi",
    ),
    chunks(
        "trailers that would change the framing, and do not",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nContent-Length: 7\r\nConnection: close\r\n\r\n",
        b"hi",
    ),
    chunks("chunks and close", b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"")
        .last(),
    chunks(
        "chunks after an interim reply",
        b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        b"hi",
    ),
    chunks("a folded coding", b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"hi"),
    chunks(
        "bytes after the last chunk",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n0\r\n\r\n",
        b"hi",
    )
    .leaves(5),
];

const fn chunks(name: &'static str, bytes: &'static [u8], body: &'static [u8]) -> Case {
    sound(name, bytes, 200, body)
}
