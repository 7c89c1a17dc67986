//! What happens to a wire, in a word and with what to do about it.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What happens to a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WireError {
    /// The name has no address.
    Dns,
    /// Nobody listens.
    Refused,
    /// The connection was not made in time.
    ConnectTimeout,
    /// The certificate or the handshake is wrong.
    Tls,
    /// The connection was reset.
    Reset,
    /// The connection was closed before the reply was whole.
    Closed,
    /// What came is not HTTP, or contradicts itself.
    Protocol,
    /// The body is longer than allowed.
    TooLarge,
    /// The body is not JSON where a value is needed from it, or names an item that was not sent.
    BadBody,
    /// The attempt's own timeout passed; said by the lane.
    Timeout,
    /// The process or the machine has no file descriptor left.
    Descriptors,
    /// The machine has no local port left for another connection to that address.
    Ports,
    /// The machine has no memory or buffers left.
    LocalLimit,
    /// Anything else.
    Other,
}

impl WireError {
    /// All of them, in the order of their indices.
    pub const ALL: [Self; 14] = [
        Self::Dns,
        Self::Refused,
        Self::ConnectTimeout,
        Self::Tls,
        Self::Reset,
        Self::Closed,
        Self::Protocol,
        Self::TooLarge,
        Self::BadBody,
        Self::Timeout,
        Self::Descriptors,
        Self::Ports,
        Self::LocalLimit,
        Self::Other,
    ];

    /// The word for it in reports, journals and expressions.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::ConnectTimeout => "connect_timeout",
            Self::Tls => "tls",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::Protocol => "protocol",
            Self::TooLarge => "too_large",
            Self::BadBody => "bad_body",
            Self::Timeout => "timeout",
            Self::Descriptors => "descriptors",
            Self::Ports => "ports",
            Self::LocalLimit => "local_limit",
            Self::Other => "other",
        }
    }

    /// What it means and what to do about it, in a sentence.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Dns => {
                "the target's name has no address: see that it is spelt right and that this machine can resolve names"
            }
            Self::Refused => "nobody listens at that address and port: start the target, or correct the address",
            Self::ConnectTimeout => {
                "no connection was made within `transport.connect_timeout`: a firewall swallows the requests to connect, or \
                 the target's listen backlog is full"
            }
            Self::Tls => {
                "the certificate or the handshake was refused: compare the certificate's names, dates and issuer with the \
                 target's name and with the authorities that this machine trusts"
            }
            Self::Reset => {
                "the target, or something before it, broke the connection off: look there for crashes, restarts and limits \
                 of connections"
            }
            Self::Closed => {
                "the connection was closed before the reply was whole: look at the target's timeouts for idle connections \
                 and for requests"
            }
            Self::Protocol => {
                "what came is not valid HTTP, or contradicts itself: see that this port speaks HTTP, and neither TLS nor \
                 another version"
            }
            Self::TooLarge => {
                "the body is longer than allowed: raise `transport.max_body` where such replies are meant"
            }
            Self::BadBody => {
                "the body does not hold what the scenario reads from it: compare its captures, batches and paging with a \
                 real reply"
            }
            Self::Timeout => {
                "no whole reply came within the policy's `attempt_timeout`: the target is too slow, or the timeout too short"
            }
            Self::Descriptors => {
                "this process or machine has as many files and sockets open as it may: raise the limit (`ulimit -n`) or \
                 lower `transport.connections`"
            }
            Self::Ports => {
                "no local port was free for another connection to this target, because a closed connection keeps its port for \
                 a minute: keep connections alive, or widen net.ipv4.ip_local_port_range"
            }
            Self::LocalLimit => {
                "this machine had no memory or buffers for it: lower `transport.connections`, or use a larger machine"
            }
            Self::Other => "none of the known kinds: the example is what the system said",
        }
    }

    /// Whether the generator's machine failed, and not the target or the way to it.
    pub fn is_local(self) -> bool {
        matches!(self, Self::Descriptors | Self::Ports | Self::LocalLimit)
    }
}

impl Serialize for WireError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for WireError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = Self::ALL.into_iter().find(|error| error.word() == word);
        known.ok_or_else(|| D::Error::custom("no word for what happens to a wire"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_error_has_its_index_its_word_and_its_advice() {
        let mut words = BTreeSet::new();
        let mut advice = BTreeSet::new();
        for (index, error) in WireError::ALL.into_iter().enumerate() {
            assert_eq!(error as usize, index);
            assert!(words.insert(error.word()) && advice.insert(error.advice()), "{error:?} says what another says");
            assert!(!error.advice().ends_with('.'), "it is a clause, which whoever shows it ends");
            let written = serde_json::to_string(&error).expect("writes");
            assert_eq!(serde_json::from_str::<WireError>(&written).expect("reads"), error);
        }
        assert!(serde_json::from_str::<WireError>("\"nonsense\"").is_err());
    }
}
