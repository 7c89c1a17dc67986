//! Which of the two interfaces a request means: told by its base path or its host, and by nothing else that clients send.

use http::header::HOST;
use http::{HeaderMap, Uri};

use crate::service::Namespace;

/// The base path under which samples of the older interface put everything.
const CONSOLE: &str = "/console";

/// The namespace, where the request tells, and the path without the base path.
pub(super) fn of<'a>(uri: &'a Uri, headers: &HeaderMap) -> (Option<Namespace>, &'a str) {
    let path = uri.path();
    match path.strip_prefix(CONSOLE) {
        Some("") => (Some(Namespace::Legacy), "/"),
        Some(rest) if rest.starts_with('/') => (Some(Namespace::Legacy), rest),
        _ => (host(uri, headers).and_then(of_host), path),
    }
}

/// The host as the client wrote it: in HTTP/2 it stands in the URI.
pub(super) fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST)?.to_str().ok(),
    }
}

fn of_host(host: &str) -> Option<Namespace> {
    let name = host.rsplit_once(':').map_or(host, |(name, _port)| name).to_ascii_lowercase();
    let amazon = name.ends_with(".amazonaws.com") || name.ends_with(".api.aws");
    match name.split('.').next() {
        Some("chime") if amazon => Some(Namespace::Legacy),
        Some("meetings-chime" | "meetings-chime-fips") => Some(Namespace::Meetings),
        _ if name == "service.chime.aws.amazon.com" => Some(Namespace::Legacy),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_path_and_host_tell_the_namespace() {
        let check = |uri: &str, host: &str, namespace, path: &str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().expect(host))]);
            assert_eq!(of(&uri.parse().expect(uri), &headers), (namespace, path), "{uri} at {host}");
        };
        let (meetings, legacy) = (Some(Namespace::Meetings), Some(Namespace::Legacy));
        check("/console/meetings?a=b", "localhost", legacy, "/meetings");
        check("/console", "localhost", legacy, "/");
        check("/consoles/meetings", "localhost:80", None, "/consoles/meetings");
        check("/console/meetings", "meetings-chime.eu-west-1.amazonaws.com", legacy, "/meetings");
        check("/meetings", "service.chime.aws.amazon.com", legacy, "/meetings");
        check("/meetings", "Chime.us-east-1.amazonaws.com:443", legacy, "/meetings");
        check("/meetings", "meetings-chime.us-east-1.amazonaws.com", meetings, "/meetings");
        check("/meetings", "meetings-chime-fips.us-east-1.api.aws", meetings, "/meetings");
        check("/meetings", "chime.example.com", None, "/meetings");
        check("/meetings", "127.0.0.1:8080", None, "/meetings");
        check("/meetings", "[::1]:8080", None, "/meetings");
        check("http://service.chime.aws.amazon.com/meetings", "localhost", legacy, "/meetings");
    }
}
