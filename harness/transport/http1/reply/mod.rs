//! Reads replies of HTTP/1.1 off bytes, wherever these come from: no socket, no clock and no waiting.
//!
//! It does what RFC 9112 asks of a client that sends no CONNECT and pipelines nothing. Where a reply could be read in two
//! ways, so that the next reply might begin in two places, it is an error with a name, and the connection is of no more use.
//! A line of the head may end in a bare LF, as section 2.2 allows and the parser of heads does; the lines of the chunked
//! coding may not.

mod chunked;
mod end;
mod error;
mod fields;
mod head;

pub use error::FramingError;
pub use head::Persistence;
pub use httparse::Header;

use chunked::{Chunks, Step};
use end::End;
use head::{Body, Head};

use crate::api::Fields;

/// A buffer that is larger than this is given back when replies have become much smaller again.
const LARGE_BUFFER: usize = 64 << 10;

/// What a reply may bring.
#[expect(clippy::struct_field_names, reason = "each is the most of something, and says of what")]
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of status line and fields, of interim replies too; and again of the chunks' extensions and the trailers.
    pub max_head: usize,
    /// Fields of a head, or of the trailers; more than 256 are never read.
    pub max_fields: usize,
    /// Bytes of a body, framing aside.
    pub max_body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_head: 256 << 10, max_fields: 256, max_body: u64::MAX }
    }
}

/// How far a reply has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More bytes are needed; those that were given are taken.
    More,
    /// The reply is whole.
    Done {
        /// How many of the given bytes belong to it. Any that are left were not asked for.
        used: usize,
    },
}

/// Decodes one reply after another on one connection. It owns its buffers and uses them again, so that a reply costs no
/// allocation once they have grown.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    state: State,
    /// Whether the request was HEAD.
    asked_by_head: bool,
    /// Whether any byte of this reply has come.
    begun: bool,
    /// Bytes of interim replies so far; they count as the head's.
    interim: usize,
    /// The head, as far as it has come; the whole of it afterwards.
    head: Vec<u8>,
    status: u16,
    persistence: Persistence,
    /// How many bytes of the body are kept.
    keep: u64,
    body: Vec<u8>,
    body_length: u64,
}

#[derive(Debug)]
enum State {
    /// No reply is due: before the first request, and after each reply.
    Idle,
    /// In the head.
    Head(End),
    /// In a body of known length: so many bytes are still to come.
    Length(u64),
    /// In a body in chunks.
    Chunked(Chunks),
    /// In a body that ends with the connection.
    UntilClose,
    /// The connection is of no more use.
    Broken(FramingError),
}

