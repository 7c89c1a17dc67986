//! What bounds a run, and what forbids it.

use url::Host;
use wildmatch::WildMatch;

use super::Target;
use crate::units::Nanos;

/// What bounds a run. Reaching a cap ends it normally, marked as capped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// The most attempts that are sent while measuring.
    pub max_requests: u64,
    /// The longest that arrivals go on, from the first one.
    pub max_duration: Nanos,
}

impl Default for Caps {
    /// A million requests and an hour: nobody's mistake costs more than that.
    fn default() -> Self {
        Self { max_requests: 1_000_000, max_duration: Nanos::from_secs(3_600) }
    }
}

/// Why nothing may be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the target `{host}` is not this machine, and nobody allowed it; if you may load it, add `--allow-host {host}` or put it into `safety.allow_hosts`"
)]
pub struct Refusal {
    /// The host.
    pub host: String,
}

impl Refusal {
    /// Why nothing may be sent to a target, if so: only this machine is free to load, and what one of the patterns allows.
    pub fn of(target: &Target, allowed: &[String]) -> Option<Self> {
        let Target::Url(url) = target else { return None };
        let loopback = match url.host()? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let host = url.host_str()?;
        let named = allowed.iter().any(|pattern| WildMatch::new(&pattern.to_lowercase()).matches(host));
        (!loopback && !named).then(|| Self { host: host.to_owned() })
    }
}
