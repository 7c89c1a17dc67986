//! Random replies that are sound, and what has to be read of them.

use std::fmt::Write as _;

use loadline::transport::http1::reply::Persistence;
use loadline::units::Nanos;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// How the body ends.
#[derive(Clone, Debug)]
pub(super) enum Framing {
    Length,
    /// With an extension for each chunk, or an empty one for none, and trailers.
    Chunked {
        extension: String,
        trailers: Vec<(String, String)>,
    },
    UntilClose,
}

/// A reply, before it is written.
#[derive(Clone, Debug)]
pub(super) struct Sound {
    pub(super) asked_by_head: bool,
    pub(super) status: u16,
    is_old: bool,
    interim: Vec<u16>,
    fields: Vec<(String, String)>,
    connection: Option<&'static str>,
    keep_alive: Option<(u32, u32)>,
    /// The chunks, which are one where there are no chunks.
    chunks: Vec<Vec<u8>>,
    framing: Framing,
}

/// Names that no rule of framing knows.
fn field() -> impl Strategy<Value = (String, String)> {
    ("X-[A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}", "([!-~]([ -~\t]{0,20}[!-~])?)?")
}

pub(super) fn reply() -> impl Strategy<Value = Sound> {
    let status = prop_oneof![select(&[200_u16, 201, 204, 304, 404, 429, 500, 503][..]), 200_u16..600];
    let framing = prop_oneof![
        Just(Framing::Length),
        ("(;[ -~\t]{0,20})?", vec(field(), 0..3))
            .prop_map(|(extension, trailers)| Framing::Chunked { extension, trailers }),
        Just(Framing::UntilClose),
    ];
    let chunks = vec(vec(any::<u8>(), 1..40), 0..4);
    let connection = select(&[None, Some("close"), Some("Close"), Some("keep-alive"), Some("x, CLOSE")][..]);
    let who = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    let interim = vec(select(&[100_u16, 102, 103, 199][..]), 0..3);
    let heads = (status, interim, vec(field(), 0..6), connection, proptest::option::of((0_u32..1_000, 0_u32..1_000)));
    (who, heads, chunks, framing).prop_map(|((asked_by_head, is_old), heads, chunks, framing)| {
        let (status, interim, fields, connection, keep_alive) = heads;
        // HTTP/1.0 has no chunks.
        let framing = if is_old && matches!(framing, Framing::Chunked { .. }) { Framing::Length } else { framing };
        Sound { asked_by_head, status, is_old, interim, fields, connection, keep_alive, chunks, framing }
    })
}

impl Sound {
    fn has_body(&self) -> bool {
        !self.asked_by_head && self.status != 204 && self.status != 304
    }

    /// Whether its end can be seen before the connection closes.
    pub(super) fn ends_by_itself(&self) -> bool {
        !self.has_body() || !matches!(self.framing, Framing::UntilClose)
    }

    pub(super) fn body(&self) -> Vec<u8> {
        if self.has_body() { self.chunks.concat() } else { Vec::new() }
    }

    pub(super) fn persistence(&self) -> Persistence {
        let kept = match self.connection {
            Some("keep-alive") => true,
            Some(_) => false,
            None => !self.is_old,
        };
        Persistence {
            reusable: kept && self.ends_by_itself(),
            idle_timeout: self.keep_alive.map(|(seconds, _)| Nanos::from_secs(u64::from(seconds))),
            max_requests: self.keep_alive.map(|(_, max)| max),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = String::new();
        for status in &self.interim {
            write!(head, "HTTP/1.1 {status} Interim\r\nX-Interim: yes\r\n\r\n").expect("a string takes all");
        }
        write!(head, "HTTP/1.{} {} Some Reason\r\n", u8::from(!self.is_old), self.status).expect("a string takes all");
        let mut fields: Vec<(String, String)> = self.fields.clone();
        fields.extend(self.connection.map(|value| ("Connection".to_owned(), value.to_owned())));
        fields.extend(
            self.keep_alive.map(|(timeout, max)| ("Keep-Alive".to_owned(), format!("timeout={timeout}, max={max}"))),
        );
        let length: usize = self.chunks.iter().map(Vec::len).sum();
        match &self.framing {
            Framing::Length => fields.push(("Content-Length".to_owned(), length.to_string())),
            Framing::Chunked { .. } => fields.push(("Transfer-Encoding".to_owned(), "chunked".to_owned())),
            Framing::UntilClose => {}
        }
        for (name, value) in &fields {
            write!(head, "{name}: {value}\r\n").expect("a string takes all");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if self.has_body() {
            self.write_body(&mut bytes);
        }
        bytes
    }

    fn write_body(&self, bytes: &mut Vec<u8>) {
        let Framing::Chunked { extension, trailers } = &self.framing else {
            bytes.extend(self.chunks.concat());
            return;
        };
        for chunk in &self.chunks {
            bytes.extend(format!("{:x}{extension}\r\n", chunk.len()).bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(format!("0{extension}\r\n").bytes());
        for (name, value) in trailers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        bytes.extend(b"\r\n");
    }
}
