//! The modelled service as a simulation asks it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::api::{Input, Reply};
use crate::plan::Plan;
use crate::service::Service;
use crate::service::config::ConfigError;
use crate::time::MonotonicClock;
use crate::transport::InProcess;
use crate::units::Nanos;

/// The service of a plan.
#[derive(Debug)]
pub(super) struct Model {
    service: Rc<RefCell<Service>>,
    front: InProcess,
}

impl Model {
    pub(super) fn new(plan: &Arc<Plan>) -> Result<Self, ConfigError> {
        let service = Rc::new(RefCell::new(Service::new(plan.service.clone())?));
        let front = InProcess::new(Arc::clone(plan), Rc::clone(&service), MonotonicClock::start());
        Ok(Self { service, front })
    }

    /// Starts the clock of the service's events.
    pub(super) fn start_events(&self, now: Nanos) {
        self.service.borrow_mut().start_events(now);
    }

    /// What is answered to a request that arrives at `now`, and how long it takes.
    pub(super) fn ask(&self, now: Nanos, input: &Input) -> (Nanos, Reply) {
        self.front.ask(now, input)
    }
}
