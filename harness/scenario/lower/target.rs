//! Where the load goes, how, and whether it may.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use url::{Host, Url};
use wildmatch::WildMatch;

use super::not_yet;
use crate::api::Template;
use crate::plan::{ClientLimit, HttpVersion, RateLimits, Refusal, Target, TransportPlan};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::target::{Auth, Safety, Transport};
use crate::scenario::{Loaded, Node};
use crate::units::Rate;

/// Any free port of this machine.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(super) fn target(loaded: &Loaded, faults: &mut Vec<Fault>) -> Option<Target> {
    let node = loaded.tree.at("target");
    let listen = listen(loaded, faults);
    let Some(target) = &loaded.scenario.target else {
        let fault = Fault::new(loaded.tree.span, "the scenario has no `target`");
        faults.push(fault.suggest("add `target: {mock: attendees}` or `target: {url: …}`"));
        return None;
    };
    if let (Some(_), Some(_)) = (target.mock, &target.auth) {
        faults.push(Fault::new(node.key_span("auth"), "`auth` goes with `url`: the mock needs no signature"));
    } else if let Some(Auth::Sigv4 { .. }) = target.auth {
        faults.push(not_yet(node.key_span("auth"), "signing"));
    }
    match (target.mock, &target.url) {
        (Some(_), None) => Some(Target::Mock { listen }),
        (None, Some(text)) => match base_url(text) {
            Ok(url) => Some(Target::Url(url)),
            Err(reason) => {
                let fault =
                    Fault::new(node.at("url").span, format!("{} is no base URL: {reason}", node.at("url").describe()));
                faults.push(fault.suggest("write scheme and host, such as `http://127.0.0.1:8080`"));
                None
            }
        },
        (Some(_), Some(_)) => {
            faults.push(
                Fault::new(node.key_span("url"), "a target is either `mock` or `url`").suggest("remove one of the two"),
            );
            None
        }
        (None, None) => {
            faults.push(Fault::new(node.span, "a target needs `mock` or `url`").suggest("write `{mock: attendees}`"));
            None
        }
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the scheme `{}` is neither http nor https", excerpt(url.scheme())));
    }
    if url.host().is_none() {
        return Err("it names no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a password in a URL would end up in reports; use `auth`".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment".to_owned());
    }
    Ok(url)
}

/// Where the mock listens.
fn listen(loaded: &Loaded, faults: &mut Vec<Fault>) -> SocketAddr {
    let Some(text) = loaded.scenario.mock.as_ref().and_then(|mock| mock.listen.as_deref()) else { return ANYWHERE };
    let place = loaded.tree.at("mock").at("listen").span;
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => return address,
        Ok(_) => {
            let fault = Fault::new(place, "the mock of a run listens on this machine alone");
            faults.push(fault.suggest("write `127.0.0.1:0`; `loadline mock --listen` may open it to others"));
        }
        Err(_) => {
            let fault = Fault::new(place, format!("`{}` is no address to listen on", excerpt(text)));
            faults.push(fault.suggest("write address and port, such as `127.0.0.1:8080`; port 0 is any free one"));
        }
    }
    ANYWHERE
}

/// Headers that every request carries: those of the target, and the one that proves who sends it.
pub(super) fn headers(loaded: &Loaded) -> Vec<(Box<str>, Template)> {
    use base64::Engine as _;
    let Some(target) = &loaded.scenario.target else { return Vec::new() };
    let mut headers: Vec<(Box<str>, Template)> =
        target.headers.iter().flatten().map(|(name, value)| (name.into(), Template::literal(value))).collect();
    let authorization = match &target.auth {
        Some(Auth::Bearer { token }) => format!("Bearer {token}"),
        Some(Auth::Basic { user, password }) => {
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
        }
        Some(Auth::Sigv4 { .. }) | None => return headers,
    };
    headers.push(("authorization".into(), Template::literal(&authorization)));
    headers
}

pub(super) fn transport(written: Option<&Transport>) -> TransportPlan {
    let mut plan = TransportPlan::default();
    let Some(written) = written else { return plan };
    if written.http == Some(2) {
        plan.version = HttpVersion::Http2;
    }
    plan.connections = written.connections.unwrap_or(plan.connections);
    plan.connect_timeout = written.connect_timeout.as_ref().map_or(plan.connect_timeout, |timeout| timeout.0);
    plan.redirects = written.redirects.unwrap_or(plan.redirects);
    plan.proxy = written.proxy.unwrap_or(plan.proxy);
    plan.decompress = written.decompress.unwrap_or(plan.decompress);
    plan.max_body = written.max_body.unwrap_or(plan.max_body);
    plan
}

/// Why nothing may be sent, if so: only this machine is free to load.
pub(super) fn refusal(target: &Target, safety: Option<&Safety>) -> Option<Refusal> {
    let Target::Url(url) = target else { return None };
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let host = url.host_str()?;
    let allowed = safety.and_then(|safety| safety.allow_hosts.as_deref()).unwrap_or_default();
    let named = allowed.iter().any(|pattern| WildMatch::new(&pattern.to_lowercase()).matches(host));
    (!loopback && !named).then(|| Refusal { host: host.to_owned() })
}

pub(super) fn rate_limits(loaded: &Loaded, faults: &mut Vec<Fault>) -> RateLimits {
    let Some(written) = &loaded.scenario.rate_limit else { return RateLimits::default() };
    let node = loaded.tree.at("rate_limit");
    if written.rate.is_none() && written.burst.is_some() {
        faults.push(lonely_burst(node));
    }
    if written.rate.is_none() && written.per_operation.is_none() {
        faults
            .push(Fault::new(node.span, "`rate_limit` limits nothing").suggest("give it a `rate` or `per_operation`"));
    }
    let operations = written.per_operation.iter().flatten();
    RateLimits {
        scenario: written.rate.as_ref().map(|rate| limit(rate.0, written.burst)),
        operations: operations.map(|(name, each)| (name.to_owned(), limit(each.rate.0, each.burst))).collect(),
    }
}

fn lonely_burst(node: &Node) -> Fault {
    Fault::new(node.key_span("burst"), "`burst` without `rate` means nothing").suggest("add `rate`")
}

fn limit(rate: Rate, burst: Option<u32>) -> ClientLimit {
    ClientLimit { rate, burst: burst.and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN) }
}
