//! What happened to the wire, read off reqwest's chain of errors.

use std::error::Error;
use std::io;

use super::connections::DnsError;
use crate::api::WireError;
use crate::transport::io_error::kind_of;

/// What an error says of its causes, from the outermost to the innermost; without the address, which the report shows anyway.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(current) = cause {
        let said = current.to_string();
        // Many an error repeats what its cause says.
        if !text.contains(&said) {
            text = if text.is_empty() { said } else { format!("{text}: {said}") };
        }
        cause = current.source();
    }
    text
}

/// The kind of an error: the innermost cause that says something decides.
pub(super) fn classify(error: &reqwest::Error) -> WireError {
    let mut found = None;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        found = kind(current).or(found);
        // What lies beneath a resolver's error is the system's code for it, which says less.
        cause = current.source().filter(|_| found != Some(WireError::Dns));
    }
    found.unwrap_or_else(|| match () {
        () if error.is_timeout() && error.is_connect() => WireError::ConnectTimeout,
        () if error.is_timeout() => WireError::Timeout,
        () if error.is_decode() || error.is_body() => WireError::Protocol,
        () => WireError::Other,
    })
}

fn kind(error: &(dyn Error + 'static)) -> Option<WireError> {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return if error.is_incomplete_message() {
            Some(WireError::Closed)
        } else if error.is_parse() || error.is_parse_too_large() {
            Some(WireError::Protocol)
        } else if error.is_canceled() || error.is_closed() {
            Some(WireError::Closed)
        } else {
            None
        };
    }
    if error.is::<DnsError>() {
        return Some(WireError::Dns);
    }
    if error.is::<rustls::Error>() {
        return Some(WireError::Tls);
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return kind_of(error);
    }
    None
}
