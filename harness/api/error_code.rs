//! Finding the service's own error code in a failed reply.

use http::HeaderMap;
use serde_json::Value;

/// The longest code that is kept; real ones are far shorter, and a hostile server must not fill the memory.
const LONGEST: usize = 80;

/// The error code of a failed reply: header `x-amzn-errortype` (up to `:`), JSON `__type` (after `#`), `code`, `Code`,
/// `error.code`, `error.type`, or XML `<Code>`, in this order.
pub fn find_error_code(headers: &HeaderMap, body: &[u8]) -> Option<Box<str>> {
    let header = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
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

fn tidy(code: &str) -> Option<Box<str>> {
    let code = code.rsplit('#').next().unwrap_or(code);
    let code = code.split(':').next().unwrap_or(code).trim();
    let code: String = code.chars().filter(char::is_ascii_graphic).take(LONGEST).collect();
    (!code.is_empty()).then(|| code.into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
