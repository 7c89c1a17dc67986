//! Who a request says it is from: leniently read, never verified.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::service::Identity;

/// The identity behind a request. Without a readable scope the account is the shared anonymous one.
pub(super) fn read(headers: &HeaderMap, peer: SocketAddr) -> Identity<'_> {
    let scope = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(scope);
    Identity {
        account: scope.map(|(account, _)| account),
        region: scope.map(|(_, region)| region),
        client: match peer.ip() {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits() as u64,
        },
        api_key: headers.get("x-api-key").and_then(|value| value.to_str().ok()),
        namespace: None,
    }
}

/// Access key id and region of `Credential=ID/DATE/REGION/SERVICE/aws4_request`.
fn scope(authorization: &str) -> Option<(&str, &str)> {
    let (_, rest) = authorization.split_once("Credential=")?;
    let credential = rest.split([',', ' ']).next()?;
    // From the right: an access key id might hold a slash, the four other parts do not.
    let mut parts = credential.rsplitn(5, '/');
    let terminator = parts.next()?;
    let (_service, region, _date, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    (terminator == "aws4_request" && !account.is_empty() && !region.is_empty()).then_some((account, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_names_account_and_region() {
        let signed =
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/chime/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(scope(signed), Some(("AKIA1", "eu-west-1")));
        assert_eq!(scope(&signed.replace(", ", ",")), Some(("AKIA1", "eu-west-1")));
        for garbled in [
            "",
            "Bearer x",
            "Credential=",
            "Credential=AKIA1/x",
            "Credential=a/b/c/d/e",
            "Credential=/d/r/s/aws4_request",
        ] {
            assert_eq!(scope(garbled), None, "{garbled}");
        }
    }
}
