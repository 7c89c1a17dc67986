//! The modelled service.

mod authentication;
mod events;
mod faults;
mod hlog;
mod latency;
mod limits;
mod models;
mod reject;

pub(super) use events::changes;

use super::catalogue::is_legacy;
use crate::scenario::fault::{Fault, excerpt};
use crate::scenario::mirror::mock as written;
use crate::scenario::{Loaded, Node};
use crate::service::config::{Event, LimitRule, OwnOperation, Quotas, Throttling, ValidationError, Workers};
use crate::service::{Namespace, OperationKind, ServiceConfig};
use crate::units::Nanos;

/// The configuration of the service; the documented one where the scenario says nothing.
pub(super) fn service(loaded: &Loaded, seed: u64, faults: &mut Vec<Fault>) -> ServiceConfig {
    let mut config = ServiceConfig { seed, ..ServiceConfig::default() };
    let node = loaded.tree.at("mock");
    let limiters = loaded.scenario.limiters.clone().unwrap_or_default();
    for (name, limiter) in limiters.iter() {
        config.limiters.extend(limits::limiter(name, limiter, loaded.tree.at("limiters").at(name), faults));
    }
    if is_legacy(loaded) {
        config.namespace = Namespace::Legacy;
    }
    config.own = models::own(loaded, faults);
    let Some(mock) = &loaded.scenario.mock else { return config };
    let own = config.own.clone();
    if mock.throttling == Some(written::Throttling::Off) {
        config.throttling = Throttling::Off;
    }
    for (index, rule) in mock.limits.iter().flatten().enumerate() {
        let node = node.at("limits").nth(index);
        let all_of = rule.all_of.iter().enumerate();
        let all_of = all_of
            .filter_map(|(index, name)| limits::named_limiter(name, &limiters, node.at("all_of").nth(index), faults));
        config.limits.push(LimitRule {
            all_of: all_of.collect(),
            operations: operations(rule.operations.as_deref(), &own, node.at("operations"), faults),
        });
    }
    if let Some(reject) = &mock.reject {
        config.reject = reject::reject(reject, node.at("reject"), faults);
    }
    if let Some(quotas) = &mock.quotas {
        let default = Quotas::default();
        let quota = |written: Option<written::Quota>, default| match written {
            None => default,
            Some(written::Quota::Unlimited) => None,
            Some(written::Quota::AtMost(number)) => Some(number),
        };
        config.quotas = Quotas {
            attendees_per_meeting: quota(quotas.attendees_per_meeting, default.attendees_per_meeting),
            meetings: quota(quotas.meetings, default.meetings),
        };
    }
    if let Some(latency) = &mock.latency {
        config.latency = latency::latency(latency, node.at("latency"), &loaded.folder, faults);
    }
    config.workers = mock.workers.as_ref().map(|workers| {
        let queue = workers.queue.unwrap_or(Workers::default().queue);
        Workers { count: workers.count, queue }
    });
    for (index, fault) in mock.faults.iter().flatten().enumerate() {
        config.faults.extend(faults::fault(fault, &own, node.at("faults").nth(index), faults));
    }
    for (index, event) in mock.events.iter().flatten().enumerate() {
        let node = node.at("events").nth(index);
        let lasts = event.lasting.as_ref().map_or(Nanos::MAX, |lasting| lasting.0);
        let changes = changes(&event.set, &limiters, node.at("set"), faults);
        config.events.extend(changes.into_iter().map(|set| Event { at: event.at.0, lasts, set }));
    }
    config.region = mock.region.clone().unwrap_or(config.region);
    config.authentication = authentication::authentication(mock, node, faults);
    config.namespace = match mock.namespace {
        None => config.namespace,
        Some(written::Namespace::Meetings) => Namespace::Meetings,
        Some(written::Namespace::Legacy) => Namespace::Legacy,
    };
    config.meeting_lifetime = mock.meeting_lifetime.as_ref().map(|lifetime| lifetime.0);
    config.validation_error = match mock.validation_error {
        None | Some(written::ValidationError::BadRequest) => ValidationError::BadRequest,
        Some(written::ValidationError::ValidationException) => ValidationError::ValidationException,
    };
    config
}

/// Operations by name: those that the scenario describes itself, and those of the embedded service.
fn operations(
    written: Option<&[String]>,
    own: &[OwnOperation],
    node: &Node,
    faults: &mut Vec<Fault>,
) -> Vec<OperationKind> {
    let described = |name: &str| own.iter().position(|own| *own.name == *name);
    let find = |name: &str| match described(name) {
        Some(place) => Some(OperationKind::Own(place as u16)),
        None => OperationKind::from_name(name),
    };
    let mut kinds = Vec::new();
    for (index, name) in written.into_iter().flatten().enumerate() {
        if let Some(kind) = find(name) {
            kinds.push(kind);
        } else {
            let place = node.nth(index).span;
            let fault = Fault::new(place, format!("the mock has no operation `{}`", excerpt(name)));
            let own = own.iter().map(|own| own.name.as_ref());
            faults.push(fault.suggest_word(name, own.chain(OperationKind::ALL.map(OperationKind::name))));
        }
    }
    kinds
}

#[cfg(test)]
mod tests;
