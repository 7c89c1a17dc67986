//! What the SDK clients own that the load stands for, and who waits for it.

use std::collections::VecDeque;

use crate::plan::Plan;
use crate::retry::Client;
use crate::units::Nanos;

/// Clients by number and policy; made when a client first needs one.
#[derive(Debug)]
pub(super) struct Clients {
    slots: Vec<Option<Slot>>,
    policies: usize,
}

/// A client under a policy.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its state.
    pub(super) client: Client,
    /// Calls that it does not let pass yet, the oldest first. SDKs wake all of theirs at once and one wins; a line is fair, and
    /// does not cost the square of its length.
    pub(super) waiting: VecDeque<Waiting>,
    /// When the head of the line is to ask again, where a timer has been set for that.
    pub(super) again_at: Option<Nanos>,
}

/// A call in a client's line; out of date once the call has moved on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) call: usize,
    pub(super) number: u64,
    /// Whether it has asked before and was told to wait.
    pub(super) asked: bool,
}

impl Clients {
    pub(super) fn new(clients: usize, policies: usize) -> Self {
        Self { slots: std::iter::repeat_with(|| None).take(clients * policies).collect(), policies }
    }

    /// The place of a client under a policy.
    pub(super) fn place(&self, client: u64, policy: usize) -> usize {
        client as usize * self.policies + policy
    }

    /// A client under a policy.
    pub(super) fn at(&mut self, plan: &Plan, place: usize) -> &mut Slot {
        let policy = place % self.policies;
        self.slots[place].get_or_insert_with(|| Slot {
            client: Client::new(&plan.policies[policy]),
            waiting: VecDeque::new(),
            again_at: None,
        })
    }

    /// A client's state under a policy.
    pub(super) fn get(&mut self, plan: &Plan, client: u64, policy: usize) -> &mut Client {
        let place = self.place(client, policy);
        &mut self.at(plan, place).client
    }
}
