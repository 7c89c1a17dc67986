//! No wire at all: the modelled service answers in the same process, and no byte is made or read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::asking::Asking;
use super::{Alarm, Transport};
use crate::api::{Input, Reply};
use crate::lane::AttemptId;
use crate::plan::Plan;
use crate::service::Service;
use crate::time::{MonotonicClock, park_until};
use crate::units::Nanos;
use rustc_hash::FxHashMap;

/// Calls the modelled service. Captures from headers are absent: there are none.
#[derive(Debug)]
pub struct InProcess {
    asking: Asking,
    service: Rc<RefCell<Service>>,
    clock: MonotonicClock,
    /// Replies by the time at which they are there, and by a number that keeps two for the same instant in order.
    coming: BTreeMap<(Nanos, u64), (AttemptId, Reply)>,
    /// Where an attempt's reply stands, for one that is given up.
    places: FxHashMap<AttemptId, (Nanos, u64)>,
    /// Numbers the replies.
    next: u64,
}

impl InProcess {
    /// A transport to a service.
    pub fn new(plan: Arc<Plan>, service: Rc<RefCell<Service>>, clock: MonotonicClock) -> Self {
        Self {
            asking: Asking::new(plan),
            service,
            clock,
            coming: BTreeMap::new(),
            places: FxHashMap::default(),
            next: 0,
        }
    }

    /// What the service answers to a request that is sent now, without stamps, and how long it takes until the reply is there.
    pub fn ask(&self, now: Nanos, input: &Input) -> (Nanos, Reply) {
        self.asking.ask(&mut self.service.borrow_mut(), now, input)
    }
}

impl Transport for InProcess {
    fn send(&mut self, attempt: AttemptId, input: Input) {
        let sent = self.clock.now();
        let (delay, mut reply) = self.ask(sent, &input);
        reply.stamps.sent = sent;
        let place = (sent + delay, self.next);
        self.next += 1;
        self.places.insert(attempt, place);
        self.coming.insert(place, (attempt, reply));
    }

    fn cancel(&mut self, attempt: AttemptId) {
        if let Some(place) = self.places.remove(&attempt) {
            self.coming.remove(&place);
        }
    }

    fn wait(&mut self, until: Nanos) {
        let first = self.coming.first_key_value().map_or(Nanos::MAX, |((at, _), _)| *at);
        park_until(self.clock, until.min(first));
    }

    fn next_reply(&mut self) -> Option<(AttemptId, Reply)> {
        let now = self.clock.now();
        let first = self.coming.first_entry().filter(|entry| entry.key().0 <= now)?;
        let (attempt, mut reply) = first.remove();
        self.places.remove(&attempt);
        (reply.stamps.first_byte, reply.stamps.done) = (now, now);
        Some((attempt, reply))
    }

    fn alarm(&self) -> Alarm {
        let waiting = std::thread::current();
        Alarm::new(move || waiting.unpark())
    }
}
