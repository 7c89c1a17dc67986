//! Where the load goes, and how it gets there.

use std::num::NonZeroU32;

use url::Url;

use super::signing::Signing;
use crate::units::Nanos;

/// Where the load goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The embedded service, over real sockets, at an address of its own choosing unless told otherwise.
    Mock {
        /// The address to bind; loopback, port 0 for any.
        listen: std::net::SocketAddr,
    },
    /// A service that is already there. Scheme `http` or `https`; its path is put before that of each request.
    Url(Url),
}

/// How requests get to the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the scenario, and no two hang together")]
pub struct TransportPlan {
    /// The version of HTTP.
    pub version: HttpVersion,
    /// Who speaks it.
    pub client: WireClient,
    /// How many lanes are asked for; `None` for as many as the load needs.
    pub lanes: Option<NonZeroU32>,
    /// The most requests in flight in the whole run; with HTTP/1.1 also the most connections.
    pub connections: Connections,
    /// How long making a connection may take.
    pub connect_timeout: Nanos,
    /// Whether redirects are followed. Off, because a followed redirect hides a request from the measurement.
    pub redirects: bool,
    /// Whether the proxy of the environment is used. Off, because a proxy is measured along.
    pub proxy: bool,
    /// Whether compressed replies are asked for and unpacked. Off, because unpacking costs the generator.
    pub decompress: bool,
    /// The longest body that is read, in bytes.
    pub max_body: u64,
    /// Whether every attempt says which it is, in the headers `amz-sdk-invocation-id` and `amz-sdk-request`, as AWS's SDKs do.
    pub sdk_headers: bool,
    /// How requests are signed, where they are.
    pub signing: Option<Signing>,
}

/// How many connections a run may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connections {
    /// As many as it takes: one more wherever all are in use, as a growing crowd would have it. A target that stalls is met
    /// by all that arrives, and not by as much as some pool lets through.
    AsNeeded,
    /// At most so many, at least 1; whoever finds all of them in use waits for one, and the wait is counted.
    AtMost(u32),
}

impl Connections {
    /// Where even a growing number ends. Beyond it a machine runs out of local ports sooner than a run of use to anyone
    /// would end.
    const END_OF_GROWTH: u32 = 10_000;

    /// The most of them.
    pub fn most(self) -> u32 {
        match self {
            Self::AsNeeded => Self::END_OF_GROWTH,
            Self::AtMost(most) => most,
        }
    }
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2; in clear text with prior knowledge, over TLS by ALPN.
    Http2,
}

/// Who speaks HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireClient {
    /// Our own client wherever it can do what is asked for, reqwest elsewhere.
    #[default]
    Auto,
    /// reqwest, whatever is asked for.
    Reqwest,
}

impl Default for TransportPlan {
    fn default() -> Self {
        Self {
            version: HttpVersion::Http1,
            client: WireClient::Auto,
            lanes: None,
            connections: Connections::AsNeeded,
            connect_timeout: Nanos::from_secs(5),
            redirects: false,
            proxy: false,
            decompress: false,
            max_body: 16 << 20,
            sdk_headers: false,
            signing: None,
        }
    }
}
