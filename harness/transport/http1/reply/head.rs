//! Status line and fields: what kind of reply it is, where its body ends, and whether the connection lasts.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Response, Status};

use super::FramingError;
use super::fields::Facts;
use crate::units::Nanos;

/// The most fields that are read of any head; their places are on the stack.
pub(super) const MOST_FIELDS: usize = 256;

/// How many bytes of a head can be judged by themselves: `HTTP/1.1 200` and what follows it.
pub(super) const PREFIX: usize = 13;

/// Whether, and for how long, a connection can be used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Persistence {
    /// Whether another request may be sent at all (section 9.3).
    pub reusable: bool,
    /// How long the server says that it will keep the idle connection, in whole seconds on the wire.
    pub idle_timeout: Option<Nanos>,
    /// How many further requests the server says that it will take.
    pub max_requests: Option<u32>,
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Length(u64),
    Chunked,
    UntilClose,
}

/// What a head says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) body: Body,
    pub(super) persistence: Persistence,
}

impl Head {
    /// Reads the head that `bytes` begin with, and how long it is; `None` where its end is missing. What is wrong with the
    /// text is the outer error; what is wrong with what it says, the inner one.
    #[expect(clippy::type_complexity, reason = "it is taken apart at once, by two callers")]
    pub(super) fn parse(
        bytes: &[u8],
        max_fields: usize,
        asked_by_head: bool,
    ) -> Result<Option<(Result<Self, FramingError>, usize)>, FramingError> {
        // The parser skips empty lines first, as a server may (section 2.2). A reply that begins so is none.
        if bytes.first() != Some(&b'H') {
            return Err(FramingError::NotHttp);
        }
        let mut places = [const { MaybeUninit::uninit() }; MOST_FIELDS];
        let mut response = Response::new(&mut []);
        let parsed =
            ParserConfig::default().parse_response_with_uninit_headers(&mut response, bytes, &mut places[..max_fields]);
        match parsed {
            Ok(Status::Complete(used)) => Ok(Some((Self::judge(&response, asked_by_head), used))),
            Ok(Status::Partial) => Ok(None),
            Err(httparse::Error::Version) => Err(FramingError::NotHttp),
            Err(httparse::Error::TooManyHeaders) => Err(FramingError::TooManyFields { limit: max_fields }),
            Err(httparse::Error::Status | httparse::Error::Token) => Err(FramingError::BadStatusLine),
            Err(_) => Err(FramingError::BadField),
        }
    }

    /// Reads a head whose end was found. Folded lines become one (section 5.2 asks that of user agents), in the text
    /// itself, so that nobody who reads the fields meets a line break.
    pub(super) fn parse_whole(text: &mut [u8], max_fields: usize, asked_by_head: bool) -> Result<Self, FramingError> {
        let parsed = match Self::parse(text, max_fields, asked_by_head) {
            Err(FramingError::BadField) if unfold(text) => Self::parse(text, max_fields, asked_by_head),
            parsed => parsed,
        };
        // The parser sees the end where the search did, if the lines before it are sound.
        parsed?.map_or(Err(FramingError::BadField), |(head, _)| head)
    }

    /// An interim reply; the final one follows. 101 is none, and never gets here.
    pub(super) fn is_interim(&self) -> bool {
        self.status < 200
    }

    fn judge(response: &Response<'_, '_>, asked_by_head: bool) -> Result<Self, FramingError> {
        let status = response.code.unwrap_or_default();
        match status {
            // Interim replies have no body, whatever they say.
            100 | 102..=199 => {
                return Ok(Self { status, body: Body::Length(0), persistence: Persistence::default() });
            }
            101 => return Err(FramingError::UnexpectedUpgrade),
            0..=99 => return Err(FramingError::BadStatusLine),
            _ => {}
        }
        let is_old = response.version == Some(0);
        let facts = Facts::gather(response.headers);
        let body =
            if asked_by_head || status == 204 || status == 304 { Body::Length(0) } else { body(&facts, is_old)? };
        // A close outweighs a keep-alive; HTTP/1.0 closes unless it says otherwise (section 9.3).
        let reusable = body != Body::UntilClose && !facts.close && (!is_old || facts.keep_alive);
        let persistence = Persistence { reusable, idle_timeout: facts.idle_timeout, max_requests: facts.max_requests };
        Ok(Self { status, body, persistence })
    }
}

/// Rules 3 to 8 of section 6.3.
fn body(facts: &Facts, is_old: bool) -> Result<Body, FramingError> {
    match (facts.coding, facts.length) {
        (Some(_), _) if is_old => Err(FramingError::CodingInOldVersion),
        (Some(_), Some(_)) => Err(FramingError::LengthAndCoding),
        (Some(coding), None) => coding.map(|()| Body::Chunked),
        (None, Some(length)) => length.map(Body::Length),
        (None, None) => Ok(Body::UntilClose),
    }
}

/// Replaces the line breaks of folded fields by blanks, and says whether there were any. The status line cannot be
/// folded: blanks between it and the first field stay what they are, an error (section 2.2).
fn unfold(text: &mut [u8]) -> bool {
    let first = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1);
    let mut found = false;
    for at in first..text.len().saturating_sub(1) {
        if text[at] == b'\n' && matches!(text[at + 1], b' ' | b'\t') {
            text[at] = b' ';
            if text[at - 1] == b'\r' {
                text[at - 1] = b' ';
            }
            found = true;
        }
    }
    found
}

/// Judges the first bytes of a head, however few there are.
pub(super) fn check_prefix(text: &[u8]) -> Result<(), FramingError> {
    for (byte, expected) in text.iter().zip(b"HTTP/1.v dddn") {
        let (is_good, error) = match expected {
            b'v' => (matches!(byte, b'0' | b'1'), FramingError::NotHttp),
            b'd' => (byte.is_ascii_digit(), FramingError::BadStatusLine),
            b'n' => (matches!(byte, b' ' | b'\r' | b'\n'), FramingError::BadStatusLine),
            b' ' => (*byte == b' ', FramingError::BadStatusLine),
            expected => (byte == expected, FramingError::NotHttp),
        };
        if !is_good {
            return Err(error);
        }
    }
    Ok(())
}

/// The fields of a sound head; none of any other.
pub(super) fn with_fields<R>(text: &[u8], max_fields: usize, read: impl FnOnce(&[Header<'_>]) -> R) -> R {
    let mut places = [const { MaybeUninit::uninit() }; MOST_FIELDS];
    let mut response = Response::new(&mut []);
    let parsed =
        ParserConfig::default().parse_response_with_uninit_headers(&mut response, text, &mut places[..max_fields]);
    read(if matches!(parsed, Ok(Status::Complete(_))) { response.headers } else { &[] })
}

/// The values of a field in a sound head, in the order in which they came.
pub(super) fn values<'a>(text: &'a [u8], name: &str) -> impl Iterator<Item = &'a [u8]> {
    let lines = text.split(|byte| *byte == b'\n').skip(1);
    lines.filter_map(move |line| {
        // A sound line has its colon behind the name; the empty one at the end has none.
        let (found, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b":")?;
        found.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
    })
}
