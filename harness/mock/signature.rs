//! Whether a request was signed by whom it says: AWS Signature Version 4, verified from the request as it came.
//!
//! The steps and their names are those of "Create a signed AWS API request" in the IAM user guide. The path is encoded
//! once more than it was sent, as all services but S3 have it.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, DATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};
use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use super::namespace;
use crate::service::config::Credential;
use crate::service::{Namespace, OperationKind, ServiceError};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The signing name of both namespaces.
const SERVICE: &str = "chime";
/// The region in whose name the older namespace is always signed.
const LEGACY_REGION: &str = "us-east-1";
/// How far the client's clock may be off, in seconds.
const TOLERANCE: i64 = 300;
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// How dates are written in a signature.
const FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// Knows the keys.
#[derive(Debug)]
pub(super) struct Verifier {
    credentials: Vec<Credential>,
}

/// What a signature was made with, as the request says it.
struct Claim<'a> {
    access_key: &'a str,
    day: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl Verifier {
    pub(super) fn new(credentials: Vec<Credential>) -> Self {
        Self { credentials }
    }

    /// Checks a request whose body is at hand. `now` is in seconds since 1970.
    pub(super) fn verify(
        &self,
        now: i64,
        namespace: Namespace,
        operation: OperationKind,
        request: &Parts,
        body: &[u8],
    ) -> Result<(), ServiceError> {
        let refuse = |message: String| unauthorized(namespace, message);
        let claim = Claim::read(request).map_err(|reason| refuse(reason.to_owned()))?;
        let known = self.credentials.iter().find(|credential| credential.access_key == claim.access_key);
        let Some(credential) = known else {
            return Err(refuse(
                "The security token included in the request is invalid: its access key is not known".into(),
            ));
        };
        if claim.service != SERVICE {
            return Err(refuse(format!(
                "Credential should be scoped to the service '{SERVICE}', not '{}'",
                claim.service
            )));
        }
        if namespace == Namespace::Legacy && claim.region != LEGACY_REGION {
            let region = claim.region;
            return Err(refuse(format!("Credential should be scoped to the region '{LEGACY_REGION}', not '{region}'")));
        }
        let (date, seconds) = date(&request.headers).map_err(|reason| refuse(reason.to_owned()))?;
        if !date.starts_with(claim.day) {
            return Err(refuse(format!("Date in Credential scope ({}) does not match the day of {date}", claim.day)));
        }
        skew(now, &date, seconds)?;
        let token = request.headers.get("x-amz-security-token").map_or(&b""[..], HeaderValue::as_bytes);
        if !same(token, credential.session_token.as_deref().unwrap_or_default().as_bytes()) {
            return Err(refuse("The security token included in the request is invalid".into()));
        }
        let payload = payload(&request.headers, body)
            .ok_or_else(|| refuse("The body does not have the digest that x-amz-content-sha256 names".into()))?;
        let canonical = canonical_request(request, &claim, &payload).map_err(refuse)?;
        let scope = format!("{}/{}/{}/aws4_request", claim.day, claim.region, claim.service);
        let to_sign = format!("{ALGORITHM}\n{date}\n{scope}\n{}", hexadecimal(&Sha256::digest(&canonical)));
        let key = signing_key(&credential.secret_key, claim.day, claim.region, claim.service);
        if !same(hexadecimal(&hmac(&key, to_sign.as_bytes())).as_bytes(), claim.signature.as_bytes()) {
            return Err(refuse(
                "The request signature we calculated does not match the signature you provided. \
                 Check the secret access key and the signing method"
                    .into(),
            ));
        }
        if credential.deny.contains(&operation) {
            let message = format!("{} is not authorized to perform chime:{operation}", claim.access_key);
            return Err(ServiceError::new(403, "ForbiddenException", message));
        }
        Ok(())
    }
}

fn unauthorized(namespace: Namespace, message: String) -> ServiceError {
    let type_name = match namespace {
        Namespace::Meetings => "UnauthorizedException",
        Namespace::Legacy => "UnauthorizedClientException",
    };
    ServiceError::new(401, type_name, message)
}

impl<'a> Claim<'a> {
    fn read(request: &'a Parts) -> Result<Self, &'static str> {
        let Some(value) = request.headers.get(AUTHORIZATION) else {
            return Err(if request.uri.query().is_some_and(|query| query.contains("X-Amz-Signature=")) {
                "Presigned requests are not served: put the signature into the header Authorization"
            } else {
                "Missing Authentication Token: this service serves signed requests alone"
            });
        };
        Self::parse(value.to_str().unwrap_or_default())
            .ok_or("Authorization must be `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`")
    }

    fn parse(text: &'a str) -> Option<Self> {
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for part in text.strip_prefix(ALGORITHM)?.trim_start().split(',') {
            match part.trim().split_once('=')? {
                ("Credential", value) => credential = Some(value),
                ("SignedHeaders", value) => signed_headers = Some(value),
                ("Signature", value) => signature = Some(value),
                _ => return None,
            }
        }
        // From the right: an access key id might hold a slash, the four other parts do not.
        let mut scope = credential?.rsplitn(5, '/');
        let terminator = scope.next()?;
        let (service, region, day, access_key) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        (terminator == "aws4_request" && day.len() == 8).then_some(Self {
            access_key,
            day,
            region,
            service,
            signed_headers: signed_headers?,
            signature: signature?,
        })
    }
}

/// When the request says it was signed: as a signature writes it, and in seconds since 1970.
fn date(headers: &HeaderMap) -> Result<(String, i64), &'static str> {
    if let Some(date) = headers.get("x-amz-date") {
        let date = date.to_str().unwrap_or_default();
        let seconds = strtime::parse(FORMAT, date).and_then(|parsed| parsed.to_datetime()).ok();
        let seconds =
            seconds.and_then(|moment| moment.to_zoned(TimeZone::UTC).ok()).map(|moment| moment.timestamp().as_second());
        return Ok((date.to_owned(), seconds.ok_or("x-amz-date must be of the form 20261122T040506Z")?));
    }
    let date = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .ok_or("x-amz-date or Date must say when it was signed")?;
    let moment =
        httpdate::parse_http_date(date).map_err(|_| "Date must be of the form Sun, 22 Nov 2026 04:05:06 GMT")?;
    let moment = Timestamp::try_from(moment).map_err(|_| "Date must lie between the years 1970 and 9999")?;
    Ok((moment.strftime(FORMAT).to_string(), moment.as_second()))
}

