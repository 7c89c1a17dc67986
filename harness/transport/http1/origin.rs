//! The target, as a connection sees it: its name, its addresses, its TLS.

use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, Error as TlsError};
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::{Host, Url};

use super::stream::Tls;

/// Where connections go.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// The host's name or address, as resolvers take it.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<Tls>,
}

impl Origin {
    /// The origin of a URL whose scheme is `http` or `https`.
    pub(super) fn new(url: &Url) -> Result<Self, TlsError> {
        let host = match url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        };
        let tls = (url.scheme() == "https").then(|| tls(&host)).transpose()?;
        Ok(Self { host, port: url.port_or_known_default().unwrap_or(80), tls })
    }
}

fn tls(host: &str) -> Result<Tls, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(host.to_owned()).map_err(|error| TlsError::General(error.to_string()))?;
    Ok(Tls { config: Arc::new(config), name })
}
