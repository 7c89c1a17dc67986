//! Headers as curl takes them: `Name: value`.

use http::{HeaderName, HeaderValue};

use super::desk::Desk;

/// The flag that faults point at.
const FLAG: &str = "--header";

/// What the transport says of itself; a second word on it would break the framing.
const OURS: [&str; 2] = ["content-length", "transfer-encoding"];

/// Parts of names whose headers prove who sends them.
const SECRET: [&str; 7] = ["auth", "cookie", "token", "secret", "password", "api-key", "apikey"];

/// The headers of a line.
#[derive(Debug, Default)]
pub(super) struct Headers {
    /// Those that belong to the request; they may hold templates.
    pub(super) request: Vec<(String, String)>,
    /// Those that prove who sends it, with variables in the place of what was typed.
    pub(super) secret: Vec<(String, String)>,
}

impl Headers {
    /// Whether a header was given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.request.iter().chain(&self.secret).any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// Reads the headers.
pub(super) fn read(typed: &[String], desk: &mut Desk) -> Headers {
    let mut joined: Vec<(String, String)> = Vec::new();
    for (index, header) in typed.iter().enumerate() {
        let Some((name, value)) = header.split_once(':') else {
            let message = format!("header number {} has no colon", index + 1);
            desk.fault(FLAG, message, "write `-H 'Name: value'`");
            continue;
        };
        let (name, value) = (name.trim(), value.trim());
        if check(name, value, desk) {
            // Two of one name say the same as one with both values (RFC 9110, section 5.3); cookies have a rule of their own.
            let separator = if name.eq_ignore_ascii_case("cookie") { "; " } else { ", " };
            match joined.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, known)) => *known = format!("{known}{separator}{value}"),
                None => joined.push((name.to_owned(), value.to_owned())),
            }
        }
    }
    let mut headers = Headers::default();
    for (name, value) in joined {
        if !is_secret(&name) {
            desk.check_template(FLAG, &value);
            headers.request.push((name, value));
        } else if value.contains("${env:") {
            headers.secret.push((name, value));
        } else {
            let value = hidden(&name, &value, desk);
            headers.secret.push((name, value));
        }
    }
    headers
}

fn check(name: &str, value: &str, desk: &mut Desk) -> bool {
    if HeaderName::try_from(name).is_err() {
        desk.fault(FLAG, "this is no name of a header", "write `-H 'Name: value'`, the name without spaces");
    } else if HeaderValue::try_from(value).is_err() {
        desk.fault(FLAG, format!("the value of `{name}` has a control character in it"), "a header is one line");
    } else if OURS.contains(&name.to_ascii_lowercase().as_str()) {
        desk.fault(FLAG, format!("`{name}` follows from the body"), "leave it out; it is set for each request");
    } else {
        return true;
    }
    false
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// The value with what is secret of it taken out: of `Bearer abc` the second word.
fn hidden(name: &str, value: &str, desk: &mut Desk) -> String {
    match value.split_once(' ') {
        Some((scheme, credentials)) if name.to_ascii_lowercase().ends_with("authorization") => {
            format!("{scheme} {}", desk.hide(name, credentials.trim_start()))
        }
        _ => desk.hide(name, value),
    }
}