/// Says how far a clock is off in the words of AWS, whose clients set theirs by the header Date of this answer.
fn skew(now: i64, date: &str, seconds: i64) -> Result<(), ServiceError> {
    let text =
        |seconds| Timestamp::from_second(seconds).map(|moment| moment.strftime(FORMAT).to_string()).unwrap_or_default();
    let message = if seconds < now - TOLERANCE {
        format!("Signature expired: {date} is now earlier than {} ({} - 5 min.)", text(now - TOLERANCE), text(now))
    } else if seconds > now + TOLERANCE {
        format!(
            "Signature not yet current: {date} is still later than {} ({} + 5 min.)",
            text(now + TOLERANCE),
            text(now)
        )
    } else {
        return Ok(());
    };
    // Not in the service's model, but what stands before every AWS service says it, and clients know it as a wrong clock.
    Err(ServiceError::new(403, "InvalidSignatureException", message))
}

/// The digest of the body as the canonical request names it; nothing where the header lies.
fn payload(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let claimed = headers.get("x-amz-content-sha256").map(|value| value.to_str().unwrap_or_default());
    if claimed == Some(UNSIGNED) {
        return Some(UNSIGNED.to_owned());
    }
    let digest = hexadecimal(&Sha256::digest(body));
    claimed.is_none_or(|claimed| claimed == digest).then_some(digest)
}

fn canonical_request(request: &Parts, claim: &Claim<'_>, payload: &str) -> Result<Vec<u8>, String> {
    let mut canonical =
        format!("{}\n{}\n{}\n", request.method, canonical_path(&request.uri), canonical_query(&request.uri))
            .into_bytes();
    let mut host_is_signed = false;
    for name in claim.signed_headers.split(';') {
        canonical.extend_from_slice(name.as_bytes());
        canonical.push(b':');
        let mut values = request.headers.get_all(name).iter().map(HeaderValue::as_bytes).peekable();
        if name == "host" {
            host_is_signed = true;
            let host = namespace::host(&request.uri, &request.headers).ok_or("The request names no host")?;
            canonical.extend_from_slice(host.as_bytes());
        } else if values.peek().is_none() {
            return Err(format!("The header {name} was signed, but the request does not have it"));
        } else {
            for (index, value) in values.enumerate() {
                if index > 0 {
                    canonical.push(b',');
                }
                collapse(value, &mut canonical);
            }
        }
        canonical.push(b'\n');
    }
    if !host_is_signed {
        return Err("'host' must be among the signed headers".to_owned());
    }
    canonical.extend_from_slice(format!("\n{}\n{payload}", claim.signed_headers).as_bytes());
    Ok(canonical)
}

/// Adds a header's value without spaces around it, and with one in place of several.
fn collapse(value: &[u8], out: &mut Vec<u8>) {
    let mut words = value.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    out.extend_from_slice(words.next().unwrap_or_default());
    for word in words {
        out.push(b' ');
        out.extend_from_slice(word);
    }
}

/// The path as it was sent, without empty and dotted segments, encoded once more.
fn canonical_path(uri: &Uri) -> String {
    let path = uri.path();
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let mut canonical = String::new();
    for segment in &segments {
        canonical.push('/');
        encode(segment.as_bytes(), &mut canonical);
    }
    let ends_in_slash = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    if segments.is_empty() || ends_in_slash {
        canonical.push('/');
    }
    canonical
}

/// The query in the one way of writing it, sorted.
fn canonical_query(uri: &Uri) -> String {
    let encoded = |text: &str| {
        let mut out = String::new();
        encode(text.as_bytes(), &mut out);
        out
    };
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut pairs: Vec<(String, String)> = pairs.map(|(key, value)| (encoded(&key), encoded(&value))).collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join("&")
}

fn encode(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn signing_key(secret: &str, day: &str, region: &str, service: &str) -> [u8; 32] {
    let of_day = hmac(format!("AWS4{secret}").as_bytes(), day.as_bytes());
    [region, service, "aws4_request"].iter().fold(of_day, |key, part| hmac(&key, part.as_bytes()))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares without telling by its time where the difference is.
fn same(one: &[u8], other: &[u8]) -> bool {
    let differences = one.iter().zip(other).fold(0, |found, (a, b)| found | (a ^ b));
    one.len() == other.len() && std::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests;
