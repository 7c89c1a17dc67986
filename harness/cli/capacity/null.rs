//! A server that does nothing, to find out what the generator can send: the embedded service without limits, queues, latency and faults.

use crate::mock::MockServer;
use crate::plan::Plan;
use crate::service::config::{Authentication, Latency, Quotas, Throttling};
use crate::service::{OperationKind, ServiceConfig};

/// Why nothing can stand in for a target.
pub(super) const NO_STAND_IN: &str = "nothing here can stand in for this target, because it serves operations that the scenario describes itself: what the generator can send is not known beforehand";

/// Starts one, where it knows every operation of a plan; `None` where it does not, or cannot listen.
pub(super) fn start(plan: &Plan) -> Option<MockServer> {
    let known = |exchange: &crate::api::Exchange| OperationKind::from_name(&exchange.operation).is_some();
    if !plan.exchanges.iter().all(known) {
        return None;
    }
    MockServer::start(idle(&plan.service), ([127, 0, 0, 1], 0).into()).ok()
}

/// A service that answers at once whatever is asked, in the namespace and region of another.
fn idle(of: &ServiceConfig) -> ServiceConfig {
    ServiceConfig {
        throttling: Throttling::Off,
        limits: Vec::new(),
        limiters: Vec::new(),
        quotas: Quotas { attendees_per_meeting: None, meetings: None },
        latency: Latency::None,
        workers: None,
        faults: Vec::new(),
        events: Vec::new(),
        authentication: Authentication::Lenient,
        own: Vec::new(),
        ..of.clone()
    }
}
