//! The examples of AWS's own documentation: the keys, the times, the requests and the signatures are theirs.

use super::*;
use crate::plan::{KeySource, Keys};

/// What the general reference signs with.
const GENERAL: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
/// What the pages of S3 sign with.
const S3: (&str, &str) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

fn signer(service: &str, (access_key, secret_key): (&str, &str), session_token: Option<&str>) -> Signer {
    let keys = Keys {
        access_key: access_key.to_owned(),
        secret_key: secret_key.to_owned(),
        session_token: session_token.map(str::to_owned),
    };
    let keys = KeySource::Given(keys);
    let signing = Signing { service: service.to_owned(), region: "us-east-1".to_owned(), keys };
    Signer::new(&KeyRing::open(&signing).expect("keys are given"), &signing)
}

fn request<'a>(method: &'a str, url: &'a str, fields: &'a [(&'a str, &'a str)], body: &'a str) -> Unsigned<'a> {
    Unsigned { method, url, fields, body: body.as_bytes() }
}

fn value<'a>(fields: &'a [(&str, String)], name: &str) -> &'a str {
    &fields.iter().find(|(known, _)| *known == name).expect("the field is there").1
}

/// Signs at an RFC 3339 time and compares the end of `Authorization`.
fn check(signer: &Signer, request: &Unsigned<'_>, at: &str, signed: &str, signature: &str) {
    let now = WallClock::parse(at).expect("a time").system_time();
    let added = signer.sign_at(request, now).expect("it can be signed");
    let authorization = value(&added, "authorization");
    let end = format!("SignedHeaders={signed}, Signature={signature}");
    assert!(authorization.ends_with(&end), "{authorization}\n{end}");
    assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="), "{authorization}");
}

#[test]
fn the_example_of_the_general_reference() {
    let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    check(
        &signer("iam", GENERAL, None),
        &request("GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", &form, ""),
        "2015-08-30T12:36:00Z",
        "content-type;host;x-amz-date",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
}

#[test]
fn requests_of_the_test_suite() {
    let check_suite = |method, url, signature| {
        check(
            &signer("service", GENERAL, None),
            &request(method, url, &[], ""),
            "2015-08-30T12:36:00Z",
            "host;x-amz-date",
            signature,
        );
    };
    let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    check_suite("GET", "https://example.amazonaws.com/", vanilla);
    // The default port is not named in `Host`.
    check_suite("GET", "https://example.amazonaws.com:443/", vanilla);
    let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
    check_suite("POST", "https://example.amazonaws.com/", post);
    let query = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    check_suite("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", query);
}

#[test]
fn the_examples_of_s3() {
    let check_s3 = |request, signed, signature| {
        check(&signer("s3", S3, None), &request, "2013-05-24T00:00:00Z", signed, signature);
    };
    check_s3(
        request("GET", "https://examplebucket.s3.amazonaws.com/test.txt", &[("range", "bytes=0-9")], ""),
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    check_s3(
        request("GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", &[], ""),
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
    let headers = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
    check_s3(
        request("PUT", "https://examplebucket.s3.amazonaws.com/test%24file.text", &headers, "Welcome to Amazon S3."),
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    );
}

#[test]
fn a_session_token_is_sent_and_signed() {
    let request = request("GET", "https://example.amazonaws.com/", &[], "");
    let now = WallClock::parse("2015-08-30T12:36:00Z").expect("a time").system_time();
    let signer = signer("service", GENERAL, Some("token/with+signs=="));
    let added = signer.sign_at(&request, now).expect("it can be signed");
    assert_eq!(value(&added, "x-amz-security-token"), "token/with+signs==");
    let authorization = value(&added, "authorization");
    assert!(authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token"), "{authorization}");
}

#[test]
fn a_corrected_clock_dates_what_follows() {
    let signer = signer("service", GENERAL, None);
    let there = httpdate::fmt_http_date(WallClock::now().system_time() + Duration::from_secs(3_600));
    assert!(signer.correct(0, 403, Some("RequestTimeTooSkewed"), Some(&there)));
    let late = request("GET", "https://example.amazonaws.com/", &[], "");
    let offset = signer.sign(&late).expect("it can be signed").offset;
    assert!((3_598..=3_600).contains(&offset), "{offset}");
    assert!(!signer.correct(offset, 403, Some("RequestTimeTooSkewed"), Some(&there)), "once is enough");
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let signer = signer("service", GENERAL, Some("a-session-token"));
    let shown = format!("{signer:?}");
    assert!(!shown.contains(GENERAL.1) && !shown.contains("a-session-token"), "{shown}");
}
