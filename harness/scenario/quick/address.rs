//! A URL as people type it, taken apart into what a scenario says: the target, the path, the query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::desk::Desk;

/// The flag that faults point at.
const FLAG: &str = "URL";

/// What a request writes as `%XX` in the values of a query: all but the unreserved characters of RFC 3986, section 2.3.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A URL in parts.
#[derive(Debug)]
pub(super) struct Address {
    /// Scheme, host and port.
    pub(super) origin: String,
    /// The path, percent-encoded, with a parameter in braces for each hole; with the query where that is no plain list of
    /// names and values.
    pub(super) path: String,
    /// What fills the parameters of the path.
    pub(super) parameters: Vec<(String, String)>,
    /// The query as names and values, decoded.
    pub(super) query: Vec<(String, String)>,
    /// The user and the password, decoded; the password as the file may say it.
    pub(super) login: Option<(String, String)>,
    /// The address without the login, for people.
    pub(super) shown: String,
}

/// Reads a URL. Where it cannot be read, that is reported.
pub(super) fn read(typed: &str, desk: &mut Desk) -> Option<Address> {
    const HELP: &str = "write it as `http://127.0.0.1:8080/things?x=1`";
    let (marked, holes) = mark_holes(typed.trim(), desk)?;
    let url = match Url::parse(&with_scheme(&marked)) {
        Ok(url) => url,
        Err(error) => {
            desk.fault(FLAG, format!("this is no URL: {error}"), HELP);
            return None;
        }
    };
    if !matches!(url.scheme(), "http" | "https") {
        desk.fault(FLAG, format!("the scheme `{}` is neither http nor https", url.scheme()), HELP);
        return None;
    }
    if holes.iter().any(|hole| url.host_str().is_some_and(|host| host.contains(&hole.mark))) {
        desk.fault(FLAG, "the host cannot be a template", "write the host out: each run has one target");
        return None;
    }
    let mut address = Address {
        origin: url.origin().ascii_serialization(),
        path: url.path().to_owned(),
        parameters: Vec::new(),
        query: Vec::new(),
        login: login(&url, &holes, desk),
        shown: String::new(),
    };
    if let Some(query) = url.query() {
        // Parameters of a path stand in braces; a brace of the query's own is written as it is sent anyway.
        let query = query.replace('{', "%7B").replace('}', "%7D");
        match pairs(&query, &holes) {
            Some(pairs) => address.query = pairs,
            None => address.path = format!("{}?{query}", address.path),
        }
    }
    address.shown = match url.query() {
        Some(query) => unmark(&format!("{}{}?{query}", address.origin, url.path()), &holes),
        None => unmark(&format!("{}{}", address.origin, url.path()), &holes),
    };
    for hole in &holes {
        if !address.path.contains(&hole.mark) {
            continue;
        }
        let name = format!("part{}", address.parameters.len() + 1);
        address.path = address.path.replace(&hole.mark, &format!("{{{name}}}"));
        address.parameters.push((name, hole.text.clone()));
    }
    Some(address)
}

/// A part of the URL that is filled in later: `{{ … }}` or `${env:…}`.
struct HoleText {
    text: String,
    /// What stands in its place while the URL is parsed: letters and digits, which no part of a URL changes.
    mark: String,
}

/// Puts a mark in the place of each hole, for the parser of URLs would take their braces apart.
fn mark_holes(typed: &str, desk: &mut Desk) -> Option<(String, Vec<HoleText>)> {
    let (mut marked, mut holes, mut rest) = (String::new(), Vec::<HoleText>::new(), typed);
    // A text of n characters cannot hold n + 1 different seeds.
    let mut seeds = (0..=typed.len()).map(|n| format!("hole{n}x"));
    let seed = seeds.find(|seed| !typed.contains(seed.as_str())).unwrap_or_default();
    while let Some(at) = [rest.find("{{"), rest.find("${env:")].into_iter().flatten().min() {
        let (before, hole) = rest.split_at(at);
        let end = if hole.starts_with("{{") { "}}" } else { "}" };
        let Some(length) = hole.find(end).map(|at| at + end.len()) else {
            desk.fault(FLAG, format!("a `{}` is not closed", &hole[..2]), format!("close it with `{end}`"));
            return None;
        };
        let text = &hole[..length];
        desk.check_template(FLAG, text);
        let mark = format!("{seed}{}x", holes.len());
        marked.push_str(before);
        marked.push_str(&mark);
        holes.push(HoleText { text: text.to_owned(), mark });
        rest = &hole[length..];
    }
    marked.push_str(rest);
    Some((marked, holes))
}

fn unmark(text: &str, holes: &[HoleText]) -> String {
    holes.iter().fold(text.to_owned(), |text, hole| text.replace(&hole.mark, &hole.text))
}

/// `localhost:8080/x` means http, as it does to curl.
fn with_scheme(typed: &str) -> String {
    let scheme = typed.split_once("://").map(|(scheme, _)| scheme);
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    match scheme {
        Some(scheme) if is_scheme(scheme) => typed.to_owned(),
        _ => format!("http://{typed}"),
    }
}

fn login(url: &Url, holes: &[HoleText], desk: &mut Desk) -> Option<(String, String)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| unmark(&percent_decode_str(text).decode_utf8_lossy(), holes);
    let password = decoded(url.password().unwrap_or_default());
    let password = if password.contains("${env:") { password } else { desk.hide("url password", &password) };
    Some((decoded(url.username()), password))
}

/// The query as names and values, where that says the very same bytes.
fn pairs(query: &str, holes: &[HoleText]) -> Option<Vec<(String, String)>> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let same = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8().ok()?.into_owned();
        (utf8_percent_encode(&decoded, ENCODED).to_string() == text).then_some(decoded)
    };
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (same(name)?, same(value)?);
        let plain =
            !value.contains("{{") && !value.contains("${env:") && !holes.iter().any(|hole| name.contains(&hole.mark));
        if !plain || matches!(name.as_str(), "" | "<<") || pairs.iter().any(|(known, _)| *known == name) {
            return None;
        }
        pairs.push((name, unmark(&value, holes)));
    }
    Some(pairs)
}