impl Decoder {
    /// A decoder for a new connection.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits: Limits { max_fields: limits.max_fields.min(head::MOST_FIELDS), ..limits },
            state: State::Idle,
            asked_by_head: false,
            begun: false,
            interim: 0,
            head: Vec::new(),
            status: 0,
            persistence: Persistence::default(),
            keep: 0,
            body: Vec::new(),
            body_length: 0,
        }
    }

    /// A request goes out, and what follows is its reply. Only for a connection whose last reply, if any, was whole. `head`: whether it is a HEAD request, whose reply has no body.
    pub fn begin(&mut self, head: bool) {
        self.state = State::Head(End::in_line());
        self.asked_by_head = head;
        self.begun = false;
        self.interim = 0;
        self.status = 0;
        self.persistence = Persistence::default();
        self.body_length = 0;
        empty(&mut self.head);
        empty(&mut self.body);
    }

    /// Takes bytes. `keep` says, once the status is known, how many bytes of the body are kept: none for 0, all for
    /// [`u64::MAX`]. The rest is counted and thrown away.
    ///
    /// # Errors
    /// What is wrong with the reply. The connection cannot be used any more, and every further byte is answered the same.
    pub fn feed(&mut self, bytes: &[u8], keep: impl Fn(u16) -> u64) -> Result<Progress, FramingError> {
        let progress = self.advance(bytes, keep);
        if let Err(error) = progress {
            self.state = State::Broken(error);
        }
        progress
    }

    /// The other side has closed the connection. It is well where no reply was due, and where the body was to end so.
    ///
    /// # Errors
    /// What is missing of the reply, or what was wrong with it before.
    pub fn close(&mut self) -> Result<(), FramingError> {
        let end = match &self.state {
            State::Idle | State::UntilClose => Ok(()),
            State::Head(_) if self.begun => Err(FramingError::ClosedInHead),
            State::Head(_) => Err(FramingError::ClosedBeforeReply),
            State::Length(missing) => Err(FramingError::ClosedInBody { missing: *missing }),
            State::Chunked(_) => Err(FramingError::ClosedInChunks),
            State::Broken(error) => Err(*error),
        };
        self.state = end.map_or_else(State::Broken, |()| State::Idle);
        end
    }

    /// The connection has ended, but not as it should: TLS says when it is over, and here it has not.
    ///
    /// # Errors
    /// As [`close`](Self::close), and for a body that would have ended with the connection: anyone on the way can have cut it
    /// (section 9.8).
    pub fn cut_off(&mut self) -> Result<(), FramingError> {
        if matches!(self.state, State::UntilClose) {
            self.state = State::Broken(FramingError::CutOff);
        }
        self.close()
    }

    /// Whether the final head is there, which is when a reply is said to begin.
    pub fn has_head(&self) -> bool {
        self.status != 0
    }

    /// Whether any byte of this reply has come. An old connection that is closed before that was closed by the server for
    /// its age, and not because of the request.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The status of the final head; 0 before it is there.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What was kept of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// How many bytes of the body have come, framing aside.
    pub fn body_length(&self) -> u64 {
        self.body_length
    }

    /// All fields of the final head, parsed; there are none before it is whole. Most replies are never asked for any, so they
    /// are parsed again here instead of being kept for all. One field alone is found faster by its name.
    pub fn with_fields<R>(&self, read: impl FnOnce(&[Header<'_>]) -> R) -> R {
        head::with_fields(self.whole_head(), self.limits.max_fields, read)
    }

    fn whole_head(&self) -> &[u8] {
        if self.has_head() { &self.head } else { &[] }
    }

    /// Whether, and for how long, the connection can be used again after this reply.
    pub fn persistence(&self) -> Persistence {
        self.persistence
    }

    fn advance(&mut self, bytes: &[u8], keep: impl Fn(u16) -> u64) -> Result<Progress, FramingError> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match &mut self.state {
                State::Idle => return Err(FramingError::Unsolicited),
                State::Broken(error) => return Err(*error),
                State::Head(_) => {
                    self.begun = true;
                    at += self.take_head(rest, &keep)?;
                }
                State::Length(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= taken as u64;
                    let is_whole = *left == 0;
                    self.take_body(&rest[..taken]);
                    at += taken;
                    if is_whole {
                        self.state = State::Idle;
                    }
                }
                State::Chunked(chunks) => match chunks.step(rest, self.limits.max_body - self.body_length)? {
                    Step::Framing(taken) => at += taken,
                    Step::Data(taken) => {
                        self.take_body(&rest[..taken]);
                        at += taken;
                    }
                    Step::End(taken) => {
                        at += taken;
                        self.state = State::Idle;
                    }
                },
                State::UntilClose => {
                    if rest.len() as u64 > self.limits.max_body - self.body_length {
                        return Err(FramingError::BodyTooLong { limit: self.limits.max_body });
                    }
                    self.take_body(rest);
                    at = bytes.len();
                }
            }
            if matches!(self.state, State::Idle) {
                return Ok(Progress::Done { used: at });
            }
        }
        Ok(Progress::More)
    }

    /// Takes bytes of the head, and says how many.
    fn take_head(&mut self, bytes: &[u8], keep: impl Fn(u16) -> u64) -> Result<usize, FramingError> {
        let room = self.limits.max_head.saturating_sub(self.interim);
        // Nearly always the whole head is here. Trying that first spares the search for its end; whatever goes wrong is left
        // to the slow way, so that the verdict does not depend on how the bytes were cut.
        if self.head.is_empty()
            && let Ok(Some((head, used))) = Head::parse(bytes, self.limits.max_fields, self.asked_by_head)
            && used <= room
        {
            self.head.extend_from_slice(&bytes[..used]);
            self.settle_head(head?, keep)?;
            return Ok(used);
        }
        let State::Head(end) = &mut self.state else { return Ok(0) };
        let found = end.find(bytes);
        let taken = found.unwrap_or(bytes.len());
        // The first line is judged as it comes: a peer that speaks something else may wait for us for ever.
        let fresh = self.head.len() < head::PREFIX;
        let before = self.head.len();
        self.head.extend_from_slice(&bytes[..taken.min(room.saturating_sub(before).saturating_add(1))]);
        if fresh {
            head::check_prefix(&self.head)?;
        }
        if before + taken > room {
            return Err(FramingError::HeadTooLong { limit: self.limits.max_head });
        }
        if found.is_some() {
            let head = Head::parse_whole(&mut self.head, self.limits.max_fields, self.asked_by_head)?;
            self.settle_head(head, keep)?;
        }
        Ok(taken)
    }

    /// What a head says, once it is whole.
    fn settle_head(&mut self, head: Head, keep: impl Fn(u16) -> u64) -> Result<(), FramingError> {
        if head.is_interim() {
            self.interim += self.head.len();
            self.head.clear();
            self.state = State::Head(End::in_line());
            return Ok(());
        }
        self.status = head.status;
        self.persistence = head.persistence;
        self.keep = keep(head.status);
        self.state = match head.body {
            Body::Length(length) if length > self.limits.max_body => {
                return Err(FramingError::BodyTooLong { limit: self.limits.max_body });
            }
            Body::Length(0) => State::Idle,
            Body::Length(length) => State::Length(length),
            Body::Chunked => State::Chunked(Chunks::new(&self.limits)),
            Body::UntilClose => State::UntilClose,
        };
        Ok(())
    }

    fn take_body(&mut self, bytes: &[u8]) {
        let room = self.keep.saturating_sub(self.body.len() as u64);
        let kept = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.body.extend_from_slice(&bytes[..kept]);
        self.body_length += bytes.len() as u64;
    }
}

