//! The next page by a `Link` header.

use super::cursor::Cursor;
use super::fields::Fields;
use super::wants::ReadError;

/// The target of `rel="next"` in the `Link` headers (RFC 8288), as path and query.
pub(super) fn next_link(fields: &dyn Fields, authority: &str) -> Result<Option<Cursor>, ReadError> {
    let mut found = Ok(None);
    fields.each("link", &mut |link| {
        if let (Ok(None), Some(target)) = (&found, next_target(link)) {
            found = same_host(target, authority).map(|target| Some(Cursor::Link(target.into())));
        }
    });
    found
}

/// The target of `rel="next"` in one `Link` header.
fn next_target(link: &str) -> Option<&str> {
    let mut rest = link;
    while let Some((target, parameters)) = rest.split_once('<').and_then(|(_, after)| after.split_once('>')) {
        let end = parameters.find('<').unwrap_or(parameters.len());
        let is_next = parameters[..end].split([';', ',']).any(|parameter| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"').split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(target);
        }
        rest = parameters;
    }
    None
}

fn same_host<'a>(target: &'a str, authority: &str) -> Result<&'a str, ReadError> {
    let absolute = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    match absolute {
        None if target.starts_with('/') && !target.starts_with("//") => Ok(target),
        None => Err(ReadError::ForeignLink),
        Some(rest) => {
            let path = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(path);
            if host.eq_ignore_ascii_case(authority) && path.starts_with('/') {
                Ok(path)
            } else {
                Err(ReadError::ForeignLink)
            }
        }
    }
}
