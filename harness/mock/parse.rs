//! From bytes to JSON. What the JSON says is the service's own business.

use crate::service::ServiceError;
use crate::service::attendees::json::Json;

/// Reads a body into the JSON object that it has to be. serde_json refuses more than 128 levels.
///
/// # Errors
/// 400 for anything that is not a JSON object in UTF-8 with each member once.
pub(super) fn object(body: &[u8]) -> Result<Json<'_>, ServiceError> {
    match serde_json::from_slice(body) {
        Ok(object @ Json::Object(_)) => Ok(object),
        Ok(_) => Err(ServiceError::bad_request("The body must be a JSON object")),
        Err(fault) => Err(ServiceError::bad_request(format!("The body is not valid JSON: {fault}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_object_is_refused() {
        let check = |body: &[u8], part: &str| {
            let error = object(body).expect_err(part);
            assert!(error.status == 400 && error.message.contains(part), "{error:?}");
        };
        check(b"", "not valid JSON");
        check(b"{", "not valid JSON");
        check(b"{} {}", "not valid JSON");
        check(b"[]", "must be a JSON object");
        check(b"null", "must be a JSON object");
        check(b"{\"a\": \"\xff\"}", "not valid JSON");
        check(b"\xef\xbb\xbf{}", "not valid JSON");
        check(br#"{"a": "\ud800"}"#, "not valid JSON");
        check(br#"{"a": 1, "a": 2}"#, "`a` appears twice");
        check(format!("{{\"a\": {}", "[".repeat(100_000)).as_bytes(), "recursion limit");
    }
}
