//! The chunked transfer coding (section 7.1), decoded in place: it says which bytes are the body's.

use super::end::End;
use super::{FramingError, Limits};

/// The digits of a chunk's size: 16 hold every 64-bit number.
const MOST_DIGITS: u8 = 16;

/// What the next bytes are. Each step takes at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many bytes of framing.
    Framing(usize),
    /// So many bytes of the body.
    Data(usize),
    /// So many bytes of framing, and then nothing more.
    End(usize),
}

/// A body in chunks, as far as it has come.
#[derive(Debug)]
pub(super) struct Chunks {
    place: Place,
    /// Bytes that extensions may still have, in all chunks together.
    spare: usize,
    /// The trailers, which are checked and then forgotten. Nearly no reply has any.
    trailers: Vec<u8>,
    limits: Limits,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the size, of which so many digits have come.
    Size {
        size: u64,
        digits: u8,
    },
    /// After the size, in blanks that nothing may follow but an extension or the line's end. The grammar has them before
    /// an extension only, but there are servers that fill the line with them.
    Blank(u64),
    /// In an extension, which nobody understands and all have to skip.
    Extension(u64),
    /// After the CR of the size's line.
    SizeLf(u64),
    /// In the chunk: so many bytes are still to come.
    Data(u64),
    /// After the chunk.
    DataCr,
    DataLf,
    /// After the last chunk.
    Trailers(End),
}

const NEXT_SIZE: Place = Place::Size { size: 0, digits: 0 };

impl Chunks {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { place: NEXT_SIZE, spare: limits.max_head, trailers: Vec::new(), limits: *limits }
    }

    /// Looks at the next bytes, of which there is at least one; the body may have `room` more.
    pub(super) fn step(&mut self, bytes: &[u8], room: u64) -> Result<Step, FramingError> {
        match self.place {
            Place::Data(left) => {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                let left = left - taken as u64;
                self.place = if left == 0 { Place::DataCr } else { Place::Data(left) };
                Ok(Step::Data(taken))
            }
            Place::Trailers(_) => self.trailers(bytes),
            _ => self.line(bytes, room),
        }
    }

    /// Between the bytes of two chunks.
    fn line(&mut self, bytes: &[u8], room: u64) -> Result<Step, FramingError> {
        for (at, byte) in bytes.iter().enumerate() {
            self.place = match (self.place, byte) {
                (Place::Size { size, digits }, byte) if byte.is_ascii_hexdigit() => {
                    if digits == MOST_DIGITS {
                        return Err(FramingError::BadChunkSize);
                    }
                    let digit = char::from(*byte).to_digit(16).unwrap_or_default();
                    Place::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }
                }
                (Place::Size { digits: 0, .. }, _) => return Err(FramingError::BadChunkSize),
                (Place::Size { size, .. } | Place::Blank(size) | Place::Extension(size), b'\r') => Place::SizeLf(size),
                (Place::Size { size, .. } | Place::Blank(size), b' ' | b'\t') => {
                    self.spend()?;
                    Place::Blank(size)
                }
                (Place::Size { size, .. } | Place::Blank(size), b';') => {
                    self.spend()?;
                    Place::Extension(size)
                }
                // A bare LF would end the line for some readers and not for others.
                (Place::Extension(size), byte) if *byte != b'\n' => {
                    self.spend()?;
                    Place::Extension(size)
                }
                (Place::SizeLf(0), b'\n') => {
                    self.place = Place::Trailers(End::at_line());
                    return Ok(Step::Framing(at + 1));
                }
                (Place::SizeLf(size), b'\n') if size <= room => {
                    self.place = Place::Data(size);
                    return Ok(Step::Framing(at + 1));
                }
                (Place::SizeLf(_), b'\n') => {
                    return Err(FramingError::BodyTooLong { limit: self.limits.max_body });
                }
                (Place::DataCr, b'\r') => Place::DataLf,
                (Place::DataLf, b'\n') => NEXT_SIZE,
                (Place::DataCr | Place::DataLf, _) => return Err(FramingError::BadChunkEnd),
                _ => return Err(FramingError::BadChunkSize),
            };
        }
        Ok(Step::Framing(bytes.len()))
    }

    /// Counts a byte that is neither size nor body: without a bound, a reply could go on for ever and bring nothing.
    fn spend(&mut self) -> Result<(), FramingError> {
        let limit = self.limits.max_head;
        self.spare = self.spare.checked_sub(1).ok_or(FramingError::ExtensionsTooLong { limit })?;
        Ok(())
    }

    fn trailers(&mut self, bytes: &[u8]) -> Result<Step, FramingError> {
        // No trailers, and all of it here.
        if self.trailers.is_empty() && bytes.starts_with(b"\r\n") {
            return Ok(Step::End(2));
        }
        let Place::Trailers(end) = &mut self.place else { return Ok(Step::Framing(0)) };
        let found = end.find(bytes);
        let taken = found.unwrap_or(bytes.len());
        if self.trailers.len() + taken > self.limits.max_head {
            return Err(FramingError::TrailersTooLong { limit: self.limits.max_head });
        }
        self.trailers.extend_from_slice(&bytes[..taken]);
        if found.is_none() {
            return Ok(Step::Framing(taken));
        }
        check_trailers(&self.trailers, self.limits.max_fields)?;
        Ok(Step::End(taken))
    }
}

/// Fields like those of a head, but with every line ended by CR LF.
fn check_trailers(text: &[u8], max_fields: usize) -> Result<(), FramingError> {
    let lines_end_well = text.split_inclusive(|byte| *byte == b'\n').all(|line| line.ends_with(b"\r\n"));
    let mut fields = vec![httparse::EMPTY_HEADER; max_fields];
    match httparse::parse_headers(text, &mut fields) {
        Ok(_) if lines_end_well => Ok(()),
        Err(httparse::Error::TooManyHeaders) => Err(FramingError::TooManyFields { limit: max_fields }),
        _ => Err(FramingError::BadTrailer),
    }
}