/// By name, found in the head's text when somebody asks.
impl Fields for Decoder {
    fn get(&self, name: &str) -> Option<&str> {
        head::values(self.whole_head(), name).find_map(|value| str::from_utf8(value).ok())
    }

    fn each(&self, name: &str, visit: &mut dyn FnMut(&str)) {
        head::values(self.whole_head(), name).filter_map(|value| str::from_utf8(value).ok()).for_each(visit);
    }
}

/// Empties a buffer, and gives back what one large reply has left of it when the last one needed little.
fn empty(buffer: &mut Vec<u8>) {
    let needed = buffer.len();
    buffer.clear();
    if buffer.capacity() > LARGE_BUFFER && needed < buffer.capacity() / 4 {
        buffer.shrink_to(LARGE_BUFFER.max(needed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_large_reply_took_is_given_back_when_they_are_small_again() {
        let large = 4 << 20;
        let reply = |length: usize| {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            [head.as_bytes(), &vec![b'x'; length]].concat()
        };
        let mut decoder = Decoder::new(Limits::default());
        let mut capacity_after = |length| {
            decoder.begin(false);
            decoder.feed(&reply(length), |_| u64::MAX).expect("it is sound");
            assert_eq!(decoder.body().len(), length);
            decoder.body.capacity()
        };
        assert!(capacity_after(large) >= large);
        assert!(capacity_after(10) >= large, "the next may be as large again");
        assert_eq!(capacity_after(10), LARGE_BUFFER);
        assert_eq!(capacity_after(LARGE_BUFFER), LARGE_BUFFER);
        assert_eq!(capacity_after(10), LARGE_BUFFER, "a small buffer stays");
    }
}
