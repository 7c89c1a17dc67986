//! How the front treats connections, whatever the service behind it is.

use std::net::SocketAddr;

use super::request_log::RequestLog;
use crate::units::Nanos;

/// How a front runs.
#[derive(Debug, Default)]
pub struct Settings {
    /// What a client may take of it.
    pub limits: Limits,
    /// How long replies under way may take to end when the server is told to stop.
    pub grace: Nanos,
    /// Where the administrative port listens, if at all.
    pub admin: Option<SocketAddr>,
    /// Where requests are written down, if at all.
    pub request_log: Option<RequestLog>,
}

/// What a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; one more is closed at once.
    pub connections: usize,
    /// From the first byte of a request's head to its last. Slow heads hold connections for nothing.
    pub head_timeout: Nanos,
    /// From the end of the head to the end of the body.
    pub body_timeout: Nanos,
    /// Between two requests of a connection, and before the first. Longer than the 90 seconds after which common clients
    /// drop idle connections, so that it is they who do: a server that closes first may meet a request on its way.
    pub idle_timeout: Nanos,
    /// How long a client may leave a reply unread.
    pub write_timeout: Nanos,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head_timeout: Nanos::from_secs(10),
            body_timeout: Nanos::from_secs(30),
            idle_timeout: Nanos::from_secs(120),
            write_timeout: Nanos::from_secs(60),
        }
    }
}
