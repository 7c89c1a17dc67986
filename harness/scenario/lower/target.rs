//! Where the load goes, how, and whether it may.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use url::Url;

use super::{auth, aws};
use crate::plan::{ClientLimit, Connections, HttpVersion, RateLimits, Refusal, Target, TransportPlan, WireClient};
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::target::{self as written, Auth, Safety};
use crate::scenario::mirror::value::TextOr;
use crate::scenario::{Loaded, Node};
use crate::service::Namespace;
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
    }
    auth::secrets_from_environment(node, faults);
    let endpoint = endpoint(target, loaded, faults);
    match (target.mock, target.url.as_ref().or(endpoint.as_ref())) {
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

/// AWS's own endpoint, where the scenario names the service and the region but no address.
fn endpoint(target: &written::Target, loaded: &Loaded, faults: &mut Vec<Fault>) -> Option<String> {
    let node = loaded.tree.at("target");
    let variant = aws::Variant { fips: target.fips == Some(true), dualstack: target.dualstack == Some(true) };
    let meant = match (&target.auth, attendees(loaded)) {
        (Some(Auth::Sigv4 { region, .. }), Some(namespace)) if target.url.is_none() && target.mock.is_none() => {
            Some((region, namespace))
        }
        _ => None,
    };
    let Some((region, namespace)) = meant else {
        for key in ["fips", "dualstack"].into_iter().filter(|key| node.get(key).is_some()) {
            let fault = Fault::new(node.key_span(key), format!("`{key}` chooses one of AWS's own endpoints"));
            faults.push(fault.suggest("it goes with `api: attendees`, `auth: {type: sigv4}` and no `url`"));
        }
        return None;
    };
    match aws::endpoint(namespace, region, variant) {
        Ok(url) => Some(url),
        Err(reason) => {
            faults.push(Fault::new(node.at("auth").at("region").span, reason).suggest("write the address as `url`"));
            None
        }
    }
}

/// The namespace of the attendees service whose catalogue the scenario uses, if it does.
fn attendees(loaded: &Loaded) -> Option<Namespace> {
    match &loaded.scenario.api {
        None => Some(Namespace::Meetings),
        Some(TextOr::Text(name)) => match name.as_str() {
            "attendees" => Some(Namespace::Meetings),
            "attendees-legacy" => Some(Namespace::Legacy),
            _ => None,
        },
        Some(TextOr::Value(_)) => None,
    }
}

/// The region of the credential scope: the legacy namespace has one endpoint, and signs for its region alone.
pub(super) fn scope_region(loaded: &Loaded, written: &str) -> String {
    match attendees(loaded) {
        Some(Namespace::Legacy) => "us-east-1".to_owned(),
        _ => written.to_owned(),
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

pub(super) fn transport(loaded: &Loaded, faults: &mut Vec<Fault>) -> TransportPlan {
    let signing = auth::signing(loaded, faults);
    let sdk_headers = signing.is_some() || attendees(loaded).is_some();
    let mut plan = TransportPlan { sdk_headers, signing, ..TransportPlan::default() };
    let Some(written) = &loaded.scenario.transport else { return plan };
    if written.http == Some(2) {
        plan.version = HttpVersion::Http2;
    }
    if written.client == Some(written::WireClient::Reqwest) {
        plan.client = WireClient::Reqwest;
    }
    plan.lanes = written.lanes.and_then(NonZeroU32::new);
    plan.connections = written.connections.map_or(plan.connections, Connections::AtMost);
    plan.connect_timeout = written.connect_timeout.as_ref().map_or(plan.connect_timeout, |timeout| timeout.0);
    plan.redirects = written.redirects.unwrap_or(plan.redirects);
    plan.proxy = written.proxy.unwrap_or(plan.proxy);
    plan.decompress = written.decompress.unwrap_or(plan.decompress);
    plan.max_body = written.max_body.unwrap_or(plan.max_body);
    plan
}

/// Why nothing may be sent, if so: only this machine is free to load.
pub(super) fn refusal(target: &Target, safety: Option<&Safety>) -> Option<Refusal> {
    Refusal::of(target, safety.and_then(|safety| safety.allow_hosts.as_deref()).unwrap_or_default())
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
