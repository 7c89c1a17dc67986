//! Requests whose effect nobody will look at: the books are kept, and nothing else is.
//!
//! Most simulations ask for nothing but this: what limiters, workers, latencies and faults make of a request. Whether a request would
//! be carried out is found out once, by a rehearsal; from then on neither a path nor a body is made of it.

use super::answer::{Answer, Body};
use super::attendees::draft::{Address, Draft};
use super::attendees::json::Json;
use super::caller::Caller;
use super::permit::{Demand, Permit};
use super::{Batch, NoAmounts, OperationKind, Service};
use crate::units::Nanos;

impl Service {
    /// Whether the limiters judge a request by its operation, its caller and the number of its items alone, so that nothing in it
    /// has to be there to be looked at.
    pub fn judges_by_size(&self, operation: OperationKind) -> bool {
        self.throttle.judges_by_size(operation)
    }

    /// Carries a request out past limiters, workers and faults, to see whether it would be: the status of its answer, or none
    /// where it, or a part of it, is refused. Its effect stays.
    pub fn rehearse(&mut self, now: Nanos, caller: Caller, address: Address<'_>, body: &Json<'_>) -> Option<u16> {
        let draft = Draft::read(caller.namespace(), address, body).ok()?;
        let answer = self.store.perform(now, caller.endpoint, &draft.request()).ok()?;
        match &answer.body {
            Body::Batch(Batch { errors, .. }) | Body::MeetingWithAttendees(_, Batch { errors, .. }) => {
                errors.is_empty().then_some(answer.status)
            }
            _ => Some(answer.status),
        }
    }

    /// Whether the caller's meeting is there and takes any number of attendees.
    pub fn takes_any_number(&mut self, caller: Caller, meeting: &str) -> bool {
        self.store.takes_any_number(caller.endpoint, meeting)
    }

    /// Admits and performs a request whose answer is known to be this status where nothing comes in between.
    pub fn handle_unseen(
        &mut self,
        now: Nanos,
        caller: Caller,
        operation: OperationKind,
        items: u32,
        status: u16,
    ) -> Answer {
        let demand = Demand { operation, items, path: "", amounts: &NoAmounts };
        self.handle_plainly(now, caller, &demand, status)
    }

    /// Admits and performs a request that has no effect, whatever its demand says of it.
    pub fn handle_plainly(&mut self, now: Nanos, caller: Caller, demand: &Demand<'_>, status: u16) -> Answer {
        match self.admit(now, caller, demand) {
            Ok(permit) => self.perform_unseen(now, permit, status),
            Err(rejection) => rejection.into(),
        }
    }

    /// Performs a request that has been admitted, without an effect.
    fn perform_unseen(&mut self, now: Nanos, permit: Permit, status: u16) -> Answer {
        self.work(now, permit, |_| Ok(Answer::ok(status, Body::Empty)))
    }

    /// How many requests have been performed so far.
    pub fn performed(&self) -> u64 {
        self.requests
    }
}
