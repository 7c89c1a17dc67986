//! Which damage is done where: in the reply's body by hyper, or behind its back on the wire.

use std::rc::Rc;

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Response, Version};

use super::body::ReplyBody;
use super::render::Reply;
use super::watch::Busy;
use super::wire::{Ending, Hatch, Spoiled};
use crate::service::config::{ResetAt, WireFault};
use crate::time::Waits;

/// What no client takes for HTTP.
const GARBAGE: &[u8] = b"\x16\x03\x01\x00garbage, not HTTP\x00\xff\xfe\r\n\r\n";
/// What no client takes for JSON.
const NOT_JSON: &[u8] = b"{\"Attendees\": [{\"AttendeeId\": ";

/// The response for hyper to send; where the fault needs bytes that hyper would not send, they go into the hatch.
///
/// HTTP/2 has many replies on a connection, so that there a reset or a cut in the middle of a reply resets its stream
/// alone, and after the reply there is nothing left to reset. A reply without a body cannot be cut, delayed or spoiled in
/// its body, and is sent as it is.
pub(super) fn respond(
    reply: Reply,
    fault: Option<WireFault>,
    version: Version,
    hatch: &Hatch,
    busy: Busy,
    waits: &Rc<Waits>,
) -> Response<ReplyBody> {
    let response = match fault {
        None => whole(reply),
        Some(fault) => damaged(reply, fault, version, hatch, waits),
    };
    if fault == Some(WireFault::Stall) {
        busy.never_ends();
    }
    response.map(|body| body.keeping(busy))
}

fn damaged(reply: Reply, fault: WireFault, version: Version, hatch: &Hatch, waits: &Rc<Waits>) -> Response<ReplyBody> {
    let one_reply_at_a_time = version < Version::HTTP_2;
    let spoil = |bytes: Bytes, ending| {
        *hatch.borrow_mut() = Some(Spoiled { bytes, ending });
        Response::new(ReplyBody::whole(Bytes::new()))
    };
    let half = reply.body.len() / 2;
    match fault {
        WireFault::Reset(ResetAt::BeforeReply) => spoil(Bytes::new(), Ending::Reset),
        WireFault::Garbage => spoil(Bytes::from_static(GARBAGE), Ending::Close),
        WireFault::Reset(ResetAt::DuringReply) if one_reply_at_a_time => {
            let bytes = http1(&reply, reply.body.len());
            // Without a body in the middle of the head.
            let cut = if reply.body.is_empty() { bytes.len() / 2 } else { bytes.len() - reply.body.len() + half };
            spoil(bytes.slice(..cut), Ending::Reset)
        }
        WireFault::Reset(ResetAt::AfterReply) if one_reply_at_a_time => {
            spoil(http1(&reply, reply.body.len()), Ending::Reset)
        }
        WireFault::Duplicate if one_reply_at_a_time => {
            let bytes = http1(&reply, reply.body.len());
            spoil([&*bytes, &*bytes].concat().into(), Ending::KeepOpen)
        }
        // A stream holds one reply.
        WireFault::Reset(ResetAt::AfterReply) | WireFault::Duplicate => whole(reply),
        _ if reply.body.is_empty() => whole(reply),
        WireFault::Truncate if one_reply_at_a_time => {
            let bytes = http1(&reply, reply.body.len());
            spoil(bytes.slice(..bytes.len() - reply.body.len() + half), Ending::Close)
        }
        WireFault::Reset(ResetAt::DuringReply) | WireFault::Truncate => {
            Response::from_parts(reply.head, ReplyBody::broken(reply.body))
        }
        WireFault::WrongLength if one_reply_at_a_time => spoil(http1(&reply, half), Ending::KeepOpen),
        WireFault::WrongLength => {
            let mut response = whole(reply);
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(half));
            response
        }
        WireFault::SlowBody { over } => Response::from_parts(reply.head, ReplyBody::slow(reply.body, over, waits)),
        WireFault::Stall => Response::from_parts(reply.head, ReplyBody::stalled(reply.body)),
        WireFault::InvalidJson => whole(Reply { body: Bytes::from_static(NOT_JSON), ..reply }),
    }
}

fn whole(reply: Reply) -> Response<ReplyBody> {
    Response::from_parts(reply.head, ReplyBody::whole(reply.body))
}

/// The reply as HTTP/1.1, with whatever length it is to announce.
fn http1(reply: &Reply, announced: usize) -> Bytes {
    let mut bytes = BytesMut::new();
    let status = reply.head.status;
    bytes.put_slice(format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or("")).as_bytes());
    for (name, value) in &reply.head.headers {
        bytes.put_slice(name.as_str().as_bytes());
        bytes.put_slice(b": ");
        bytes.put_slice(value.as_bytes());
        bytes.put_slice(b"\r\n");
    }
    // A 204 has no length.
    if !reply.body.is_empty() {
        bytes.put_slice(format!("content-length: {announced}\r\n").as_bytes());
    }
    bytes.put_slice(b"\r\n");
    bytes.put_slice(&reply.body);
    bytes.freeze()
}
