//! Memory of what is over, for what comes next: in its steady state a lane asks the allocator for nothing.

use std::collections::VecDeque;
use std::rc::Rc;

use super::flow::Memory;
use crate::api::Values;

/// What calls and flows that are over have left behind. There is never more of it than was in use at once.
#[derive(Debug)]
pub(super) struct Spares {
    /// The values of calls by exchange, since those of one exchange look alike; the oldest first, since whoever sent a call's
    /// last attempt may hold them for a moment longer than the lane does.
    values: Vec<VecDeque<Rc<Values>>>,
    memories: Vec<Memory>,
}

impl Spares {
    /// None yet, of a plan with so many exchanges.
    pub(super) fn new(exchanges: usize) -> Self {
        Self { values: vec![VecDeque::new(); exchanges], memories: Vec::new() }
    }

    /// A call is over.
    pub(super) fn keep_values(&mut self, exchange: usize, values: Rc<Values>) {
        self.values[exchange].push_back(values);
    }

    /// Values for a call that starts. `fill` finds in them what an earlier call of the exchange had.
    pub(super) fn values(&mut self, exchange: usize, fill: impl FnOnce(&mut Values)) -> Rc<Values> {
        while let Some(mut values) = self.values[exchange].pop_front() {
            // Those that are still held elsewhere are let go; they are freed there.
            if let Some(own) = Rc::get_mut(&mut values) {
                fill(own);
                return values;
            }
        }
        let mut values = Values::default();
        fill(&mut values);
        Rc::new(values)
    }

    /// A flow is over.
    pub(super) fn keep_memory(&mut self, memory: Memory) {
        self.memories.push(memory);
    }

    /// A memory for a flow that starts: empty, with so many slots.
    pub(super) fn take_memory(&mut self, slots: usize) -> Memory {
        let mut memory = self.memories.pop().unwrap_or_default();
        memory.clear(slots);
        memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_somebody_holds_are_never_given_out() {
        let mut spares = Spares::new(2);
        let (held, free) = (Rc::new(Values { call: 1, ..Values::default() }), Rc::new(Values::default()));
        let place = Rc::as_ptr(&free);
        spares.keep_values(1, Rc::clone(&held));
        spares.keep_values(1, free);
        let taken = spares.values(1, |values| values.call = 2);
        assert_eq!((Rc::as_ptr(&taken), taken.call, held.call), (place, 2, 1), "the first that nobody holds");
        let other = spares.values(1, |values| values.call = 3);
        assert_ne!(Rc::as_ptr(&other), place, "new ones where there are none");
        spares.keep_values(1, taken);
        assert_eq!(Rc::as_ptr(&spares.values(1, |values| assert_eq!(values.call, 2))), place, "with their old content");
    }
}
