//! What a service says in its header fields about when to come back, and which fields policies ask for besides.

use crate::units::Nanos;

/// What a service said about when to come back; each field is a wait that counts from the reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `grpc-retry-pushback-ms`.
    pub pushback: Option<Pushback>,
    /// `x-amz-retry-after`: milliseconds.
    pub amz_retry_after: Option<Nanos>,
    /// `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
    pub retry_after: Option<Nanos>,
    /// `RateLimit`, or the three fields that came before it, of a limit that has nothing left.
    pub ratelimit: Option<Nanos>,
    /// `X-RateLimit-Reset` of a limit that has nothing left.
    pub x_ratelimit_reset: Option<Nanos>,
    /// Which of the noted header fields the reply had.
    pub noted: Noted,
}

/// What a gRPC server says about retrying (grpc/proposal A6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushback {
    /// Not before that long.
    Wait(Nanos),
    /// Not at all.
    Stop,
}

/// What a reply claims of the limit behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Requests in a window.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: Option<u64>,
    /// When there will be more, from the reply on.
    pub reset: Option<Nanos>,
}

impl Claim {
    /// Whether anything is claimed at all.
    pub fn says_anything(&self) -> bool {
        *self != Self::default()
    }
}

impl Hints {
    /// Whether anything was said about when to come back.
    pub fn says_when(&self) -> bool {
        self.pushback.is_some() || self.asks_to_wait() || self.ratelimit.is_some() || self.x_ratelimit_reset.is_some()
    }

    /// Whether the reply had `Retry-After` or `x-amz-retry-after`, by which a 503 means throttling.
    pub fn asks_to_wait(&self) -> bool {
        self.amz_retry_after.is_some() || self.retry_after.is_some()
    }
}

/// A set of header fields, by their places in a [`NotedHeaders`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted(u16);

impl Noted {
    /// No field.
    pub const NONE: Self = Self(0);

    /// The field that is always noted: Envoy's mark of a refusal by its rate limit filter, which its retry policies look at.
    pub const ENVOY_RATELIMITED: Self = Self(1);

    /// The fields of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the two have a field in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The names of the header fields that the policies of a plan look at, so that a reply says with a few bits which of them it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedHeaders {
    /// Lower case.
    names: Vec<Box<str>>,
}

impl Default for NotedHeaders {
    /// The one that presets look at.
    fn default() -> Self {
        Self { names: vec!["x-envoy-ratelimited".into()] }
    }
}

impl NotedHeaders {
    /// The most names there may be.
    pub const MOST: usize = 16;

    /// The set that has one field; its name joins the others where it is new. `None` where there are too many.
    pub fn note(&mut self, name: &str) -> Option<Noted> {
        let place = self.names.iter().position(|known| known.eq_ignore_ascii_case(name));
        let place = place.or_else(|| {
            (self.names.len() < Self::MOST).then(|| {
                self.names.push(name.to_ascii_lowercase().into());
                self.names.len() - 1
            })
        });
        place.map(|place| Noted(1 << place))
    }

    /// Which of them a reply has.
    pub fn of(&self, has: impl Fn(&str) -> bool) -> Noted {
        let places = self.names.iter().enumerate().filter(|(_, name)| has(name));
        places.fold(Noted::NONE, |noted, (place, _)| noted.union(Noted(1 << place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_says_with_bits_which_fields_it_had() {
        let mut names = NotedHeaders::default();
        let busy = names.note("X-Busy").expect("room");
        assert_eq!(names.note("x-busy"), Some(busy));
        assert_eq!(names.note("X-Envoy-RateLimited"), Some(Noted::ENVOY_RATELIMITED));
        let had = names.of(|name| name == "x-busy");
        assert!(had.meets(busy) && !had.meets(Noted::ENVOY_RATELIMITED) && !Noted::NONE.meets(busy));
    }

    #[test]
    fn more_names_than_bits_are_refused() {
        let mut names = NotedHeaders::default();
        let added = (0..100).filter(|number| names.note(&format!("x-{number}")).is_some()).count();
        assert_eq!(added, NotedHeaders::MOST - 1);
    }
}
