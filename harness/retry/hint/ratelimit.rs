//! `RateLimit` as draft-ietf-httpapi-ratelimit-headers has it (revision 11 of 2026-05-23): a list of RFC 9651 whose members are the
//! names of limits, with `r` for what is left and `t` for the seconds until there is more.

use crate::units::Nanos;

/// Reads it as a wait: the longest `t` of the limits that have nothing left, since all of them have to be waited for. A limit with
/// something left says nothing about this refusal. `None` where no limit says when, or where the field is malformed: the draft has
/// receivers ignore all of it then.
pub fn parse_ratelimit(value: &str) -> Option<Nanos> {
    let mut rest = Rest(value.trim());
    let mut longest = None;
    loop {
        let limit = rest.member()?;
        if limit.remaining? == 0
            && let Some(seconds) = limit.seconds
        {
            longest = longest.max(Some(Nanos::from_secs(seconds)));
        }
        if rest.0.is_empty() {
            return longest;
        }
        rest.separator()?;
    }
}

/// What a limit says of itself.
#[derive(Clone, Copy, Debug, Default)]
struct Limit {
    /// `r`, without which a member is malformed.
    remaining: Option<u64>,
    /// `t`.
    seconds: Option<u64>,
}

/// What is left to read. Nothing is kept of it but numbers, so that reading allocates nothing.
struct Rest<'a>(&'a str);

/// A bare item, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    /// A whole number of at most fifteen digits, not negative.
    Whole(u64),
    /// A string, or a token, which earlier revisions had for a name.
    Name,
    /// Anything else that RFC 9651 allows.
    Other,
}

impl<'a> Rest<'a> {
    /// A name with its parameters.
    fn member(&mut self) -> Option<Limit> {
        if self.item()? != Item::Name {
            return None;
        }
        let mut limit = Limit::default();
        while self.skip(';') {
            self.spaces();
            let key = self.key()?;
            let value = if self.skip('=') { self.item()? } else { Item::Other };
            // Parameters that nobody knows are comments; those that matter must be whole numbers.
            match (key, value) {
                ("r", Item::Whole(remaining)) => limit.remaining = Some(remaining),
                ("t", Item::Whole(seconds)) => limit.seconds = Some(seconds),
                ("r" | "t", _) => return None,
                _ => {}
            }
        }
        Some(limit)
    }

    /// A comma with space around it and a member behind it.
    fn separator(&mut self) -> Option<()> {
        self.0 = self.0.trim_start_matches([' ', '\t']);
        let found = self.skip(',');
        self.0 = self.0.trim_start_matches([' ', '\t']);
        (found && !self.0.is_empty()).then_some(())
    }

    fn item(&mut self) -> Option<Item> {
        match self.0.bytes().next()? {
            b'"' => self.string(),
            b'-' | b'0'..=b'9' => self.number(),
            b':' => self.closed_by(':', |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)),
            b'?' => {
                let (flag, rest) = self.0.split_at_checked(2)?;
                self.0 = rest;
                matches!(flag, "?0" | "?1").then_some(Item::Other)
            }
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => {
                self.take(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte));
                Some(Item::Name)
            }
            // Dates, display strings and inner lists have no place in this field.
            _ => None,
        }
    }

    fn string(&mut self) -> Option<Item> {
        let mut bytes = self.0.bytes().enumerate().skip(1);
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.0 = &self.0[at + 1..];
                    return Some(Item::Name);
                }
                b'\\' => {
                    bytes.next().filter(|(_, byte)| matches!(byte, b'"' | b'\\'))?;
                }
                b' '..=b'~' => {}
                _ => return None,
            }
        }
        None
    }

    fn number(&mut self) -> Option<Item> {
        let negative = self.skip('-');
        let digits = self.take(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits.len() > 15 {
            return None;
        }
        if self.skip('.') {
            let fraction = self.take(|byte| byte.is_ascii_digit());
            return (digits.len() <= 12 && matches!(fraction.len(), 1..=3)).then_some(Item::Other);
        }
        Some(if negative { Item::Other } else { Item::Whole(digits.parse().ok()?) })
    }

    fn closed_by(&mut self, close: char, allowed: impl Fn(u8) -> bool) -> Option<Item> {
        self.0 = &self.0[1..];
        self.take(allowed);
        self.skip(close).then_some(Item::Other)
    }

    fn key(&mut self) -> Option<&'a str> {
        self.0.starts_with(|first: char| first.is_ascii_lowercase() || first == '*').then_some(())?;
        Some(self.take(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)))
    }

    /// The bytes that are allowed, all of them ASCII.
    fn take(&mut self, allowed: impl Fn(u8) -> bool) -> &'a str {
        let end = self.0.bytes().position(|byte| !allowed(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn skip(&mut self, one: char) -> bool {
        let rest = self.0.strip_prefix(one);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn spaces(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }
}
