//! Finding the address in what a server prints.
//!
//! The first `http://…` or `https://…` of a line is taken, or else the first `host:port`. A bare host has to look like one: an IP
//! address, `localhost`, `*`, or nothing before the colon, because times of day and places in source files are full of words with
//! colons and numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The text without colours and control characters.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' && characters.next_if_eq(&'[').is_some() {
            // A sequence of the terminal ends with a letter.
            while characters.next().is_some_and(|next| !next.is_ascii_alphabetic()) {}
        } else if !character.is_control() || character == '\t' {
            plain.push(character);
        }
    }
    plain
}

/// The address in a line, if there is one.
pub(super) fn find(line: &str) -> Option<Url> {
    with_scheme(line).or_else(|| line.split(is_between).find_map(bare))
}

fn is_between(character: char) -> bool {
    character.is_whitespace() || "\"'`,;(){}<>=|".contains(character)
}

fn with_scheme(line: &str) -> Option<Url> {
    let starts = line.match_indices("http").map(|(at, _)| &line[at..]);
    let mut written = starts.filter(|rest| rest.starts_with("http://") || rest.starts_with("https://"));
    written.find_map(|rest| {
        let end = rest.find(is_between).unwrap_or(rest.len());
        let mut url = Url::parse(rest[..end].trim_end_matches(['.', ':', '!'])).ok()?;
        url.host()?;
        // What a base address has no use for.
        url.set_query(None);
        url.set_fragment(None);
        let _ = url.set_username("");
        let _ = url.set_password(None);
        reachable(url)
    })
}

/// `host:port` without a scheme.
fn bare(word: &str) -> Option<Url> {
    let word = word.trim_end_matches(['.', '!']);
    let (host, port) = word.rsplit_once(':')?;
    let port: u16 = port.parse().ok().filter(|&port| port > 0)?;
    let host = match host {
        "" | "*" => IpAddr::V4(Ipv4Addr::UNSPECIFIED).to_string(),
        "localhost" => host.to_owned(),
        // What Node and others write for the unspecified address.
        "::" => "[::]".to_owned(),
        _ if host.parse::<Ipv4Addr>().is_ok() => host.to_owned(),
        _ => {
            host.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?;
            host.to_owned()
        }
    };
    reachable(Url::parse(&format!("http://{host}:{port}")).ok()?)
}

/// A server that listens on every address of the machine is asked on its loopback.
fn reachable(mut url: Url) -> Option<Url> {
    let loopback = match url.host()? {
        Host::Ipv4(address) if address.is_unspecified() => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        Host::Ipv6(address) if address.is_unspecified() => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        _ => None,
    };
    if let Some(loopback) = loopback {
        url.set_ip_host(loopback).ok()?;
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_as_servers_write_it() {
        for (line, url) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", "http://127.0.0.1:8000/"),
            ("INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)", "http://127.0.0.1:8000/"),
            (r#"{"time":"10:11:12","msg":"listening","addr":"[::]:9090"}"#, "http://[::1]:9090/"),
            ("2026/11/22 10:11:12 main.go:42: listening on :8080", "http://127.0.0.1:8080/"),
            ("addr=localhost:3000 level=info", "http://localhost:3000/"),
            ("  Local:   \u{1b}[36mhttp://localhost:\u{1b}[1m5173\u{1b}[22m/\u{1b}[39m", "http://localhost:5173/"),
            ("listening on :::3000.", "http://[::1]:3000/"),
            ("up at https://user:secret@[::1]:8443/api?x=1#top.", "https://[::1]:8443/api"),
            ("127.0.0.1:1 before http://127.0.0.1:2", "http://127.0.0.1:2/"),
        ] {
            assert_eq!(find(&plain(line)).map(String::from).as_deref(), Some(url), "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_an_address_is_none() {
        for line in [
            "",
            "10:11:12 ready",
            "main.rs:42",
            "a:b",
            "127.0.0.1:0",
            "127.0.0.1:99999",
            "http://",
            "fe80::1",
            "[x]:80",
        ] {
            assert_eq!(find(line), None, "{line}");
        }
    }
}
