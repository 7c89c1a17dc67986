//! Signed by other hands, verified by ours.

use http::Request;

use super::*;
use crate::service::OperationKind;

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;

fn verifier(token: Option<&str>, deny: Vec<OperationKind>) -> Verifier {
    let (access_key, secret_key) = (KEY.to_owned(), SECRET.to_owned());
    Verifier::new(vec![Credential { access_key, secret_key, session_token: token.map(str::to_owned), deny }])
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut builder = Request::builder().method(method).uri(uri).header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).expect("a request").into_parts().0
}

fn verify(request: &Parts, body: &str) -> Result<(), ServiceError> {
    verifier(None, vec![]).verify(NOW, Namespace::Meetings, OperationKind::GetMeeting, request, body.as_bytes())
}

#[track_caller]
fn check_refused(result: Result<(), ServiceError>, status: u16, type_name: &str, part: &str) {
    let error = result.expect_err(part);
    assert_eq!((error.status, &*error.type_name), (status, type_name), "{error:?}");
    assert!(error.message.contains(part), "{part}: {error:?}");
    assert!(!error.message.contains(SECRET));
}

#[test]
fn the_signing_key_is_that_of_the_published_example() {
    let key = signing_key(SECRET, "20120215", "us-east-1", "iam");
    assert_eq!(hexadecimal(&key), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

#[test]
fn a_request_without_a_readable_signature_is_told_what_is_missing() {
    let check = |uri: &str, headers: &[(&str, &str)], part: &str| {
        check_refused(verify(&request("GET", uri, headers), ""), 401, "UnauthorizedException", part);
    };
    check("/meetings", &[], "Missing Authentication Token");
    check("/meetings?X-Amz-Signature=00", &[], "Presigned");
    let parts = "Credential=AKIDEXAMPLE/20260102/us-east-1/chime/aws4_request, SignedHeaders=host, Signature=00";
    let good = format!("AWS4-HMAC-SHA256 {parts}");
    check("/meetings", &[("authorization", &good)], "x-amz-date or Date");
    check("/meetings", &[("authorization", &good), ("x-amz-date", "yesterday")], "of the form 2026");
    check("/meetings", &[("authorization", &good), ("date", "yesterday")], "Date must be");
    for bad in ["", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c, Signature=00", parts] {
        check("/meetings", &[("authorization", bad)], "Authorization must be");
    }
    let dated = |authorization: &str, part: &str| {
        check("/meetings", &[("authorization", authorization), ("x-amz-date", "20260102T030405Z")], part);
    };
    dated(&good.replace("AKID", "AKIX"), "access key is not known");
    dated(&good.replace("/chime/", "/s3/"), "the service 'chime', not 's3'");
    dated(&good.replace("20260102", "20260101"), "does not match the day");
    dated(&good.replace("=host", "=x-other"), "The header x-other was signed");
    dated(&good.replace("=host", "=x-amz-date"), "'host' must be among");
    dated(&good, "does not match the signature");
}

#[test]
fn differences_are_found_wherever_they_are() {
    assert!(same(b"", b"") && same(b"abc", b"abc"));
    for (one, other) in [("abc", "abd"), ("abc", "bbc"), ("abc", "ab"), ("", "a")] {
        assert!(!same(one.as_bytes(), other.as_bytes()), "{one} {other}");
    }
}

/// Signed by the signer of AWS's own clients.
#[cfg(feature = "aws")]
mod signed {
    use std::time::{Duration, SystemTime};

    use aws_credential_types::Credentials;
    use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
    use aws_sigv4::sign::v4;

    use super::*;

    /// What the signer is told besides the request.
    #[derive(Clone, Copy)]
    struct By<'a> {
        secret: &'a str,
        token: Option<&'a str>,
        region: &'a str,
        at: i64,
        checksum: bool,
        payload: Option<&'a str>,
    }

    const BY: By<'_> = By { secret: SECRET, token: None, region: "eu-west-1", at: NOW, checksum: false, payload: None };

    fn signed(by: By<'_>, method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Parts {
        let head = request(method, uri, headers);
        let mut settings = SigningSettings::default();
        if by.checksum {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let identity = Credentials::new(KEY, by.secret, by.token.map(str::to_owned), None, "test").into();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(by.at.unsigned_abs());
        let parameters = v4::SigningParams::builder().identity(&identity).region(by.region).name("chime").time(time);
        let parameters = parameters.settings(settings).build().expect("all is given").into();
        let listed = head.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text")));
        let body = match by.payload {
            Some(_) => SignableBody::UnsignedPayload,
            None => SignableBody::Bytes(body.as_bytes()),
        };
        let url = format!("http://127.0.0.1:8080{uri}");
        let signable = SignableRequest::new(method, url, listed, body).expect("signable");
        let (instructions, _) = sign(signable, &parameters).expect("signed").into_parts();
        let mut request = Request::from_parts(head, ());
        instructions.apply_to_request_http1x(&mut request);
        request.into_parts().0
    }

    #[test]
    fn what_the_signer_signs_is_accepted() {
        let targets = [
            "/",
            "/meetings",
            "/meetings/",
            "/console/meetings/a/attendees",
            "/meetings/a%20b/c%2Fd",
            "/meetings/%C3%A9%E2%82%AC",
            "/meetings/a+b=c@d:e",
            "/meetings/./x/../y//z",
            "/meetings/x/..",
            "/meetings?operation=create-attendees",
            "/meetings?b=2&a=1&a=0&B=3",
            "/meetings?next-token=a%2Bb%3D%3D&max-results=",
            "/meetings?flag",
            "/tags?arn=arn%3Aaws%3Achime%3Aus-east-1%3A123456789012%3Ameeting%2Fx",
            "/meetings?name=%C3%A9%20%26&x=a~b",
        ];
        for uri in targets {
            for (method, body) in [("GET", ""), ("POST", "{\"ExternalUserId\": \"Zoë\"}")] {
                assert_eq!(verify(&signed(BY, method, uri, &[], body), body), Ok(()), "{method} {uri}");
            }
        }
        let odd = [("x-spaces", "a   b  c"), ("x-twice", "1"), ("x-twice", "2"), ("x-empty", "")];
        assert_eq!(verify(&signed(BY, "GET", "/meetings", &odd, ""), ""), Ok(()));
        assert_eq!(verify(&signed(By { checksum: true, ..BY }, "POST", "/meetings", &[], "{}"), "{}"), Ok(()));
    }

    #[test]
    fn a_payload_may_be_left_unsigned_and_an_untrue_digest_is_found() {
        let unsigned = By { checksum: true, payload: Some(UNSIGNED), ..BY };
        let request = signed(unsigned, "POST", "/meetings", &[], "{}");
        assert_eq!(verify(&request, "anything"), Ok(()));
        let request = signed(By { checksum: true, ..BY }, "POST", "/meetings", &[], "{}");
        check_refused(verify(&request, "[]"), 401, "UnauthorizedException", "x-amz-content-sha256");
    }

    #[test]
    fn whatever_is_altered_is_found() {
        let check = |change: &dyn Fn(&mut Parts), part: &str| {
            let mut request = signed(BY, "POST", "/meetings?a=1", &[("x-extra", "1")], "{}");
            change(&mut request);
            check_refused(verify(&request, "{}"), 401, "UnauthorizedException", part);
        };
        let mismatch = "does not match the signature";
        check(&|request| request.method = http::Method::PUT, mismatch);
        check(&|request| request.uri = "/meetings?a=2".parse().expect("a path"), mismatch);
        check(&|request| request.uri = "/meeting?a=1".parse().expect("a path"), mismatch);
        check(&|request| drop(request.headers.insert("x-extra", "2".parse().expect("a value"))), mismatch);
        check(&|request| drop(request.headers.insert("host", "other".parse().expect("a value"))), mismatch);
        check(&|request| drop(request.headers.remove("x-extra")), "x-extra was signed");
        let region = |request: &mut Parts| {
            let signed = request.headers["authorization"].to_str().expect("text").replace("eu-west-1", "us-west-2");
            request.headers.insert("authorization", signed.parse().expect("a value"));
        };
        check(&region, mismatch);
        let request = signed(BY, "POST", "/meetings", &[], "{}");
        check_refused(verify(&request, "{ }"), 401, "UnauthorizedException", mismatch);
        let request = signed(By { secret: "other", ..BY }, "POST", "/meetings", &[], "{}");
        check_refused(verify(&request, "{}"), 401, "UnauthorizedException", mismatch);
    }

    #[test]
    fn a_clock_that_is_off_is_told_how_far() {
        let verify_at = |at| verify(&signed(By { at, ..BY }, "GET", "/meetings", &[], ""), "");
        for fine in [NOW - 300, NOW, NOW + 300] {
            assert_eq!(verify_at(fine), Ok(()));
        }
        let early =
            "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)";
        check_refused(verify_at(NOW - 301), 403, "InvalidSignatureException", early);
        let late = "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z";
        check_refused(verify_at(NOW + 301), 403, "InvalidSignatureException", late);
    }

    #[test]
    fn a_temporary_key_needs_its_token() {
        let verify = |known: Option<&str>, sent| {
            let request = signed(By { token: sent, ..BY }, "GET", "/meetings", &[], "");
            verifier(known, vec![]).verify(NOW, Namespace::Meetings, OperationKind::GetMeeting, &request, b"")
        };
        assert_eq!(verify(Some("token"), Some("token")), Ok(()));
        for (known, sent) in [(Some("token"), Some("other")), (Some("token"), None), (None, Some("token"))] {
            check_refused(verify(known, sent), 401, "UnauthorizedException", "security token");
        }
    }

    #[test]
    fn the_older_namespace_has_its_own_error_and_one_region() {
        let verify = |region| {
            let request = signed(By { region, ..BY }, "GET", "/meetings", &[], "");
            verifier(None, vec![]).verify(NOW, Namespace::Legacy, OperationKind::GetMeeting, &request, b"")
        };
        assert_eq!(verify("us-east-1"), Ok(()));
        check_refused(
            verify("eu-west-1"),
            401,
            "UnauthorizedClientException",
            "the region 'us-east-1', not 'eu-west-1'",
        );
    }

    #[test]
    fn a_known_key_may_be_denied_an_operation() {
        let verifier = verifier(None, vec![OperationKind::DeleteMeeting]);
        let verify = |operation| {
            let request = signed(BY, "DELETE", "/meetings/x", &[], "");
            verifier.verify(NOW, Namespace::Meetings, operation, &request, b"")
        };
        assert_eq!(verify(OperationKind::GetMeeting), Ok(()));
        check_refused(verify(OperationKind::DeleteMeeting), 403, "ForbiddenException", "not authorized");
    }

    #[test]
    fn over_http2_the_host_stands_in_the_uri() {
        let mut request = signed(BY, "GET", "/meetings", &[], "");
        request.headers.remove("host");
        request.uri = "http://127.0.0.1:8080/meetings".parse().expect("a URI");
        assert_eq!(verify(&request, ""), Ok(()));
    }
}
