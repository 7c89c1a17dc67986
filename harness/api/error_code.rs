//! The service's own error code, and finding it in a failed reply.

use std::fmt;
use std::ops::Deref;

use super::fields::Fields;
use super::scan::{NotJson, Scan};

/// The longest code that is kept, in characters; real ones are far shorter, and a hostile server must not fill the memory.
const LONGEST: usize = 80;

/// A service's error code: visible ASCII, at most 80 characters, kept in place.
///
/// Services that throttle answer with a code a thousand times a second, and none of them is worth an allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ErrorCode {
    length: u8,
    /// Zero behind `length`.
    bytes: [u8; LONGEST],
}

impl ErrorCode {
    /// The visible ASCII characters of a text, as many as fit.
    pub fn new(text: &str) -> Self {
        let mut code = Self { length: 0, bytes: [0; LONGEST] };
        for (place, byte) in code.bytes.iter_mut().zip(text.bytes().filter(u8::is_ascii_graphic)) {
            *place = byte;
            code.length += 1;
        }
        code
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // All of it is ASCII, so it is text.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Deref for ErrorCode {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The error code of a failed reply: header `x-amzn-errortype` (up to `:`), JSON `__type` (after `#`), `code`, `Code`,
/// `error.code`, `error.type`, or XML `<Code>`, in this order.
pub fn find_error_code(fields: &dyn Fields, body: &[u8]) -> Option<ErrorCode> {
    let header = fields.get("x-amzn-errortype").map(tidy);
    header.or_else(|| in_json(body)).or_else(|| in_xml(body)).filter(|code| !code.is_empty())
}

fn in_json(body: &[u8]) -> Option<ErrorCode> {
    // The outer ones, then those in `error`. Of members of one name the last counts, as everywhere else.
    let (mut outer, mut inner) = ([None; 3], [None; 2]);
    let mut scan = Scan::new(std::str::from_utf8(body).ok()?);
    let read = scan.members(|scan, name| match name.read(place_of(&["__type", "code", "Code", "error"])) {
        Some(3) => {
            inner = [None; 2];
            if !scan.is_object() {
                return scan.value().map(drop);
            }
            scan.members(|scan, name| keep_code(scan, name.read(place_of(&["code", "type"])), &mut inner))
        }
        place => keep_code(scan, place, &mut outer),
    });
    read.and_then(|()| scan.end()).ok()?;
    outer.into_iter().chain(inner).flatten().next()
}

fn place_of(names: &[&str]) -> impl FnOnce(&str) -> Option<usize> {
    move |name| names.iter().position(|known| *known == name)
}

/// Steps over a value; a text that stands in a place of codes is kept there.
fn keep_code(scan: &mut Scan<'_>, place: Option<usize>, codes: &mut [Option<ErrorCode>]) -> Result<(), NotJson> {
    match place {
        Some(place) if scan.is_text() => codes[place] = Some(scan.quoted()?.read(tidy)),
        Some(place) => {
            codes[place] = None;
            scan.value()?;
        }
        None => drop(scan.value()?),
    }
    Ok(())
}

fn in_xml(body: &[u8]) -> Option<ErrorCode> {
    // Cut anywhere, even inside a character: the code stands near the front.
    let front = &body[..body.len().min(4_096)];
    let (_, rest) = split_once(front, b"<Code>")?;
    let (code, _) = split_once(rest, b"</Code>")?;
    Some(tidy(&String::from_utf8_lossy(code)))
}

fn split_once<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

/// Without the namespace before it and the address behind it.
fn tidy(code: &str) -> ErrorCode {
    let code = code.rsplit('#').next().unwrap_or(code);
    ErrorCode::new(code.split(':').next().unwrap_or(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn check(header: Option<&str>, body: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert("x-amzn-errortype", value.parse().expect("a header value"));
        }
        assert_eq!(find_error_code(&headers, body.as_bytes()).as_deref(), expected, "{header:?} {body}");
    }

    #[test]
    fn every_place_is_looked_at_in_order() {
        check(Some("ThrottlingException:http://x"), r#"{"Code":"Throttling"}"#, Some("ThrottlingException"));
        check(None, r#"{"__type":"com.amazon#SlowDown"}"#, Some("SlowDown"));
        check(None, r#"{"Code":"Throttling"}"#, Some("Throttling"));
        check(None, r#"{"error":{"type":"rate_limit"}}"#, Some("rate_limit"));
        check(None, "<Error><Code>SlowDown</Code></Error>", Some("SlowDown"));
        let long = format!("<Error><Code>SlowDown</Code><Message>x{}</Message></Error>", "é".repeat(4_096));
        check(None, &long, Some("SlowDown"));
        check(None, r#"{"error":{"code":7,"type":"rate_limit"},"code":null,"Code":["x"]}"#, Some("rate_limit"));
        check(None, r#"{"code":"a","code":"b"}"#, Some("b"));
        check(None, r#"{"error":{"code":"a"},"error":{"type":"b"}}"#, Some("b"));
        check(None, r#"{"message":{"code":"a"}}"#, None);
        check(None, r#"{"code":"a"} {}"#, None);
        check(None, "\"code\"", None);
        check(None, "<html>busy</html>", None);
        check(None, "", None);
    }

    #[test]
    fn a_hostile_code_is_cut_and_cleaned() {
        let code = format!("\u{1b}[31m{}", "x".repeat(1_000));
        let found = find_error_code(&HeaderMap::new(), serde_json::json!({ "code": code }).to_string().as_bytes());
        let found = found.expect("a code");
        assert!(found.len() <= LONGEST && found.chars().all(|c| c.is_ascii_graphic()));
    }
}
