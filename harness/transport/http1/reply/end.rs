//! Where a section of fields ends: after its first empty line.

/// Looks for an empty line in bytes that come piece by piece, each byte once. A line ends with LF; CR LF and LF alone are
/// both empty lines, as for the parser that reads the section afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Within a line that is not empty.
    InLine,
    /// At a line's beginning.
    AtLine,
    /// After the CR with which a line begins.
    AfterCr,
}

impl End {
    /// For a head, which begins with a line that must not be empty.
    pub(super) const fn in_line() -> Self {
        Self::InLine
    }

    /// For trailers, of which there may be none.
    pub(super) const fn at_line() -> Self {
        Self::AtLine
    }

    /// The place after the empty line; `None` where it is yet to come.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            match (*self, bytes[at]) {
                (Self::InLine, _) => {
                    at += bytes[at..].iter().position(|byte| *byte == b'\n')?;
                    *self = Self::AtLine;
                }
                (Self::AtLine | Self::AfterCr, b'\n') => return Some(at + 1),
                (Self::AtLine, b'\r') => *self = Self::AfterCr,
                (Self::AtLine | Self::AfterCr, _) => *self = Self::InLine,
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(start: End, text: &[u8], expected: Option<usize>) {
        let mut end = start;
        assert_eq!(end.find(text), expected, "{text:?}");
        let mut end = start;
        let each = text.iter().position(|byte| end.find(&[*byte]).is_some());
        assert_eq!(each.map(|last| last + 1), expected, "{text:?}, byte by byte");
    }

    #[test]
    fn the_first_empty_line_is_the_end() {
        check(End::in_line(), b"a\r\nb\r\n\r\nc\r\n\r\n", Some(8));
        check(End::in_line(), b"a\nb\n\nc", Some(5));
        check(End::in_line(), b"a\r\n\nb", Some(4));
        check(End::at_line(), b"\r\n", Some(2));
        check(End::at_line(), b"a: b\r\n\r\n", Some(8));
    }

    #[test]
    fn a_cr_by_itself_ends_nothing() {
        check(End::in_line(), b"a\r\r\r\n", None);
        check(End::in_line(), b"a\r\n\rb\r\n\r\n", Some(9));
        check(End::in_line(), b"\r\n", None);
    }
}
