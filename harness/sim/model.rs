//! The modelled service as a simulation asks it.

use std::sync::Arc;

use serde_json::Value;

use crate::api::{Input, Reply};
use crate::plan::Plan;
use crate::service::Service;
use crate::service::config::ConfigError;
use crate::transport::Asking;
use crate::units::Nanos;

/// The service of a plan.
#[derive(Debug)]
pub(super) struct Model {
    service: Service,
    asking: Asking,
}

impl Model {
    pub(super) fn new(plan: &Arc<Plan>) -> Result<Self, ConfigError> {
        Ok(Self { service: Service::new(plan.service.clone())?, asking: Asking::new(Arc::clone(plan)) })
    }

    /// Spares itself what nobody will look at, now that the setup is over.
    pub(super) fn lighten(&mut self, now: Nanos, pools: &[Arc<[Value]>]) {
        self.asking.lighten(&mut self.service, now, pools);
    }

    /// How many exchanges go the light way.
    #[cfg(test)]
    pub(super) fn light(&self) -> usize {
        self.asking.light()
    }

    /// Starts the clock of the service's events.
    pub(super) fn start_events(&mut self, now: Nanos) {
        self.service.start_events(now);
    }

    /// What is answered to a request that arrives at `now`, and how long it takes.
    pub(super) fn ask(&mut self, now: Nanos, input: &Input) -> (Nanos, Reply) {
        self.asking.ask(&mut self.service, now, input)
    }
}
