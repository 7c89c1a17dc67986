//! Requests out of bytes, without sockets: as much of HTTP/1.1 as the peers send.

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `GET /`
    Thing,
    /// `POST /batch`
    Batch,
    /// Anything else.
    Other,
}

/// A request that has come whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) asked: Asked,
    /// The length of its body in bytes.
    pub(crate) body: u64,
}

/// Bytes that are no request, or one whose body has no stated length.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// Reads the requests of one connection.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The part of a head that has come; empty between requests, where nothing is copied.
    begun: Vec<u8>,
    /// The request whose body is coming, and how much of it is still to come. Bodies are counted and not kept.
    body: Option<(Request, u64)>,
}

impl Reader {
    /// Takes what has come, and adds the requests that are now whole.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], whole: &mut Vec<Request>) -> Result<(), Unreadable> {
        loop {
            if let Some((request, missing)) = &mut self.body {
                let part = (bytes.len() as u64).min(*missing);
                *missing -= part;
                bytes = &bytes[part as usize..];
                if *missing > 0 {
                    return Ok(());
                }
                whole.push(*request);
                self.body = None;
            }
            if bytes.is_empty() {
                return Ok(());
            }
            let known = self.begun.len();
            let parsed = if known == 0 {
                head(bytes)?
            } else {
                self.begun.extend_from_slice(bytes);
                head(&self.begun)?
            };
            let Some((length, request)) = parsed else {
                if known == 0 {
                    self.begun.extend_from_slice(bytes);
                }
                return Ok(());
            };
            bytes = &bytes[length - known..];
            self.begun.clear();
            self.body = Some((request, request.body));
        }
    }
}

/// The length of a head, and what it asks for; `None` where more of it has to come.
fn head(bytes: &[u8]) -> Result<Option<(usize, Request)>, Unreadable> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes).map_err(|_| Unreadable)? else { return Ok(None) };
    let mut body = 0;
    for header in head.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let stated = std::str::from_utf8(header.value).map_err(|_| Unreadable)?;
            body = stated.trim().parse().map_err(|_| Unreadable)?;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Unreadable);
        }
    }
    let asked = match (head.method, head.path) {
        (Some("GET"), Some("/")) => Asked::Thing,
        (Some("POST"), Some("/batch")) => Asked::Batch,
        _ => Asked::Other,
    };
    Ok(Some((length, Request { asked, body })))
}
