//! What can be wrong with a reply.

use crate::api::WireError;

/// What a server did wrong in a reply. The sections are RFC 9112's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// The connection was closed before any byte of the reply.
    #[error("the server closed the connection without a reply")]
    ClosedBeforeReply,
    /// The connection was closed within the head.
    #[error("the server closed the connection within the head of its reply")]
    ClosedInHead,
    /// The connection was closed within a body of known length (section 6.3, rule 6).
    #[error("the server closed the connection {missing} bytes before the end of the body that it announced")]
    ClosedInBody {
        /// How many bytes did not come.
        missing: u64,
    },
    /// The connection was closed before the last chunk and the trailers' end (section 8).
    #[error("the server closed the connection before the last chunk of the body")]
    ClosedInChunks,
    /// TLS was cut off within a body that ends with the connection (section 9.8).
    #[error("the connection broke off within a body that only its end could end")]
    CutOff,
    /// The reply does not begin with `HTTP/1.0` or `HTTP/1.1`.
    #[error("the reply does not begin with HTTP/1.1 or HTTP/1.0; the server speaks something else on this port")]
    NotHttp,
    /// The status line is malformed (section 4).
    #[error("the status line is malformed")]
    BadStatusLine,
    /// A field's name or value holds what it must not, or has no colon (section 5).
    #[error("a field of the head is malformed")]
    BadField,
    /// Status line and fields are too long.
    #[error("the head is longer than {limit} bytes")]
    HeadTooLong {
        /// The most that is read.
        limit: usize,
    },
    /// There are too many fields.
    #[error("the head has more than {limit} fields")]
    TooManyFields {
        /// The most that is read.
        limit: usize,
    },
    /// 101 came, and nobody had asked to leave HTTP.
    #[error("the server switched to another protocol (101), which the request had not asked for")]
    UnexpectedUpgrade,
    /// `Content-Length` is no number, or one beyond 2⁶⁴ − 1 (section 6.3, rule 5).
    #[error("Content-Length is not a number of bytes")]
    BadLength,
    /// Several lengths that differ (section 6.3, rule 5).
    #[error("Content-Length is given twice, and differs")]
    ConflictingLengths,
    /// A length and a transfer coding (section 6.3, rule 3).
    #[error("the reply has both Content-Length and Transfer-Encoding, so its end is ambiguous")]
    LengthAndCoding,
    /// A transfer coding other than `chunked` alone (section 6.1): the request had asked for none.
    #[error("Transfer-Encoding is something other than chunked, which the request had not asked for")]
    UnknownCoding,
    /// A transfer coding in HTTP/1.0, which has none (section 6.1).
    #[error("Transfer-Encoding in a reply of HTTP/1.0, which has none")]
    CodingInOldVersion,
    /// A chunk's size is no hexadecimal number, or the line goes on with something other than an extension (section 7.1).
    #[error("the size of a chunk is malformed")]
    BadChunkSize,
    /// A chunk's bytes are not followed by CR LF (section 7.1).
    #[error("a chunk is longer than its size, or does not end with CR LF")]
    BadChunkEnd,
    /// The extensions of the chunks are too long (section 7.1.1).
    #[error("the extensions of the chunks are longer than {limit} bytes")]
    ExtensionsTooLong {
        /// The most that is read.
        limit: usize,
    },
    /// A trailer is malformed, or does not end with CR LF (section 7.1.2).
    #[error("a trailer is malformed")]
    BadTrailer,
    /// The trailers are too long.
    #[error("the trailers are longer than {limit} bytes")]
    TrailersTooLong {
        /// The most that is read.
        limit: usize,
    },
    /// The body is, or is announced to be, longer than allowed.
    #[error("the body is longer than {limit} bytes; `transport.max_body` allows more")]
    BodyTooLong {
        /// The most that is read.
        limit: u64,
    },
    /// Bytes came while no request was under way.
    #[error("the server sent bytes that no request had asked for")]
    Unsolicited,
}

impl FramingError {
    /// The kind under which an attempt that ended so is counted.
    pub fn kind(&self) -> WireError {
        match self {
            Self::ClosedBeforeReply
            | Self::ClosedInHead
            | Self::ClosedInBody { .. }
            | Self::ClosedInChunks
            | Self::CutOff => WireError::Closed,
            Self::BodyTooLong { .. } => WireError::TooLarge,
            // A head that is too long is no matter of `max_body`, which is what a reader of `too_large` would raise.
            _ => WireError::Protocol,
        }
    }
}
