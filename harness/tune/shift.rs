//! The world a little different.

use super::demand;
use super::limit::{limiters_of, operation};
use super::scene::Scene;
use super::tuned::Shift;
use crate::limit::Kind;
use crate::plan::Drive;
use crate::service::config::{LimitRule, LimiterDef};
use crate::service::{OperationKind, ServiceConfig};

impl Scene {
    /// The scene with one thing multiplied by a factor; `None` where that changes nothing. The trigger stays as it is.
    pub(super) fn shifted(&self, shift: Shift, factor: f64) -> Option<Self> {
        let mut scene = self.clone();
        let changed = match shift {
            Shift::Load => scene.scale_load(factor),
            Shift::Limit => scene.scale_limiters(|kind| scale_rate(kind, factor)) | scene.scale_workers(factor),
            Shift::Burst => scene.scale_limiters(|kind| scale_burst(kind, factor)),
            Shift::Clients => {
                let clients = scale_count(self.plan.clients, factor);
                std::mem::replace(&mut scene.plan.clients, clients) != clients
            }
            Shift::RoundTrip => {
                let round_trip = self.network.round_trip.scale(factor);
                std::mem::replace(&mut scene.network.round_trip, round_trip) != round_trip
            }
            Shift::Arrivals => false,
        };
        scene.measure_limit();
        changed.then_some(scene)
    }

    fn scale_load(&mut self, factor: f64) -> bool {
        for workload in &mut self.plan.workloads {
            match &mut workload.drive {
                Drive::Open { profile, .. } => *profile = profile.scale(factor),
                Drive::Closed(users) => users.count = scale_count(users.count.into(), factor) as u32,
                Drive::Count(iterations) => {
                    iterations.count = scale_count(iterations.count, factor);
                    iterations.users = scale_count(iterations.users.into(), factor) as u32;
                }
            }
        }
        true
    }

    fn scale_workers(&mut self, factor: f64) -> bool {
        let Some(workers) = &mut self.plan.service.workers else { return false };
        let count = scale_count(workers.count.into(), factor) as u32;
        std::mem::replace(&mut workers.count, count) != count
    }

    /// Changes every limiter that the measured load passes. The service's own one is written out first.
    fn scale_limiters(&mut self, scale: impl Fn(&mut Kind) -> bool) -> bool {
        let steps = demand::steps(&self.plan, self.network);
        let mut names: Vec<String> = Vec::new();
        for step in &steps {
            let Some(operation) = operation(&self.plan, step) else { continue };
            let own = limiters_of(&self.plan.service, operation);
            spell_out(&mut self.plan.service, operation, &own);
            names.extend(own.iter().map(|definition| definition.name.to_string()));
        }
        let passed = |definition: &&mut LimiterDef| names.iter().any(|name| **name == *definition.name);
        let limiters = self.plan.service.limiters.iter_mut().filter(passed);
        limiters.fold(false, |changed, definition| scale(&mut definition.kind) | changed)
    }
}

/// Gives an operation that no rule names a rule of its own, so that its limiter can be changed.
fn spell_out(service: &mut ServiceConfig, operation: OperationKind, own: &[LimiterDef]) {
    let named = |rule: &LimitRule| rule.operations.is_empty() || rule.operations.contains(&operation);
    if service.limits.iter().any(named) {
        return;
    }
    let mut all_of = Vec::new();
    for definition in own {
        let known = service.limiters.iter().position(|other| other.name == definition.name);
        all_of.push(known.unwrap_or_else(|| {
            service.limiters.push(definition.clone());
            service.limiters.len() - 1
        }));
    }
    service.limits.push(LimitRule { operations: vec![operation], all_of });
}

fn scale_rate(kind: &mut Kind, factor: f64) -> bool {
    if let Some(rate) = kind.rate_mut() {
        let Ok(scaled) = rate.scale(factor) else { return false };
        *rate = scaled;
        if let Kind::TokenBucket { refill: Some(steps), .. } = kind {
            *steps = steps.at(scaled);
        }
        return true;
    }
    match kind.limit_mut() {
        Some(limit) => {
            let scaled = scale_count((*limit).into(), factor) as u32;
            std::mem::replace(limit, scaled) != scaled
        }
        None => false,
    }
}

fn scale_burst(kind: &mut Kind, factor: f64) -> bool {
    let Some(burst) = kind.burst_mut() else { return false };
    let scaled = scale_count((*burst).into(), factor) as u32;
    std::mem::replace(burst, scaled) != scaled
}

/// A number of things, at least one.
fn scale_count(count: u64, factor: f64) -> u64 {
    ((count as f64 * factor).round() as u64).max(1)
}

#[cfg(test)]
#[path = "shift_tests.rs"]
mod tests;
