//! The service's own error code, and finding it in a failed reply.

use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use super::fields::Fields;

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
    let header = fields.get("x-amzn-errortype");
    header.map(str::to_owned).or_else(|| in_json(body)).or_else(|| in_xml(body)).and_then(|code| tidy(&code))
}

fn in_json(body: &[u8]) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let places = ["/__type", "/code", "/Code", "/error/code", "/error/type"];
    places.iter().find_map(|place| document.pointer(place)?.as_str().map(str::to_owned))
}

fn in_xml(body: &[u8]) -> Option<String> {
    // Cut anywhere, even inside a character: the code stands near the front.
    let text = String::from_utf8_lossy(&body[..body.len().min(4_096)]);
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code.to_owned())
}

/// Without the namespace before it and the address behind it; `None` where nothing is left.
fn tidy(code: &str) -> Option<ErrorCode> {
    let code = code.rsplit('#').next().unwrap_or(code);
    let code = code.split(':').next().unwrap_or(code);
    Some(ErrorCode::new(code)).filter(|code| !code.is_empty())
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
