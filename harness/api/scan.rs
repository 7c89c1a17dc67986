//! Stepping through JSON text (RFC 8259) without building anything of it.
//!
//! serde's own way of ignoring a value keeps a stack on the heap; this one keeps none, and gives the text of each value, so that
//! what is wanted can be read from it. It is held to `serde_json` by the properties of [`super::path_tree`].

use memchr::memchr2;

/// How deep arrays and objects may be nested: as deep as `serde_json` lets them.
const DEEPEST: u32 = 127;

/// The text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson;

/// A place in a JSON text.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    /// Whether there is no control character in it, not even a line's end: nearly every service sends its JSON so.
    is_calm: bool,
}

/// A JSON text between its quotes, as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'a>(&'a str);

impl Quoted<'_> {
    /// Gives what it stands for.
    pub(super) fn read<T>(self, read: impl FnOnce(&str) -> T) -> T {
        if self.0.contains('\\') {
            // Half a surrogate pair is the one thing that stands for nothing.
            read(&serde_json::from_str::<String>(&format!("\"{}\"", self.0)).unwrap_or_default())
        } else {
            read(self.0)
        }
    }
}

impl<'a> Scan<'a> {
    /// The begin of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, is_calm: text.bytes().fold(u8::MAX, u8::min) >= 0x20 }
    }

    /// Steps over a value, and gives its text.
    pub(super) fn value(&mut self) -> Result<&'a str, NotJson> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'{' | b'[') => self.nested()?,
            first => self.single(first)?,
        }
        Ok(&self.text[start..self.at])
    }

    /// Steps over a text, a number or a word.
    fn single(&mut self, first: Option<u8>) -> Result<(), NotJson> {
        match first {
            Some(b'"') => self.quoted().map(drop),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(_) => self.number(),
            None => Err(NotJson),
        }
    }

    /// Steps over an array or an object with all that is in it.
    ///
    /// Most bytes of a reply are stepped over here, so there is no call for each value: what is open is kept as bits, of which
    /// a number has enough for the deepest text that is read.
    fn nested(&mut self) -> Result<(), NotJson> {
        // One bit for each that is open, the innermost last: 1 for an object.
        let (mut open, mut depth) = (0_u128, 0);
        loop {
            // A value begins here.
            let first = self.peek();
            let is_object = first == Some(b'{');
            let mut is_over = true;
            if is_object || first == Some(b'[') {
                self.at += 1;
                (open, depth) = (open << 1 | u128::from(is_object), depth + 1);
                if self.depth + depth > DEEPEST {
                    return Err(NotJson);
                }
                is_over = self.peek() == Some(if is_object { b'}' } else { b']' });
                if !is_over && is_object {
                    self.name()?;
                }
            } else {
                self.single(first)?;
            }
            // A value is over: close what ends with it, up to the next one.
            while is_over {
                let is_object = open & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        is_over = false;
                        if is_object {
                            self.name()?;
                        }
                    }
                    Some(byte) if byte == if is_object { b'}' } else { b']' } => {
                        self.at += 1;
                        (open, depth) = (open >> 1, depth - 1);
                        if depth == 0 {
                            return Ok(());
                        }
                    }
                    _ => return Err(NotJson),
                }
            }
        }
    }

    /// Steps over a member's name and the colon behind it.
    fn name(&mut self) -> Result<(), NotJson> {
        self.quoted()?;
        self.eat(b':')
    }

    /// Whether the next value is an object.
    pub(super) fn is_object(&mut self) -> bool {
        self.peek() == Some(b'{')
    }

    /// Whether the next value is an array.
    pub(super) fn is_array(&mut self) -> bool {
        self.peek() == Some(b'[')
    }

    /// Whether the next value is a text.
    pub(super) fn is_text(&mut self) -> bool {
        self.peek() == Some(b'"')
    }

    /// Steps through an object. `each` is given the name of every member, and has to step over its value.
    pub(super) fn members<E: From<NotJson>>(
        &mut self,
        mut each: impl FnMut(&mut Self, Quoted<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.list(b'{', b'}', |scan, _| {
            let name = scan.quoted()?;
            scan.eat(b':')?;
            each(scan, name)
        })
    }

    /// Steps through an array. `each` is given the index of every item, and has to step over it.
    pub(super) fn items<E: From<NotJson>>(
        &mut self,
        each: impl FnMut(&mut Self, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        self.list(b'[', b']', each)
    }

    fn list<E: From<NotJson>>(
        &mut self,
        open: u8,
        close: u8,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        self.eat(open)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(NotJson.into());
        }
        if self.peek() != Some(close) {
            for index in 0.. {
                each(self, index)?;
                if self.peek() == Some(close) {
                    break;
                }
                self.eat(b',')?;
            }
        }
        self.depth -= 1;
        Ok(self.eat(close)?)
    }

    /// Steps over a text.
    pub(super) fn quoted(&mut self) -> Result<Quoted<'a>, NotJson> {
        self.eat(b'"')?;
        let (bytes, start) = (self.text.as_bytes(), self.at);
        loop {
            let rest = &bytes[self.at..];
            // The fast search does not see control characters, so they are looked for once and for all.
            self.at += if self.is_calm { memchr2(b'"', b'\\', rest).ok_or(NotJson)? } else { plain_bytes(rest) };
            match self.next()? {
                b'"' => return Ok(Quoted(&self.text[start..self.at - 1])),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            if !self.next()?.is_ascii_hexdigit() {
                                return Err(NotJson);
                            }
                        }
                    }
                    _ => return Err(NotJson),
                },
                // A control character.
                _ => return Err(NotJson),
            }
        }
    }

    fn number(&mut self) -> Result<(), NotJson> {
        self.skip(b"-");
        if self.skip(b"0") == 0 {
            self.digits()?;
        }
        if self.skip(b".") > 0 {
            self.digits()?;
        }
        if self.skip(b"eE") > 0 {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), NotJson> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count > 0 { Ok(()) } else { Err(NotJson) }
    }

    /// Steps over one of some bytes, if it is there; gives how many there were.
    fn skip(&mut self, any: &[u8]) -> usize {
        let there = self.text.as_bytes().get(self.at).is_some_and(|byte| any.contains(byte));
        self.at += usize::from(there);
        usize::from(there)
    }

    fn word(&mut self, word: &str) -> Result<(), NotJson> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(NotJson);
        }
        self.at += word.len();
        Ok(())
    }

    /// Steps over white space; the next byte.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn next(&mut self) -> Result<u8, NotJson> {
        let byte = self.text.as_bytes().get(self.at).ok_or(NotJson)?;
        self.at += 1;
        Ok(*byte)
    }

    fn eat(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.peek() != Some(byte) {
            return Err(NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), NotJson> {
        if self.peek().is_none() { Ok(()) } else { Err(NotJson) }
    }
}

/// How many bytes at the front of a text stand for themselves: neither quote, backslash nor control character. Eight are looked at
/// together, by the usual tricks with carries (Warren, "Hacker's Delight", section 6-1); the byte that ends it is then found singly.
fn plain_bytes(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS != 0;
    let (words, _) = bytes.as_chunks::<8>();
    let special = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS != 0;
        control || has_zero(word ^ (ONES * u64::from(b'"'))) || has_zero(word ^ (ONES * u64::from(b'\\')))
    };
    let start = 8 * words.iter().position(special).unwrap_or(words.len());
    let rest = bytes[start..].iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'));
    rest.map_or(bytes.len(), |at| start + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn check(text: &str) {
        let mut scan = Scan::new(text);
        let read = scan.value().and_then(|value| scan.end().map(|()| value.len()));
        let expected = serde_json::from_str::<Value>(text).map(|_| text.trim().len()).map_err(|_| NotJson);
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn the_grammar_is_that_of_json() {
        let numbers = ["0", "-0", "01", "-", "1.", ".5", "1.5", "1e5", "1E+05", "1e", "1e-", "+1", "0x1", "1 2", "-a"];
        let texts =
            [r#""""#, r#""\u00e9\/\b""#, r#""\u00g0""#, r#""\x""#, "\"\t\"", "\"a", "\"é\u{7f}\"", "\"\\\"", "'a'"];
        let lists = ["[]", "[ ]", "[1]", "[1,]", "[,]", "[1 2]", "[1,[2, []]]", "[", "]", "[}", "[1"];
        let objects =
            ["{}", r#"{"a":1}"#, r#"{"a" : {"b":[]} , "c":null}"#, r#"{"a":1,}"#, "{a:1}", r#"{"a"}"#, r#"{"a":}"#];
        let words = ["true", "false", "null", "nul", "nulll", "True", "", " ", " true\r\n\t", "\u{feff}1", "\u{b}1"];
        [&numbers[..], &texts, &lists, &objects, &words].into_iter().flatten().for_each(|text| check(text));
        for depth in [126, 127, 128, 100_000] {
            check(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        }
    }

    #[test]
    fn long_texts_end_where_they_end() {
        for length in 0..40 {
            for special in ["\"", "\\\"", "\u{1f}", "é\"", "\\"] {
                check(&format!("\"{}{special}\"", "x".repeat(length)));
                check(&format!("\"{}{special}é~ \u{7f}xxxxxxxxxx\"", "é".repeat(length)));
            }
        }
    }
}
