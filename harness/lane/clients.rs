//! What the SDK clients own that the load stands for.

use crate::plan::Plan;
use crate::retry::budget::Budget;

/// Retry budgets, by client and policy; made when a client first needs one.
#[derive(Debug)]
pub(super) struct Clients {
    budgets: Vec<Option<Box<dyn Budget>>>,
    policies: usize,
}

impl Clients {
    pub(super) fn new(clients: usize, policies: usize) -> Self {
        Self { budgets: std::iter::repeat_with(|| None).take(clients * policies).collect(), policies }
    }

    /// A client's budget under a policy.
    pub(super) fn budget(&mut self, plan: &Plan, client: u64, policy: usize) -> &mut dyn Budget {
        let slot = &mut self.budgets[client as usize * self.policies + policy];
        slot.get_or_insert_with(|| plan.policies[policy].budget.start()).as_mut()
    }
}
