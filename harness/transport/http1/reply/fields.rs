//! What the fields of a head say of the body's end and of the connection.

use httparse::Header;

use super::FramingError;
use crate::units::Nanos;

/// The fields that matter to framing, gathered in one walk.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// What all `Content-Length` say together. What is wrong with them counts only where the reply may have a body.
    pub(super) length: Option<Result<u64, FramingError>>,
    /// Whether a transfer coding was named, and whether it is `chunked` and nothing else.
    pub(super) coding: Option<Result<(), FramingError>>,
    /// `Connection: close`.
    pub(super) close: bool,
    /// `Connection: keep-alive`.
    pub(super) keep_alive: bool,
    /// `Keep-Alive: timeout=`, in whole seconds on the wire.
    pub(super) idle_timeout: Option<Nanos>,
    /// `Keep-Alive: max=`: how many further requests the server will take.
    pub(super) max_requests: Option<u32>,
}

impl Facts {
    pub(super) fn gather(fields: &[Header<'_>]) -> Self {
        let mut facts = Self::default();
        for field in fields {
            // The length tells nearly every other field apart at once.
            match field.name.len() {
                10 if field.name.eq_ignore_ascii_case("connection") => facts.connection(field.value),
                10 if field.name.eq_ignore_ascii_case("keep-alive") => facts.keep_alive(field.value),
                14 if field.name.eq_ignore_ascii_case("content-length") => facts.length(field.value),
                17 if field.name.eq_ignore_ascii_case("transfer-encoding") => facts.coding(field.value),
                _ => {}
            }
        }
        facts
    }

    /// A list of equal lengths counts as one (section 6.3, rule 5); proxies merge repeated fields to such lists.
    fn length(&mut self, value: &[u8]) {
        for item in list(value) {
            let item = decimal(item).ok_or(FramingError::BadLength);
            self.length = Some(match (self.length, item) {
                (Some(Err(error)), _) | (_, Err(error)) => Err(error),
                (Some(Ok(one)), Ok(other)) if one != other => Err(FramingError::ConflictingLengths),
                (_, length) => length,
            });
        }
    }

    /// Codings are applied in the order of the list. We announce none with `TE`, so only `chunked` may come (section 7.4),
    /// and only once (section 6.1).
    fn coding(&mut self, value: &[u8]) {
        for item in list(value) {
            let is_first = self.coding.is_none();
            let known = is_first && item.eq_ignore_ascii_case(b"chunked");
            self.coding = Some(known.then_some(()).ok_or(FramingError::UnknownCoding));
        }
    }

    fn connection(&mut self, value: &[u8]) {
        for item in list(value) {
            self.close |= item.eq_ignore_ascii_case(b"close");
            self.keep_alive |= item.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    /// A hint, and no part of RFC 9112: what cannot be read is left out.
    fn keep_alive(&mut self, value: &[u8]) {
        for item in list(value) {
            let Some(equals) = item.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = (item[..equals].trim_ascii(), item[equals + 1..].trim_ascii());
            let Some(number) = decimal(value) else { continue };
            if name.eq_ignore_ascii_case(b"timeout") {
                self.idle_timeout = Some(Nanos::from_secs(number));
            } else if name.eq_ignore_ascii_case(b"max") {
                self.max_requests = Some(u32::try_from(number).unwrap_or(u32::MAX));
            }
        }
    }
}

/// The items of a list, an empty field's one empty item among them: an empty length is as wrong as any other.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

/// Digits and nothing else: no sign, no space, no other base.
fn decimal(text: &[u8]) -> Option<u64> {
    let digit = |number: u64, byte: &u8| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    };
    if text.is_empty() { None } else { text.iter().try_fold(0, digit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_digits_and_nothing_else() {
        assert_eq!(decimal(b"0"), Some(0));
        assert_eq!(decimal(b"0042"), Some(42));
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        for bad in ["", "18446744073709551616", "+5", "-1", "0x10", "1 0", "1.0", "1e3", "\u{ff15}"] {
            assert_eq!(decimal(bad.as_bytes()), None, "{bad}");
        }
    }
}
